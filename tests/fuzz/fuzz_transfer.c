/* SPDX-License-Identifier: Apache-2.0 */
/* What a download reads besides bytes: the note beside a part (first byte 'n'), and else headers of an
 * answer, one of them Content-Range. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/hub/resolve.h"
#include "core/transfer/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void parse_note(const char *text, size_t n)
{
    struct part_note note;
    if (part_parse_note(text, n, &note)) {
        if (!note.url || !note.etag || !*note.etag) {
            abort();
        }
        part_note_done(&note);
    }
}

static void parse_headers(const char *text)
{
    uint64_t first = 0, last = 0, total = 0;
    bool has_total = false;
    struct hub_facts facts;
    hub_parse_content_range(text, &first, &last, &has_total, &total);
    if (has_total && total > 1ULL << 62) {
        abort();
    }
    hub_facts_read(&facts, text, strlen(text) % 2 == 1);
    hub_facts_done(&facts);
    (void)hub_is_lfs_pointer(text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0) {
        return 0;
    }
    char *text = xstrndup((const char *)bytes + 1, n - 1);
    if (bytes[0] == 'n') {
        parse_note(text, strlen(text));
    } else {
        parse_headers(text);
    }
    free(text);
    return 0;
}
