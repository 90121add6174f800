/* SPDX-License-Identifier: Apache-2.0 */
/* md_math.h - formulas ("$x_{*}$", "$$\n...\n$$") in running text.
 *
 * To the parser they are text like any other, in which "\{" becomes "{" and stars make emphasis. The
 * Hub shows formulas, so here they keep all their characters: those that mean something to the
 * parser are written with a backslash before them.
 */
#ifndef HFTERM_CORE_DOC_MD_MATH_H
#define HFTERM_CORE_DOC_MD_MATH_H

#include <stdbool.h>

#include "core/base/buf.h"

/* Append a line of running text. *is_open: inside "$$", which began in a line of its own. */
void md_math_put(struct buf *out, struct str line, bool *is_open);

#endif
