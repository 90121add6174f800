/* SPDX-License-Identifier: Apache-2.0 */
/* engine_parts.h - the inside of a handle, for engine.c and its stages; nobody else includes it.
 *
 * A slot is one picture on its way through the stages. A handle has one slot that it keeps, with a
 * key a stage: the inputs that stage was computed from. arr_run computes a stage when its key
 * changed. A batch makes a slot a picture and throws them away.
 */
#ifndef HFTERM_CORE_ARRCOC_ENGINE_PARTS_H
#define HFTERM_CORE_ARRCOC_ENGINE_PARTS_H

#include <pthread.h>

#include "core/arrcoc/arrcoc.h"
#include "core/arrcoc/weights.h"
#include "core/base/err.h"

/* Everything a stage depends on, as numbers. */
struct arr_key {
    size_t n;
    uint64_t v[32];
};
void arr_key_put(struct arr_key *k, uint64_t v);
void arr_key_put_f(struct arr_key *k, float v);
bool arr_key_same(const struct arr_key *a, const struct arr_key *b);

struct arr_slot {
    struct arr_image
        image; /* pixels borrowed from the caller in a batch, from `owned` in a handle */
    void *owned;
    uint8_t *rgb8;  /* a float picture as bytes, made when the dense picture is needed; owned */
    uint8_t *dense; /* (16 G)^2 RGB; owned */
    struct arr_texture texture;
    struct arr_array array;
    float info_raw[ARR_CELLS]; /* entropy before min-max, for batch statistics */
    float lexical[ARR_CELLS];
    struct arr_reading reading;
    float given[2][ARR_CELLS]; /* information and salience when they do not come from the texture */
    struct arr_score_out score;
    uint64_t texture_id, array_id; /* count up when the stage was computed */

    struct arr_key key[ARR_STAGES];
    bool was_computed[ARR_STAGES];
    int64_t stage_ns[ARR_STAGES];
};

struct arr {
    int64_t born_ns; /* names this handle in results */
    pthread_mutex_t lock;
    struct arr_setup setup;
    int threads;
    const struct arr_lexicon *lexicon;
    struct arr_lexicon *own_lexicon;

    const struct arr_backend_ops *cpu, *device; /* device NULL: none is in use */
    void *cpu_state, *device_state;
    bool device_tried;
    char notice[192];
    bool fell_back; /* in this run */

    uint64_t last_id;
    char *query;
    uint64_t query_id;
    const struct arr_weights *weights;
    float *query_vector;
    int query_dim;
    uint64_t weights_id;
    struct arr_scorer_query scorer_query;
    float query_part[ARR_MLP];
    float map[ARR_CELLS];
    int map_grid; /* 0: no map was given */
    uint64_t map_id;

    struct arr_temporal *temporal; /* NULL until frames are given */
    bool is_sequence;
    float gaze[ARR_CELLS], prev_query[ARR_CELLS];
    bool has_gaze, has_prev_query, has_balanced;

    bool has_image;
    struct arr_slot slot;
};

/* What a run is about to do; made once from the options. */
struct arr_job {
    const struct arr_options *o;
    int grid, cells;
    unsigned want; /* of the dense picture, enum arr_want */
    bool wants_dense;
    enum arr_balancer_kind balancer;
    bool has_scorer; /* participatory by the trained scorer */
};

/* ERR_USAGE with the option's name. Fills defaults into o. */
bool arr_options_check(struct arr_options *o, struct err *e);
bool arr_job_init(const struct arr *a, const struct arr_options *o, struct arr_job *job,
                  struct err *e);

/* ---- the stages, each for n slots ---- */

bool arr_stage_resize(struct arr *a, const struct arr_job *job, struct arr_slot *const *slots,
                      size_t n, struct err *e);
bool arr_stage_texture(struct arr *a, const struct arr_job *job, struct arr_slot *const *slots,
                       size_t n, struct err *e);
/* previous: of the first slot; NULL for stills. */
bool arr_stage_array(struct arr *a, const struct arr_job *job, struct arr_slot *slot,
                     const struct arr_previous *previous, struct err *e);
void arr_stage_partic(const struct arr *a, struct arr_slot *slot);
bool arr_stage_score(struct arr *a, const struct arr_job *job, struct arr_slot *const *slots,
                     size_t n, struct err *e);

/* Takes the two ways that a 40-channel texture or visual information replace from the array. */
void arr_given_ways(const struct arr_job *job, struct arr_slot *slot);
/* Which map participatory knowing uses, and the tensions that hold. */
enum arr_ladder arr_slot_ladder(const struct arr *a, const struct arr_job *job,
                                const struct arr_slot *slot);
/* A rule about the query's tensions speaks only when the query was understood: something it names
 * was found, or it says nothing but the rule ("describe the scene"). Otherwise the result is that
 * of no query. */
bool arr_slot_understood(const struct arr_slot *slot);
struct arr_tensions arr_slot_tensions(const struct arr_options *o, const struct arr_slot *slot);

/* Budgets, classes, regions and everything else of a result from a scored slot. */
bool arr_result_fill(struct arr *a, const struct arr_job *job, struct arr_slot *slot,
                     struct arr_result *out, struct err *e);

/* Opens the device when the setup and n pictures ask for it. False: it was demanded and is not
 * there. */
bool arr_open_device(struct arr *a, size_t n, struct err *e);
/* Names of a device's failures go to the notice; the CPU does the work from here on. */
void arr_note_failure(struct arr *a, enum arr_status status, const char *why);

void arr_slot_done(struct arr_slot *slot);

#endif
