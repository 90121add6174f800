/* SPDX-License-Identifier: Apache-2.0 */
/* notes.h - remarks of verbs on stderr, and what several answers together tell about their age. */
#ifndef HFTERM_CORE_CLI_NOTES_H
#define HFTERM_CORE_CLI_NOTES_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "core/hub/hub.h"

/* Fold the origin of one answer into all (zeroed at first): stale when any was, the oldest date. */
void cli_note_get(struct hub_get *all, const struct hub_get *one);
/* "showing what was stored 3 hours ago: REASON" when it is so. */
void cli_note_stale(const struct hub_get *get);
/* A verb ended with "not found": when the repo is none of this kind, but there is one of another, which. */
void cli_note_other_kind(struct hub *hub, enum hub_kind kind, const char *id, const char *verb);
/* That a token is set and not sent, and why. */
void cli_note_token(const struct hub *hub);
/* "2 rows of the answer could not be read and are left out" when there were any. list: the array that is
 * printed, which gets {"skipped":2} at its end; NULL: no JSON. */
void cli_note_skipped(size_t n, cJSON *list);

#endif
