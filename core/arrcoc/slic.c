/* SPDX-License-Identifier: Apache-2.0 */
/* Superpixels in whole numbers: the same labels whatever the order of work. The measure of distance
 * stands in pixel_math.h. */
#include <stdlib.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/simd.h"

enum { SIDE = ARR_MID, SEEDS = 7, FEATURES = 5 };

struct centre {
    int32_t v[FEATURES]; /* 256 L, 256 a, 256 b, 140 x, 140 y */
};

struct slic {
    const int16_t *l, *a, *b;
    struct centre centres[ARR_CLUSTERS];
    uint8_t *label;
};

/* ---- where clusters start ---- */

static int inside(int v)
{
    return v < 0 ? 0 : v >= SIDE ? SIDE - 1 : v;
}

static int32_t gradient_at(const struct slic *s, int x, int y)
{
    const int16_t *const planes[] = {s->l, s->a, s->b};
    const int row = y * SIDE;
    int32_t sum = 0;
    for (int c = 0; c < 3; c++) {
        const int16_t *p = planes[c];
        sum += arr_slic_square(p[row + inside(x + 1)] - p[row + inside(x - 1)]) +
               arr_slic_square(p[inside(y + 1) * SIDE + x] - p[inside(y - 1) * SIDE + x]);
    }
    return sum;
}

/* The middle of a cell of the lattice, moved to where the picture is smoothest nearby. */
static struct centre seed_of(const struct slic *s, int column, int row)
{
    const int x0 = (2 * column + 1) * SIDE / (2 * SEEDS), y0 = (2 * row + 1) * SIDE / (2 * SEEDS);
    int best_x = x0 - 1, best_y = y0 - 1;
    int32_t best = gradient_at(s, best_x, best_y);
    for (int y = y0 - 1; y <= y0 + 1; y++) {
        for (int x = x0 - 1; x <= x0 + 1; x++) {
            const int32_t g = gradient_at(s, x, y);
            if (g < best) {
                best = g;
                best_x = x;
                best_y = y;
            }
        }
    }
    const int i = best_y * SIDE + best_x;
    return (struct centre){{s->l[i], s->a[i], s->b[i], ARR_SLIC_PX * best_x, ARR_SLIC_PX * best_y}};
}

static void slic_start(struct slic *s)
{
    for (int i = 0; i < ARR_CLUSTERS; i++) {
        s->centres[i] = seed_of(s, i % SEEDS, i / SEEDS);
    }
    for (int i = 0; i < ARR_MID_PX; i++) {
        s->label[i] = (uint8_t)(i / SIDE * SEEDS / SIDE * SEEDS + i % SIDE * SEEDS / SIDE);
    }
}

/* ---- assignment ---- */

struct slic_row {
    int32_t distance[SIDE], label[SIDE];
};

/* Clusters come in ascending order: of equally near ones the first stays. */
ARR_CLONES static void try_centre(const struct slic *restrict s, int id, int y, int x0, int x1,
                                  struct slic_row *restrict r)
{
    const struct centre *c = &s->centres[id];
    const int32_t cl = c->v[0], ca = c->v[1], cb = c->v[2], cx = c->v[3];
    const int32_t dy = ARR_SLIC_PX * y - c->v[4];
    const int16_t *l = s->l + y * SIDE, *a = s->a + y * SIDE, *b = s->b + y * SIDE;
    for (int x = x0; x < x1; x++) {
        const int32_t d =
            arr_slic_distance(l[x] - cl, a[x] - ca, b[x] - cb, ARR_SLIC_PX * x - cx, dy);
        r->label[x] = d < r->distance[x] ? id : r->label[x];
        r->distance[x] = d < r->distance[x] ? d : r->distance[x];
    }
}

static void assign_row(const struct slic *s, int y)
{
    struct slic_row r;
    uint8_t *label = s->label + y * SIDE;
    for (int x = 0; x < SIDE; x++) {
        r.distance[x] = INT32_MAX;
        r.label[x] = label[x]; /* stays when no centre is near */
    }
    for (int id = 0; id < ARR_CLUSTERS; id++) {
        const struct centre *c = &s->centres[id];
        if (abs(ARR_SLIC_PX * y - c->v[4]) > ARR_SLIC_REACH) {
            continue;
        }
        const int32_t low = c->v[3] - ARR_SLIC_REACH, high = c->v[3] + ARR_SLIC_REACH;
        const int x0 = low > 0 ? (low + ARR_SLIC_PX - 1) / ARR_SLIC_PX : 0;
        const int x1 = high / ARR_SLIC_PX + 1;
        try_centre(s, id, y, x0, x1 < SIDE ? x1 : SIDE, &r);
    }
    for (int x = 0; x < SIDE; x++) {
        label[x] = (uint8_t)r.label[x];
    }
}

/* ---- means ---- */

/* A cluster without pixels stays where it is. */
static void move_centres(struct slic *s)
{
    int64_t sums[ARR_CLUSTERS][FEATURES] = {0};
    int32_t count[ARR_CLUSTERS] = {0};
    for (int i = 0; i < ARR_MID_PX; i++) {
        int64_t *sum = sums[s->label[i]];
        count[s->label[i]]++;
        sum[0] += s->l[i];
        sum[1] += s->a[i];
        sum[2] += s->b[i];
        sum[3] += i % SIDE;
        sum[4] += i / SIDE;
    }
    for (int id = 0; id < ARR_CLUSTERS; id++) {
        for (int f = 0; f < FEATURES && count[id] > 0; f++) {
            const int64_t scale = f < 3 ? 1 : ARR_SLIC_PX;
            s->centres[id].v[f] = arr_slic_mean(sums[id][f] * scale, count[id]);
        }
    }
}

void arr_slic_run(const int16_t *lab, uint8_t *label)
{
    struct slic s = {.l = lab, .a = lab + ARR_MID_PX, .b = lab + 2 * ARR_MID_PX, .label = label};
    slic_start(&s);
    for (int i = 0; i < ARR_SLIC_ITERATIONS; i++) {
        for (int y = 0; y < SIDE; y++) {
            assign_row(&s, y);
        }
        move_centres(&s);
    }
}
