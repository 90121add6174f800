/* SPDX-License-Identifier: Apache-2.0 */
/* blobs.h - what the links in a cache's snapshots stand for. Internal.
 *
 * A file of a snapshot is a link to REPO/blobs/ETAG. That is the content, or a link in its turn to
 * CACHE/blobs/2 DIGITS/HASH, where clients since 1.32 keep what several repos share. Such a store is
 * believed only with the client's mark in it; whatever else leads out of the repo is not followed.
 *
 * Threads: any.
 */
#ifndef HFTERM_CORE_LOCALHUB_BLOBS_H
#define HFTERM_CORE_LOCALHUB_BLOBS_H

#include <stdbool.h>
#include <stddef.h>

/* The store that repos beside this one share, owned: the real path. NULL: there is none, or a folder
 * of that name which the client did not make. blobs: REPO/blobs, a real path. */
char *lh_shared_store(const char *blobs);

/* real: a path without links. Whether it is a place for content in the store; NULL has none. */
bool lh_is_shared_blob(const char *store, const char *real);

/* ETAG when a link leads to blobs/ETAG, owned; NULL: elsewhere, or to a part of a download. */
char *lh_blob_name(const char *link, const char *blobs);

/* The client's own names for a file that it is about to put in place: ".NAME.8 DIGITS.new", ".old".
 */
bool lh_is_staged_name(const char *name);

bool lh_is_hex(const char *text, size_t n); /* exactly n lower-case digits */

#endif
