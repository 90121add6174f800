#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What PyYAML and js-yaml make of the blocks of cases.py.

    witness.py make     ask both, write cases.json (needs node and its js-yaml; NODE_PATH may say where)
    witness.py check    ask PyYAML again and compare with cases.json; TAP

cases.json has an object a line: name, yaml, py and js, each {"value": ...} or {"error": "..."}.
"""

import datetime
import json
import math
import os
import subprocess
import sys

import yaml

from cases import CASES

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.json")

NODE = """
const yaml = require("js-yaml");
const blocks = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(blocks.map((block) => {
    try {
        const value = yaml.load(block);
        return {value: JSON.parse(JSON.stringify(value === undefined ? null : value))};
    } catch (e) {
        return {error: e.reason || String(e)};
    }
})));
"""


def whole(text):
    """Two halves of a character become one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


def plain(value):
    """The value as JSON has it; ValueError when JSON has no such value."""
    if isinstance(value, dict):
        return {whole(k) if isinstance(k, str) else json.dumps(k): plain(v)
                for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, (datetime.date, bytes, set)):
        raise ValueError("no JSON: " + type(value).__name__)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("no JSON: not finite")
    return value


def ask_python(block):
    try:
        return {"value": plain(yaml.safe_load(block))}
    except Exception as e:  # whatever it is: PyYAML does not read it
        return {"error": str(getattr(e, "problem", None) or e).split("\n")[0]}


def ask_node(blocks):
    done = subprocess.run(["node", "-e", NODE], input=json.dumps(blocks).encode(),
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def all_cases():
    return [("%s %d" % (group, i + 1), block)
            for group, blocks in CASES.items() for i, block in enumerate(blocks)]


def make():
    cases = all_cases()
    answers = ask_node([block for _, block in cases])
    with open(FILE, "w", encoding="utf-8") as f:
        f.write("[\n")
        lines = [json.dumps({"name": name, "yaml": block, "py": ask_python(block), "js": js},
                            ensure_ascii=True) for (name, block), js in zip(cases, answers)]
        f.write(",\n".join(lines) + "\n]\n")


def check():
    with open(FILE, encoding="utf-8") as f:
        stored = json.load(f)
    is_same = [(s["name"], s["yaml"]) for s in stored] == all_cases()
    print("%s 1 - cases.json is made from cases.py" % ("ok" if is_same else "not ok"))
    wrong = [s for s in stored
             if ("value" in s["py"]) != ("value" in ask_python(s["yaml"]))
             or ("value" in s["py"] and s["py"] != ask_python(s["yaml"]))]
    for s in wrong:
        print("# %s: %r is %s, stored %s" % (s["name"], s["yaml"], ask_python(s["yaml"]), s["py"]))
    print("%s 2 - PyYAML %s reads %d blocks as it did" % ("not ok" if wrong else "ok",
                                                         yaml.__version__, len(stored)))
    print("1..2")


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]]()
