/* SPDX-License-Identifier: Apache-2.0 */
/* One key in the list, beside tig's j in the same run: hfterm as the client of a served folder of
 * 130 models, tig in this repository, both 160 x 48, in turn for two dozen keys each.
 *
 *  - row: from the key until the selection stands in the next row. Keys come as from a held
 *    key, and the CPU time of all threads over these keys is divided by their number.
 *  - row and title: until the preview's title names that row's repo as well. tig has no
 *    preview here; its clock ends when the row is selected and the status line names the commit.
 *  - opening: Enter until title, facts and card of the repo stand; no repo twice, so nothing
 *    of it is cached.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "tests/bench/measure.h"
#include "tests/bench/served.h"
#include "tests/bench/subject.h"

enum {
    ROWS = 48,
    COLS = 160,
    REPOS = 130,
    BLOCK = 24, /* a dozen keys down, a dozen up */
    BLOCKS = 13,
    FIRST_ROW = 8, /* where each block starts, clear of either end of the screen */
    BEAT_MS = 33,
    TITLE_ROW = 2,
    FACTS_ROW = 3,
    LIMIT_MS = 10000,
    KEY_LIMIT_MS = 2000,
    TITLES_MS = 20000, /* the second clock stops early when keys take long */
    OPENINGS = 100,
};

/* Has the selection arrived in a row? With everything the clock asks for. */
struct listed;
typedef bool arrived_fn(struct listed *l, int row, bool with_title);

struct listed {
    const char *name;
    struct subject subject;
    arrived_fn *arrived;
    int newest_row; /* tig: of the newest commit; changes not committed stand above it */
    struct samples row_ms, title_ms;
    double cpu_ms;
};

/* ---- has it arrived ---- */

static bool hfterm_arrived(struct listed *l, int row, bool with_title)
{
    struct subject *s = &l->subject;
    if (!subject_row_has(s, row, SUBJECT_MARK)) {
        return false;
    }
    if (!with_title) {
        return true;
    }
    char *repo = subject_repo_in_row(s, row);
    char *title = xasprintf(" %s ", repo);
    bool has = repo[0] && subject_row_has(s, TITLE_ROW, title);
    free(title);
    free(repo);
    return has;
}

/* tig's selection has a background; its status line counts from 1. */
static bool tig_arrived(struct listed *l, int row, bool with_title)
{
    char status[40];
    snprintf(status, sizeof status, "commit %d of", row - l->newest_row + 1);
    return ptyterm_style(l->subject.term, row, 5).bg != COLOUR_DEFAULT &&
           (!with_title || subject_row_has(&l->subject, ROWS - 2, status));
}

/* ---- keys ---- */

static double key_to(struct listed *l, const char *key, int row, bool with_title)
{
    double start = now_ms();
    ptyterm_send(l->subject.term, key, 1);
    while (!l->arrived(l, row, with_title)) {
        if (now_ms() - start > KEY_LIMIT_MS) {
            return -1;
        }
        ptyterm_pump(l->subject.term, 5);
    }
    return now_ms() - start;
}

/* One block of keys; false when one was not followed. */
static bool keys_block(struct listed *l, struct samples *ms, bool with_title)
{
    int row = FIRST_ROW;
    for (int i = 0; i < BLOCK; i++) {
        bool is_down = i < BLOCK / 2;
        row += is_down ? 1 : -1;
        double start = now_ms();
        double took = key_to(l, is_down ? "j" : "k", row, with_title);
        if (took < 0) {
            return false;
        }
        samples_add(ms, took);
        subject_rest(&l->subject, start + BEAT_MS + (i % 7) - 3 - now_ms());
    }
    return true;
}

static bool measure_rows(struct listed *programs, size_t n)
{
    for (int block = 0; block < BLOCKS; block++) {
        for (size_t i = 0; i < n; i++) {
            pid_t pid = ptyterm_pid(programs[i].subject.term);
            double cpu = process_cpu_ms(pid);
            if (!keys_block(&programs[i], &programs[i].row_ms, false)) {
                return false;
            }
            programs[i].cpu_ms += process_cpu_ms(pid) - cpu;
        }
    }
    return true;
}

