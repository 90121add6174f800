/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/screens/golden.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/screens/ptyterm.h"

static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
enum { MAX_LOOKS = sizeof LETTERS - 1, MAX_FILE_BYTES = 1 << 20 };

static bool same_look(const struct ptyterm_style *a, const struct ptyterm_style *b)
{
    return a->is_bold == b->is_bold && a->is_underlined == b->is_underlined &&
           a->is_italic == b->is_italic && a->is_reverse == b->is_reverse &&
           a->is_blinking == b->is_blinking && a->fg == b->fg && a->bg == b->bg;
}

static void put_colour(struct buf *out, const char *name, int colour)
{
    if (colour >= COLOUR_RGB) {
        buf_printf(out, " %s=#%06x", name, (unsigned)(colour - COLOUR_RGB));
    } else if (colour >= 0) {
        buf_printf(out, " %s=%d", name, colour);
    }
}

static void put_look(struct buf *out, char letter, const struct ptyterm_style *s)
{
    buf_putc(out, letter);
    buf_puts(out, s->is_bold ? " bold" : "");
    buf_puts(out, s->is_underlined ? " underline" : "");
    buf_puts(out, s->is_italic ? " italic" : "");
    buf_puts(out, s->is_reverse ? " reverse" : "");
    buf_puts(out, s->is_blinking ? " blink" : "");
    put_colour(out, "fg", s->fg);
    put_colour(out, "bg", s->bg);
    buf_putc(out, '\n');
}

void golden_styles(const struct ptyterm *t, struct buf *out)
{
    static const struct ptyterm_style PLAIN = {.fg = COLOUR_DEFAULT, .bg = COLOUR_DEFAULT};
    struct ptyterm_style looks[MAX_LOOKS];
    size_t n_looks = 0;
    for (int row = 0; row < ptyterm_rows(t); row++) {
        size_t start = out->n;
        for (int col = 0; col < ptyterm_cols(t); col++) {
            struct ptyterm_style s = ptyterm_style(t, row, col);
            if (same_look(&s, &PLAIN)) {
                buf_putc(out, '.');
                continue;
            }
            size_t i = 0;
            while (i < n_looks && !same_look(&looks[i], &s)) {
                i++;
            }
            if (i == n_looks && n_looks < MAX_LOOKS) {
                looks[n_looks++] = s;
            }
            buf_putc(out, i < MAX_LOOKS ? LETTERS[i] : '?');
        }
        while (out->n > start && out->p[out->n - 1] == '.') {
            out->p[--out->n] = '\0';
        }
        buf_putc(out, '\n');
    }
    buf_putc(out, '\n');
    for (size_t i = 0; i < n_looks; i++) {
        put_look(out, LETTERS[i], &looks[i]);
    }
}

/* ---- comparing ---- */

static const char *next_line(const char **at, size_t *n)
{
    const char *line = *at;
    *n = strcspn(line, "\n");
    *at = line + *n + (line[*n] == '\n');
    return line;
}

static void put_differences(const char *kept, const char *drawn, struct buf *why)
{
    while (*kept || *drawn) {
        size_t n_kept = 0;
        size_t n_drawn = 0;
        bool has_kept = *kept;
        bool has_drawn = *drawn;
        const char *a = next_line(&kept, &n_kept);
        const char *b = next_line(&drawn, &n_drawn);
        if (has_kept && has_drawn && n_kept == n_drawn && memcmp(a, b, n_kept) == 0) {
            buf_printf(why, "  %.*s\n", (int)n_kept, a);
            continue;
        }
        if (has_kept) {
            buf_printf(why, "- %.*s\n", (int)n_kept, a);
        }
        if (has_drawn) {
            buf_printf(why, "+ %.*s\n", (int)n_drawn, b);
        }
    }
}

static bool check_file(const char *path, const struct buf *drawn, struct buf *why)
{
    const char *mode = getenv("HFTERM_GOLDEN");
    struct err e = ERR_INIT;
    if (mode && strcmp(mode, "write") == 0) {
        if (!file_write_atomic(path, buf_str(drawn), drawn->n, 0644, &e)) {
            buf_printf(why, "%s\n", e.msg);
            return false;
        }
        return true;
    }
    struct buf kept = BUF_INIT;
    if (!file_read(path, &kept, MAX_FILE_BYTES, &e)) {
        buf_printf(why, "%s (make golden writes it)\n%s", e.msg, buf_str(drawn));
        buf_done(&kept);
        return false;
    }
    bool is_same = kept.n == drawn->n && memcmp(buf_str(&kept), buf_str(drawn), kept.n) == 0;
    if (!is_same) {
        buf_printf(why, "%s: '-' as kept, '+' as drawn\n", path);
        put_differences(buf_str(&kept), buf_str(drawn), why);
    }
    buf_done(&kept);
    return is_same;
}

bool golden_check(const struct ptyterm *t, const char *name, struct buf *why)
{
    const char *dir = getenv("HFTERM_GOLDEN_DIR");
    dir = dir ? dir : "tests/golden/screens";
    char *text_path = xasprintf("%s/%s.txt", dir, name);
    char *style_path = xasprintf("%s/%s.style", dir, name);
    struct buf text = BUF_INIT;
    struct buf styles = BUF_INIT;
    ptyterm_screen(t, &text);
    golden_styles(t, &styles);
    bool is_same = check_file(text_path, &text, why);
    is_same = check_file(style_path, &styles, why) && is_same;
    free(text_path);
    free(style_path);
    buf_done(&text);
    buf_done(&styles);
    return is_same;
}
