/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/curl_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "core/base/err.h"

#ifdef __APPLE__
#define LIBRARY "libcurl.4.dylib"
#else
#define LIBRARY "libcurl.so.4"
#endif

static const struct {
    const char *name;
    size_t at; /* of the member in struct curl_api */
} SYMBOLS[] = {
#define CURL_API_ROW(name) {"curl_" #name, offsetof(struct curl_api, name)},
    CURL_API_FUNCTIONS(CURL_API_ROW)
#undef CURL_API_ROW
};

/* Of the process, as libcurl itself is. Written once, under `once`. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct curl_api table;
static struct err why;
static atomic_bool is_loaded;

static bool find_functions(void *library)
{
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof *SYMBOLS; i++) {
        void *function = dlsym(library, SYMBOLS[i].name);
        if (!function) {
            err_set(&why, ERR_UNSUPPORTED, "%s of this machine is too old: it has no %s", LIBRARY,
                    SYMBOLS[i].name);
            return err_remedy(&why, "Install libcurl 7.80 or newer.");
        }
        memcpy((char *)&table + SYMBOLS[i].at, &function, sizeof function);
    }
    return true;
}

static void load(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *words = dlerror();
        err_set(&why, ERR_UNSUPPORTED, "the network needs libcurl, and it cannot be loaded: %s",
                words ? words : LIBRARY);
        err_remedy(&why, "Install it: libcurl4 (Debian, Ubuntu), libcurl (Fedora) or curl (Arch).");
        return;
    }
    if (!find_functions(library)) {
        dlclose(library);
        return;
    }
    const CURLcode code = table.global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) {
        err_set(&why, ERR_UNSUPPORTED, "libcurl cannot start: %s", table.easy_strerror(code));
        err_remedy(&why, "Is memory left? Does curl itself work on this machine?");
        return;
    }
    atomic_store(&is_loaded, true);
}

const struct curl_api *curl_api_load(struct err *e)
{
    pthread_once(&once, load);
    if (atomic_load(&is_loaded)) {
        return &table;
    }
    if (e) {
        *e = why;
    }
    return NULL;
}

bool curl_api_is_loaded(void)
{
    return atomic_load(&is_loaded);
}
