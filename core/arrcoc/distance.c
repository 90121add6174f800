/* SPDX-License-Identifier: Apache-2.0 */
/* Jump flooding: the nearest edge of every pixel in ten passes over the whole plane. */
#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/simd.h"

enum { SIDE = ARR_DENSE };

struct flood {
    const int32_t *from;
    int32_t *to;
    int step;
    const int32_t *none; /* a row without seeds */
};

/* Nine candidates for each of n pixels of row y from column x on. */
ARR_CLONES static void flood_span(const int32_t *const from[9], int32_t *restrict to, int x, int y,
                                  int n)
{
    const int32_t *a = from[0], *b = from[1], *c = from[2], *d = from[3], *e = from[4];
    const int32_t *f = from[5], *g = from[6], *h = from[7], *k = from[8];
    for (int i = 0; i < n; i++) {
        const int32_t seeds[9] = {a[i], b[i], c[i], d[i], e[i], f[i], g[i], h[i], k[i]};
        int32_t best = seeds[0], best_d = arr_seed_distance(best, x + i, y);
        for (int j = 1; j < 9; j++) {
            const int32_t dist = arr_seed_distance(seeds[j], x + i, y);
            best = arr_seed_is_better(dist, seeds[j], best_d, best) ? seeds[j] : best;
            best_d = dist < best_d ? dist : best_d;
        }
        to[i] = best;
    }
}

/* A row is three spans: without a left neighbour, with both, without a right one. Steps are at most
 * half a side, so the first and the last never meet. */
static void flood_row(const struct flood *w, int y)
{
    const int step = w->step;
    const int first[4] = {0, step, SIDE - step, SIDE};
    for (int s = 0; s < 3; s++) {
        const int x = first[s];
        const int32_t *from[9];
        for (int j = 0; j < 9; j++) {
            const int sx = x + (j % 3 - 1) * step, sy = y + (j / 3 - 1) * step;
            const bool is_inside =
                sy >= 0 && sy < SIDE && !(s == 0 && j % 3 == 0) && !(s == 2 && j % 3 == 2);
            from[j] = is_inside ? w->from + (size_t)sy * SIDE + sx : w->none;
        }
        flood_span(from, w->to + (size_t)y * SIDE + x, x, y, first[s + 1] - x);
    }
}

int32_t *arr_jump_flood(int32_t *seeds, int32_t *other)
{
    static const int steps[] = {256, 128, 64, 32, 16, 8, 4, 2, 1, 1};
    int32_t none[SIDE];
    for (int i = 0; i < SIDE; i++) {
        none[i] = ARR_NO_SEED;
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const struct flood w = {seeds, other, steps[i], none};
        for (int y = 0; y < SIDE; y++) {
            flood_row(&w, y);
        }
        int32_t *const result = other;
        other = seeds;
        seeds = result;
    }
    return seeds;
}

/* ---- the channel ---- */

/* Nearest seeds become squared distances; returns the largest. */
ARR_CLONES static int32_t measure_row(int32_t *plane, int y)
{
    int32_t most = 0;
    for (int x = 0; x < SIDE; x++) {
        plane[x] = arr_seed_distance(plane[x], x, y);
        most = plane[x] > most ? plane[x] : most;
    }
    return most;
}

ARR_CLONES static void add_distances(const int32_t *restrict d2, int32_t most,
                                     int32_t *restrict columns)
{
    for (int x = 0; x < SIDE; x++) {
        columns[x] += arr_distance_q(d2[x], most);
    }
}

static void put_distances(const int32_t *d2, int32_t most, float *cells)
{
    for (size_t row = 0; row < ARR_GRID; row++) {
        int32_t columns[SIDE] = {0};
        for (size_t i = 0; i < ARR_CELL_PX; i++) {
            add_distances(d2 + (row * ARR_CELL_PX + i) * SIDE, most, columns);
        }
        arr_cells_of_columns(columns, (double)ARR_UNIT * ARR_CELL_PX * ARR_CELL_PX,
                             cells + row * ARR_GRID);
    }
}

unsigned arr_distance(struct arr_room *room, struct arr_array *out)
{
    float *cells = out->c[ARR_C_DISTANCE];
    int32_t *plane = arr_jump_flood(room->seeds[0], room->seeds[1]);
    if (plane[0] == ARR_NO_SEED) { /* then no pixel knows one */
        for (int i = 0; i < ARR_CELLS; i++) {
            cells[i] = 1;
        }
        return ARR_NO_EDGES;
    }
    int32_t most = 0;
    for (int y = 0; y < SIDE; y++) {
        const int32_t far = measure_row(plane + y * SIDE, y);
        most = far > most ? far : most;
    }
    if (most > 0) { /* else every pixel is an edge: all 0 */
        put_distances(plane, most, cells);
    }
    return 0;
}
