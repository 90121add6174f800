/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* pthread_setname_np */
#include "core/task/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/task/task.h"

struct waiting {
    struct waiting *next;
    struct task *task; /* a reference */
};

struct worker {
    struct crew *crew;
    pthread_t thread;
    struct task *running; /* NULL when idle */
};

/* Threads that share a list of waiting jobs. */
struct crew {
    struct pool *pool;
    const char *name;
    struct waiting *head, *tail;
    size_t n_waiting;
    pthread_cond_t filled;
    struct worker *workers;
    int n_workers, max_workers;
    size_t n_idle; /* workers that take the next job without being waited for */
};

/* A running task of LANE_LONG. */
struct long_run {
    struct long_run *next;
    struct pool *pool;
    struct task *task; /* a reference; NULL at the end */
};

struct pool {
    pthread_mutex_t lock; /* of everything below */
    struct queue *results;
    struct crew ask, compute;
    size_t busy;
    struct long_run *longs;
    size_t n_longs;
    pthread_cond_t long_ended;
    bool is_stopping;
};

/* ---- crews ---- */

/* The next task for a worker, NULL when the pool stops. It is entered in the worker under the same
 * lock, so that pool_free finds every task that runs. */
static struct task *next_task(struct worker *w)
{
    struct crew *c = w->crew;
    struct pool *p = c->pool;
    pthread_mutex_lock(&p->lock);
    while (!c->head && !p->is_stopping) {
        pthread_cond_wait(&c->filled, &p->lock);
    }
    if (!p->is_stopping) {
        struct waiting *first = c->head;
        c->head = first->next;
        if (!c->head) {
            c->tail = NULL;
        }
        c->n_waiting--;
        c->n_idle--;
        w->running = first->task;
        free(first);
    }
    struct task *t = w->running;
    pthread_mutex_unlock(&p->lock);
    return t;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct pool *p = w->crew->pool;
    struct task *t = NULL;
    while ((t = next_task(w)) != NULL) {
        struct task_result *last = task_run(t);
        pthread_mutex_lock(&p->lock);
        task_post(last); /* under the lock: who has it finds the task no longer counted */
        w->running = NULL;
        w->crew->n_idle++;
        p->busy--;
        pthread_mutex_unlock(&p->lock);
        task_unref(t);
    }
    return NULL;
}

/* One worker more, idle from its first moment. The lock is held. Returns 0 or an errno. */
static int hire(struct crew *c)
{
    struct worker *w = &c->workers[c->n_workers];
    w->crew = c;
    char name[24];
    snprintf(name, sizeof name, "%s-%d", c->name, c->n_workers);
    const int sys = pool_spawn(&w->thread, name, work, w);
    if (sys == 0) {
        c->n_workers++;
        c->n_idle++;
    }
    return sys;
}

/* Queue t. Returns 0, or an errno when there is no thread at all that could run it. */
static int crew_add(struct crew *c, struct task *t)
{
    struct pool *p = c->pool;
    pthread_mutex_lock(&p->lock);
    int sys = 0;
    if (c->n_waiting >= c->n_idle && c->n_workers < c->max_workers) {
        sys = hire(c);
    }
    if (c->n_workers > 0) {
        sys = 0;
        struct waiting *w = xcalloc(1, sizeof *w);
        w->task = task_ref(t);
        if (c->tail) {
            c->tail->next = w;
        } else {
            c->head = w;
        }
        c->tail = w;
        c->n_waiting++;
        p->busy++;
        pthread_cond_signal(&c->filled);
    }
    pthread_mutex_unlock(&p->lock);
    return sys;
}

static void crew_init(struct crew *c, struct pool *p, const char *name, int max_workers)
{
    c->pool = p;
    c->name = name;
    c->max_workers = max_workers;
    c->workers = xcalloc((size_t)max_workers, sizeof *c->workers);
    pthread_cond_init(&c->filled, NULL);
}

