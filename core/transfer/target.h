/* SPDX-License-Identifier: Apache-2.0 */
/* target.h - where a download goes. Private to core/transfer. */
#ifndef HFTERM_CORE_TRANSFER_TARGET_H
#define HFTERM_CORE_TRANSFER_TARGET_H

#include <stdbool.h>

struct err;

/* The file that `to` means for a file of a repo: to itself, or, when it is a folder, ends in '/' or
 * is NULL (the current folder), the last part of repo_path in it. Owned, never NULL. */
char *target_of(const char *to, const char *repo_path);

/* May a file be put there? ERR_IO with errno in sys and a remedy: no such folder (ENOENT), a folder
 * has the name (EISDIR), something is there (EEXIST, unless it may be replaced), a device or the
 * like (EINVAL). A link is what it is itself: it is replaced, never followed. */
bool target_check(const char *target, bool may_replace, struct err *e);

/* "/a/b" -> "/a", "b" -> ".", "/b" -> "/". Owned. */
char *target_folder(const char *target);

#endif
