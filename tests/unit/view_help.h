/* SPDX-License-Identifier: Apache-2.0 */
/* view_help.h - results made by hand, and pixels of pictures, for the tests of the views. */
#ifndef HFTERM_TESTS_UNIT_VIEW_HELP_H
#define HFTERM_TESTS_UNIT_VIEW_HELP_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arrcoc/arrcoc.h"
#include "core/arrcoc/metrics.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/views.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* A picture that differs everywhere: gradients with a checker. Owned: free. */
static inline uint8_t *view_photo(int w, int h)
{
    uint8_t *const rgb = xmalloc((size_t)w * (size_t)h * 3);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            uint8_t *const p = &rgb[((size_t)y * (size_t)w + (size_t)x) * 3];
            p[0] = (uint8_t)(40 + x * 150 / w);
            p[1] = (uint8_t)(60 + y * 150 / h);
            p[2] = (uint8_t)((x / 7 + y / 5) % 2 ? 90 : 140);
        }
    }
    return rgb;
}

static inline void view_fill_maps(struct arr_result *r)
{
    uint64_t seed = 77;
    for (int c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        for (int i = 0; i < r->cells; i++) {
            const float noise = (float)(arr_splitmix64(&seed) >> 40) / 16777216.0f;
            const float wave = sinf((float)(i % r->grid + 2 * c) * 0.4f) * 0.5f + 0.5f;
            r->texture.t[c][i] = 0.6f * wave + 0.4f * noise;
        }
    }
    r->texture.grid = r->grid;
    arr_coordinates(r->grid, r->texture.t[ARR_T_Y], r->texture.t[ARR_T_X], r->texture.t[ARR_T_ECC]);
    const size_t bytes = sizeof r->way[0];
    memcpy(r->way[ARR_INFO], r->texture.t[ARR_T_L], bytes);
    memcpy(r->way[ARR_PERSP], r->texture.t[ARR_T_EDGES], bytes);
    memcpy(r->way[ARR_PARTIC], r->texture.t[ARR_T_R], bytes);
    for (int i = 0; i < r->cells; i++) {
        r->balance.balanced[i] =
            0.3f * r->way[ARR_INFO][i] + 0.3f * r->way[ARR_PERSP][i] + 0.4f * r->way[ARR_PARTIC][i];
    }
    arr_min_max(r->balance.balanced, (size_t)r->cells, false);
}

/* Order, budgets and plan from r->balance.balanced. */
static inline void view_select(struct arr_result *r, int k)
{
    struct err e = ERR_INIT;
    float scores[ARR_CELLS];
    r->k = arr_top_k(r->balance.balanced, r->cells, k, r->order);
    r->budgets = (struct arr_budgets){0};
    for (int i = 0; i < r->k; i++) {
        scores[i] = r->balance.balanced[r->order[i]];
    }
    if (r->k > 0 && !arr_budgets_make(scores, r->k, &r->options.budget, &r->budgets, &e)) {
        fail_msg("budgets: %s", e.msg);
    }
    arr_lod_count(&r->budgets, &r->options.budget, r->cells, &r->lod);
    r->has_plan = r->k > 0 && arr_plan_make(arr_vlm_find("qwen3-vl"), r->width, r->height, r->grid,
                                            r->balance.balanced, r->order, r->k, &r->options.region,
                                            &r->plan, &e);
    snprintf(r->plan_why, sizeof r->plan_why, "%s", r->has_plan ? "" : e.msg);
}

/* Owned: arr_result_free. */
static inline struct arr_result *view_result(int w, int h, int grid, int k)
{
    struct arr_result *const r = arr_result_new();
    r->grid = grid;
    r->cells = grid * grid;
    r->width = w;
    r->height = h;
    r->options = ARR_OPTIONS_INIT;
    r->options.region.total = 4000; /* regions of small pictures, too, dear as they are */
    r->ladder = ARR_PARTIC_LEXICAL;
    snprintf(r->query, sizeof r->query, "where is the red\tm\xc3\xbcg");
    r->reading.n_hits = 1;
    snprintf(r->reading.hits[0].words, sizeof r->reading.hits[0].words, "red");
    snprintf(r->reading.hits[0].group, sizeof r->reading.hits[0].group, "colour");
    r->reading.n_ignored = 1;
    snprintf(r->reading.ignored[0], sizeof r->reading.ignored[0], "m\xc3\xbcg");
    view_fill_maps(r);
    view_select(r, k);
    return r;
}

static inline const uint8_t *view_pixel(const struct arr_canvas *c, int x, int y)
{
    assert_in_range(x, 0, c->width - 1);
    assert_in_range(y, 0, c->height - 1);
    return c->rgba + ((size_t)y * (size_t)c->width + (size_t)x) * 4;
}

/* Cell i of a panel that begins at x, y and is 10 pixels a cell. */
static inline const uint8_t *view_cell_pixel(const struct arr_canvas *c, int x, int y, int cell)
{
    return view_pixel(c, x + cell % 32 * 10 + 5, y + cell / 32 * 10 + 5);
}

static inline void view_expect(const char *what, const uint8_t *got, int r, int g, int b)
{
    if (got[0] != r || got[1] != g || got[2] != b) {
        fail_msg("%s: %d %d %d, not %d %d %d", what, got[0], got[1], got[2], r, g, b);
    }
}

static inline void view_expect_lut(const char *what, const uint8_t *got, enum arr_lut lut, int i)
{
    const uint8_t *const c = ARR_LUT[lut][i];
    view_expect(what, got, c[0], c[1], c[2]);
}

/* Draws and expects success. */
static inline struct arr_canvas view_draw(enum arr_view view, const struct arr_result *r,
                                          const uint8_t *rgb, const struct arr_view_options *o)
{
    struct err e = ERR_INIT;
    struct arr_canvas c;
    if (!arr_view_draw(view, r, rgb, r->width, r->height, o, &c, &e)) {
        fail_msg("%s at %d x %d: %s", arr_view_name(view), r->width, r->height, e.msg);
    }
    return c;
}

#endif
