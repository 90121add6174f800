/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task/child_out.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/mem.h"

/* Read after the program's end at most: what a pipe can hold. */
enum { REST_MAX = 1024 * 1024 };

void child_out_init(struct child_out *o, enum child_stream which, int part_kind, size_t max_unread)
{
    *o = (struct child_out){.which = which, .part_kind = part_kind, .fd = -1, .wake_fd = -1};
    pthread_mutex_init(&o->lock, NULL);
    tail_init(&o->tail, max_unread ? max_unread : CHILD_UNREAD_MAX);
}

static void close_pipe(struct child_out *o)
{
    if (o->fd >= 0) {
        close(o->fd);
    }
    o->fd = -1;
}

void child_out_done(struct child_out *o)
{
    close_pipe(o);
    tail_done(&o->tail);
    pthread_mutex_destroy(&o->lock);
}

/* On the reader's thread. The next message is sent under the lock, so that none can follow
 * child_out_close. */
static void pull_part(struct task_result *r, void *arg)
{
    struct child_out *o = arg;
    pthread_mutex_lock(&o->lock);
    const size_t n = o->tail.n < CHILD_PART_MAX ? o->tail.n : CHILD_PART_MAX;
    struct child_part *part = xmalloc(sizeof *part + n);
    part->stream = o->which;
    part->n = tail_take(&o->tail, part->bytes, n, &part->dropped);
    o->dropped += part->dropped;
    o->is_offered = o->tail.n > 0 && !o->is_over;
    if (o->is_offered) {
        task_offer(r->task, o->part_kind, pull_part, o);
    } else if (o->wake_fd >= 0) {
        (void)eventfd_write(o->wake_fd, 1);
    }
    pthread_mutex_unlock(&o->lock);
    r->value = part;
    r->free_value = free;
}

static void keep(struct child_out *o, struct task *t, const char *bytes, size_t n)
{
    pthread_mutex_lock(&o->lock);
    tail_append(&o->tail, bytes, n);
    if (!o->is_offered) {
        o->is_offered = true;
        task_offer(t, o->part_kind, pull_part, o);
    }
    pthread_mutex_unlock(&o->lock);
}

size_t child_out_read(struct child_out *o, struct task *t, char *scratch)
{
    if (o->fd < 0) {
        return 0;
    }
    const ssize_t n = read(o->fd, scratch, CHILD_PART_MAX);
    if (n > 0) {
        keep(o, t, scratch, (size_t)n);
        return (size_t)n;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_pipe(o);
    }
    return 0;
}

/* Bounded, because others that the program started may still write to the pipe. */
void child_out_read_rest(struct child_out *o, struct task *t, char *scratch)
{
    size_t total = 0;
    for (size_t n = 1; n > 0 && total < REST_MAX; total += n) {
        n = child_out_read(o, t, scratch);
    }
    close_pipe(o);
}

bool child_out_is_taken(struct child_out *o, int wake_fd)
{
    pthread_mutex_lock(&o->lock);
    o->wake_fd = wake_fd;
    const bool is_empty = o->tail.n == 0;
    pthread_mutex_unlock(&o->lock);
    return is_empty;
}

uint64_t child_out_close(struct child_out *o)
{
    pthread_mutex_lock(&o->lock);
    o->is_over = true;
    o->wake_fd = -1;
    const uint64_t dropped = o->dropped;
    pthread_mutex_unlock(&o->lock);
    close_pipe(o);
    return dropped;
}
