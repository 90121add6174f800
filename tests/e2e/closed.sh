#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Started with closed descriptors: output that goes nowhere is an error in words and never lands in something
# else that was opened; what needs no output works.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

HFTERM=${HFTERM_PROGRAM:-build/hfterm}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

expect() # what, exit code, word on stderr or "" for none; the error went to $work/err, the code to $status
{
    if [ "$status" != "$2" ]; then
        tap_not_ok "$1" "exit code $status: $(cat "$work/err")"
    elif [ -z "$3" ] && [ -s "$work/err" ] || ! grep -q "$3" "$work/err" && [ -n "$3" ]; then
        tap_not_ok "$1" "stderr: $(cat "$work/err")"
    else
        tap_ok "$1"
    fi
}

for line in '--demo models' '--demo models --json' 'keys' '--version' '--help' 'keys --help' 'completion bash'; do
    # shellcheck disable=SC2086 # words
    "$HFTERM" $line 2>"$work/err" >&-
    status=$?
    expect "stdout closed: $line" 1 'standard output is closed'
done

"$HFTERM" --demo models >"$work/out" 2>"$work/err" <&-
status=$?
expect 'stdin closed: models' 0 ''
tap_is 'stdin closed: the rows are there' 20 "$(wc -l <"$work/out" | tr -d ' ')"

: >"$work/err"
"$HFTERM" --demo models >"$work/out" 2>&-
status=$?
expect 'stderr closed: models' 0 ''
"$HFTERM" --demo show no-such/repo >"$work/out" 2>&-
status=$?
expect 'stderr closed: the exit code still tells' 4 ''
tap_is 'stderr closed: the words do not land in stdout' '' "$(cat "$work/out")"

"$HFTERM" --demo models <&- >&- 2>&-
status=$?
expect 'all closed: models' 1 ''
"$HFTERM" --demo <&- >&- 2>&-
status=$?
tap_is 'all closed: the screen does not open' 1 "$status"
"$HFTERM" --demo models >/dev/full 2>"$work/err"
status=$?
expect 'a full disk' 1 'cannot write the output'
tap_done
