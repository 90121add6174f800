#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All tests of `make check`, or those of the suites named:
#
#     tests/run.sh [self|build|unit|threads|screens|protocol|e2e|arrows|leak|docs|fuzz]...
#
# Every test program prints TAP; one that crashes, hangs (120 s) or prints no plan counts as failed.
# Passing programs take one line, failing ones show all they wrote. The last line is
# "N passed, N failed, N skipped", the exit status 1 when something failed.
#
# Tests run with an empty HOME and an environment that names nothing of this machine but PATH.
# Variables: JOBS (default: the number of cores), FUZZ_SECONDS (default 5, each target),
#            LIMIT_TEST (seconds a test program may take, default 120),
#            HFTERM_GOLDEN=write (rewrite the golden screens).

set -u
cd "$(dirname "$0")/.." || exit 1
ROOT=$(pwd)
ALL='self build unit threads screens protocol e2e arrows leak docs fuzz'
JOBS=${JOBS:-$(nproc 2>/dev/null || echo 2)}
FUZZ_SECONDS=${FUZZ_SECONDS:-5}
export HFTERM_TEST_LEAKS="${HFTERM_TEST_LEAKS:-1}"
LIMIT_TEST=${LIMIT_TEST:-120}
LIMIT_LONG=900

# ---- one job: a command with a name, run by xargs through "run.sh --job DIR" --------------------

now_ms()
{
    case $(date +%N) in
    *N*) echo $(($(date +%s) * 1000)) ;;
    *) date +%s%3N ;;
    esac
}

in_clean_env() # home, command...
{
    home=$1
    shift
    env -i PATH="$PATH" HOME="$home" TMPDIR="$home/tmp" LANG=C.UTF-8 TERM=xterm-256color TZ=UTC \
        XDG_CONFIG_HOME="$home/config" XDG_STATE_HOME="$home/state" \
        XDG_CACHE_HOME="$home/cache" HF_HOME="$home/hf" INPUTRC=/dev/null \
        CMOCKA_MESSAGE_OUTPUT=TAP ${HFTERM_GOLDEN:+HFTERM_GOLDEN="$HFTERM_GOLDEN"} \
        HFTERM_PROGRAM="$ROOT/build/asan/hfterm" FUZZ_SECONDS="$FUZZ_SECONDS" \
        HFTERM_TEST_LSAN_SUPP="$ROOT/tests/lsan.supp" \
        HFTERM_TEST_LEAKS="$HFTERM_TEST_LEAKS" ASAN_OPTIONS="detect_leaks=$HFTERM_TEST_LEAKS" \
        LSAN_OPTIONS="suppressions=$ROOT/tests/lsan.supp:print_suppressions=0" \
        UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=second_deadlock_stack=1 "$@"
}

# keep-env: the protocol tests install Python packages, which works only as this machine does it.
run_job()
{
    dir=$1
    mkdir -p "$dir/home/tmp"
    start=$(now_ms)
    if [ -e "$dir/keep-env" ]; then
        HFTERM_PROGRAM="$ROOT/build/asan/hfterm" timeout -k 5 "$(cat "$dir/limit")" \
            sh "$dir/command" >"$dir/out" 2>&1 </dev/null
    else
        in_clean_env "$dir/home" timeout -k 5 "$(cat "$dir/limit")" \
            sh "$dir/command" >"$dir/out" 2>&1 </dev/null
    fi
    echo $? >"$dir/status"
    echo $(($(now_ms) - start)) >"$dir/ms"
    chmod -R u+rwX "$dir/home" 2>/dev/null
    rm -rf "${dir:?}/home"
    : >"$dir/done"
}

if [ "${1:-}" = --job ]; then
    run_job "$2"
    exit 0
fi

# ---- queue, run and report ---------------------------------------------------------------------

