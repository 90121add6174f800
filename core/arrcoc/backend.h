/* SPDX-License-Identifier: Apache-2.0 */
/* backend.h - what a back end computes. The CPU's is built in; CUDA's comes from libhfterm_cuda.so
 * by dlopen, so that the program starts without a driver.
 *
 * All pointers are host memory; a back end moves what it needs and may keep pictures and textures
 * on its device by their id. A call that fails leaves its outputs undefined; the engine then
 * repeats it on the CPU and says so.
 *
 * The library exports one symbol, ARR_BACKEND_SYMBOL, of type arr_backend_entry; it returns NULL
 * for an abi it does not know. Of core it shares the types, the formulas of vecmath.h and
 * pixel_math.h, and slic_clean.c.
 *
 * Threads: one state is used by one thread at a time; several states may live side by side.
 */
#ifndef HFTERM_CORE_ARRCOC_BACKEND_H
#define HFTERM_CORE_ARRCOC_BACKEND_H

#include "core/arrcoc/array.h"
#include "core/arrcoc/attend.h"
#include "core/arrcoc/balance.h"
#include "core/arrcoc/knowing.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/types.h"

enum { ARR_BACKEND_ABI = 1 };
#define ARR_BACKEND_SYMBOL "hfterm_arr_backend"

enum arr_status {
    ARR_OK,
    ARR_NO_MEMORY,   /* of the device: the engine goes on on the CPU for this call */
    ARR_LOST,        /* the device is gone or in error: the engine closes this back end */
    ARR_NOT_DONE,    /* this back end does not do that: the CPU does */
    ARR_BAD_PICTURE, /* a float was not finite or out of range */
};

struct arr_backend_about {
    char device[96];  /* "NVIDIA H200" */
    char version[64]; /* "CUDA 13.0, driver 13.0" */
    int sm;           /* 90; 0 for the CPU */
    uint64_t memory_bytes;
};

enum arr_balancer_kind { ARR_BALANCE_TENSION, ARR_BALANCE_ADAPTIVE, ARR_BALANCE_CONTEXTUAL };

/* From texture to ranks. Pointers are borrowed for the call. */
struct arr_score_in {
    const struct arr_texture *texture;
    uint64_t texture_id; /* not 0: names this texture; a back end may keep it on its device */
    /* NULL: computed from the texture; else the map to take (visual information, 40-channel scores)
     */
    const float *given[ARR_WAYS];
    /* participatory by the trained scorer; both NULL otherwise. weights_id, query_id name them. */
    const struct arr_scorer *scorer;
    const struct arr_scorer_query *scorer_query;
    uint64_t weights_id, query_id;
    enum arr_balancer_kind balancer;
    const struct arr_balancer *adaptive; /* and its query_part */
    const float *query_part;
    const struct arr_contextual *contextual;
    struct arr_tensions tensions;
    float scale[ARR_WAYS];
    float explore;
    int k;
};

struct arr_score_out {
    float way[ARR_WAYS][ARR_CELLS];
    struct arr_balance_out balance;
    int k;
    uint16_t order[ARR_CELLS];
};

struct arr_backend_ops {
    unsigned abi;
    const char *name; /* "cpu", "cuda" */
    /* NULL: why says what is missing, in one sentence. threads: for the CPU. */
    void *(*open)(int device, int threads, char *why, size_t n_why);
    void (*close)(void *state);
    void (*about)(void *state, struct arr_backend_about *out);
    /* arr_resize_dense for n pictures (any sizes); dst[i]: (16 grid)^2 * 3 bytes. */
    enum arr_status (*resize)(void *state, const struct arr_image *images, size_t n, int grid,
                              uint8_t *const *dst, char *why, size_t n_why);
    /* arr_texture_sample for n pictures; arr_texture_finish follows on the host. */
    enum arr_status (*sample)(void *state, const struct arr_image *images, size_t n, int grid,
                              struct arr_texture *const *out, char *why, size_t n_why);
    /* arr_array_make */
    enum arr_status (*array)(void *state, const uint8_t *dense_rgb,
                             const struct arr_previous *previous,
                             const struct arr_array_options *options, struct arr_array *out,
                             char *why, size_t n_why);
    /* The three ways, the balance and the top k, for n textures. */
    enum arr_status (*score)(void *state, const struct arr_score_in *in, size_t n,
                             struct arr_score_out *const *out, char *why, size_t n_why);
};

typedef const struct arr_backend_ops *(*arr_backend_entry)(unsigned abi);

extern const struct arr_backend_ops ARR_BACKEND_CPU;

/* libhfterm_cuda.so from, in this order: HFTERM_CUDA_LIB, the folder of the program, ../lib/hfterm
 * beside it, the system's library path. NULL: why says what is missing. The library stays loaded.
 */
const struct arr_backend_ops *arr_backend_load_cuda(char *why, size_t n_why);

#endif
