/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/mhd_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"

static const char LIBRARY[] = "libmicrohttpd.so.12";

static struct {
    pthread_once_t once;
    struct mhd_api table;
    char why[256]; /* "": loaded */
} api = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
    static const struct {
        const char *name;
        size_t at;
    } FUNCTIONS[] = {
#define ROW(name) {"MHD_" #name, offsetof(struct mhd_api, name)},
        LH_MHD_FUNCTIONS(ROW)
#undef ROW
    };
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(api.why, sizeof api.why, "%s", dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
        void *symbol = dlsym(library, FUNCTIONS[i].name);
        if (!symbol) {
            snprintf(api.why, sizeof api.why, "%s has no %s", LIBRARY, FUNCTIONS[i].name);
            dlclose(library);
            return;
        }
        /* POSIX gives functions as object pointers; this is the conversion it names. */
        memcpy((char *)&api.table + FUNCTIONS[i].at, &symbol, sizeof symbol);
    }
}

const struct mhd_api *lh_mhd(struct err *e)
{
    pthread_once(&api.once, load);
    if (api.why[0]) {
        err_set(e, ERR_NOT_FOUND, "a local hub needs libmicrohttpd: %s", api.why);
        err_remedy(e, "install it (Debian and Ubuntu: apt-get install libmicrohttpd12)");
        return NULL;
    }
    return &api.table;
}
