/* SPDX-License-Identifier: Apache-2.0 */
/* work.h - a few threads that answer requests, started when there is something to do.
 *
 * Ownership: lh_workers_free ends the threads; a piece of work belongs to its giver throughout.
 * Threads:   lh_workers_give from one thread; run is called on a worker.
 */
#ifndef HFTERM_CORE_LOCALHUB_WORK_H
#define HFTERM_CORE_LOCALHUB_WORK_H

struct lh_workers;

/* Embedded in what is to be done. */
struct lh_work {
    struct lh_work *next; /* of whichever queue it stands in */
    void (*run)(struct lh_work *work);
};

enum { LH_WORKERS_MAX = 8 };

struct lh_workers *lh_workers_new(void);

/* Waits for what is being run; what was not begun is dropped unrun. */
void lh_workers_free(struct lh_workers *w);

/* A thread is started when none is idle and fewer than LH_WORKERS_MAX run; where the system gives
 * none at all, the work is run before this returns. */
void lh_workers_give(struct lh_workers *w, struct lh_work *work);

#endif
