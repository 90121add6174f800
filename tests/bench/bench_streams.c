/* SPDX-License-Identifier: Apache-2.0 */
/* The screen and the library while streams are open.
 *
 *  - idle with 20 silent streams for 10 s: the CPU of a program that only reads them by http_open,
 *    and of hfterm with them open, and hfterm's bytes to the terminal. Both at once.
 *  - key to picture while 20 streams bring 5,000 lines a second to hfterm: from the key until the
 *    selected row stands.
 *  - what one stream brings to hfterm at most, counted where it is sent.
 *
 * hfterm opens the streams itself: HFTERM_TEST_STREAMS=URL,N in its environment makes it read URL N
 * times and show what comes as it shows a log. An hfterm that does not know the variable opens
 * none, and its rows are skipped.
 *
 * With --silent URL this program is the one that only reads.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/net/http.h"
#include "core/task/pool.h"
#include "tests/bench/measure.h"
#include "tests/bench/stream_hub.h"
#include "tests/bench/subject.h"

enum {
    STREAMS = 20,
    LINES_PER_S = 5000,
    ROWS = 36,
    COLS = 120,
    REPOS = 100,
    KEYS = 500,
    SECONDS = 10,
    RATE_SECONDS = 4,
    LIMIT_MS = 10000,
    OPEN_MS = 3000, /* how long the streams may take to come */
    SETTLE_MS = 1500,
    KEY_LIMIT_MS = 1000,
    DOZEN = 12,
};

/* ---- the program that only reads ---- */

struct reader {
    struct http *http;
    const char *url;
};

static void *read_stream(void *arg)
{
    struct reader *r = arg;
    struct http_response head = {0};
    struct http_stream *s = http_open(
        r->http, &(struct http_request){.url = r->url, .stall_ms = 60000, .is_long = true}, NULL, &head, NULL);
    char bytes[16384];
    while (s && http_stream_read(s, bytes, sizeof bytes, NULL) > 0) {
    }
    http_stream_close(s);
    http_response_done(&head);
    return NULL;
}

static int run_silent(const char *url)
{
    struct err e = ERR_INIT;
    struct reader r = {.http = http_new(&(struct http_options){0}, &e), .url = url};
    for (int i = 0; i < STREAMS && r.http; i++) {
        pthread_t thread;
        pool_spawn(&thread, "bench", read_stream, &r);
        pthread_detach(thread); /* all end with the process */
    }
    while (r.http) {
        clock_sleep_ms(60000);
    }
    return 1;
}

/* ---- starting ---- */

/* Until the streams are open at the hub. */
static bool wait_streams(struct subject *s, const struct stream_hub *hub, int n)
{
    for (double due = now_ms() + OPEN_MS; stream_hub_open(hub) < n && now_ms() < due;) {
        ptyterm_pump(s->term, 20);
    }
    return stream_hub_open(hub) >= n;
}

static bool start_reader(struct subject *s, const struct stream_hub *hub)
{
    char *url = xasprintf("%s/stream/silent", stream_hub_url(hub));
    bool is_started = subject_start(
        s, &(struct subject_options){
               .argv = {"/proc/self/exe", "--silent", url}, .rows = ROWS, .cols = COLS});
    free(url);
    return is_started && wait_streams(s, hub, STREAMS);
}

/* hfterm with n streams of a kind, its list on the screen. already: streams open without it. False,
 * with the reason, when they do not come. */
static bool start_hfterm(struct subject *s, const char *hfterm, const struct stream_hub *hub,
                         const char *kind, int n, int already, const char **reason)
{
    char *endpoint = xasprintf("HF_ENDPOINT=%s", stream_hub_url(hub));
    char *streams = xasprintf("HFTERM_TEST_STREAMS=%s/stream/%s,%d", stream_hub_url(hub), kind, n);
    bool is_started = subject_start(
        s, &(struct subject_options){
               .argv = {hfterm}, .env = {endpoint, streams}, .rows = ROWS, .cols = COLS});
    free(endpoint);
    free(streams);
    if (!is_started || !ptyterm_wait_text(s->term, "model-000000", LIMIT_MS)) {
        *reason = "the list did not come up";
        return false;
    }
    *reason = "this hfterm does not open the streams of HFTERM_TEST_STREAMS";
    return wait_streams(s, hub, already + n);
}

/* ---- idle ---- */

struct usage {
    pid_t pid;
    double cpu_ms;
    size_t bytes;
};

static struct usage usage_of(const struct subject *s)
{
    pid_t pid = ptyterm_pid(s->term);
    return (struct usage){pid, process_cpu_ms(pid), ptyterm_output(s->term).n};
}

/* The ten seconds lie within one minute of the clock in the title line. */
static void wait_inside_a_minute(struct subject *s)
{
    while (time(NULL) % 60 > 60 - SECONDS - 2 || time(NULL) % 60 == 0) {
        subject_rest(s, 200);
    }
}

static void put_cpu(const char *name, struct usage before, struct usage after, double took)
{
    if (before.cpu_ms < 0 || after.cpu_ms < 0) {
        row_skip(name, "this kernel has no schedstat");
        return;
    }
    double percent = (after.cpu_ms - before.cpu_ms) / took * 100;
    row_value(name, percent, "%", "0.05", "all threads, over %d s; under 0.05 is 0.0", SECONDS);
}