static bool measure_titles(struct listed *programs, size_t n)
{
    double start = now_ms();
    for (int block = 0; block < BLOCKS && (block == 0 || now_ms() - start < TITLES_MS); block++) {
        for (size_t i = 0; i < n; i++) {
            if (!keys_block(&programs[i], &programs[i].title_ms, true)) {
                return false;
            }
        }
    }
    return true;
}

static void put_percentiles(const char *what, struct listed *l, struct samples *ms)
{
    char name[64];
    snprintf(name, sizeof name, "key in the list: %s, %s", l->name, what);
    row_value(name, samples_percentile(ms, 50), "ms", "", "p50 of %zu keys; p99 %.2f, worst %.2f",
              ms->n, samples_percentile(ms, 99), samples_percentile(ms, 100));
}

static void put_ratio(const char *name, double ours, double theirs, const char *unit,
                      const char *goal, const char *clock)
{
    row_value(name, ours / theirs, "x tig", goal, "clock: %s; %.2f and %.2f %s", clock, ours,
              theirs, unit);
}

static void report_keys(struct listed *ours, struct listed *tig)
{
    static const char TITLE[] = "selected row and preview's title";
    put_percentiles("row", ours, &ours->row_ms);
    put_percentiles("row and title", ours, &ours->title_ms);
    if (!tig) {
        return;
    }
    put_percentiles("row", tig, &tig->row_ms);
    put_percentiles("row and status line", tig, &tig->title_ms);
    put_ratio("key in the list: row, p50", samples_percentile(&ours->row_ms, 50),
              samples_percentile(&tig->row_ms, 50), "ms", "", "selected row");
    put_ratio("key in the list: p50", samples_percentile(&ours->title_ms, 50),
              samples_percentile(&tig->title_ms, 50), "ms", "1.3", TITLE);
    put_ratio("key in the list: p99", samples_percentile(&ours->title_ms, 99),
              samples_percentile(&tig->title_ms, 99), "ms", "1.0", TITLE);
    if (ours->cpu_ms > 0 && tig->cpu_ms > 0) {
        double keys = (double)ours->row_ms.n;
        put_ratio("key in the list: CPU", ours->cpu_ms / keys, tig->cpu_ms / keys, "ms", "1.5",
                  "CPU of all threads a key");
    } else {
        row_skip("key in the list: CPU", "this kernel has no schedstat");
    }
}

/* ---- opening ---- */

/* The repo's name in title, facts and card at once. */
static bool is_opened(struct subject *s, const char *number)
{
    char title[32];
    char facts[32];
    char card[32];
    int row = 0;
    int col = 0;
    snprintf(title, sizeof title, " o/model-%s ", number);
    snprintf(facts, sizeof facts, "task-%s", number);
    snprintf(card, sizeof card, "Card of model-%s", number);
    return subject_row_has(s, TITLE_ROW, title) && subject_row_has(s, FACTS_ROW, facts) &&
           ptyterm_find(s->term, card, FACTS_ROW, &row, &col);
}

/* Down to the next repo, which is opened before its preview comes; -1 when it does not open. */
static double open_next(struct subject *s)
{
    char *before = subject_repo_in_row(s, subject_marked_row(s));
    char *repo = xstrdup(before);
    ptyterm_send(s->term, "j", 1);
    for (double due = now_ms() + KEY_LIMIT_MS; strcmp(repo, before) == 0 && now_ms() < due;) {
        ptyterm_pump(s->term, 5);
        free(repo);
        int row = subject_marked_row(s);
        repo = row < 0 ? xstrdup(before) : subject_repo_in_row(s, row);
    }
    const char *number = strrchr(repo, '-');
    double start = now_ms();
    double took = -1;
    ptyterm_send(s->term, "\r", 1);
    while (number && took < 0 && now_ms() - start < KEY_LIMIT_MS) {
        ptyterm_pump(s->term, 5);
        took = is_opened(s, number + 1) ? now_ms() - start : -1;
    }
    ptyterm_send(s->term, "q", 1);
    free(before);
    free(repo);
    return took;
}