/* Drop what waits, cancel what runs. The lock is held. */
static void crew_stop(struct crew *c)
{
    while (c->head) {
        struct waiting *w = c->head;
        c->head = w->next;
        task_unref(w->task);
        free(w);
        c->pool->busy--;
    }
    c->tail = NULL;
    c->n_waiting = 0;
    for (int i = 0; i < c->n_workers; i++) {
        task_cancel(c->workers[i].running);
    }
    pthread_cond_broadcast(&c->filled);
}

static void crew_done(struct crew *c)
{
    for (int i = 0; i < c->n_workers; i++) {
        pthread_join(c->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&c->filled);
    free(c->workers);
}

/* ---- long tasks ---- */

/* The lock is held. */
static void remove_long(struct long_run *run)
{
    struct pool *p = run->pool;
    struct long_run **at = &p->longs;
    while (*at != run) {
        at = &(*at)->next;
    }
    *at = run->next;
    p->n_longs--;
    pthread_cond_signal(&p->long_ended);
}

/* Its last touch of the pool is the unlock: after that pool_free may be through. */
static void *run_long(void *arg)
{
    struct long_run *run = arg;
    struct pool *p = run->pool;
    struct task *t = run->task;
    task_post(task_run(t));
    pthread_mutex_lock(&p->lock);
    run->task = NULL; /* nobody cancels it any more */
    pthread_mutex_unlock(&p->lock);
    task_unref(t);
    pthread_mutex_lock(&p->lock);
    remove_long(run);
    pthread_mutex_unlock(&p->lock);
    free(run);
    return NULL;
}

/* Returns 0 or an errno. The thread is created under the lock, so that it cannot be gone before it
 * has its name and is detached. */
static int start_long(struct pool *p, struct task *t)
{
    struct long_run *run = xcalloc(1, sizeof *run);
    run->pool = p;
    run->task = task_ref(t);
    pthread_mutex_lock(&p->lock);
    run->next = p->longs;
    p->longs = run;
    p->n_longs++;
    pthread_t thread;
    const int sys = pool_spawn(&thread, task_name(t), run_long, run);
    if (sys == 0) {
        pthread_detach(thread);
    } else {
        remove_long(run);
    }
    pthread_mutex_unlock(&p->lock);
    if (sys != 0) {
        task_unref(t);
        free(run);
    }
    return sys;
}

static void stop_longs(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    for (struct long_run *run = p->longs; run; run = run->next) {
        task_cancel(run->task);
    }
    while (p->n_longs > 0) {
        pthread_cond_wait(&p->long_ended, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
}

/* ---- the pool ---- */

struct pool *pool_new(int n, struct queue *results)
{
    struct pool *p = xcalloc(1, sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->long_ended, NULL);
    p->results = results;
    crew_init(&p->ask, p, "ask", n);
    crew_init(&p->compute, p, "compute", 1);
    return p;
}

void pool_free(struct pool *p)
{
    if (!p) {
        return;
    }
    pthread_mutex_lock(&p->lock);
    p->is_stopping = true;
    crew_stop(&p->ask);
    crew_stop(&p->compute);
    pthread_mutex_unlock(&p->lock);
    stop_longs(p);
    crew_done(&p->ask);
    crew_done(&p->compute);
    pthread_cond_destroy(&p->long_ended);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

struct task *pool_start(struct pool *p, const struct job *job)
{
    struct task *t = task_new(job, p->results);
    struct crew *crew = job->lane == LANE_COMPUTE ? &p->compute : &p->ask;
    const int sys = job->lane == LANE_LONG ? start_long(p, t) : crew_add(crew, t);
    if (sys != 0) {
        struct err e = ERR_INIT;
        err_set_sys(&e, ERR_LIMIT, sys, "%s: the system gave no thread for it", task_name(t));
        err_remedy(&e, "Close what runs beside it, or raise the limit of processes (ulimit -u), "
                       "then try again.");
        task_post(task_fail(t, &e));
    }
    return t;
}

static size_t count(const struct pool *p, const size_t *what)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&p->lock;
    pthread_mutex_lock(lock);
    const size_t n = *what;
    pthread_mutex_unlock(lock);
    return n;
}

size_t pool_busy(const struct pool *p)
{
    return count(p, &p->busy);
}

size_t pool_long(const struct pool *p)
{
    return count(p, &p->n_longs);
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
