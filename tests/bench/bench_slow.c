/* SPDX-License-Identifier: Apache-2.0 */
/* A key held in a terminal that takes 1,200 bytes a second: how long after the last key the last
 * picture stands. j is pressed 30 times a second, for 4 s in hfterm's list (the client of a served
 * folder) and for 1 s in tig, which draws more a key; both at once, 160 x 48, and both may draw
 * their first screens at full speed.
 *
 * The clock ends when the row that was selected last stands, and in hfterm the preview's title with
 * it, in tig the status line. Told beside it: when the terminal has nothing more to draw for a
 * second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tests/bench/measure.h"
#include "tests/bench/served.h"
#include "tests/bench/subject.h"

enum {
    ROWS = 48,
    COLS = 160,
    REPOS = 160,
    KEYS_PER_S = 30,
    HFTERM_S = 4,
    TIG_S = 1,
    BYTES_PER_S = 1200,
    LIMIT_MS = 10000,
    MOST_MS = 120000,
    QUIET_MS = 1000,
    PUMP_MS = 2,
};

/* The last picture is there when all of these stand in one screen. */
struct picture {
    char title[40];
    int title_row;
    bool has_mark; /* and the title's repo is the one of the marked row */
};

struct held {
    struct subject subject;
    struct picture last;
    int keys, sent;
    double first_ms, last_key_ms; /* of the first and the last key */
    double arrived_ms;            /* when the last picture stood; 0: not yet */
    double taken_ms;              /* when the last bytes came */
    size_t bytes, before;         /* of output: now, before the first key */
    bool is_missing, is_done;
};

static bool stands(struct held *h)
{
    if (!subject_row_has(&h->subject, h->last.title_row, h->last.title)) {
        return false;
    }
    if (!h->last.has_mark) {
        return true;
    }
    int row = subject_marked_row(&h->subject);
    char *repo = row < 0 ? xstrdup("") : subject_repo_in_row(&h->subject, row);
    bool is_selected = repo[0] && strstr(h->last.title, repo) != NULL;
    free(repo);
    return is_selected;
}

/* Presses what is due, takes in what the terminal may take, looks. */
static void step(struct held *h)
{
    if (h->sent < h->keys && now_ms() >= h->first_ms + h->sent * 1000.0 / KEYS_PER_S) {
        ptyterm_send(h->subject.term, "j", 1);
        h->sent++;
        h->last_key_ms = now_ms();
    }
    ptyterm_pump(h->subject.term, PUMP_MS);
    size_t bytes = ptyterm_output(h->subject.term).n;
    if (bytes != h->bytes) {
        h->bytes = bytes;
        h->taken_ms = now_ms();
    }
    if (h->sent < h->keys) {
        return;
    }
    if (h->arrived_ms <= 0 && stands(h)) {
        h->arrived_ms = now_ms();
    }
    double quiet_ms = now_ms() - (h->taken_ms > h->last_key_ms ? h->taken_ms : h->last_key_ms);
    bool is_over = now_ms() - h->last_key_ms > MOST_MS;
    h->is_done = (h->arrived_ms > 0 && quiet_ms > QUIET_MS) || is_over;
}

static void hold(struct held *h, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!h[i].is_missing) {
            h[i].bytes = h[i].before = ptyterm_output(h[i].subject.term).n;
            h[i].first_ms = now_ms();
            ptyterm_throttle(h[i].subject.term, BYTES_PER_S);
        }
        h[i].is_done = h[i].is_missing;
    }
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (size_t i = 0; i < n; i++) {
            if (!h[i].is_done) {
                step(&h[i]);
                goes_on = true;
            }
        }
    }
}

/* ---- start ---- */

/* The whole list is fetched first: a page that is under way when the end is reached stops the keys.
 */
