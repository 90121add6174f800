/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/weights.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"

static const uint64_t HEADER_MAX = 25000000;       /* what the JavaScript client takes, too */
static const uint64_t GGUF_HEADER_MAX = 256 << 20; /* vocabularies are in it */
static const uint64_t GGUF_COUNT_MAX = 1000000;    /* keys; tensors */
enum { NAME_MAX_BYTES = 64, DIMS_MAX = 8, NESTING_MAX = 4 };

/* ---- safetensors ---- */

static bool multiply(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static bool count_elements(const cJSON *shape, uint64_t *out)
{
    *out = 1;
    const cJSON *dim = NULL;
    cJSON_ArrayForEach(dim, shape)
    {
        if (!cJSON_IsNumber(dim) || dim->valuedouble < 0 || dim->valuedouble > 9e15 ||
            !multiply(*out, (uint64_t)dim->valuedouble, out)) {
            return false;
        }
    }
    return true;
}

static bool add_count(struct lh_weights *w, const char *dtype, uint64_t count)
{
    for (size_t i = 0; i < w->n_dtypes; i++) {
        if (strcmp(w->dtypes[i].name, dtype) == 0) {
            return !__builtin_add_overflow(w->dtypes[i].count, count, &w->dtypes[i].count) &&
                   !__builtin_add_overflow(w->total, count, &w->total);
        }
    }
    if (w->n_dtypes == LH_DTYPES_MAX || strlen(dtype) >= sizeof w->dtypes[0].name) {
        return false;
    }
    struct lh_dtype *fresh = &w->dtypes[w->n_dtypes++];
    snprintf(fresh->name, sizeof fresh->name, "%s", dtype);
    fresh->count = count;
    return !__builtin_add_overflow(w->total, count, &w->total);
}

bool lh_weights_add_header(struct lh_weights *w, const char *json, size_t n, struct err *e)
{
    cJSON *header = json_parse(json, n, e);
    if (!header) {
        return false;
    }
    struct lh_weights sum = *w;
    bool ok = cJSON_IsObject(header);
    const cJSON *tensor = NULL;
    cJSON_ArrayForEach(tensor, header)
    {
        if (!ok || strcmp(tensor->string, "__metadata__") == 0) {
            continue;
        }
        const char *dtype = json_str(tensor, "dtype");
        const cJSON *shape = json_arr(tensor, "shape");
        uint64_t count = 0;
        ok = dtype && shape && count_elements(shape, &count) && add_count(&sum, dtype, count);
    }
    cJSON_Delete(header);
    if (!ok) {
        return err_set(e, ERR_DAMAGED, "a tensor of the safetensors header makes no sense");
    }
    *w = sum;
    return true;
}

static bool read_at(int fd, void *to, size_t n, uint64_t at)
{
    size_t have = 0;
    while (have < n) {
        const ssize_t got = pread(fd, (char *)to + have, n - have, (off_t)(at + have));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        have += (size_t)got;
    }
    return true;
}

static int open_sized(const char *path, uint64_t *size, struct err *e)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_set_sys(e, ERR_IO, errno, "%s", path);
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    *size = (uint64_t)st.st_size;
    return fd;
}

static uint64_t little_endian(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    while (n-- > 0) {
        v = v << 8 | p[n];
    }
    return v;
}

char *lh_safetensors_header(const char *path, size_t *n, struct err *e)
{
    uint64_t size = 0;
    const int fd = open_sized(path, &size, e);
    if (fd < 0) {
        return NULL;
    }
    unsigned char prefix[8];
    uint64_t length = 0;
    bool ok = size >= sizeof prefix && read_at(fd, prefix, sizeof prefix, 0);
    if (ok) {
        length = little_endian(prefix, sizeof prefix);
        ok = length <= size - sizeof prefix && length <= HEADER_MAX;
    }
    char *json = ok ? try_alloc((size_t)length + 1, 1) : NULL;
    ok = json && read_at(fd, json, (size_t)length, sizeof prefix);
    close(fd);
    if (!ok) {
        err_set(e, ERR_DAMAGED, "%s has no safetensors header", path);
        free(json);
        return NULL;
    }
    *n = (size_t)length;
    return json;
}

bool lh_weights_add_safetensors(struct lh_weights *w, const char *path, struct err *e)
{
    size_t n = 0;
    char *json = lh_safetensors_header(path, &n, e);
    const bool ok = json && lh_weights_add_header(w, json, n, e);
    free(json);
    return ok;
}

/* ---- GGUF ---- */

struct gguf_in {
    int fd;
    uint64_t at, end; /* of the file, end no further than GGUF_HEADER_MAX */
    uint64_t chunk_at;
    size_t chunk_n;
    unsigned char chunk[16384];
};

static bool in_take(struct gguf_in *in, void *to, size_t n)
{
    if (n > in->end - in->at) {
        return false;
    }
    for (size_t have = 0; have < n;) {
        if (in->at < in->chunk_at || in->at >= in->chunk_at + in->chunk_n) {
            const uint64_t left = in->end - in->at;
            in->chunk_n = left < sizeof in->chunk ? (size_t)left : sizeof in->chunk;
            in->chunk_at = in->at;
            if (!read_at(in->fd, in->chunk, in->chunk_n, in->at)) {
                in->chunk_n = 0;
                return false;
            }
        }
        const size_t skip = (size_t)(in->at - in->chunk_at);
        const size_t part = in->chunk_n - skip < n - have ? in->chunk_n - skip : n - have;
        memcpy((char *)to + have, in->chunk + skip, part);
        have += part;
        in->at += part;
    }
    return true;
}

