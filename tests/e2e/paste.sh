#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Pasted text is text: it runs no command, whatever it holds.
cd "$(dirname "$0")/../.." || exit 1
. tests/e2e/lib.sh

paste() # text
{
    printf '%s' "$1" | t load-buffer -
    t paste-buffer -p -r
}

e2e_open 100 30
e2e_start 'hfterm --demo'
paste "q
qq
:quit
"
e2e_keys '?'
e2e_expect 'a paste of key names quits nothing' '[Kk]eys'
e2e_keys Escape
e2e_keys /
paste 'qwen pasted'
e2e_expect 'a paste into a field is its text' 'qwen pasted'
e2e_keys Escape
e2e_keys q
e2e_expect_restored 'after pasting' 0
tap_done
