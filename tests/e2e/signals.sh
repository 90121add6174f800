#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every way to die gives the terminal back: crashes, polite signals, and the terminal going away.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

for case in SEGV:139 ABRT:134 BUS:135 FPE:136 QUIT:131 TRAP:133 SYS:159 XCPU:152 TERM:143 INT:130 \
    USR1:138 USR2:140 ALRM:142 VTALRM:154 PROF:155 IO:157 PWR:158 RTMIN:162 RTMAX:192; do
    signal=${case%:*}
    e2e_open 80 24
    e2e_start 'hfterm --demo'
    kill -s "$signal" "$(e2e_pid)"
    e2e_expect_restored "SIG$signal" "${case#*:}"
    e2e_close
done

# The terminal goes away: the program must end, not spin on a dead descriptor.
e2e_open 80 24
e2e_start 'hfterm --demo'
pid=$(e2e_pid)
is_gone()
{
    ! kill -0 "$pid" 2>/dev/null
}
e2e_close
if e2e_until is_gone; then
    tap_ok 'ends when its terminal goes away'
else
    tap_not_ok 'ends when its terminal goes away' "$(ps -o pid,stat,time,args -p "$pid")"
    kill -9 "$pid"
fi
tap_done
