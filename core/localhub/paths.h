/* SPDX-License-Identifier: Apache-2.0 */
/* paths.h - where a path of the served folder leads, and what the folders of a cache are called.
 *
 * Nothing outside the folder is served, whatever links lie in it. Internal.
 *
 * Threads: any.
 */
#ifndef HFTERM_CORE_LOCALHUB_PATHS_H
#define HFTERM_CORE_LOCALHUB_PATHS_H

#include <stdbool.h>

#include "core/localhub/repo.h"

/* Of two real paths: below, and not in anything whose name begins with a dot. */
bool lh_is_plainly_below(const char *real, const char *root);

/* Of two real paths: the last names of both lie in one folder. */
bool lh_is_beside(const char *path, const char *real);

/* What a path leads to is there, plainly below root or below root/.hub. */
bool lh_is_inside(const char *root, const char *path);

/* No link on the way to a file or folder that is there. */
bool lh_is_real(const char *path);

/* "models--NS--NAME" to "NS/NAME", owned; a bare name has no NS. NULL: no folder of a repo. */
char *lh_id_of_cache_folder(const char *name, enum lh_kind *kind);

#endif
