/* SPDX-License-Identifier: Apache-2.0 */
#define NCURSES_WIDECHAR 1
#include "tui/term/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "tui/term/behind.h"

enum {
    ESC_DELAY_MS = 25, /* ncurses' default of 1000 blocks a lone Esc for a second */
    CODE_PASTE_BEGIN = 0x4000, /* above KEY_MAX ncurses numbers the further keys of terminfo */
    CODE_PASTE_END,
    CODE_MOUSE,
    CODE_SHOWN, /* the answer to term_mark */
    CODE_MODIFIED, /* CODE_MODIFIED + index into MODIFIED */
    PASTE_MAX = 1 << 20,
    CLIPBOARD_MAX = 74994,
    STDERR_TAIL = 4096,
    REPORT_MAX = 24, /* bytes of a mouse report */
    REPORT_MS = 50,
};

/* Everything that could be on, turned off: string terminator (an unfinished sequence), synchronised
 * update, bracketed paste, mouse modes, attributes, keypad, cursor, alternate screen. */
static const char RESTORE[] = "\033\\\033[?2026l\033[?2004l\033[?1006l\033[?1002l\033[?1000l"
                              "\033[0m\033[?1l\033>\033[?1049l\033[?25h\r\n";

/* State the signal handlers need; there is one terminal, so there is one of these. */
static struct {
    volatile sig_atomic_t is_active;
    volatile sig_atomic_t pending_signal;
    struct termios saved;
    bool has_saved;
    int tty_fd;
    int saved_stderr; /* -1: not redirected */
    void (*wake)(void *arg);
    void *wake_arg;
    struct sigaction old[NSIG];
} guard = {.tty_fd = -1, .saved_stderr = -1};

/* At once: what the thread did cannot go on, or the system wants it ended. */
static const int FATAL[] = {SIGSEGV, SIGBUS,  SIGABRT, SIGILL, SIGFPE,
                            SIGQUIT, SIGTRAP, SIGSYS,  SIGXCPU};
/* Taken by the loop, which ends the program in order (SIGTSTP: stops it). The real-time signals end a
 * program too and are added to these. */
static const int POLITE[] = {SIGTERM, SIGHUP,    SIGINT,  SIGTSTP, SIGUSR1, SIGUSR2,
                             SIGALRM, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR,  SIGSTKFLT};

/* ---- crash-safe restore ---- */

static void restore_now(void)
{
    if (guard.is_active) {
        guard.is_active = 0;
        if (write(guard.tty_fd, RESTORE, sizeof RESTORE - 1) < 0) {
            return; /* nothing left to try */
        }
        if (guard.has_saved) {
            tcsetattr(guard.tty_fd, TCSANOW, &guard.saved);
        }
    }
    if (guard.saved_stderr >= 0) {
        dup2(guard.saved_stderr, STDERR_FILENO);
    }
}

static void on_fatal(int sig)
{
    restore_now();
    /* The handler that was there before (a sanitizer's, or none) gets its turn. */
    sigaction(sig, &guard.old[sig], NULL);
    raise(sig);
}

static void on_polite(int sig)
{
    guard.pending_signal = sig;
    if (guard.wake) {
        guard.wake(guard.wake_arg);
    }
}

/* ncurses notes the new size; but a signal that comes just before poll would not end the wait. */
static void on_resize(int sig)
{
    if (guard.old[SIGWINCH].sa_handler != SIG_DFL && guard.old[SIGWINCH].sa_handler != SIG_IGN) {
        guard.old[SIGWINCH].sa_handler(sig);
    }
    if (guard.wake) {
        guard.wake(guard.wake_arg);
    }
}

