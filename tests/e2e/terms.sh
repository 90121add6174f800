#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Terminals as ssh brings them: known names, names without a terminfo entry, dumb, no name, no
# UTF-8, no colours.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

for term in screen-256color tmux-256color screen xterm xterm-color vt100 linux; do
    if ! infocmp "$term" >/dev/null 2>&1; then
        tap_skip "TERM=$term" "the terminfo database here does not have it"
        continue
    fi
    e2e_open 80 24
    e2e_start "TERM=$term hfterm --demo"
    e2e_expect "TERM=$term: drawn" '1 ?Hub.*2 ?Card'
    e2e_keys q
    e2e_expect_restored "TERM=$term" 0 "$term"
    e2e_close
done

e2e_open 80 24
e2e_start 'TERM=no-such-terminal hfterm --demo'
e2e_expect 'unknown TERM: drawn all the same' '1 ?Hub.*2 ?Card'
e2e_keys q
e2e_expect_restored 'unknown TERM' 0
e2e_close

# A dumb terminal cannot show a screen: one sentence that says what to do, and no escape sequence.
e2e_open 80 24
e2e_start 'TERM=dumb hfterm --demo; echo ended""-$?' '^ended-'
e2e_expect 'TERM=dumb: explains itself' 'TERM'
e2e_expect 'TERM=dumb: exit status' '^ended-[12]'
tap_is 'TERM=dumb: terminal as before' "$state_before" "$(e2e_state)"
e2e_close

e2e_open 80 24
e2e_start 'LC_ALL=C hfterm --demo'
e2e_expect 'LC_ALL=C: drawn' '1 ?Hub.*2 ?Card'
if e2e_screen | LC_ALL=C grep -q '[^ -~]'; then
    tap_not_ok 'LC_ALL=C: only ASCII' "$(e2e_screen)"
else
    tap_ok 'LC_ALL=C: only ASCII'
fi
e2e_keys q
e2e_expect_restored 'LC_ALL=C' 0
e2e_close

e2e_open 80 24
e2e_start 'NO_COLOR=1 hfterm --demo'
colours=$(t capture-pane -p -e | grep -Eo "$(printf '\033')\[[0-9;]*[34][0-7](;|m)" | sort -u)
tap_empty 'NO_COLOR: no colour on the screen' "$colours"
e2e_keys q
e2e_expect_restored 'NO_COLOR' 0
e2e_close
tap_done
