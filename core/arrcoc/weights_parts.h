/* SPDX-License-Identifier: Apache-2.0 */
/* weights_parts.h - what weights.c and query.c share; nobody else includes it. */
#ifndef HFTERM_CORE_ARRCOC_WEIGHTS_PARTS_H
#define HFTERM_CORE_ARRCOC_WEIGHTS_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/format/safetensors.h"

struct err;

/* Elements [first, first + n) as float. ERR_DAMAGED unless they are F32, F16 or BF16 and finite. */
bool arr_tensor_read(const struct safetensors *s, const struct st_tensor *t, uint64_t first,
                     float *dst, size_t n, struct err *e);

/* "[128, 2057]" into text; cut where it is too long. Returns text. */
const char *arr_tensor_shape(const struct st_tensor *t, char *text, size_t n);

#endif
