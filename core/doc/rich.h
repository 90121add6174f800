/* SPDX-License-Identifier: Apache-2.0 */
/* rich.h - a document of styled lines: what Markdown and the file viewer make, and what a pane draws
 * and the verb `show` prints.
 *
 * A line is one run of UTF-8 bytes and the spans that cover it, in order and without gaps. The text
 * is harmless already (text_sanitize): it may go to the screen as it is. Link number 0 means "no
 * link"; numbers start at 1 and are what the reader types to follow one.
 *
 * Units:     cols are terminal columns, n bytes. Lines are counted from 0.
 * Memory:    24 bytes a line and 16 a span beside the text; one arena request a line.
 * Ownership: the rich owns everything; pointers from it live until rich_clear or rich_done. The
 *            array `lines` may move when a line is added.
 * Threads:   no shared state; one thread at a time.
 */
#ifndef HFTERM_CORE_DOC_RICH_H
#define HFTERM_CORE_DOC_RICH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

/* One list, so that a theme can name every style: X(ENUM, "theme-name"). */
#define RICH_STYLES(X)                                                                             \
    X(RICH_TEXT, "text")                                                                           \
    X(RICH_BOLD, "bold")                                                                           \
    X(RICH_ITALIC, "italic")                                                                       \
    X(RICH_BOLD_ITALIC, "bold-italic")                                                             \
    X(RICH_STRIKE, "strike")                                                                       \
    X(RICH_CODE, "code")             /* inside a line of text */                                   \
    X(RICH_CODE_BLOCK, "code-block")                                                               \
    X(RICH_CODE_BAR, "code-bar")     /* left of a code block */                                    \
    X(RICH_CODE_LANG, "code-lang")   /* its language label */                                      \
    X(RICH_H1, "h1")                                                                               \
    X(RICH_H2, "h2")                                                                               \
    X(RICH_H3, "h3")                                                                               \
    X(RICH_H4, "h4")                 /* levels 4 to 6 */                                           \
    X(RICH_H_LINE, "h-line")         /* the line under a heading */                                \
    X(RICH_LINK, "link")                                                                           \
    X(RICH_LINK_NO, "link-number")   /* "[1]" */                                                   \
    X(RICH_QUOTE, "quote")                                                                         \
    X(RICH_QUOTE_BAR, "quote-bar")                                                                 \
    X(RICH_RULE, "rule")                                                                           \
    X(RICH_BULLET, "bullet")         /* list marks and numbers */                                  \
    X(RICH_TASK_DONE, "task-done")                                                                 \
    X(RICH_TASK_OPEN, "task-open")                                                                 \
    X(RICH_TABLE_BORDER, "table-border")                                                           \
    X(RICH_TABLE_HEAD, "table-head")                                                               \
    X(RICH_IMAGE, "image")                                                                         \
    X(RICH_DIM, "dim")               /* cut marks, notes, offsets */                               \
    X(RICH_LINE_NO, "line-number")                                                                 \
    X(RICH_ADDED, "added")           /* lines of a diff */                                         \
    X(RICH_REMOVED, "removed")                                                                     \
    X(RICH_KEY, "key")               /* JSON from here on */                                       \
    X(RICH_STRING, "string")                                                                       \
    X(RICH_NUMBER, "number")                                                                       \
    X(RICH_WORD, "word")             /* true, false, null */                                       \
    X(RICH_PUNCT, "punct")                                                                         \
    X(RICH_CONTROL, "control")       /* bytes that are no text */                                  \
    X(RICH_MATCH, "match")           /* found by a search */                                       \
    X(RICH_MATCH_NOW, "match-now")   /* the one the cursor is on */

enum rich_style {
#define RICH_ENUM(id, name) id,
    RICH_STYLES(RICH_ENUM)
#undef RICH_ENUM
    RICH_N_STYLES
};

/* "table-head": for themes and docs. */
const char *rich_style_name(enum rich_style style);

