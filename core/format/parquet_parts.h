/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_parts.h - what parquet.c (footer, row groups) and parquet_schema.c share; for them alone.
 */
#ifndef HFTERM_CORE_FORMAT_PARQUET_PARTS_H
#define HFTERM_CORE_FORMAT_PARQUET_PARTS_H

#include "core/format/parquet.h"
#include "core/format/thrift.h"

/* The first thing that is wrong and can still be shown. */
void parquet_note(struct parquet *p, const char *text);
/* A text that lives as long as p. */
const char *parquet_keep(struct parquet *p, struct str s);
/* A number that must not be below zero. */
uint64_t parquet_size(struct thrift *t, const struct thrift_field *f);
void parquet_add(struct thrift *t, uint64_t *sum, uint64_t n);

/* The list of schema elements: fills nodes and n_leaves. */
void parquet_take_schema(struct parquet *p, struct thrift *t, const struct thrift_field *f);

#endif
