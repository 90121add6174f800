/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static EVP_MD_CTX *begin(const EVP_MD *md)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || EVP_DigestInit_ex(ctx, md, NULL) != 1) {
        xmalloc((size_t)-1); /* libcrypto fails here only when memory is gone */
    }
    return ctx;
}

static void finish(EVP_MD_CTX *ctx, char *hex)
{
    static const char DIGITS[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    EVP_DigestFinal_ex(ctx, raw, &n);
    EVP_MD_CTX_free(ctx);
    for (unsigned int i = 0; i < n; i++) {
        hex[2 * i] = DIGITS[raw[i] >> 4];
        hex[2 * i + 1] = DIGITS[raw[i] & 15];
    }
    hex[2 * n] = '\0';
}

static void begin_blob(EVP_MD_CTX *ctx, uint64_t size)
{
    char head[32];
    int n = snprintf(head, sizeof head, "blob %llu", (unsigned long long)size);
    EVP_DigestUpdate(ctx, head, (size_t)n + 1);
}

void hash_sha256(const void *bytes, size_t n, char hex[HASH_SHA256_HEX])
{
    EVP_MD_CTX *ctx = begin(EVP_sha256());
    EVP_DigestUpdate(ctx, bytes, n);
    finish(ctx, hex);
}

void hash_sha1(const void *bytes, size_t n, char hex[HASH_SHA1_HEX])
{
    EVP_MD_CTX *ctx = begin(EVP_sha1());
    EVP_DigestUpdate(ctx, bytes, n);
    finish(ctx, hex);
}

void hash_git_blob(const void *bytes, size_t n, char hex[HASH_SHA1_HEX])
{
    EVP_MD_CTX *ctx = begin(EVP_sha1());
    begin_blob(ctx, n);
    EVP_DigestUpdate(ctx, bytes, n);
    finish(ctx, hex);
}

struct hash {
    EVP_MD_CTX *ctx;
};

static struct hash *new_hash(const EVP_MD *md)
{
    struct hash *h = xcalloc(1, sizeof *h);
    h->ctx = begin(md);
    return h;
}

struct hash *hash_begin_sha256(void)
{
    return new_hash(EVP_sha256());
}

struct hash *hash_begin_git_blob(uint64_t size)
{
    struct hash *h = new_hash(EVP_sha1());
    begin_blob(h->ctx, size);
    return h;
}

void hash_add(struct hash *h, const void *bytes, size_t n)
{
    EVP_DigestUpdate(h->ctx, bytes, n);
}

void hash_end(struct hash *h, char *hex)
{
    char unwanted[2 * EVP_MAX_MD_SIZE + 1];
    if (h) {
        finish(h->ctx, hex ? hex : unwanted);
        free(h);
    }
}

bool hash_file(const char *path, char sha256[HASH_SHA256_HEX], char git_sha1[HASH_SHA1_HEX],
               uint64_t *size, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        int sys = errno;
        if (fd >= 0) {
            close(fd);
        }
        return err_set_sys(e, sys == ENOENT ? ERR_NOT_FOUND : ERR_IO, sys, "%s", path);
    }
    EVP_MD_CTX *long_ctx = begin(EVP_sha256());
    EVP_MD_CTX *git_ctx = begin(EVP_sha1());
    begin_blob(git_ctx, (uint64_t)st.st_size);
    unsigned char chunk[32 * 1024];
    uint64_t total = 0;
    ssize_t got = 0;
    while ((got = read(fd, chunk, sizeof chunk)) > 0) {
        EVP_DigestUpdate(long_ctx, chunk, (size_t)got);
        EVP_DigestUpdate(git_ctx, chunk, (size_t)got);
        total += (uint64_t)got;
    }
    int sys = errno;
    close(fd);
    char sha256_hex[HASH_SHA256_HEX];
    char sha1_hex[HASH_SHA1_HEX];
    finish(long_ctx, sha256_hex);
    finish(git_ctx, sha1_hex);
    if (got < 0) {
        return err_set_sys(e, ERR_IO, sys, "%s", path);
    }
    if (total != (uint64_t)st.st_size) {
        return err_set(e, ERR_IO, "%s changed while it was read", path);
    }
    if (sha256) {
        memcpy(sha256, sha256_hex, sizeof sha256_hex);
    }
    if (git_sha1) {
        memcpy(git_sha1, sha1_hex, sizeof sha1_hex);
    }
    *size = total;
    return true;
}
