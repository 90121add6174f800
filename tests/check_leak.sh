#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A token must never be seen: not on the terminal, not in a log, a cache, a history or a crash, and not
# in the arguments of a process. Runs the verbs and the screen with tokens from every source, right and
# wrong ones, against a local hub, and then looks for them in every byte that was written and in
# /proc. TAP. A planted token shows first that the search finds one.

set -u
cd "$(dirname "$0")/.." || exit 1
E2E_PROGRAM=${E2E_PROGRAM:-build/asan/hfterm}
. tests/e2e/lib.sh

work=$(mktemp -d) || exit 1
mkdir -p "$work/home" "$work/seen" "$work/secret" "$work/argv"
sampler=
server=
cleanup()
{
    e2e_cleanup
    for pid in $sampler $server; do
        kill "$pid" 2>/dev/null
    done
    rm -rf "$work"
}
trap cleanup EXIT

# All that hfterm writes goes below one folder.
HOME=$work/home
XDG_CONFIG_HOME=$HOME/config
XDG_STATE_HOME=$HOME/state
XDG_CACHE_HOME=$HOME/cache
HF_HOME=$HOME/hf
export HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME HF_HOME
unset HF_TOKEN HF_TOKEN_PATH

# What is looked for is the middle of each token: a mask may show its ends. The tokens stand in files
# only, never in the arguments of a command of this script.
random=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
wrong=hf_$random$random
right=$(sed -n 's/.*"token":"\(hf_[^"]*write\)".*/\1/p' tests/fixtures/demo/.hub/hub.json)
printf '%s\n' "$random" "${right#hf_}" >"$work/secret/pieces"
printf '%s' "$wrong" >"$work/secret/wrong"
printf '%s' "$right" >"$work/secret/right"

# Files that hold a token, binary ones too.
found()
{
    grep -rlaF -f "$work/secret/pieces" "$work/home" "$work/seen" "$work/argv" |
        sed "s|^$work/||"
}

# Looks at the arguments of every process again and again; those that hold a token go to argv/bad.
sample_arguments()
{
    while [ -e "$work/argv/run" ]; do
        cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' |
            grep -aF -f "$work/secret/pieces" >>"$work/argv/bad"
        echo >>"$work/secret/samples"
        sleep 0.01
    done
}

samples()
{
    wc -l <"$work/secret/samples"
}

# At least one whole look at /proc after now.
sampled_again()
{
    [ "$(samples)" -gt "$before" ]
}

wait_for_sample()
{
    before=$(($(samples) + 1))
    e2e_until sampled_again
}

: >"$work/argv/run"
: >"$work/argv/bad"
: >"$work/secret/samples"
sample_arguments &
sampler=$!

# ---- the search can find ----------------------------------------------------------------------------

printf 'in the middle of %s a line' "$wrong" >"$work/home/planted"
tap_is 'a token planted in a file is found' home/planted "$(found)"
rm "$work/home/planted"
sh -c 'sleep 5; : "$1"' sh "$wrong" &
planted=$!
wait_for_sample
tap_is 'a token planted in arguments is found' argv/bad "$(found)"
kill "$planted"
wait "$planted" 2>/dev/null
wait_for_sample
: >"$work/argv/bad"

# ---- a hub ----------------------------------------------------------------------------------------------

"$HFTERM" serve -p 0 tests/fixtures/demo >"$work/seen/serve" 2>&1 &
server=$!
serves()
{
    endpoint=$(grep -aoE 'http://127\.0\.0\.1:[0-9]+' "$work/seen/serve" | head -n 1)
    [ -n "$endpoint" ]
}
if ! e2e_until serves; then
    tap_not_ok 'hfterm serve starts' "$(cat "$work/seen/serve")"
    tap_done
fi

# Every verb that asks the hub, with the environment as it is now.
ask() # name
{
    for verb in 'models --limit 3' 'datasets --json' 'spaces' 'show alice/night-notes' \
        'show alice/night-notes --files' 'show no/such --json' 'doctor' 'doctor --json' \
        "get alice/night-notes README.md $work/seen/ -f"; do
        # shellcheck disable=SC2086 # words
        "$HFTERM" --endpoint "$endpoint" --log "$work/seen/$1.log" $verb >>"$work/seen/$1.out" 2>&1
    done
}

check_clean() # what
{
    wait_for_sample
    tap_empty "$1" "$(found)"
}

for kind in wrong right; do
    HF_TOKEN=$(cat "$work/secret/$kind")
    export HF_TOKEN
    ask "$kind-variable"
    unset HF_TOKEN
    HF_TOKEN_PATH=$work/secret/$kind
    export HF_TOKEN_PATH
    ask "$kind-path"
    unset HF_TOKEN_PATH
    "$HFTERM" --endpoint "$endpoint" --token-file "$work/secret/$kind" \
        --log "$work/seen/$kind-option.log" show alice/night-notes >"$work/seen/$kind-option" 2>&1
    check_clean "verbs with a $kind token show it nowhere"
done

# The right token must have worked, or the above proves nothing.
if grep -aqi 'alice/night-notes' "$work/seen/right-option" &&
    [ -s "$work/seen/right-variable.log" ] && grep -aq 'does not accept the token' "$work/seen/wrong-variable.out"; then
    tap_ok 'the right token opened a private repo, the wrong one was refused'
else
    tap_not_ok 'the right token opened a private repo, the wrong one was refused' \
        "$(cat "$work/seen/right-option" && tail -n 20 "$work/seen/wrong-variable.out")"
fi

HF_ENDPOINT=http://127.0.0.1:1 HF_TOKEN=$(cat "$work/secret/wrong") "$HFTERM" \
    --log "$work/seen/refused.log" models >"$work/seen/refused" 2>&1
check_clean 'nothing shows when no hub answers'

# ---- the screen -----------------------------------------------------------------------------------------

# All bytes hfterm writes to the terminal are kept by tmux; the token comes by the environment.
screen() # name, options
{
    e2e_open 120 36
    t pipe-pane -o "cat >>'$work/seen/$1.tty'"
    e2e_start "hfterm --endpoint $endpoint --log $work/seen/$1.log $2" 'keys'
}

for kind in wrong right; do
    HF_TOKEN=$(cat "$work/secret/$kind")
    export HF_TOKEN
    screen "$kind-screen" ''
    e2e_expect "screen with a $kind token: lists" 'lumen-labs|alice|refused|401'
    e2e_keys Enter
    e2e_keys R
    e2e_expect "screen with a $kind token: request log" 'GET'
    kill -s SEGV "$(e2e_pid)"
    e2e_until e2e_no_pid
    e2e_wait 'ready>'
    e2e_close
    unset HF_TOKEN
    check_clean "the screen with a $kind token shows it nowhere, a crash included"
done

# A token typed into a prompt by mistake is on the terminal, where it was typed, and nowhere else.
screen typed ''
e2e_keys :
t load-buffer "$work/secret/wrong"
t paste-buffer -p
e2e_wait "$(cut -c1-9 "$work/secret/wrong")"
e2e_keys Enter
e2e_keys C-c
e2e_until e2e_no_pid
e2e_close
rm -f "$work/seen/typed.tty"
check_clean 'a token typed into a prompt is not kept'

rm "$work/argv/run"
wait "$sampler"
sampler=
tap_done
