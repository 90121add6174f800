/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a viewer: a window of lines, of a tree or of bytes, with matches marked. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/widget/view_state.h"

size_t view_match_at(const struct view_search *s, uint64_t byte)
{
    size_t low = 0;
    size_t high = s->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (s->matches[mid].at + s->matches[mid].n <= byte) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

enum {
    DEFAULT_TAB_COLS = 8,
    MIN_NUMBER_COLS = 3,
    INDENT_COLS = 2,
    MAX_INDENT_COLS = 40,
    MAX_VALUE_BYTES = 16 * 1024, /* of a JSON value that are drawn */
    WIDE_HEX_COLS = 76,          /* what 16 bytes a row take */
};

static const char *glyph(const struct viewer *v, const char *unicode, const char *ascii)
{
    return v->look.is_ascii ? ascii : unicode;
}

/* ---- source bytes to styled text ---- */

static int tab_cols(const struct viewer *v)
{
    return v->look.tab_cols > 0 ? v->look.tab_cols : DEFAULT_TAB_COLS;
}

/* Bytes up to the next tab or control character. */
static size_t plain_bytes(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && (unsigned char)s[i] >= 0x20 && s[i] != 0x7F) {
        i++;
    }
    return i;
}

/* Append source bytes in one style; *col is the column in the line and moves on. */
static void put_source(struct viewer *v, enum rich_style style, const char *s, size_t n, int *col)
{
    const enum rich_style control =
        style == RICH_MATCH || style == RICH_MATCH_NOW ? style : RICH_CONTROL;
    for (size_t i = 0; i < n;) {
        const size_t before = v->flow.text.n;
        const size_t plain = plain_bytes(s + i, n - i);
        if (plain > 0) {
            flow_put_code(&v->flow, style, 0, s + i, plain);
            i += plain;
        } else if (s[i] == '\t') {
            for (int blanks = tab_cols(v) - *col % tab_cols(v); blanks > 0; blanks--) {
                flow_puts(&v->flow, style, 0, " ");
            }
            i++;
        } else {
            flow_put_code(&v->flow, control, 0, s + i, 1);
            i++;
        }
        *col += text_width_n(buf_str(&v->flow.text) + before, v->flow.text.n - before);
    }
}

/* Append bytes [from, to) of the text with its matches marked. Stops behind max_cols columns. */
static void put_marked(struct viewer *v, enum rich_style style, size_t from, size_t to, int *col,
                       int max_cols)
{
    enum { STEP_BYTES = 512 };
    const struct view_search *s = &v->search;
    const char *text = view_text(v).p;
    size_t match = s->finder ? view_match_at(s, from) : s->n;
    while (from < to && *col <= max_cols) {
        size_t stop = to;
        enum rich_style now = style;
        if (match < s->n && s->matches[match].at < to) {
            const struct view_match *m = &s->matches[match];
            if (m->at > from) {
                stop = (size_t)m->at;
            } else {
                now = m->at == s->now ? RICH_MATCH_NOW : RICH_MATCH;
                stop = (size_t)m->at + m->n < to ? (size_t)m->at + m->n : to;
                match++;
            }
        }
        while (from < stop && *col <= max_cols) { /* a long stretch is not made to its end */
            size_t end = stop - from > STEP_BYTES ? from + STEP_BYTES : stop;
            while (end < stop && ((unsigned char)text[end] & 0xC0) == 0x80) {
                end++;
            }
            put_source(v, now, text + from, end - from, col);
            from = end;
        }
    }
}

static void layout_piece(struct viewer *v, size_t piece, size_t up_to, int max_cols)
{
    const struct str s = lines_text(&v->lines, view_text(v), piece);
    const size_t from = lines_start(&v->lines, piece);
    const size_t end = from + s.n < up_to ? from + s.n : up_to;
    int col = 0;
    flow_clear(&v->flow);
    put_marked(v, RICH_TEXT, from, end, &col, max_cols);
}

/* ---- cutting a laid out line by columns ---- */

/* From byte `at` of the flow: the bytes that fit into cols columns, one character at least. */
static size_t fit_bytes(const struct flow *f, size_t at, int cols, int *used)
{
    const size_t start = at;
    *used = 0;
    while (at < f->text.n) {
        uint32_t cp = 0;
        const size_t n = text_decode(f->text.p + at, f->text.n - at, &cp);
        const int width = text_cp_width(cp) > 0 ? text_cp_width(cp) : 0;
        if (*used + width > cols && at > start) {
            break;
        }
        *used += width;
        at += n;
    }
    return at - start;
}

