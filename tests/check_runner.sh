#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/run.sh on a tree of programs that pass, fail, crash, hang, leak and say nothing: what it
# counts and shows. TAP.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/tests/unit" "$tree/build/asan/tests"
cp tests/run.sh "$tree/tests/"
printf 'sanitize:\n\t@true\n' >"$tree/Makefile"

program() # name, shell commands
{
    printf '#!/bin/sh\n%s\n' "$2" >"$tree/build/asan/tests/test_$1"
    chmod +x "$tree/build/asan/tests/test_$1"
    : >"$tree/tests/unit/test_$1.c"
}

# Runs the unit suite of the tree; the last line counts the build as one that passed.
expect() # what, wanted last line, wanted exit status, text that must be shown
{
    out=$(cd "$tree" && HF_TOKEN=of_the_machine LIMIT_TEST=2 sh tests/run.sh unit 2>&1)
    status=$?
    last=$(printf '%s\n' "$out" | tail -n 1)
    if [ "$last" = "$2" ] && [ "$status" = "$3" ] && printf '%s' "$out" | grep -qF -- "$4"; then
        tap_ok "$1"
    else
        tap_not_ok "$1" "wanted $2 (exit status $3) and \"$4\"; got exit status $status and
$out"
    fi
    rm -f "$tree"/build/asan/tests/* "$tree"/tests/unit/*
}

program good 'echo ok 1 - one; echo ok 2 - two; echo 1..2'
expect 'passes' '3 passed, 0 failed, 0 skipped' 0 'unit/test_good'
program bad 'echo 1..2; echo ok 1; echo not ok 2 - wrong; echo "# the reason"; exit 1'
expect 'a failed check is counted and shown' '2 passed, 1 failed, 0 skipped' 1 '# the reason'
program skip 'echo 1..2; echo "ok 1 - x # SKIP no tool"; echo "not ok 2 # SKIP later"'
expect 'skips are counted with their reason' '1 passed, 0 failed, 2 skipped' 0 'skipped: no tool'
program none 'echo 1..0 "# SKIP no terminal"'
expect 'a whole program can be skipped' '1 passed, 0 failed, 1 skipped' 0 'skipped: no terminal'
program crash 'echo 1..2; echo ok 1; kill -SEGV $$'
expect 'a crash is a failure' '2 passed, 1 failed, 0 skipped' 1 'planned 2 checks, did 1'
program silent 'exit 0'
expect 'no plan is a failure' '1 passed, 1 failed, 0 skipped' 1 'printed no plan'
program leak 'echo 1..1; echo ok 1; exit 23'
expect 'an exit status without a failed check is a failure' '2 passed, 1 failed, 0 skipped' 1 \
    'exit status 23'
program hang 'echo 1..1; sleep 60'
expect 'a hang is a failure' '1 passed, 1 failed, 0 skipped' 1 'ran past its time limit'
program clean 'echo 1..1; [ -z "${HF_TOKEN:-}" ] && [ "$TZ" = UTC ] && [ -d "$HOME" ] && echo ok 1'
expect 'tests do not see the environment of the machine' '2 passed, 0 failed, 0 skipped' 0 'clean'
printf 'sanitize:\n\t@echo no rule for this; false\n' >"$tree/Makefile"
program good 'echo 1..1; echo ok 1'
expect 'a failed build is a failure and is shown' '0 passed, 1 failed, 0 skipped' 1 \
    'no rule for this'
tap_done