struct rich_span {
    uint32_t at;   /* first byte in the line's text */
    uint32_t n;    /* bytes, at least 1 */
    uint32_t link; /* number of the link, 0 = none */
    uint16_t cols;
    uint8_t style; /* enum rich_style */
};

struct rich_line {
    const char *text; /* NUL-terminated, never NULL */
    const struct rich_span *spans;
    uint32_t n_text; /* bytes */
    uint16_t n_spans;
    uint16_t cols; /* sum over the spans */
};

struct rich_link {
    const char *url;  /* as the document says, made harmless; "#part" stays so */
    const char *text; /* of its first use, "" when there was none */
    size_t line;      /* of its first use */
    bool is_image;    /* first used as a picture */
    bool is_placed;   /* private: line is the one where its text stands */
};

struct rich_heading {
    const char *text;
    size_t line;
    int level; /* 1 to 6 */
};

struct rich_anchor {
    const char *name; /* without '#', lower case */
    size_t line;
    uint32_t copies; /* later headings with this name, called name-1, name-2 */
};

struct rich {
    struct rich_line *lines;
    size_t n_lines;
    struct rich_link *links; /* link number i is links[i - 1] */
    size_t n_links;
    struct rich_heading *headings; /* in order of lines */
    size_t n_headings;
    struct rich_anchor *anchors;
    size_t n_anchors;

    /* private: growth, hash tables and the line being built */
    struct arena arena;
    size_t cap_lines, cap_links, cap_headings, cap_anchors;
    uint32_t *link_slots, *anchor_slots;
    size_t n_link_slots, n_anchor_slots;
    struct buf text;
    struct rich_span *spans;
    size_t n_spans, cap_spans;
    size_t cols;
};

#define RICH_INIT {0}

void rich_done(struct rich *r);
/* Empty it and keep its growing arrays: for a window that is filled anew each time. */
void rich_clear(struct rich *r);

/* ---- reading ---- */

/* The link under column col of a line, 0 = none. */
uint32_t rich_link_at(const struct rich *r, size_t line, int col);
/* NULL unless 1 <= number <= n_links. */
const struct rich_link *rich_link(const struct rich *r, uint32_t number);
/* Line of an anchor ("#usage" or "usage", any case, %XX decoded); false when there is none. */
bool rich_find_anchor(const struct rich *r, const char *name, size_t *line);
/* Index of the last heading at or above line; false before the first. */
bool rich_heading_at(const struct rich *r, size_t line, size_t *heading);
/* The lines as plain text, '\n' after each: copying, tests. */
void rich_put_plain(const struct rich *r, size_t first, size_t count, struct buf *out);

/* ---- building ---- */

/* Append n bytes of sanitised text to the line being built; merges with an equal span before it.
 * Bytes beyond 65,535 columns of a line are dropped. */
void rich_put(struct rich *r, enum rich_style style, uint32_t link, const char *text, size_t n);
void rich_puts(struct rich *r, enum rich_style style, const char *text);
/* count times the same character (UTF-8). */
void rich_repeat(struct rich *r, enum rich_style style, const char *glyph, int count);
/* Columns put into the line being built. */
size_t rich_cols(const struct rich *r);
/* Close the line being built and add it; an empty one is a blank line. */
void rich_end_line(struct rich *r);

/* Number of the link to url (a known URL keeps its number); 0 when url is empty, longer than 4 KiB
 * or there are 100,000 already. url is sanitised here. Borrows. */
uint32_t rich_add_link(struct rich *r, const char *url, size_t n, bool is_image);
/* Set the text of a link that has none yet. */
void rich_set_link_text(struct rich *r, uint32_t number, const char *text, size_t n);
/* text: sanitised. Adds its anchor as well ("Getting started" -> "getting-started", then "-1"). */
void rich_add_heading(struct rich *r, int level, const char *text, size_t n);
/* An anchor at the next line. */
void rich_add_anchor(struct rich *r, const char *name, size_t n);
/* The same at a line above. */
void rich_add_anchor_at(struct rich *r, const char *name, size_t n, size_t line);

#endif
