/* SPDX-License-Identifier: Apache-2.0 */
/* A thousand cards of real size, rendered as `show` prints them, against the program cmark-gfm on the
 * same files: each one process that reads all of them, from fork to exit, runs taken in turn.
 *
 *     bench_cards HFTERM               the rows (HFTERM is not used: `show` asks a Hub for its card)
 *     bench_cards --render FILE...     what is timed: the cards as text, 100 columns wide, on stdout
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/cli/card.h"
#include "core/cli/out.h"
#include "tests/bench/measure.h"

enum { CARDS = 1000, RUNS = 7, WIDTH = 100, MAX_CARD = 1 << 20 };

/* ---- the cards ---- */

/* The same row of numbers on every machine. */
static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 8) % below;
}

static void put_words(struct buf *out, unsigned *state, unsigned n)
{
    static const char *const WORDS[] = {
        "the",     "model",  "was",      "trained", "on",      "a",       "data",   "set",
        "of",      "speech", "pictures", "and",     "letters", "from",    "**four**", "languages",
        "*which*", "reads",  "`bf16`",   "numbers", "without", "cutting", "them",   "[here](https://example.org/a)",
        "with",    "care",   "before",   "it",      "answers", "in",      "full",   "sentences",
    };
    for (unsigned i = 0; i < n; i++) {
        buf_puts(out, WORDS[draw(state, sizeof WORDS / sizeof *WORDS)]);
        buf_puts(out, i + 1 == n ? ".\n\n" : i % 14 == 13 ? "\n" : " ");
    }
}

static void put_table(struct buf *out, unsigned *state)
{
    const unsigned rows = 3 + draw(state, 12);
    buf_puts(out, "Results:\n| Task | Metric | Score | Change |\n|:-----|--------|------:|:------:|\n");
    for (unsigned i = 0; i < rows; i++) {
        buf_printf(out, "| task %u | `f1` | %u.%u | **+0.%u** |\n", i, 40 + draw(state, 50),
                   draw(state, 10), draw(state, 10));
    }
    buf_putc(out, '\n');
}

static void put_code(struct buf *out, unsigned *state)
{
    const unsigned lines = 4 + draw(state, 16);
    buf_puts(out, "```python\nfrom transformers import pipeline\n");
    for (unsigned i = 0; i < lines; i++) {
        buf_printf(out, "result_%u = model(inputs[%u], max_new_tokens=%u)  # step\n", i, i,
                   draw(state, 512));
    }
    buf_puts(out, "```\n\n");
}

static void put_list(struct buf *out, unsigned *state)
{
    const unsigned items = 3 + draw(state, 8);
    for (unsigned i = 0; i < items; i++) {
        buf_printf(out, "%s- [item %u](https://example.org/%u) of **%u** kinds\n",
                   i % 3 == 2 ? "  " : "", i, draw(state, 1000), draw(state, 90));
    }
    buf_putc(out, '\n');
}

static void put_html(struct buf *out, unsigned *state)
{
    buf_printf(out, "<p align=\"center\">\n  <a href=\"https://example.org/%u\"><img src=\"b%u.svg\" "
                    "alt=\"badge\"></a>\n</p>\n\n> Note that *this* quote\n> goes on.\n\n",
               draw(state, 100), draw(state, 100));
}

/* Between 1 and 30 kB, most of them small. */
static void make_card(struct buf *out, unsigned number)
{
    static void (*const PARTS[])(struct buf *, unsigned *) = {put_table, put_code, put_list,
                                                              put_html};
    unsigned state = number * 2654435761U + 1;
    const unsigned base = 1 + draw(&state, 12);
    const size_t bytes = 1024 * (size_t)(base < 11 ? base : 1 + draw(&state, 30));
    buf_printf(out, "# Card %u\n\n", number);
    put_words(out, &state, 40);
    for (unsigned part = 1; out->n < bytes; part++) {
        buf_printf(out, "## Part %u\n\n", part);
        put_words(out, &state, 20 + draw(&state, 100));
        PARTS[draw(&state, 4)](out, &state);
    }
}

/* ---- what is timed ---- */