/* Either may be NULL: then it is not measured. */
static void measure_idle(struct subject *reader, struct subject *hfterm)
{
    struct subject *watched = hfterm ? hfterm : reader;
    if (!watched) {
        return;
    }
    subject_rest(watched, SETTLE_MS);
    wait_inside_a_minute(watched);
    struct usage reader_before = reader ? usage_of(reader) : (struct usage){0};
    struct usage before = usage_of(watched);
    double start = now_ms();
    subject_rest(watched, SECONDS * 1000);
    double took = now_ms() - start;
    if (reader) {
        put_cpu("20 silent streams, library: CPU", reader_before, usage_of(reader), took);
    }
    if (hfterm) {
        struct usage after = usage_of(hfterm);
        put_cpu("20 silent streams, screen: CPU", before, after, took);
        row_value("20 silent streams, screen: bytes to the terminal",
                  (double)(after.bytes - before.bytes), "bytes", "0", "over %d s", SECONDS);
    }
}

static void bench_idle(const char *program)
{
    struct stream_hub *hub = stream_hub_start(REPOS);
    struct subject reader;
    struct subject hfterm;
    const char *reason = NULL;
    bool has_reader = start_reader(&reader, hub);
    int n_open = stream_hub_open(hub);
    bool has_hfterm = start_hfterm(&hfterm, program, hub, "silent", STREAMS, n_open, &reason);
    measure_idle(has_reader ? &reader : NULL, has_hfterm ? &hfterm : NULL);
    if (!has_reader) {
        row_skip("20 silent streams, library: CPU", "%d of %d streams opened", n_open, STREAMS);
    }
    if (!has_hfterm) {
        row_skip("20 silent streams, screen", "%s", reason);
    }
    subject_end(&reader);
    subject_end(&hfterm);
    stream_hub_stop(hub);
}

/* ---- keys ---- */

static bool measure_keys(struct subject *s, struct samples *ms)
{
    int row = subject_marked_row(s);
    for (int i = 0; i < KEYS; i++) {
        bool is_down = i / DOZEN % 2 == 0;
        row += is_down ? 1 : -1;
        double start = now_ms();
        ptyterm_send(s->term, is_down ? "j" : "k", 1);
        double came = subject_wait_row(s, row, SUBJECT_MARK, KEY_LIMIT_MS);
        if (came < 0) {
            return false;
        }
        samples_add(ms, came - start);
        subject_rest(s, 3 + i % 7);
    }
    return true;
}

static void bench_keys(const char *program)
{
    static const char NAME[] = "key to picture, 20 streams: p50";
    struct stream_hub *hub = stream_hub_start(REPOS);
    struct subject s;
    struct samples ms = {0};
    const char *reason = NULL;
    char kind[32];
    snprintf(kind, sizeof kind, "lines/%d", LINES_PER_S / STREAMS);
    if (!start_hfterm(&s, program, hub, kind, STREAMS, 0, &reason)) {
        row_skip(NAME, "%s", reason);
    } else {
        subject_rest(&s, SETTLE_MS);
        double start = now_ms();
        double lines = (double)stream_hub_lines(hub);
        if (measure_keys(&s, &ms)) {
            row_value(NAME, samples_percentile(&ms, 50), "ms", "0.4",
                      "clock: selected row; %d keys; %.0f lines/s came; p99 %.2f, worst %.2f", KEYS,
                      ((double)stream_hub_lines(hub) - lines) * 1000 / (now_ms() - start),
                      samples_percentile(&ms, 99), samples_percentile(&ms, 100));
        } else {
            row_skip(NAME, "the selection did not follow the keys");
        }
    }
    samples_done(&ms);
    subject_end(&s);
    stream_hub_stop(hub);
}

/* ---- how much passes ---- */

static void bench_rate(const char *program)
{
    static const char NAME[] = "one stream's rate, screen";
    struct stream_hub *hub = stream_hub_start(REPOS);
    struct subject s;
    const char *reason = NULL;
    if (!start_hfterm(&s, program, hub, "full", 1, 0, &reason)) {
        row_skip(NAME, "%s", reason);
    } else {
        subject_rest(&s, SETTLE_MS);
        double start = now_ms();
        double bytes = (double)stream_hub_bytes(hub);
        size_t drawn = ptyterm_output(s.term).n;
        subject_rest(&s, RATE_SECONDS * 1000);
        double seconds = (now_ms() - start) / 1000;
        row_value(NAME, ((double)stream_hub_bytes(hub) - bytes) / seconds / 1e6, "MB/s", ">= 17",
                  "over %d s; %.0f bytes/s to the terminal meanwhile", RATE_SECONDS,
                  (double)(ptyterm_output(s.term).n - drawn) / seconds);
    }
    subject_end(&s);
    stream_hub_stop(hub);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--silent") == 0) {
        return run_silent(argv[2]);
    }
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    bench_idle(hfterm);
    bench_keys(hfterm);
    bench_rate(hfterm);
    return 0;
}
