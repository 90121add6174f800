#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hub.md 1: what y copies arrives in a tmux as it is delivered (set-clipboard external, allow-passthrough off), and
# in the terminal around it, which here is a second tmux that takes OSC 52 as xterm does.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

inner() # tmux command
{
    tmux -L "$socket-inner" -f /dev/null "$@"
}

cleanup_both()
{
    inner kill-server 2>/dev/null
    e2e_cleanup
}
trap cleanup_both EXIT

inner_has() # text
{
    inner show-buffer 2>/dev/null | grep -Fq -- "$1"
}

outer_has() # text
{
    t show-buffer 2>/dev/null | grep -Fq -- "$1"
}

expect_both() # what, text
{
    e2e_until inner_has "$2" && tap_ok "$1: in tmux" || tap_not_ok "$1: in tmux" "$(inner show-buffer 2>&1)"
    e2e_until outer_has "$2" && tap_ok "$1: in the terminal" || tap_not_ok "$1: in the terminal" "$(t show-buffer 2>&1)"
}

e2e_open 100 30
t set -g set-clipboard on
e2e_start "HOME=$TMUX_TMPDIR tmux -L $socket-inner -f /dev/null new-session $HFTERM --demo"
tap_is 'the tmux inside is as it is delivered' 'external off' \
    "$(inner show -gv set-clipboard) $(inner show -wgv allow-passthrough)"
e2e_wait 'lumen-labs/Aurora-VL-Nano-Instruct'
e2e_keys y
e2e_wait 'address of its page'
e2e_keys i
e2e_expect 'the window says what was sent, and where' 'sent to tmux: the repo id'
expect_both 'the id' 'lumen-labs/Aurora-VL-Nano-Instruct'
e2e_keys Escape
e2e_keys y t
e2e_expect 'the whole snippet can be read' 'AutoModelForImageTextToText.from_pretrained'
expect_both 'a snippet' 'processor = AutoProcessor.from_pretrained("lumen-labs/Aurora-VL-Nano-Instruct")'
tap_is 'all its lines' 4 "$(inner show-buffer | wc -l | tr -d ' ')"
e2e_keys j y g
expect_both 'a key passes through the window; a command' 'git clone http'
tap_done
