/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h - which repos a folder holds, from names alone.
 *
 * No link leads out of the folder, at any level: what is behind one is left out and noted. A link
 * that stays inside is followed to a folder that belongs to no repo, or to a repo of the same owner,
 * whose sidecar then holds for both names. The paths of places are real ones, without links.
 */
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
    const char **notes; /* what was left out and why, in sentences */
    size_t n_notes, cap_notes;
    struct arena arena; /* of the watches' paths and the notes */
};

enum { LH_NOTES_MAX = 1000 };

/* Adds what lies in root; call once for each root, then lh_layout_sort. */
void lh_layout_find(struct lh_layout *layout, const char *root);
void lh_layout_sort(struct lh_layout *layout);
void lh_layout_done(struct lh_layout *layout);

#endif
