/* SPDX-License-Identifier: Apache-2.0 */
/* A file of the Hub as a source of bytes, and which reader gets it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/safetensors.h"
#include "core/format/safetensors_index.h"
#include "core/peek/peek_parts.h"

/* ---- kinds ---- */

typedef bool peek_reader(struct peek *p, const struct format_source *source, struct err *e);

static const struct peek_kind {
    const char *end;
    size_t first;      /* bytes that the first request asks for */
    peek_reader *read; /* NULL: an index */
} KINDS[] = {
    {".safetensors", 128 * 1024, peek_safetensors},
    {".gguf", 256 * 1024, peek_gguf},
    {".parquet", 16 * 1024, peek_parquet},
    {".png", 4 * 1024, peek_picture},
    {".apng", 4 * 1024, peek_picture},
    {".jpg", 16 * 1024, peek_picture},
    {".jpeg", 16 * 1024, peek_picture},
    {".jpe", 16 * 1024, peek_picture},
    {".jfif", 16 * 1024, peek_picture},
    {".webp", 4 * 1024, peek_picture},
};
static const struct peek_kind INDEX = {".json", 512 * 1024, NULL};

static bool ends_with(const char *path, const char *end)
{
    const size_t n = strlen(path), m = strlen(end);
    return n >= m && strcasecmp(path + n - m, end) == 0;
}

/* "model.safetensors.index.json"; a variant stands in between: ".safetensors.index.fp16.json". */
static const struct peek_kind *kind_of(const char *path)
{
    if (str_casestr(path, ".safetensors.index.") && ends_with(path, INDEX.end)) {
        return &INDEX;
    }
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (ends_with(path, KINDS[i].end)) {
            return &KINDS[i];
        }
    }
    return NULL;
}

bool peek_knows(const char *path)
{
    return kind_of(path) != NULL;
}

/* ---- a file by ranges ---- */

struct remote {
    struct hub *hub;
    const struct peek_want *want;
    const char *path;
    struct hub_get *get;
    struct hub_blob *head; /* the first bytes; NULL until remote_open */
};

static struct hub_blob *read_at(const struct remote *r, uint64_t offset, size_t n, struct err *e)
{
    struct hub_get get = {.fresh = r->get->fresh, .task = r->get->task};
    const struct peek_want *w = r->want;
    struct hub_blob *b = hub_read(r->hub, w->kind, w->id, w->revision, r->path, offset, n, &get, e);
    if (b && (!r->head || get.is_stale)) {
        *r->get = get; /* how old the answer is */
    }
    return b;
}

/* What of it the head holds is taken from there. */
static bool read_range(void *ctx, uint64_t offset, void *dst, size_t n, struct err *e)
{
    const struct remote *r = ctx;
    const uint64_t ahead = offset < r->head->bytes.n ? r->head->bytes.n - offset : 0;
    const size_t have = ahead < n ? (size_t)ahead : n;
    if (have > 0) {
        memcpy(dst, r->head->bytes.p + offset, have);
    }
    if (have == n) {
        return true;
    }
    const uint64_t from = offset + have;
    struct hub_blob *b = read_at(r, from, n - have, e);
    bool ok = b != NULL;
    if (b && b->bytes.n != n - have) {
        ok = err_set(e, ERR_DAMAGED, "%s: %zu bytes of %zu came from byte %llu", r->path,
                     b->bytes.n, n - have, (unsigned long long)from);
    } else if (b && b->etag && r->head->etag && strcmp(b->etag, r->head->etag) != 0) {
        err_set(e, ERR_CONFLICT, "%s has changed while it was read", r->path);
        ok = err_remedy(e, "Read it again.");
    }
    if (ok) {
        memcpy((char *)dst + have, b->bytes.p, n - have);
    }
    hub_blob_free(b);
    return ok;
}

static bool remote_open(struct remote *r, size_t first, struct format_source *source, struct err *e)
{
    r->head = read_at(r, 0, first, e);
    if (r->head && !r->head->has_size) {
        return err_set(e, ERR_SERVER, "%s: the server does not say how large the file is", r->path);
    }
    if (r->head) {
        *source = (struct format_source){r->path, r->head->size, read_range, r};
    }
    return r->head != NULL;
}