static void install_handlers(void)
{
    static char alt_stack[64 * 1024];
    stack_t ss = {.ss_sp = alt_stack, .ss_size = sizeof alt_stack};
    sigaltstack(&ss, NULL);
    struct sigaction fatal = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK | SA_NODEFER};
    for (size_t i = 0; i < sizeof FATAL / sizeof *FATAL; i++) {
        sigaction(FATAL[i], &fatal, &guard.old[FATAL[i]]);
    }
    struct sigaction polite = {.sa_handler = on_polite};
    for (size_t i = 0; i < sizeof POLITE / sizeof *POLITE; i++) {
        sigaction(POLITE[i], &polite, &guard.old[POLITE[i]]);
    }
    for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++) {
        sigaction(sig, &polite, &guard.old[sig]);
    }
    /* A file that grew to its limit is an error of the write that met it. */
    signal(SIGXFSZ, SIG_IGN);
    struct sigaction resize = {.sa_handler = on_resize};
    sigaction(SIGWINCH, &resize, &guard.old[SIGWINCH]);
}

int term_take_signal(void)
{
    int sig = guard.pending_signal;
    guard.pending_signal = 0;
    return sig;
}

void term_on_signal(void (*wake)(void *arg), void *arg)
{
    guard.wake_arg = arg;
    guard.wake = wake;
}

/* ---- stderr of libraries ---- */

static char *stderr_path(void)
{
    return paths_state("stderr.log");
}

static void stderr_redirect(void)
{
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    char *dir = paths_state("");
    char *path = stderr_path();
    if (file_mkdirs(dir, 0700, NULL)) {
        int fd = file_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600, NULL);
        if (fd >= 0) {
            guard.saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
            dup2(fd, STDERR_FILENO);
            close(fd);
        }
    }
    free(path);
    free(dir);
}

static void stderr_back(void)
{
    if (guard.saved_stderr < 0) {
        return;
    }
    dup2(guard.saved_stderr, STDERR_FILENO);
    close(guard.saved_stderr);
    guard.saved_stderr = -1;
    char *path = stderr_path();
    struct buf text = BUF_INIT;
    if (file_read(path, &text, 1 << 20, NULL) && text.n > 0) {
        size_t skip = text.n > STDERR_TAIL ? text.n - STDERR_TAIL : 0;
        struct buf clean = BUF_INIT;
        text_sanitize(&clean, text.p + skip, text.n - skip, TEXT_KEEP_NEWLINES);
        fputs(buf_str(&clean), stderr);
        buf_done(&clean);
    }
    buf_done(&text);
    free(path);
}

/* ---- start and stop ---- */

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

static void define_keys(void)
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

static void put_raw(const char *bytes, size_t n)
{
    fflush(stdout);
    while (n > 0) {
        ssize_t put = write(guard.tty_fd, bytes, n);
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
    guard.tty_fd = STDOUT_FILENO;
    guard.has_saved = tcgetattr(STDIN_FILENO, &guard.saved) == 0;
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
    guard.is_active = 1;
    stderr_redirect();
    install_handlers();
    atexit(restore_now);
    t->colours = 0;
    if (!options->is_mono && has_colors()) {
        start_color();
        use_default_colors();
        t->colours = COLORS;
    }
    t->has_mouse = options->want_mouse;
    enter_modes(t);
    define_keys(); /* after keypad(), which lays the keys of terminfo over ours */
    t->cols = COLS;
    t->rows = LINES;
    return true;
}

/* Wait for an answer that is still on its way, lest it is typed into the shell. */
static void await_answer(void)
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

static void leave_modes(void)
{
    await_answer();
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
    if (guard.is_active) {
        leave_modes();
        guard.is_active = 0;
        if (guard.has_saved) {
            tcsetattr(STDIN_FILENO, TCSADRAIN, &guard.saved);
        }
    }
    guard.wake = NULL;
    stderr_back();
}

void term_outside(struct term *t, void (*fn)(void *arg), void *arg)
{
    def_prog_mode();
    leave_modes();
    int redirected = guard.saved_stderr;
    if (redirected >= 0) {
        stderr_back();
    }
    fn(arg);
    if (redirected >= 0) {
        stderr_redirect();
    }
    reset_prog_mode();
    enter_modes(t);
    clearok(curscr, TRUE);
    /* The window may have changed size meanwhile and ncurses saw no signal for it. */
    struct winsize size;
    if (ioctl(guard.tty_fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
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

/* ---- keys ---- */

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
        if (kind == ERR || (kind == KEY_CODE_YES && c == CODE_PASTE_END)) {
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
