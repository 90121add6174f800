/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - bytes of the terminal to keys, clicks, pastes and answers. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "tui/term/behind.h"
#include "tui/term/guard.h"
#include "tui/term/keys.h"
#include "tui/term/term.h"

enum {
    CODE_PASTE_BEGIN = 0x4000, /* above KEY_MAX ncurses numbers the further keys of terminfo */
    CODE_PASTE_END,
    CODE_MOUSE,
    CODE_SHOWN, /* the answer to term_mark */
    CODE_MODIFIED, /* CODE_MODIFIED + index into MODIFIED */
    PASTE_MAX = 1 << 20,
    REPORT_MAX = 24, /* bytes of a mouse report */
    REPORT_MS = 50,
    STRING_MAX = 4096,
};

/* xterm's modified keys; ncurses' terminfo names only some of them. */
static const struct {
    const char *bytes;
    uint32_t code;
} MODIFIED[] = {
    {"\033[1;5A", TKEY_UP | TKEY_CTRL},      {"\033[1;5B", TKEY_DOWN | TKEY_CTRL},
    {"\033[1;5C", TKEY_RIGHT | TKEY_CTRL},   {"\033[1;5D", TKEY_LEFT | TKEY_CTRL},
    {"\033[1;3A", TKEY_UP | TKEY_ALT},       {"\033[1;3B", TKEY_DOWN | TKEY_ALT},
    {"\033[1;3C", TKEY_RIGHT | TKEY_ALT},    {"\033[1;3D", TKEY_LEFT | TKEY_ALT},
    {"\033[1;2A", TKEY_UP | TKEY_SHIFT},     {"\033[1;2B", TKEY_DOWN | TKEY_SHIFT},
    {"\033[1;5H", TKEY_HOME | TKEY_CTRL},    {"\033[1;5F", TKEY_END | TKEY_CTRL},
    {"\033[5;5~", TKEY_PGUP | TKEY_CTRL},    {"\033[6;5~", TKEY_PGDN | TKEY_CTRL},
};

void keys_define(void)
{
    define_key("\033[200~", CODE_PASTE_BEGIN);
    define_key("\033[201~", CODE_PASTE_END);
    /* Mouse reports are read here and not by ncurses, which blocks in a read when it gets a report of
     * a kind that was not asked for (the release after a press). */
    define_key("\033[<", CODE_MOUSE);
    define_key("\033[0n", CODE_SHOWN);
    for (size_t i = 0; i < sizeof MODIFIED / sizeof *MODIFIED; i++) {
        define_key(MODIFIED[i].bytes, CODE_MODIFIED + (int)i);
    }
}

/* Wait for an answer that is still on its way, lest it is typed into the shell. */
void keys_last_answer(void)
{
    int wait_ms = 0;
    while ((wait_ms = behind_last_wait_ms()) > 0) {
        wint_t c = 0;
        wtimeout(stdscr, wait_ms);
        if (get_wch(&c) == KEY_CODE_YES && c == CODE_SHOWN) {
            behind_answered();
        }
    }
    nodelay(stdscr, TRUE);
}

static const struct {
    int curses;
    uint32_t code;
} NAMED[] = {
    {KEY_UP, TKEY_UP},
    {KEY_DOWN, TKEY_DOWN},
    {KEY_LEFT, TKEY_LEFT},
    {KEY_RIGHT, TKEY_RIGHT},
    {KEY_HOME, TKEY_HOME},
    {KEY_END, TKEY_END},
    {KEY_A1, TKEY_HOME},
    {KEY_C1, TKEY_END},
    {KEY_PPAGE, TKEY_PGUP},
    {KEY_NPAGE, TKEY_PGDN},
    {KEY_IC, TKEY_INSERT},
    {KEY_DC, TKEY_DELETE},
    {KEY_BACKSPACE, TKEY_BACKSPACE},
    {KEY_ENTER, TKEY_ENTER},
    {KEY_BTAB, TKEY_BACKTAB},
    {KEY_SR, TKEY_UP | TKEY_SHIFT},
    {KEY_SF, TKEY_DOWN | TKEY_SHIFT},
    {KEY_RESIZE, TKEY_RESIZE},
};

static uint32_t from_curses(wint_t c)
{
    if (c >= KEY_F(1) && c <= KEY_F(12)) {
        return TKEY_F1 + (uint32_t)(c - KEY_F(1));
    }
    if (c >= CODE_MODIFIED && c < CODE_MODIFIED + sizeof MODIFIED / sizeof *MODIFIED) {
        return MODIFIED[c - CODE_MODIFIED].code;
    }
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++) {
        if ((wint_t)NAMED[i].curses == c) {
            return NAMED[i].code;
        }
    }
    return TKEY_NONE;
}

static uint32_t from_char(wint_t c)
{
    switch (c) {
    case '\r':
    case '\n':
        return TKEY_ENTER;
    case '\t':
        return TKEY_TAB;
    case 0x7F:
    case '\b':
        return TKEY_BACKSPACE;
    default:
        return (uint32_t)c;
    }
}

