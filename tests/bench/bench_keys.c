/* SPDX-License-Identifier: Apache-2.0 */
/* From a key to its picture: the time from writing the key to the pty until the selected row is
 * drawn where the key moved it, read by libvterm.
 *
 *  - while the next page of the list is loading (it never ends) and the network thread reads a
 *    stream of 5,000 lines a second in the same process;
 *  - scrolling a list of 100 rows and one of 100,000.
 *
 * This program is also what is measured: with --program it opens a session as hfterm does, starts
 * the reader of the stream, and runs the screen.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/session.h"
#include "core/net/http.h"
#include "core/task/pool.h"
#include "tests/bench/measure.h"
#include "tests/bench/stream_hub.h"
#include "tests/bench/subject.h"
#include "tui/frame/run.h"
#include "tui/screens.h"

enum {
    KEYS = 1000,
    ROWS = 36,
    COLS = 120,
    SMALL_LIST = 100,
    LARGE_LIST = 100000,
    LINES_PER_S = 5000,
    LIMIT_MS = 60000,
    KEY_LIMIT_MS = 1000,
};

/* ---- the program under test ---- */

struct reader {
    struct http *http;
    const char *url;
    atomic_size_t lines;
};

static void *read_stream(void *arg)
{
    struct reader *r = arg;
    struct http_response head = {0};
    struct http_stream *s = http_open(
        r->http, &(struct http_request){.url = r->url, .stall_ms = 60000}, NULL, &head, NULL);
    char bytes[16384];
    for (int64_t n = 1; s && (n = http_stream_read(s, bytes, sizeof bytes, NULL)) > 0;) {
        for (int64_t i = 0; i < n; i++) {
            if (bytes[i] == '\n') {
                atomic_fetch_add(&r->lines, 1);
            }
        }
    }
    http_stream_close(s);
    http_response_done(&head);
    return NULL;
}

/* bench_keys --program ENDPOINT STREAM-URL|- COUNT-FILE */
static int run_program(char **argv)
{
    text_use_locale();
    struct err e = ERR_INIT;
    struct cli_session session = {0};
    const struct cli_globals globals = {.endpoint = argv[0]};
    if (!cli_session_open(&globals, &session, &e)) {
        return cli_fail(&e);
    }
    struct reader reader = {.http = session.http, .url = argv[1]};
    pthread_t thread;
    int64_t start = clock_mono_ms();
    if (strcmp(argv[1], "-") != 0) {
        pool_spawn(&thread, "bench", read_stream, &reader);
        pthread_detach(thread); /* ends with the process */
    }
    app_run(&(struct app_options){.screens = SCREENS, .hub = session.hub, .http = session.http}, &e);
    char *text =
        xasprintf("%zu %lld\n", atomic_load(&reader.lines), (long long)(clock_mono_ms() - start));
    file_write_atomic(argv[2], text, strlen(text), 0600, NULL);
    free(text);
    fflush(NULL);
    _Exit(e.code == ERR_NONE ? 0 : 1); /* the reader still uses the session */
}

/* ---- measuring ---- */

struct run {
    struct stream_hub *hub;
    struct subject subject;
    char *counts;
};

static bool run_start(struct run *r, int rows, bool with_stream)
{
    r->hub = stream_hub_start(rows);
    r->counts = xasprintf("/tmp/hfterm-bench-counts-%d", (int)getpid());
    char *stream = with_stream ? xasprintf("%s/stream/lines/%d", stream_hub_url(r->hub), LINES_PER_S)
                               : xstrdup("-");
    bool is_started = subject_start(
        &r->subject, &(struct subject_options){.argv = {"/proc/self/exe", "--program",
                                                        stream_hub_url(r->hub), stream, r->counts},
                                               .rows = ROWS,
                                               .cols = COLS});
    free(stream);
    return is_started && ptyterm_wait_text(r->subject.term, "model-000000", LIMIT_MS);
}

static void run_end(struct run *r)
{
    subject_end(&r->subject);
    stream_hub_stop(r->hub);
    unlink(r->counts);
    free(r->counts);
}

/* Presses a key and waits for text in the row; -1 when it does not come. */
static double key_to(struct subject *s, const char *key, int row, const char *text)
{
    double start = now_ms();
    ptyterm_send(s->term, key, strlen(key));
    double came = subject_wait_row(s, row, text, KEY_LIMIT_MS);
    return came < 0 ? -1 : came - start;
}

