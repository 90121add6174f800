#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `hfterm show` and the lists name the line of a card that nobody can read (hub.md F2b).
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

program=${HFTERM_PROGRAM:-build/hfterm}
home=$(mktemp -d /tmp/hfterm-e2e-XXXXXX)
trap 'kill "$server" 2>/dev/null; rm -rf "$home"' EXIT
folder=$home/hub
mkdir -p "$folder/models/o/quote" "$folder/models/o/twice" "$folder/models/o/fine" "$folder/datasets/o/tab"
printf -- '---\nlicense: mit\npretty_name: "open\ntags: [a]\n---\n# T\n' >"$folder/models/o/quote/README.md"
printf -- '---\ntags: [a]\nmetrics: [f1]\ntags: [b]\n---\n' >"$folder/models/o/twice/README.md"
printf -- '---\nlicense: mit\nsource_datasets:\n-\n-\n---\n' >"$folder/models/o/fine/README.md"
printf -- '---\nsize_categories:\n\t- n<1K\n---\n' >"$folder/datasets/o/tab/README.md"
{ # hub.md F2c: a card of half a megabyte
    printf -- '---\nlicense: bsd\ntags:\n'
    awk 'BEGIN { for (i = 0; i < 60000; i++) print "- t" i }'
    printf -- 'dataset_info:\n-\n---\n'
} >"$home/large"
mkdir -p "$folder/datasets/o/large"
mv "$home/large" "$folder/datasets/o/large/README.md"
"$program" serve "$folder" --port 0 --quiet >"$home/out" 2>"$home/err" &
server=$!
tries=100
until grep -q 'on the disk' "$home/out" || [ $tries -eq 0 ]; do
    tries=$((tries - 1))
    sleep 0.1
done
url=$(sed -n '1s/ .*//p' "$home/out")

show() # repo, options...
{
    "$program" --endpoint "$url" show "$@" 2>&1
}

tap_is 'show: a text that is never closed' \
    'metadata	README.md, line 3: a quoted text that begins here is never closed' "$(show o/quote | grep '^metadata')"
tap_is 'show: a key twice' 'metadata	README.md, line 4: the same key stands there twice' \
    "$(show o/twice | grep '^metadata')"
tap_is 'show: a tab' 'metadata	README.md, line 3: a tab where blanks must stand' \
    "$(show datasets/o/tab | grep '^metadata')"
tap_is 'show: nothing is wrong with empty items' 0 "$(show o/fine | grep -c '^metadata')"
tap_is 'show: and its licence is there' 'licence	mit' "$(show o/fine | grep '^licence')"
tap_is 'show --json: card_error' 1 \
    "$(show o/twice --json | grep -c '"card_error":"README.md, line 4: the same key stands there twice"')"
tap_is 'show --json: null when it is fine' 1 "$(show o/fine --json | grep -c '"card_error":null')"
tap_is 'show: a card of 60,000 entries has its licence' 'licence	bsd' "$(show datasets/o/large | grep '^licence\|^metadata')"
tap_is 'datasets: and in the list' 1 "$("$program" --endpoint "$url" datasets 2>/dev/null | grep -c '^o/large.*bsd')"

list() # verb
{
    "$program" --endpoint "$url" "$@" 2>&1 >/dev/null
}

tap_is 'models: each card is named' 'hfterm: the card of o/twice: README.md, line 4: the same key stands there twice' \
    "$(list models | grep twice)"
tap_is 'models: and no other' 2 "$(list models | wc -l | tr -d ' ')"
tap_is 'datasets: the same' 'hfterm: the card of o/tab: README.md, line 3: a tab where blanks must stand' "$(list datasets --json)"
tap_done
