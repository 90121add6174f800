/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/jpeg_api.h"

#include <stddef.h>

#include "core/base/library.h"

/* The version of its interface that the header speaks of is part of its name; structs differ. */
#if JPEG_LIB_VERSION >= 90
#define LIBRARY "libjpeg.so.9"
#elif JPEG_LIB_VERSION >= 80
#define LIBRARY "libjpeg.so.8"
#elif JPEG_LIB_VERSION >= 70
#define LIBRARY "libjpeg.so.7"
#else
#define LIBRARY "libjpeg.so.62"
#endif

static const struct library_function FUNCTIONS[] = {
#define ROW(name) {"jpeg_" #name, offsetof(struct jpeg_api, name)},
    JPEG_API_FUNCTIONS(ROW)
#undef ROW
};

static struct jpeg_api table;
static struct library library = {
    .file = LIBRARY,
    .use = "JPEG pictures need",
    .remedy = "Install it: libjpeg62-turbo (Debian), libjpeg-turbo8 (Ubuntu) or libjpeg-turbo "
              "(Fedora, Arch).",
    .functions = FUNCTIONS,
    .n_functions = sizeof FUNCTIONS / sizeof *FUNCTIONS,
    .table = &table,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct jpeg_api *jpeg_api(struct err *e)
{
    return library_table(&library, e);
}
