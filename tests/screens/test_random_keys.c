/* SPDX-License-Identifier: Apache-2.0 */
/* Ten thousand random keys, resizes, mouse reports, pastes and broken sequences on the demo: the
 * program must neither crash nor hang, and must still quit and give the terminal back.
 *
 * Harmless by construction: the demo's Hub lives in the program, HOME and the current folder are a
 * temporary one, PATH is empty and the editor does nothing.
 *
 * HFTERM_TEST_SEED repeats a run; the seed is printed. HFTERM_TEST_KEYS: how many (10,000).
 */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "tests/screens/keys.h"

enum {
    N_EVENTS = 10000,
    EVENTS_PER_WAIT = 250, /* between two proofs that the program still gets idle */
    IDLE_LIMIT_MS = 30000, /* against hangs; a sanitizer build is slow on a busy machine */
    N_LAST = 32,           /* events shown after a failure */
};

struct monkey {
    struct harness *h;
    uint64_t random;
    char *home;
    size_t restarts;
    char last[N_LAST][64];
    size_t n_events;
};

/* xorshift64*: the same numbers everywhere for a seed. */
static uint32_t roll(struct monkey *m, uint32_t below)
{
    m->random ^= m->random >> 12;
    m->random ^= m->random << 25;
    m->random ^= m->random >> 27;
    return (uint32_t)((m->random * 2685821657736338717ULL) >> 33) % below;
}