/* The selection goes up and down over a dozen rows, at no fixed beat. */
static bool measure_moves(struct run *r, struct samples *ms)
{
    subject_rest(&r->subject, 300); /* the rest of the first picture */
    int row = subject_marked_row(&r->subject);
    if (row < 0) {
        return false;
    }
    for (int i = 0; i < KEYS; i++) {
        bool is_down = i / 12 % 2 == 0;
        row += is_down ? 1 : -1;
        double took = key_to(&r->subject, is_down ? "j" : "k", row, SUBJECT_MARK);
        if (took < 0) {
            return false;
        }
        samples_add(ms, took);
        subject_rest(&r->subject, 3 + i % 7);
    }
    return true;
}

static void bench_moves(void)
{
    struct run r = {0};
    struct samples ms = {0};
    if (!run_start(&r, 30, true) || !measure_moves(&r, &ms)) {
        row_skip("key to picture, list and stream loading", "the list did not follow the keys");
        run_end(&r);
        return;
    }
    ptyterm_send(r.subject.term, "\003", 1);
    ptyterm_wait_exit(r.subject.term, LIMIT_MS);
    struct buf counts = BUF_INIT;
    unsigned long lines = 0;
    long long took_ms = 1;
    file_read(r.counts, &counts, 100, NULL);
    sscanf(buf_str(&counts), "%lu %lld", &lines, &took_ms);
    double rate = (double)lines * 1000 / (double)took_ms;
    row_value("key to picture, list and stream loading: p50", samples_percentile(&ms, 50), "ms", "",
              "%d keys; %.0f lines/s were read meanwhile", KEYS, rate);
    row_value("key to picture, list and stream loading: p99", samples_percentile(&ms, 99), "ms",
              "2", "worst %.1f", samples_percentile(&ms, 100));
    buf_done(&counts);
    samples_done(&ms);
    run_end(&r);
}

/* Down to the last row and back: the list is as long as it was meant to be. */
static bool has_all_rows(struct run *r, int rows)
{
    char last[32];
    snprintf(last, sizeof last, "model-%06d", rows - 1);
    ptyterm_send(r->subject.term, "G", 1);
    bool has = ptyterm_wait_text(r->subject.term, last, LIMIT_MS);
    ptyterm_send(r->subject.term, "g", 1);
    return has && ptyterm_wait_text(r->subject.term, "model-000000", LIMIT_MS);
}

/* Median time of a step down at the end of the window, which scrolls the whole list by a row. */
static double scroll_cost(int rows, double *load_ms)
{
    struct run r = {0};
    struct samples ms = {0};
    double start = now_ms();
    double median = -1;
    if (run_start(&r, rows, false) && has_all_rows(&r, rows)) {
        *load_ms = now_ms() - start;
        subject_rest(&r.subject, 1000); /* whatever follows the first picture */
        for (int i = 1; i < 90; i++) {
            char name[32];
            snprintf(name, sizeof name, "model-%06d", i);
            start = now_ms();
            ptyterm_send(r.subject.term, "j", 1);
            int row = subject_marked_row(&r.subject);
            while ((row < 0 || !subject_row_has(&r.subject, row, name)) &&
                   now_ms() - start < KEY_LIMIT_MS) {
                ptyterm_pump(r.subject.term, 5);
                row = subject_marked_row(&r.subject);
            }
            if (i > ROWS) { /* from here on each step scrolls */
                samples_add(&ms, now_ms() - start);
            }
        }
        median = samples_percentile(&ms, 50);
    }
    samples_done(&ms);
    run_end(&r);
    return median;
}

static void bench_scroll(void)
{
    double load_small = 0;
    double load_large = 0;
    double small = scroll_cost(SMALL_LIST, &load_small);
    double large = scroll_cost(LARGE_LIST, &load_large);
    if (small < 0 || large < 0) {
        row_skip("scrolling a long list", "a list of %d rows did not come up",
                 small < 0 ? SMALL_LIST : LARGE_LIST);
        return;
    }
    row_value("scroll by a row: list of 100", small, "ms", "", "median, key to picture");
    row_value("scroll by a row: list of 100,000", large, "ms", "",
              "the last row on the screen %.1f s after the start", load_large / 1000);
    row_value("100,000 rows cost, of 100 rows", large / small, "times", "1.5", "the same keys");
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "--program") == 0) {
        return run_program(argv + 2);
    }
    bench_moves();
    bench_scroll();
    return 0;
}
