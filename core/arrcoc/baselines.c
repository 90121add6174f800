/* SPDX-License-Identifier: Apache-2.0 */
/* Maps that know nothing of the picture, to compare a selection with. */
#include "core/arrcoc/metrics.h"
#include "core/arrcoc/texture.h"

uint64_t arr_splitmix64(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static void random_map(int cells, float *out)
{
    uint64_t state = ARR_RANDOM_SEED;
    for (int i = 0; i < cells; i++) {
        out[i] = (float)(arr_splitmix64(&state) >> 40) / 16777216.0F;
    }
}

/* Every N / K-th cell along a path that turns round at the end of each row. */
static void uniform_map(int grid, int k, float *out)
{
    const int cells = grid * grid;
    for (int i = 0; i < cells; i++) {
        out[i] = 0.0F;
    }
    for (int i = 0; i < k; i++) {
        const int at = (2 * i + 1) * cells / (2 * k);
        const int y = at / grid, x = at % grid;
        out[y * grid + (y % 2 ? grid - 1 - x : x)] = 1.0F;
    }
}

static void centre_map(int grid, float *out)
{
    float y[ARR_CELLS], x[ARR_CELLS];
    arr_coordinates(grid, y, x, out);
    for (int i = 0; i < grid * grid; i++) {
        out[i] = 1.0F - out[i];
    }
}

void arr_baseline_map(enum arr_baseline which, int grid, int k, float *out)
{
    const int cells = grid * grid;
    if (which == ARR_RANDOM) {
        random_map(cells, out);
    } else if (which == ARR_UNIFORM) {
        uniform_map(grid, k < cells ? k : cells, out);
    } else {
        centre_map(grid, out);
    }
}