static int render(char *const *files)
{
    struct cli_out out = {.f = stdout, .cols = WIDTH};
    setlocale(LC_ALL, "C.UTF-8");
    for (; *files; files++) {
        struct buf card = BUF_INIT;
        struct buf text = BUF_INIT;
        struct err e = ERR_INIT;
        if (!file_read(*files, &card, MAX_CARD, &e)) {
            fprintf(stderr, "%s\n", e.msg);
            return 1;
        }
        cli_put_card(&text, buf_str(&card), card.n, &out);
        fwrite(buf_str(&text), 1, text.n, stdout);
        buf_done(&card);
        buf_done(&text);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

/* Milliseconds from fork to exit; -1 when it cannot be run or fails. */
static double run_once(char *const *argv)
{
    const double start = now_ms();
    const pid_t pid = fork();
    if (pid == 0) {
        const int null = open("/dev/null", O_RDWR);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        return -1;
    }
    return now_ms() - start;
}

/* ---- the rows ---- */

struct work {
    char folder[64];
    char *files[CARDS + 1];
    double bytes;
};

static bool make_files(struct work *w)
{
    snprintf(w->folder, sizeof w->folder, "/tmp/hfterm-cards-XXXXXX");
    if (!mkdtemp(w->folder)) {
        return false;
    }
    for (unsigned i = 0; i < CARDS; i++) {
        struct buf path = BUF_INIT;
        struct buf card = BUF_INIT;
        struct err e = ERR_INIT;
        buf_printf(&path, "%s/%03u.md", w->folder, i);
        make_card(&card, i);
        w->bytes += (double)card.n;
        w->files[i] = buf_steal(&path);
        const bool is_written = file_write_atomic(w->files[i], card.p, card.n, 0600, &e);
        buf_done(&card);
        if (!is_written) {
            return false;
        }
    }
    return true;
}

static void remove_files(struct work *w)
{
    for (size_t i = 0; i < CARDS && w->files[i]; i++) {
        unlink(w->files[i]);
        free(w->files[i]);
    }
    rmdir(w->folder);
}

static void bench(struct work *w)
{
    char self[] = "/proc/self/exe";
    char option[] = "--render";
    static const char *const PEER[] = {"cmark-gfm", "-e", "table",    "-e", "strikethrough", "-e",
                                       "autolink",  "-e", "tasklist", "-e", "footnotes"};
    enum { N_PEER = sizeof PEER / sizeof *PEER };
    char *ours[CARDS + 3] = {0};
    char *peer[CARDS + N_PEER + 1] = {0};
    struct samples times = {0};
    struct samples peer_times = {0};
    char words[N_PEER][16];
    for (size_t i = 0; i < N_PEER; i++) {
        snprintf(words[i], sizeof words[i], "%s", PEER[i]);
        peer[i] = words[i];
    }
    ours[0] = self;
    ours[1] = option;
    memcpy(ours + 2, w->files, sizeof w->files);
    memcpy(peer + N_PEER, w->files, sizeof w->files);
    for (int run = -1; run < RUNS; run++) { /* the first round only fills the page cache */
        const double a = run_once(ours);
        const double b = run_once(peer);
        if (a < 0 || b < 0) {
            row_skip("1,000 cards as `show` prints them", "%s failed", a < 0 ? "rendering" : "cmark-gfm");
            return;
        }
        if (run >= 0) {
            samples_add(&times, a);
            samples_add(&peer_times, b);
        }
    }
    const double ms = samples_percentile(&times, 50);
    const double peer_ms = samples_percentile(&peer_times, 50);
    row_value("1,000 cards as `show` prints them", ms / peer_ms, "x cmark-gfm", "3",
              "%.0f ms, cmark-gfm %.0f ms; %.1f MB, medians of %d", ms, peer_ms, w->bytes / 1e6, RUNS);
    samples_done(&times);
    samples_done(&peer_times);
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "--render") == 0) {
        return render(argv + 2);
    }
    struct work w = {0};
    if (!program_exists("cmark-gfm")) {
        row_skip("1,000 cards as `show` prints them", "cmark-gfm is not installed");
    } else if (make_files(&w)) {
        bench(&w);
        remove_files(&w);
    } else {
        row_skip("1,000 cards as `show` prints them", "the cards cannot be written to /tmp");
    }
    return 0;
}
