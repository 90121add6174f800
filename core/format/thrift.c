/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/thrift.h"

void thrift_init(struct thrift *t, const void *bytes, size_t n)
{
    *t = (struct thrift){.p = bytes, .n = n};
}

void thrift_fail(struct thrift *t, const char *reason)
{
    t->failed = t->failed ? t->failed : reason;
}

/* ---- bytes ---- */

static unsigned take_byte(struct thrift *t)
{
    if (t->failed || t->at >= t->n) {
        thrift_fail(t, "it ends too early");
        return 0;
    }
    return t->p[t->at++];
}

static uint64_t take_varint(struct thrift *t)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const uint64_t byte = take_byte(t);
        v |= (byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            return v;
        }
    }
    thrift_fail(t, "a number is too long");
    return 0;
}

static int64_t take_zigzag(struct thrift *t)
{
    const uint64_t v = take_varint(t);
    return (int64_t)(v >> 1 ^ (~(v & 1) + 1));
}

static struct str take_bytes(struct thrift *t, uint64_t n)
{
    if (t->failed || n > t->n - t->at) {
        thrift_fail(t, "a text is longer than what follows");
        return (struct str){"", 0};
    }
    const struct str s = {(const char *)t->p + t->at, (size_t)n};
    t->at += (size_t)n;
    return s;
}

/* ---- fields ---- */

bool thrift_next(struct thrift *t, struct thrift_field *f)
{
    const unsigned head = take_byte(t);
    if (t->failed || head == THRIFT_STOP) {
        return false;
    }
    const int64_t id = head >> 4 ? f->id + (int64_t)(head >> 4) : take_zigzag(t);
    if (id < INT16_MIN || id > INT16_MAX || (head & 15) > THRIFT_STRUCT || (head & 15) == 0) {
        thrift_fail(t, "a field makes no sense");
        return false;
    }
    *f = (struct thrift_field){(int)id, (enum thrift_type)(head & 15)};
    return !t->failed;
}

static bool is_type(struct thrift *t, const struct thrift_field *f, bool is_right)
{
    if (!is_right) {
        thrift_fail(t, "a field is of another type than it should be");
        thrift_skip(t, f->type);
    }
    return is_right && !t->failed;
}

int64_t thrift_int(struct thrift *t, const struct thrift_field *f)
{
    if (f->type == THRIFT_I8) {
        const unsigned v = take_byte(t);
        return v < 128 ? (int64_t)v : (int64_t)v - 256;
    }
    return is_type(t, f, f->type >= THRIFT_I16 && f->type <= THRIFT_I64) ? take_zigzag(t) : 0;
}

bool thrift_bool(struct thrift *t, const struct thrift_field *f)
{
    return is_type(t, f, f->type == THRIFT_TRUE || f->type == THRIFT_FALSE) &&
           f->type == THRIFT_TRUE;
}

struct str thrift_bytes(struct thrift *t, const struct thrift_field *f)
{
    return is_type(t, f, f->type == THRIFT_BINARY) ? thrift_item_bytes(t) : (struct str){"", 0};
}

bool thrift_is_struct(struct thrift *t, const struct thrift_field *f)
{
    return is_type(t, f, f->type == THRIFT_STRUCT);
}

/* ---- lists ---- */

static size_t take_list(struct thrift *t, enum thrift_type *of)
{
    const unsigned head = take_byte(t);
    const uint64_t n = head >> 4 == 15 ? take_varint(t) : head >> 4;
    *of = (enum thrift_type)(head & 15);
    const bool is_known = *of != THRIFT_STOP && *of <= THRIFT_STRUCT;
    /* Some writers give an empty list no type. */
    if (t->failed || n > t->n - t->at || (n > 0 && !is_known)) {
        thrift_fail(t, "a list is longer than what follows");
        return 0;
    }
    return (size_t)n;
}

size_t thrift_list(struct thrift *t, const struct thrift_field *f, enum thrift_type *of)
{
    *of = THRIFT_STOP;
    return is_type(t, f, f->type == THRIFT_LIST || f->type == THRIFT_SET) ? take_list(t, of) : 0;
}

struct str thrift_item_bytes(struct thrift *t)
{
    return take_bytes(t, take_varint(t));
}

int64_t thrift_item_int(struct thrift *t)
{
    return take_zigzag(t);
}

/* ---- skipping ---- */

static void skip_value(struct thrift *t, enum thrift_type type, int depth, bool is_item);

static void skip_items(struct thrift *t, enum thrift_type of, uint64_t n, int depth)
{
    for (uint64_t i = 0; i < n && !t->failed; i++) {
        skip_value(t, of, depth + 1, true);
    }
}

static void skip_map(struct thrift *t, int depth)
{
    const uint64_t n = take_varint(t);
    const unsigned types = n > 0 ? take_byte(t) : 0;
    if (t->failed || n > t->n - t->at) {
        thrift_fail(t, "a map is longer than what follows");
        return;
    }
    for (uint64_t i = 0; i < n && !t->failed; i++) {
        skip_value(t, (enum thrift_type)(types >> 4), depth + 1, true);
        skip_value(t, (enum thrift_type)(types & 15), depth + 1, true);
    }
}

static void skip_struct(struct thrift *t, int depth)
{
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        skip_value(t, f.type, depth + 1, false);
    }
}

/* The truth value of a field stands in its head, that of an item is a byte. */
static void skip_value(struct thrift *t, enum thrift_type type, int depth, bool is_item)
{
    enum thrift_type of = THRIFT_STOP;
    size_t n = 0;
    if (depth > THRIFT_DEPTH_MAX) {
        thrift_fail(t, "it is nested too deep");
        return;
    }
    switch (type) {
    case THRIFT_TRUE:
    case THRIFT_FALSE:
        if (is_item) {
            take_byte(t);
        }
        break;
    case THRIFT_I8:
        take_byte(t);
        break;
    case THRIFT_I16:
    case THRIFT_I32:
    case THRIFT_I64:
        take_varint(t);
        break;
    case THRIFT_DOUBLE:
        take_bytes(t, 8);
        break;
    case THRIFT_BINARY:
        thrift_item_bytes(t);
        break;
    case THRIFT_LIST:
    case THRIFT_SET:
        n = take_list(t, &of);
        skip_items(t, of, n, depth);
        break;
    case THRIFT_MAP:
        skip_map(t, depth);
        break;
    case THRIFT_STRUCT:
        skip_struct(t, depth);
        break;
    default:
        thrift_fail(t, "a type is not known");
        break;
    }
}

void thrift_skip(struct thrift *t, enum thrift_type type)
{
    skip_value(t, type, 0, false);
}
