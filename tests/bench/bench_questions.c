/* SPDX-License-Identifier: Apache-2.0 */
/* The library's network beside heavy traffic, in this process:
 *
 *  - a question to a Hub (a list of models by http_perform, the whole answer), in turn to the
 *    server of the streams and to that of the download, while 20 streams are read as fast as
 *    they come and a large file is downloaded from "hfterm serve";
 *  - what one stream brings, read by http_open without anything beside it.
 *
 * The sender of the streams shares the machine, so the rates are those of both ends.
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
#include "core/net/http.h"
#include "core/task/pool.h"
#include "tests/bench/measure.h"
#include "tests/bench/served.h"
#include "tests/bench/stream_hub.h"

enum {
    STREAMS = 20,
    QUESTIONS = 300,
    GAP_MS = 20,
    MOST_MS = 20000, /* then the streams end, so that a question that waits for one is answered */
    WARM_MS = 500,
    RATE_MS = 3000,
    REPOS = 60,
    LARGE_MIB = 512, /* of zeros, a file with a hole */
};

struct reader {
    struct http *http;
    const char *url;
    bool is_repeated; /* a download begins again at its end */
    atomic_bool *stop;
    atomic_ullong bytes;
    pthread_t thread;
};

static void read_once(struct reader *r)
{
    struct http_response head = {0};
    struct http_stream *s =
        http_open(r->http, &(struct http_request){.url = r->url, .is_long = true}, NULL, &head, NULL);
    char *bytes = xmalloc(65536);
    while (s && !atomic_load(r->stop)) {
        int64_t n = http_stream_read(s, bytes, 65536, NULL);
        if (n <= 0) {
            break;
        }
        atomic_fetch_add(&r->bytes, (unsigned long long)n);
    }
    free(bytes);
    http_stream_close(s);
    http_response_done(&head);
}

static void *reader_main(void *arg)
{
    struct reader *r = arg;
    do {
        read_once(r);
        if (r->is_repeated) {
            clock_sleep_ms(1); /* also when the server is gone */
        }
    } while (r->is_repeated && !atomic_load(r->stop));
    return NULL;
}

static void readers_start(struct reader *readers, int n)
{
    for (int i = 0; i < n; i++) {
        pool_spawn(&readers[i].thread, "bench", reader_main, &readers[i]);
    }
}

static void readers_join(struct reader *readers, int n)
{
    for (int i = 0; i < n; i++) {
        pthread_join(readers[i].thread, NULL);
    }
}

static double bytes_of(const struct reader *readers, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += (double)atomic_load(&readers[i].bytes);
    }
    return sum;
}

/* ---- questions ---- */

/* -1 when it was not answered with 200. */
static double ask(struct http *http, const char *url)
{
    struct http_response answer = {0};
    double start = now_ms();
    bool is_answered = http_perform(http, &(struct http_request){.url = url}, NULL, &answer, NULL);
    double took = is_answered && answer.status == 200 ? now_ms() - start : -1;
    http_response_done(&answer);
    return took;
}

struct guard {
    atomic_bool is_done, *stop;
};

static void *guard_main(void *arg)
{
    struct guard *g = arg;
    for (double due = now_ms() + MOST_MS; !atomic_load(&g->is_done) && now_ms() < due;) {
        clock_sleep_ms(GAP_MS);
    }
    atomic_store(g->stop, true);
    return NULL;
}

/* How many were not answered. Sets stop at its end. */
static int ask_many(struct http *http, const char *const urls[2], atomic_bool *stop,
                    struct samples *ms)
{
    struct guard guard = {.stop = stop};
    pthread_t thread;
    pool_spawn(&thread, "guard", guard_main, &guard);
    int failed = 0;
    for (int i = 0; i < QUESTIONS && !atomic_load(stop); i++) {
        double took = ask(http, urls[i % 2]);
        if (took < 0) {
            failed++;
        } else {
            samples_add(ms, took);
        }
        clock_sleep_ms(GAP_MS);
    }
    atomic_store(&guard.is_done, true);
    pthread_join(thread, NULL);
    return failed;
}

