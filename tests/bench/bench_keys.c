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
#include "tests/screens/ptyterm.h"
#include "tests/unit/tiny_server.h"
#include "tui/frame/app.h"

enum {
    KEYS = 1000,
    ROWS = 36,
    COLS = 120,
    SMALL_LIST = 100,
    LARGE_LIST = 100000,
    LINES_PER_S = 5000,
    TICK_MS = 10,
    LIMIT_MS = 60000,
    KEY_LIMIT_MS = 1000,
};

static const char MARK[] = "\xe2\x96\x8c"; /* of the selected row */

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
    app_run(&(struct app_options){.hub = session.hub, .http = session.http}, &e);
    char *text =
        xasprintf("%zu %lld\n", atomic_load(&reader.lines), (long long)(clock_mono_ms() - start));
    file_write_atomic(argv[2], text, strlen(text), 0600, NULL);
    free(text);
    fflush(NULL);
    _Exit(e.code == ERR_NONE ? 0 : 1); /* the reader still uses the session */
}

/* ---- the hub ---- */

static void put_repos(struct buf *out, int n)
{
    buf_putc(out, '[');
    for (int i = 0; i < n; i++) {
        buf_printf(out,
                   "%s{\"id\":\"owner%d/model-%06d\",\"downloads\":%d,\"likes\":%d,\"tags\":[]}",
                   i ? "," : "", i % 97, i, n - i, i % 1000);
    }
    buf_putc(out, ']');
}

/* A page whose bytes keep coming and never make a whole. */
static bool trickle(struct tiny *s, int fd)
{
    bool goes_on = tiny_puts(s, fd,
                             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                             "Content-Length: 1000000\r\n\r\n[");
    while (goes_on && !atomic_load(&s->is_stopping)) {
        clock_sleep_ms(20);
        goes_on = tiny_puts(s, fd, " ");
    }
    return false;
}

static bool stream_lines(struct tiny *s, int fd)
{
    bool goes_on = tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    struct buf part = BUF_INIT;
    for (int i = 0; i < LINES_PER_S * TICK_MS / 1000; i++) {
        buf_puts(&part, "data: 12:03:58 INFO loading shard 3 of 12 of a model\n");
    }
    int64_t due = clock_mono_ms();
    while (goes_on && !atomic_load(&s->is_stopping)) {
        goes_on = tiny_send(s, fd, part.p, part.n);
        due += TICK_MS;
        clock_sleep_ms(due - clock_mono_ms());
    }
    buf_done(&part);
    return false;
}

static int list_rows; /* of the server's list; set before it is started */

static bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    if (str_starts(r->path, "/stream")) {
        return stream_lines(s, fd);
    }
    if (strstr(r->path, "page=2")) {
        return trickle(s, fd);
    }
    if (!str_starts(r->path, "/api/models?")) {
        return tiny_reply(s, fd, 404, "Content-Type: application/json\r\n", "{}", 2);
    }
    char *next = list_rows > SMALL_LIST - 1
                     ? xstrdup("Content-Type: application/json\r\n")
                     : xasprintf("Content-Type: application/json\r\n"
                                 "Link: <http://127.0.0.1:%d/api/models?page=2>; rel=\"next\"\r\n",
                                 s->port);
    struct buf body = BUF_INIT;
    put_repos(&body, list_rows);
    bool is_sent = tiny_reply(s, fd, 200, next, body.p, body.n);
    buf_done(&body);
    free(next);
    return is_sent;
}

/* ---- measuring ---- */

struct run {
    struct tiny *server;
    struct ptyterm *term;
    char home[32];
    char *counts;
};

static bool run_start(struct run *r, int rows, bool with_stream)
{
    list_rows = rows;
    r->server = tiny_start(answer);
    snprintf(r->home, sizeof r->home, "/tmp/hfterm-bench-XXXXXX");
    if (!mkdtemp(r->home)) {
        return false;
    }
    r->counts = xasprintf("%s/counts", r->home);
    char *endpoint = xasprintf("http://127.0.0.1:%d", r->server->port);
    char *stream = with_stream ? xasprintf("%s/stream", endpoint) : xstrdup("-");
    char *home = xasprintf("HOME=%s", r->home);
    r->term = ptyterm_start(
        &(struct ptyterm_options){
            .argv = (const char *const[]){"/proc/self/exe", "--program", endpoint, stream,
                                          r->counts, NULL},
            .env = (const char *const[]){home, "LANG=C.UTF-8", "TERM=xterm-256color", NULL},
            .rows = ROWS,
            .cols = COLS},
        NULL);
    free(endpoint);
    free(stream);
    free(home);
    return r->term && ptyterm_wait_text(r->term, "model-000000", LIMIT_MS);
}

static void run_end(struct run *r)
{
    ptyterm_free(r->term);
    tiny_stop(r->server);
    file_remove_tree(r->home, NULL);
    free(r->counts);
}

static bool row_has(const struct ptyterm *t, int row, const char *text)
{
    struct buf line = BUF_INIT;
    ptyterm_row(t, row, &line);
    bool has = strstr(buf_str(&line), text) != NULL;
    buf_done(&line);
    return has;
}

/* Presses a key and waits for text in the row; -1 when it does not come. */
static double key_to(struct ptyterm *t, const char *key, int row, const char *text)
{
    double start = now_ms();
    ptyterm_send(t, key, strlen(key));
    while (!row_has(t, row, text)) {
        if (now_ms() - start > KEY_LIMIT_MS) {
            return -1;
        }
        ptyterm_pump(t, 5);
    }
    return now_ms() - start;
}

static void rest(struct ptyterm *t, int64_t ms)
{
    for (int64_t due = clock_mono_ms() + ms; clock_mono_ms() < due;) {
        ptyterm_pump(t, due - clock_mono_ms());
    }
}

/* The selection goes up and down over a dozen rows, at no fixed beat. */
static bool measure_moves(struct run *r, struct samples *ms)
{
    int row = 0;
    int col = 0;
    if (!ptyterm_find(r->term, MARK, 0, &row, &col)) {
        return false;
    }
    for (int i = 0; i < KEYS; i++) {
        bool is_down = i / 12 % 2 == 0;
        row += is_down ? 1 : -1;
        double took = key_to(r->term, is_down ? "j" : "k", row, MARK);
        if (took < 0) {
            return false;
        }
        samples_add(ms, took);
        rest(r->term, 3 + i % 7);
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
    ptyterm_send(r.term, "\003", 1);
    ptyterm_wait_exit(r.term, LIMIT_MS);
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
    ptyterm_send(r->term, "G", 1);
    bool has = ptyterm_wait_text(r->term, last, LIMIT_MS);
    ptyterm_send(r->term, "g", 1);
    return has && ptyterm_wait_text(r->term, "model-000000", LIMIT_MS);
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
        rest(r.term, 1000); /* whatever follows the first picture */
        for (int i = 1; i < 90; i++) {
            char name[32];
            snprintf(name, sizeof name, "model-%06d", i);
            start = now_ms();
            ptyterm_send(r.term, "j", 1);
            int row = 0;
            int col = 0;
            while (!(ptyterm_find(r.term, MARK, 0, &row, &col) && row_has(r.term, row, name)) &&
                   now_ms() - start < KEY_LIMIT_MS) {
                ptyterm_pump(r.term, 5);
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
