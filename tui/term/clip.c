/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/term/clip.h"

#include "core/base/buf.h"
#include "core/base/text.h"

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029 || cp == 0x061C ||
           (cp >= 0x200E && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
           cp == 0xFEFF || cp == 0x00AD || (cp >= 0xFFF9 && cp <= 0xFFFB) || (cp >= 0xE0000 && cp <= 0xE007F);
}

/* U+FFFD as it stands is a character; a bad byte is decoded as one, too. */
static bool is_bad_byte(uint32_t cp, size_t used)
{
    return cp == 0xFFFD && used < 3;
}

bool clip_take(struct buf *out, const char *text, size_t n, enum clip_kind kind, struct clip_note *note)
{
    struct clip_note found = {.lines = 1};
    const size_t before = out->n;
    size_t used = 0;
    for (size_t i = 0; i < n; i += used) {
        uint32_t cp = 0;
        used = text_decode(text + i, n - i, &cp);
        const bool stays = kind == CLIP_LINES && (cp == '\n' || cp == '\t');
        const bool is_line_end = cp == '\r' && i + 1 < n && text[i + 1] == '\n';
        if (kind == CLIP_LINES && is_line_end) {
            continue;
        }
        if (!stays && (is_control(cp) || is_bad_byte(cp, used))) {
            found.left_out++;
            continue;
        }
        found.lines += cp == '\n' && i + used < n; /* the last one ends a line, it begins none */
        found.tabs += cp == '\t';
        buf_append(out, text + i, used);
    }
    if (note) {
        *note = found;
    }
    if (kind == CLIP_VALUE && found.left_out) {
        out->n = before;
        if (out->p) {
            out->p[before] = '\0';
        }
        return false;
    }
    return true;
}
