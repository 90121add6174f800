/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"

#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#include "core/base/buf.h"

enum {
    CP_REPLACEMENT = 0xFFFD,
    CP_ZWJ = 0x200D,
    CP_ZWNJ = 0x200C,
    MAX_MARKS = 2,
};

size_t text_decode(const char *s, size_t n, uint32_t *cp)
{
    if (n == 0) {
        *cp = 0;
        return 0;
    }
    unsigned char lead = (unsigned char)s[0];
    if (lead < 0x80) {
        *cp = lead;
        return 1;
    }
    size_t need = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    uint32_t value = need == 4 ? lead & 0x07U : need == 3 ? lead & 0x0FU : lead & 0x1FU;
    *cp = CP_REPLACEMENT;
    if (need == 0 || lead > 0xF4) {
        return 1;
    }
    for (size_t i = 1; i < need; i++) {
        unsigned char c = i < n ? (unsigned char)s[i] : 0;
        if ((c & 0xC0) != 0x80) {
            return i;
        }
        value = value << 6 | (c & 0x3FU);
    }
    bool is_overlong = (need == 3 && value < 0x800) || (need == 4 && value < 0x10000);
    bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (!is_overlong && !is_surrogate && value <= 0x10FFFF) {
        *cp = value;
    }
    return need;
}

bool text_is_utf8(const char *s, size_t n, size_t *bad_at)
{
    for (size_t i = 0; i < n;) {
        if ((unsigned char)s[i] < 0x80) {
            i++;
            continue;
        }
        uint32_t cp = 0;
        const size_t used = text_decode(s + i, n - i, &cp);
        const bool is_real_replacement = used == 3 && memcmp(s + i, "\xEF\xBF\xBD", 3) == 0;
        if (cp == CP_REPLACEMENT && !is_real_replacement) {
            if (bad_at) {
                *bad_at = i;
            }
            return false;
        }
        i += used;
    }
    return true;
}

size_t text_encode(uint32_t cp, char out[4])
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) {
        cp = CP_REPLACEMENT;
    }
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

void text_use_locale(void)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* JSON and sizes have a point */
    if (!text_locale_is_utf8() && !getenv("LC_ALL") && !getenv("LC_CTYPE") && !getenv("LANG")) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
}

bool text_locale_is_utf8(void)
{
    const char *name = nl_langinfo(CODESET); /* asked for every character: no call to strcmp */
    return name[0] == 'U' && name[1] == 'T' && name[2] == 'F' && name[3] == '-' &&
           name[4] == '8' && name[5] == '\0';
}

int text_cp_width(uint32_t cp)
{
    if (cp < 0x7F) {
        return cp < 0x20 ? -1 : 1;
    }
    if (cp < 0xA0) {
        return -1;
    }
    utf8proc_category_t cat = utf8proc_category((utf8proc_int32_t)cp);
    if (cat == UTF8PROC_CATEGORY_CN || cat == UTF8PROC_CATEGORY_CS || cat == UTF8PROC_CATEGORY_ZL ||
        cat == UTF8PROC_CATEGORY_ZP) {
        return -1;
    }
    if (text_locale_is_utf8()) {
        return wcwidth((wchar_t)cp);
    }
    return utf8proc_charwidth((utf8proc_int32_t)cp);
}

int text_width_n(const char *s, size_t n)
{
    int cols = 0;
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x20 && c < 0x7F) { /* nearly everything: no table look-up */
            cols++;
            i++;
            continue;
        }
        uint32_t cp = 0;
        i += text_decode(s + i, n - i, &cp);
        int w = text_cp_width(cp);
        cols += w > 0 ? w : 0;
    }
    return cols;
}

int text_width(const char *s)
{
    return text_width_n(s, strlen(s));
}

static bool is_dropped_format(uint32_t cp)
{
    return utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_CF ||
           (cp >= 0xFE00 && cp <= 0xFE0F) ||   /* variation selectors */
           (cp >= 0xE0100 && cp <= 0xE01EF) || /* variation selectors supplement */
           cp == 0x034F || cp == 0x115F || cp == 0x1160 || cp == 0x3164 || cp == 0xFFA0 ||
           cp == 0x180B || cp == 0x180C || cp == 0x180D || cp == 0x180F;
}

static bool is_skin_tone(uint32_t cp)
{
    return cp >= 0x1F3FB && cp <= 0x1F3FF;
}

static bool is_pictograph(uint32_t cp)
{
    return (cp >= 0x1F300 && cp <= 0x1FAFF) || (cp >= 0x2190 && cp <= 0x2BFF);
}

