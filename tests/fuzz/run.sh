#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fuzz target for some seconds, starting from its corpus. TAP, one line a target.
#
#     tests/fuzz/run.sh BUILD SECONDS [TARGET]...
#
# A crash, a leak, an input that takes longer than 5 s or more than 512 MiB fails the target; the input
# lies in BUILD/found/<target>/ and the output says how to run it again. New inputs that reach new
# code are kept in BUILD/corpus/<target>/ and used next time; the seeds in tests/fuzz/corpus/ are
# never written to. JOBS (default 1) targets run at a time.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
build=$1
seconds=$2
shift 2
if [ $# -eq 0 ]; then
    # By their sources: a build folder may hold targets that are gone.
    for source in tests/fuzz/fuzz_*.c; do
        name=${source##*/}
        set -- "$@" "$build/${name%.c}"
    done
fi

fuzz_one() # target
{
    name=${1##*/fuzz_}
    found=$build/found/$name/
    kept=$build/corpus/$name
    mkdir -p "$found" "$kept"
    dictionary=tests/fuzz/corpus/$name.dict
    set -- "$1" "$kept"
    [ ! -d "tests/fuzz/corpus/$name" ] || set -- "$@" "tests/fuzz/corpus/$name"
    [ ! -e "$dictionary" ] || set -- "$@" "-dict=$dictionary"
    "$@" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=512 -max_len=65536 \
        -artifact_prefix="$found" -print_final_stats=1 >"$found/log" 2>&1
    echo $? >"$found/status"
}

report() # target
{
    name=${1##*/fuzz_}
    found=$build/found/$name
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log")
    if [ "$(cat "$found/status")" = 0 ] && [ "${runs:-0}" -gt 0 ]; then
        tap_ok "fuzz $name: $runs inputs in $seconds s"
        return
    fi
    tap_not_ok "fuzz $name" "$(grep -v '^#[0-9]' "$found/log" | tail -n 60)
again: $1 <the input named above>"
}

running=0
for target in "$@"; do
    fuzz_one "$target" &
    running=$((running + 1))
    if [ "$running" -ge "${JOBS:-1}" ]; then
        wait
        running=0
    fi
done
wait
for target in "$@"; do
    report "$target"
done
tap_done
