#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Which room may include which, which library's headers belong where, and which calls are not made:
# the arrows of docs/architecture.md over the sources as they are. TAP.
#
#     tests/check_arrows.sh [TREE]
#
# Before the tree itself, every rule is tried on a small wrong tree, so that a rule that cannot
# fail is noticed.

set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
TREE=${1:-$here/..}

# ---- the rules -------------------------------------------------------------------------------------

# room: the rooms it may include besides itself. "core" stands for every room below core/.
# The first entry whose name begins a file's path is the file's room.
ROOMS='
core/base:
core/task:      core/base
core/net:       core/base core/task
core/hub:       core/base core/task core/net core/card
core/chat:      core/base core/task core/net
core/format:    core/base
core/store:     core/base
core/plan:      core/base core/format
core/arrcoc:    core/base core/format
core/card:      core/base
core/doc:       core/base
core/transfer:  core/base core/task core/net core/hub
core/localhub:  core/base core/card
core/cli:       core gpu/source gpu/trace
gpu/cli:        core gpu
gpu/arrcoc:     core/base core/arrcoc gpu
gpu:            core/base core/task
tui:            core gpu themes
tests:          core gpu tui tests
'

# header (a regular expression over what stands between <>): the paths that may include it.
LIBRARIES='
curses|ncurses|panel[.]h|term[.]h|readline/        ^(tui/|tests/)
^curl/                                             ^(core/net/curl_api|tests/unit/localhub_help)
microhttpd                                         ^core/localhub/
md4c                                               ^core/doc/
libfyaml                                           ^core/(card/|cli/doctor_machine)
^cuda|nvml                                         ^(gpu/|tests/(cudasim|gpu)/)
^sqlite3[.]h                                       ^core/store/
sixel                                              ^tui/picture/
^png[.]h|^jpeglib[.]h|^webp/                      ^(core/(format/(picture|png|jpeg|webp)|cli/doctor_machine)|tests/)
vterm[.]h|^pty[.]h|cmocka                          ^tests/
'

# call: the paths where it may stand. Errors are values: nothing below main ends the process.
CALLS='
exit|quick_exit                                            ^(tui/main[.]c|tests/)
strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|tmpnam ^-
'

# ---- checking a tree ---------------------------------------------------------------------------------