WORK=$(mktemp -d "${TMPDIR:-/tmp}/hfterm-check-XXXXXX") || exit 1
runner=
finish()
{
    [ -z "$runner" ] || kill "$runner" 2>/dev/null
    chmod -R u+rwX "$WORK" 2>/dev/null
    rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

passed=0
failed=0
skipped=0
queued=0

queue() # name, limit in s, shell command
{
    queued=$((queued + 1))
    dir=$WORK/$(printf %04d "$queued")
    mkdir -p "$dir"
    echo "$1" >"$dir/name"
    echo "$2" >"$dir/limit"
    echo "$3" >"$dir/command"
}

# Prints "ok bad skip complaint" for the output of one program.
count_tap() # file, exit status
{
    awk -v status="$2" '
        /^(not )?ok([ \t]|$)/ {
            if ($0 ~ /# *[Ss][Kk][Ii][Pp]/) skip++
            else if ($0 ~ /^not/) bad++
            else ok++
        }
        /^1\.\.[0-9]+/ {
            has_plan = 1
            split($1, ends, /\.\./)
            plan += ends[2]
            if (ends[2] == 0) { skip++; plan++ }
        }
        END {
            if (status == 124 || status == 137) why = "ran past its time limit"
            else if (!has_plan) why = "printed no plan (exit status " status ")"
            else if (ok + bad + skip != plan)
                why = "planned " plan " checks, did " ok + bad + skip
            else if (status != 0 && bad == 0) why = "exit status " status
            if (why != "") bad++
            print ok + 0, bad + 0, skip + 0, why
        }' "$1"
}

report() # job folder
{
    read -r ok bad skip why <<COUNTS
$(count_tap "$1/out" "$(cat "$1/status")")
COUNTS
    passed=$((passed + ok))
    failed=$((failed + bad))
    skipped=$((skipped + skip))
    if [ "$bad" = 0 ]; then
        verdict=ok
    else
        verdict=FAILED
    fi
    printf '%-6s %-34s %4d passed %3d failed %3d skipped %7.1f s\n' "$verdict" \
        "$(cat "$1/name")" "$ok" "$bad" "$skip" "$(awk '{ print $1 / 1000 }' "$1/ms")"
    sed -n 's/^ok.*# *[Ss][Kk][Ii][Pp] */       skipped: /p; s/^not ok.*# *[Ss][Kk][Ii][Pp] */       skipped: /p
            s/^1\.\.0.*# *[Ss][Kk][Ii][Pp] */       skipped: /p' "$1/out"
    if [ "$bad" != 0 ]; then
        sed 's/^/    /' "$1/out"
        [ -z "$why" ] || echo "    ^ $why"
    fi
}

# Runs what is queued, JOBS at a time, and reports in the order of the queue.
run_queue()
{
    [ "$queued" -gt 0 ] || return 0
    for dir in "$WORK"/[0-9]*; do
        echo "$dir"
    done | xargs -P "$JOBS" -I '{}' sh "$ROOT/tests/run.sh" --job '{}' &
    runner=$!
    for dir in "$WORK"/[0-9]*; do
        while [ ! -e "$dir/done" ]; do
            kill -0 "$runner" 2>/dev/null || [ -e "$dir/done" ] || {
                echo "the test runner ended before $(cat "$dir/name")"
                exit 1
            }
            sleep 0.1
        done
        report "$dir"
    done
    wait "$runner"
    runner=
    rm -rf "$WORK"/[0-9]*
    queued=0
}

# ---- suites --------------------------------------------------------------------------------------

# A build counts as one check; without it nothing else makes sense.
build() # name, command...
{
    name=$1
    shift
    start=$(now_ms)
    if "$@" >"$WORK/build.out" 2>&1; then
        passed=$((passed + 1))
        printf '%-6s %-34s %41.1f s\n' ok "$name" \
            "$(awk "BEGIN { print ($(now_ms) - $start) / 1000 }")"
        return 0
    fi
    failed=$((failed + 1))
    printf '%-6s %s\n' FAILED "$name"
    sed 's/^/    /' "$WORK/build.out"
    return 1
}

second_build_is_empty()
{
    # -s keeps make's own words out: whatever is printed is work done a second time.
    [ -z "$(make -s -j"$JOBS" all 2>&1 | tee /dev/stderr)" ]
}

# This runner, on programs that fail in every way.
suite_self()
{
    queue 'the test runner' "$LIMIT_TEST" 'exec sh tests/check_runner.sh'
    run_queue
}

suite_build()
{
    build 'build' make -s -j"$JOBS" all || return 1
    build 'build again: nothing to do' second_build_is_empty
}

need_sanitized()
{
    [ -z "${sanitized:-}" ] || return "$sanitized"
    build 'build with ASan and UBSan' make -s sanitize
    sanitized=$?
    return "$sanitized"
}

# LeakSanitizer needs ptrace, which some containers forbid; ThreadSanitizer breaks on kernels that
# randomise addresses more than it expects.
probe_sanitizers()
{
    echo 'int main(void) { return 0; }' >"$WORK/probe.c"
    ${CC:-cc} -fsanitize=address -o "$WORK/probe" "$WORK/probe.c" 2>/dev/null &&
        ! "$WORK/probe" >/dev/null 2>&1 && HFTERM_TEST_LEAKS=0
    ${CC:-cc} -fsanitize=thread -o "$WORK/probe" "$WORK/probe.c" 2>/dev/null
    tsan=
    if ! "$WORK/probe" >/dev/null 2>&1; then
        tsan="setarch $(uname -m) -R"
        $tsan "$WORK/probe" >/dev/null 2>&1 || tsan=none
    fi
}

suite_unit()
{
    need_sanitized || return 1
    for test in build/asan/tests/test_*; do
        case $test in *.d) continue ;; esac
        [ -e "tests/unit/${test##*/}.c" ] && queue "unit/${test##*/}" "$LIMIT_TEST" "exec $test"
    done
    run_queue
}

suite_threads()
{
    if [ "$tsan" = none ]; then
        queue threads 10 "echo '1..0 # SKIP ThreadSanitizer does not run on this kernel'"
        run_queue
        return
    fi
    build 'build with TSan' make -s sanitize-threads || return 1
    for test in $(make -s list-threads); do
        queue "threads/${test##*/}" "$LIMIT_TEST" "exec $tsan $test"
    done
    run_queue
}

suite_screens()
{
    need_sanitized || return 1
    for source in tests/screens/test_*.c; do
        name=${source##*/}
        name=${name%.c}
        queue "screens/$name" "$LIMIT_TEST" "exec build/asan/tests/screen_$name"
    done
    run_queue
}

suite_protocol()
{
    need_sanitized || return 1
    [ -e tests/protocol/run.sh ] || return 0
    queue protocol "$LIMIT_LONG" 'exec sh tests/protocol/run.sh'
    : >"$dir/keep-env"
    run_queue
}

suite_e2e()
{
    need_sanitized || return 1
    for script in tests/e2e/*.sh; do
        case $script in */lib.sh) continue ;; esac
        queue "e2e/${script##*/}" "$LIMIT_TEST" "exec sh $script"
    done
    run_queue
}

suite_arrows()
{
    build 'build, for knots and names' make -s -j"$JOBS" all || return 1
    queue arrows "$LIMIT_TEST" 'exec sh tests/check_arrows.sh'
    queue names "$LIMIT_TEST" 'exec sh tests/check_names.sh'
    queue knots "$LIMIT_TEST" 'exec sh tests/check_knots.sh'
    run_queue
}

suite_leak()
{
    need_sanitized || return 1
    queue 'token leaks' "$LIMIT_TEST" 'exec sh tests/check_leak.sh'
    run_queue
}

suite_docs()
{
    need_sanitized || return 1
    queue docs "$LIMIT_TEST" 'exec sh tests/check_docs.sh'
    run_queue
}

suite_fuzz()
{
    if ! command -v clang >/dev/null 2>&1; then
        queue fuzz 10 "echo '1..0 # SKIP clang is not installed'"
        run_queue
        return
    fi
    build 'build with libFuzzer' make -s fuzz-build || return 1
    queue fuzz "$LIMIT_LONG" "JOBS=$JOBS exec sh tests/fuzz/run.sh build/fuzz $FUZZ_SECONDS"
    run_queue
}

# ---- main ----------------------------------------------------------------------------------------

probe_sanitizers
# shellcheck disable=SC2086 # the list is made of words
[ $# -gt 0 ] || set -- $ALL
for suite in "$@"; do
    case " $ALL " in
    *" $suite "*) ;;
    *)
        echo "tests/run.sh: no suite \"$suite\"; there are: $ALL" >&2
        exit 2
        ;;
    esac
    if ! "suite_$suite" && [ "$suite" = build ]; then
        break
    fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
