/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/hashes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum entry_state { ENTRY_READING, ENTRY_READY, ENTRY_FAILED };

/* One path; replaced when the file behind it changed. Kept in a hash table with chains. */
struct entry {
    struct entry *next;
    char *path;
    uint64_t size, inode;
    int64_t mtime_ns;
    enum entry_state state;
    struct lh_hash hash;
    struct err why; /* of ENTRY_FAILED */
};

enum { BUCKETS = 4096 };

struct lh_hashes {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct entry *buckets[BUCKETS];
};

struct lh_hashes *lh_hashes_new(void)
{
    struct lh_hashes *h = xcalloc(1, sizeof *h);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, NULL);
    return h;
}

void lh_hashes_free(struct lh_hashes *h)
{
    if (!h) {
        return;
    }
    for (size_t i = 0; i < BUCKETS; i++) {
        while (h->buckets[i]) {
            struct entry *next = h->buckets[i]->next;
            free(h->buckets[i]->path);
            free(h->buckets[i]);
            h->buckets[i] = next;
        }
    }
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

static struct entry *find(struct lh_hashes *h, const char *path)
{
    uint64_t sum = 1469598103934665603ULL;
    for (const char *c = path; *c; c++) {
        sum = (sum ^ (unsigned char)*c) * 1099511628211ULL;
    }
    struct entry **bucket = &h->buckets[sum % BUCKETS];
    for (struct entry *at = *bucket; at; at = at->next) {
        if (strcmp(at->path, path) == 0) {
            return at;
        }
    }
    struct entry *fresh = xcalloc(1, sizeof *fresh);
    fresh->path = xstrdup(path);
    fresh->state = ENTRY_FAILED; /* nobody has read it yet */
    fresh->next = *bucket;
    *bucket = fresh;
    return fresh;
}

static bool is_same(const struct entry *entry, const struct lh_hash_key *key)
{
    return entry->size == key->size && entry->inode == key->inode &&
           entry->mtime_ns == key->mtime_ns;
}

/* Called without the lock: reads the whole file. */
static bool read_file(const struct lh_hash_key *key, struct lh_hash *out, struct err *e)
{
    uint64_t size = 0;
    if (!hash_file(key->path, out->sha256, out->git_sha1, &size, e)) {
        return false;
    }
    if (size != key->size) {
        return err_set(e, ERR_CONFLICT, "%s changed while it was read", key->path);
    }
    return true;
}

bool lh_hashes_get(struct lh_hashes *h, const struct lh_hash_key *key, struct lh_hash *out,
                   struct err *e)
{
    pthread_mutex_lock(&h->lock);
    struct entry *entry = find(h, key->path);
    while (entry->state == ENTRY_READING) {
        pthread_cond_wait(&h->changed, &h->lock);
    }
    if (entry->state != ENTRY_READY || !is_same(entry, key)) {
        entry->state = ENTRY_READING;
        pthread_mutex_unlock(&h->lock);
        struct lh_hash hash = {0};
        struct err why = ERR_INIT;
        const bool ok = read_file(key, &hash, &why);
        pthread_mutex_lock(&h->lock);
        entry->state = ok ? ENTRY_READY : ENTRY_FAILED;
        entry->size = key->size;
        entry->inode = key->inode;
        entry->mtime_ns = key->mtime_ns;
        entry->hash = hash;
        entry->why = why;
        pthread_cond_broadcast(&h->changed);
    }
    const bool ok = entry->state == ENTRY_READY;
    if (ok) {
        *out = entry->hash;
    } else if (e) {
        *e = entry->why;
    }
    pthread_mutex_unlock(&h->lock);
    return ok;
}
