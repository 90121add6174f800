/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h - which repos a folder holds, from names alone. */
#ifndef HFTERM_CORE_LOCALHUB_LAYOUT_H
#define HFTERM_CORE_LOCALHUB_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/localhub/repo.h"

struct lh_place {
    enum lh_kind kind;
    char *id, *path, *sidecar; /* owned */
    bool is_cache;
    struct lh_repo *repo; /* the store's; NULL until first asked for */
    int64_t checked_ms;
};

struct lh_layout {
    struct lh_place *places; /* by kind, then id */
    size_t n_places, cap_places;
    struct lh_watch *watches; /* folders whose change may add or remove a repo */
    size_t n_watches, cap_watches;
    struct arena arena; /* of the watches' paths */
};

/* Adds what lies in root; call once for each root, then lh_layout_sort. */
void lh_layout_find(struct lh_layout *layout, const char *root);
void lh_layout_sort(struct lh_layout *layout);
void lh_layout_done(struct lh_layout *layout);

#endif
