/* SPDX-License-Identifier: Apache-2.0 */
/* notes.h - what of the served folder is left out or cannot be read. Internal. */
#ifndef HFTERM_CORE_LOCALHUB_NOTES_H
#define HFTERM_CORE_LOCALHUB_NOTES_H

#include "core/localhub/localhub.h"

struct lh_hashes;
struct lh_store;

/* As localhub_look_through. Any thread. */
void lh_look_through(struct lh_store *store, struct lh_hashes *hashes,
                     const struct localhub_listener *listener, struct localhub_total *out);

#endif
