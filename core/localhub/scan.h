/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - walking a repo's folder: which files it has, which may be served.
 *
 * Left out: .git and .hub anywhere, .cache at the root, names that are not UTF-8, what cannot be
 * read, and links that lead out of the repo (of a cache: out of its blobs and those that its repos
 * share). Folders count only through the files in them, as in git.
 */
#ifndef HFTERM_CORE_LOCALHUB_SCAN_H
#define HFTERM_CORE_LOCALHUB_SCAN_H

#include <stdbool.h>

#include "core/localhub/repo.h"

enum { LH_SCAN_DEPTH = 32, LH_SCAN_FILES = 200000 };

/* Fills tree from root; a missing root is an empty tree, and so is one with a link on the way to it.
 * links_to: the folder that links may lead into besides root, NULL for none. A file that is such a
 * link is named by its blob. */
void lh_scan(struct lh_tree *tree, const char *root, const char *links_to);

/* Adds a watch for path. */
void lh_tree_watch(struct lh_tree *tree, const char *path);

#endif
