/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/safetensors_parts.h"

enum { CHUNK = 16384 }; /* bytes converted at a time; a multiple of every width */

/* ---- the rules about tensors ---- */

static int compare_places(const void *a, const void *b)
{
    const struct st_tensor *x = a;
    const struct st_tensor *y = b;
    if (x->begin != y->begin) {
        return x->begin < y->begin ? -1 : 1;
    }
    if (x->end != y->end) {
        return x->end < y->end ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

static int compare_names(const void *a, const void *b)
{
    const struct st_tensor *const *x = a;
    const struct st_tensor *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static int compare_keys(const void *a, const void *b)
{
    const struct st_meta *x = a;
    const struct st_meta *y = b;
    return strcmp(x->key, y->key);
}

static bool check_unique(const struct safetensors *s, struct err *e)
{
    for (size_t i = 1; i < s->n_tensors; i++) {
        if (strcmp(s->by_name[i - 1]->name, s->by_name[i]->name) == 0) {
            return err_set(e, ERR_DAMAGED, "invalid header: two tensors are named \"%.100s\"",
                           s->by_name[i]->name);
        }
    }
    for (size_t i = 1; i < s->n_meta; i++) {
        if (strcmp(s->meta[i - 1].key, s->meta[i].key) == 0) {
            return err_set(e, ERR_DAMAGED, "invalid header: __metadata__ has \"%.100s\" twice",
                           s->meta[i].key);
        }
    }
    return true;
}

/* File order for the tensors, an index by name beside it; metadata by key. */
static bool put_in_order(struct safetensors *s, struct err *e)
{
    if (s->n_tensors == 0 && s->n_meta == 0) {
        return true;
    }
    s->by_name = try_alloc(s->n_tensors, sizeof *s->by_name);
    if (!s->by_name) {
        return err_set(e, ERR_LIMIT, "no memory for the names of %zu tensors", s->n_tensors);
    }
    if (s->n_tensors > 0) {
        qsort(s->tensors, s->n_tensors, sizeof *s->tensors, compare_places);
        for (size_t i = 0; i < s->n_tensors; i++) {
            s->by_name[i] = &s->tensors[i];
        }
        qsort(s->by_name, s->n_tensors, sizeof *s->by_name, compare_names);
    }
    if (s->n_meta > 0) {
        qsort(s->meta, s->n_meta, sizeof *s->meta, compare_keys);
    }
    return check_unique(s, e);
}

/* Rules 6 to 9, for the tensor that has to begin at byte `at` of the data. */
static bool check_tensor(struct st_tensor *t, uint64_t at, struct err *e)
{
    uint64_t bytes = 0;
    bool fits_bytes = true;
    if (t->begin != at || t->end < t->begin) {
        return err_set(e, ERR_DAMAGED,
                       "invalid offset: tensor \"%.100s\" lies at bytes %" PRIu64 " to %" PRIu64
                       " of the data; the tensors before it end at %" PRIu64,
                       t->name, t->begin, t->end, at);
    }
    if (!st_size_of(t->dtype, t->shape, t->rank, &t->elements, &bytes, &fits_bytes)) {
        return err_set(e, ERR_DAMAGED,
                       "%s: tensor \"%.100s\" at byte %" PRIu64 " of the data has %s",
                       fits_bytes ? "validation overflow" : "misaligned slice", t->name, t->begin,
                       fits_bytes ? "a shape of more than 2^64 bits" : "bits that fill no byte");
    }
    if (t->end - t->begin != bytes) {
        return err_set(e, ERR_DAMAGED,
                       "invalid tensor info: tensor \"%.100s\" at byte %" PRIu64
                       " of the data has %" PRIu64 " bytes; its shape and dtype %s make %" PRIu64,
                       t->name, t->begin, t->end - t->begin, st_dtype_name(t->dtype), bytes);
    }
    return true;
}

static bool check_tensors(struct safetensors *s, struct err *e)
{
    uint64_t at = 0;
    for (size_t i = 0; i < s->n_tensors; i++) {
        if (!check_tensor(&s->tensors[i], at, e)) {
            return false;
        }
        at = s->tensors[i].end;
    }
    if (at != s->data_bytes) {
        return err_set(e, ERR_DAMAGED,
                       "incomplete buffer: the tensors end at byte %" PRIu64
                       " of the data, which %s"
                       " at byte %" PRIu64,
                       at, at < s->data_bytes ? "goes on and ends" : "is cut off", s->data_bytes);
    }
    return true;
}

/* ---- opening ---- */

static struct safetensors *reader_new(void)
{
    struct safetensors *s = xcalloc(1, sizeof *s);
    s->fd = -1;
    return s;
}

static bool take_header(struct safetensors *s, const char *header, size_t n, uint64_t data_bytes,
                        struct err *e)
{
    s->data_start = ST_PREFIX + (uint64_t)n;
    s->data_bytes = data_bytes;
    return st_scan_header(s, header, n, e) && put_in_order(s, e) && check_tensors(s, e);
}

/* Rules 1 to 3; `size` bytes are in the file. */
static bool check_length(uint64_t n, uint64_t size, struct err *e)
{
    if (n > ST_HEADER_MAX) {
        return err_set(e, ERR_DAMAGED,
                       "header too large: the first 8 bytes say %" PRIu64
                       " bytes; the format allows %d",
                       n, ST_HEADER_MAX);
    }
    if (n == 0 || n > size - ST_PREFIX) {
        return err_set(e, ERR_DAMAGED,
                       "invalid header length: the first 8 bytes say %" PRIu64
                       " bytes; the file has %" PRIu64 " behind them",
                       n, size - ST_PREFIX);
    }
    return true;
}

struct safetensors *safetensors_parse(const char *header, size_t n, uint64_t data_bytes,
                                      struct err *e)
{
    struct safetensors *s = reader_new();
    if (!check_length(n, ST_PREFIX + (uint64_t)n, e) || !take_header(s, header, n, data_bytes, e)) {
        safetensors_close(s);
        return NULL;
    }
    return s;
}

static bool read_at(const struct safetensors *s, uint64_t at, void *dst, size_t n, struct err *e)
{
    char *to = dst;
    if (s->source.read) {
        return s->source.read(s->source.ctx, at, dst, n, e);
    }
    while (n > 0) {
        const ssize_t got = pread(s->fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_set_sys(e, ERR_IO, errno, "%s", s->path);
        }
        if (got == 0) {
            return err_set(e, ERR_DAMAGED, "%s became shorter: nothing at byte %" PRIu64, s->path,
                           at);
        }
        to += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

/* O_NONBLOCK: a pipe of that name must not hold us up. */
static bool open_file(struct safetensors *s, uint64_t *size, struct err *e)
{
    struct stat st;
    s->fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (s->fd < 0 || fstat(s->fd, &st) != 0) {
        return err_set_sys(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "%s", s->path);
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(e, ERR_UNSUPPORTED, "%s is not a regular file", s->path);
    }
    *size = (uint64_t)st.st_size;
    return true;
}

static bool read_header(struct safetensors *s, uint64_t size, struct err *e)
{
    unsigned char prefix[ST_PREFIX];
    if (size < ST_PREFIX) {
        return err_set(e, ERR_DAMAGED, "header too small: the file has %" PRIu64 " bytes", size);
    }
    if (!read_at(s, 0, prefix, sizeof prefix, e)) {
        return false;
    }
    uint64_t n = 0;
    for (size_t i = sizeof prefix; i-- > 0;) {
        n = n << 8 | prefix[i];
    }
    if (!check_length(n, size, e)) {
        return false;
    }
    char *header = try_alloc((size_t)n, 1);
    if (!header) {
        return err_set(e, ERR_LIMIT, "no memory for a header of %" PRIu64 " bytes", n);
    }
    const bool ok = read_at(s, ST_PREFIX, header, (size_t)n, e) &&
                    take_header(s, header, (size_t)n, size - ST_PREFIX - n, e);
    free(header);
    return ok;
}

struct safetensors *safetensors_open(const char *path, struct err *e)
{
    struct safetensors *s = reader_new();
    uint64_t size = 0;
    s->path = xstrdup(path);
    bool ok = open_file(s, &size, e);
    if (ok && !read_header(s, size, e)) {
        ok = err_wrap(e, "reading %s as a safetensors file", path);
    }
    if (!ok) {
        safetensors_close(s);
        return NULL;
    }
    return s;
}

struct safetensors *safetensors_open_source(const struct format_source *source, struct err *e)
{
    struct safetensors *s = reader_new();
    s->source = *source;
    s->path = xstrdup(source->name);
    if (!read_header(s, source->size, e)) {
        err_wrap(e, "reading %s as a safetensors file", source->name);
        safetensors_close(s);
        return NULL;
    }
    return s;
}

void safetensors_close(struct safetensors *s)
{
    if (!s) {
        return;
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    while (s->dims) {
        struct st_dims *next = s->dims->next;
        free(s->dims);
        s->dims = next;
    }
    free(s->text);
    free(s->meta);
    free(s->by_name);
    free(s->tensors);
    free(s->path);
    free(s);
}

/* ---- what is in it ---- */

size_t safetensors_count(const struct safetensors *s)
{
    return s->n_tensors;
}

const struct st_tensor *safetensors_at(const struct safetensors *s, size_t i)
{
    return i < s->n_tensors ? &s->tensors[i] : NULL;
}

const struct st_tensor *safetensors_find(const struct safetensors *s, const char *name)
{
    size_t low = 0;
    size_t high = s->n_tensors;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = strcmp(name, s->by_name[mid]->name);
        if (order == 0) {
            return s->by_name[mid];
        }
        if (order < 0) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return NULL;
}

size_t safetensors_meta_count(const struct safetensors *s)
{
    return s->n_meta;
}

struct st_meta safetensors_meta_at(const struct safetensors *s, size_t i)
{
    return i < s->n_meta ? s->meta[i] : (struct st_meta){NULL, NULL};
}

uint64_t safetensors_data_start(const struct safetensors *s)
{
    return s->data_start;
}

/* ---- reading tensors ---- */

bool safetensors_read(const struct safetensors *s, const struct st_tensor *t, uint64_t begin,
                      void *dst, size_t n, struct err *e)
{
    const uint64_t bytes = t->end - t->begin;
    if (s->fd < 0 && !s->source.read) {
        return err_set(e, ERR_USAGE, "tensor \"%.100s\" has no file behind its header", t->name);
    }
    if (begin > bytes || n > bytes - begin) {
        return err_set(e, ERR_USAGE,
                       "%zu bytes from %" PRIu64 " on are not in tensor \"%.100s\" of %" PRIu64
                       " bytes",
                       n, begin, t->name, bytes);
    }
    return read_at(s, s->data_start + t->begin + begin, dst, n, e);
}

static uint64_t little_endian(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    while (n-- > 0) {
        v = v << 8 | p[n];
    }
    return v;
}

static float float_from(enum st_dtype dtype, uint64_t bits)
{
    const uint32_t low = (uint32_t)bits;
    float single;
    double twice;
    switch (dtype) {
    case ST_F64:
        memcpy(&twice, &bits, sizeof twice);
        return (float)twice;
    case ST_F32:
        memcpy(&single, &low, sizeof single);
        return single;
    case ST_F16:
        return st_f16_to_f32((uint16_t)bits);
    case ST_BF16:
        return st_bf16_to_f32((uint16_t)bits);
    case ST_I8:
        return (float)(int8_t)bits;
    case ST_I16:
        return (float)(int16_t)bits;
    case ST_I32:
        return (float)(int32_t)low;
    case ST_I64:
        return (float)(int64_t)bits;
    default: /* U8, U16, U32, U64 */
        return (float)bits;
    }
}

static bool is_number(enum st_dtype dtype)
{
    switch (dtype) {
    case ST_F64:
    case ST_F32:
    case ST_F16:
    case ST_BF16:
    case ST_I8:
    case ST_I16:
    case ST_I32:
    case ST_I64:
    case ST_U8:
    case ST_U16:
    case ST_U32:
    case ST_U64:
        return true;
    default:
        return false;
    }
}

bool safetensors_read_f32(const struct safetensors *s, const struct st_tensor *t, uint64_t first,
                          float *dst, size_t n, struct err *e)
{
    if (!is_number(t->dtype)) {
        return err_set(e, ERR_UNSUPPORTED, "tensor \"%.100s\" is %s, which is not read as float",
                       t->name, st_dtype_name(t->dtype));
    }
    if (first > t->elements || n > t->elements - first) {
        return err_set(e, ERR_USAGE,
                       "%zu elements from %" PRIu64 " on are not in tensor \"%.100s\" of %" PRIu64,
                       n, first, t->name, t->elements);
    }
    const size_t width = (size_t)st_dtype_bits(t->dtype) / 8;
    unsigned char raw[CHUNK];
    for (size_t done = 0; done < n;) {
        const size_t part = n - done < CHUNK / width ? n - done : CHUNK / width;
        if (!safetensors_read(s, t, (first + done) * width, raw, part * width, e)) {
            return false;
        }
        for (size_t i = 0; i < part; i++) {
            dst[done + i] = float_from(t->dtype, little_endian(raw + i * width, width));
        }
        done += part;
    }
    return true;
}
