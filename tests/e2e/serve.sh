#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `hfterm serve`: the address at once, then what of the folder is left out or cannot be read (hub.md F2b, F7,
# robustness S2), and the end at a signal, whenever it comes.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

program=${HFTERM_PROGRAM:-build/hfterm}
home=$(mktemp -d /tmp/hfterm-e2e-XXXXXX)
trap 'rm -rf "$home"' EXIT
folder=$home/models
mkdir -p "$folder/models/o/x" "$folder/models/o/y" "$home/outside"

serve() # options...
{
    "$program" serve "$folder" --port 0 "$@" >"$home/out" 2>"$home/err" &
    server=$!
    tries=100
    until grep -q "${waits:-on the disk}" "$home/out" "$home/err" 2>/dev/null || [ $tries -eq 0 ]; do
        tries=$((tries - 1))
        sleep 0.1
    done
}

end() # signal
{
    kill -s "$1" "$server"
    wait "$server"
    status=$?
}

printf -- '---\nlicense: mit\ntags: [a]\ntags: [b]\n---\n' >"$folder/models/o/x/README.md"
ln -s "$home/outside" "$folder/models/o/away"
serve --quiet
end TERM
tap_is 'serve: the first line is the address' 1 "$(head -n 1 "$home/out" | grep -c '^http://127.0.0.1:.* serves 2 repositories')"
tap_is 'serve: a broken card is named with its line' 1 \
    "$(grep -c '^note: model o/x: the metadata of its README.md cannot be read, line 4: ' "$home/err")"
tap_is 'serve: a link out of the folder is named' 1 "$(grep -c '^note: models/o/away is a link that leads out' "$home/err")"
tap_is 'serve: nothing else is said' 2 "$(wc -l <"$home/err" | tr -d ' ')"
tap_is 'serve: TERM ends it well' 0 "$status"

n=0
while [ $n -lt 30 ]; do
    n=$((n + 1))
    ln -s "$home/outside" "$folder/models/o/away$n"
done
waits='more like these' serve --quiet --json
end INT
tap_is 'serve: notes are limited' 21 "$(wc -l <"$home/err" | tr -d ' ')"
tap_is 'serve: and the rest counted' 1 "$(grep -c '^note: and 12 more like these' "$home/err")"
tap_is 'serve: --json prints JSON alone' 1 "$(head -c 1 "$home/out" | grep -c '{')"
tap_is 'serve: with no total behind it' 0 "$(grep -c 'on the disk' "$home/out")"
tap_is 'serve: INT ends it well' 0 "$status"

esc=$(printf 'e\033]0;x\007')
ln -s "$home/outside" "$folder/models/o/$esc"
rm "$folder/models/o"/away*
serve --quiet
end HUP
tap_is 'serve: no control character of a name is printed' 0 "$(tr -d '\n' <"$home/err" | tr -cd '\000-\037' | wc -c | tr -d ' ')"
tap_is 'serve: HUP ends it well' 0 "$status"
tap_done
