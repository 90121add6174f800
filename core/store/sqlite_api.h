/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_api.h - the functions of SQLite, loaded when they are first used, so that a run that
 * remembers nothing does not load the library. Call them through the table: sql->step(stmt). */
#ifndef HFTERM_CORE_STORE_SQLITE_API_H
#define HFTERM_CORE_STORE_SQLITE_API_H

#include <sqlite3.h>

struct err;

#define SQLITE_CALLS(X)                                                                            \
    X(open_v2)                                                                                     \
    X(close)                                                                                       \
    X(exec)                                                                                        \
    X(errmsg)                                                                                      \
    X(limit)                                                                                       \
    X(busy_handler)                                                                                \
    X(prepare_v3)                                                                                  \
    X(bind_text)                                                                                   \
    X(step)                                                                                        \
    X(reset)                                                                                       \
    X(clear_bindings)                                                                              \
    X(finalize)                                                                                    \
    X(column_text)                                                                                 \
    X(column_int64)

#define SQLITE_MEMBER(name) __typeof__(sqlite3_##name) *name;
struct sqlite_api {
    SQLITE_CALLS(SQLITE_MEMBER)
};
#undef SQLITE_MEMBER

/* NULL when the library is not on this machine or lacks a function: ERR_UNSUPPORTED with what to
 * install. Loaded once and kept. Any thread. */
const struct sqlite_api *sqlite_api(struct err *e);

#endif
