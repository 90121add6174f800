#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files that need each other, by #include and by linker symbols: the largest such knot of a folder must
# stay small, so that a file can be read, tested and moved with few others. TAP.
#
#     tests/check_knots.sh [TREE]             the folders of LIMITS below
#     tests/check_knots.sh TREE FOLDER        lists the knots of one folder and what ties them
#
# Needs the objects of `make` in TREE/build/obj. A .c and the .h of the same name are one file here.

set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
TREE=${1:-$here/..}

# folder: how many files its largest knot may have.
LIMITS='
core/cli  4
tui       4
'

# ---- counting --------------------------------------------------------------------------------------

# "from to why" for every need of one file of the folder for another.
needs() # tree, folder
{
    (
        cd "$1" || exit 1
        find "$2" -name '*.[ch]' | sort | xargs -r awk '
            function stem(path) { sub(/\.[ch]$/, "", path); return path }
            FNR == 1 { print "file", stem(FILENAME) }
            match($0, /^[ \t]*#[ \t]*include[ \t]*"[^"]*"/) {
                split($0, parts, "\"")
                print "include", stem(FILENAME), stem(parts[2])
            }'
        find "$2" -name '*.c' | sort | while read -r source; do
            object=build/obj/${source%.c}.o
            if [ ! -e "$object" ]; then
                echo "missing $object"
                continue
            fi
            nm -gP "$object" | awk -v stem="${source%.c}" '
                $2 == "U" { print "use", stem, $1; next }
                $2 ~ /^[A-Za-z]$/ { print "define", stem, $1 }'
        done
    ) | awk '
        $1 == "missing" { print; next }
        $1 == "file"    { is_file[$2] = 1 }
        $1 == "include" { from[++n] = $2; to[n] = $3 }
        $1 == "define"  { home[$3] = $2 }
        $1 == "use"     { user[++m] = $2; symbol[m] = $3 }
        END {
            for (i = 1; i <= n; i++)
                if (from[i] != to[i] && is_file[to[i]]) print from[i], to[i], "include"
            for (i = 1; i <= m; i++)
                if (symbol[i] in home && home[symbol[i]] != user[i])
                    print user[i], home[symbol[i]], symbol[i]
        }'
}

# From the needs: "N files: a b c" for every knot of two files or more, the largest first.
knots()
{
    awk '
        $1 == "missing" { next }
        {
            for (k = 1; k <= 2; k++) if (!($k in number)) { number[$k] = ++n; name[n] = $k }
            reach[number[$1], number[$2]] = 1
        }
        END {
            for (k = 1; k <= n; k++)
                for (i = 1; i <= n; i++)
                    if ((i, k) in reach)
                        for (j = 1; j <= n; j++) if ((k, j) in reach) reach[i, j] = 1
            for (i = 1; i <= n; i++) {
                if (i in done || !((i, i) in reach)) continue
                size = 0
                list = ""
                for (j = 1; j <= n; j++)
                    if ((i, j) in reach && (j, i) in reach) {
                        done[j] = 1
                        size++
                        list = list " " name[j]
                    }
                print size, "files:" list
            }
        }' | sort -rn
}

# What ties the files of one knot, a line a pair.
ties() # file with the needs; the knot on stdin
{
    awk 'NR == FNR { for (i = 3; i <= NF; i++) in_knot[$i] = 1; next }
         $1 in in_knot && $2 in in_knot { why[$1 " -> " $2] = why[$1 " -> " $2] " " $3 }
         END { for (pair in why) print "  " pair ":" why[pair] }' - "$1" | sort
}

# The size of the largest knot, 1 when no file needs another back.
largest() # file with the needs
{
    knots <"$1" | awk 'NR == 1 { n = $1 } END { print n ? n : 1 }'
}

# ---- it can fail -----------------------------------------------------------------------------------

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# A tree of a.c, b.c and c.c with these lines in them; says whether the largest knot is of that size.
try() # size, line of a.c, of b.c, of c.c, of b.h
{
    rm -rf "$work/tree"
    mkdir -p "$work/tree/x" "$work/tree/build/obj/x"
    : >"$work/tree/x/a.h"
    printf '%s\n' "${5:-}" >"$work/tree/x/b.h"
    i=2
    for name in a b c; do
        eval "line=\${$i}"
        printf 'int a(void), b(void), c(void);\n%s\nint %s(void) { return %s; }\n' \
            "$(echo "$line" | grep '^#')" "$name" "$(echo "$line" | grep -v '^#' | grep . || echo 0)" \
            >"$work/tree/x/$name.c"
        ${CC:-cc} -I"$work/tree" -c -o "$work/tree/build/obj/x/$name.o" "$work/tree/x/$name.c"
        i=$((i + 1))
    done
    needs "$work/tree" x >"$work/needs"
    got=$(largest "$work/needs")
    [ "$got" = "$1" ] || echo "a knot of $1 was counted as $got: $2, $3, $4, ${5:-}"
}

self_test()
{
    try 1 0 0 0
    try 1 'b()' 0 'a() + b()'
    try 2 'b()' 'a()' 'a()'
    try 2 '#include "x/b.h"' 'a()' 0
    try 2 '#include "x/b.h"' 0 0 '#include "x/a.h"'
    try 3 'b()' 'c()' 'a()'
    rm "$work/tree/build/obj/x/c.o"
    needs "$work/tree" x | grep -q '^missing ' || echo 'an object that is not there is not noticed'
}

# ---- the folders -----------------------------------------------------------------------------------

check() # folder, limit
{
    needs "$TREE" "$1" >"$work/needs"
    if grep -q '^missing ' "$work/needs"; then
        tap_not_ok "the knots of $1 can be counted" "$(grep '^missing ' "$work/needs")"
        return
    fi
    size=$(largest "$work/needs")
    if [ "$size" -le "$2" ]; then
        tap_ok "the largest knot of $1 has $size files, at most $2"
    else
        knots <"$work/needs" >"$work/knots"
        tap_not_ok "the largest knot of $1 has $size files, more than $2" "$(
            awk -v limit="$2" '$1 > limit' "$work/knots"
            echo "The first of them is tied by:"
            head -1 "$work/knots" | ties "$work/needs")"
    fi
}

if [ $# = 2 ]; then
    needs "$1" "$2" >"$work/needs"
    knots <"$work/needs" | while read -r knot; do
        echo "$knot"
        echo "$knot" | ties "$work/needs"
    done
    exit
fi

tap_empty 'knots of small trees are counted right' "$(self_test 2>&1)"
while read -r folder limit; do
    [ -z "$folder" ] || check "$folder" "$limit"
done <<FOLDERS
$LIMITS
FOLDERS
tap_done
