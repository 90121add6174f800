#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ctrl-Z gives the terminal to the shell, fg brings the screen back.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

is_stopped()
{
    [ "$(ps -o stat= -p "$(e2e_pid)" | cut -c1)" = T ]
}

runs()
{
    ! is_stopped
}

e2e_open 80 24
e2e_start 'hfterm --demo'
for round in C-z TSTP; do
    if [ "$round" = C-z ]; then
        e2e_keys C-z
    else
        kill -s TSTP "$(e2e_pid)"
    fi
    if e2e_until is_stopped; then
        tap_ok "$round: stopped"
    else
        tap_not_ok "$round: stopped" "$(e2e_screen)"
    fi
    e2e_type 'echo shell""-again'
    e2e_expect "$round: the shell has the terminal" '^shell-again'
    tap_is "$round: terminal as before" "$state_before" "$(e2e_state)"
    e2e_type clear
    e2e_type fg
    e2e_expect "$round: the screen is back" '1 ?Hub.*2 ?Card'
    e2e_keys '?'
    e2e_expect "$round: keys work" '[Kk]eys'
    e2e_keys Escape
done
# What was resized while it slept must be noticed on waking up.
e2e_keys C-z
e2e_until is_stopped
t resize-window -x 100 -y 30
e2e_type clear
e2e_type fg
rows_drawn()
{
    [ -n "$(e2e_screen | sed -n 30p)" ]
}
if e2e_until rows_drawn; then
    tap_ok 'a resize while stopped is followed'
else
    tap_not_ok 'a resize while stopped is followed' "$(e2e_screen)"
fi
# An editor that stops itself: the shell gets the terminal, and fg brings the editor back.
cat >"$TMUX_TMPDIR/editor" <<'EOF'
echo in-the-editor
kill -STOP $$
echo back-in-the-editor
read -r line
EOF
e2e_keys q
e2e_until e2e_no_pid
e2e_type clear
e2e_start "EDITOR='sh $TMUX_TMPDIR/editor' hfterm --demo"
e2e_type ":open $TMUX_TMPDIR/editor"
e2e_wait "kill -STOP"
e2e_keys e
if e2e_until is_stopped; then
    tap_ok 'an editor that stops: hfterm stops too'
else
    tap_not_ok 'an editor that stops: hfterm stops too' "$(e2e_screen)"
fi
e2e_type 'echo shell""-again'
e2e_expect 'an editor that stops: the shell has the terminal' '^shell-again'
e2e_type clear
e2e_type fg
e2e_expect 'an editor that stops: fg continues it' '^back-in-the-editor'
e2e_keys C-z # as the terminal's key, in an editor that leaves it to the terminal
e2e_until is_stopped
e2e_type 'echo shell""-again'
e2e_expect 'Ctrl-Z in an editor: the shell has the terminal' '^shell-again'
e2e_type clear
e2e_type fg
e2e_until runs
e2e_keys Enter
e2e_expect 'an editor that stops: the screen is back' '1 ?Hub.*2 ?Card'
e2e_keys Escape q
e2e_until e2e_no_pid
e2e_type 'echo ended""-$?'
e2e_expect 'quits after all that' '^ended-0'
tap_done
