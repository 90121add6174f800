/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

struct watch {
    int fd;
    uint64_t serial; /* tells a watch from an older one of the same fd number */
    void (*fn)(void *arg);
    void *arg;
};

struct timer {
    int64_t due_ms;
    int id;
    void (*fn)(void *arg);
    void *arg;
};

struct loop {
    struct watch *watches;
    size_t n_watches, cap_watches;
    struct timer *timers; /* sorted by due_ms, first due first */
    size_t n_timers, cap_timers;
    struct pollfd *polled; /* scratch of loop_wait: [0] is wake_fd */
    uint64_t *serials;     /* of polled */
    size_t cap_polled, cap_serials;
    uint64_t last_serial;
    int last_id;
    int wake_fd;
};

/* Room for `need` elements of our own few; aborts when memory is gone. */
static void *grow(void *array, size_t *cap, size_t need, size_t size)
{
    if (!mem_grow(&array, cap, need, size)) {
        xmalloc(SIZE_MAX);
    }
    return array;
}

struct loop *loop_new(void)
{
    struct loop *l = xcalloc(1, sizeof *l);
    l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return l;
}

void loop_free(struct loop *l)
{
    if (!l) {
        return;
    }
    if (l->wake_fd >= 0) {
        close(l->wake_fd);
    }
    free(l->watches);
    free(l->timers);
    free(l->polled);
    free(l->serials);
    free(l);
}

void loop_add_fd(struct loop *l, int fd, void (*fn)(void *arg), void *arg)
{
    l->watches = grow(l->watches, &l->cap_watches, l->n_watches + 1, sizeof *l->watches);
    l->watches[l->n_watches++] =
        (struct watch){.fd = fd, .serial = ++l->last_serial, .fn = fn, .arg = arg};
}

void loop_remove_fd(struct loop *l, int fd)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n_watches; i++) {
        if (l->watches[i].fd != fd) {
            l->watches[kept++] = l->watches[i];
        }
    }
    l->n_watches = kept;
}

int loop_add_timer(struct loop *l, int64_t due_ms, void (*fn)(void *arg), void *arg)
{
    l->timers = grow(l->timers, &l->cap_timers, l->n_timers + 1, sizeof *l->timers);
    size_t at = l->n_timers;
    while (at > 0 && l->timers[at - 1].due_ms > due_ms) {
        at--;
    }
    memmove(&l->timers[at + 1], &l->timers[at], (l->n_timers - at) * sizeof *l->timers);
    l->last_id = l->last_id == INT_MAX ? 1 : l->last_id + 1;
    l->timers[at] = (struct timer){.due_ms = due_ms, .id = l->last_id, .fn = fn, .arg = arg};
    l->n_timers++;
    return l->last_id;
}

static void remove_timer_at(struct loop *l, size_t at)
{
    l->n_timers--;
    memmove(&l->timers[at], &l->timers[at + 1], (l->n_timers - at) * sizeof *l->timers);
}

void loop_cancel_timer(struct loop *l, int id)
{
    for (size_t i = 0; i < l->n_timers; i++) {
        if (l->timers[i].id == id) {
            remove_timer_at(l, i);
            return;
        }
    }
}

/* Run what is due at now_ms, first due first. The count is taken before, so that a handler that
 * sets a timer for now cannot keep the loop here. */
static void run_timers(struct loop *l, int64_t now_ms)
{
    size_t due = 0;
    while (due < l->n_timers && l->timers[due].due_ms <= now_ms) {
        due++;
    }
    while (due-- > 0 && l->n_timers > 0 && l->timers[0].due_ms <= now_ms) {
        const struct timer t = l->timers[0];
        remove_timer_at(l, 0);
        t.fn(t.arg);
    }
}

static int poll_timeout(const struct loop *l, int64_t max_ms)
{
    int64_t wait = max_ms;
    if (l->n_timers > 0) {
        int64_t until = l->timers[0].due_ms - clock_mono_ms();
        until = until < 0 ? 0 : until;
        wait = wait < 0 || until < wait ? until : wait;
    }
    return wait < 0 ? -1 : (int)(wait > INT_MAX ? INT_MAX : wait);
}

static void fill_polled(struct loop *l)
{
    const size_t n = l->n_watches + 1;
    l->polled = grow(l->polled, &l->cap_polled, n, sizeof *l->polled);
    l->serials = grow(l->serials, &l->cap_serials, n, sizeof *l->serials);
    l->polled[0] = (struct pollfd){.fd = l->wake_fd, .events = POLLIN};
    l->serials[0] = 0;
    for (size_t i = 1; i < n; i++) {
        l->polled[i] = (struct pollfd){.fd = l->watches[i - 1].fd, .events = POLLIN};
        l->serials[i] = l->watches[i - 1].serial;
    }
}

/* Handlers may add and remove watches; one that was removed meanwhile is not called any more. */
static void run_watch(struct loop *l, uint64_t serial)
{
    for (size_t i = 0; i < l->n_watches; i++) {
        if (l->watches[i].serial == serial) {
            const struct watch w = l->watches[i];
            w.fn(w.arg);
            return;
        }
    }
}

bool loop_wait(struct loop *l, int64_t max_ms)
{
    fill_polled(l);
    const size_t n = l->n_watches + 1;
    const int ready = poll(l->polled, (nfds_t)n, poll_timeout(l, max_ms));
    const bool is_interrupted = ready < 0 && errno == EINTR;
    if (ready > 0) {
        if (l->polled[0].revents) {
            eventfd_t count = 0;
            (void)eventfd_read(l->wake_fd, &count);
        }
        for (size_t i = 1; i < n; i++) {
            if (l->polled[i].revents) {
                run_watch(l, l->serials[i]);
            }
        }
    }
    run_timers(l, clock_mono_ms());
    return !is_interrupted;
}

void loop_wake(struct loop *l)
{
    const int sys = errno;
    const uint64_t one = 1;
    if (write(l->wake_fd, &one, sizeof one) < 0) {
        /* Only a full counter fails, and then the loop wakes anyway. */
    }
    errno = sys;
}
