/* SPDX-License-Identifier: Apache-2.0 */
/* realize.h - from budgets to pictures that a vision-language model really spends those tokens on.
 *
 * A cell of the grid is too small to be sent alone, so budgets are given to regions: connected
 * selected cells, boxed, merged; each crop is resized to whole patches so that the server's
 * smart_resize leaves it alone and spends exactly the tokens planned. An overview of the whole
 * picture comes first.
 *
 * Threads: no shared state.
 */
#ifndef HFTERM_CORE_ARRCOC_REALIZE_H
#define HFTERM_CORE_ARRCOC_REALIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/types.h"

struct buf;
struct err;

/* ---- what an image costs a model ---- */

struct arr_vlm {
    const char *name; /* "qwen3-vl" */
    const char *about;
    int factor; /* pixels of a token's side: 28 or 32 */
    long min_pixels, max_pixels;
    int min_side; /* 0: none */
    double max_aspect;
    int delimiters; /* tokens around each image: 2 */
    /* The processors round a side below half a factor to 0, which makes them enlarge the picture to
     * min_pixels; the utilities, and the formula as published, round it to one factor. */
    bool rounds_to_zero;
};
/* "qwen3-vl" (default), "qwen2-vl", "qwen2-vl-class", "qwen-utils-28", "qwen-utils-32". NULL for an
 * unknown name. */
const struct arr_vlm *arr_vlm_find(const char *name);
const struct arr_vlm *arr_vlm_at(size_t i); /* NULL behind the last */

/* h, w in pixels; out: whole multiples of the factor. round is half to even. ERR_USAGE for an
 * aspect or side the processor refuses. */
bool arr_smart_resize(const struct arr_vlm *vlm, int h, int w, int *out_h, int *out_w,
                      struct err *e);
/* Language tokens without delimiters. */
bool arr_vlm_tokens(const struct arr_vlm *vlm, int h, int w, long *tokens, struct err *e);

/* ---- regions ---- */

enum { ARR_REGIONS_MAX = 64 };

struct arr_box { /* half-open */
    int x0, y0, x1, y1;
};

enum arr_small_crop {
    ARR_SMALL_RAISE, /* spend the processor's minimum on it */
    ARR_SMALL_DROP,
};

struct arr_region_options {
    int max_regions; /* 1 to ARR_REGIONS_MAX; 4 */
    long total;      /* tokens for overview and regions together; 0: by the curve */
    int overview;    /* tokens for the overview; 256 */
    int min_lod, max_lod;
    double kappa;
    enum arr_small_crop small;
};

struct arr_region {
    struct arr_box cells;  /* in grid cells */
    struct arr_box pixels; /* in the original picture */
    int n_selected;
    double weight;             /* sum of R over its selected cells */
    double score;              /* mean of it */
    int asked;                 /* tokens by budget */
    int tokens;                /* tokens realised: rows * cols */
    int rows, cols;            /* of tokens; the crop is rows * factor by cols * factor pixels */
    double zoom;               /* sqrt(realised pixels / native pixels): below 1 compresses */
    bool is_raised, is_capped; /* to the processor's minimum; by 2x enlargement an axis */
};

struct arr_plan {
    const struct arr_vlm *vlm;
    int width, height;          /* of the original */
    struct arr_region overview; /* cells: the whole grid */
    size_t n_regions;           /* in descending weight */
    struct arr_region regions[ARR_REGIONS_MAX];
    int n_dropped;     /* by ARR_SMALL_DROP or because the total did not reach */
    int n_covered;     /* left out because the overview shows them as finely */
    long total;        /* tokens of overview and regions, without delimiters */
    long plain_tokens; /* of the original picture sent as it is */
    double vlm_ratio;  /* plain_tokens / total */
};

/* order: the k selected cells by rank, relevance: the map. ERR_USAGE for options or pictures that
 * cannot be planned. */
bool arr_plan_make(const struct arr_vlm *vlm, int width, int height, int grid,
                   const float *relevance, const uint16_t *order, int k,
                   const struct arr_region_options *options, struct arr_plan *out, struct err *e);

/* Pixels [y0, y1) x [x0, x1) of a cell in a picture: floor(i H / G) to floor((i + 1) H / G). */
struct arr_box arr_cell_pixels(int cell_x, int cell_y, int grid, int width, int height);

/* The rows x cols tokens for a native crop of h x w pixels within `budget` tokens. */
void arr_fit_tokens(int budget, int h, int w, int *rows, int *cols);

/* The crop (bicubic, antialiased), tight RGB rows, owned: free; *w and *h are its size. */
uint8_t *arr_crop(const uint8_t *rgb, int width, int height, const struct arr_vlm *vlm,
                  const struct arr_region *region, int *w, int *h, struct err *e);

/* Where region i stands, as a model should read it: "region 2: rows 30-55 %, columns 10-40 %". */
void arr_region_caption(const struct arr_plan *plan, size_t i, struct buf *out);
/* Regions in reading order (rows of cells, then columns): indices into plan->regions. */
void arr_plan_reading_order(const struct arr_plan *plan, size_t *order);
/* The user message for an OpenAI-style endpoint as JSON: text and image parts, {"type":"image_url"}
 * with the given URLs (urls[0] overview, then one a region in plan order), then the question. */
void arr_plan_prompt(const struct arr_plan *plan, const char *const *urls, const char *question,
                     struct buf *out);

#endif