static void bench_opening(struct subject *s)
{
    struct samples ms = {0};
    ptyterm_send(s->term, "g", 1);
    subject_rest(s, 1000);
    for (int i = 0; i < OPENINGS; i++) {
        double took = subject_marked_row(s) < 0 ? -1 : open_next(s);
        if (took < 0) {
            row_skip("opening a repo from loopback: p90", "repo %d did not open", i + 1);
            samples_done(&ms);
            return;
        }
        samples_add(&ms, took);
        subject_rest(s, 20 + i % 7);
    }
    row_value("opening a repo from loopback: p90", samples_percentile(&ms, 90), "ms", "5",
              "clock: title, facts and card; %d repos, none cached; p50 %.2f, worst %.2f", OPENINGS,
              samples_percentile(&ms, 50), samples_percentile(&ms, 100));
    samples_done(&ms);
}

/* ---- start ---- */

static bool start_hfterm(struct listed *l, const char *hfterm, const char *url)
{
    char *endpoint = xasprintf("HF_ENDPOINT=%s", url);
    bool is_started = subject_start(
        &l->subject,
        &(struct subject_options){.argv = {hfterm}, .env = {endpoint}, .rows = ROWS, .cols = COLS});
    free(endpoint);
    if (!is_started || !ptyterm_wait_text(l->subject.term, "Card of model-", LIMIT_MS)) {
        return false;
    }
    subject_rest(&l->subject, 1000); /* whatever follows the first picture */
    return true;
}

static bool start_tig(struct listed *l, const char *newest)
{
    int col = 0;
    if (!subject_start(&l->subject,
                       &(struct subject_options){.argv = {"tig"}, .rows = ROWS, .cols = COLS}) ||
        !ptyterm_wait_text(l->subject.term, newest, LIMIT_MS)) {
        return false;
    }
    subject_rest(&l->subject, 1000);
    return ptyterm_find(l->subject.term, newest, 0, &l->newest_row, &col);
}

/* From the first row down to where the blocks start. */
static bool go_to_start(struct listed *l)
{
    int row = 0;
    while (row < FIRST_ROW && !l->arrived(l, row, false)) {
        row++;
    }
    bool goes = true;
    while (row < FIRST_ROW && goes) {
        goes = key_to(l, "j", ++row, false) >= 0;
    }
    return goes;
}

static void bench_keys(struct listed *programs, size_t n)
{
    if (measure_rows(programs, n) && measure_titles(programs, n)) {
        report_keys(&programs[0], n > 1 ? &programs[1] : NULL);
    } else {
        row_skip("key in the list", "the selection did not follow the keys");
    }
}

static void bench_all(const char *hfterm, const char *url)
{
    struct listed programs[] = {{.name = "hfterm", .arrived = hfterm_arrived},
                                {.name = "tig", .arrived = tig_arrived}};
    const char *no_tig = "tig did not come up";
    char *commit = subject_tig_commit(0, &no_tig);
    bool has_tig = commit && start_tig(&programs[1], commit) && go_to_start(&programs[1]);
    if (!has_tig) {
        row_skip("key in the list: tig", "%s", no_tig);
    }
    if (start_hfterm(&programs[0], hfterm, url) && go_to_start(&programs[0])) {
        bench_keys(programs, has_tig ? 2 : 1);
        bench_opening(&programs[0].subject);
    } else {
        row_skip("key in the list", "the list of the served folder did not come up");
    }
    for (size_t i = 0; i < 2; i++) {
        subject_end(&programs[i].subject);
        samples_done(&programs[i].row_ms);
        samples_done(&programs[i].title_ms);
    }
    free(commit);
}

int main(int argc, char **argv)
{
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    char *dir = served_folder_new(REPOS);
    struct served hub = {.pid = -1, .out = -1};
    if (dir && served_start(&hub, hfterm, dir)) {
        bench_all(hfterm, hub.url);
    } else {
        row_skip("key in the list", "hfterm serve did not start");
    }
    served_end(&hub);
    served_folder_free(dir);
    return 0;
}
