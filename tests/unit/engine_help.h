/* SPDX-License-Identifier: Apache-2.0 */
/* engine_help.h - pictures and handles for the tests of the engine. */
#ifndef HFTERM_TESTS_ENGINE_HELP_H
#define HFTERM_TESTS_ENGINE_HELP_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/arrcoc/engine_parts.h"
#include "core/arrcoc/metrics.h"
#include "core/base/mem.h"

struct made {
    int w, h;
    uint8_t *rgb;
};

static inline struct made noise(int w, int h, uint64_t seed)
{
    struct made m = {w, h, xmalloc((size_t)w * (size_t)h * 3)};
    for (size_t i = 0; i < (size_t)w * (size_t)h * 3; i++) {
        m.rgb[i] = (uint8_t)(arr_splitmix64(&seed) >> 56);
    }
    return m;
}

static inline struct arr_image image_of(const struct made *m)
{
    return (struct arr_image){.format = ARR_RGB8,
                              .pixels = m->rgb,
                              .width = m->w,
                              .height = m->h,
                              .stride_bytes = (size_t)m->w * 3};
}

static inline struct arr *open_cpu(void)
{
    const struct arr_setup setup = {.backend = ARR_CPU, .threads = 2};
    struct arr *a = arr_new(&setup, NULL);
    assert_non_null(a);
    return a;
}

static inline void look_at(struct arr *a, const struct made *m)
{
    const struct arr_image image = image_of(m);
    assert_true(arr_set_image(a, &image, NULL));
}

static inline void run(struct arr *a, const struct arr_options *o, struct arr_result *r)
{
    struct err e = ERR_INIT;
    if (!arr_run(a, o, r, &e)) {
        fail_msg("%s", e.msg);
    }
}

#endif
