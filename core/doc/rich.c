/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/rich.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/base/mem.h"
#include "core/base/text.h"

enum {
    MAX_COLS = UINT16_MAX,
    MAX_SPANS = UINT16_MAX,
    MAX_URL_BYTES = 4096,
    MAX_LINKS = 100000,
    MAX_ANCHOR_BYTES = 256,
    MAX_NAME_BYTES = 512, /* of an anchor looked for: with the number of a copy */
    MAX_PROBES = 32, /* a table made to collide costs this much a look-up and no more */
};

static const char *const STYLE_NAMES[] = {
#define RICH_NAME(id, name) [id] = (name),
    RICH_STYLES(RICH_NAME)
#undef RICH_NAME
};

const char *rich_style_name(enum rich_style style)
{
    return (size_t)style < RICH_N_STYLES ? STYLE_NAMES[style] : "text";
}

void rich_done(struct rich *r)
{
    arena_done(&r->arena);
    buf_done(&r->text);
    free(r->lines);
    free(r->links);
    free(r->headings);
    free(r->anchors);
    free(r->link_slots);
    free(r->anchor_slots);
    free(r->spans);
    *r = (struct rich)RICH_INIT;
}

void rich_clear(struct rich *r)
{
    arena_done(&r->arena);
    buf_clear(&r->text);
    r->n_lines = r->n_links = r->n_headings = r->n_anchors = 0;
    r->n_spans = r->cols = 0;
    if (r->link_slots) {
        memset(r->link_slots, 0, r->n_link_slots * sizeof *r->link_slots);
    }
    if (r->anchor_slots) {
        memset(r->anchor_slots, 0, r->n_anchor_slots * sizeof *r->anchor_slots);
    }
}

/* Growth for what the x family covers: the sizes follow from text that is in memory already. */
static void grow(void **array, size_t *cap, size_t need, size_t size)
{
    if (!mem_grow(array, cap, need, size)) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
}

/* ---- reading ---- */

uint32_t rich_link_at(const struct rich *r, size_t line, int col)
{
    if (line >= r->n_lines || col < 0) {
        return 0;
    }
    const struct rich_line *l = &r->lines[line];
    int at = 0;
    for (size_t i = 0; i < l->n_spans; i++) {
        at += l->spans[i].cols;
        if (col < at) {
            return l->spans[i].link;
        }
    }
    return 0;
}

