/* SPDX-License-Identifier: Apache-2.0 */
#define NCURSES_WIDECHAR 1
#include "tui/term/term.h"

#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "tui/term/guard.h"
#include "tui/term/keys.h"

enum {
    ESC_DELAY_MS = 25, /* ncurses' default of 1000 blocks a lone Esc for a second */
    CLIPBOARD_MAX = 74994,
};

/* ---- start and stop ---- */

static void put_raw(const char *bytes, size_t n)
{
    fflush(stdout);
    while (n > 0) {
        ssize_t put = write(STDOUT_FILENO, bytes, n);
        if (put < 0 && errno != EINTR && errno != EAGAIN) {
            return;
        }
        if (put > 0) {
            bytes += put;
            n -= (size_t)put;
        }
    }
}

static void put_text(const char *s)
{
    put_raw(s, strlen(s));
}

static SCREEN *open_screen(struct term *t)
{
    t->name = getenv("TERM");
    if (!t->name || !*t->name) {
        t->name = "unknown";
    }
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (!screen) {
        t->notice = "this TERM is not in the terminfo database: using xterm-256color";
        t->name = "xterm-256color";
        screen = newterm("xterm-256color", stdout, stdin);
    }
    return screen;
}

static void enter_modes(struct term *t)
{
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    curs_set(0);
    put_text("\033[?2004h");
    if (t->has_mouse) {
        term_set_mouse(t, true);
    }
}

bool term_start(struct term *t, const struct term_options *options, struct err *e)
{
    *t = (struct term){0};
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        err_set(e, ERR_UNSUPPORTED, "the full screen needs a terminal");
        return err_remedy(e, "use a verb in scripts, for example: hfterm models --json");
    }
    t->is_ascii = options->is_ascii || !text_locale_is_utf8();
    if (!text_locale_is_utf8()) {
        t->notice = "the locale is not UTF-8: drawing with ASCII characters";
    }
    guard_note(STDOUT_FILENO);
    /* Exported LINES and COLUMNS freeze ncurses' idea of the size. */
    unsetenv("LINES");
    unsetenv("COLUMNS");
    set_escdelay(ESC_DELAY_MS);
    if (!open_screen(t)) {
        err_set(e, ERR_UNSUPPORTED, "ncurses cannot drive this terminal (TERM=%s)", t->name);
        return err_remedy(e, "set TERM to what your terminal is, for example xterm-256color");
    }
    if (!tigetstr("cup")) {
        endwin();
        err_set(e, ERR_UNSUPPORTED, "this terminal cannot place its cursor (TERM=%s)", t->name);
        return err_remedy(e, "use a verb (hfterm models ...), or set TERM to what your terminal is");
    }
    guard_begin();
    t->colours = 0;
    if (!options->is_mono && has_colors()) {
        start_color();
        use_default_colors();
        t->colours = COLORS;
    }
    t->has_mouse = options->want_mouse;
    enter_modes(t);
    keys_define();
    t->cols = COLS;
    t->rows = LINES;
    return true;
}

static void leave_modes(void)
{
    keys_last_answer();
    if (!tigetstr("smcup")) { /* no second screen to come back from: leave a clean one */
        erase();
        refresh();
    }
    put_text("\033[?2004l\033[?1006l\033[?1000l");
    curs_set(1);
    endwin();
    /* Once more: some terminals keep the cursor's look with each of the two screens. */
    put_text("\033[?25h");
}

void term_stop(struct term *t)
{
    (void)t;
    leave_modes();
    guard_end();
}

void term_outside(struct term *t, void (*fn)(void *arg), void *arg)
{
    def_prog_mode();
    leave_modes();
    const bool has_stderr = guard_lend_stderr();
    fn(arg);
    if (has_stderr) {
        guard_take_stderr();
    }
    reset_prog_mode();
    enter_modes(t);
    clearok(curscr, TRUE);
    /* The window may have changed size meanwhile and ncurses saw no signal for it. */
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
        (size.ws_row != LINES || size.ws_col != COLS)) {
        resizeterm(size.ws_row, size.ws_col);
    }
    t->cols = COLS;
    t->rows = LINES;
}

/* The whole job stops, as the shell expects of Ctrl-Z: "sh -c hfterm" as well as hfterm alone. */
static void stop_job(void *arg)
{
    (void)arg;
    struct sigaction plain = {.sa_handler = SIG_DFL};
    struct sigaction old;
    sigaction(SIGTSTP, &plain, &old);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &old, NULL);
}

void term_suspend(struct term *t)
{
    term_outside(t, stop_job, NULL);
}

void term_repaint(void)
{
    clearok(curscr, TRUE);
}

void term_set_mouse(struct term *t, bool on)
{
    t->has_mouse = on;
    put_text(on ? "\033[?1000h\033[?1006h" : "\033[?1006l\033[?1000l");
}

bool term_copy(struct term *t, const char *text, size_t n)
{
    (void)t;
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (n > CLIPBOARD_MAX) {
        return false;
    }
    bool in_tmux = getenv("TMUX") != NULL;
    struct buf out = BUF_INIT;
    /* Wrapped it passes where allow-passthrough is on; as it is where set-clipboard is on. */
    buf_puts(&out, in_tmux ? "\033Ptmux;\033\033]52;c;" : "\033]52;c;");
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)(unsigned char)text[i] << 16;
        v |= i + 1 < n ? (uint32_t)(unsigned char)text[i + 1] << 8 : 0;
        v |= i + 2 < n ? (uint32_t)(unsigned char)text[i + 2] : 0;
        char quad[4] = {DIGITS[v >> 18 & 63], DIGITS[v >> 12 & 63],
                        i + 1 < n ? DIGITS[v >> 6 & 63] : '=', i + 2 < n ? DIGITS[v & 63] : '='};
        buf_append(&out, quad, sizeof quad);
    }
    buf_puts(&out, in_tmux ? "\a\033\\" : "\a");
    put_raw(out.p, out.n);
    if (in_tmux) {
        buf_consume(&out, strlen("\033Ptmux;\033"));
        out.n -= 2;
        put_raw(out.p, out.n);
    }
    buf_done(&out);
    return true;
}

