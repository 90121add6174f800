/* SPDX-License-Identifier: Apache-2.0 */
/* capture_help.h - what a verb writes to stdout and stderr, caught in files. */
#ifndef HFTERM_TESTS_CAPTURE_HELP_H
#define HFTERM_TESTS_CAPTURE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"

/* Lets the stream write into a file; returns what it wrote to before. */
static inline int capture_start(FILE *stream, const char *path)
{
    fflush(stream);
    const int old = dup(fileno(stream));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    dup2(fileno(file), fileno(stream));
    fclose(file);
    return old;
}

/* What was written since; owned. */
static inline char *capture_end(FILE *stream, int old, const char *path)
{
    struct buf text = BUF_INIT;
    fflush(stream);
    dup2(old, fileno(stream));
    close(old);
    assert_true(file_read(path, &text, 64 * 1024 * 1024, NULL));
    return buf_steal(&text);
}

#endif
