/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/work.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "core/base/mem.h"

struct lh_workers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct lh_work *first, *last;
    size_t n_queued, n_idle, n_threads;
    bool is_ending;
    pthread_t threads[LH_WORKERS_MAX];
};

struct lh_workers *lh_workers_new(void)
{
    struct lh_workers *w = xcalloc(1, sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    return w;
}

/* With the lock. NULL: the end. */
static struct lh_work *wait_for_work(struct lh_workers *w)
{
    w->n_idle++;
    while (!w->first && !w->is_ending) {
        pthread_cond_wait(&w->changed, &w->lock);
    }
    w->n_idle--;
    struct lh_work *work = w->is_ending ? NULL : w->first;
    if (work) {
        w->first = work->next;
        w->n_queued--;
    }
    return work;
}

static void *run_worker(void *arg)
{
    struct lh_workers *w = arg;
    pthread_mutex_lock(&w->lock);
    for (struct lh_work *work = NULL; (work = wait_for_work(w)) != NULL;) {
        pthread_mutex_unlock(&w->lock);
        work->run(work);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

void lh_workers_give(struct lh_workers *w, struct lh_work *work)
{
    pthread_mutex_lock(&w->lock);
    if (w->n_idle <= w->n_queued && w->n_threads < LH_WORKERS_MAX &&
        pthread_create(&w->threads[w->n_threads], NULL, run_worker, w) == 0) {
        w->n_threads++;
    }
    const bool has_threads = w->n_threads > 0;
    if (has_threads) {
        work->next = NULL;
        if (w->first) {
            w->last->next = work;
        } else {
            w->first = work;
        }
        w->last = work;
        w->n_queued++;
        pthread_cond_signal(&w->changed);
    }
    pthread_mutex_unlock(&w->lock);
    if (!has_threads) {
        work->run(work);
    }
}

void lh_workers_free(struct lh_workers *w)
{
    if (!w) {
        return;
    }
    pthread_mutex_lock(&w->lock);
    w->is_ending = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->n_threads; i++) {
        pthread_join(w->threads[i], NULL);
    }
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
