/* SPDX-License-Identifier: Apache-2.0 */
/* The filter while it is typed: hfterm as the client of a served folder of 1,000 models, all of them in the list.
 *
 *  - narrowing: from a key in the filter until the list's count says how many rows are left. Keys come as from a held
 *    key, each leaves another number of rows.
 *  - questions: how often the Hub is asked for a burst of keys and the rest behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tests/bench/measure.h"
#include "tests/bench/served.h"
#include "tests/bench/subject.h"

enum { ROWS = 48, COLS = 160, REPOS = 1000, COUNT_ROW = 1, LIMIT_MS = 10000, BEAT_MS = 33, ROUNDS = 50, REST_MS = 1500 };

static void send(struct subject *s, const char *keys)
{
    ptyterm_send(s->term, keys, strlen(keys));
}

/* G until every page is there. */
static bool load_all(struct subject *s)
{
    char all[40];
    snprintf(all, sizeof all, "%d of %d", REPOS, REPOS);
    for (int i = 0; i < 60; i++) {
        send(s, "G");
        if (subject_wait_row(s, COUNT_ROW, all, 250) >= 0) {
            return true;
        }
    }
    return false;
}

/* One key until so many rows are left; -1 when they are not. */
static double narrow(struct subject *s, const char *key, int left)
{
    char count[40];
    snprintf(count, sizeof count, " %d of the %d here", left, REPOS);
    const double start = now_ms();
    send(s, key);
    return subject_wait_row(s, COUNT_ROW, count, LIMIT_MS) < 0 ? -1 : now_ms() - start;
}

static void bench_keys(struct subject *s)
{
    static const struct {
        const char *key;
        int left;
    } KEYS[] = {{"1", 100}, {"2", 10}, {"3", 1}, {"\177", 10}, {"\177", 100}, {"\177", 1000}};
    struct samples ms = {0};
    const double cpu = process_cpu_ms(ptyterm_pid(s->term));
    send(s, "f");
    if (narrow(s, "task:task-", REPOS) < 0) {
        row_skip("filter: a key on 1,000 rows, p99", "the filter did not open");
        return;
    }
    for (int i = 0; i < ROUNDS * (int)(sizeof KEYS / sizeof *KEYS); i++) {
        const double start = now_ms();
        const size_t at = (size_t)i % (sizeof KEYS / sizeof *KEYS);
        const double took = narrow(s, KEYS[at].key, KEYS[at].left);
        if (took < 0) {
            row_skip("filter: a key on 1,000 rows, p99", "key %d did not narrow the list", i + 1);
            samples_done(&ms);
            return;
        }
        samples_add(&ms, took);
        subject_rest(s, start + BEAT_MS + (i % 7) - 3 - now_ms());
    }
    row_value("filter: a key on 1,000 rows, p99", samples_percentile(&ms, 99), "ms", "8",
              "clock: key until the count stands; %zu keys, p50 %.2f, worst %.2f, CPU %.2f", ms.n,
              samples_percentile(&ms, 50), samples_percentile(&ms, 100),
              (process_cpu_ms(ptyterm_pid(s->term)) - cpu) / (double)ms.n);
    samples_done(&ms);
}

static void bench_questions(struct subject *s)
{
    const double start = now_ms();
    for (const char *key = "123 author:o"; *key; key++) {
        ptyterm_send(s->term, key, 1);
        subject_rest(s, BEAT_MS);
    }
    subject_rest(s, REST_MS);
    send(s, "\rR");
    subject_rest(s, REST_MS);
    size_t n = 0;
    for (int row = 0; row < ROWS; row++) {
        n += subject_row_has(s, row, "pipeline_tag=");
    }
    row_value("filter: questions for a burst of keys", (double)n, "", "1", "12 keys in %.0f ms, then rest",
              now_ms() - start - 2 * REST_MS);
}

static void bench_all(const char *hfterm, const char *url)
{
    struct subject s = {.term = NULL};
    char *endpoint = xasprintf("HF_ENDPOINT=%s", url);
    const struct subject_options options = {.argv = {hfterm}, .env = {endpoint}, .rows = ROWS, .cols = COLS};
    if (subject_start(&s, &options) && ptyterm_wait_text(s.term, "Card of model-", LIMIT_MS) && load_all(&s)) {
        subject_rest(&s, 1000);
        bench_keys(&s);
        bench_questions(&s);
    } else {
        row_skip("filter: a key on 1,000 rows, p99", "the list of the served folder did not come up");
    }
    subject_end(&s);
    free(endpoint);
}

int main(int argc, char **argv)
{
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    char *dir = served_folder_new(REPOS);
    struct served hub = {.pid = -1, .out = -1};
    if (dir && served_start(&hub, hfterm, dir)) {
        bench_all(hfterm, hub.url);
    } else {
        row_skip("filter: a key on 1,000 rows, p99", "hfterm serve did not start");
    }
    served_end(&hub);
    served_folder_free(dir);
    return 0;
}