int view_gutter(const struct viewer *v)
{
    if (v->mode != VIEWER_TEXT || v->look.hide_numbers) {
        return 0;
    }
    int digits = 1;
    for (uint64_t n = v->lines.n_lines; n >= 10; n /= 10) {
        digits++;
    }
    return (digits > MIN_NUMBER_COLS ? digits : MIN_NUMBER_COLS) + 1;
}

int view_text_cols(const struct viewer *v)
{
    const int cols = v->width - view_gutter(v);
    return cols > 1 ? cols : 1;
}

uint32_t view_piece_rows(struct viewer *v, size_t piece)
{
    if (!v->look.wrap) {
        return 1;
    }
    uint32_t rows = 0;
    int used = 0;
    layout_piece(v, piece, SIZE_MAX, INT32_MAX);
    for (size_t at = 0; at < v->flow.text.n; rows++) {
        at += fit_bytes(&v->flow, at, view_text_cols(v), &used);
    }
    return rows > 0 ? rows : 1;
}

void view_byte_place(struct viewer *v, size_t piece, size_t byte, uint32_t *sub, int *col)
{
    layout_piece(v, piece, byte, INT32_MAX);
    const size_t target = v->flow.text.n;
    *col = text_width_n(buf_str(&v->flow.text), target);
    *sub = 0;
    if (!v->look.wrap) {
        return;
    }
    layout_piece(v, piece, SIZE_MAX, INT32_MAX);
    int used = 0;
    size_t at = 0;
    while (at < v->flow.text.n) {
        at += fit_bytes(&v->flow, at, view_text_cols(v), &used);
        if (at > target || at >= v->flow.text.n) {
            break;
        }
        (*sub)++;
    }
}

/* Byte of the laid out line where wrapped row `sub` starts. */
static size_t row_start(struct viewer *v, uint32_t sub)
{
    size_t at = 0;
    int used = 0;
    for (uint32_t i = 0; i < sub && at < v->flow.text.n; i++) {
        at += fit_bytes(&v->flow, at, view_text_cols(v), &used);
    }
    return at;
}

static bool is_inside_char(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t view_row_byte(struct viewer *v, struct view_pos pos)
{
    const struct str s = lines_text(&v->lines, view_text(v), pos.row);
    if (pos.sub == 0) {
        return lines_start(&v->lines, pos.row);
    }
    layout_piece(v, pos.row, SIZE_MAX, INT32_MAX);
    const size_t target = row_start(v, pos.sub);
    const size_t from = lines_start(&v->lines, pos.row);
    size_t low = 0; /* the first byte of s before which `target` bytes or more are laid out */
    size_t high = s.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        while (mid > low && is_inside_char(s.p[mid])) {
            mid--;
        }
        layout_piece(v, pos.row, from + mid, INT32_MAX);
        if (v->flow.text.n < target) {
            low = mid + 1;
        } else {
            high = mid;
        }
        while (low < high && is_inside_char(s.p[low])) {
            low++;
        }
    }
    return from + low;
}

/* ---- text ---- */

static void put_gutter(struct viewer *v, struct view_pos pos)
{
    const int cols = view_gutter(v);
    if (cols == 0) {
        return;
    }
    char text[32] = "";
    if (pos.sub == 0 && !lines_goes_on(&v->lines, pos.row)) {
        snprintf(text, sizeof text, "%*" PRIu64 " ", cols - 1, lines_number(&v->lines, pos.row));
        rich_puts(&v->rows, RICH_LINE_NO, text);
        return;
    }
    rich_repeat(&v->rows, RICH_LINE_NO, " ", cols - 2);
    rich_puts(&v->rows, RICH_DIM, glyph(v, pos.sub == 0 ? "\u21AA" : "\u00B7", "+"));
    rich_puts(&v->rows, RICH_LINE_NO, " ");
}

