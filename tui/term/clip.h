/* SPDX-License-Identifier: Apache-2.0 */
/* clip.h - what may be put on a clipboard: the one place that decides, whatever way the text goes there.
 *
 * A text from a server that holds control characters does something else than it shows when it is pasted into a
 * shell: a newline runs it, ESC leaves bracketed paste. What counts as control here: C0 and C1, DEL, U+2028,
 * U+2029, characters that turn the direction of text, tags, U+FEFF, and bytes that are no UTF-8.
 */
#ifndef HFTERM_TUI_TERM_CLIP_H
#define HFTERM_TUI_TERM_CLIP_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum clip_kind {
    CLIP_VALUE, /* an id, a path, an address, a command: with a single control character it is refused */
    CLIP_LINES, /* lines of a file: newline and tab stay ("\r\n" becomes "\n"), the others are left out */
};

/* What was done with it: to be told. */
struct clip_note {
    size_t lines, tabs; /* lines: 1 for text without a newline */
    size_t left_out;    /* control characters */
};

/* Append the text as it may be copied. False, with nothing appended, when it is refused. note may be NULL. */
bool clip_take(struct buf *out, const char *text, size_t n, enum clip_kind kind, struct clip_note *note);

#endif