static void note(struct monkey *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void note(struct monkey *m, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(m->last[m->n_events % N_LAST], sizeof m->last[0], fmt, ap);
    va_end(ap);
    m->n_events++;
}

static void give_up(struct monkey *m, const char *why)
{
    size_t from = m->n_events > N_LAST ? m->n_events - N_LAST : 0;
    for (size_t i = from; i < m->n_events; i++) {
        print_error("event %zu: %s\n", i, m->last[i % N_LAST]);
    }
    struct buf screen = BUF_INIT;
    ptyterm_screen(h_terminal(m->h), &screen);
    fputs(buf_str(&screen), stderr);
    buf_done(&screen);
    if (ptyterm_has_exited(h_terminal(m->h))) {
        print_error("exit status 0x%x after %zu events\n", ptyterm_status(h_terminal(m->h)),
                    m->n_events);
        h_stop_with(m->h, "", 0); /* prints a sanitizer's report when there is one */
    }
    fail_msg("%s", why);
}

/* ---- events ---- */

static void send_noted(struct monkey *m, const char *kind, const char *bytes, size_t n)
{
    struct buf shown = BUF_INIT;
    text_sanitize(&shown, bytes, n < 16 ? n : 16, TEXT_LINE);
    note(m, "%s %s", kind, buf_str(&shown));
    buf_done(&shown);
    ptyterm_send(h_terminal(m->h), bytes, n);
}

static void letter(struct monkey *m)
{
    char c = (char)(' ' + roll(m, 95));
    if (c == 'q' && roll(m, 30)) { /* each one may end the program: not too often */
        c = 'j';
    }
    send_noted(m, "letter", &c, 1);
}

static void named_key(struct monkey *m)
{
    static const char *const KEYS[] = {
        "<Enter>",   "<Enter>", "<Enter>",  "<Esc>",   "<Esc>",    "<Tab>",
        "<Tab>",     "<S-Tab>", "<BS>",     "<Del>",   "<Up>",     "<Up>",
        "<Down>",    "<Down>",  "<Left>",   "<Right>", "<Home>",   "<End>",
        "<PgUp>",    "<PgDn>",  "<F1>",     "<F2>",    "<F5>",     "<F8>",
        "<F10>",     "<F12>",   "<C-p>",    "<C-Up>",  "<C-Down>", "<C-Left>",
        "<C-Right>", "<M-Up>",  "<S-Down>", "<M-x>",   "<C-PgUp>", "<C-PgDn>",
    };
    const char *name = KEYS[roll(m, sizeof KEYS / sizeof *KEYS)];
    struct buf bytes = BUF_INIT;
    assert_true(keys_to_bytes(name, &bytes));
    note(m, "%s", name);
    ptyterm_send(h_terminal(m->h), buf_str(&bytes), bytes.n);
    buf_done(&bytes);
}

static void control_key(struct monkey *m)
{
    char c = (char)roll(m, 32);
    if (c == 3 && roll(m, 10)) {
        c = 'k';
    }
    send_noted(m, "control", &c, 1);
}

static void unicode(struct monkey *m)
{
    static const uint32_t CODES[] = {0xE9,   0x301,  0x4E2D,  0x1F917, 0x200D,
                                     0xFE0F, 0x202E, 0x1F1E9, 0xFFFD};
    char bytes[8];
    size_t n = 1;
    if (roll(m, 4) == 0) {
        bytes[0] = (char)(0x80 + roll(m, 0x80)); /* not UTF-8 */
    } else {
        n = text_encode(CODES[roll(m, sizeof CODES / sizeof *CODES)], bytes);
    }
    send_noted(m, "unicode", bytes, n);
}

static void mouse(struct monkey *m)
{
    static const int BUTTONS[] = {0, 0, 0, 1, 2, 3, 32, 64, 65, 66, 128, 999};
    char bytes[48];
    int button = BUTTONS[roll(m, sizeof BUTTONS / sizeof *BUTTONS)];
    int col = (int)roll(m, 240);
    int row = (int)roll(m, 70);
    int n =
        snprintf(bytes, sizeof bytes, "\033[<%d;%d;%d%c", button, col, row, roll(m, 2) ? 'M' : 'm');
    send_noted(m, "mouse", bytes, (size_t)n);
}

static void paste(struct monkey *m)
{
    static const char *const TEXTS[] = {"",
                                        "one",
                                        "two words",
                                        "line\rline\rq\r",
                                        ":quit\r",
                                        "\033[31mred",
                                        "\360\237\244\227\314\201"};
    struct buf bytes = BUF_INIT;
    buf_puts(&bytes, "\033[200~");
    for (uint32_t i = roll(m, 8); i > 0; i--) {
        buf_puts(&bytes, TEXTS[roll(m, sizeof TEXTS / sizeof *TEXTS)]);
    }
    if (roll(m, 8)) { /* else the end never comes */
        buf_puts(&bytes, "\033[201~");
    }
    send_noted(m, "paste", buf_str(&bytes), bytes.n);
    buf_done(&bytes);
}

static void broken_sequence(struct monkey *m)
{
    static const char *const STARTS[] = {"\033[",  "\033O",  "\033]",  "\033P",
                                         "\033[?", "\033[M", "\033_G", "\233"};
    char bytes[24];
    int n = snprintf(bytes, sizeof bytes, "%s", STARTS[roll(m, sizeof STARTS / sizeof *STARTS)]);
    for (uint32_t i = roll(m, 6); i > 0; i--) {
        bytes[n++] = (char)(' ' + roll(m, 95));
    }
    send_noted(m, "broken", bytes, (size_t)n);
}

static void resize(struct monkey *m)
{
    int rows = 1 + (int)roll(m, 60);
    int cols = 2 + (int)roll(m, 220); /* libvterm 0.1.4 crashes on a wide character in one column */
    note(m, "resize to %d x %d", cols, rows);
    ptyterm_resize(h_terminal(m->h), rows, cols);
}

static const struct {
    int weight; /* of 100 */
    void (*run)(struct monkey *m);
} EVENTS[] = {
    {52, letter}, {24, named_key}, {6, control_key},     {5, unicode},
    {4, mouse},   {3, paste},      {3, broken_sequence}, {3, resize},
};

static void one_event(struct monkey *m)
{
    int at = (int)roll(m, 100);
    for (size_t i = 0; i < sizeof EVENTS / sizeof *EVENTS; i++) {
        at -= EVENTS[i].weight;
        if (at < 0) {
            EVENTS[i].run(m);
            return;
        }
    }
}

/* ---- the program between events ---- */

/* One HOME for all starts of a run, so that a start meets what the one before left behind. */
static char *home_to_remove;

static int teardown(void **state)
{
    h_teardown(state);
    if (home_to_remove) {
        file_remove_tree(home_to_remove, NULL);
        free(home_to_remove);
        home_to_remove = NULL;
    }
    return 0;
}

static void start(struct monkey *m)
{
    m->h = h_start(&(struct h_options){
        .args = ARGS("--demo"),
        .home = m->home,
        .rows = 30,
        .cols = 100,
        .env = ARGS("PATH=/nonexistent", "EDITOR=/bin/true", "VISUAL=/bin/true")});
    if (!m->home) {
        m->home = h_keep_home(m->h);
        home_to_remove = m->home;
    }
    if (!ptyterm_wait_idle(h_terminal(m->h), IDLE_LIMIT_MS)) {
        give_up(m, "not idle after its start");
    }
}

/* A quit is an answer to a key, a stop (Ctrl-Z) too; anything else that ends it is a failure. */
static void keep_running(struct monkey *m)
{
    struct ptyterm *t = h_terminal(m->h);
    ptyterm_pump(t, 0);
    if (ptyterm_is_stopped(t)) {
        ptyterm_signal(t, SIGCONT);
    }
    if (ptyterm_has_exited(t)) {
        int status = ptyterm_status(t);
        int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        /* Keys that come after a quit gave the terminal back are signals again. */
        if (code != 0 && code != 128 + SIGINT && code != 128 + SIGQUIT) {
            give_up(m, "the program did not survive");
        }
        h_stop_with(m->h, "", code);
        m->restarts++;
        note(m, "restart");
        start(m);
    }
}

static void expect_idle(struct monkey *m)
{
    int64_t due = clock_mono_ms() + IDLE_LIMIT_MS;
    /* In slices: a program that Ctrl-Z stopped must be woken. */
    while (!ptyterm_wait_idle(h_terminal(m->h), 100)) {
        if (clock_mono_ms() > due) {
            give_up(m, "the program hangs");
        }
        keep_running(m);
    }
}

/* Out of every popup and field, then quit, answering what it asks. */
static void quit(struct monkey *m)
{
    ptyterm_resize(h_terminal(m->h), 30, 100);
    for (int i = 0; i < 40 && !ptyterm_has_exited(h_terminal(m->h)); i++) {
        ptyterm_send(h_terminal(m->h), "\033", 1);
        expect_idle(m);
    }
    for (int i = 0; i < 5 && !ptyterm_has_exited(h_terminal(m->h)); i++) {
        ptyterm_send(h_terminal(m->h), "\003", 1);
        ptyterm_wait_exit(h_terminal(m->h), 1000);
    }
    if (!ptyterm_wait_exit(h_terminal(m->h), 1000)) {
        give_up(m, "does not quit");
    }
    int status = ptyterm_status(h_terminal(m->h));
    h_stop_with(m->h, "", WIFEXITED(status) && WEXITSTATUS(status) == 130 ? 130 : 0);
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    unsigned long long n = 0;
    return text && str_to_u64(text, UINT64_MAX, &n) ? n : otherwise;
}

static void test_random_keys(void **state)
{
    (void)state;
    uint64_t seed = number_from("HFTERM_TEST_SEED", (uint64_t)time(NULL));
    uint64_t n_events = number_from("HFTERM_TEST_KEYS", N_EVENTS);
    print_message("# HFTERM_TEST_SEED=%llu\n", (unsigned long long)seed);
    struct monkey m = {.random = seed * 2 + 1};
    start(&m);
    for (uint64_t i = 1; i <= n_events; i++) {
        one_event(&m);
        keep_running(&m);
        if (i % EVENTS_PER_WAIT == 0) {
            expect_idle(&m);
        }
    }
    expect_idle(&m);
    print_message("# %zu restarts\n", m.restarts);
    quit(&m);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test_teardown(test_random_keys, teardown),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
