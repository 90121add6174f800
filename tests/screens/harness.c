/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "tests/screens/harness.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "tests/screens/golden.h"
#include "tests/screens/keys.h"

enum { LIMIT_MS = 10000, MAX_OPEN = 8 };

struct harness {
    struct ptyterm *term;
    char *home;
    bool keeps_home;
    struct buf row;
};

/* A failed assertion leaves its test by longjmp, so what it had open is kept here for h_teardown.
 */
static struct harness *open_harnesses[MAX_OPEN];

static void remember(struct harness *h)
{
    for (int i = 0; i < MAX_OPEN; i++) {
        if (!open_harnesses[i]) {
            open_harnesses[i] = h;
            return;
        }
    }
    fail_msg("more than %d programs at once in one test", MAX_OPEN);
}

static void forget(const struct harness *h)
{
    for (int i = 0; i < MAX_OPEN; i++) {
        if (open_harnesses[i] == h) {
            open_harnesses[i] = NULL;
        }
    }
}

int h_teardown(void **state)
{
    (void)state;
    for (int i = 0; i < MAX_OPEN; i++) {
        h_free(open_harnesses[i]);
    }
    return 0;
}

/* ---- failing ---- */

static void print_screen(const struct harness *h)
{
    int row = 0;
    int col = 0;
    bool is_visible = false;
    ptyterm_cursor(h->term, &row, &col, &is_visible);
    struct buf text = BUF_INIT;
    ptyterm_screen(h->term, &text);
    /* Not print_error, which cuts long texts. */
    fprintf(stderr, "--- screen %d x %d, cursor %d,%d%s%s\n%s---\n", ptyterm_cols(h->term),
            ptyterm_rows(h->term), row, col, is_visible ? "" : " hidden",
            ptyterm_has_exited(h->term) ? ", the program has ended" : "", buf_str(&text));
    buf_done(&text);
}

static _Noreturn void fail_here(struct harness *h, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static _Noreturn void fail_here(struct harness *h, const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vprint_error(fmt, ap);
    va_end(ap);
    print_error("\n");
    if (h) {
        print_screen(h);
    }
    _fail(file, line);
    abort(); /* not reached: _fail leaves by longjmp */
}

/* ---- start ---- */

static bool same_name(const char *a, const char *b)
{
    size_t n = strcspn(a, "=");
    return strcspn(b, "=") == n && strncmp(a, b, n) == 0;
}

/* Owned list of owned strings. */
static void env_put(char **env, size_t *n, const char *entry)
{
    size_t at = 0;
    while (at < *n && !same_name(env[at], entry)) {
        at++;
    }
    if (at < *n) {
        free(env[at]);
        env[at] = env[--*n];
        env[*n] = NULL;
    }
    if (strchr(entry, '=')) {
        env[(*n)++] = xstrdup(entry);
        env[*n] = NULL;
    }
}

static const char *env_or(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

static char **make_env(const struct harness *h, const char *const *extra)
{
    static const char *const FIXED[] = {
        "LANG=C.UTF-8",      "TERM=xterm-256color",         "TZ=UTC",
        "INPUTRC=/dev/null", "HFTERM_TEST_NOW=" H_NOW_TEXT,
    };
    size_t n_extra = 0;
    while (extra && extra[n_extra]) {
        n_extra++;
    }
    char **env = xcalloc(n_extra + 12, sizeof *env);
    size_t n = 0;
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++) {
        env_put(env, &n, FIXED[i]);
    }
    char *entries[] = {
        xasprintf("PATH=%s", env_or("PATH", "/usr/bin:/bin")),
        xasprintf("HOME=%s", h->home),
        xasprintf("ASAN_OPTIONS=log_path=%s/sanitizer:print_legend=0:detect_leaks=%s", h->home,
                  env_or("HFTERM_TEST_LEAKS", "1")),
        xasprintf("UBSAN_OPTIONS=log_path=%s/sanitizer:print_stacktrace=1", h->home),
        xasprintf("LSAN_OPTIONS=suppressions=%s:print_suppressions=0",
                  env_or("HFTERM_TEST_LSAN_SUPP", "")),
    };
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        env_put(env, &n, entries[i]);
        free(entries[i]);
    }
    for (size_t i = 0; i < n_extra; i++) {
        env_put(env, &n, extra[i]);
    }
    return env;
}

static char *make_home(void)
{
    char *path = xasprintf("%s/hfterm-home-XXXXXX", env_or("TMPDIR", "/tmp"));
    return mkdtemp(path) ? path : (free(path), NULL);
}

