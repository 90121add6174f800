/* SPDX-License-Identifier: Apache-2.0 */
/* Any card as text for a terminal: nothing that a terminal obeys comes out. The first byte is the
 * width. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/cli/card_text.h"
#include "core/cli/out.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 1) {
        return 0;
    }
    const struct cli_out style = {.cols = bytes[0], .is_ascii = bytes[0] & 1};
    struct buf out = BUF_INIT;
    cli_render_card(&out, (const char *)bytes + 1, n - 1, &style);
    for (size_t i = 0; i < out.n; i++) {
        const unsigned char c = (unsigned char)out.p[i];
        if ((c < 0x20 && c != '\n') || c == 0x7f) {
            abort();
        }
    }
    buf_done(&out);
    return 0;
}
