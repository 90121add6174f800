/* SPDX-License-Identifier: Apache-2.0 */
/* A file of the cache: one line
 *     hfterm-http 1 <fetched, 20 digits> <url bytes> <header bytes> <body bytes> <sha256>\n
 * then URL, headers and body. The SHA-256 is of everything behind the line. The name is the SHA-256
 * of account and URL, its first two digits a folder. The time of last use is the file's mtime.
 */
#include "core/net/httpcache.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/net/http_head.h"

#define MAGIC "hfterm-http 1 "

enum {
    MAGIC_LEN = sizeof MAGIC - 1,
    TIME_LEN = 20,
    LINE_MAX_BYTES = 256, /* of the first line */
    URL_MAX_BYTES = 4096, /* as far as httpcache_forget looks */
    LEFTOVER_S = 3600,    /* a temporary file this old has lost its writer */
};

struct httpcache {
    char *dir; /* NULL: stores nothing */
    uint64_t max_bytes;
    pthread_mutex_t lock; /* of what follows */
    uint64_t bytes;       /* in the folder, as far as we know */
    bool is_counted;
};

struct httpcache *httpcache_new(const char *dir, uint64_t max_bytes)
{
    struct httpcache *c = xcalloc(1, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    c->max_bytes = max_bytes;
    c->dir = dir ? xstrdup(dir) : paths_cache("http");
    if (!file_mkdirs(c->dir, 0700, NULL) || !file_is_dir(c->dir)) {
        free(c->dir);
        c->dir = NULL;
    }
    return c;
}

void httpcache_free(struct httpcache *c)
{
    if (c) {
        pthread_mutex_destroy(&c->lock);
        free(c->dir);
        free(c);
    }
}

void httpcache_entry_done(struct httpcache_entry *entry)
{
    buf_done(&entry->body);
    free(entry->etag);
    free(entry->headers);
    *entry = (struct httpcache_entry){0};
}

/* Owned. NULL when nothing is stored. */
static char *path_of(const struct httpcache *c, const char *account, const char *url)
{
    if (!c->dir) {
        return NULL;
    }
    char *key = xasprintf("%s\n%s", account, url);
    char hex[HASH_SHA256_HEX];
    hash_sha256(key, strlen(key), hex);
    free(key);
    return xasprintf("%s/%.2s/%s", c->dir, hex, hex + 2);
}

struct layout {
    int64_t fetched_unix_s;
    size_t url_at, url_len, headers_len, body_len;
    const char *sha256;
};

static bool take_number(const char **p, const char *end, uint64_t *out)
{
    *out = 0;
    const char *const start = *p;
    while (*p < end && isdigit((unsigned char)**p) && *p - start <= TIME_LEN) {
        *out = *out * 10 + (uint64_t)(**p - '0');
        (*p)++;
    }
    const bool is_whole = *p > start && *p < end && **p == ' ';
    *p += is_whole;
    return is_whole;
}

static bool parse_layout(const struct buf *file, struct layout *l)
{
    const size_t head_max = file->n < LINE_MAX_BYTES ? file->n : LINE_MAX_BYTES;
    const char *end = file->n ? memchr(file->p, '\n', head_max) : NULL;
    if (!end || head_max < MAGIC_LEN || memcmp(file->p, MAGIC, MAGIC_LEN) != 0) {
        return false;
    }
    const char *p = file->p + MAGIC_LEN;
    uint64_t fetched = 0;
    uint64_t url_len = 0;
    uint64_t headers_len = 0;
    uint64_t body_len = 0;
    if (!take_number(&p, end, &fetched) || !take_number(&p, end, &url_len) ||
        !take_number(&p, end, &headers_len) || !take_number(&p, end, &body_len) ||
        end - p != HASH_SHA256_HEX - 1) {
        return false;
    }
    l->url_at = (size_t)(end + 1 - file->p);
    const uint64_t rest = file->n - l->url_at;
    if (fetched > INT64_MAX || url_len > rest || headers_len > rest - url_len ||
        body_len != rest - url_len - headers_len) {
        return false;
    }
    l->fetched_unix_s = (int64_t)fetched;
    l->url_len = (size_t)url_len;
    l->headers_len = (size_t)headers_len;
    l->body_len = (size_t)body_len;
    l->sha256 = p;
    return true;
}

static bool is_whole(const struct buf *file, const struct layout *l)
{
    char hex[HASH_SHA256_HEX];
    hash_sha256(file->p + l->url_at, file->n - l->url_at, hex);
    return memcmp(hex, l->sha256, HASH_SHA256_HEX - 1) == 0;
}

static void fill_entry(struct buf *file, const struct layout *l, struct httpcache_entry *out)
{
    const size_t headers_at = l->url_at + l->url_len;
    out->fetched_unix_s = l->fetched_unix_s;
    out->headers = xstrndup(file->p + headers_at, l->headers_len);
    out->etag = http_head_get(out->headers, "etag");
    buf_consume(file, headers_at + l->headers_len);
    out->body = *file;
    *file = (struct buf)BUF_INIT;
}

bool httpcache_get(struct httpcache *c, const char *account, const char *url,
                   struct httpcache_entry *out)
{
    *out = (struct httpcache_entry){0};
    char *path = path_of(c, account, url);
    struct buf file = BUF_INIT;
    struct layout l = {0};
    bool is_found = false;
    if (path && file_read(path, &file, (size_t)c->max_bytes, NULL)) {
        if (!parse_layout(&file, &l) || !is_whole(&file, &l)) {
            unlink(path);
        } else if (str_eq((struct str){file.p + l.url_at, l.url_len}, url)) {
            utimensat(AT_FDCWD, path, NULL, 0); /* used now: the last to be pruned */
            fill_entry(&file, &l, out);
            is_found = true;
        }
    }
    buf_done(&file);
    free(path);
    return is_found;
}

struct found {
    char *path;
    struct timespec used;
    uint64_t bytes;
};

struct listing {
    struct found *files;
    size_t n, cap;
    uint64_t bytes;
};

static void listing_done(struct listing *all)
{
    for (size_t i = 0; i < all->n; i++) {
        free(all->files[i].path);
    }
    free(all->files);
}

static bool is_hex_name(const char *name, size_t len)
{
    return strlen(name) == len && strspn(name, "0123456789abcdef") == len;
}

/* One file of a shard; a temporary file that was left behind goes. */
static void list_file(struct listing *all, const char *shard, const char *name)
{
    char *path = paths_join(shard, name);
    struct stat st;
    if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        free(path);
        return;
    }
    if (!is_hex_name(name, HASH_SHA256_HEX - 3)) {
        if (strchr(name, '.') && time(NULL) - st.st_mtime > LEFTOVER_S) {
            unlink(path);
        }
        free(path);
        return;
    }
    void *files = all->files;
    if (!mem_grow(&files, &all->cap, all->n + 1, sizeof *all->files)) {
        free(path);
        return;
    }
    all->files = files;
    all->files[all->n++] =
        (struct found){.path = path, .used = st.st_mtim, .bytes = (uint64_t)st.st_size};
    all->bytes += (uint64_t)st.st_size;
}

