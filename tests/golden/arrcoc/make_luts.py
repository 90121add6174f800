#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print core/arrcoc/lut.c: matplotlib's colour maps as tables of 256 entries.

    make_luts.py > core/arrcoc/lut.c

Needs matplotlib and numpy. The values are matplotlib's own bytes (value times 255, cut).
"""

import matplotlib
import numpy as np

# In the order of enum arr_lut.
NAMES = ("hot", "viridis", "plasma", "inferno", "RdYlGn", "RdBu_r", "seismic", "Reds", "Greens",
         "Blues", "gray", "YlOrRd")
PER_LINE = 6

HEAD = """\
/* SPDX-License-Identifier: Apache-2.0 */
/* Colour maps of 256 entries, printed by tests/golden/arrcoc/make_luts.py from matplotlib {version}.
 *
 * hot, gray and seismic are matplotlib's piecewise linear maps (its licence is of the BSD kind).
 * viridis, plasma and inferno are by Nathaniel J. Smith, Stefan van der Walt and Eric Firing,
 * given to the public under CC0. RdYlGn, RdBu (here from blue to red), Reds, Greens, Blues and
 * YlOrRd are from ColorBrewer: colour specifications and designs by Cynthia Brewer
 * (http://colorbrewer.org/), under the Apache License 2.0.
 */
#include "core/arrcoc/views.h"

/* clang-format off */
const uint8_t ARR_LUT[ARR_LUTS][256][3] = {{"""


def main():
    print(HEAD.format(version=matplotlib.__version__))
    for name in NAMES:
        table = matplotlib.colormaps[name](np.arange(256), bytes=True)[:, :3]
        print(f"    {{ /* {name} */")
        for i in range(0, 256, PER_LINE):
            cells = (f"{{{r:3d},{g:3d},{b:3d}}}" for r, g, b in table[i:i + PER_LINE])
            print("     " + ", ".join(cells) + ",")
        print("    },")
    print("};\n/* clang-format on */")
    print("""
int arr_lut_index(double v)
{
    return v >= 1.0 ? 255 : v > 0.0 ? (int)(v * 256.0) : 0;
}""")


if __name__ == "__main__":
    main()
