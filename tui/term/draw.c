/* SPDX-License-Identifier: Apache-2.0 */
#define NCURSES_WIDECHAR 1
#include "tui/term/draw.h"

#include <curses.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/buf.h"
#include "core/base/text.h"

bool rect_contains(struct rect r, int row, int col)
{
    return row >= r.row && row < r.row + r.rows && col >= r.col && col < r.col + r.cols;
}

static int clamp(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

void rect_split(struct rect r, const struct rect_share *share, struct rect *first, struct rect *second)
{
    const int total = share->is_stacked ? r.rows : r.cols;
    const int most = share->most ? share->most : total;
    int size = clamp(total * share->percent / 100, 0, most);
    size = total - size < share->least_second ? total - share->least_second : size;
    size = clamp(size < share->least ? share->least : size, 0, total);
    *first = *second = r;
    if (share->is_stacked) {
        first->rows = size;
        second->row += size;
        second->rows -= size;
    } else {
        first->cols = size;
        second->col += size;
        second->cols -= size;
    }
}

struct canvas canvas_sub(const struct canvas *outer, struct rect r)
{
    struct canvas c = *outer;
    int row = clamp(r.row, 0, outer->rect.rows);
    int col = clamp(r.col, 0, outer->rect.cols);
    c.rect = (struct rect){
        .row = outer->rect.row + row,
        .col = outer->rect.col + col,
        .rows = clamp(r.rows, 0, outer->rect.rows - row),
        .cols = clamp(r.cols, 0, outer->rect.cols - col),
    };
    return c;
}

static void use_style(const struct canvas *c, enum style style)
{
    const struct theme_style *s = &c->theme->styles[style];
    int pair = s->pair;
    wattr_set((WINDOW *)c->win, (attr_t)s->attrs, 0, &pair);
}

/* What an ASCII terminal shows instead of the characters we draw with. */
static char ascii_of(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
        char as;
    } MAP[] = {
        {0x2500, 0x2501, '-'}, {0x2502, 0x2503, '|'}, {0x2504, 0x254B, '+'}, {0x2550, 0x2550, '='},
        {0x2551, 0x2551, '|'}, {0x2552, 0x257F, '+'}, {0x2588, 0x258F, '>'}, {0x2580, 0x259F, '#'},
        {0x2026, 0x2026, '~'}, {0x2022, 0x2022, '*'}, {0x25E6, 0x25E6, 'o'}, {0x25AA, 0x25AB, '-'},
        {0x25B8, 0x25B9, '>'}, {0x25B6, 0x25B6, '>'}, {0x25BE, 0x25BF, 'v'}, {0x25CF, 0x25CF, '*'},
        {0x25CB, 0x25CB, 'o'}, {0x2713, 0x2714, 'v'}, {0x2717, 0x2718, 'x'}, {0x2665, 0x2665, 'L'},
        {0x2193, 0x2193, 'v'}, {0x2191, 0x2191, '^'}, {0x2190, 0x2190, '<'}, {0x2192, 0x2192, '>'},
        {0x2611, 0x2611, 'x'}, {0x2610, 0x2610, '_'}, {0x2018, 0x2019, '\''}, {0x201C, 0x201D, '"'},
        {0x2013, 0x2014, '-'}, {0x00B7, 0x00B7, '.'}, {0x25A8, 0x25A8, '#'}, {0x2605, 0x2606, '*'},
        {0x00A0, 0x00A0, ' '}, {0x2000, 0x200A, ' '}, {0x202F, 0x202F, ' '}, {0x3000, 0x3000, ' '},
        {0x2264, 0x2264, '<'}, {0x2265, 0x2265, '>'}, {0x2800, 0x28FF, '|'}, {0x23CE, 0x23CE, '$'},
    };
    for (size_t i = 0; i < sizeof MAP / sizeof *MAP; i++) {
        if (cp >= MAP[i].first && cp <= MAP[i].last) {
            return MAP[i].as;
        }
    }
    return '?';
}

/* What a plain screen shows instead of a drawing, 0: the character itself. */
static char plain_of(uint32_t cp)
{
    switch (cp) {
    case 0x25B8: /* folded, unfolded */
        return '+';
    case 0x25BE:
        return '-';
    default:
        return cp >= 0x2500 && cp <= 0x259F ? ' ' : 0; /* lines and blocks */
    }
}

/* n bytes with every character replaced that this screen is not to show. */
static void put_replaced(const struct canvas *c, const char *text, size_t n)
{
    WINDOW *w = c->win;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t length = text_decode(text + i, n - i, &cp);
        char plain = c->is_plain ? plain_of(cp) : 0;
        if (plain || (c->is_ascii && cp > 0x7E)) {
            const char as = plain ? plain : ascii_of(cp);
            for (int k = 0; k < text_cp_width(cp); k++) {
                waddch(w, (chtype)(k == 0 ? as : ' '));
            }
        } else {
            waddnstr(w, text + i, (int)length);
        }
        i += length;
    }
}