static void list_shard(struct listing *all, const char *shard)
{
    DIR *d = opendir(shard);
    const struct dirent *entry = NULL;
    while (d && (entry = readdir(d)) != NULL) {
        list_file(all, shard, entry->d_name);
    }
    if (d) {
        closedir(d);
    }
}

static struct listing list_all(const struct httpcache *c)
{
    struct listing all = {0};
    DIR *d = c->dir ? opendir(c->dir) : NULL;
    const struct dirent *entry = NULL;
    while (d && (entry = readdir(d)) != NULL) {
        if (is_hex_name(entry->d_name, 2)) {
            char *shard = paths_join(c->dir, entry->d_name);
            list_shard(&all, shard);
            free(shard);
        }
    }
    if (d) {
        closedir(d);
    }
    return all;
}

static int by_use(const void *a, const void *b)
{
    const struct timespec *left = &((const struct found *)a)->used;
    const struct timespec *right = &((const struct found *)b)->used;
    if (left->tv_sec != right->tv_sec) {
        return left->tv_sec < right->tv_sec ? -1 : 1;
    }
    return (left->tv_nsec > right->tv_nsec) - (left->tv_nsec < right->tv_nsec);
}

/* Remove what was used the longest ago until a tenth of the space is free. The lock is held. */
static void prune(struct httpcache *c)
{
    struct listing all = list_all(c);
    if (all.bytes > c->max_bytes) {
        qsort(all.files, all.n, sizeof *all.files, by_use);
        const uint64_t goal = c->max_bytes - c->max_bytes / 10;
        for (size_t i = 0; i < all.n && all.bytes > goal; i++) {
            unlink(all.files[i].path);
            all.bytes -= all.files[i].bytes;
        }
    }
    c->bytes = all.bytes;
    c->is_counted = true;
    listing_done(&all);
}

static void count_new(struct httpcache *c, size_t bytes)
{
    pthread_mutex_lock(&c->lock);
    c->bytes += bytes;
    if (!c->is_counted || c->bytes > c->max_bytes) {
        prune(c);
    }
    pthread_mutex_unlock(&c->lock);
}

