/* SPDX-License-Identifier: Apache-2.0 */
/* places.h - bookmarks and visited repos, kept in the state folder as "kind owner/name" lines. */
#ifndef HFTERM_TUI_HUB_PLACES_H
#define HFTERM_TUI_HUB_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/hub/hub.h"

struct err;

struct place {
    enum hub_kind kind;
    char *id; /* owned */
};

enum { PLACES_VISITED_MAX = 200, PLACES_BOOKMARKS_MAX = 1000 };

struct places {
    struct place *items; /* newest first */
    size_t n, cap;
};

/* Read a file of the state folder ("bookmarks", "visited"); what is damaged is skipped. */
void places_load(struct places *p, const char *leaf, size_t max);
void places_done(struct places *p);

/* Index, or n when it is not there. */
size_t places_find(const struct places *p, enum hub_kind kind, const char *id);
/* To the front; drops the oldest above max. */
void places_add(struct places *p, enum hub_kind kind, const char *id, size_t max);
void places_remove(struct places *p, size_t at);

/* Put one in or take one out, in the file as it is now (another hfterm may have written meanwhile) and
 * in p. False when the file could not be read or written; p then holds what it held. */
bool places_change(struct places *p, const char *leaf, size_t max, enum hub_kind kind, const char *id,
                   bool is_in, struct err *e);

#endif
