/* SPDX-License-Identifier: Apache-2.0 */
/* child_spawn.h - starting a program with pipes on its three descriptors; for child.c only. */
#ifndef HFTERM_CORE_TASK_CHILD_SPAWN_H
#define HFTERM_CORE_TASK_CHILD_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

/* A started program. Our ends of its pipes do not block and close on exec. */
struct child_proc {
    pid_t pid;  /* its process group too */
    int in;     /* to its stdin; -1 when that is /dev/null */
    int out;    /* from its stdout */
    int err;    /* from its stderr */
    int end_fd; /* readable when it has ended (a pidfd); -1 where the kernel has none */
};

/* argv, cwd and env as in struct child_spec. has_input: a pipe on stdin instead of /dev/null. False
 * with e set, and nothing to close, when it could not be started. The caller owns the descriptors
 * and has to wait for pid. */
bool child_spawn(char *const *argv, const char *cwd, char *const *env, bool has_input,
                 struct child_proc *proc, struct err *e);

#endif
