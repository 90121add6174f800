#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every benchmark of BUILD/bench and prints one table, with the machine and the date, because
# figures mean nothing without them. Nothing here fails: OVER and UNDER are findings, no errors.
#
#     tests/bench/run.sh BUILD
#
# A benchmark prints "name TAB value TAB unit TAB goal TAB note" for each figure (measure.h). Peers that
# are not here are named with the reason.

set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
work=$(mktemp -d) || exit 1
server=
finish()
{
    [ -z "$server" ] || kill "$server" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

table()
{
    awk -F '\t' '
        function verdict(value, goal) {
            if (value == "-" || goal == "") return "-"
            if (goal ~ /^>=/) return value + 0 >= substr(goal, 3) + 0 ? "ok" : "UNDER"
            return value + 0 <= goal + 0 ? "ok" : "OVER"
        }
        function bound(goal, unit) {
            if (goal == "") return "-"
            return (goal ~ /^>=/ ? goal : "<= " goal) " " unit
        }
        {
            n++
            name[n] = $1
            value[n] = $2 == "-" ? "-" : $2 " " $3
            goal[n] = bound($4, $3)
            state[n] = verdict($2, $4)
            note[n] = $5
            if (length(name[n]) > w1) w1 = length(name[n])
            if (length(value[n]) > w2) w2 = length(value[n])
            if (length(goal[n]) > w3) w3 = length(goal[n])
        }
        END {
            for (i = 1; i <= n; i++)
                printf "%-*s  %*s  %-*s  %-5s  %s\n", w1, name[i], w2, value[i], w3, goal[i],
                    state[i], note[i]
        }' "$1"
}

# The official client, in a venv of its own below the build folder.
find_hf()
{
    hf=$build/bench/venv/bin/hf
    [ ! -x "$hf" ] || return 0
    if ! python3 -m venv "$build/bench/venv" >"$work/venv.log" 2>&1; then
        hf=
        BENCH_HF_REASON='python3 cannot make a virtual environment'
    elif ! timeout 300 "$build/bench/venv/bin/pip" install -q huggingface_hub \
        >"$work/venv.log" 2>&1 || [ ! -x "$hf" ]; then
        hf=
        BENCH_HF_REASON="pip could not install huggingface_hub: $(tail -n 1 "$work/venv.log")"
    fi
}

# The address on stdout of "hfterm serve", once it serves.
start_server()
{
    "$build/hfterm" serve tests/fixtures/demo >"$work/serve.log" 2>&1 &
    server=$!
    tries=100
    while [ "$tries" -gt 0 ]; do
        endpoint=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$work/serve.log" | head -n 1)
        [ -z "$endpoint" ] || return 0
        tries=$((tries - 1))
        sleep 0.05
    done
    return 1
}

rows=$work/rows
: >"$rows"
for source in tests/bench/bench_*.c; do
    name=${source##*/}
    bench=$build/bench/${name%.c}
    case ${name%.c} in
    bench_cli)
        BENCH_HF_REASON=
        find_hf
        export BENCH_HF_REASON
        if start_server; then
            HF_HOME=$work/hf XDG_CACHE_HOME=$work/cache HF_HUB_DISABLE_TELEMETRY=1 \
                "$bench" "$build/hfterm" "$hf" "$endpoint" >>"$rows"
        else
            printf 'hfterm models --json\t-\t\t\tskipped: hfterm serve did not start\n' >>"$rows"
        fi
        ;;
    bench_arrcoc)
        # The Python reference needs torch and kornia; nothing of it is fetched here.
        BENCH_ARRCOC_REASON='BENCH_PYTHON (with torch and kornia) and BENCH_REFERENCE (a checkout) are not set'
        export BENCH_ARRCOC_REASON
        if [ -n "${BENCH_PYTHON:-}" ] && [ -n "${BENCH_REFERENCE:-}" ]; then
            "$bench" "$build/hfterm" "$BENCH_PYTHON" tests/bench/peer_arrcoc.py \
                "$BENCH_REFERENCE" >>"$rows"
        else
            "$bench" "$build/hfterm" >>"$rows"
        fi
        ;;
    *)
        "$bench" "$build/hfterm" >>"$rows" ||
            printf '%s\t-\t\t\texit status %s\n' "${bench##*/}" "$?" >>"$rows"
        ;;
    esac
done

echo "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), $(nproc) cores, $(uname -sr), $(date -u +%Y-%m-%d)"
"$build/hfterm" --version
table "$rows"
