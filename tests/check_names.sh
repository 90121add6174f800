#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every name that a file gives to the linker begins with a prefix of its room, in capitals for data, so that
# two rooms never say the same and a reader sees where a function lives. TAP.
#
#     tests/check_names.sh [TREE]
#
# Needs the objects of `make` in TREE/build/obj. A folder of tui/ that is not named below is a screen: its
# names begin with the folder's name, and SCREEN_ and the screen's name is its entry in tui/screens.c.

set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
TREE=${1:-$here/..}

# room: its prefixes. "=" is a whole name.
ROOMS='
core/base:       arena buf clock err file fuzzy hash json log mem paths secret str text library
core/base:       =try_alloc =xasprintf =xcalloc =xmalloc =xrealloc =xstrdup =xstrdup_opt =xstrndup library
core/task:       child loop msg pool queue tail task
core/net:        curl http httpcache sse transfer
core/hub:        blob follow hub
core/transfer:   download fetch part sums target
core/store:      sqlite store
core/card:       card frontmatter yaml
core/doc:        doc flow html markdown md page rich split table tags
core/format:     format gguf jpeg parquet picture png safetensors st thrift webp y4m
core/peek:       peek
core/edit:       draft edit
core/chat:       chat
core/plan:       plan
core/arrcoc:     arr lex
core/localhub:   lh localhub
core/cli:        cli doctor realize terminfo
gpu/source:      gpu source
gpu/trace:       gpu trace
gpu/arrcoc:      arr
gpu/cli:         gpu
tui:             =SCREENS =TUI_VERBS =main
tui/term:        behind canvas clip draw guard input keys probe rect term theme
tui/widget:      doc editor finder form lines list paged plot slider table tree view viewer
tui/picture:     cells kitty layer picture sixel
tui/frame:       account action app ask bars clipboard command config dispatch follow global keymap move pace pane
tui/frame:       =paint paint plain reader remember screen say stage tabs words work
tui/frame/popup: menu popup requests served =app_menu =app_quit local
'

# "room name" for every name that the object of a source file defines; "missing object" when there is none.
defined() # tree
{
    (
        cd "$1" || exit 1
        find core gpu tui -name '*.c' 2>/dev/null | sort >"$work/sources"
        sed 's,\(.*\)\.c$,build/obj/\1.o,' "$work/sources" >"$work/objects"
        while read -r object; do
            [ -e "$object" ] || echo "missing $object"
        done <"$work/objects"
        xargs nm -gPA <"$work/objects" 2>/dev/null | awk '
            $3 ~ /^[A-TV-Z]$/ && $3 !~ /^[wv]$/ {
                sub(/^build\/obj\//, "", $1)
                sub(/\/[^\/]*$/, "", $1)
                print $1, $2
            }'
    )
}

wrong_names() # tree
{
    defined "$1" | awk -v rooms="$ROOMS" '
        BEGIN {
            n = split(rooms, lines, "\n")
            for (i = 1; i <= n; i++) {
                if (split(lines[i], parts, ":") < 2) continue
                known[parts[1]] = 1
                m = split(parts[2], words, " ")
                for (k = 1; k <= m; k++) may[parts[1], words[k]] = 1
            }
        }
        $1 == "missing" { print; next }
        {
            prefix = tolower($2)
            sub(/_.*/, "", prefix)
            is_whole = prefix == tolower($2)
            if ((($1, "=" $2) in may) || (($1, prefix) in may && !is_whole)) next
            if (!($1 in known) && $1 ~ /^tui\/[^\/]+$/) {
                screen = substr($1, 5)
                if (prefix == screen && !is_whole) next
                if (screen == "soon" && $2 ~ /^SCREEN_/ || $2 == "SCREEN_" toupper(screen)) next
                print $1 ": " $2 " does not begin with " screen "_"
            } else if ($1 in known) {
                print $1 ": " $2 " begins with none of its prefixes in tests/check_names.sh"
            } else {
                print $1 ": a room without prefixes in tests/check_names.sh (" $2 ")"
            }
        }'
}

# ---- it can fail -----------------------------------------------------------------------------------

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# A tree with one file; says whether fault is found with its names.
try() # wanted: right or wrong, path, line
{
    rm -rf "$work/tree"
    mkdir -p "$work/tree/$(dirname "$2")" "$work/tree/build/obj/$(dirname "$2")"
    printf '%s\n' "$3" >"$work/tree/$2"
    ${CC:-cc} -c -o "$work/tree/build/obj/${2%.c}.o" "$work/tree/$2" || echo "cannot compile: $3"
    if [ -z "$(wrong_names "$work/tree")" ]; then
        got=right
    else
        got=wrong
    fi
    [ "$got" = "$1" ] || echo "$got, not $1, for $2: $3"
}

self_test()
{
    try right core/base/x.c 'int text_ok(void) { return 1; }'
    try right core/base/x.c 'void *xmalloc(int n) { return (void *)0 + n; }'
    try right core/base/x.c 'static int helper; int *text_ok(void) { return &helper; }'
    try wrong core/base/x.c 'int textual(void) { return 1; }'
    try wrong core/base/x.c 'int text(void) { return 1; }'
    try wrong core/base/x.c 'int xmore(void) { return 1; }'
    try wrong core/hub/x.c 'int job_list(void) { return 1; }'
    try wrong core/hub/x.c 'int limits[3];'
    try wrong core/brandnew/x.c 'int brandnew_x(void) { return 1; }'
    try wrong tui/frame/x.c 'int hub_open(void) { return 1; }'
    try wrong tui/widget/x.c 'int app_open(void) { return 1; }'
    try wrong tui/term/x.c 'const int LIST_ROWS = 3;'
    try right tui/frame/x.c 'const int GLOBAL_ACTIONS = 3;'
    for screen in hub card spaces gpu console transfers brandnew; do
        capital=$(echo $screen | tr '[:lower:]' '[:upper:]')
        try right "tui/$screen/x.c" "int ${screen}_open(void) { return 1; }"
        try right "tui/$screen/x.c" "const int ${capital}_ACTIONS = 1, SCREEN_$capital = 2;"
        try wrong "tui/$screen/x.c" 'int files_open(void) { return 1; }'
        try wrong "tui/$screen/x.c" 'const int SCREEN_OTHER = 1;'
        try wrong "tui/$screen/x.c" 'const int ACTIONS = 1;'
    done
    rm "$work/tree/build/obj/tui/brandnew/x.o"
    wrong_names "$work/tree" | grep -q '^missing ' || echo 'an object that is not there is not noticed'
}

tap_empty 'every rule finds its fault in a wrong object' "$(self_test 2>&1)"
tap_empty 'names for the linker begin with a prefix of their room' "$(wrong_names "$TREE")"
tap_done