static void put_control(struct buf *out, uint32_t cp)
{
    if (cp < 0x20) {
        buf_putc(out, '^');
        buf_putc(out, (char)(cp + 0x40));
    } else if (cp == 0x7F) {
        buf_puts(out, "^?");
    } else {
        buf_printf(out, "<%02x>", cp);
    }
}

struct cleaner {
    struct buf *out;
    enum text_flags flags;
    uint32_t base;       /* last visible code point */
    bool is_joining;     /* a ZWJ followed a pictograph: drop the next one */
    int marks;           /* combining marks since the base */
    int column;          /* in the current line, for tabs */
};

static void put_cp(struct cleaner *c, uint32_t cp, int width)
{
    char bytes[4];
    buf_append(c->out, bytes, text_encode(cp, bytes));
    c->column += width;
}

static void clean_space(struct cleaner *c, uint32_t cp)
{
    c->base = 0;
    c->is_joining = false;
    if (cp == '\n' && (c->flags & TEXT_KEEP_NEWLINES)) {
        buf_putc(c->out, '\n');
        c->column = 0;
        return;
    }
    int count = cp == '\t' && (c->flags & TEXT_KEEP_NEWLINES) ? 4 - c->column % 4 : 1;
    buf_pad(c->out, ' ', (size_t)count);
    c->column += count;
}

static void clean_visible(struct cleaner *c, uint32_t cp)
{
    int width = text_cp_width(cp);
    if (width < 0) {
        cp = CP_REPLACEMENT;
        width = 1;
    }
    if (width == 0) {
        bool has_room = c->base != 0 && c->marks < MAX_MARKS;
        if (has_room) {
            c->marks++;
            put_cp(c, cp, 0);
        }
        return;
    }
    if (c->is_joining && is_pictograph(cp)) {
        c->is_joining = false; /* woman ZWJ laptop is drawn as the woman */
        return;
    }
    if (is_skin_tone(cp) && is_pictograph(c->base)) {
        return;
    }
    c->is_joining = false;
    c->base = cp;
    c->marks = 0;
    put_cp(c, cp, width);
}

/* Bytes of printable ASCII at the start of s: nearly everything, and copied as it is. */
static size_t plain_run(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && (unsigned char)s[i] >= 0x20 && (unsigned char)s[i] < 0x7F) {
        i++;
    }
    return i;
}

void text_sanitize(struct buf *out, const char *s, size_t n, enum text_flags flags)
{
    struct cleaner c = {.out = out, .flags = flags};
    for (size_t i = 0; i < n;) {
        const size_t run = plain_run(s + i, n - i);
        if (run > 0) {
            buf_append(out, s + i, run);
            i += run;
            c.column += (int)run;
            c.base = (unsigned char)s[i - 1];
            c.marks = 0;
            c.is_joining = false;
            continue;
        }
        uint32_t cp = 0;
        i += text_decode(s + i, n - i, &cp);
        if (cp == '\r' && i < n && s[i] == '\n') {
            continue;
        }
        if (cp == '\n' || cp == '\t' || cp == 0x2028 || cp == 0x2029) {
            clean_space(&c, cp == 0x2028 || cp == 0x2029 ? '\n' : cp);
        } else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
            size_t before = out->n;
            put_control(out, cp);
            c.column += (int)(out->n - before);
            c.base = 0;
        } else if (cp == CP_ZWJ) {
            c.is_joining = is_pictograph(c.base);
        } else if (!is_dropped_format(cp)) {
            clean_visible(&c, cp);
        }
    }
}

char *text_clean(const char *s)
{
    struct buf out = BUF_INIT;
    if (s) {
        text_sanitize(&out, s, strlen(s), TEXT_LINE);
    }
    return buf_steal(&out);
}

size_t text_fit(const char *s, int cols, int *used)
{
    size_t n = strlen(s);
    size_t i = 0;
    int width = 0;
    while (i < n) {
        uint32_t cp = 0;
        size_t len = text_decode(s + i, n - i, &cp);
        int w = text_cp_width(cp);
        w = w > 0 ? w : 0;
        if (width + w > cols) {
            break;
        }
        width += w;
        i += len;
    }
    if (used) {
        *used = width;
    }
    return i;
}

static const char *cut_mark(bool ascii)
{
    return ascii ? "~" : "\xE2\x80\xA6";
}

void text_cut_end(struct buf *out, const char *s, int cols, bool ascii)
{
    if (cols <= 0) {
        return;
    }
    if (text_width(s) <= cols) {
        buf_puts(out, s);
        return;
    }
    buf_append(out, s, text_fit(s, cols - 1, NULL));
    buf_puts(out, cut_mark(ascii));
}