/* The laid out line from column `left` on, with marks where it goes on at the sides. */
static void put_window(struct viewer *v, int left, int cols)
{
    const struct flow *f = &v->flow;
    int skipped = 0;
    size_t at = left > 0 ? fit_bytes(f, 0, left, &skipped) : 0;
    if (left > 0 && f->text.n > 0) {
        int used = 0;
        at += at < f->text.n ? fit_bytes(f, at, 1, &used) : 0;
        rich_puts(&v->rows, RICH_DIM, glyph(v, "\u2039", "<"));
        const int rest = skipped + used - left - 1; /* a wide character cut in two leaves a blank */
        rich_repeat(&v->rows, RICH_TEXT, " ", rest);
        cols -= 1 + (rest > 0 ? rest : 0);
    }
    int used = 0;
    size_t n = at < f->text.n ? fit_bytes(f, at, cols, &used) : 0;
    const bool goes_on = at + n < f->text.n || used > cols;
    if (goes_on) {
        n = fit_bytes(f, at, cols - 1, &used);
        if (used > cols - 1) { /* not even one character */
            n = 0;
            used = 0;
        }
    }
    const struct flow_cut cut = {.at = (uint32_t)at, .n = (uint32_t)n, .cols = used};
    flow_emit(f, &cut, &v->rows);
    if (goes_on) {
        rich_repeat(&v->rows, RICH_TEXT, " ", cols - 1 - used);
        rich_puts(&v->rows, RICH_DIM, glyph(v, "\u203A", ">"));
    }
}

static void make_text_rows(struct viewer *v)
{
    struct view_pos pos = v->top;
    lines_need(&v->lines, view_text(v), v->is_finished, pos.row + (size_t)v->height);
    const int cols = view_text_cols(v); /* the gutter is as wide as the lines known now need */
    while (v->rows.n_lines < (size_t)v->height &&
           lines_need(&v->lines, view_text(v), v->is_finished, pos.row)) {
        if (!v->look.wrap) {
            put_gutter(v, pos);
            layout_piece(v, pos.row, SIZE_MAX, v->left + cols + 1);
            put_window(v, v->left, cols);
            rich_end_line(&v->rows);
            pos.row++;
            continue;
        }
        layout_piece(v, pos.row, SIZE_MAX, INT32_MAX);
        size_t at = 0;
        uint32_t sub = 0;
        do {
            int used = 0;
            const size_t n = at < v->flow.text.n ? fit_bytes(&v->flow, at, cols, &used) : 0;
            if (sub >= pos.sub && v->rows.n_lines < (size_t)v->height) {
                const struct flow_cut cut = {(uint32_t)at, (uint32_t)n, used};
                put_gutter(v, (struct view_pos){pos.row, sub});
                flow_emit(&v->flow, &cut, &v->rows);
                rich_end_line(&v->rows);
            }
            at += n;
            sub++;
        } while (at < v->flow.text.n);
        pos = (struct view_pos){pos.row + 1, 0};
    }
    v->saw_end = pos.row >= v->lines.n;
}

/* ---- JSON ---- */

static void put_tree_value(struct viewer *v, const struct tree_node *node, int *col, int max_cols)
{
    static const enum rich_style STYLES[] = {
        [TREE_OBJECT] = RICH_PUNCT,  [TREE_ARRAY] = RICH_PUNCT, [TREE_STRING] = RICH_STRING,
        [TREE_NUMBER] = RICH_NUMBER, [TREE_WORD] = RICH_WORD,
    };
    if (node->type == TREE_OBJECT || node->type == TREE_ARRAY) {
        char count[32];
        const bool is_object = node->type == TREE_OBJECT;
        snprintf(count, sizeof count, " %" PRIu32, node->n_children);
        flow_puts(&v->flow, RICH_PUNCT, 0, is_object ? "{}" : "[]");
        flow_puts(&v->flow, RICH_DIM, 0, count);
        return;
    }
    const size_t n = node->n_value < MAX_VALUE_BYTES ? node->n_value : MAX_VALUE_BYTES;
    put_marked(v, STYLES[node->type], node->value, node->value + n, col, max_cols);
}

static int tree_indent(const struct tree_node *node)
{
    const int cols = node->depth * INDENT_COLS;
    return cols < MAX_INDENT_COLS ? cols : MAX_INDENT_COLS;
}

static int put_index(char text[32], const struct tree_node *node)
{
    return snprintf(text, 32, "[%" PRIu32 "] ", node->index);
}

int view_tree_col(const struct viewer *v, uint32_t node, size_t byte)
{
    const struct tree_node *n = &v->tree.nodes[node];
    const char *text = view_text(v).p;
    int col = tree_indent(n) + 2;
    if (n->n_key > 0 && byte < (size_t)n->key + n->n_key) {
        return col + (byte > n->key ? text_width_n(text + n->key, byte - n->key) : 0);
    }
    char index[32];
    if (n->n_key > 0) {
        col += text_width_n(text + n->key, n->n_key) + 2;
    } else if (n->depth > 0) {
        col += put_index(index, n);
    }
    const bool is_inside = !tree_is_container(&v->tree, node) && byte > n->value;
    return col + (is_inside ? text_width_n(text + n->value, byte - n->value) : 0);
}

