#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A pipe where a file of ours should lie holds nothing up; a pipe that was named is read.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

XDG_CONFIG_HOME=$TMUX_TMPDIR/config
XDG_STATE_HOME=$TMUX_TMPDIR/state
HF_HOME=$TMUX_TMPDIR/hf
export XDG_CONFIG_HOME XDG_STATE_HOME HF_HOME
unset HF_TOKEN HF_TOKEN_PATH
mkdir -p "$XDG_CONFIG_HOME/hfterm" "$XDG_STATE_HOME/hfterm" "$HF_HOME"

lay_pipes()
{
    for leaf in bookmarks visited remembered stderr.log history-command history-search history-filter history-find store.db; do
        rm -f "$XDG_STATE_HOME/hfterm/$leaf"
        mkfifo "$XDG_STATE_HOME/hfterm/$leaf"
    done
    rm -f "$XDG_CONFIG_HOME/hfterm/config" "$HF_HOME/token"
    mkfifo "$XDG_CONFIG_HOME/hfterm/config" "$HF_HOME/token"
}

lay_pipes
e2e_open 200 30 # room for a notice with a long path
for start in 'hfterm --demo' 'hfterm --offline'; do
    lay_pipes
    e2e_start "$start" 'by trending'
    e2e_expect "$start: the screen opens" '1 ?Hub.*2 ?Card.*3 ?Spaces'
    e2e_expect "$start: and says what is wrong" 'is a pipe, not a file'
    e2e_type ':help' # reads and writes the history of commands
    e2e_expect "$start: a command is taken" 'Everywhere|All keys'
    e2e_keys Escape
    e2e_keys C-c
    e2e_expect_restored "$start: C-c" 0
done

rm "$XDG_CONFIG_HOME/hfterm/config"
mkfifo "$TMUX_TMPDIR/named"
echo 'set nonsense on' >"$TMUX_TMPDIR/named" &
e2e_start "hfterm --demo --config $TMUX_TMPDIR/named"
e2e_expect 'a pipe that was named is read' 'named:1:'
e2e_keys Escape
e2e_keys C-c
e2e_expect_restored 'after a named pipe: C-c' 0
e2e_close
tap_done
