/* SPDX-License-Identifier: Apache-2.0 */
/* md_flow.h - styled running text, and breaking it into lines by display columns.
 *
 * A flow is one string of harmless text with runs of style and link over it; '\n' is a hard break.
 * Blanks are collapsed as HTML does it, except in code, which keeps those at the start of a line, too. Lines break at blanks, behind a hyphen
 * inside a word, and between two characters of which one is wide (CJK, emoji), but not before
 * closing or behind opening punctuation; a word wider than the line is cut. Right-to-left text
 * keeps its logical order.
 *
 * Ownership: flow and cuts own their arrays; flow_done, flow_cuts_done.
 */
#ifndef HFTERM_CORE_DOC_MD_FLOW_H
#define HFTERM_CORE_DOC_MD_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/doc/rich.h"

struct flow_run {
    uint32_t end; /* first byte behind it */
    uint32_t link;
    enum rich_style style;
};

struct flow {
    struct buf text;
    struct flow_run *runs;
    size_t n_runs, cap_runs;
    bool has_soft_break; /* a line end of the source: a blank unless between wide characters */
    struct buf scratch;
};

#define FLOW_INIT {0}

/* One line: bytes [at, at + n) of the flow. */
struct flow_cut {
    uint32_t at, n;
    int cols;
};

struct flow_cuts {
    struct flow_cut *cuts;
    size_t n, cap;
};

void flow_done(struct flow *f);
void flow_clear(struct flow *f);
void flow_cuts_done(struct flow_cuts *c);

/* Append text from outside: sanitised, blanks collapsed. */
void flow_put(struct flow *f, enum rich_style style, uint32_t link, const char *s, size_t n);
/* The same with every blank kept. */
void flow_put_code(struct flow *f, enum rich_style style, uint32_t link, const char *s, size_t n);
/* Append text of our own as it is. */
void flow_puts(struct flow *f, enum rich_style style, uint32_t link, const char *s);
/* Append bytes [from, to) of another flow with their styles and links. */
void flow_copy(struct flow *f, const struct flow *src, size_t from, size_t to);
/* Drop all behind the first n bytes. */
void flow_truncate(struct flow *f, size_t n);
void flow_soft_break(struct flow *f);
void flow_hard_break(struct flow *f);

/* Break bytes [from, to) into lines of at most width columns (1 at least), appended to out. Empty
 * or blank text gives no line. */
void flow_wrap(const struct flow *f, size_t from, size_t to, int width, struct flow_cuts *out);
/* Columns of the widest line of [from, to) when only hard breaks count. */
int flow_natural_cols(const struct flow *f, size_t from, size_t to);
/* Put a cut into the line that rich builds. */
void flow_emit(const struct flow *f, const struct flow_cut *cut, struct rich *r);

#endif
