/* SPDX-License-Identifier: Apache-2.0 */
/* oids.h - the ids git would give a folder's files: blobs, LFS pointers, trees.
 *
 * They are the real ones: `git hash-object` and `git write-tree` agree
 * (tests/unit/test_localhub.c). Errors: those of lh_hashes_get. Threads: any.
 */
#ifndef HFTERM_CORE_LOCALHUB_OIDS_H
#define HFTERM_CORE_LOCALHUB_OIDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/hash.h"
#include "core/localhub/repo.h"

struct lh_hashes;

struct lh_oid {
    char git_sha1[HASH_SHA1_HEX]; /* of an LFS file: of its pointer */
    char sha256[HASH_SHA256_HEX]; /* of an LFS file's content; "" for a regular one */
    size_t pointer_bytes;
    /* What HTTP calls the file: sha256 for LFS, else the git id. */
    char etag[HASH_SHA256_HEX];
};

bool lh_oid_of_file(const struct lh_file *file, struct lh_hashes *hashes, struct lh_oid *out,
                    struct err *e);

/* The tree object over files[first, end), whose paths share their first `skip` bytes. */
bool lh_oid_of_folder(const struct lh_tree *tree, size_t first, size_t end, size_t skip,
                      struct lh_hashes *hashes, char oid[HASH_SHA1_HEX], struct err *e);

#endif