static const char **make_argv(const struct h_options *o, char **path)
{
    size_t n = 0;
    while (o->args && o->args[n]) {
        n++;
    }
    const char **argv = xcalloc(n + 2, sizeof *argv);
    const char *program = o->program ? o->program : env_or("HFTERM_PROGRAM", "build/asan/hfterm");
    *path = strchr(program, '/') ? realpath(program, NULL) : NULL; /* it starts in another folder */
    argv[0] = *path ? *path : program;
    for (size_t i = 0; i < n; i++) {
        argv[i + 1] = o->args[i];
    }
    return argv;
}

struct harness *h_start_(const struct h_options *o, const char *file, int line)
{
    struct harness *h = xcalloc(1, sizeof *h);
    h->home = o->home ? xstrdup(o->home) : make_home();
    h->keeps_home = o->home != NULL;
    if (!h->home) {
        free(h);
        fail_here(NULL, file, line, "cannot make a temporary HOME");
    }
    char **env = make_env(h, o->env);
    char *path = NULL;
    const char **argv = make_argv(o, &path);
    struct err e = ERR_INIT;
    h->term = ptyterm_start(&(struct ptyterm_options){.argv = argv,
                                                      .env = (const char *const *)env,
                                                      .dir = h->home,
                                                      .rows = o->rows ? o->rows : 24,
                                                      .cols = o->cols ? o->cols : 80},
                            &e);
    for (char **p = env; *p; p++) {
        free(*p);
    }
    free(env);
    free(argv);
    free(path);
    if (!h->term) {
        h_free(h);
        fail_here(NULL, file, line, "%s", e.msg);
    }
    remember(h);
    return h;
}

void h_free(struct harness *h)
{
    if (!h) {
        return;
    }
    forget(h);
    ptyterm_free(h->term);
    if (!h->keeps_home && h->home) {
        file_remove_tree(h->home, NULL);
    }
    free(h->home);
    buf_done(&h->row);
    free(h);
}

const char *h_home(const struct harness *h)
{
    return h->home;
}

char *h_keep_home(struct harness *h)
{
    h->keeps_home = true;
    return xstrdup(h->home);
}

struct ptyterm *h_terminal(struct harness *h)
{
    return h->term;
}

/* ---- input ---- */

void h_wait_idle_(struct harness *h, const char *file, int line)
{
    if (!ptyterm_wait_idle(h->term, LIMIT_MS)) {
        fail_here(h, file, line, "not idle within %d s", LIMIT_MS / 1000);
    }
    if (getenv("HFTERM_TEST_TRACE")) {
        print_screen(h);
    }
}

void h_press_(struct harness *h, const char *keys, const char *file, int line)
{
    struct buf bytes = BUF_INIT;
    bool is_known = keys_to_bytes(keys, &bytes);
    if (is_known) {
        ptyterm_send(h->term, buf_str(&bytes), bytes.n);
    }
    buf_done(&bytes);
    if (!is_known) {
        fail_here(NULL, file, line, "unknown key name in \"%s\"", keys);
    }
}

void h_keys_(struct harness *h, const char *keys, const char *file, int line)
{
    /* A terminal cannot tell Esc and then q from Alt-q when they come in one read: people are
     * slower than that, so each Esc is waited for. */
    const char *esc = NULL;
    while ((esc = strstr(keys, "<Esc> ")) != NULL) {
        const size_t n = (size_t)(esc - keys) + strlen("<Esc>");
        char *part = xstrndup(keys, n);
        h_press_(h, part, file, line);
        free(part);
        h_wait_idle_(h, file, line);
        keys += n + 1;
    }
    h_press_(h, keys, file, line);
    h_wait_idle_(h, file, line);
}

void h_text_(struct harness *h, const char *text, const char *file, int line)
{
    ptyterm_send(h->term, text, strlen(text));
    h_wait_idle_(h, file, line);
}

void h_paste_(struct harness *h, const char *text, const char *file, int line)
{
    ptyterm_paste(h->term, text);
    h_wait_idle_(h, file, line);
}

void h_mouse_(struct harness *h, enum ptyterm_mouse what, int row, int col, const char *file,
              int line)
{
    ptyterm_mouse(h->term, what, row, col);
    h_wait_idle_(h, file, line);
}

void h_resize_(struct harness *h, int rows, int cols, const char *file, int line)
{
    ptyterm_resize(h->term, rows, cols);
    h_wait_idle_(h, file, line);
}

void h_wait_text_(struct harness *h, const char *text, const char *file, int line)
{
    if (!ptyterm_wait_text(h->term, text, LIMIT_MS)) {
        fail_here(h, file, line, "\"%s\" did not appear within %d s", text, LIMIT_MS / 1000);
    }
}

