# SPDX-License-Identifier: Apache-2.0
"""Writes smart_resize.tsv: what the official code makes of some sizes.

    make_smart_resize.py .../transformers/models/qwen2_vl/image_processing_qwen2_vl.py \
                         .../qwen_vl_utils/vision_process.py > smart_resize.tsv

Only the arithmetic is taken out of the two files, so that neither package has to be installed
with all it needs. The file in the repository was made with transformers 5.23.0 and qwen-vl-utils
0.0.14; transformers uses the same function for Qwen2-VL, Qwen2.5-VL and Qwen3-VL.
"""
import ast
import math
import random
import sys
import typing


def functions_of(path):
    with open(path, encoding="utf-8") as f:
        tree = ast.parse(f.read())
    kept = [n for n in tree.body
            if isinstance(n, ast.FunctionDef) and ("smart_resize" in n.name or "by_factor" in n.name)
            or isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant)]
    scope = {"math": math, "Optional": typing.Optional, "Tuple": typing.Tuple}
    exec(compile(ast.Module(kept, []), path, "exec"), scope)
    return scope


processor = functions_of(sys.argv[1])["smart_resize"]
utilities = functions_of(sys.argv[2])["smart_resize"]

MODELS = [
    ("qwen3-vl", lambda h, w: processor(h, w, 32, 65536, 16777216)),
    ("qwen2-vl", lambda h, w: processor(h, w, 28, 3136, 12845056)),
    ("qwen2-vl-class", lambda h, w: processor(h, w)),
    ("qwen-utils-28", lambda h, w: utilities(h, w, 28)),
    ("qwen-utils-32", lambda h, w: utilities(h, w, 32)),
]


def sizes():
    yield from [(1080, 1920), (2160, 3840), (480, 640), (512, 512), (224, 224), (100, 100),
                (1, 1), (1, 200), (200, 1), (1, 201), (1, 10000), (10000, 50), (12, 2400),
                (15, 2900), (16, 3000), (2900, 14), (65535, 65535), (65535, 400), (56, 56), (55, 57)]
    for n in (0, 1, 2, 7, 8, 31):  # exactly half a factor: where rounding shows
        for f in (28, 32):
            yield (f * n + f // 2, f * 9 + f // 2)
    rng = random.Random(25)
    for _ in range(70):
        yield (int(2 ** rng.uniform(0, 14)), int(2 ** rng.uniform(0, 14)))


print("# model\theight\twidth\tnew height\tnew width; 0 0: refused")
for h, w in sizes():
    for name, resize in MODELS:
        try:
            new = resize(h, w)
        except ValueError:
            new = (0, 0)
        print(name, h, w, *new, sep="\t")
