/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - SHA-256 and git's SHA-1 blob ids, as lower-case hex (OpenSSL libcrypto). */
#ifndef HFTERM_CORE_BASE_HASH_H
#define HFTERM_CORE_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { HASH_SHA1_HEX = 41, HASH_SHA256_HEX = 65 }; /* with the NUL */

void hash_sha256(const void *bytes, size_t n, char hex[HASH_SHA256_HEX]);
void hash_sha1(const void *bytes, size_t n, char hex[HASH_SHA1_HEX]);
/* sha1 of "blob <n>\0" and the bytes: what git and the Hub call the oid of a regular file. */
void hash_git_blob(const void *bytes, size_t n, char hex[HASH_SHA1_HEX]);

/* Bytes hashed as they come. Owned: hash_end, also when hex (its kind's length, or NULL) is not wanted. */
struct hash;
struct hash *hash_begin_sha256(void);
struct hash *hash_begin_git_blob(uint64_t size); /* of the whole file */
void hash_add(struct hash *h, const void *bytes, size_t n);
void hash_end(struct hash *h, char *hex); /* h NULL is fine */

/* Both ids of a file in one read; either may be NULL. *size gets the bytes read. */
bool hash_file(const char *path, char sha256[HASH_SHA256_HEX], char git_sha1[HASH_SHA1_HEX],
               uint64_t *size, struct err *e);

#endif
