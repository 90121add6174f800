/* SPDX-License-Identifier: Apache-2.0 */
/* arrcoc.h - the ARR-COC engine: how relevant each region of a picture is for a question, and how
 * many visual tokens it deserves.
 *
 *     struct arr *a = arr_new(&(struct arr_setup){.backend = ARR_AUTO}, &e);
 *     struct arr_options o = ARR_OPTIONS_INIT;
 *     struct arr_result *r = arr_result_new();
 *     arr_set_image(a, &image, &e) && arr_set_query(a, "where is the red mug", &e) && arr_run(a,
 * &o, r, &e);
 *     ... r->balanced, r->order, r->budgets, r->plan ...
 *
 * Stages are kept: arr_run computes only what the change since the last run touches, so a slider
 * costs microseconds. r->stages says what was computed and how long each stage took.
 *
 * Units: tokens are language tokens of a vision-language model; times are nanoseconds.
 * Ownership: the handle copies what it is given, pixels too. Results are the caller's.
 * Errors: ERR_USAGE for options that make no sense, ERR_DAMAGED for pictures that are not,
 * ERR_LIMIT. Threads: a handle may be used from any thread; calls on one handle wait for each
 * other. Handles share nothing.
 */
#ifndef HFTERM_CORE_ARRCOC_ARRCOC_H
#define HFTERM_CORE_ARRCOC_ARRCOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/array.h"
#include "core/arrcoc/attend.h"
#include "core/arrcoc/backend.h"
#include "core/arrcoc/lexical.h"
#include "core/arrcoc/realize.h"
#include "core/arrcoc/types.h"

struct arr_weights;
struct err;

enum arr_where { ARR_AUTO, ARR_CPU, ARR_CUDA };
enum { ARR_BATCH_DEVICE = 32 };

struct arr_setup {
    /* ARR_AUTO: the CPU, which does one picture faster than a device can be started; batches of at
     * least ARR_BATCH_DEVICE pictures go to a device when there is one. */
    enum arr_where backend;
    int device;
    int threads; /* 0: all cores */
    /* NULL: the one compiled in. Borrowed, must outlive the handle. */
    const struct arr_lexicon *lexicon;
};

struct arr; /* opaque */

struct arr *arr_new(const struct arr_setup *setup, struct err *e); /* owned: arr_free */
void arr_free(struct arr *a);
/* The back end in use: "cpu" or "cuda", and its device. notice: why a wish was not met, or why the
 * engine fell back to the CPU; "" when all is well. */
void arr_about(struct arr *a, const char **backend, struct arr_backend_about *about, char *notice,
               size_t n_notice);

/* ---- what is looked at ---- */

bool arr_set_image(struct arr *a, const struct arr_image *image, struct err *e);
/* The next frame of a sequence: as arr_set_image, but the frame before is remembered for the
 * 40-channel array. */
bool arr_set_frame(struct arr *a, const struct arr_image *image, struct err *e);
/* NULL or "": no query. */
bool arr_set_query(struct arr *a, const char *query, struct err *e);
/* weights NULL: none. Borrowed, must outlive the handle. query: D floats, copied; needed by scorer
 * and balancer. ARR_QUERY_BF16: the vector, its norm and the quotient are rounded as the
 * reference's. */
bool arr_set_weights(struct arr *a, const struct arr_weights *weights, const float *query, int dim,
                     enum arr_query_dtype dtype, struct err *e);
/* A participatory map from outside, G * G values in [0, 1]; NULL takes it away. */
bool arr_set_partic_map(struct arr *a, const float *map, int grid, struct err *e);
/* Where the user's cursor rested: channel 37. */
void arr_mark_gaze(struct arr *a, int cell_x, int cell_y);

/* ---- how ---- */

enum arr_texture_kind {
    ARR_TEXTURE_13, /* the reference's channels */
    ARR_TEXTURE_V2, /* with coherence and contrast instead of the two duplicates */
    ARR_TEXTURE_40, /* scores from the 40-channel array */
};
enum arr_resize_path {
    ARR_PATH_B, /* 8-bit antialiased resize first, as the Space does */
    ARR_PATH_A, /* straight from the picture, as the library does: aliases, but reads 6 % of the
                   pixels */
};
enum arr_info_kind { ARR_INFO_REFERENCE, ARR_INFO_VISUAL };
enum arr_balancer_choice {
    ARR_BALANCER_AUTO,
    ARR_BALANCER_TENSION,
    ARR_BALANCER_ADAPTIVE,
    ARR_BALANCER_CONTEXTUAL
};

