#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Hub protocol as others speak it: the official Python client against `hfterm serve`. TAP.
#
# HFTERM_BIN names the program (HFTERM_PROGRAM and build/hfterm otherwise). The client is installed
# into build/venv-protocol once; where Python packages cannot be had, the tests are skipped.
# HFTERM_TEST_MODEL: a folder with a real model, which is then served and fetched as well.

set -u
cd "$(dirname "$0")/../.." || exit 1
program=${HFTERM_BIN:-${HFTERM_PROGRAM:-build/hfterm}}
venv=build/venv-protocol

skip()
{
    echo "ok 1 - official client # SKIP $1"
    echo "1..1"
    exit 0
}

if [ ! -x "$program" ]; then
    echo "not ok 1 - official client: $program is not built"
    echo "1..1"
    exit 1
fi
command -v python3 >/dev/null 2>&1 || skip "no python3"
if ! "$venv/bin/python" -c 'import huggingface_hub' 2>/dev/null; then
    rm -rf "$venv"
    mkdir -p build
    python3 -m venv "$venv" >build/venv-protocol.log 2>&1 || skip "no Python venv module"
    "$venv/bin/pip" install -q --disable-pip-version-check 'huggingface_hub>=1.0' \
        >>build/venv-protocol.log 2>&1 || {
        rm -rf "$venv"
        skip "Python packages cannot be installed here"
    }
fi
exec "$venv/bin/python" tests/protocol/official_client.py "$program" tests/fixtures/demo \
    ${HFTERM_TEST_MODEL:+"$HFTERM_TEST_MODEL"}
