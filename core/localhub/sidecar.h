/* SPDX-License-Identifier: Apache-2.0 */
/* sidecar.h - JSON files under .hub: what a folder cannot say about itself (docs/localhub.md).
 *
 * cJSON keeps strings as C strings, so a NUL ("\u0000" in the file) would cut them. It is kept as
 * the private-use character U+F000 inside and becomes "\u0000" again on the way out, since clients
 * have to survive it.
 */
#ifndef HFTERM_CORE_LOCALHUB_SIDECAR_H
#define HFTERM_CORE_LOCALHUB_SIDECAR_H

#include <cjson/cJSON.h>

struct buf;
struct err;

/* An object, owned: cJSON_Delete. NULL: ERR_NOT_FOUND, ERR_IO, ERR_DAMAGED, ERR_LIMIT. */
cJSON *lh_sidecar_read(const char *path, struct err *e);

/* Turns U+F000 in printed JSON back into \u0000. */
void lh_sidecar_show_nul(struct buf *json);

#endif
