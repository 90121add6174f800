/* SPDX-License-Identifier: Apache-2.0 */
/* stub_backend.h - a device that answers every call with the same status, and counts. Its state is
 * a struct stub; wear it with arr->device = &STUB_BACKEND, arr->device_state = &stub. */
#ifndef HFTERM_TESTS_STUB_BACKEND_H
#define HFTERM_TESTS_STUB_BACKEND_H

#include <stdio.h>

#include "core/arrcoc/backend.h"

struct stub {
    enum arr_status status;
    int n_arrays, n_closed;
};

static inline enum arr_status stub_answer(void *state, char *why, size_t n_why)
{
    const struct stub *s = state;
    snprintf(why, n_why, "it broke");
    return s->status;
}

static inline enum arr_status stub_resize(void *state, const struct arr_image *images, size_t n,
                                          int grid, uint8_t *const *dst, char *why, size_t n_why)
{
    (void)images;
    (void)n;
    (void)grid;
    (void)dst;
    return stub_answer(state, why, n_why);
}

static inline enum arr_status stub_sample(void *state, const struct arr_image *images, size_t n,
                                          int grid, struct arr_texture *const *out, char *why,
                                          size_t n_why)
{
    (void)images;
    (void)n;
    (void)grid;
    (void)out;
    return stub_answer(state, why, n_why);
}

static inline enum arr_status stub_array(void *state, const uint8_t *dense_rgb,
                                         const struct arr_previous *previous,
                                         const struct arr_array_options *options,
                                         struct arr_array *out, char *why, size_t n_why)
{
    (void)dense_rgb;
    (void)previous;
    (void)options;
    (void)out;
    ((struct stub *)state)->n_arrays++;
    return stub_answer(state, why, n_why);
}

static inline enum arr_status stub_score(void *state, const struct arr_score_in *in, size_t n,
                                         struct arr_score_out *const *out, char *why, size_t n_why)
{
    (void)in;
    (void)n;
    (void)out;
    return stub_answer(state, why, n_why);
}

static inline void stub_close(void *state)
{
    ((struct stub *)state)->n_closed++;
}

static const struct arr_backend_ops STUB_BACKEND = {
    .abi = ARR_BACKEND_ABI,
    .name = "stub",
    .close = stub_close,
    .resize = stub_resize,
    .sample = stub_sample,
    .array = stub_array,
    .score = stub_score,
};

#endif