const struct rich_link *rich_link(const struct rich *r, uint32_t number)
{
    return number >= 1 && number <= r->n_links ? &r->links[number - 1] : NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Lower-case letters and digits of s as they are; blanks become '-', all else is dropped. */
static void put_slug(struct buf *out, const char *s, size_t n, size_t max, bool drop_punctuation)
{
    /* max counts what comes out: a bad byte becomes three, some letters grow when lowered. */
    for (size_t i = 0; i < n && out->n + 4 <= max;) {
        uint32_t cp = 0;
        i += text_decode(s + i, n - i, &cp);
        if (cp == ' ' || cp == '\t') {
            buf_putc(out, '-');
            continue;
        }
        const utf8proc_category_t cat = utf8proc_category((utf8proc_int32_t)cp);
        const bool is_word = cat >= UTF8PROC_CATEGORY_LU && cat <= UTF8PROC_CATEGORY_NO;
        if (is_word || cp == '-' || cp == '_' || !drop_punctuation) {
            char bytes[4];
            const uint32_t lower = (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
            buf_append(out, bytes, text_encode(lower, bytes));
        }
    }
}

static void put_unescaped(struct buf *out, const char *s)
{
    for (size_t i = 0; s[i] && out->n < MAX_NAME_BYTES; i++) {
        const int high = s[i] == '%' ? hex_digit(s[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(s[i + 2]) : -1;
        if (low >= 0) {
            buf_putc(out, (char)(high << 4 | low));
            i += 2;
        } else {
            buf_putc(out, s[i]);
        }
    }
}

static uint64_t hash_bytes(const char *s, size_t n)
{
    uint64_t h = 14695981039346656037U; /* FNV-1a */
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (unsigned char)s[i]) * 1099511628211U;
    }
    return h ^ h >> 29;
}

static const char *link_key(const struct rich *r, uint32_t index)
{
    return r->links[index].url;
}

static const char *anchor_key(const struct rich *r, uint32_t index)
{
    return r->anchors[index].name;
}

/* One of the two tables: slots hold index + 1, 0 = free. */
struct table {
    uint32_t *slots;
    size_t n_slots;
    const char *(*key)(const struct rich *r, uint32_t index);
};

static struct table link_table(const struct rich *r)
{
    return (struct table){r->link_slots, r->n_link_slots, link_key};
}

static struct table anchor_table(const struct rich *r)
{
    return (struct table){r->anchor_slots, r->n_anchor_slots, anchor_key};
}

static bool table_find(const struct rich *r, struct table t, const char *s, size_t n,
                       uint32_t *index)
{
    if (t.n_slots == 0) {
        return false;
    }
    const uint64_t h = hash_bytes(s, n);
    for (size_t probe = 0; probe < MAX_PROBES; probe++) {
        const uint32_t slot = t.slots[(h + probe) & (t.n_slots - 1)];
        if (slot == 0) {
            return false;
        }
        const char *key = t.key(r, slot - 1);
        if (strncmp(key, s, n) == 0 && key[n] == '\0') {
            *index = slot - 1;
            return true;
        }
    }
    return false;
}

static void table_put(const struct rich *r, struct table t, uint32_t index)
{
    const char *key = t.key(r, index);
    const uint64_t h = hash_bytes(key, strlen(key));
    for (size_t probe = 0; probe < MAX_PROBES; probe++) {
        uint32_t *slot = &t.slots[(h + probe) & (t.n_slots - 1)];
        if (*slot == 0) {
            *slot = index + 1;
            return;
        }
    }
}

/* Keep the table at most half full when it is to hold n entries, of which n - 1 are in it. */
static struct table table_reserve(const struct rich *r, struct table t, size_t n)
{
    if (n * 2 <= t.n_slots) {
        return t;
    }
    free(t.slots);
    t.n_slots = t.n_slots ? t.n_slots * 2 : 64;
    t.slots = xcalloc(t.n_slots, sizeof *t.slots);
    for (size_t i = 0; i + 1 < n; i++) {
        table_put(r, t, (uint32_t)i);
    }
    return t;
}

bool rich_find_anchor(const struct rich *r, const char *name, size_t *line)
{
    struct buf plain = BUF_INIT;
    struct buf slug = BUF_INIT;
    put_unescaped(&plain, name[0] == '#' ? name + 1 : name);
    put_slug(&slug, buf_str(&plain), plain.n, MAX_NAME_BYTES, false);
    uint32_t index = 0;
    const bool found = table_find(r, anchor_table(r), buf_str(&slug), slug.n, &index);
    if (found) {
        *line = r->anchors[index].line;
    }
    buf_done(&plain);
    buf_done(&slug);
    return found;
}

bool rich_heading_at(const struct rich *r, size_t line, size_t *heading)
{
    size_t low = 0;
    size_t high = r->n_headings;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (r->headings[mid].line <= line) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    if (low == 0) {
        return false;
    }
    *heading = low - 1;
    return true;
}

void rich_put_plain(const struct rich *r, size_t first, size_t count, struct buf *out)
{
    for (size_t i = first; i < r->n_lines && i - first < count; i++) {
        buf_append(out, r->lines[i].text, r->lines[i].n_text);
        buf_putc(out, '\n');
    }
}

/* ---- building ---- */

/* A link stands where its text is first drawn. */
static void place_link(struct rich *r, uint32_t link)
{
    if (link > 0 && link <= r->n_links && !r->links[link - 1].is_placed) {
        r->links[link - 1].line = r->n_lines;
        r->links[link - 1].is_placed = true;
    }
}

void rich_put(struct rich *r, enum rich_style style, uint32_t link, const char *text, size_t n)
{
    size_t cols = (size_t)text_width_n(text, n);
    if (r->cols + cols > MAX_COLS || n == 0) {
        return;
    }
    struct rich_span *last = r->n_spans > 0 ? &r->spans[r->n_spans - 1] : NULL;
    if (last && last->style == style && last->link == link) {
        last->n += (uint32_t)n;
        last->cols = (uint16_t)(last->cols + cols);
    } else if (r->n_spans < MAX_SPANS) {
        void *spans = r->spans;
        grow(&spans, &r->cap_spans, r->n_spans + 1, sizeof *r->spans);
        r->spans = spans;
        r->spans[r->n_spans++] = (struct rich_span){
            .at = (uint32_t)r->text.n,
            .n = (uint32_t)n,
            .link = link,
            .cols = (uint16_t)cols,
            .style = (uint8_t)style,
        };
    } else {
        return;
    }
    place_link(r, link);
    buf_append(&r->text, text, n);
    r->cols += cols;
}

void rich_puts(struct rich *r, enum rich_style style, const char *text)
{
    rich_put(r, style, 0, text, strlen(text));
}

void rich_repeat(struct rich *r, enum rich_style style, const char *glyph, int count)
{
    const size_t n = strlen(glyph);
    for (int i = 0; i < count; i++) {
        rich_put(r, style, 0, glyph, n);
    }
}

size_t rich_cols(const struct rich *r)
{
    return r->cols;
}

void rich_end_line(struct rich *r)
{
    const size_t spans_bytes = r->n_spans * sizeof *r->spans;
    char *block = arena_alloc(&r->arena, spans_bytes + r->text.n + 1, 1);
    if (r->n_spans > 0) {
        memcpy(block, r->spans, spans_bytes);
        memcpy(block + spans_bytes, r->text.p, r->text.n);
    }
    void *lines = r->lines;
    grow(&lines, &r->cap_lines, r->n_lines + 1, sizeof *r->lines);
    r->lines = lines;
    r->lines[r->n_lines++] = (struct rich_line){
        .text = block + spans_bytes,
        .spans = (const struct rich_span *)(const void *)block,
        .n_text = (uint32_t)r->text.n,
        .n_spans = (uint16_t)r->n_spans,
        .cols = (uint16_t)r->cols,
    };
    buf_clear(&r->text);
    r->n_spans = 0;
    r->cols = 0;
}

uint32_t rich_add_link(struct rich *r, const char *url, size_t n, bool is_image)
{
    if (n == 0 || n > MAX_URL_BYTES) {
        return 0;
    }
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, url, n, TEXT_LINE);
    uint32_t index = 0;
    uint32_t number = 0;
    if (table_find(r, link_table(r), buf_str(&clean), clean.n, &index)) {
        number = index + 1;
    } else if (r->n_links < MAX_LINKS) {
        void *links = r->links;
        grow(&links, &r->cap_links, r->n_links + 1, sizeof *r->links);
        r->links = links;
        r->links[r->n_links++] = (struct rich_link){
            .url = arena_strndup(&r->arena, buf_str(&clean), clean.n),
            .text = "",
            .line = r->n_lines,
            .is_image = is_image,
        };
        number = (uint32_t)r->n_links;
        const struct table t = table_reserve(r, link_table(r), r->n_links);
        r->link_slots = t.slots;
        r->n_link_slots = t.n_slots;
        table_put(r, t, number - 1);
    }
    buf_done(&clean);
    return number;
}

void rich_set_link_text(struct rich *r, uint32_t number, const char *text, size_t n)
{
    if (number >= 1 && number <= r->n_links && n > 0 && r->links[number - 1].text[0] == '\0') {
        r->links[number - 1].text = arena_strndup(&r->arena, text, n);
    }
}

/* Adds the anchor unless it is there; returns its index, false when the name was taken. */
static bool add_anchor(struct rich *r, const char *name, size_t n, size_t line, uint32_t *index)
{
    if (table_find(r, anchor_table(r), name, n, index)) {
        return false;
    }
    void *anchors = r->anchors;
    grow(&anchors, &r->cap_anchors, r->n_anchors + 1, sizeof *r->anchors);
    r->anchors = anchors;
    *index = (uint32_t)r->n_anchors;
    r->anchors[r->n_anchors++] = (struct rich_anchor){
        .name = arena_strndup(&r->arena, name, n),
        .line = line,
    };
    const struct table t = table_reserve(r, anchor_table(r), r->n_anchors);
    r->anchor_slots = t.slots;
    r->n_anchor_slots = t.n_slots;
    table_put(r, t, *index);
    return true;
}

void rich_add_anchor(struct rich *r, const char *name, size_t n)
{
    rich_add_anchor_at(r, name, n, r->n_lines);
}

void rich_add_anchor_at(struct rich *r, const char *name, size_t n, size_t line)
{
    struct buf slug = BUF_INIT;
    put_slug(&slug, name, n, MAX_ANCHOR_BYTES, false);
    uint32_t index = 0;
    if (slug.n > 0) {
        add_anchor(r, slug.p, slug.n, line, &index);
    }
    buf_done(&slug);
}

void rich_add_heading(struct rich *r, int level, const char *text, size_t n)
{
    void *headings = r->headings;
    grow(&headings, &r->cap_headings, r->n_headings + 1, sizeof *r->headings);
    r->headings = headings;
    r->headings[r->n_headings++] = (struct rich_heading){
        .text = arena_strndup(&r->arena, text, n),
        .line = r->n_lines,
        .level = level,
    };
    struct buf slug = BUF_INIT;
    put_slug(&slug, text, n, MAX_ANCHOR_BYTES, true);
    uint32_t index = 0;
    if (slug.n > 0 && !add_anchor(r, slug.p, slug.n, r->n_lines, &index)) {
        buf_printf(&slug, "-%u", ++r->anchors[index].copies);
        add_anchor(r, slug.p, slug.n, r->n_lines, &index);
    }
    buf_done(&slug);
}