/* The longest suffix of s at most cols wide. */
static const char *suffix_that_fits(const char *s, int cols)
{
    int width = text_width(s);
    size_t n = strlen(s);
    size_t i = 0;
    while (i < n && width > cols) {
        uint32_t cp = 0;
        i += text_decode(s + i, n - i, &cp);
        int w = text_cp_width(cp);
        width -= w > 0 ? w : 0;
    }
    while (i < n) { /* no lone combining mark at the seam */
        uint32_t cp = 0;
        size_t len = text_decode(s + i, n - i, &cp);
        if (text_cp_width(cp) != 0) {
            break;
        }
        i += len;
    }
    return s + i;
}

void text_cut_middle(struct buf *out, const char *s, int cols, bool ascii)
{
    if (cols <= 0) {
        return;
    }
    if (text_width(s) <= cols) {
        buf_puts(out, s);
        return;
    }
    int head = (cols - 1) / 3; /* the ends of names tell more than their beginnings */
    buf_append(out, s, text_fit(s, head, NULL));
    buf_puts(out, cut_mark(ascii));
    buf_puts(out, suffix_that_fits(s, cols - 1 - head));
}

void text_cut_name(struct buf *out, const char *s, int cols, bool ascii)
{
    enum { OWNER_LEAST = 2 };
    const char *slash = strchr(s, '/');
    const bool is_name = slash && slash > s && slash[1] && !strchr(slash + 1, '/');
    const int room = is_name ? cols - text_width(slash) - 1 : 0; /* for the owner beside the mark */
    if (room < OWNER_LEAST || text_width(s) <= cols) {
        text_cut_middle(out, s, cols, ascii);
        return;
    }
    buf_append(out, s, text_fit(s, room, NULL));
    buf_puts(out, cut_mark(ascii));
    buf_puts(out, slash);
}

void text_pad(struct buf *out, const char *s, int cols, bool right_align)
{
    int used = 0;
    size_t n = text_fit(s, cols, &used);
    size_t blanks = cols > used ? (size_t)(cols - used) : 0;
    if (right_align) {
        buf_pad(out, ' ', blanks);
    }
    buf_append(out, s, n);
    if (!right_align) {
        buf_pad(out, ' ', blanks);
    }
}

void text_count(struct buf *out, uint64_t n)
{
    static const char UNITS[] = " kMGTPE";
    double v = (double)n;
    size_t unit = 0;
    while (v >= 999.5 && unit + 2 < sizeof UNITS) {
        v /= 1000;
        unit++;
    }
    if (unit == 0) {
        buf_printf(out, "%" PRIu64, n);
    } else {
        buf_printf(out, v < 9.95 ? "%.1f%c" : "%.0f%c", v, UNITS[unit]);
    }
}

void text_bytes(struct buf *out, uint64_t n)
{
    static const char *const UNITS[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double v = (double)n;
    size_t unit = 0;
    while (v >= 999.5 && unit + 1 < sizeof UNITS / sizeof *UNITS) {
        v /= 1000;
        unit++;
    }
    buf_printf(out, unit == 0 || v >= 99.95 ? "%.0f %s" : "%.1f %s", v, UNITS[unit]);
}

void text_age(struct buf *out, int64_t then_s, int64_t now_s)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } STEPS[] = {
        {365 * 86400, "year"}, {30 * 86400, "month"}, {86400, "day"}, {3600, "hour"}, {60, "minute"},
    };
    int64_t age = now_s - then_s;
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        if (age >= STEPS[i].seconds) {
            int64_t n = age / STEPS[i].seconds;
            buf_printf(out, "%" PRId64 " %s%s ago", n, STEPS[i].name, n == 1 ? "" : "s");
            return;
        }
    }
    buf_puts(out, "just now");
}

void text_age_short(struct buf *out, int64_t then_s, int64_t now_s)
{
    int64_t age = now_s > then_s ? now_s - then_s : 0;
    int64_t days = age / 86400;
    if (days >= 365) {
        buf_printf(out, "%" PRId64 "y", days / 365);
    } else if (days >= 30) {
        buf_printf(out, "%" PRId64 "mo", days / 30);
    } else if (days > 0) {
        buf_printf(out, "%" PRId64 "d", days);
    } else if (age >= 3600) {
        buf_printf(out, "%" PRId64 "h", age / 3600);
    } else {
        buf_printf(out, "%" PRId64 "m", age / 60);
    }
}
