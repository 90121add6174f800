/* SPDX-License-Identifier: Apache-2.0 */
/* attributes.h - which files of a folder the Hub would keep in LFS.
 *
 * A .gitattributes at the root decides as git does (the last matching line wins; "filter=lfs" sets
 * it, "-filter", "!filter" and another filter clear it). Without one, the patterns that the Hub
 * writes into every new repo hold. Above 10 MiB a file is always in LFS, an empty one never.
 *
 * Ownership: lh_attributes_done frees; patterns are copied. Threads: no shared state.
 */
#ifndef HFTERM_CORE_LOCALHUB_ATTRIBUTES_H
#define HFTERM_CORE_LOCALHUB_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

struct lh_attribute {
    const char *pattern;
    bool is_lfs;
    bool is_suffix; /* "*.bin": only how a name ends */
};

struct lh_attributes {
    struct arena arena;
    struct lh_attribute *items;
    size_t n_items, cap_items;
};

/* n bytes of a .gitattributes; text NULL: the Hub's own list. */
void lh_attributes_init(struct lh_attributes *a, const char *text, size_t n);
void lh_attributes_done(struct lh_attributes *a);

/* path: from the repo's root. */
bool lh_attributes_is_lfs(const struct lh_attributes *a, const char *path, uint64_t size);

/* git's wildmatch with "/" kept apart: "*", "?", "[a-z]", "**". Exposed for its test. */
bool lh_wildmatch(const char *pattern, const char *text);

#endif
