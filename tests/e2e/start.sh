#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts, shows the demo, helps, quits, and leaves the terminal as it was.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

for size in '80 24' '120 40'; do
    # shellcheck disable=SC2086 # two words
    e2e_open $size
    e2e_start 'hfterm --demo'
    e2e_expect "$size: tabs" '1 ?Hub.*2 ?Card.*3 ?Spaces'
    e2e_expect "$size: key bar" 'quit|keys'
    e2e_keys '?'
    e2e_expect "$size: help" '[Kk]eys'
    e2e_keys Escape
    e2e_keys q
    e2e_expect_restored "$size: q" 0
    e2e_close
done
tap_done
