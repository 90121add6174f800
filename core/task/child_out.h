/* SPDX-License-Identifier: Apache-2.0 */
/* child_out.h - one output pipe of a child, and what its reader has not taken yet; for child.c only.
 *
 * At most one message of a pipe is on its way; taking it fetches the oldest unread bytes and sends
 * the next one when there are more.
 *
 * Threads: child_out_* from the task's thread; the parts are fetched on the reader's.
 */
#ifndef HFTERM_CORE_TASK_CHILD_OUT_H
#define HFTERM_CORE_TASK_CHILD_OUT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/task/child.h"
#include "core/task/tail.h"

struct child_out {
    enum child_stream which;
    int part_kind;
    int fd; /* owned; -1 when not open, or closed by the program */

    pthread_mutex_t lock; /* of what follows */
    struct tail tail;
    bool is_offered;  /* a message that will fetch from the tail is in the queue */
    bool is_over;     /* no message may be sent any more */
    int wake_fd;      /* an eventfd to write when the tail is empty; -1: nobody waits */
    uint64_t dropped; /* as said by the parts taken, together */
};

/* max_unread 0: CHILD_UNREAD_MAX. */
void child_out_init(struct child_out *o, enum child_stream which, int part_kind, size_t max_unread);
void child_out_done(struct child_out *o);

/* One read of at most CHILD_PART_MAX bytes, through scratch. Returns the bytes read, 0 when nothing
 * is there now or ever (then fd is closed). */
size_t child_out_read(struct child_out *o, struct task *t, char *scratch);
/* After the program's end: read what it left in the pipe and close it. */
void child_out_read_rest(struct child_out *o, struct task *t, char *scratch);

/* Has the reader taken everything? When not, wake_fd (borrowed until child_out_close) is written as
 * soon as it has. */
bool child_out_is_taken(struct child_out *o, int wake_fd);
/* No part follows after this. Returns the bytes lost. */
uint64_t child_out_close(struct child_out *o);

#endif
