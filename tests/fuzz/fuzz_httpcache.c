/* SPDX-License-Identifier: Apache-2.0 */
/* A file of the cache with any bytes in it is taken whole or removed. With a right checksum put in
 * its place, the lengths in the first line are all that guards the rest. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/net/httpcache.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static char folder[] = "/tmp/hfterm-fuzz-XXXXXX";
static char *path;
static struct httpcache *cache;

static void clean_up(void)
{
    httpcache_free(cache);
    file_remove_tree(folder, NULL);
    free(path);
}

static void set_up(void)
{
    char hex[HASH_SHA256_HEX];
    hash_sha256("me\nu", 4, hex);
    if (!mkdtemp(folder)) {
        abort();
    }
    cache = httpcache_new(folder, 1 << 20);
    path = xasprintf("%s/%.2s", folder, hex);
    file_mkdirs(path, 0700, NULL);
    free(path);
    path = xasprintf("%s/%.2s/%s", folder, hex, hex + 2);
    atexit(clean_up);
}

static void mend_checksum(char *text, size_t n)
{
    char *end = memchr(text, '\n', n);
    if (end && end - text >= HASH_SHA256_HEX - 1) {
        char hex[HASH_SHA256_HEX];
        hash_sha256(end + 1, n - (size_t)(end + 1 - text), hex);
        memcpy(end - (HASH_SHA256_HEX - 1), hex, HASH_SHA256_HEX - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!path) {
        set_up();
    }
    char *text = xcalloc(1, n + 1);
    memcpy(text, bytes, n);
    mend_checksum(text, n);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, n) != (ssize_t)n) {
        abort();
    }
    close(fd);
    struct httpcache_entry entry;
    if (httpcache_get(cache, "me", "u", &entry) && entry.body.n > n) {
        abort();
    }
    httpcache_entry_done(&entry);
    free(text);
    return 0;
}
