/* SPDX-License-Identifier: Apache-2.0 */
/* transfers.h - the state of the Transfers screen, shared by the files of this folder and by nobody else.
 *
 * screen.c   the screen: layout, the command "get", its part of the key bar, why not to leave
 * work.c     downloads as long tasks: start, pause, cancel, what came of them
 * rate.c     the numbers of a download while it runs
 * pane.c     the list
 * cells.c    what stands in its columns
 * kept.c     what was not finished, for the next start
 */
#ifndef HFTERM_TUI_TRANSFERS_TRANSFERS_H
#define HFTERM_TUI_TRANSFERS_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/hub/hub.h"
#include "tui/frame/app.h"
#include "tui/frame/screen.h"
#include "tui/widget/table.h"

enum { TRANSFERS_COLUMNS = 7 };

enum transfers_state { TRANSFERS_RUNS, TRANSFERS_PAUSED, TRANSFERS_DONE, TRANSFERS_FAILED };

/* How fast the bytes of a run come. */
struct transfers_pace {
    bool has_begun;     /* what was there before is known */
    bool is_reading;    /* that is read once more, for its checksum */
    uint64_t base;      /* what was there: never part of the rate */
    uint64_t told;      /* what the task told last */
    uint64_t rate;      /* bytes a second, over the last seconds; 0: not known, or nothing comes */
    uint64_t rate_from; /* bytes at rate_ms */
    int64_t rate_ms;    /* 0: no reading yet */
    int64_t moved_ms;   /* when a byte came last */
};

/* One file. */
struct transfers_item {
    uint64_t id; /* task_result.generation of its results */
    enum hub_kind kind;
    char *repo, *file, *to; /* to: a file or folder, absolute */
    bool may_replace;
    enum transfers_state state;
    bool is_dropped; /* cancelled while it ran: forgotten when its task has ended */
    struct task *task;
    uint64_t done, total; /* bytes; total 0: not known */
    struct transfers_pace pace;
    char *path;  /* where it is, when done */
    char *proof; /* "sha256": what it was checked against */
    struct err err;
};

/* What an earlier run left: bytes, and the size of the whole file (0: not known). */
struct transfers_found {
    uint64_t bytes, size;
};

/* Its own copy of what a worker is to do. */
struct transfers_order {
    struct hub *hub;
    char *scope; /* of the store */
    enum hub_kind kind;
    char *repo, *file, *to;
    bool may_replace;
    struct transfers_found found; /* of one that was kept */
};

/* task_result.kind at the pane. */
enum transfers_result {
    TRANSFERS_FILE,    /* the end of a download */
    TRANSFERS_TROUBLE, /* a sentence about what could not be kept */
    TRANSFERS_KEPT,    /* what was not finished last time */
    TRANSFERS_FOUND,   /* a struct transfers_found: what a run that begins goes on with */
};

struct transfers {
    struct app *app;
    struct screen *screen;
    struct pane *pane;
    struct transfers_item **items; /* newest first */
    size_t n, cap;
    uint64_t last_id;
    struct table table;
    struct table_column columns[TRANSFERS_COLUMNS];
    char *scope; /* of the store: transfers of this endpoint */
    char *here;  /* the folder one is in; NULL: not known */
    int tick;
    char stay[128]; /* what screen_ops.stay said last */
};

/* ---- work.c ---- */

/* The row of a file saved to a place; of several the one that is not done. NULL: none. */
struct transfers_item *transfers_find(const struct transfers *t, enum hub_kind kind, const char *repo,
                                      const char *file, const char *to);
/* A row that waits to be resumed, at `row` of the list; the selection stays where it is. to: absolute.
 * NULL when there is no memory for more. */
struct transfers_item *transfers_add(struct transfers *t, size_t row, enum hub_kind kind, const char *repo,
                                     const char *file, const char *to);
/* Save a file, or go on with the row that has stopped. One that is being saved already goes on, which is
 * said. to: as typed; NULL: the current folder. */
void transfers_start(struct transfers *t, enum hub_kind kind, const char *repo, const char *file, const char *to);
/* Owned: transfers_order_free, which also takes NULL. */
struct transfers_order *transfers_order_of(const struct transfers *t, const struct transfers_item *item);
void transfers_order_free(struct transfers_order *o);
void transfers_pause(struct transfers *t, struct transfers_item *item);
void transfers_resume(struct transfers *t, struct transfers_item *item);
/* End it and remove what was fetched; of one that is done only the row goes. */
void transfers_drop(struct transfers *t, struct transfers_item *item);
unsigned transfers_result(struct pane *p, struct task_result *r);
size_t transfers_running(const struct transfers *t);
void transfers_free(struct transfers *t);

/* ---- rate.c ---- */

/* On a worker: what a run of this order would go on with. */
struct transfers_found transfers_peek(const struct transfers_order *o);
/* A run begins; what it found; what its task tells now (to be called twice a second). */
void transfers_pace_begin(struct transfers_item *item, int64_t now_ms);
void transfers_pace_found(struct transfers_item *item, const struct transfers_found *found, int64_t now_ms);
void transfers_pace_read(struct transfers_item *item, int64_t now_ms);
/* Seconds without a byte, 0 while that is nothing to speak of. */
int64_t transfers_stalled_s(const struct transfers_item *item, int64_t now_ms);
/* Seconds until it is done at this rate; -1: cannot be told. */
int64_t transfers_left_s(const struct transfers_item *item);

/* ---- kept.c ---- */

/* On a worker: keep a transfer for the next start, or forget it. Trouble is told to the pane. */
void transfers_keep(const struct transfers_order *o, bool is_kept, struct task *t);
/* On the ui thread: ask for the rows of what was not finished last time; take them; forget one. */
void transfers_recall(struct transfers *t);
void transfers_take_kept(struct transfers *t, const void *value);
void transfers_forget(struct transfers *t, const struct transfers_item *item);

/* ---- pane.c ---- */

extern const struct pane_ops TRANSFERS_PANE_OPS;
extern const struct action_set TRANSFERS_ACTIONS;

/* ---- cells.c ---- */

void transfers_table(struct transfers *t);

#endif
