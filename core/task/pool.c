/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* pthread_setname_np */
#include "core/task/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/task/task.h"

struct waiting {
    struct waiting *next;
    struct task *task; /* a reference */
};

struct pool {
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t filled;
    struct queue *results;
    struct waiting *head, *tail;
    struct task **running; /* one slot a thread, NULL when idle */
    pthread_t *threads;
    int n_threads, n_started;
    size_t busy;
    bool is_stopping;
};

/* The next task for a worker, NULL when the pool stops. It is entered in the slot under the same
 * lock, so that pool_free finds every task that runs. */
static struct task *next_task(struct pool *p, int slot)
{
    pthread_mutex_lock(&p->lock);
    while (!p->head && !p->is_stopping) {
        pthread_cond_wait(&p->filled, &p->lock);
    }
    struct task *t = NULL;
    if (!p->is_stopping) {
        struct waiting *w = p->head;
        p->head = w->next;
        if (!p->head) {
            p->tail = NULL;
        }
        t = w->task;
        free(w);
        p->running[slot] = t;
    }
    pthread_mutex_unlock(&p->lock);
    return t;
}

static int take_slot(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    const int slot = p->n_started++;
    pthread_mutex_unlock(&p->lock);
    return slot;
}

static void *worker(void *arg)
{
    struct pool *p = arg;
    const int slot = take_slot(p);
    struct task *t = NULL;
    while ((t = next_task(p, slot)) != NULL) {
        task_run(t);
        pthread_mutex_lock(&p->lock);
        p->running[slot] = NULL;
        p->busy--;
        pthread_mutex_unlock(&p->lock);
        task_unref(t);
    }
    return NULL;
}

struct pool *pool_new(int n_threads, struct queue *results)
{
    struct pool *p = xcalloc(1, sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->filled, NULL);
    p->results = results;
    p->running = xcalloc((size_t)n_threads, sizeof(struct task *));
    p->threads = xcalloc((size_t)n_threads, sizeof *p->threads);
    for (int i = 0; i < n_threads; i++) {
        char name[24];
        snprintf(name, sizeof name, "pool-%d", i);
        const int sys = pool_spawn(&p->threads[p->n_threads], name, worker, p);
        if (sys == 0) {
            p->n_threads++;
        } else if (i == 0) {
            /* Without any thread no job would ever end: as bad as no memory at the start. */
            fprintf(stderr, "hfterm: cannot start a thread: %s\n", strerror(sys));
            abort();
        }
    }
    return p;
}

static void drop_waiting(struct pool *p)
{
    while (p->head) {
        struct waiting *w = p->head;
        p->head = w->next;
        task_unref(w->task);
        free(w);
        p->busy--;
    }
    p->tail = NULL;
}

void pool_free(struct pool *p)
{
    if (!p) {
        return;
    }
    pthread_mutex_lock(&p->lock);
    p->is_stopping = true;
    drop_waiting(p);
    for (int i = 0; i < p->n_threads; i++) {
        task_cancel(p->running[i]);
    }
    pthread_cond_broadcast(&p->filled);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->n_threads; i++) {
        pthread_join(p->threads[i], NULL);
    }
    pthread_cond_destroy(&p->filled);
    pthread_mutex_destroy(&p->lock);
    free(p->running);
    free(p->threads);
    free(p);
}

struct task *pool_start(struct pool *p, const struct job *job)
{
    struct task *t = task_new(job, p->results);
    struct waiting *w = xcalloc(1, sizeof *w);
    w->task = task_ref(t);
    pthread_mutex_lock(&p->lock);
    if (p->tail) {
        p->tail->next = w;
    } else {
        p->head = w;
    }
    p->tail = w;
    p->busy++;
    pthread_cond_signal(&p->filled);
    pthread_mutex_unlock(&p->lock);
    return t;
}

size_t pool_busy(const struct pool *p)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&p->lock;
    pthread_mutex_lock(lock);
    const size_t busy = p->busy;
    pthread_mutex_unlock(lock);
    return busy;
}

int pool_spawn(void *thread_out, const char *name, void *(*fn)(void *), void *arg)
{
    /* A fault belongs to the thread that made it; blocked, it would end the process without the
     * handler that restores the terminal. */
    static const int FAULTS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t blocked;
    sigset_t before;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
        sigdelset(&blocked, FAULTS[i]);
    }
    pthread_t *thread = thread_out;
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    const int sys = pthread_create(thread, NULL, fn, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (sys == 0) {
        char short_name[16];
        snprintf(short_name, sizeof short_name, "%.15s", name);
        (void)pthread_setname_np(*thread, short_name);
    }
    return sys;
}
