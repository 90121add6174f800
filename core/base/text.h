/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - UTF-8 text on a terminal: decoding, width in columns, and making it harmless.
 *
 * Everything that came from outside (cards, logs, file names, server errors) passes
 * text_sanitize before it is drawn or printed to a terminal. Invariant 1 of the architecture.
 *
 * Units:   "cols" are terminal columns, "n"/"len" bytes.
 * Locale:  widths are those of the C library when LC_CTYPE is UTF-8 (ncurses uses the same), and
 *          those of utf8proc otherwise. Threads: no shared state.
 */
#ifndef HFTERM_CORE_BASE_TEXT_H
#define HFTERM_CORE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Take the locale of the environment; once, at the start of main. When none is set at all (a bare SSH
 * session), UTF-8 is taken, because the terminal at its other end is. */
void text_use_locale(void);
/* Whether the locale can show more than ASCII. */
bool text_locale_is_utf8(void);

/* Decode one code point from s (n bytes left). Sets *cp (U+FFFD for a bad byte) and returns the
 * bytes used, at least 1 when n > 0, 0 when n == 0. */
size_t text_decode(const char *s, size_t n, uint32_t *cp);

/* Encode cp into out (4 bytes); returns the bytes written. */
size_t text_encode(uint32_t cp, char out[4]);

/* Whole text valid UTF-8? When not, *bad_at (may be NULL) gets the offset of the first bad byte. */
bool text_is_utf8(const char *s, size_t n, size_t *bad_at);

/* Columns of a code point: 0, 1 or 2; -1 for one that must not be drawn. */
int text_cp_width(uint32_t cp);

/* Columns of n bytes of sanitised text. */
int text_width_n(const char *s, size_t n);
int text_width(const char *s);

enum text_flags {
    TEXT_LINE = 0,        /* newline and tab become a space: one line */
    TEXT_KEEP_NEWLINES = 1, /* '\n' is kept, "\r\n" becomes '\n', tabs become spaces to a stop of 4 */
};

/* Append s made harmless: C0/C1 controls shown as caret or U+00XX escapes ("^[", "<9b>"), bidi
 * overrides and isolates and other invisible format characters dropped, unassigned or unprintable
 * code points as U+FFFD, joined emoji and skin tones reduced to their base, variation selectors
 * stripped, at most 2 combining marks a cell, bad UTF-8 as U+FFFD. The output holds only code
 * points whose width text_cp_width knows. */
void text_sanitize(struct buf *out, const char *s, size_t n, enum text_flags flags);

/* Owned copy, one line. NULL becomes "". */
char *text_clean(const char *s);

/* Bytes of the longest prefix of s that is at most cols wide; *used gets its width. */
size_t text_fit(const char *s, int cols, int *used);

/* Append s cut to cols: at the end ("very long na…") or in the middle ("org/…ry-Nano-Instruct").
 * The mark is U+2026, or "~" when ascii. Never wider than cols. */
void text_cut_end(struct buf *out, const char *s, int cols, bool ascii);
void text_cut_middle(struct buf *out, const char *s, int cols, bool ascii);

/* The same for "owner/name", of which the owner is cut first ("lum…/Aurora-Nano-Instruct"); what has no such
 * parts, or still does not fit, is cut in the middle. */
void text_cut_name(struct buf *out, const char *s, int cols, bool ascii);

/* Append text padded with spaces to exactly cols (cut at the end when longer). */
void text_pad(struct buf *out, const char *s, int cols, bool right_align);

/* "1.9M", "402k", "37": counts, powers of 1000, at most 4 columns. */
void text_count(struct buf *out, uint64_t n);
/* "4.3 GB", "17.2 kB", "12 B": decimal units, as the Hub shows file sizes. */
void text_bytes(struct buf *out, uint64_t n);
/* "3 days ago", "just now", from Unix seconds. */
void text_age(struct buf *out, int64_t then_s, int64_t now_s);
/* The same in at most 4 columns: "3d", "5mo", "2y". */
void text_age_short(struct buf *out, int64_t then_s, int64_t now_s);

#endif
