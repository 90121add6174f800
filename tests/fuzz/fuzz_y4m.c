/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a film, whose frames are read when they are small. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/format/y4m.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { SMALL_PX = 1 << 16 };

/* One file for the whole run; the reader takes a path. */
static char path[64];

static void remove_file(void)
{
    unlink(path);
}

static void put_file(const uint8_t *data, size_t n)
{
    if (!path[0]) {
        snprintf(path, sizeof path, "/tmp/hfterm-fuzz-y4m-%ld", (long)getpid());
        atexit(remove_file);
    }
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(data, 1, n, out) != n || fclose(out) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    int width = 0;
    int height = 0;
    put_file(data, n);
    struct y4m *y = y4m_open(path, &e);
    if (!y) {
        return 0;
    }
    y4m_size(y, &width, &height);
    if (width < 1 || height < 1 || !y4m_is(data, n)) {
        abort();
    }
    if ((int64_t)width * height <= SMALL_PX) {
        uint8_t *rgb = malloc((size_t)width * (size_t)height * 3);
        while (rgb && y4m_next(y, rgb, &e) > 0) {
        }
        free(rgb);
    }
    y4m_close(y);
    return 0;
}
