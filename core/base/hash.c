/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/hash.h"

#include <errno.h>
#include <fcntl.h>
/* OpenSSL 3 calls its plain functions deprecated in favour of EVP. EVP looks algorithms up in
 * providers, whose tables are 300 kB of every process that hashes one name; these are the same
 * machine code without that. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static void to_hex(const unsigned char *raw, size_t n, char *hex)
{
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = DIGITS[raw[i] >> 4];
        hex[2 * i + 1] = DIGITS[raw[i] & 15];
    }
    hex[2 * n] = '\0';
}

static void finish_sha256(SHA256_CTX *ctx, char hex[HASH_SHA256_HEX])
{
    unsigned char raw[SHA256_DIGEST_LENGTH];
    SHA256_Final(raw, ctx);
    to_hex(raw, sizeof raw, hex);
}

static void finish_sha1(SHA_CTX *ctx, char hex[HASH_SHA1_HEX])
{
    unsigned char raw[SHA_DIGEST_LENGTH];
    SHA1_Final(raw, ctx);
    to_hex(raw, sizeof raw, hex);
}

static void begin_blob(SHA_CTX *ctx, uint64_t size)
{
    char head[32];
    int n = snprintf(head, sizeof head, "blob %llu", (unsigned long long)size);
    SHA1_Init(ctx);
    SHA1_Update(ctx, head, (size_t)n + 1);
}

void hash_sha256(const void *bytes, size_t n, char hex[HASH_SHA256_HEX])
{
    SHA256_CTX ctx;
    SHA256_Init(&ctx);
    SHA256_Update(&ctx, bytes, n);
    finish_sha256(&ctx, hex);
}

void hash_sha1(const void *bytes, size_t n, char hex[HASH_SHA1_HEX])
{
    SHA_CTX ctx;
    SHA1_Init(&ctx);
    SHA1_Update(&ctx, bytes, n);
    finish_sha1(&ctx, hex);
}

void hash_git_blob(const void *bytes, size_t n, char hex[HASH_SHA1_HEX])
{
    SHA_CTX ctx;
    begin_blob(&ctx, n);
    SHA1_Update(&ctx, bytes, n);
    finish_sha1(&ctx, hex);
}

struct hash {
    bool is_sha256;
    union {
        SHA256_CTX sha256;
        SHA_CTX sha1;
    } ctx;
};

struct hash *hash_begin_sha256(void)
{
    struct hash *h = xcalloc(1, sizeof *h);
    h->is_sha256 = true;
    SHA256_Init(&h->ctx.sha256);
    return h;
}

struct hash *hash_begin_git_blob(uint64_t size)
{
    struct hash *h = xcalloc(1, sizeof *h);
    begin_blob(&h->ctx.sha1, size);
    return h;
}

void hash_add(struct hash *h, const void *bytes, size_t n)
{
    if (h->is_sha256) {
        SHA256_Update(&h->ctx.sha256, bytes, n);
    } else {
        SHA1_Update(&h->ctx.sha1, bytes, n);
    }
}

void hash_end(struct hash *h, char *hex)
{
    if (h && hex && h->is_sha256) {
        finish_sha256(&h->ctx.sha256, hex);
    } else if (h && hex) {
        finish_sha1(&h->ctx.sha1, hex);
    }
    free(h);
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
    SHA256_CTX long_ctx;
    SHA_CTX git_ctx;
    SHA256_Init(&long_ctx);
    begin_blob(&git_ctx, (uint64_t)st.st_size);
    unsigned char chunk[32 * 1024];
    uint64_t total = 0;
    ssize_t got = 0;
    while ((got = read(fd, chunk, sizeof chunk)) > 0) {
        SHA256_Update(&long_ctx, chunk, (size_t)got);
        SHA1_Update(&git_ctx, chunk, (size_t)got);
        total += (uint64_t)got;
    }
    int sys = errno;
    close(fd);
    char sha256_hex[HASH_SHA256_HEX];
    char sha1_hex[HASH_SHA1_HEX];
    finish_sha256(&long_ctx, sha256_hex);
    finish_sha1(&git_ctx, sha1_hex);
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
