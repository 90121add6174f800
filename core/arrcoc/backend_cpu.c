/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU back end: the stages' own functions, pictures side by side on the threads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/backend.h"
#include "core/arrcoc/parallel.h"
#include "core/base/err.h"
#include "core/base/mem.h"

struct cpu {
    int threads;
};

static void *cpu_open(int device, int threads, char *why, size_t n_why)
{
    (void)device;
    (void)why;
    (void)n_why;
    struct cpu *cpu = xcalloc(1, sizeof *cpu);
    cpu->threads = threads > 0 ? threads : arr_cores();
    return cpu;
}

static void cpu_close(void *state)
{
    free(state);
}

static void cpu_about(void *state, struct arr_backend_about *out)
{
    const struct cpu *cpu = state;
    *out = (struct arr_backend_about){0};
    snprintf(out->device, sizeof out->device, "CPU, %d thread%s", cpu->threads,
             cpu->threads == 1 ? "" : "s");
}

/* ---- many pictures ---- */

/* Errors of pictures worked on side by side: the first picture's that has one is told. */
struct failure {
    bool has;
    struct err e;
};

static enum arr_status collect(const struct failure *failures, size_t n, char *why, size_t n_why)
{
    for (size_t i = 0; i < n; i++) {
        if (failures[i].has) {
            snprintf(why, n_why, "%s", failures[i].e.msg);
            return failures[i].e.code == ERR_LIMIT ? ARR_NO_MEMORY : ARR_BAD_PICTURE;
        }
    }
    return ARR_OK;
}

struct resize_work {
    const struct arr_image *images;
    uint8_t *const *dst;
    int grid, threads;
    struct failure *failures;
};

static void resize_some(void *arg, size_t first, size_t last)
{
    const struct resize_work *w = arg;
    for (size_t i = first; i < last; i++) {
        w->failures[i].has =
            !arr_resize_dense(&w->images[i], w->grid, w->dst[i], w->threads, &w->failures[i].e);
    }
}

static enum arr_status cpu_resize(void *state, const struct arr_image *images, size_t n, int grid,
                                  uint8_t *const *dst, char *why, size_t n_why)
{
    const struct cpu *cpu = state;
    struct failure *failures = xcalloc(n, sizeof *failures);
    struct resize_work w = {images, dst, grid, n == 1 ? cpu->threads : 1, failures};
    if (n == 1) {
        resize_some(&w, 0, 1);
    } else {
        arr_parallel(cpu->threads, n, resize_some, &w);
    }
    const enum arr_status status = collect(failures, n, why, n_why);
    free(failures);
    return status;
}

struct sample_work {
    const struct arr_image *images;
    struct arr_texture *const *out;
    int grid;
    struct failure *failures;
};

static void sample_some(void *arg, size_t first, size_t last)
{
    const struct sample_work *w = arg;
    for (size_t i = first; i < last; i++) {
        w->failures[i].has =
            !arr_texture_sample(&w->images[i], w->grid, w->out[i], &w->failures[i].e);
    }
}

static enum arr_status cpu_sample(void *state, const struct arr_image *images, size_t n, int grid,
                                  struct arr_texture *const *out, char *why, size_t n_why)
{
    const struct cpu *cpu = state;
    struct failure *failures = xcalloc(n, sizeof *failures);
    struct sample_work w = {images, out, grid, failures};
    if (n == 1) {
        sample_some(&w, 0, 1);
    } else {
        arr_parallel(cpu->threads, n, sample_some, &w);
    }
    const enum arr_status status = collect(failures, n, why, n_why);
    free(failures);
    return status;
}

static enum arr_status cpu_array(void *state, const uint8_t *dense_rgb,
                                 const struct arr_previous *previous,
                                 const struct arr_array_options *options, struct arr_array *out,
                                 char *why, size_t n_why)
{
    (void)state;
    struct err e = ERR_INIT;
    if (!arr_array_make(dense_rgb, previous, options, out, &e)) {
        snprintf(why, n_why, "%s", e.msg);
        return ARR_NO_MEMORY;
    }
    return ARR_OK;
}

/* ---- score ---- */

static void fill(float *map, size_t n, float v)
{
    for (size_t i = 0; i < n; i++) {
        map[i] = v;
    }
}

static void score_one(const struct arr_score_in *in, struct arr_score_out *out)
{
    const int grid = in->texture->grid;
    const size_t cells = (size_t)grid * (size_t)grid;
    for (int i = 0; i < ARR_WAYS; i++) {
        if (in->given[i]) {
            memcpy(out->way[i], in->given[i], cells * sizeof(float));
        }
    }
    if (!in->given[ARR_INFO]) {
        arr_information(in->texture, out->way[ARR_INFO], NULL);
    }
    if (!in->given[ARR_PERSP]) {
        arr_perspectival(in->texture, out->way[ARR_PERSP]);
    }
    if (!in->given[ARR_PARTIC] && in->scorer) {
        arr_participatory(in->scorer, in->scorer_query, in->texture, out->way[ARR_PARTIC]);
    } else if (!in->given[ARR_PARTIC]) {
        fill(out->way[ARR_PARTIC], cells, 0.5F);
    }
    struct arr_balance_in b = {.grid = grid, .explore = in->explore};
    for (int i = 0; i < ARR_WAYS; i++) {
        b.way[i] = out->way[i];
        b.scale[i] = in->scale[i];
    }
    switch (in->balancer) {
    case ARR_BALANCE_TENSION:
        arr_balance_tension(in->tensions, &b, &out->balance);
        break;
    case ARR_BALANCE_ADAPTIVE:
        arr_balance_adaptive(in->adaptive, in->query_part, &b, &out->balance);
        break;
    case ARR_BALANCE_CONTEXTUAL:
        arr_balance_contextual(in->contextual, &b, &out->balance);
        break;
    }
    out->k = arr_top_k(out->balance.balanced, (int)cells, in->k, out->order);
}

struct score_work {
    const struct arr_score_in *in;
    struct arr_score_out *const *out;
};

static void score_some(void *arg, size_t first, size_t last)
{
    const struct score_work *w = arg;
    for (size_t i = first; i < last; i++) {
        score_one(&w->in[i], w->out[i]);
    }
}

static enum arr_status cpu_score(void *state, const struct arr_score_in *in, size_t n,
                                 struct arr_score_out *const *out, char *why, size_t n_why)
{
    (void)why;
    (void)n_why;
    const struct cpu *cpu = state;
    struct score_work w = {in, out};
    if (n == 1) {
        score_one(&in[0], out[0]);
    } else {
        arr_parallel(cpu->threads, n, score_some, &w);
    }
    return ARR_OK;
}

const struct arr_backend_ops ARR_BACKEND_CPU = {
    .abi = ARR_BACKEND_ABI,
    .name = "cpu",
    .open = cpu_open,
    .close = cpu_close,
    .about = cpu_about,
    .resize = cpu_resize,
    .sample = cpu_sample,
    .array = cpu_array,
    .score = cpu_score,
};