static void make_tree_row(struct viewer *v, const struct tree_node *node)
{
    const int cols = view_text_cols(v);
    const bool has_mark = node->n_children > 0;
    int col = 0;
    flow_clear(&v->flow);
    for (int i = tree_indent(node); i > 0; i--) {
        flow_puts(&v->flow, RICH_TEXT, 0, " ");
    }
    flow_puts(&v->flow, RICH_PUNCT, 0,
              !has_mark         ? "  "
              : node->is_folded ? glyph(v, "\u25B8 ", "+ ")
                                : glyph(v, "\u25BE ", "- "));
    const int max_cols = v->left + cols + 1;
    if (node->n_key > 0) {
        const size_t n = node->n_key < MAX_VALUE_BYTES ? node->n_key : MAX_VALUE_BYTES;
        put_marked(v, RICH_KEY, node->key, node->key + n, &col, max_cols);
        flow_puts(&v->flow, RICH_PUNCT, 0, ": ");
    } else if (node->depth > 0) {
        char index[32];
        put_index(index, node);
        flow_puts(&v->flow, RICH_DIM, 0, index);
    }
    put_tree_value(v, node, &col, max_cols);
    put_window(v, v->left, cols);
    rich_end_line(&v->rows);
}

static void make_tree_rows(struct viewer *v)
{
    for (size_t i = v->top.row; i < v->tree.n_rows && v->rows.n_lines < (size_t)v->height; i++) {
        make_tree_row(v, &v->tree.nodes[v->tree.rows[i]]);
    }
    v->saw_end = true;
}

/* ---- hex ---- */

size_t view_hex_bytes(const struct viewer *v)
{
    return v->width >= WIDE_HEX_COLS ? 16 : 8;
}

static enum rich_style byte_style(const struct viewer *v, size_t at)
{
    const struct view_search *s = &v->search;
    const size_t match = s->finder ? view_match_at(s, at) : s->n;
    if (match < s->n && s->matches[match].at <= at) {
        return s->matches[match].at == s->now ? RICH_MATCH_NOW : RICH_MATCH;
    }
    const unsigned char c = (unsigned char)v->raw.p[at];
    return c == 0 ? RICH_DIM : c < 0x20 || c >= 0x7F ? RICH_CONTROL : RICH_TEXT;
}

static void make_hex_row(struct viewer *v, size_t from)
{
    const size_t per_row = view_hex_bytes(v);
    const size_t end = v->raw.n - from > per_row ? from + per_row : v->raw.n;
    char text[32];
    snprintf(text, sizeof text, "%08" PRIx64 " ", v->dropped + from);
    rich_puts(&v->rows, RICH_LINE_NO, text);
    for (size_t i = from; i < from + per_row; i++) {
        rich_puts(&v->rows, RICH_TEXT, (i - from) % 8 == 0 && i > from ? "  " : " ");
        if (i < end) {
            snprintf(text, sizeof text, "%02x", (unsigned)(unsigned char)v->raw.p[i]);
            rich_puts(&v->rows, byte_style(v, i), text);
        } else {
            rich_puts(&v->rows, RICH_TEXT, "  ");
        }
    }
    rich_puts(&v->rows, RICH_TEXT, "  ");
    for (size_t i = from; i < end; i++) {
        const char c = v->raw.p[i];
        const char shown[2] = {c >= 0x20 && c < 0x7F ? c : '.', '\0'};
        rich_puts(&v->rows, byte_style(v, i), shown);
    }
    rich_end_line(&v->rows);
}

static void make_hex_rows(struct viewer *v)
{
    const size_t per_row = view_hex_bytes(v);
    size_t at = v->top.row * per_row;
    while (v->rows.n_lines < (size_t)v->height && at < v->raw.n) {
        make_hex_row(v, at);
        at += per_row;
    }
    v->saw_end = at >= v->raw.n;
}

void view_make_rows(struct viewer *v)
{
    rich_clear(&v->rows);
    switch (v->mode) {
    case VIEWER_TEXT:
        make_text_rows(v);
        break;
    case VIEWER_JSON:
        make_tree_rows(v);
        break;
    case VIEWER_HEX:
        make_hex_rows(v);
        break;
    }
}
