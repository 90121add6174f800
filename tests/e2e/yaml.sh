#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/yaml/cases.json still says what PyYAML makes of metadata blocks; test_frontmatter_cases holds
# hfterm to it.
cd "$(dirname "$0")/../.." || exit 1
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import yaml' 2>/dev/null; then
        PYTHONDONTWRITEBYTECODE=1 exec "$python" tests/yaml/witness.py check
    fi
done
echo '1..0 # SKIP no PyYAML (python3-yaml)'
