# SPDX-License-Identifier: Apache-2.0
# Sourced by the tmux tests: hfterm in an interactive shell in a real terminal multiplexer, with a
# tmux server of its own. Nothing here sleeps for a fixed time: it looks until what it waits for is
# on the screen, and gives up after 10 s.

. tests/tap.sh

HFTERM=$(pwd)/${E2E_PROGRAM:-build/hfterm}
command -v tmux >/dev/null 2>&1 || tap_skip_all 'tmux is not installed'

socket=hfterm-e2e-$$
TMUX_TMPDIR=$(mktemp -d) || exit 1
export TMUX_TMPDIR
unset TMUX

t() # tmux command
{
    tmux -L "$socket" -f /dev/null "$@"
}

e2e_cleanup()
{
    t kill-server 2>/dev/null
    rm -rf "$TMUX_TMPDIR"
}
trap e2e_cleanup EXIT
trap 'exit 1' INT TERM

# A shell with the prompt "ready> " in a window of this size.
e2e_open() # columns, rows
{
    t new-session -d -x "$1" -y "$2" \
        "env ENV= PS1='ready> ' PATH='$(dirname "$HFTERM"):$PATH' sh -i"
    t set -g status off
    t set -g window-size manual
    t resize-window -x "$1" -y "$2"
    e2e_wait '^ready>' || {
        tap_not_ok 'a shell in tmux' "$(e2e_screen)"
        tap_done
    }
    pane_tty=$(t display-message -p '#{pane_tty}')
    shell_pid=$(t display-message -p '#{pane_pid}')
}

e2e_no_server()
{
    ! t list-sessions >/dev/null 2>&1
}

# The next server must not meet the socket of one that is still going down.
e2e_close()
{
    t kill-server
    e2e_until e2e_no_server
}

e2e_type() # text and Enter, typed into the pane
{
    t send-keys -l "$1"
    t send-keys Enter
}

e2e_keys() # tmux key names
{
    t send-keys "$@"
}

e2e_screen()
{
    t capture-pane -p
}

# Poll a command until it succeeds; about 10 s.
e2e_until() # command...
{
    tries=200
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

e2e_shows() # extended regular expression
{
    e2e_screen | grep -Eq -- "$1"
}

e2e_lacks()
{
    ! e2e_shows "$1"
}

e2e_wait() # extended regular expression
{
    e2e_until e2e_shows "$1"
}

# One check: the text appears; else the screen is the explanation.
e2e_expect() # what, extended regular expression
{
    if e2e_wait "$2"; then
        tap_ok "$1"
    else
        tap_not_ok "$1" "no \"$2\" on the screen:
$(e2e_screen)"
    fi
}

# All that a program can leave behind on a terminal, as far as tty and tmux tell.
e2e_state()
{
    stty -a <"$pane_tty"
    t display-message -p 'alternate #{alternate_on} cursor #{cursor_flag} insert #{insert_flag} keypad #{keypad_flag} #{keypad_cursor_flag} mouse #{mouse_any_flag} wrap #{wrap_flag} origin #{origin_flag}'
}

# Start the workbench from the shell and wait until it is drawn. A line written before shows
# later whether the old screen came back.
e2e_start() # arguments and, before them, assignments: "TERM=dumb hfterm --demo"
{
    e2e_type 'echo written""-before'
    e2e_wait '^written-before'
    state_before=$(e2e_state)
    e2e_type "$1"
    e2e_wait "${2:-demo hub}"
}

# The program under the shell, once it runs.
e2e_pid()
{
    pgrep -P "$shell_pid" -x hfterm
}

e2e_no_pid()
{
    [ -z "$(e2e_pid)" ]
}

# Checks that the program ended with this status and left nothing behind. A third argument names the
# TERM it ran with; not every terminal has an alternate screen.
e2e_expect_restored() # what, exit status [TERM]
{
    infocmp -1 "${3:-xterm-256color}" | grep -q smcup && has_two_screens=yes || has_two_screens=
    e2e_until e2e_no_pid
    e2e_type 'echo ended""-$?'
    if ! e2e_wait '^ended-'; then
        tap_not_ok "$1: ends" "$(e2e_screen)"
        return
    fi
    tap_is "$1: exit status" "ended-$2" "$(e2e_screen | grep '^ended-' | tail -n 1)"
    tap_is "$1: terminal as before" "$state_before" "$(e2e_state)"
    if [ -z "$has_two_screens" ]; then
        tap_skip "$1: the screen from before is back" 'this terminal has only one screen'
    elif e2e_shows '^written-before'; then
        tap_ok "$1: the screen from before is back"
    else
        tap_not_ok "$1: the screen from before is back" "$(e2e_screen)"
    fi
}