/* Cookies are a kind of token and serve no one here. */
static void put_headers(struct buf *out, const char *headers)
{
    for (const char *p = headers; *p;) {
        const size_t n = strcspn(p, "\n") + (strchr(p, '\n') != NULL);
        if (!str_starts(p, "set-cookie:")) {
            buf_append(out, p, n);
        }
        p += n;
    }
}

void httpcache_put(struct httpcache *c, const char *account, const char *url, const char *headers,
                   const void *body, size_t n)
{
    char *path = path_of(c, account, url);
    if (!path || n > c->max_bytes) {
        free(path);
        return;
    }
    struct buf rest = BUF_INIT;
    struct buf file = BUF_INIT;
    buf_puts(&rest, url);
    const size_t url_len = rest.n;
    put_headers(&rest, headers ? headers : "");
    const size_t headers_len = rest.n - url_len;
    buf_append(&rest, body, n);
    char hex[HASH_SHA256_HEX];
    hash_sha256(buf_str(&rest), rest.n, hex);
    buf_printf(&file, MAGIC "%0*" PRId64 " %zu %zu %zu %s\n", TIME_LEN, clock_unix_s(), url_len,
               headers_len, n, hex);
    buf_append(&file, buf_str(&rest), rest.n);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    const bool has_shard = file_mkdirs(path, 0700, NULL);
    *slash = '/';
    if (has_shard && file.n <= c->max_bytes && file_write_atomic(path, file.p, file.n, 0600, NULL)) {
        count_new(c, file.n);
    }
    buf_done(&rest);
    buf_done(&file);
    free(path);
}

void httpcache_touch(struct httpcache *c, const char *account, const char *url)
{
    char *path = path_of(c, account, url);
    const int fd = path ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
    char magic[MAGIC_LEN] = {0};
    if (fd >= 0 && pread(fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic &&
        memcmp(magic, MAGIC, sizeof magic) == 0) {
        char stamp[TIME_LEN + 1];
        snprintf(stamp, sizeof stamp, "%0*" PRId64, TIME_LEN, clock_unix_s());
        if (pwrite(fd, stamp, TIME_LEN, MAGIC_LEN) != TIME_LEN) {
            unlink(path); /* half a time is worse than none */
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    free(path);
}

/* Is the file that of prefix or of something below it? */
static bool is_below(const char *path, const char *prefix)
{
    char head[LINE_MAX_BYTES + URL_MAX_BYTES];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    const ssize_t got = fd >= 0 ? read(fd, head, sizeof head) : -1;
    if (fd >= 0) {
        close(fd);
    }
    const char *end = got > 0 ? memchr(head, '\n', (size_t)got) : NULL;
    const size_t n = strlen(prefix);
    const size_t room = end ? (size_t)(head + got - end - 1) : 0;
    const char *p = head + MAGIC_LEN;
    uint64_t fetched = 0;
    uint64_t url_len = 0;
    if (!end || end < p || memcmp(head, MAGIC, MAGIC_LEN) != 0 || !take_number(&p, end, &fetched) ||
        !take_number(&p, end, &url_len) || n > room || n > url_len ||
        memcmp(end + 1, prefix, n) != 0) {
        return false;
    }
    return n == url_len || (n < room && (end[1 + n] == '/' || end[1 + n] == '?'));
}

void httpcache_forget(struct httpcache *c, const char *prefix)
{
    struct listing all = list_all(c);
    for (size_t i = 0; i < all.n; i++) {
        if (is_below(all.files[i].path, prefix)) {
            unlink(all.files[i].path);
        }
    }
    listing_done(&all);
    pthread_mutex_lock(&c->lock);
    c->is_counted = false;
    pthread_mutex_unlock(&c->lock);
}

struct httpcache_info httpcache_info(struct httpcache *c)
{
    struct listing all = list_all(c);
    const struct httpcache_info info = {.bytes = all.bytes, .entries = all.n};
    listing_done(&all);
    return info;
}

bool httpcache_clear(struct httpcache *c, struct err *e)
{
    bool is_ok = true;
    struct listing all = list_all(c);
    for (size_t i = 0; i < all.n; i++) {
        if (is_ok && unlink(all.files[i].path) != 0 && errno != ENOENT) {
            is_ok = err_set_sys(e, ERR_IO, errno, "cannot remove %s", all.files[i].path);
        }
    }
    listing_done(&all);
    pthread_mutex_lock(&c->lock);
    c->is_counted = false;
    c->bytes = 0;
    pthread_mutex_unlock(&c->lock);
    return is_ok;
}
