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
# The first entry whose name begins a file's path is the file's room; "tui/*" stands for every other folder
# of tui/, each of them a screen and a room of its own.
ROOMS='
core/base:
core/task:      core/base
core/net:       core/base core/task
core/hub:       core/base core/task core/net core/card
core/chat:      core/base core/task core/net
core/format:    core/base
core/peek:      core/base core/task core/hub core/format
core/store:     core/base
core/plan:      core/base core/format
core/arrcoc:    core/base core/format
core/card:      core/base
core/doc:       core/base
core/transfer:  core/base core/task core/net core/hub
core/localhub:  core/base core/card
core/cli:       core gpu/source gpu/trace
core/edit:      core/base
gpu/cli:        core gpu
gpu/arrcoc:     core/base core/arrcoc gpu
gpu:            core/base core/task
tui/main.c:     core tui/frame tui/screens.h tui/verbs.h
tui/verbs.c:    core tui/frame tui/screens.h tui/verbs.h
tui/verbs.h:    core
tui/screens.c:  tui/frame tui/screens.h
tui/screens.h:
tui/term:       core
tui/widget:     core tui/term
tui/picture:    core tui/term
tui/frame/popup: core tui/term tui/widget tui/picture tui/frame
tui/frame:      core tui/term tui/widget tui/picture
tui/*:          core gpu tui/term tui/widget tui/picture tui/frame
tests:          core gpu tui tests
'

# A header of ours (a regular expression) that is for its own folder: the other paths that may include it.
OWN='
(_priv|_parts|_state|_internal|/internal)[.]h$     ^tests/
^core/arrcoc/array_parts[.]h$                      ^(gpu/arrcoc/|tests/)
^tui/frame/app_priv[.]h$                           ^(tui/frame/popup/|tests/)
^tui/frame/(keymap|pace|remember)[.]h$             ^(tui/frame/popup/|tests/)
^tui/frame/popup/                                  ^tests/
'

# header (a regular expression over what stands between <>): the paths that may include it. The libraries
# that are opened when first used have one file each, their table of functions.
LIBRARIES='
curses|ncurses|panel[.]h|^term[.]h                 ^(tui/(term/|frame/(stage|paint)[.]c)|tests/)
^readline/                                         ^(tui/term/|tests/)
^curl/                                             ^(core/net/curl_api|tests/unit/localhub_help)
microhttpd                                         ^core/localhub/mhd_api
^sqlite3[.]h                                       ^core/store/sqlite_api
cmark-gfm                                          ^core/doc/md_(parse|node)
^yaml[.]h$                                          ^core/card/yaml_api
pcre2                                              ^tui/widget/
^openssl/                                          ^core/(base|net|hub|cli)/
^cuda|nvml                                         ^(gpu/|tests/(cudasim|gpu)/)
sixel                                              ^tui/picture/
^png[.]h                                           ^(core/format/png_api|tests/)
^jpeglib[.]h|^jerror[.]h                           ^(core/format/jpeg_api|tests/)
^webp/                                             ^(core/format/webp_api|tests/)
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
            for (i = 1; i <= count; i++) if (begins(where[1], name[i]) || name[i] ~ /[*]$/ &&
                match(where[1], /^tui\/[^\/]+\//)) break
            if (i > count) { print $1 ": a room without a rule in tests/check_arrows.sh"; next }
            room = name[i] ~ /[*]$/ ? substr(where[1], 1, RLENGTH - 1) : name[i]
            ok = begins($2, room)
            m = split(allowed[i], may, " ")
            for (k = 1; k <= m; k++) if (begins($2, may[k])) ok = 1
            if (!ok) print $1 ": " room " must not include " $2
        }'
}

wrong_headers() # tree
{
    includes "$1" '"' | awk -v rules="$OWN" '
        function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
        BEGIN {
            n = split(rules, lines, "\n")
            for (i = 1; i <= n; i++) if (split(lines[i], parts, " ") == 2) {
                count++
                header[count] = parts[1]
                path[count] = parts[2]
            }
        }
        {
            split($1, where, ":")
            if (folder(where[1]) == folder($2)) next
            last = 0 # a later rule is the more exact one
            for (i = 1; i <= count; i++) if ($2 ~ header[i]) last = i
            if (last && where[1] !~ path[last]) print $1 ": " $2 " is for its own folder"
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

# awk: a line without comments and string literals.
CODE='
    FNR == 1 { in_comment = 0 }
    function code(text) {
        if (in_comment) {
            if (!sub(/^.*\*\//, "", text)) return ""
            in_comment = 0
        }
        gsub(/\\./, "", text)
        gsub(/"[^"]*"/, "\"\"", text)
        gsub(/\/\*[^*]*\*+([^\/*][^*]*\*+)*\//, " ", text)
        sub(/\/\/.*/, "", text)
        if (sub(/\/\*.*/, "", text)) in_comment = 1
        return text
    }'