static void report(struct samples *ms, int failed, int n_open, double stream_mb, double file_mb)
{
    static const char NAME[] = "question beside 20 streams and a download: p99";
    if (failed > 0 || ms->n == 0) {
        row_skip(NAME, "%d of %zu questions were not answered", failed, ms->n + (size_t)failed);
        return;
    }
    row_value(NAME, samples_percentile(ms, 99), "ms", "50",
              "clock: whole answer; %zu asked, p50 %.1f, worst %.1f; %d streams open, %.0f MB/s; "
              "download %.0f MB/s",
              ms->n, samples_percentile(ms, 50), samples_percentile(ms, 100), n_open, stream_mb,
              file_mb);
}

static void bench_questions(struct http *http, const char *served_url)
{
    struct stream_hub *hub = stream_hub_start(REPOS);
    char *stream = xasprintf("%s/stream/full", stream_hub_url(hub));
    char *file = xasprintf("%s/o/model-000/resolve/main/large.bin", served_url);
    char *questions[] = {xasprintf("%s/api/models?limit=30", stream_hub_url(hub)),
                         xasprintf("%s/api/models?limit=30", served_url)};
    atomic_bool stop = false;
    struct reader readers[STREAMS + 1] = {0};
    for (int i = 0; i <= STREAMS; i++) {
        readers[i] = (struct reader){.http = http,
                                     .url = i < STREAMS ? stream : file,
                                     .is_repeated = i == STREAMS,
                                     .stop = &stop};
    }
    struct samples ms = {0};
    readers_start(readers, STREAMS + 1);
    clock_sleep_ms(WARM_MS);
    double streamed = bytes_of(readers, STREAMS);
    double loaded = bytes_of(readers + STREAMS, 1);
    double start = now_ms();
    int n_open = stream_hub_open(hub);
    int failed = ask_many(http, (const char *const *)questions, &stop, &ms);
    double us = (now_ms() - start) * 1000;
    report(&ms, failed, n_open, (bytes_of(readers, STREAMS) - streamed) / us,
           (bytes_of(readers + STREAMS, 1) - loaded) / us);
    stream_hub_stop(hub); /* ends the streams, should one be waited for */
    readers_join(readers, STREAMS + 1);
    samples_done(&ms);
    free(stream);
    free(file);
    free(questions[0]);
    free(questions[1]);
}

/* ---- one stream ---- */

static void bench_rate(struct http *http)
{
    struct stream_hub *hub = stream_hub_start(REPOS);
    char *url = xasprintf("%s/stream/full", stream_hub_url(hub));
    atomic_bool stop = false;
    struct reader reader = {.http = http, .url = url, .stop = &stop};
    readers_start(&reader, 1);
    clock_sleep_ms(WARM_MS);
    double before = bytes_of(&reader, 1);
    double start = now_ms();
    clock_sleep_ms(RATE_MS);
    double rate = (bytes_of(&reader, 1) - before) / ((now_ms() - start) * 1000);
    row_value("one stream's rate, library", rate, "MB/s", ">= 17", "http_open, over %d s",
              RATE_MS / 1000);
    atomic_store(&stop, true);
    stream_hub_stop(hub);
    readers_join(&reader, 1);
    free(url);
}

static bool add_large_file(const char *dir)
{
    char *path = xasprintf("%s/models/o/model-000/large.bin", dir);
    bool is_made =
        file_write_atomic(path, "", 0, 0600, NULL) && truncate(path, (off_t)LARGE_MIB << 20) == 0;
    free(path);
    return is_made;
}

int main(int argc, char **argv)
{
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    struct err e = ERR_INIT;
    struct http *http = http_new(&(struct http_options){0}, &e);
    if (!http) {
        row_skip("network", "%s", e.msg);
        return 0;
    }
    char *dir = served_folder_new(REPOS);
    struct served hub = {.pid = -1, .out = -1};
    if (dir && add_large_file(dir) && served_start(&hub, hfterm, dir)) {
        bench_questions(http, hub.url);
    } else {
        row_skip("question beside 20 streams and a download", "hfterm serve did not start");
    }
    bench_rate(http);
    served_end(&hub);
    served_folder_free(dir);
    http_free(http);
    return 0;
}
