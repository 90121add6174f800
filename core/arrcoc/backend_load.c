/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and opening libhfterm_cuda.so. */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arrcoc/backend.h"

static const char LIBRARY[] = "libhfterm_cuda.so";

static const struct arr_backend_ops *open_at(const char *path, char *why, size_t n_why)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(why, n_why, "%s", dlerror());
        return NULL;
    }
    void *symbol = dlsym(library, ARR_BACKEND_SYMBOL);
    if (!symbol) {
        snprintf(why, n_why, "%s is not a back end of hfterm", path);
        dlclose(library);
        return NULL;
    }
    /* POSIX gives functions as object pointers; this is the conversion it names. */
    arr_backend_entry entry;
    memcpy(&entry, &symbol, sizeof entry);
    const struct arr_backend_ops *ops = entry(ARR_BACKEND_ABI);
    if (!ops || ops->abi != ARR_BACKEND_ABI) {
        snprintf(why, n_why, "%s belongs to another version of hfterm", path);
        dlclose(library);
        return NULL;
    }
    return ops;
}

/* The folder of this program, without a slash at its end; "" when the system does not say. */
static void own_folder(char *out, size_t n)
{
    out[0] = '\0';
    const ssize_t len = readlink("/proc/self/exe", out, n - 1);
    if (len <= 0 || (size_t)len >= n - 1) {
        out[0] = '\0';
        return;
    }
    out[len] = '\0';
    char *slash = strrchr(out, '/');
    if (slash) {
        *slash = '\0';
    }
}

const struct arr_backend_ops *arr_backend_load_cuda(char *why, size_t n_why)
{
    const char *named = getenv("HFTERM_CUDA_LIB");
    if (named && *named) {
        return open_at(named, why, n_why);
    }
    char folder[PATH_MAX], path[PATH_MAX + 64];
    own_folder(folder, sizeof folder);
    const char *const places[] = {"", "/../lib/hfterm"};
    for (size_t i = 0; *folder && i < sizeof places / sizeof *places; i++) {
        snprintf(path, sizeof path, "%s%s/%s", folder, places[i], LIBRARY);
        if (access(path, F_OK) == 0) {
            return open_at(path, why, n_why);
        }
    }
    const struct arr_backend_ops *ops = open_at(LIBRARY, why, n_why);
    if (!ops && strstr(why, "cannot open shared object file")) {
        snprintf(why, n_why, "%s is not installed", LIBRARY);
    }
    return ops;
}
