/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes through text_sanitize: what comes out is harmless, final, and as wide as we say. */
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C.UTF-8");
    return 0;
}

static void require(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static void check_harmless(const struct buf *b, enum text_flags flags)
{
    for (size_t i = 0; i < b->n;) {
        uint32_t cp = 0;
        char bytes[4];
        const size_t used = text_decode(b->p + i, b->n - i, &cp);
        require(used > 0 && text_encode(cp, bytes) == used && !memcmp(bytes, b->p + i, used));
        require(text_cp_width(cp) >= 0 || (cp == '\n' && (flags & TEXT_KEEP_NEWLINES)));
        require(cp < 0x202A || cp > 0x202E);
        require(cp < 0x2066 || cp > 0x2069);
        i += used;
    }
}

static void check_cuts(const char *s)
{
    for (int cols = -1; cols < 12; cols++) {
        struct buf out = BUF_INIT;
        int used = 0;
        require(text_fit(s, cols, &used) <= strlen(s) && used <= (cols > 0 ? cols : 0));
        text_cut_end(&out, s, cols, cols % 2 == 0);
        require(text_width(buf_str(&out)) <= (cols > 0 ? cols : 0));
        buf_clear(&out);
        text_cut_middle(&out, s, cols, cols % 2 == 0);
        require(text_width(buf_str(&out)) <= (cols > 0 ? cols : 0));
        buf_clear(&out);
        text_cut_name(&out, s, cols, cols % 2 == 0);
        require(text_width(buf_str(&out)) <= (cols > 0 ? cols : 0));
        buf_clear(&out);
        text_pad(&out, s, cols, cols % 2 == 0);
        require(text_width(buf_str(&out)) == (cols > 0 ? cols : 0));
        buf_done(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    for (enum text_flags flags = TEXT_LINE; flags <= TEXT_KEEP_NEWLINES; flags++) {
        struct buf once = BUF_INIT;
        struct buf twice = BUF_INIT;
        text_sanitize(&once, (const char *)data, n, flags);
        check_harmless(&once, flags);
        text_sanitize(&twice, buf_str(&once), once.n, flags);
        require(once.n == twice.n && !memcmp(buf_str(&once), buf_str(&twice), once.n));
        if (flags == TEXT_LINE) {
            check_cuts(buf_str(&once));
        }
        buf_done(&once);
        buf_done(&twice);
    }
    return 0;
}
