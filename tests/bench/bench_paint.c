/* SPDX-License-Identifier: Apache-2.0 */
/* From exec to the first full screen, without network: hfterm, tig and htop in turn, each in the
 * same pty with the same libvterm reading it. A screen is full when the text of the program's
 * bottom bar is on it, which all three draw last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/bench/measure.h"
#include "tests/screens/ptyterm.h"

enum { RUNS = 21, ROWS = 36, COLS = 120, LIMIT_MS = 5000 };

struct program {
    const char *name;
    const char *argv[4];
    const char *bar; /* text of its bottom bar */
    struct samples ms;
    bool is_missing;
};

static double first_paint(const struct program *p, const char *const *env)
{
    double start = now_ms();
    struct ptyterm *t = ptyterm_start(
        &(struct ptyterm_options){.argv = p->argv, .env = env, .rows = ROWS, .cols = COLS}, NULL);
    if (!t) {
        return -1;
    }
    bool is_full = ptyterm_wait_text(t, p->bar, LIMIT_MS);
    double took = now_ms() - start;
    ptyterm_free(t);
    return is_full ? took : -1;
}

static void measure(struct program *programs, size_t n, const char *const *env)
{
    for (int run = -1; run < RUNS; run++) { /* the first round only fills the page cache */
        for (size_t i = 0; i < n; i++) {
            double ms = programs[i].is_missing ? -1 : first_paint(&programs[i], env);
            if (run >= 0 && ms >= 0) {
                samples_add(&programs[i].ms, ms);
            }
        }
    }
}

static void report(struct program *p)
{
    char name[64];
    snprintf(name, sizeof name, "first paint: %s", p->name);
    if (p->is_missing) {
        row_skip(name, "%s is not installed", p->argv[0]);
    } else if (p->ms.n < RUNS) {
        row_skip(name, "\"%s\" came up in %zu of %d runs only", p->bar, p->ms.n, RUNS);
    } else {
        row_value(name, samples_percentile(&p->ms, 50), "ms", "",
                  "median of %d, worst %.1f; %d x %d", RUNS, samples_percentile(&p->ms, 100), COLS,
                  ROWS);
    }
    samples_done(&p->ms);
}

int main(int argc, char **argv)
{
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    struct program programs[] = {
        {.name = "hfterm --offline", .argv = {hfterm, "--offline"}, .bar = "keys"},
        {.name = "hfterm --demo", .argv = {hfterm, "--demo"}, .bar = "keys"},
        {.name = "tig", .argv = {"tig"}, .bar = "[main]"},
        {.name = "htop", .argv = {"htop"}, .bar = "F10"},
    };
    size_t n = sizeof programs / sizeof *programs;
    for (size_t i = 0; i < n; i++) {
        programs[i].is_missing = !program_exists(programs[i].argv[0]);
    }
    char home[] = "/tmp/hfterm-bench-XXXXXX";
    if (!mkdtemp(home)) {
        perror("mkdtemp");
        return 1;
    }
    char *home_entry = xasprintf("HOME=%s", home);
    char *path_entry = xasprintf("PATH=%s", getenv("PATH"));
    const char *env[] = {home_entry, path_entry, "LANG=C.UTF-8", "TERM=xterm-256color", NULL};
    measure(programs, n, env);
    for (size_t i = 0; i < n; i++) {
        report(&programs[i]);
    }
    free(home_entry);
    free(path_entry);
    file_remove_tree(home, NULL);
    return 0;
}