int draw_textn(const struct canvas *c, int row, int col, int max_cols, enum style style,
               const char *text, size_t n)
{
    if (row < 0 || row >= c->rect.rows || col < 0 || col >= c->rect.cols) {
        return 0;
    }
    int room = c->rect.cols - col;
    if (max_cols >= 0 && max_cols < room) {
        room = max_cols;
    }
    int width = 0;
    size_t fit = 0;
    while (fit < n) {
        uint32_t cp = 0;
        size_t len = text_decode(text + fit, n - fit, &cp);
        int w = text_cp_width(cp);
        if (w < 0 || width + w > room) {
            break;
        }
        width += w;
        fit += len;
    }
    use_style(c, style);
    wmove((WINDOW *)c->win, c->rect.row + row, c->rect.col + col);
    if (c->is_ascii || c->is_plain) {
        put_replaced(c, text, fit);
    } else {
        waddnstr((WINDOW *)c->win, text, (int)fit);
    }
    return width;
}

int draw_text(const struct canvas *c, int row, int col, int max_cols, enum style style, const char *text)
{
    return draw_textn(c, row, col, max_cols, style, text, strlen(text));
}

int draw_printf(const struct canvas *c, int row, int col, int max_cols, enum style style,
                const char *fmt, ...)
{
    struct buf text = BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    int used = draw_text(c, row, col, max_cols, style, buf_str(&text));
    buf_done(&text);
    return used;
}

/* n cells of one character in a style, by one call. */
static void fill(const struct canvas *c, int row, int col, int n, enum style style, const wchar_t *text)
{
    const struct theme_style *s = &c->theme->styles[style];
    cchar_t cell;
    int pair = s->pair;
    if (n > 0 && setcchar(&cell, text, (attr_t)s->attrs, 0, &pair) == OK) {
        wattr_set((WINDOW *)c->win, A_NORMAL, 0, NULL); /* blanks would take over what the window has */
        mvwhline_set((WINDOW *)c->win, c->rect.row + row, c->rect.col + col, &cell, n);
    }
}

void draw_blank(const struct canvas *c, int row, int col, int cols, enum style style)
{
    if (row < 0 || row >= c->rect.rows || col < 0) {
        return;
    }
    fill(c, row, col, clamp(cols, 0, c->rect.cols - col), style, L" ");
}

void draw_clear(const struct canvas *c)
{
    for (int row = 0; row < c->rect.rows; row++) {
        draw_blank(c, row, 0, c->rect.cols, STYLE_TEXT);
    }
}

void draw_cell(const struct canvas *c, int row, int col, int cols, enum style style, const char *text,
               bool right_align)
{
    struct buf cut = BUF_INIT;
    struct buf cell = BUF_INIT;
    text_cut_end(&cut, text, cols, c->is_ascii);
    text_pad(&cell, buf_str(&cut), cols, right_align);
    draw_textn(c, row, col, cols, style, buf_str(&cell), cell.n);
    buf_done(&cell);
    buf_done(&cut);
}

void draw_name(const struct canvas *c, int row, int col, int cols, enum style style, const char *text)
{
    struct buf cut = BUF_INIT;
    struct buf cell = BUF_INIT;
    text_cut_name(&cut, text, cols, c->is_ascii);
    text_pad(&cell, buf_str(&cut), cols, false);
    draw_textn(c, row, col, cols, style, buf_str(&cell), cell.n);
    buf_done(&cell);
    buf_done(&cut);
}

int draw_right(const struct canvas *c, int row, enum style style, const char *text)
{
    int col = c->rect.cols - text_width(text);
    col = col < 0 ? 0 : col;
    draw_text(c, row, col, -1, style, text);
    return col;
}

void draw_hline(const struct canvas *c, int row, int col, int cols, enum style style)
{
    if (row >= 0 && row < c->rect.rows && col >= 0) {
        const wchar_t *line = c->is_plain ? L" " : c->is_ascii ? L"-" : L"─";
        fill(c, row, col, clamp(cols, 0, c->rect.cols - col), style, line);
    }
}

void draw_vline(const struct canvas *c, int row, int col, int rows, enum style style)
{
    for (int i = 0; i < rows; i++) {
        draw_text(c, row + i, col, 1, style, "│");
    }
}

/* " title " from column 2 on, at most room columns. */
static void draw_title(const struct canvas *c, int room, enum style style, const char *title, bool says_focus)
{
    struct buf cut = BUF_INIT;
    static const char FOCUSED[] = " (focused)";
    const int words = (int)sizeof FOCUSED - 1;
    const bool says = says_focus && (room > 2 * words || room >= text_width(title) + words);
    text_cut_name(&cut, title, says ? room - words : room, c->is_ascii);
    buf_puts(&cut, says ? FOCUSED : "");
    int used = draw_text(c, 0, 2, 1, style, " ");
    used += draw_text(c, 0, 2 + used, -1, style, buf_str(&cut));
    draw_text(c, 0, 2 + used, 1, style, " ");
    buf_done(&cut);
}

