/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - small local files: read whole with a limit, replace atomically, make folders. */
#ifndef HFTERM_CORE_BASE_FILE_H
#define HFTERM_CORE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buf;
struct err;

/* Append a file that lies in a place of ours or of the Hub's to out: regular files only, so that a
 * pipe or a device put there cannot hold the program up. ERR_NOT_FOUND, ERR_IO, ERR_LIMIT above max
 * bytes. */
bool file_read(const char *path, struct buf *out, size_t max, struct err *e);

/* The same for what the user named: a pipe or a device will do, and is waited for. */
bool file_read_any(const char *path, struct buf *out, size_t max, struct err *e);

/* open(2) for a regular file and nothing else, close-on-exec; never waits. The descriptor, or -1.
 * ERR_NOT_FOUND, ERR_IO. */
int file_open(const char *path, int flags, mode_t mode, struct err *e);

/* Write to a unique temporary name beside path, fsync is not done, then rename. mode e.g. 0600. */
bool file_write_atomic(const char *path, const void *bytes, size_t n, mode_t mode, struct err *e);

/* What is written in place of path, where a link at its end leads, so that the link stays: the last name that is
 * no link, whether it is there or not. Owned. */
char *file_behind_links(const char *path);

/* mkdir -p with the given mode for the folders it makes. */
bool file_mkdirs(const char *path, mode_t mode, struct err *e);

bool file_exists(const char *path);
bool file_is_regular(const char *path); /* a link to one counts */
bool file_is_dir(const char *path);

/* Remove a folder and what is in it; follows no links. A missing folder is fine. */
bool file_remove_tree(const char *path, struct err *e);

#endif
