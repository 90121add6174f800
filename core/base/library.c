/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/library.h"

#include <dlfcn.h>
#include <string.h>

/* POSIX gives functions as object pointers; a copy of the bytes is the conversion. */
static bool take(const struct library *lib, void *opened, const struct library_function *f)
{
    void *symbol = dlsym(opened, f->name);
    memcpy((char *)lib->table + f->at, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool open_library(struct library *lib)
{
    void *opened = dlopen(lib->file, RTLD_NOW | RTLD_LOCAL);
    if (!opened) {
        const char *words = dlerror();
        err_set(&lib->why, ERR_UNSUPPORTED, "%s %s, and it cannot be loaded: %s", lib->use,
                lib->file, words ? words : "no reason given");
        return err_remedy(&lib->why, "%s", lib->remedy);
    }
    for (size_t i = 0; i < lib->n_functions; i++) {
        if (!take(lib, opened, &lib->functions[i])) {
            err_set(&lib->why, ERR_UNSUPPORTED, "%s of this machine is too old: it has no %s",
                    lib->file, lib->functions[i].name);
            dlclose(opened);
            return err_remedy(&lib->why, "%s", lib->remedy);
        }
    }
    return true;
}

const void *library_table(struct library *lib, struct err *e)
{
    pthread_mutex_lock(&lib->lock);
    if (!lib->is_tried) {
        lib->is_tried = true;
        open_library(lib);
    }
    pthread_mutex_unlock(&lib->lock);
    if (lib->why.code == ERR_NONE) {
        return lib->table;
    }
    if (e) {
        *e = lib->why;
    }
    return NULL;
}
