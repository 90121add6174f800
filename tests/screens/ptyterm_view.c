/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the screen of a ptyterm: rows as text, places of text, looks of cells. */
#include <string.h>

#include "core/base/text.h"
#include "tests/screens/ptyterm_priv.h"

static VTermScreenCell cell_at(const struct ptyterm *t, int row, int col)
{
    VTermScreenCell cell;
    memset(&cell, 0, sizeof cell);
    vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &cell);
    return cell;
}

static void put_cell(struct buf *out, const VTermScreenCell *cell)
{
    if (cell->chars[0] == 0) {
        buf_putc(out, ' ');
        return;
    }
    if (cell->chars[0] == (uint32_t)-1) {
        return; /* right half of a wide character */
    }
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++) {
        char bytes[4];
        buf_append(out, bytes, text_encode(cell->chars[i], bytes));
    }
}

void ptyterm_row(const struct ptyterm *t, int i, struct buf *out)
{
    size_t start = out->n;
    for (int col = 0; col < t->cols; col++) {
        VTermScreenCell cell = cell_at(t, i, col);
        put_cell(out, &cell);
    }
    while (out->n > start && out->p[out->n - 1] == ' ') {
        out->p[--out->n] = '\0';
    }
}

void ptyterm_screen(const struct ptyterm *t, struct buf *out)
{
    for (int i = 0; i < t->rows; i++) {
        ptyterm_row(t, i, out);
        buf_putc(out, '\n');
    }
}

/* The column at which the byte `at` of a row's text stands. */
static int column_of(const struct ptyterm *t, int row, size_t at)
{
    struct buf text = BUF_INIT;
    int col = 0;
    for (; col < t->cols && text.n < at; col++) {
        VTermScreenCell cell = cell_at(t, row, col);
        put_cell(&text, &cell);
    }
    buf_done(&text);
    while (col < t->cols && cell_at(t, row, col).chars[0] == (uint32_t)-1) {
        col++;
    }
    return col;
}

bool ptyterm_find(const struct ptyterm *t, const char *text, int from_row, int *row, int *col)
{
    struct buf line = BUF_INIT;
    const char *hit = NULL;
    for (int i = from_row; i < t->rows && !hit; i++) {
        buf_clear(&line);
        ptyterm_row(t, i, &line);
        hit = strstr(buf_str(&line), text);
        if (hit) {
            *row = i;
            *col = column_of(t, i, (size_t)(hit - line.p));
        }
    }
    buf_done(&line);
    return hit != NULL;
}

static int colour_of(const VTermColor *c)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c)) {
        return COLOUR_DEFAULT;
    }
    if (VTERM_COLOR_IS_INDEXED(c)) {
        return c->indexed.idx;
    }
    return COLOUR_RGB + (c->rgb.red << 16) + (c->rgb.green << 8) + c->rgb.blue;
}

struct ptyterm_style ptyterm_style(const struct ptyterm *t, int row, int col)
{
    VTermScreenCell cell = cell_at(t, row, col);
    return (struct ptyterm_style){
        .is_bold = cell.attrs.bold,
        .is_underlined = cell.attrs.underline != 0,
        .is_italic = cell.attrs.italic,
        .is_reverse = cell.attrs.reverse,
        .is_blinking = cell.attrs.blink,
        .fg = colour_of(&cell.fg),
        .bg = colour_of(&cell.bg),
    };
}

void ptyterm_cursor(const struct ptyterm *t, int *row, int *col, bool *is_visible)
{
    VTermPos pos = {0};
    vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &pos);
    *row = pos.row;
    *col = pos.col;
    *is_visible = t->is_cursor_visible;
}
