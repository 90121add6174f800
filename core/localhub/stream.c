/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/stream.h"

#include <inttypes.h>

void lh_put_event(struct buf *out, const char *name, uint64_t id, const char *text)
{
    buf_printf(out, "event: %s\n", name);
    if (id) {
        buf_printf(out, "id: %" PRIu64 "\n", id);
    }
    buf_printf(out, "data: %s\n\n", text);
}
