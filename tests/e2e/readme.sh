#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# README.md says what is so (hub.md 16 and its sentences): its examples for the demo print something, those for the real Hub
# name nothing that is invented, and what it shows of `realize` is what is printed.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

program=${HFTERM_PROGRAM:-build/hfterm}

block() # heading
{
    awk -v head="## $1" '$0 == head { on = 1 } on && /^```/ { n++; next } on && n == 1 { print } on && n == 2 { exit }' README.md
}

block 'A Hub without a network' | grep '^hfterm --demo [a-z]' | sed 's/  *#.*//; s/^hfterm //' >/tmp/hfterm-readme.$$
while read -r words; do
    # shellcheck disable=SC2086 # words
    if [ -n "$("$program" $words 2>/dev/null)" ]; then
        tap_ok "hfterm $words prints something"
    else
        tap_not_ok "hfterm $words prints nothing"
    fi
done </tmp/hfterm-readme.$$
rm -f /tmp/hfterm-readme.$$

invented=$("$program" --demo models --limit 1000 | sed 's,/.*,,' | sort -u)
wrong=
for owner in $invented; do
    block 'With the real Hub' | grep -q "$owner/" && wrong="$wrong $owner"
done
tap_is 'no example for the real Hub names an invented owner' '' "$wrong"

said=$(sed -n 's/.*an invented Hub of \([0-9]*\) repositories.*/\1/p' README.md)
made=0
for verb in models datasets spaces; do
    made=$((made + $("$program" --demo $verb --limit 1000 | grep -vc '^hostile/')))
done
tap_is 'the demo has as many repositories as it says' "$said" "$made"

for what in picture question understood tensions shares cells; do
    line=$("$program" realize tests/fixtures/pictures/kitchen.png -q 'where is the red mug' | sed -n "s/^$what	//p")
    tap_is "realize: $what" "$line" "$(block 'Where a picture matters' | sed -n "s/^$what  *//p")"
done
tap_done