struct arr_options {
    int grid; /* 32 or 14 */
    enum arr_texture_kind texture;
    enum arr_resize_path resize;
    enum arr_info_kind info;
    enum arr_saliency saliency;
    /* Both of the 40-channel array of frames (arr_set_frame); stills do not look at them. */
    enum arr_flow_kind flow; /* Lucas-Kanade is the CPU's on every back end */
    bool temporal_reuse;     /* as arr_temporal_apply: results then depend on earlier frames */
    /* Auto: adaptive with weights and a query vector, else tension. */
    enum arr_balancer_choice balancer;
    bool compat_batch_norm, compat_flat, literal_edges;

    float scale[ARR_WAYS]; /* 0 to 30 */
    bool ablate_random;    /* all scales 0: choose the fixed random cells, not evenly spread ones */
    float explore;         /* 0 to 1; negative: not set (the query's tensions decide) */
    struct arr_tensions tensions; /* each 0 to 1, or negative: from the query */
    float cull; /* 40 channels: cells further than this from an edge are never chosen; 1: none */

    int k; /* 1 to G * G; larger is clamped, reported by r->k */
    struct arr_budget_options budget;
    struct arr_region_options region;
    const struct arr_vlm *vlm; /* NULL: qwen3-vl */
};
extern const struct arr_options ARR_OPTIONS_INIT;
/* The seed variant: 14 x 14, every patch selected, an exact total of 200 tokens a patch. */
extern const struct arr_options ARR_OPTIONS_SEED;

/* ---- what comes out ---- */

enum arr_stage {
    ARR_STAGE_RESIZE,
    ARR_STAGE_TEXTURE,
    ARR_STAGE_ARRAY,
    ARR_STAGE_PARTIC, /* the lexical map */
    ARR_STAGE_SCORE,  /* ways, balance, top k */
    ARR_STAGE_BUDGET,
    ARR_STAGE_REALIZE, /* regions and plan */
    ARR_STAGES,
};
const char *arr_stage_name(enum arr_stage s);

enum arr_result_flag {
    ARR_R_NO_EVIDENCE = 1 << 0, /* all scales 0 */
    ARR_R_NO_LEXICAL =
        1 << 1, /* a query was given and no word of it is known: as if there were none */
    ARR_R_FLAT_EDGES = 1 << 2, /* a Sobel channel of the picture is flat */
    ARR_R_FLAT = 1 << 3,       /* the balanced map has no range */
    ARR_R_OUT_OF_RANGE =
        1 << 4, /* a scale above 3 with the learned balancer: out of its distribution */
    ARR_R_FELL_BACK = 1 << 5, /* the device failed, the CPU did it */
    ARR_R_CULLED = 1 << 6,
};

struct arr_result {
    int grid, cells;
    int width, height; /* of the picture */
    char query[200];   /* as it was asked, cut at the end of a character; "": none */
    unsigned flags;
    struct arr_texture texture;
    struct arr_array array;         /* have 0: not computed */
    float way[ARR_WAYS][ARR_CELLS]; /* unscaled */
    struct arr_balance_out balance; /* balance.balanced is the map R */
    enum arr_balancer_kind balancer;
    enum arr_ladder ladder;
    struct arr_reading reading;
    int k;
    uint16_t order[ARR_CELLS]; /* selected cells by rank */
    struct arr_budgets budgets;
    struct arr_lod lod;
    struct arr_plan plan;
    bool has_plan;
    char plan_why[384]; /* why there is none: too small a total, an aspect the model refuses */
    struct arr_options options; /* as used, defaults filled in */
    bool was_computed[ARR_STAGES];
    int64_t stage_ns[ARR_STAGES]; /* of the last time it was computed */
    int64_t total_ns;             /* of this run */
    const char *backend;
    /* The engine's own: which handle filled the large parts (by the time it was made: addresses
     * come back), and from which state of it. */
    int64_t filled_by;
    uint64_t filled_texture, filled_array;
};
struct arr_result *arr_result_new(void); /* owned: arr_result_free */
void arr_result_free(struct arr_result *r);

bool arr_run(struct arr *a, const struct arr_options *o, struct arr_result *out, struct err *e);
/* Several pictures with the handle's query and weights; results[i] for images[i], the same as one
 * by one (unless compat_batch_norm). Leaves the handle's own picture alone. */
bool arr_run_batch(struct arr *a, const struct arr_image *images, size_t n,
                   const struct arr_options *o, struct arr_result *const *results, struct err *e);

#endif