# "path:line header" for every include of a kind: " for ours, < for a library's.
includes() # tree, '"' or '<'
{
    (cd "$1" && find core gpu tui tests \( -name '*.[ch]' -o -name '*.cu' -o -name '*.cpp' \) 2>/dev/null | sort | xargs -r \
        awk -v mark="$2" '
            match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*/) {
                text = substr($0, RSTART, RLENGTH)
                sub(/^[ \t]*#[ \t]*include[ \t]*/, "", text)
                if (substr(text, 1, 1) == mark) print FILENAME ":" FNR, substr(text, 2)
            }')
}

wrong_rooms() # tree
{
    includes "$1" '"' | awk -v rooms="$ROOMS" '
        function begins(path, room) {
            return path == room || substr(path, 1, length(room) + 1) == room "/"
        }
        BEGIN {
            n = split(rooms, lines, "\n")
            for (i = 1; i <= n; i++) {
                if (split(lines[i], parts, ":") < 2) continue
                count++
                name[count] = parts[1]
                allowed[count] = parts[2]
            }
        }
        {
            split($1, where, ":")
            for (i = 1; i <= count; i++) if (begins(where[1], name[i])) break
            if (i > count) { print $1 ": a room without a rule in tests/check_arrows.sh"; next }
            ok = begins($2, name[i])
            m = split(allowed[i], may, " ")
            for (k = 1; k <= m; k++) if (begins($2, may[k])) ok = 1
            if (!ok) print $1 ": " name[i] " must not include " $2
        }'
}

wrong_libraries() # tree
{
    includes "$1" '<' | awk -v rules="$LIBRARIES" '
        BEGIN {
            n = split(rules, lines, "\n")
            for (i = 1; i <= n; i++) if (split(lines[i], parts, " ") == 2) {
                count++
                header[count] = parts[1]
                path[count] = parts[2]
            }
        }
        {
            for (i = 1; i <= count; i++)
                if ($2 ~ header[i] && $1 !~ path[i]) print $1 ": <" $2 "> does not belong here"
        }'
}

# Comments and string literals are taken out first.
wrong_calls() # tree
{
    (cd "$1" && find core gpu tui tests \( -name '*.[ch]' -o -name '*.cu' -o -name '*.cpp' \) 2>/dev/null | sort | xargs -r \
        awk -v rules="$CALLS" '
            BEGIN {
                n = split(rules, lines, "\n")
                for (i = 1; i <= n; i++) if (split(lines[i], parts, " ") == 2) {
                    count++
                    call[count] = "(^|[^A-Za-z0-9_])(" parts[1] ")[ \t]*\\("
                    path[count] = parts[2]
                }
            }
            FNR == 1 { in_comment = 0 }
            {
                text = $0
                if (in_comment) {
                    if (!sub(/^.*\*\//, "", text)) next
                    in_comment = 0
                }
                gsub(/\\./, "", text)
                gsub(/"[^"]*"/, "\"\"", text)
                gsub(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//, " ", text)
                sub(/\/\/.*/, "", text)
                if (sub(/\/\*.*/, "", text)) in_comment = 1
                for (i = 1; i <= count; i++)
                    if (text ~ call[i] && FILENAME !~ path[i])
                        print FILENAME ":" FNR ": " $0
            }')
}

# ---- the rules can fail --------------------------------------------------------------------------------

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# A tree with one file; says whether the function finds fault with it.
try() # wanted: right or wrong, function, path, line
{
    rm -rf "$work/tree"
    mkdir -p "$work/tree/$(dirname "$3")"
    printf '%s\n' "$4" >"$work/tree/$3"
    if [ -z "$("$2" "$work/tree")" ]; then
        got=right
    else
        got=wrong
    fi
    [ "$got" = "$1" ] || echo "$2 says $got for $3: $4"
}

self_test()
{
    try wrong wrong_rooms core/base/x.c '#include "core/task/queue.h"'
    try wrong wrong_rooms core/hub/x.h '  #  include "tui/term/term.h"'
    try wrong wrong_rooms core/localhub/x.c '#include "core/net/http.h"'
    try wrong wrong_rooms core/doc/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms core/doc/x.c '#include "tui/term/theme.h"'
    try wrong wrong_rooms core/cli/x.c '#include "tui/frame/app.h"'
    try wrong wrong_rooms gpu/source/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms core/brandnew/x.c '#include "core/base/buf.h"'
    try wrong wrong_rooms core/net/x.c '#include "http.h"'
    try wrong wrong_rooms core/arrcoc/x.c '#include "gpu/arrcoc/x.h"'
    try wrong wrong_rooms core/arrcoc/x.c '#include "core/task/pool.h"'
    try wrong wrong_libraries core/arrcoc/x.c '#include <png.h>'
    try wrong wrong_libraries core/net/x.c '#include <sqlite3.h>'
    try right wrong_libraries core/store/x.c '#include <sqlite3.h>'
    try wrong wrong_rooms core/store/x.c '#include "core/task/queue.h"'
    try right wrong_rooms core/net/x.c '#include "core/task/queue.h"'
    try right wrong_rooms core/cli/x.c '#include "core/localhub/localhub.h"'
    try right wrong_rooms core/cli/x.c '#include "core/doc/markdown.h"'
    try right wrong_rooms tui/hub/x.c '#include "core/hub/hub.h"'
    try wrong wrong_libraries core/base/x.c '#include <ncursesw/curses.h>'
    try wrong wrong_libraries core/cli/x.c '#include <readline/readline.h>'
    try wrong wrong_libraries core/hub/x.c '#include <curl/curl.h>'
    try wrong wrong_libraries tui/x.c '#include <microhttpd.h>'
    try wrong wrong_libraries core/card/x.c '#include <md4c.h>'
    try wrong wrong_libraries core/cli/x.c '#include <md4c.h>'
    try wrong wrong_libraries tui/card/x.c '#include <libfyaml.h>'
    try wrong wrong_libraries core/net/x.c '#include <curl/curl.h>'
    try right wrong_libraries core/net/curl_api.h '#include <curl/curl.h>'
    try right wrong_libraries core/doc/md_page.c '#include <md4c.h>'
    try right wrong_libraries core/base/x.c '#include <stdio.h>'
    try wrong wrong_calls core/net/x.c '    exit(1);'
    try wrong wrong_calls tui/app.c 'if (x) exit (2);'
    try wrong wrong_calls core/base/x.c 'sprintf(p, "%d", n);'
    try wrong wrong_calls core/base/x.c 'puts("/*"); exit(3);'
    try right wrong_calls core/base/x.c 'atexit(fn); _exit(1); snprintf(p, 3, "exit(1)");'
    try right wrong_calls core/base/x.c '/* never exit(1) here */'
    try right wrong_calls tui/main.c 'exit(1);'
}

tap_empty 'every rule finds its fault in a wrong tree' "$(self_test)"
tap_empty 'includes follow the arrows of the architecture' "$(wrong_rooms "$TREE")"
tap_empty "libraries' headers stay in their rooms" "$(wrong_libraries "$TREE")"
tap_empty 'no call that ends the process or writes without a limit' "$(wrong_calls "$TREE")"
tap_done
