/* SPDX-License-Identifier: Apache-2.0 */
/* thrift.h - reading Thrift's compact protocol, as much of it as the footer of a Parquet file
 * needs.
 *
 * A reader goes over bytes in memory, once, forwards; the first thing that is wrong ends it: every
 * later call fails, and failed names the reason. Nothing is allocated. What nobody asks for is
 * skipped by its type, at most THRIFT_DEPTH_MAX levels deep.
 *
 * Threads: one reader, one thread. Source: the Thrift project's compact protocol page.
 */
#ifndef HFTERM_CORE_FORMAT_THRIFT_H
#define HFTERM_CORE_FORMAT_THRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

enum { THRIFT_DEPTH_MAX = 64 };

enum thrift_type {
    THRIFT_STOP,
    THRIFT_TRUE,
    THRIFT_FALSE,
    THRIFT_I8,
    THRIFT_I16,
    THRIFT_I32,
    THRIFT_I64,
    THRIFT_DOUBLE,
    THRIFT_BINARY,
    THRIFT_LIST,
    THRIFT_SET,
    THRIFT_MAP,
    THRIFT_STRUCT,
};

struct thrift {
    const unsigned char *p;
    size_t n, at;
    const char *failed; /* NULL: nothing is wrong so far */
};

/* One field of a struct: its value has to be taken, or skipped, before the next one. */
struct thrift_field {
    int id;
    enum thrift_type type;
};

void thrift_init(struct thrift *t, const void *bytes, size_t n);
/* The next field of the struct being read; zeroed before the first. False at its end, and when
 * something is wrong. */
bool thrift_next(struct thrift *t, struct thrift_field *f);
/* The value of a field that nobody wants. */
void thrift_skip(struct thrift *t, enum thrift_type type);

/* The value of a field. One of another type is wrong; 0 then. */
int64_t thrift_int(struct thrift *t, const struct thrift_field *f);
bool thrift_bool(struct thrift *t, const struct thrift_field *f);
struct str thrift_bytes(struct thrift *t, const struct thrift_field *f);
/* The number of items, and their type; each has to be taken or skipped. No list says that it has
 * more items than bytes follow. */
size_t thrift_list(struct thrift *t, const struct thrift_field *f, enum thrift_type *of);
/* The next item of a list of texts, of numbers. */
struct str thrift_item_bytes(struct thrift *t);
int64_t thrift_item_int(struct thrift *t);
/* Is the field a struct? Its fields follow: thrift_next with a zeroed field. */
bool thrift_is_struct(struct thrift *t, const struct thrift_field *f);

/* What is wrong; the first reason stays. */
void thrift_fail(struct thrift *t, const char *reason);

#endif
