/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a picture. Small ones are decoded; all are probed, and their heads read. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/picture_parts.h"
#include "core/format/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_head(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct picture_head head;
    struct str bytes = {(const char *)data, n};
    const struct format_source source = {"file", n, format_read_memory, &bytes};
    if (picture_read_head(&source, &head, &e)
            ? head.width < 1 || head.height < 1 || !head.colours[0] || !head.format
            : e.code == ERR_NONE || !e.msg[0]) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct picture p;
    int width = 0;
    int height = 0;
    const char *format = NULL;
    read_head(data, n);
    const bool is_probed = picture_probe(data, n, &width, &height, &format);
    if (is_probed && (width < 1 || height < 1 || !format)) {
        abort();
    }
    if (picture_decode_within(data, n, 1 << 18, &p, &e)) {
        const size_t last = (size_t)p.width * (size_t)p.height * 3 - 1;
        if (p.rgb[0] + p.rgb[last] > 510 || !p.mode[0] || p.orientation < 1 || p.orientation > 8 ||
            p.frames < 1) {
            abort();
        }
        picture_done(&p);
    } else if (e.code == ERR_NONE || !e.msg[0] || p.rgb) {
        abort();
    }
    return 0;
}
