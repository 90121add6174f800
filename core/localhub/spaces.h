/* SPDX-License-Identifier: Apache-2.0 */
/* spaces.h - the stage of a Space: what its sidecar says, and in the demo one that moves.
 *
 * A sidecar's "stages" is a list of {"stage", "seconds"} that begins with the runtime's own stage
 * and is gone through again and again, from the first follower of that Space on. Stages follow from
 * the time since then, so nothing runs when nobody follows. Under HFTERM_TEST_NOW, and unless the
 * hub was told to move, every Space stays as it is.
 *
 * Ownership: lh_spaces_free. Threads: any; a stream's functions on the loop's thread.
 */
#ifndef HFTERM_CORE_LOCALHUB_SPACES_H
#define HFTERM_CORE_LOCALHUB_SPACES_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "core/localhub/repo.h"

struct lh_spaces;
struct lh_stream;

struct lh_spaces *lh_spaces_new(bool moves);
void lh_spaces_free(struct lh_spaces *s);

/* The runtime object as it is now. s NULL: as the sidecar says. Owned: cJSON_Delete. */
cJSON *lh_spaces_runtime(struct lh_spaces *s, const struct lh_repo *repo);

/* Events "stage" (a bare word) and "space" (JSON): the state now, and again whenever it changes.
 * Starts the Space's moves. Takes a reference to the repo. Owned: the stream's free. */
struct lh_stream *lh_spaces_follow(struct lh_spaces *s, struct lh_repo *repo);

#endif
