/* SPDX-License-Identifier: Apache-2.0 */
/* pointer.h - the text that git keeps for a file in LFS. Internal.
 *
 * In a clone without git-lfs these texts lie where the files should be.
 *
 * Threads: any.
 */
#ifndef HFTERM_CORE_LOCALHUB_POINTER_H
#define HFTERM_CORE_LOCALHUB_POINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/hash.h"

struct buf;

/* git-lfs takes no larger file for a pointer; a smaller one than this cannot be one. */
enum { LH_POINTER_MIN = 100, LH_POINTER_MAX = 1023 };

void lh_pointer_text(struct buf *out, const char *sha256, uint64_t size);

/* Reads what git-lfs reads: the version first, then extensions, oid and size in the order of their
 * names, with either line end. False for anything else. */
bool lh_pointer_parse(const char *text, size_t n, char sha256[HASH_SHA256_HEX], uint64_t *size);

#endif