static bool fetch_list(struct subject *s)
{
    char last[24];
    snprintf(last, sizeof last, "o/model-%03d ", REPOS - 1);
    int row = 0;
    int col = 0;
    bool is_there = false;
    for (double due = now_ms() + LIMIT_MS; !is_there && now_ms() < due;) {
        ptyterm_send(s->term, "G", 1);
        subject_rest(s, 300);
        is_there = ptyterm_find(s->term, last, 0, &row, &col);
    }
    ptyterm_send(s->term, "g", 1);
    bool is_back = is_there && ptyterm_wait_text(s->term, "Card of model-000", LIMIT_MS);
    subject_rest(s, 1000);
    return is_back;
}

/* The repos are in the list's order, so the last key leads to the one of its number. */
static bool start_hfterm(struct held *h, const char *hfterm, const char *url)
{
    h->keys = KEYS_PER_S * HFTERM_S;
    h->last = (struct picture){.title_row = 2, .has_mark = true};
    snprintf(h->last.title, sizeof h->last.title, " o/model-%03d ", h->keys);
    char *endpoint = xasprintf("HF_ENDPOINT=%s", url);
    bool is_started = subject_start(
        &h->subject,
        &(struct subject_options){.argv = {hfterm}, .env = {endpoint}, .rows = ROWS, .cols = COLS});
    free(endpoint);
    return is_started && ptyterm_wait_text(h->subject.term, "Card of model-000", LIMIT_MS) &&
           fetch_list(&h->subject);
}

static bool start_tig(struct held *h, const char *newest)
{
    h->keys = KEYS_PER_S * TIG_S;
    h->last = (struct picture){.title_row = ROWS - 2};
    int row = 0;
    int col = 0;
    if (!subject_start(&h->subject,
                       &(struct subject_options){.argv = {"tig"}, .rows = ROWS, .cols = COLS}) ||
        !ptyterm_wait_text(h->subject.term, newest, LIMIT_MS)) {
        return false;
    }
    subject_rest(&h->subject, 1000);
    /* Changes that are not committed stand above the newest commit and are steps of their own. */
    if (!ptyterm_find(h->subject.term, newest, 0, &row, &col)) {
        return false;
    }
    snprintf(h->last.title, sizeof h->last.title, "commit %d of", h->keys - row + 1);
    return true;
}

/* ---- report ---- */

static void report(const char *name, const struct held *h, int seconds, const char *goal)
{
    if (h->arrived_ms <= 0) {
        row_skip(name, "no last picture within %d s", MOST_MS / 1000);
        return;
    }
    double quiet = h->taken_ms > h->last_key_ms ? (h->taken_ms - h->last_key_ms) / 1000 : 0;
    row_value(name, (h->arrived_ms - h->last_key_ms) / 1000, "s", goal,
              "key held for %d s; last byte after %.1f s; %.0f bytes a key", seconds, quiet,
              (double)(h->bytes - h->before) / h->keys);
}

static void measure(const char *hfterm, const char *url)
{
    struct held held[2] = {0};
    const char *no_tig = "tig did not come up";
    char *newest = subject_tig_commit(0, &no_tig);
    held[0].is_missing = !start_hfterm(&held[0], hfterm, url);
    held[1].is_missing = !newest || !start_tig(&held[1], newest);
    hold(held, 2);
    if (held[0].is_missing) {
        row_skip("slow terminal: last picture", "the list of the served folder did not come up");
    } else {
        report("slow terminal: last picture", &held[0], HFTERM_S, "2");
    }
    if (held[1].is_missing) {
        row_skip("slow terminal: last picture, tig", "%s", no_tig);
    } else {
        report("slow terminal: last picture, tig", &held[1], TIG_S, "");
    }
    subject_end(&held[0].subject);
    subject_end(&held[1].subject);
    free(newest);
}

int main(int argc, char **argv)
{
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    char *dir = served_folder_new(REPOS);
    struct served hub = {.pid = -1, .out = -1};
    if (dir && served_start(&hub, hfterm, dir)) {
        measure(hfterm, hub.url);
    } else {
        row_skip("slow terminal: last picture", "hfterm serve did not start");
    }
    served_end(&hub);
    served_folder_free(dir);
    return 0;
}
