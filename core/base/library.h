/* SPDX-License-Identifier: Apache-2.0 */
/* library.h - a shared library opened when it is first used, as one table of its functions.
 *
 * A run that decodes no picture then neither loads nor relocates what decodes them. The library's
 * own header is there for its types; no symbol of it is linked. A room keeps one struct library for
 * each, static, beside the struct that is the table.
 *
 * Ownership: a library stays open until the program ends; so do its table and its functions.
 * Threads:   any.
 * Errors:    ERR_UNSUPPORTED with the remedy, when the machine has no such library or an old one;
 *            every later call says the same.
 */
#ifndef HFTERM_CORE_BASE_LIBRARY_H
#define HFTERM_CORE_BASE_LIBRARY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

struct library_function {
    const char *name; /* as the library exports it */
    size_t at;        /* of the pointer in the table */
};

struct library {
    const char *file;   /* "libpng16.so.16" */
    const char *use;    /* what needs it, with its verb: "PNG pictures need" */
    const char *remedy; /* "Install libpng16-16 (Debian, Ubuntu) ..." */
    const struct library_function *functions;
    size_t n_functions;
    void *table; /* filled whole, or not at all */

    pthread_mutex_t lock; /* PTHREAD_MUTEX_INITIALIZER; the three below are library.c's */
    bool is_tried;
    struct err why;
};

/* The table, the library opened by the first call of the process. NULL on error. */
const void *library_table(struct library *lib, struct err *e);

#endif