/* ---- looking ---- */

const char *h_row(struct harness *h, int i)
{
    buf_clear(&h->row);
    ptyterm_row(h->term, i, &h->row);
    return buf_str(&h->row);
}

bool h_find(struct harness *h, const char *text, int *row, int *col)
{
    return ptyterm_find(h->term, text, 0, row, col);
}

struct ptyterm_style h_style(struct harness *h, int row, int col)
{
    return ptyterm_style(h->term, row, col);
}

void h_expect_row_(struct harness *h, int i, const char *text, const char *file, int line)
{
    const char *row = h_row(h, i);
    if (strcmp(row, text) != 0) {
        fail_here(h, file, line, "row %d is \"%s\"\n  wanted \"%s\"", i, row, text);
    }
}

void h_expect_in_row_(struct harness *h, int i, const char *part, const char *file, int line)
{
    const char *row = h_row(h, i);
    if (!strstr(row, part)) {
        fail_here(h, file, line, "row %d is \"%s\"\n  without \"%s\"", i, row, part);
    }
}

void h_expect_text_(struct harness *h, const char *text, bool is_wanted, const char *file, int line)
{
    int row = 0;
    int col = 0;
    if (h_find(h, text, &row, &col) != is_wanted) {
        fail_here(h, file, line,
                  is_wanted ? "\"%s\" is not on the screen" : "\"%s\" is on the screen", text);
    }
}

void h_golden_(struct harness *h, const char *name, const char *file, int line)
{
    struct buf why = BUF_INIT;
    bool is_same = golden_check(h->term, name, &why);
    if (!is_same) {
        fputs(buf_str(&why), stderr);
    }
    buf_done(&why);
    if (!is_same) {
        fail_here(NULL, file, line, "screen \"%s\" is not the golden one", name);
    }
}

size_t h_bytes_written(struct harness *h)
{
    ptyterm_pump(h->term, 0);
    return ptyterm_output(h->term).n;
}

bool h_wrote(struct harness *h, const char *text)
{
    ptyterm_pump(h->term, 0);
    struct str all = ptyterm_output(h->term);
    return memmem(all.p, all.n, text, strlen(text)) != NULL;
}

size_t h_bytes_in(struct harness *h, int64_t ms)
{
    size_t before = h_bytes_written(h);
    for (int64_t due = clock_mono_ms() + ms; clock_mono_ms() < due;) {
        ptyterm_pump(h->term, due - clock_mono_ms());
    }
    return h_bytes_written(h) - before;
}

/* ---- stop ---- */

/* What the sanitizers of the program wrote, appended to out. */
static void read_reports(const char *home, struct buf *out)
{
    DIR *dir = opendir(home);
    for (struct dirent *d = dir ? readdir(dir) : NULL; d; d = readdir(dir)) {
        if (strncmp(d->d_name, "sanitizer.", 10) == 0) {
            char *path = paths_join(home, d->d_name);
            file_read(path, out, 1 << 20, NULL);
            free(path);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

/* The last bytes written, escapes readable. */
static void print_tail(struct harness *h)
{
    enum { TAIL = 400 };
    struct str all = ptyterm_output(h->term);
    for (size_t i = all.n > TAIL ? all.n - TAIL : 0; i < all.n; i++) {
        unsigned char c = (unsigned char)all.p[i];
        fprintf(stderr, c == '\033' ? "\n\\e" : c < ' ' || c > '~' ? "\\x%02x" : "%c", c);
    }
    fputc('\n', stderr);
}

static int exit_code(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void h_stop_(struct harness *h, const char *keys, int code, const char *file, int line)
{
    if (*keys) {
        h_press_(h, keys, file, line);
    }
    if (!ptyterm_wait_exit(h->term, LIMIT_MS)) {
        fail_here(h, file, line, "still runs %d s after \"%s\"", LIMIT_MS / 1000, keys);
    }
    struct buf reports = BUF_INIT;
    read_reports(h->home, &reports);
    if (reports.n > 0) {
        fputs(buf_str(&reports), stderr); /* print_error cuts long texts */
        buf_done(&reports);
        fail_here(h, file, line, "a sanitizer reported the above");
    }
    int got = exit_code(ptyterm_status(h->term));
    if (got != code) {
        fail_here(h, file, line, "exit code %d, wanted %d", got, code);
    }
    struct buf left = BUF_INIT;
    if (!ptyterm_is_restored(h->term, &left)) {
        print_error("%s", buf_str(&left));
        buf_done(&left);
        print_tail(h);
        fail_here(h, file, line, "the terminal was not given back as it was (exit code %d)", got);
    }
    h_free(h);
}
