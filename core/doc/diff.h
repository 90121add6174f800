/* SPDX-License-Identifier: Apache-2.0 */
/* diff.h - the text of "git diff" as styled lines: one heading a file, added and removed lines in their styles.
 *
 * Any text will do: what is no diff is shown as the lines it is. Nothing in it reaches the terminal raw.
 * Threads: no shared state.
 */
#ifndef HFTERM_CORE_DOC_DIFF_H
#define HFTERM_CORE_DOC_DIFF_H

#include <stddef.h>

#include "core/doc/rich.h"

struct rich_diff_size {
    size_t files, added, removed; /* lines */
};
struct rich_diff_size rich_diff_count(const char *text, size_t n);

/* Append the lines; one that is longer than cols goes on under itself. */
void rich_put_diff(struct rich *r, const char *text, size_t n, int cols);

/* Append text, sanitised, in lines of at most cols columns, broken at blanks where there are some. */
void rich_put_wrapped(struct rich *r, enum rich_style style, const char *text, size_t n, int cols);

#endif