/* Everything up to the end mark. The rest of a paste may still be on its way: wait a little. */
static const char *collect_paste(void)
{
    static struct buf text; /* one terminal, one paste at a time; reused */
    buf_clear(&text);
    wtimeout(stdscr, 500);
    for (;;) {
        wint_t c = 0;
        int kind = get_wch(&c);
        if (kind == ERR || (kind == KEY_CODE_YES && c == CODE_PASTE_END) || guard_has_signal()) {
            break;
        }
        if (kind == KEY_CODE_YES) {
            continue;
        }
        char bytes[4];
        size_t n = text_encode(c == '\r' ? '\n' : (uint32_t)c, bytes);
        buf_append_limited(&text, bytes, n, PASTE_MAX);
    }
    nodelay(stdscr, TRUE);
    return buf_str(&text);
}

/* The rest of an SGR report: "button;column;row" and M for a press, m for a release. */
static bool read_mouse(struct term_key *out)
{
    char text[REPORT_MAX + 1];
    size_t n = 0;
    wint_t c = 0;
    wtimeout(stdscr, REPORT_MS);
    while (n < REPORT_MAX && get_wch(&c) == OK && c < 0x7F) {
        text[n++] = (char)c;
        if (c == 'M' || c == 'm') {
            break;
        }
    }
    nodelay(stdscr, TRUE);
    text[n] = '\0';
    int button = 0;
    char end = 0;
    if (sscanf(text, "%d;%d;%d%c", &button, &out->col, &out->row, &end) != 4 || end != 'M') {
        return false;
    }
    out->col--;
    out->row--;
    switch (button & ~(4 | 8 | 16)) { /* Shift, Alt and Control do not matter */
    case 0:
        out->mouse = TERM_MOUSE_PRESS;
        return true;
    case 64:
        out->mouse = TERM_MOUSE_WHEEL_UP;
        return true;
    case 65:
        out->mouse = TERM_MOUSE_WHEEL_DOWN;
        return true;
    default:
        return false;
    }
}

/* The rest of a control sequence that no key is known for, up to its final byte. */
static uint32_t swallow_sequence(void)
{
    wint_t c = 0;
    wtimeout(stdscr, REPORT_MS);
    for (int i = 0; i < REPORT_MAX && get_wch(&c) == OK && c < 0x40; i++) {
    }
    nodelay(stdscr, TRUE);
    return TKEY_NONE;
}

/* Strings of the terminal, which another program asked it for: "\033]11;rgb:...", "\033P1$r0m", "\033_G...".
 * Alt with one of these letters comes alone. */
static bool begins_string(wint_t first)
{
    static const struct {
        wint_t first;
        const char *next;
    } STRINGS[] = {{']', "0123456789"}, {'P', "0123456789>!$+"}, {'_', "G"}};
    for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++) {
        wint_t next = 0;
        if (first != STRINGS[i].first || get_wch(&next) != OK) {
            continue;
        }
        unget_wch((wchar_t)next);
        return next < 0x7F && next > 0 && strchr(STRINGS[i].next, (int)next);
    }
    return false;
}

/* The rest of one, up to BEL or "\033\\". */
static uint32_t swallow_string(void)
{
    wint_t c = 0;
    wint_t last = 0;
    wtimeout(stdscr, REPORT_MS);
    for (int i = 0; i < STRING_MAX && get_wch(&c) == OK && c != 7 && !(last == 27 && c == '\\'); i++) {
        last = c;
    }
    nodelay(stdscr, TRUE);
    return TKEY_NONE;
}

static uint32_t after_escape(void)
{
    wint_t c = 0;
    int kind = get_wch(&c);
    if (kind == ERR || (kind == OK && c == 27)) {
        return TKEY_ESC;
    }
    if (kind == KEY_CODE_YES && c == KEY_RESIZE) {
        return TKEY_ESC; /* the size is compared at the end of every read */
    }
    if (kind == OK && c == '[') {
        return swallow_sequence();
    }
    if (kind == OK && begins_string(c)) {
        return swallow_string();
    }
    return (kind == KEY_CODE_YES ? from_curses(c) : from_char(c)) | TKEY_ALT;
}

bool term_read(struct term *t, struct term_key *out)
{
    *out = (struct term_key){.code = TKEY_NONE};
    wint_t c = 0;
    int kind = get_wch(&c);
    while (kind == KEY_CODE_YES && c == CODE_SHOWN) {
        behind_answered();
        kind = get_wch(&c);
    }
    if (kind == ERR) {
        if (t->cols != COLS || t->rows != LINES) { /* told in the middle of a paste or sequence */
            out->code = TKEY_RESIZE;
            t->cols = COLS;
            t->rows = LINES;
            return true;
        }
        return false;
    }
    if (kind == OK) {
        out->code = c == 27 ? after_escape() : from_char(c);
        return true;
    }
    if (c == CODE_PASTE_BEGIN) {
        out->code = TKEY_PASTE;
        out->paste = collect_paste();
    } else if (c == CODE_MOUSE) {
        out->code = read_mouse(out) ? TKEY_MOUSE : TKEY_NONE;
    } else {
        out->code = from_curses(c);
    }
    if (out->code == TKEY_RESIZE) {
        t->cols = COLS;
        t->rows = LINES;
    }
    return true;
}
