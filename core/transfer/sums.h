/* SPDX-License-Identifier: Apache-2.0 */
/* sums.h - the checksums of a download, made while its bytes arrive. Private to core/transfer. */
#ifndef HFTERM_CORE_TRANSFER_SUMS_H
#define HFTERM_CORE_TRANSFER_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/hash.h"

struct sums {
    struct hash *sha256;
    struct hash *git; /* NULL when the etag is not of its kind or the size was not known */
    uint64_t size;    /* that git's has begun with */
};
struct sums_hex {
    char sha256[HASH_SHA256_HEX], git[HASH_SHA1_HEX]; /* "" when it was not made */
};

/* etag may be NULL. Zeroed or ended before. */
void sums_begin(struct sums *s, const char *etag, bool has_size, uint64_t size);
void sums_add(struct sums *s, const void *bytes, size_t n);
/* out may be NULL. Ended ones stay ended. */
void sums_end(struct sums *s, struct sums_hex *out);

/* Do they answer for a file with this etag and length? Git's holds the length in front. */
bool sums_fit(const struct sums *s, const char *etag, uint64_t size);

#endif
