/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a diff: the lines are harmless, none is wider than asked for, and counting agrees with drawing. The
 * first byte is the width. */
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/doc/diff.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) {
        return 0;
    }
    const int cols = data[0] % 100;
    const char *text = (const char *)data + 1;
    struct rich r = RICH_INIT;
    rich_put_diff(&r, text, n - 1, cols);
    const struct rich_diff_size size = rich_diff_count(text, n - 1);
    require(r.n_headings == size.files && size.added + size.removed <= r.n_lines);
    rich_put_wrapped(&r, RICH_TEXT, text, n - 1, cols);
    for (size_t i = 0; i < r.n_lines; i++) {
        require(r.lines[i].cols <= (cols > 4 ? cols : 4));
        for (const char *p = r.lines[i].text; *p; p++) {
            require((unsigned char)*p >= 0x20 && *p != 0x7f);
        }
    }
    rich_done(&r);
    return 0;
}
