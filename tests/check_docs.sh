#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The documents: every one can be found, links lead somewhere, the key table is that of the program,
# man pages are clean, tests named in docs/field.md exist, and nothing names a machine it was written on. TAP.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
HFTERM=${HFTERM_PROGRAM:-build/hfterm}

# Ours by git, or everything but the build folder in an unpacked tarball.
our_files()
{
    git ls-files 2>/dev/null | grep . ||
        find . -path ./build -prune -o -path ./.git -prune -o -type f -print | sed 's|^[.]/||'
}

# "file target" for every relative link of the Markdown files.
links()
{
    for file in README.md $(find docs -name '*.md' | sort); do
        [ -e "$file" ] || continue
        awk -v file="$file" '
            /^[ \t]*(```|~~~)/ { in_code = !in_code }
            in_code { next }
            {
                text = $0
                gsub(/`[^`]*`/, "", text)
                while (match(text, /\]\([^)]*\)/)) {
                    target = substr(text, RSTART + 2, RLENGTH - 3)
                    text = substr(text, RSTART + RLENGTH)
                    sub(/[ \t]+".*$/, "", target)
                    sub(/#.*$/, "", target)
                    if (target != "" && target !~ /^[a-z]+:/) print file, target
                }
            }' "$file"
    done
}

dead_links()
{
    links | while read -r file target; do
        [ -e "$(dirname "$file")/$target" ] || echo "$file: $target does not exist"
    done
}

# Documents by link; what is installed (man pages, completions) at least by its name.
unlinked()
{
    links | while read -r file target; do
        realpath -m --relative-to=. "$(dirname "$file")/$target"
    done | sort -u >"$work/targets"
    find docs -type f | sort | while read -r file; do
        case $file in
        *.md) grep -qxF "$file" "$work/targets" || grep -qxF "$(dirname "$file")" "$work/targets" ;;
        *) grep -qrF --include='*.md' "${file##*/}" README.md docs ||
            grep -qxF "$(dirname "$file")" "$work/targets" ;;
        esac || echo "$file is linked from nowhere"
    done
}

man_warnings()
{
    for page in docs/man/*.[1-9]; do
        groff -man -Tutf8 -ww -z -K utf8 "$page" 2>&1
    done
}

# Folders of one machine and hosts of package registries say where and how something was written. The
# brackets keep this list from finding itself.
FORBIDDEN='/wor[k]/|/roo[t]/|/hom[e]/[a-z]+/(src|work|git)|/tm[p]/b-|pyp[i]\.org|pythonhoste[d]\.org|registry\.npmj[s]|deb\.debia[n]\.org|crate[s]\.io|proxy\.golan[g]'

forbidden_words()
{
    our_files | grep -v '^tests/fixtures/' | while read -r file; do
        [ -f "$file" ] && grep -nIHE "$FORBIDDEN" "$file"
    done
}

# Every environment variable the program reads is documented, but those every terminal program reads and
# those only tests set.
COMMON=' HOME PATH LANG LC_ALL LC_CTYPE TERM TERMINFO TERMINFO_DIRS COLUMNS LINES DISPLAY WAYLAND_DISPLAY TMUX '

undocumented_variables()
{
    grep -rhoE '(getenv|paths_env_true|env_true)\("[A-Z_]+"\)' core tui gpu 2>/dev/null |
        grep -oE '[A-Z_]{2,}' | grep -v '^HFTERM_TEST_' | sort -u | while read -r name; do
        case $COMMON in *" $name "*) continue ;; esac
        grep -rqw --include='*.md' --include='*.[157]' "$name" README.md docs 2>/dev/null ||
            echo "$name is read, but documented nowhere"
    done
}

# What docs/field.md names as a test is a program or a function in tests/.
missing_tests()
{
    git ls-files tests 2>/dev/null | grep . >"$work/files" || find tests -type f >"$work/files"
    grep -E '[.](c|h|sh|py)$' "$work/files" | xargs cat >"$work/sources"
    sed -n 's/^|.*|\(.*\)|$/\1/p' docs/field.md | grep -oE '[a-z0-9]+_[a-z0-9_]+|[a-z0-9_]+[.]sh' | sort -u |
        while read -r name; do
            grep -qE "/$name([.][a-z]+)?\$" "$work/files" || grep -qwE "(test_)?$name" "$work/sources" ||
                echo "docs/field.md: there is no test $name"
        done
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

if [ -e README.md ]; then
    tap_ok 'there is a README'
else
    tap_not_ok 'there is a README'
fi
tap_empty 'relative links lead to files' "$(dead_links)"
tap_empty 'every file in docs/ is linked' "$(unlinked)"
tap_empty 'environment variables are documented' "$(undocumented_variables)"
tap_empty 'the tests of docs/field.md exist' "$(missing_tests)"
tap_empty 'no path of a machine, no registry' "$(forbidden_words)"

"$HFTERM" keys --markdown >"$work/keys.md" 2>"$work/keys.err"
status=$?
if [ "$status" != 0 ]; then
    tap_not_ok 'docs/keys.md is what hfterm keys --markdown prints' \
        "exit status $status: $(cat "$work/keys.err")"
else
    tap_empty 'docs/keys.md is what hfterm keys --markdown prints' \
        "$(diff docs/keys.md "$work/keys.md" 2>&1)"
fi

if ! ls docs/man/*.[1-9] >/dev/null 2>&1; then
    tap_not_ok 'man pages have no warnings' 'there are none in docs/man'
elif ! command -v groff >/dev/null 2>&1; then
    tap_skip 'man pages have no warnings' 'groff is not installed'
else
    tap_empty 'man pages have no warnings' "$(man_warnings)"
fi
tap_done
