# SPDX-License-Identifier: Apache-2.0
# Sourced by test scripts: one TAP line a check, the plan at the end.

tap_count=0
tap_failed=0

tap_ok() # what
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

tap_not_ok() # what [why, any number of lines]
{
    tap_count=$((tap_count + 1))
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $1"
    if [ -n "${2:-}" ]; then
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

tap_skip() # what, reason
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# Passes when the second argument is empty; else it is why not.
tap_empty() # what, complaints
{
    if [ -z "$2" ]; then
        tap_ok "$1"
    else
        tap_not_ok "$1" "$2"
    fi
}

tap_is() # what, wanted, got
{
    if [ "$2" = "$3" ]; then
        tap_ok "$1"
    else
        tap_not_ok "$1" "wanted: $2
got:    $3"
    fi
}

tap_done()
{
    echo "1..$tap_count"
    [ "$tap_failed" = 0 ]
    exit
}

# For a whole script that cannot run here.
tap_skip_all() # reason
{
    echo "1..0 # SKIP $1"
    exit 0
}