static void remote_close(struct remote *r)
{
    hub_blob_free(r->head);
    r->head = NULL;
}

/* ---- shards ---- */

struct shard_room {
    struct remote *index;
    struct hub_shards *all; /* every header in one answer, NULL: read each */
    char *path;             /* of the shard that is open */
};

static struct safetensors *open_told(const struct shard_room *room, const char *file, struct err *e)
{
    for (size_t i = 0; i < room->all->n_items; i++) {
        const struct hub_shard *s = &room->all->items[i];
        if (strcmp(s->file, file) == 0) {
            return safetensors_parse(s->header, strlen(s->header), s->data_bytes, e);
        }
    }
    err_set(e, ERR_NOT_FOUND, "the server does not tell its header");
    return NULL;
}

/* A shard lies beside its index. */
static struct safetensors *open_shard(void *ctx, const char *file, struct err *e)
{
    enum { FIRST = 128 * 1024 };
    struct shard_room *room = ctx;
    if (room->all) {
        return open_told(room, file, e);
    }
    const char *slash = strrchr(room->index->path, '/');
    const size_t folder = slash ? (size_t)(slash - room->index->path) + 1 : 0;
    struct hub_get get = {.fresh = room->index->get->fresh, .task = room->index->get->task};
    free(room->path);
    room->path = xasprintf("%.*s%s", (int)folder, room->index->path, file);
    struct remote r = {room->index->hub, room->index->want, room->path, &get, NULL};
    struct format_source source;
    struct safetensors *s =
        remote_open(&r, FIRST, &source, e) ? safetensors_open_source(&source, e) : NULL;
    remote_close(&r);
    return s;
}

static bool read_index(struct peek *p, struct remote *r, const struct format_source *source,
                       struct err *e)
{
    struct shard_room room = {.index = r};
    const struct peek_shard_source shards = {open_shard, &room};
    char *json = NULL;
    if (source->size > ST_INDEX_MAX) {
        return err_set(e, ERR_LIMIT, "%s has more than %d MiB", r->path, ST_INDEX_MAX >> 20);
    }
    json = xmalloc((size_t)source->size + 1);
    bool ok = source->read(source->ctx, 0, json, (size_t)source->size, e);
    if (ok && r->want->kind == HUB_MODEL && !r->want->revision) {
        struct hub_get get = {.fresh = r->get->fresh, .task = r->get->task};
        struct err why = ERR_INIT;
        room.all = hub_shard_headers(r->hub, r->want->id, r->path, &get, &why);
        if (why.code == ERR_CANCELLED) {
            *e = why;
            ok = false;
        }
    }
    ok = ok && peek_shards(p, json, (size_t)source->size, &shards, e);
    hub_shards_free(room.all);
    free(room.path);
    free(json);
    return ok;
}

/* ---- the call ---- */

struct peek *peek_read(struct hub *hub, const struct peek_want *want, struct hub_get *get,
                       struct err *e)
{
    struct hub_get own = {0};
    const struct peek_kind *kind = kind_of(want->path);
    if (!kind) {
        err_set(e, ERR_UNSUPPORTED,
                "%s has no header that is read here: safetensors and their index, GGUF, Parquet, "
                "PNG, JPEG and WebP have",
                want->path);
        return NULL;
    }
    struct remote r = {hub, want, want->path, get ? get : &own, NULL};
    struct format_source source;
    struct peek *p = xcalloc(1, sizeof *p);
    struct err none = ERR_INIT;
    struct err *why = e ? e : &none;
    const bool ok = remote_open(&r, kind->first, &source, why) &&
                    (kind->read ? kind->read(p, &source, why) : read_index(p, &r, &source, why));
    p->file_bytes = ok ? source.size : 0;
    remote_close(&r);
    if (!ok) {
        peek_free(p);
        return NULL;
    }
    return p;
}
