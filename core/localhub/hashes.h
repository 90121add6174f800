/* SPDX-License-Identifier: Apache-2.0 */
/* hashes.h - hashes of files, kept in memory for as long as size, time and inode stay the same.
 *
 * A file is hashed when somebody asks for its oid, never before; two who ask at once wait for one
 * reading. Ownership: lh_hashes_free. Threads: all functions from any thread.
 */
#ifndef HFTERM_CORE_LOCALHUB_HASHES_H
#define HFTERM_CORE_LOCALHUB_HASHES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/hash.h"

struct err;
struct lh_hashes;

struct lh_hash_key {
    const char *path; /* absolute */
    uint64_t size, inode;
    int64_t mtime_ns;
};

struct lh_hash {
    char git_sha1[HASH_SHA1_HEX]; /* of the content as a git blob */
    char sha256[HASH_SHA256_HEX];
};

struct lh_hashes *lh_hashes_new(void);
void lh_hashes_free(struct lh_hashes *h);

/* ERR_NOT_FOUND, ERR_IO; ERR_CONFLICT when the file is no longer what the key says. */
bool lh_hashes_get(struct lh_hashes *h, const struct lh_hash_key *key, struct lh_hash *out,
                   struct err *e);

#endif
