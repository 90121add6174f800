/* SPDX-License-Identifier: Apache-2.0 */
/* From exec to content: the eighth row of the list stands on the emulated screen. hfterm as the
 * client of a folder served by another hfterm, hfterm --demo, and tig in this repository, in turn,
 * each in a new home (nothing cached), the size of the window set before exec.
 *
 * Two earlier clocks are told beside it: the first byte, and the whole frame (the bottom bar's
 * text).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tests/bench/measure.h"
#include "tests/bench/served.h"
#include "tests/bench/subject.h"

enum { RUNS = 21, ROWS = 36, COLS = 120, LIMIT_MS = 5000, NTH = 7, FAILED_MOST = 2 };

struct program {
    const char *name;
    struct subject_options options;
    const char *bar; /* text of the bottom bar */
    int bar_row;
    const char *content; /* text of the eighth row */
    const char *missing; /* why it cannot run; NULL: it can */
    struct samples byte_ms, frame_ms, content_ms;
    int failed; /* runs in which something did not come */
};

struct times {
    double byte, frame, content; /* -1: did not come */
};

static void look(struct subject *s, const struct program *p, struct times *t)
{
    double now = now_ms() - s->started_ms;
    int row = 0;
    int col = 0;
    if (t->byte < 0 && ptyterm_output(s->term).n > 0) {
        t->byte = now;
    }
    if (t->frame < 0 && subject_row_has(s, p->bar_row, p->bar)) {
        t->frame = now;
    }
    if (t->content < 0 && ptyterm_find(s->term, p->content, 0, &row, &col)) {
        t->content = now;
    }
}

static void run_once(struct program *p, bool is_counted)
{
    struct subject s;
    struct times t = {-1, -1, -1};
    if (subject_start(&s, &p->options)) {
        while ((t.frame < 0 || t.content < 0) && now_ms() - s.started_ms < LIMIT_MS) {
            ptyterm_pump(s.term, 5);
            look(&s, p, &t);
        }
    }
    subject_end(&s);
    if (t.byte < 0 || t.frame < 0 || t.content < 0) {
        p->failed++;
    } else if (is_counted) {
        samples_add(&p->byte_ms, t.byte);
        samples_add(&p->frame_ms, t.frame);
        samples_add(&p->content_ms, t.content);
    }
}

static bool report(struct program *p)
{
    char name[64];
    snprintf(name, sizeof name, "content on screen: %s", p->name);
    if (p->missing) {
        row_skip(name, "%s", p->missing);
        return false;
    }
    if (p->content_ms.n < RUNS) {
        row_skip(name, "\"%s\" came up in %zu of %d runs only", p->content, p->content_ms.n, RUNS);
        return false;
    }
    row_value(name, samples_percentile(&p->content_ms, 50), "ms", "",
              "median of %d; first byte %.1f, frame %.1f, worst content %.1f", RUNS,
              samples_percentile(&p->byte_ms, 50), samples_percentile(&p->frame_ms, 50),
              samples_percentile(&p->content_ms, 100));
    return true;
}

static void report_ratio(const char *name, struct program *ours, struct program *peer,
                         const char *goal)
{
    double mine = samples_percentile(&ours->content_ms, 50);
    double theirs = samples_percentile(&peer->content_ms, 50);
    row_value(name, mine / theirs, "x tig", goal, "clock: content; %.1f and %.1f ms", mine, theirs);
}

static void measure(struct program *programs, size_t n)
{
    for (int run = -1; run < RUNS; run++) { /* the first round only fills the page cache */
        for (size_t i = 0; i < n; i++) {
            if (!programs[i].missing && programs[i].failed <= FAILED_MOST) {
                run_once(&programs[i], run >= 0);
            }
        }
    }
    bool is_there[3] = {false};
    for (size_t i = 0; i < n; i++) {
        is_there[i] = report(&programs[i]);
    }
    if (is_there[0] && is_there[2]) {
        report_ratio("content, local folder", &programs[0], &programs[2], "1.0");
    }
    if (is_there[1] && is_there[2]) {
        report_ratio("content, --demo", &programs[1], &programs[2], "1.3");
    }
    for (size_t i = 0; i < n; i++) {
        samples_done(&programs[i].byte_ms);
        samples_done(&programs[i].frame_ms);
        samples_done(&programs[i].content_ms);
    }
}

int main(int argc, char **argv)
{
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    static const char REPO[] = "Aurora-Embed-Nano"; /* eighth of the demo's models */
    struct served hub;
    bool is_served = served_start(&hub, hfterm, "tests/fixtures/demo");
    char *endpoint = is_served ? xasprintf("HF_ENDPOINT=%s", hub.url) : NULL;
    const char *no_tig = NULL;
    char *commit = subject_tig_commit(NTH, &no_tig);
    struct program programs[] = {
        {.name = "local folder",
         .options = {.argv = {hfterm}, .env = {endpoint}, .rows = ROWS, .cols = COLS},
         .bar = "keys",
         .bar_row = ROWS - 1,
         .content = REPO,
         .missing = is_served ? NULL : "hfterm serve did not start"},
        {.name = "--demo",
         .options = {.argv = {hfterm, "--demo"}, .rows = ROWS, .cols = COLS},
         .bar = "keys",
         .bar_row = ROWS - 1,
         .content = REPO},
        {.name = "tig",
         .options = {.argv = {"tig"}, .rows = ROWS, .cols = COLS},
         .bar = "[main]",
         .bar_row = ROWS - 2,
         .content = commit,
         .missing = commit ? NULL : no_tig},
    };
    measure(programs, sizeof programs / sizeof *programs);
    free(commit);
    free(endpoint);
    served_end(&hub);
    return 0;
}
