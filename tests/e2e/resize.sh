#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Follows the window's size while it runs: smaller, larger, too small and back.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

# The last row of the window holds the key bar when the program has adapted.
last_row_is_drawn()
{
    [ -n "$(e2e_screen | sed -n "${rows}p")" ]
}

e2e_open 80 24
e2e_start 'hfterm --demo'
for size in '120 40' '60 16' '220 60' '80 24'; do
    columns=${size% *}
    rows=${size#* }
    t resize-window -x "$columns" -y "$rows"
    if e2e_until last_row_is_drawn && e2e_wait '1 ?Hub'; then
        tap_ok "drawn at $columns x $rows"
    else
        tap_not_ok "drawn at $columns x $rows" "$(e2e_screen)"
    fi
done
t resize-window -x 30 -y 8
e2e_expect 'too small: says so' '[Ll]arger|[Tt]oo small|60'
t resize-window -x 80 -y 24
e2e_expect 'large enough again' '1 ?Hub'
e2e_keys q
e2e_expect_restored 'after resizing' 0
tap_done
