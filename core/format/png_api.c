/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/png_api.h"

#include <stddef.h>

#include "core/base/library.h"

static const struct library_function FUNCTIONS[] = {
#define ROW(name) {"png_" #name, offsetof(struct png_api, name)},
    PNG_API_FUNCTIONS(ROW)
#undef ROW
};

static struct png_api table;
static struct library library = {
    .file = "libpng16.so.16",
    .use = "PNG pictures need",
    .remedy = "Install libpng 1.6: libpng16-16 (Debian, Ubuntu) or libpng (Fedora, Arch).",
    .functions = FUNCTIONS,
    .n_functions = sizeof FUNCTIONS / sizeof *FUNCTIONS,
    .table = &table,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct png_api *png_api(struct err *e)
{
    return library_table(&library, e);
}
