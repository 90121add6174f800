/* SPDX-License-Identifier: Apache-2.0 */
/* view_find.h - one compiled search pattern: plain text, or behind a leading "\v" a PCRE2 expression.
 *
 * Case counts only when the pattern has a capital letter. Matching is bounded: an expression that
 * runs away on a line gives up on that line.
 */
#ifndef HFTERM_TUI_WIDGET_VIEW_FIND_H
#define HFTERM_TUI_WIDGET_VIEW_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

struct err;
struct finder;

enum finder_result { FINDER_NONE, FINDER_MATCH, FINDER_GAVE_UP };

/* is_utf: the subject is UTF-8 text (bad bytes are fine); else bytes. ERR_USAGE with the reason and
 * the place of a bad expression. Owned: finder_free. */
struct finder *finder_new(const char *pattern, bool is_utf, struct err *e);
void finder_free(struct finder *f); /* NULL is fine */

/* The first match at or behind from that is not empty. is_line_start: '^' fits at byte 0. */
enum finder_result finder_match(struct finder *f, struct str subject, size_t from,
                                bool is_line_start, size_t *at, size_t *n);

#endif
