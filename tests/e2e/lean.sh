#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What asks nothing of the network does not load libcurl.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

loads_curl() # arguments of hfterm...
{
    LD_DEBUG=files "$HFTERM" "$@" 2>&1 </dev/null | grep -q 'libcurl'
}

for words in --version --help 'keys' '--offline models' 'realize --help'; do
    # shellcheck disable=SC2086 # words
    if loads_curl $words; then
        tap_not_ok "hfterm $words: libcurl is loaded"
    else
        tap_ok "hfterm $words: no libcurl"
    fi
done
if loads_curl --endpoint http://127.0.0.1:1 models; then
    tap_ok 'a request loads it'
else
    tap_not_ok 'a request loads it'
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
