/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/webp_api.h"

#include <stddef.h>

#include "core/base/library.h"

#define ROW(name) {"WebP" #name, offsetof(struct webp_api, name)},
static const struct library_function DECODE[] = {WEBP_API_DECODE(ROW)};
static const struct library_function DEMUX[] = {WEBP_API_DEMUX(ROW)};
#undef ROW

static const char REMEDY[] =
    "Install them: libwebp7 and libwebpdemux2 (Debian, Ubuntu) or libwebp (Fedora, Arch).";

/* One table; each library fills its part. */
static struct webp_api table;
static struct library decode = {
    .file = "libwebp.so.7",
    .use = "WebP pictures need",
    .remedy = REMEDY,
    .functions = DECODE,
    .n_functions = sizeof DECODE / sizeof *DECODE,
    .table = &table,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};
static struct library demux = {
    .file = "libwebpdemux.so.2",
    .use = "WebP pictures need",
    .remedy = REMEDY,
    .functions = DEMUX,
    .n_functions = sizeof DEMUX / sizeof *DEMUX,
    .table = &table,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct webp_api *webp_api(struct err *e)
{
    return library_table(&decode, e) ? library_table(&demux, e) : NULL;
}
