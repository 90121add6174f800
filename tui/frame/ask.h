/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - a pane asks something that takes time, waits, shows what came or why nothing did.
 *
 * A question is one constant row (struct ask) and one function that takes its answer:
 *
 *     ask_start(p, &w, &ROWS[ASK_CARD], question, free_question);       when it is wanted
 *     if (!ask_take(&w, r)) return REACT_HANDLED;                           in pane_ops.result
 *     struct text *text = ask_value(r);
 *     ask_draw(c, &w, "reading the card");                          while nothing is there
 *
 * A struct waiting belongs to its pane; its generation tells its answers from those of an older question.
 */
#ifndef HFTERM_TUI_FRAME_ASK_H
#define HFTERM_TUI_FRAME_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct app;
struct buf;
struct canvas;
struct pane;
struct task;
struct task_result;

/* What came, and where from. */
struct answer {
    void *value; /* owned: free_value */
    void (*free_value)(void *value);
    bool from_cache, is_stale; /* fetched at fetched_s; stale: it could not be confirmed, why says why */
    int64_t fetched_s;
    struct err why;
};

struct ask {
    const char *name; /* static: "reading the card" */
    /* On a pool thread. question is the caller's own copy. Returns the answer, or NULL with e set; what is
     * known earlier (a cached answer) goes by ask_emit. */
    struct answer *(*run)(struct task *t, void *question, struct err *e);
};

struct waiting {
    struct task *task; /* NULL: nothing runs */
    uint32_t generation;
    bool is_ready;     /* something arrived that can be shown */
    bool from_cache;   /* and it is from the cache, fetched at fetched_s */
    bool is_stale;
    int64_t fetched_s;
    struct err err; /* of the last try; shown when nothing arrived, a warning beside it otherwise */
};

/* Ask. Moves question. What ran for w before goes on unless ask_begin or ask_cancel ended it. kind: the pane's
 * own number for these answers (task_result.kind). */
void ask_start(struct pane *p, struct waiting *w, const struct ask *row, int kind, void *question,
               void (*free_question)(void *question));
/* On the pool thread, from run: an answer before the last one. Moves a. */
void ask_emit(struct task *t, int kind, struct answer *a);

/* True when the result answers the newest question; notes the error or the source in w. */
bool ask_take(struct waiting *w, struct task_result *r);
/* Take the value out; NULL when there is none. */
void *ask_value(struct task_result *r);

/* A new question: cancel what runs, forget what came. */
void ask_begin(struct app *app, struct waiting *w);
/* Cancel what runs; what came stays. */
void ask_cancel(struct app *app, struct waiting *w);

/* In place of content: what is awaited, or what went wrong and how to retry. */
void ask_draw(const struct canvas *c, const struct waiting *w, const char *what);
void ask_draw_error(const struct canvas *c, int row, const struct err *e, const char *retry);
/* Over the last row of what is shown: why more of it could not be had. Nothing when nothing failed. */
void ask_draw_failure(const struct canvas *c, const struct waiting *w);
/* "cached 3 hours ago" when what is shown is old; appends nothing otherwise. */
void ask_put_age(const struct waiting *w, struct buf *out);

#endif
