/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - another program as a long task: started, read, fed, ended.
 *
 * The program is never held up by us: its pipes are read as fast as it writes. What the reader has
 * not taken yet is kept up to a limit; above it the oldest bytes are dropped, and the next part says
 * how many.
 *
 * The bytes come from outside: any bytes, cut anywhere (inside a line, inside a character), escape
 * sequences included. Sanitise before drawing (core/base/text.h).
 *
 * Results, in this order:
 *   any number of parts   kind = part_kind, value = struct child_part
 *   the last one          kind = the job's, value = struct child_end; or an error when the program
 *                         could not be started (ERR_NOT_FOUND, ERR_FORBIDDEN, ERR_LIMIT, ERR_IO) or
 *                         the task was cancelled (ERR_CANCELLED)
 * The last result comes after every part was taken, so it may come later than the program's end.
 *
 * Cancelling sends SIGTERM to the program and to what it started (its process group); what is left
 * of them when the program itself has ended, or after 2 s, gets SIGKILL. A program that ends by itself
 * may leave others running; their output is not waited for.
 */
#ifndef HFTERM_CORE_TASK_CHILD_H
#define HFTERM_CORE_TASK_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include "core/task/task.h"

enum { CHILD_PART_MAX = 64 * 1024, CHILD_UNREAD_MAX = 1024 * 1024 };

/* What to run. All of it is copied. */
struct child_spec {
    const char *const *argv; /* NULL at the end; argv[0] without a slash is looked up in PATH */
    const char *cwd;         /* NULL: ours */
    const char *const *env;  /* "NAME=value" added to our environment; NULL at the end; may be NULL */
    const void *input;       /* what it reads on stdin, then the end; NULL: /dev/null */
    size_t n_input;
    int part_kind;           /* kind of the parts */
    size_t max_unread;       /* bytes kept of each stream for a slow reader; 0: CHILD_UNREAD_MAX */
};

enum child_stream { CHILD_OUT, CHILD_ERR };

/* A piece of output; free with free(). */
struct child_part {
    enum child_stream stream;
    uint64_t dropped; /* bytes of this stream lost just before these */
    size_t n;         /* 1 to CHILD_PART_MAX */
    char bytes[];     /* not terminated */
};

/* How it ended; free with free(). */
struct child_end {
    int status;       /* 0 to 255; -1 when a signal ended it */
    int signal;       /* 0 when it exited by itself */
    uint64_t dropped; /* bytes lost of both streams together */
};

/* The job that runs the program; the caller adds name, owner, generation and kind and starts it in a
 * pool. Lane, run, arg, free_arg and free_value are set. A job that is never started is freed by
 * job.free_arg(job.arg).
 *
 * The program gets a session of its own (so it has no terminal to write to or to ask on), only the
 * descriptors 0, 1 and 2, no blocked signals and every signal at its default. */
struct job child_job(const struct child_spec *spec);

#endif
