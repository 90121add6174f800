#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What asks nothing of the network does not load libcurl; what decodes no picture and reads no metadata
# block does not load the libraries for these.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

loads() # part of a library's name, arguments of hfterm...
{
    part=$1
    shift
    LD_DEBUG=files "$HFTERM" "$@" 2>&1 </dev/null | grep -q "$part"
}

loads_not() # part of its name, arguments of hfterm...
{
    if loads "$@"; then
        verdict=tap_not_ok
    else
        verdict=tap_ok
    fi
    part=$1
    shift
    $verdict "hfterm $*: no $part"
}

for words in --version --help 'keys' '--offline models' 'realize --help'; do
    for part in libcurl libpng libjpeg libwebp libyaml; do
        # shellcheck disable=SC2086 # words
        loads_not $part $words
    done
done
PICTURE=tests/fixtures/pictures/kitchen.png
loads_not libjpeg realize $PICTURE
loads_not libyaml realize $PICTURE
if loads libpng realize $PICTURE; then
    tap_ok 'a PNG loads its library'
else
    tap_not_ok 'a PNG loads its library'
fi
if loads libcurl --endpoint http://127.0.0.1:1 models; then
    tap_ok 'a request loads libcurl'
else
    tap_not_ok 'a request loads libcurl'
fi

screen_has_curl()
{
    grep -q libcurl "/proc/$(e2e_pid)/maps"
}

e2e_open 100 30
e2e_start 'hfterm --offline' '1 ?Hub'
e2e_expect 'a screen without network' '1 ?Hub'
if screen_has_curl; then
    tap_not_ok 'the screen without network has loaded libcurl'
else
    tap_ok 'the screen without network has no libcurl'
fi
e2e_keys q
e2e_expect_restored 'q' 0
e2e_close
e2e_open 100 30
e2e_start 'hfterm --demo'
if e2e_until screen_has_curl; then
    tap_ok 'the demo loads it'
else
    tap_not_ok 'the demo loads it'
fi
e2e_keys q
e2e_expect_restored 'q' 0
e2e_close
tap_done
