/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/sqlite_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "core/base/err.h"

static const char LIBRARY[] = "libsqlite3.so.0";

/* Filled once; the library stays loaded. */
static struct sqlite_api api;
static struct err why;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* POSIX gives functions as object pointers; a copy of the bytes is the conversion. */
static void *take(void *library, const char *name, void *call, size_t n)
{
    void *symbol = dlsym(library, name);
    memcpy(call, &symbol, n);
    return symbol;
}

static void load(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        err_set(&why, ERR_UNSUPPORTED, "%s is not installed", LIBRARY);
        err_remedy(&why, "Install SQLite (Debian and Ubuntu: apt-get install libsqlite3-0).");
        return;
    }
#define TAKE(name)                                                                                 \
    if (!take(library, "sqlite3_" #name, &api.name, sizeof api.name)) {                            \
        err_set(&why, ERR_UNSUPPORTED, "%s has no sqlite3_" #name, LIBRARY);                       \
        err_remedy(&why, "Install SQLite 3.20 or newer.");                                         \
        dlclose(library);                                                                          \
        return;                                                                                    \
    }
    SQLITE_CALLS(TAKE)
#undef TAKE
}

const struct sqlite_api *sqlite_api(struct err *e)
{
    pthread_once(&once, load);
    if (why.code == ERR_NONE) {
        return &api;
    }
    if (e) {
        *e = why;
    }
    return NULL;
}
