/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte says how the rest is cut into pieces, and whether long events are cut or dropped;
 * however it comes, the events are the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/net/sse.h"

enum { EVENT_MAX = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct buf collect(const uint8_t *bytes, size_t n, size_t step, bool keeps_cut)
{
    struct buf out = BUF_INIT;
    struct sse *s = sse_new(EVENT_MAX);
    if (keeps_cut) {
        sse_keep_cut(s);
    }
    for (size_t at = 0; at < n; at += step) {
        sse_feed(s, bytes + at, step < n - at ? step : n - at);
        struct sse_event event;
        while (sse_next(s, &event)) {
            if (event.data_len >= EVENT_MAX || event.data[event.data_len] != '\0') {
                abort();
            }
            buf_printf(&out, "%s|%s|%d|", event.name, event.id, event.is_cut);
            buf_append(&out, event.data, event.data_len);
            buf_putc(&out, '\n');
        }
    }
    buf_printf(&out, "%llu %lld", (unsigned long long)sse_dropped(s), (long long)sse_retry_ms(s));
    sse_free(s);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0) {
        return 0;
    }
    const bool keeps_cut = bytes[0] & 0x80;
    struct buf whole = collect(bytes + 1, n - 1, n, keeps_cut);
    struct buf cut = collect(bytes + 1, n - 1, (size_t)bytes[0] % 16 + 1, keeps_cut);
    if (whole.n != cut.n || memcmp(whole.p, cut.p, whole.n) != 0) {
        abort();
    }
    buf_done(&whole);
    buf_done(&cut);
    return 0;
}
