/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/safetensors_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "tensors are written as they lie in memory");

enum { SHAPE_MAX = sizeof((struct st_out *)0)->shape / sizeof(uint64_t) };

static int compare_names(const void *a, const void *b)
{
    const struct st_out *const *x = a;
    const struct st_out *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static int compare_tensors(const void *a, const void *b)
{
    const struct st_out *const *x = a;
    const struct st_out *const *y = b;
    if ((*x)->dtype != (*y)->dtype) {
        return (*x)->dtype > (*y)->dtype ? -1 : 1;
    }
    return compare_names(a, b);
}

static void put_string(struct buf *out, const char *s)
{
    static const char NAMES[] = "\"\\bfnrt";
    static const char VALUES[] = "\"\\\b\f\n\r\t";
    buf_putc(out, '"');
    for (; *s; s++) {
        const char *found = strchr(VALUES, *s);
        if (found) {
            buf_putc(out, '\\');
            buf_putc(out, NAMES[found - VALUES]);
        } else if ((unsigned char)*s < 0x20) {
            buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*s);
        } else {
            buf_putc(out, *s);
        }
    }
    buf_putc(out, '"');
}

static bool check_text(const char *what, const char *s, struct err *e)
{
    if (!s || st_utf8_prefix(s, strlen(s)) < strlen(s)) {
        return err_set(e, ERR_USAGE, "%s is not UTF-8 text", what);
    }
    return true;
}

static bool put_metadata(struct buf *out, const struct st_meta *meta, size_t n, struct err *e)
{
    if (n == 0) {
        return true;
    }
    buf_puts(out, "\"__metadata__\":{");
    for (size_t i = 0; i < n; i++) {
        if (!check_text("a metadata key", meta[i].key, e) ||
            !check_text("a metadata value", meta[i].value, e)) {
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            if (strcmp(meta[k].key, meta[i].key) == 0) {
                return err_set(e, ERR_USAGE, "the metadata key \"%.100s\" is given twice",
                               meta[i].key);
            }
        }
        buf_puts(out, i ? "," : "");
        put_string(out, meta[i].key);
        buf_putc(out, ':');
        put_string(out, meta[i].value);
    }
    buf_putc(out, '}');
    return true;
}

static bool tensor_bytes(const struct st_out *t, uint64_t *bytes, struct err *e)
{
    uint64_t elements = 0;
    bool fits_bytes = true;
    if (strcmp(t->name, "__metadata__") == 0) {
        return err_set(e, ERR_USAGE, "a tensor cannot be named __metadata__");
    }
    if (t->rank < 0 || t->rank > SHAPE_MAX || t->dtype >= ST_DTYPES ||
        !st_size_of(t->dtype, t->shape, t->rank, &elements, bytes, &fits_bytes)) {
        return err_set(e, ERR_USAGE, "tensor \"%.100s\" has a shape that cannot be written",
                       t->name);
    }
    return true;
}

static void put_tensor(struct buf *out, const struct st_out *t, uint64_t begin, uint64_t end)
{
    put_string(out, t->name);
    buf_printf(out, ":{\"dtype\":\"%s\",\"shape\":[", st_dtype_name(t->dtype));
    for (int i = 0; i < t->rank; i++) {
        buf_printf(out, "%s%" PRIu64, i ? "," : "", t->shape[i]);
    }
    buf_printf(out, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", begin, end);
}

/* The JSON header with its padding; *data_bytes is what has to follow it. */
static bool put_header(struct buf *out, const struct st_out *const *sorted, size_t n,
                       const struct st_meta *meta, size_t n_meta, uint64_t *data_bytes,
                       struct err *e)
{
    *data_bytes = 0;
    buf_putc(out, '{');
    if (!put_metadata(out, meta, meta ? n_meta : 0, e)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t bytes = 0;
        uint64_t end = 0;
        if (!tensor_bytes(sorted[i], &bytes, e)) {
            return false;
        }
        if (__builtin_add_overflow(*data_bytes, bytes, &end)) {
            return err_set(e, ERR_LIMIT, "the tensors have more than 2^64 bytes together");
        }
        buf_puts(out, out->n > 1 ? "," : "");
        put_tensor(out, sorted[i], *data_bytes, end);
        *data_bytes = end;
    }
    buf_putc(out, '}');
    buf_pad(out, ' ', (8 - out->n % 8) % 8);
    return out->n <= ST_HEADER_MAX ||
           err_set(e, ERR_LIMIT, "the header would have %zu bytes; the format allows %d", out->n,
                   ST_HEADER_MAX);
}

/* Sorts by name on the way. */
static bool check_names(const struct st_out **sorted, size_t n, struct err *e)
{
    qsort(sorted, n, sizeof *sorted, compare_names);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
            return err_set(e, ERR_USAGE, "two tensors are named \"%.100s\"", sorted[i]->name);
        }
    }
    return true;
}

/* Length, header and tensors in one piece, as the file will be. */
static char *join(const struct buf *header, const struct st_out *const *sorted, size_t n,
                  uint64_t data_bytes, size_t *total, struct err *e)
{
    uint64_t all = 0;
    char *bytes = NULL;
    if (!__builtin_add_overflow(data_bytes, (uint64_t)header->n + ST_PREFIX, &all) &&
        all <= SIZE_MAX) {
        bytes = try_alloc((size_t)all, 1);
    }
    if (!bytes) {
        err_set(e, ERR_LIMIT, "no memory to write %" PRIu64 " bytes of tensors", data_bytes);
        return NULL;
    }
    const uint64_t length = header->n;
    memcpy(bytes, &length, sizeof length);
    memcpy(bytes + ST_PREFIX, header->p, header->n);
    char *to = bytes + ST_PREFIX + header->n;
    for (size_t i = 0; i < n; i++) {
        uint64_t part = 0;
        if (tensor_bytes(sorted[i], &part, NULL) && part > 0) {
            memcpy(to, sorted[i]->data, (size_t)part);
            to += part;
        }
    }
    *total = (size_t)all;
    return bytes;
}

bool safetensors_write(const char *path, const struct st_out *tensors, size_t n,
                       const struct st_meta *meta, size_t n_meta, struct err *e)
{
    struct buf header = BUF_INIT;
    char *bytes = NULL;
    size_t total = 0;
    uint64_t data_bytes = 0;
    bool ok = false;
    const struct st_out **sorted = try_alloc(n, sizeof *sorted);
    if (!sorted) {
        return err_set(e, ERR_LIMIT, "no memory to sort %zu tensors", n);
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &tensors[i];
        if (!check_text("a tensor's name", tensors[i].name, e)) {
            goto done;
        }
    }
    if (!check_names(sorted, n, e)) {
        goto done;
    }
    qsort(sorted, n, sizeof *sorted, compare_tensors);
    if (put_header(&header, sorted, n, meta, n_meta, &data_bytes, e)) {
        bytes = join(&header, sorted, n, data_bytes, &total, e);
        ok = bytes && file_write_atomic(path, bytes, total, 0644, e);
    }
done:
    free(bytes);
    buf_done(&header);
    free(sorted);
    return ok || err_wrap(e, "writing %s", path);
}
