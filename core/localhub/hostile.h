/* SPDX-License-Identifier: Apache-2.0 */
/* hostile.h - repos that attack the screen of whoever looks at them: "hostile/escape-artist" and a
 * dataset whose card cannot be read. Built into a temporary folder when the server starts with
 * them.
 *
 * File names, tags, titles and texts with ESC, C1, BEL, newlines, bidi overrides, OSC 8 and OSC 52,
 * DCS and NUL; a name of 255 bytes; 2 MB of Markdown made to be slow; headers of weights that lie.
 */
#ifndef HFTERM_CORE_LOCALHUB_HOSTILE_H
#define HFTERM_CORE_LOCALHUB_HOSTILE_H

struct err;

/* The folder, owned: file_remove_tree it, then free. NULL: ERR_IO. */
char *lh_hostile_new(struct err *e);

#endif
