/* SPDX-License-Identifier: Apache-2.0 */
/* format_help.h - a folder for the files that the tests of core/format write. */
#ifndef HFTERM_TESTS_UNIT_FORMAT_HELP_H
#define HFTERM_TESTS_UNIT_FORMAT_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

/* Group set-up and tear-down: *state is the folder. */
static inline int make_folder(void **state)
{
    char *folder = xstrdup("/tmp/hfterm-format-XXXXXX");
    *state = mkdtemp(folder);
    return *state ? 0 : -1;
}

static inline int remove_folder(void **state)
{
    const bool ok = file_remove_tree(*state, NULL);
    free(*state);
    return ok ? 0 : -1;
}

/* Owned: the path of the file that now holds these bytes. */
static inline char *put_file(void **state, const char *name, const void *bytes, size_t n)
{
    char *path = xasprintf("%s/%s", (const char *)*state, name);
    assert_true(file_write_atomic(path, bytes, n, 0600, NULL));
    return path;
}

static inline void put_le(struct buf *b, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_putc(b, (char)(v >> (8 * i) & 0xFF));
    }
}

#endif