wrong_calls() # tree
{
    (cd "$1" && find core gpu tui tests \( -name '*.[ch]' -o -name '*.cu' -o -name '*.cpp' \) 2>/dev/null | sort | xargs -r \
        awk -v rules="$CALLS" "$CODE"'
            BEGIN {
                n = split(rules, lines, "\n")
                for (i = 1; i <= n; i++) if (split(lines[i], parts, " ") == 2) {
                    count++
                    call[count] = "(^|[^A-Za-z0-9_])(" parts[1] ")[ \t]*\\("
                    path[count] = parts[2]
                }
            }
            {
                text = code($0)
                for (i = 1; i <= count; i++)
                    if (text ~ call[i] && FILENAME !~ path[i])
                        print FILENAME ":" FNR ": " $0
            }')
}

# A screen is SCREEN_HUB, SCREEN_CARD and so on: what a file outside frame/screen.h calls SCREEN_ and a word.
# Only tui/screens.c and the folder that brings it say it.
wrong_screens() # tree
{
    (cd "$1" && find core gpu tui -name '*.[ch]' 2>/dev/null | sort | xargs -r awk "$CODE"'
        {
            text = code($0)
            while (match(text, /(^|[^A-Za-z0-9_])SCREEN_[A-Z0-9_]+/)) {
                name = substr(text, RSTART, RLENGTH)
                text = substr(text, RSTART + RLENGTH)
                sub(/^[^S]/, "", name)
                if (FILENAME == "tui/frame/screen.h") { if (name !~ /_H$/) of_frame[name] = 1; continue }
                said[++n] = name
                at[n] = FILENAME ":" FNR
                file[n] = FILENAME
            }
        }
        END {
            for (i = 1; i <= n; i++) {
                if (said[i] in of_frame || file[i] == "tui/screens.c") continue
                if (file[i] ~ /^tui\/[^\/]+\// && file[i] !~ /^tui\/(frame|term|widget|picture)\//) {
                    split(file[i], parts, "/")
                    if (!(said[i] in home)) home[said[i]] = parts[2]
                    if (home[said[i]] == parts[2]) continue
                }
                print at[i] ": only tui/screens.c names " said[i]
            }
        }')
}

# ---- the rules can fail --------------------------------------------------------------------------------

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# A tree with one file, or two; says whether the function finds fault with it.
try() # wanted: right or wrong, function, path, line, another path, its line
{
    rm -rf "$work/tree"
    mkdir -p "$work/tree/$(dirname "$3")"
    printf '%s\n' "$4" >"$work/tree/$3"
    if [ $# = 6 ]; then
        mkdir -p "$work/tree/$(dirname "$5")"
        printf '%s\n' "$6" >"$work/tree/$5"
    fi
    if [ -z "$("$2" "$work/tree")" ]; then
        got=right
    else
        got=wrong
    fi
    [ "$got" = "$1" ] || echo "$2 says $got for $3: $4"
}

# The arrows inside core and between the large rooms.
try_rooms()
{
    try wrong wrong_rooms core/base/x.c '#include "core/task/queue.h"'
    try wrong wrong_rooms core/task/x.c '#include "core/net/http.h"'
    try wrong wrong_rooms core/net/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms core/net/x.c '#include "http.h"'
    try right wrong_rooms core/net/x.c '#include "core/task/queue.h"'
    try wrong wrong_rooms core/hub/x.c '#include "core/transfer/download.h"'
    try wrong wrong_rooms core/hub/x.h '  #  include "tui/term/term.h"'
    try wrong wrong_rooms core/transfer/x.c '#include "core/store/store.h"'
    try wrong wrong_rooms core/transfer/x.c '#include "tui/transfers/transfers.h"'
    try right wrong_rooms core/transfer/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms core/store/x.c '#include "core/task/queue.h"'
    try wrong wrong_rooms core/card/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms core/doc/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms core/doc/x.c '#include "tui/term/theme.h"'
    try wrong wrong_rooms core/edit/x.c '#include "tui/widget/editor.h"'
    try wrong wrong_rooms core/chat/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms core/plan/x.c '#include "core/net/http.h"'
    try wrong wrong_rooms core/format/x.c '#include "core/arrcoc/arrcoc.h"'
    try wrong wrong_rooms core/arrcoc/x.c '#include "gpu/arrcoc/x.h"'
    try wrong wrong_rooms core/arrcoc/x.c '#include "core/task/pool.h"'
    try wrong wrong_rooms core/localhub/x.c '#include "core/net/http.h"'
    try wrong wrong_rooms core/cli/x.c '#include "tui/frame/app.h"'
    try right wrong_rooms core/cli/x.c '#include "core/localhub/localhub.h"'
    try right wrong_rooms core/cli/x.c '#include "core/doc/markdown.h"'
    try wrong wrong_rooms core/brandnew/x.c '#include "core/base/buf.h"'
    try wrong wrong_rooms gpu/source/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms gpu/arrcoc/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms gpu/cli/x.c '#include "tui/frame/app.h"'
}

# main -> screens -> each screen -> frame -> picture, widget -> term -> core.
try_house()
{
    try wrong wrong_rooms tui/main.c '#include "tui/hub/screen.h"'
    try wrong wrong_rooms tui/main.c '#include "tui/term/term.h"'
    try right wrong_rooms tui/main.c '#include "tui/screens.h"'
    try wrong wrong_rooms tui/screens.c '#include "tui/hub/screen.h"'
    try wrong wrong_rooms tui/screens.h '#include "tui/frame/screen.h"'
    try wrong wrong_rooms tui/verbs.c '#include "tui/hub/screen.h"'
    try wrong wrong_rooms tui/brandnew.c '#include "core/base/buf.h"'
    for screen in hub card spaces gpu console transfers soon brandnew; do
        try wrong wrong_rooms "tui/$screen/x.c" '#include "tui/other/x.h"'
        try wrong wrong_rooms "tui/$screen/x.c" '#include "tui/screens.h"'
        try right wrong_rooms "tui/$screen/x.c" '#include "tui/frame/app.h"'
        try right wrong_rooms "tui/$screen/x.c" "#include \"tui/$screen/x.h\""
        for room in frame/popup frame widget picture term; do
            try wrong wrong_rooms "tui/$room/x.c" "#include \"tui/$screen/x.h\""
        done
    done
    try wrong wrong_rooms tui/hub/x.c '#include "tui/hubble/x.h"'
    try right wrong_rooms tui/hub/x.c '#include "core/hub/hub.h"'
    try wrong wrong_rooms tui/frame/x.c '#include "tui/screens.h"'
    try wrong wrong_rooms tui/frame/popup/x.c '#include "tui/screens.h"'
    try wrong wrong_rooms tui/widget/x.c '#include "tui/frame/app.h"'
    try wrong wrong_rooms tui/widget/x.c '#include "tui/picture/layer.h"'
    try wrong wrong_rooms tui/picture/x.c '#include "tui/frame/app.h"'
    try wrong wrong_rooms tui/picture/x.c '#include "tui/widget/list.h"'
    try wrong wrong_rooms tui/term/x.c '#include "tui/frame/app.h"'
    try wrong wrong_rooms tui/term/x.c '#include "tui/widget/list.h"'
    try right wrong_rooms tui/frame/x.c '#include "tui/widget/list.h"'
    try right wrong_rooms tui/widget/x.c '#include "tui/term/draw.h"'
}

try_headers()
{
    try wrong wrong_headers tui/hub/x.c '#include "tui/frame/app_priv.h"'
    try wrong wrong_headers tui/hub/x.c '#include "tui/frame/keymap.h"'
    try wrong wrong_headers tui/frame/x.c '#include "tui/frame/popup/menu.h"'
    try wrong wrong_headers tui/frame/x.c '#include "tui/widget/view_state.h"'
    try wrong wrong_headers core/cli/x.c '#include "core/hub/internal.h"'
    try wrong wrong_headers core/cli/x.c '#include "core/arrcoc/array_parts.h"'
    try right wrong_headers gpu/arrcoc/x.cu '#include "core/arrcoc/array_parts.h"'
    try right wrong_headers tui/frame/popup/x.c '#include "tui/frame/app_priv.h"'
    try right wrong_headers core/hub/x.c '#include "core/hub/internal.h"'
    try right wrong_headers tui/hub/x.c '#include "tui/frame/app.h"'
}

try_screens()
{
    try wrong wrong_screens tui/frame/x.c 'stage_switch(app, &SCREEN_HUB);'
    try wrong wrong_screens tui/main.c 'extern const struct screen_ops SCREEN_HUB;'
    try wrong wrong_screens core/cli/x.c 'run(SCREEN_GPU);'
    try wrong wrong_screens tui/card/x.c 'const struct screen_ops SCREEN_CARD = {' \
        tui/hub/x.c 'show(&SCREEN_CARD);'
    try right wrong_screens tui/card/x.c 'const struct screen_ops SCREEN_CARD = {' \
        tui/screens.c '    DO(SCREEN_CARD)'
    try right wrong_screens tui/frame/screen.h 'enum { SCREEN_SPLIT = 45 };' \
        tui/frame/x.c 'x = SCREEN_SPLIT; /* not SCREEN_HUB */ puts("SCREEN_HUB");'
}

try_libraries()
{
    try wrong wrong_libraries core/base/x.c '#include <ncursesw/curses.h>'
    try wrong wrong_libraries tui/hub/x.c '#include <curses.h>'
    try wrong wrong_libraries tui/widget/x.c '#include <curses.h>'
    try wrong wrong_libraries core/cli/x.c '#include <readline/readline.h>'
    try wrong wrong_libraries tui/frame/x.c '#include <readline/readline.h>'
    try wrong wrong_libraries core/hub/x.c '#include <curl/curl.h>'
    try wrong wrong_libraries core/net/x.c '#include <curl/curl.h>'
    try right wrong_libraries core/net/curl_api.h '#include <curl/curl.h>'
    try wrong wrong_libraries tui/x.c '#include <microhttpd.h>'
    try wrong wrong_libraries core/localhub/x.c '#include <microhttpd.h>'
    try right wrong_libraries core/localhub/mhd_api.h '#include <microhttpd.h>'
    try wrong wrong_libraries core/net/x.c '#include <sqlite3.h>'
    try wrong wrong_libraries core/store/x.c '#include <sqlite3.h>'
    try right wrong_libraries core/store/sqlite_api.h '#include <sqlite3.h>'
    try wrong wrong_libraries core/card/x.c '#include <cmark-gfm.h>'
    try wrong wrong_libraries core/cli/x.c '#include <cmark-gfm.h>'
    try right wrong_libraries core/doc/md_parse.c '#include <cmark-gfm.h>'
    try wrong wrong_libraries core/card/x.c '#include <yaml.h>'
    try right wrong_libraries core/card/yaml_api.h '#include <yaml.h>'
    try wrong wrong_libraries tui/hub/x.c '#include <pcre2.h>'
    try wrong wrong_libraries tui/hub/x.c '#include <openssl/evp.h>'
    try wrong wrong_libraries core/arrcoc/x.c '#include <png.h>'
    try wrong wrong_libraries core/format/x.c '#include <png.h>'
    try wrong wrong_libraries core/format/jpeg.c '#include <jpeglib.h>'
    try wrong wrong_libraries core/format/picture.c '#include <webp/decode.h>'
    try right wrong_libraries core/format/webp_api.h '#include <webp/demux.h>'
    try wrong wrong_libraries tui/gpu/x.c '#include <nvml.h>'
    try wrong wrong_libraries tui/frame/x.c '#include <sixel.h>'
    try wrong wrong_libraries core/base/x.c '#include <cmocka.h>'
    try right wrong_libraries core/base/x.c '#include <stdio.h>'
}

try_calls()
{
    try wrong wrong_calls core/net/x.c '    exit(1);'
    try wrong wrong_calls tui/app.c 'if (x) exit (2);'
    try wrong wrong_calls core/base/x.c 'sprintf(p, "%d", n);'
    try wrong wrong_calls core/base/x.c 'puts("/*"); exit(3);'
    try right wrong_calls core/base/x.c 'atexit(fn); _exit(1); snprintf(p, 3, "exit(1)");'
    try right wrong_calls core/base/x.c '/* never exit(1) here */'
    try right wrong_calls tui/main.c 'exit(1);'
}

self_test()
{
    try_rooms
    try_house
    try_headers
    try_screens
    try_libraries
    try_calls
}

tap_empty 'every rule finds its fault in a wrong tree' "$(self_test)"
tap_empty 'includes follow the arrows of the architecture' "$(wrong_rooms "$TREE")"
tap_empty 'what is for its own folder stays there' "$(wrong_headers "$TREE")"
tap_empty 'a screen is named by tui/screens.c and itself' "$(wrong_screens "$TREE")"
tap_empty "libraries' headers stay in their rooms" "$(wrong_libraries "$TREE")"
tap_empty 'no call that ends the process or writes without a limit' "$(wrong_calls "$TREE")"
tap_done
