/* SPDX-License-Identifier: Apache-2.0 */
/* hostile.h - repos that attack the screen of whoever looks at them: "hostile/escape-artist" and a
 * dataset whose card cannot be read. Built into a temporary folder when they are first asked for.
 *
 * File names, tags, titles and texts with ESC, C1, BEL, newlines, bidi overrides, OSC 8 and OSC 52,
 * DCS and NUL; a name of 255 bytes; 2 MB of Markdown made to be slow; headers of weights that lie.
 */
#ifndef HFTERM_CORE_LOCALHUB_HOSTILE_H
#define HFTERM_CORE_LOCALHUB_HOSTILE_H

#include <stdbool.h>

struct err;

struct lh_hostile {
    char *dir;   /* NULL: not built */
    int lock_fd; /* held while in use, so that what a crash left behind can be told and removed */
};

/* Removes what dead servers left, builds the folder. False: ERR_IO, out is empty. */
bool lh_hostile_new(struct lh_hostile *out, struct err *e);
void lh_hostile_free(struct lh_hostile *h);

#endif