static bool in_skip(struct gguf_in *in, uint64_t n)
{
    if (n > in->end - in->at) {
        return false;
    }
    in->at += n;
    return true;
}

static bool in_number(struct gguf_in *in, size_t bytes, uint64_t *out)
{
    unsigned char raw[8];
    if (!in_take(in, raw, bytes)) {
        return false;
    }
    *out = little_endian(raw, bytes);
    return true;
}

/* The first bytes of a string; one that is longer than text is cut, the rest skipped. */
static bool in_string(struct gguf_in *in, char text[NAME_MAX_BYTES])
{
    uint64_t n = 0;
    if (!in_number(in, 8, &n)) {
        return false;
    }
    const size_t keep = n < NAME_MAX_BYTES - 1 ? (size_t)n : NAME_MAX_BYTES - 1;
    text[keep] = '\0';
    return in_take(in, text, keep) && in_skip(in, n - keep);
}

enum gguf_type { GGUF_STRING = 8, GGUF_ARRAY = 9 };

/* Bytes of one value; 0: a string, an array or an unknown type. */
static size_t width_of(uint64_t type)
{
    static const unsigned char WIDTHS[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return type < sizeof WIDTHS ? WIDTHS[type] : 0;
}

static bool skip_value(struct gguf_in *in, uint64_t type, int depth)
{
    char text[NAME_MAX_BYTES];
    if (type == GGUF_STRING) {
        return in_string(in, text);
    }
    if (type != GGUF_ARRAY) {
        return width_of(type) > 0 && in_skip(in, width_of(type));
    }
    uint64_t of = 0;
    uint64_t n = 0;
    uint64_t bytes = 0;
    if (depth >= NESTING_MAX || !in_number(in, 4, &of) || !in_number(in, 8, &n)) {
        return false;
    }
    if (width_of(of) > 0) {
        return multiply(n, width_of(of), &bytes) && in_skip(in, bytes);
    }
    bool ok = of == GGUF_STRING || of == GGUF_ARRAY;
    for (uint64_t i = 0; ok && i < n; i++) {
        ok = skip_value(in, of, depth + 1);
    }
    return ok;
}

static bool is_context_key(const char *key)
{
    static const char TAIL[] = ".context_length";
    const size_t n = strlen(key);
    return n >= sizeof TAIL && strcmp(key + n - (sizeof TAIL - 1), TAIL) == 0;
}

static bool read_key(struct gguf_in *in, struct lh_weights *w)
{
    char key[NAME_MAX_BYTES];
    uint64_t type = 0;
    if (!in_string(in, key) || !in_number(in, 4, &type)) {
        return false;
    }
    if (strcmp(key, "general.architecture") == 0 && type == GGUF_STRING) {
        return in_string(in, w->gguf_arch);
    }
    if (is_context_key(key) && (type == 4 || type == 10)) {
        w->has_gguf_context = true;
        return in_number(in, width_of(type), &w->gguf_context);
    }
    return skip_value(in, type, 0);
}

/* name, dimensions, type, offset */
static bool read_tensor(struct gguf_in *in, struct lh_weights *w)
{
    char name[NAME_MAX_BYTES];
    uint64_t dims = 0;
    uint64_t count = 1;
    if (!in_string(in, name) || !in_number(in, 4, &dims) || dims > DIMS_MAX) {
        return false;
    }
    for (uint64_t i = 0; i < dims; i++) {
        uint64_t dim = 0;
        if (!in_number(in, 8, &dim) || !multiply(count, dim, &count)) {
            return false;
        }
    }
    return in_skip(in, 4 + 8) && !__builtin_add_overflow(w->gguf_total, count, &w->gguf_total);
}

static bool read_header(struct gguf_in *in, struct lh_weights *w)
{
    char magic[4];
    uint64_t version = 0;
    uint64_t tensors = 0;
    uint64_t keys = 0;
    if (!in_take(in, magic, sizeof magic) || memcmp(magic, "GGUF", 4) != 0 ||
        !in_number(in, 4, &version) || version < 2 || version > 3 || !in_number(in, 8, &tensors) ||
        !in_number(in, 8, &keys) || tensors > GGUF_COUNT_MAX || keys > GGUF_COUNT_MAX) {
        return false;
    }
    bool ok = true;
    for (uint64_t i = 0; ok && i < keys; i++) {
        ok = read_key(in, w);
    }
    for (uint64_t i = 0; ok && i < tensors; i++) {
        ok = read_tensor(in, w);
    }
    return ok;
}

bool lh_weights_read_gguf(struct lh_weights *w, const char *path, struct err *e)
{
    uint64_t size = 0;
    struct gguf_in in = {.fd = open_sized(path, &size, e)};
    if (in.fd < 0) {
        return false;
    }
    in.end = size < GGUF_HEADER_MAX ? size : GGUF_HEADER_MAX;
    struct lh_weights found = *w;
    found.has_gguf = true;
    const bool ok = read_header(&in, &found);
    close(in.fd);
    if (!ok) {
        return err_set(e, ERR_DAMAGED, "%s has no readable GGUF header", path);
    }
    *w = found;
    return true;
}