static enum style border_style(bool is_bright)
{
    return is_bright ? STYLE_BORDER_FOCUS : STYLE_BORDER;
}

void draw_box_top(const struct canvas *c, const struct draw_box *b)
{
    const enum style border = border_style(b->has_focus);
    const int cols = c->rect.cols;
    draw_hline(c, 0, 1, cols - 2, border);
    if (!b->meets_left) {
        draw_text(c, 0, 0, 1, border, "┌");
    }
    draw_text(c, 0, cols - 1, 1, border_style(b->has_focus || b->is_lit), b->meets_right ? "┬" : "┐");
    int right_cols = b->right && *b->right ? text_width(b->right) + 2 : 0;
    if (right_cols > cols - 6) {
        right_cols = 0;
    }
    if (b->title && *b->title) {
        draw_title(c, cols - 6 - right_cols, b->has_focus ? STYLE_TITLE_FOCUS : STYLE_TITLE, b->title,
                   b->has_focus && c->is_plain);
    }
    if (right_cols) {
        int at = cols - 2 - right_cols;
        draw_text(c, 0, at, 1, STYLE_TITLE, " ");
        at += 1 + draw_text(c, 0, at + 1, -1, STYLE_TITLE, b->right);
        draw_text(c, 0, at, 1, STYLE_TITLE, " ");
    }
}

struct canvas draw_box_of(const struct canvas *c, const struct draw_box *b)
{
    const enum style border = border_style(b->has_focus);
    const enum style shared = border_style(b->has_focus || b->is_lit);
    const int rows = c->rect.rows;
    const int cols = c->rect.cols;
    draw_box_top(c, b);
    draw_hline(c, rows - 1, 1, cols - 2, border);
    if (!b->meets_left) {
        draw_vline(c, 1, 0, rows - 2, border);
        draw_text(c, rows - 1, 0, 1, border, "└");
    }
    draw_vline(c, 1, cols - 1, rows - 2, shared);
    draw_text(c, rows - 1, cols - 1, 1, shared, b->meets_right ? "┴" : "┘");
    return canvas_sub(c, (struct rect){1, 1, rows - 2, cols - 2});
}

struct canvas draw_box(const struct canvas *c, const char *title, const char *right, bool has_focus)
{
    return draw_box_of(c, &(struct draw_box){.title = title, .right = right, .has_focus = has_focus});
}

void draw_scrollbar(const struct canvas *c, size_t top, size_t shown, size_t total)
{
    int rows = c->rect.rows;
    if (total <= shown || rows < 2 || c->is_plain) {
        return;
    }
    int length = (int)((double)shown / (double)total * rows);
    length = clamp(length, 1, rows);
    int start = (int)((double)top / (double)(total - shown) * (rows - length) + 0.5);
    for (int i = 0; i < length; i++) {
        draw_text(c, start + i, c->rect.cols - 1, 1, STYLE_BORDER_FOCUS, "▐");
    }
}

void draw_restyle(const struct canvas *c, int row, int col, int cols, enum style style)
{
    if (row < 0 || row >= c->rect.rows || col < 0 || col >= c->rect.cols || cols <= 0) {
        return;
    }
    const struct theme_style *s = &c->theme->styles[style];
    int pair = s->pair;
    mvwchgat((WINDOW *)c->win, c->rect.row + row, c->rect.col + col, clamp(cols, 0, c->rect.cols - col),
             (attr_t)s->attrs, 0, &pair);
}

/* ---- the hardware cursor, and what stands on the screen ---- */

void draw_place_cursor(const struct canvas *c, int row, int col)
{
    wmove((WINDOW *)c->win, c->rect.row + row, c->rect.col + col);
}

void draw_read(const struct canvas *c, int row, struct buf *out)
{
    const size_t start = out->n;
    bool was_blank = true;
    for (int col = 0, width = 1; col < c->rect.cols; col += width) {
        cchar_t cell;
        wchar_t text[CCHARW_MAX + 1] = L"";
        attr_t attrs;
        short pair;
        width = 1;
        if (mvwin_wch((WINDOW *)c->win, c->rect.row + row, c->rect.col + col, &cell) == ERR ||
            getcchar(&cell, text, &attrs, &pair, NULL) == ERR) {
            return;
        }
        bool is_blank = text[0] == L' ' || text[0] == L'\0';
        if (!is_blank) {
            width = text_cp_width((uint32_t)text[0]) > 1 ? 2 : 1;
            buf_printf(out, was_blank && out->n > start ? " %ls" : "%ls", text);
        }
        was_blank = is_blank;
    }
}
