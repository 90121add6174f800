/* SPDX-License-Identifier: Apache-2.0 */
/* canvas_help.h - a canvas in memory, and what was drawn there as text and as styles.
 *
 * The styles of the theme are told apart by their colour pair, so that a test reads "which style",
 * not "which look".
 */
#ifndef HFTERM_TESTS_CANVAS_HELP_H
#define HFTERM_TESTS_CANVAS_HELP_H

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "tui/term/draw.h"

struct canvas_room {
    FILE *null;
    SCREEN *screen;
    WINDOW *pad;
    struct theme theme;
    struct canvas canvas;
};

/* A terminal that nobody sees, with a pad of this size. False when there is none to be had. */
static inline bool room_begin(struct canvas_room *r, int rows, int cols)
{
    if (!setlocale(LC_ALL, "C.UTF-8")) {
        return false;
    }
    r->null = fopen("/dev/null", "r+");
    r->screen = r->null ? newterm("xterm-256color", r->null, r->null) : NULL;
    if (!r->screen) {
        return false;
    }
    start_color();
    theme_init(&r->theme, 0);
    for (int i = 0; i < STYLE_COUNT; i++) {
        r->theme.styles[i] = (struct theme_style){.fg = -1, .bg = -1, .pair = i + 1};
        init_extended_pair(i + 1, i % 8, i / 8);
    }
    r->pad = newpad(rows, cols);
    r->canvas = (struct canvas){.win = r->pad, .rect = {0, 0, rows, cols}, .theme = &r->theme};
    return r->pad != NULL;
}

static inline void room_end(struct canvas_room *r)
{
    delwin(r->pad);
    endwin();
    delscreen(r->screen);
    fclose(r->null);
}

/* Text of a row without the blanks at its end. Owned. */
static inline char *room_text(const struct canvas_room *r, int row)
{
    struct buf out = BUF_INIT;
    size_t end = 0;
    for (int col = 0; col < r->canvas.rect.cols; col++) {
        cchar_t cell;
        wchar_t text[CCHARW_MAX + 1] = L"";
        attr_t attrs;
        short pair;
        mvwin_wch(r->pad, row, col, &cell);
        getcchar(&cell, text, &attrs, &pair, NULL);
        buf_printf(&out, "%ls", text);
        end = text[0] == L' ' ? end : out.n;
    }
    char *text = buf_steal(&out);
    text[end] = '\0';
    return text;
}

static inline enum style room_style(const struct canvas_room *r, int row, int col)
{
    cchar_t cell;
    wchar_t text[CCHARW_MAX + 1];
    attr_t attrs;
    short pair = 0;
    mvwin_wch(r->pad, row, col, &cell);
    getcchar(&cell, text, &attrs, &pair, NULL);
    return (enum style)(pair - 1);
}

#endif
