/* SPDX-License-Identifier: Apache-2.0 */
/* places.h - bookmarks and visited repos, each kept in a file of "kind owner/name" lines. Other lines are comments. */
#ifndef HFTERM_TUI_HUB_PLACES_H
#define HFTERM_TUI_HUB_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/hub/hub.h"

struct err;

struct hub_place {
    enum hub_kind kind;
    char *id; /* owned */
};

enum { HUB_PLACES_VISITED_MAX = 200, HUB_PLACES_BOOKMARKS_MAX = 1000 };

struct hub_places {
    struct hub_place *items; /* newest first */
    size_t n, cap;
};

/* Read a file; what is damaged is skipped, an absent one is empty. */
void hub_places_load(struct hub_places *p, const char *path, size_t max);
void hub_places_done(struct hub_places *p);

/* Index, or n when it is not there. */
size_t hub_places_find(const struct hub_places *p, enum hub_kind kind, const char *id);
/* To the front; drops the oldest above max. */
void hub_places_add(struct hub_places *p, enum hub_kind kind, const char *id, size_t max);
void hub_places_remove(struct hub_places *p, size_t at);

/* Put one in or take one out, in the file as it is now (another hfterm may have written meanwhile, a person may have
 * put comments into it: they stay, and so do lines that are no place) and in p. False when the file could not be read (then nothing changed) or written (then only p did). */
bool hub_places_change(struct hub_places *p, const char *path, size_t max, enum hub_kind kind, const char *id,
                   bool is_in, struct err *e);

#endif
