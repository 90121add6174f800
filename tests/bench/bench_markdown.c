/* SPDX-License-Identifier: Apache-2.0 */
/* Cards and files of a few megabytes: when the first screen is there, and what a step or a key
 * costs afterwards. Nothing is drawn here: these are the models that the panes draw.
 */
#include <locale.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/doc/markdown.h"
#include "tests/bench/measure.h"
#include "tui/widget/viewer.h"

enum {
    CARD_BYTES = 2 << 20,
    TEXT_BYTES = 20 << 20,
    JSON_BYTES = 7 << 20,
    WIDTH = 100,
    HEIGHT = 50,
    FIRST_LINES = 200,
    RUNS = 9,
};

/* All that cards have, in pieces as long as in real ones. */
static void make_card(struct buf *out)
{
    for (int part = 1; out->n < CARD_BYTES; part++) {
        buf_printf(out, "## Part %d\n\nA paragraph with **strong** and *soft* words, `code`, a "
                        "[link](https://example.org/%d) and [another][ref], long enough to wrap "
                        "over a few lines of a pane that is a hundred columns wide.\n\n",
                   part, part);
        buf_puts(out, "- an item\n  - inside it [x]\n- [x] done\n\n```python\nimport numpy\n"
                      "print(numpy.zeros(3))\n```\n\n");
        buf_puts(out, "| Model | Size | Score |\n|:--|--:|--:|\n| heron | 2.1 B | 91.2 |\n"
                      "| another one | 7 B | 94.0 |\n\n<p align=\"center\"><img src=\"a.png\" "
                      "alt=\"plot\"></p>\n\n> a quote\n> of two lines\n\n");
    }
    buf_puts(out, "[ref]: https://example.org/ref\n");
}

static void bench_card(void)
{
    struct buf card = BUF_INIT;
    struct samples first = {0};
    struct samples steps = {0};
    struct samples whole = {0};
    size_t lines = 0;
    make_card(&card);
    for (int run = 0; run < RUNS; run++) {
        double start = now_ms();
        struct markdown *md = markdown_begin(card.p, card.n, WIDTH, NULL);
        markdown_need(md, FIRST_LINES - 1);
        samples_add(&first, now_ms() - start);
        double step = now_ms();
        while (markdown_step(md)) {
            samples_add(&steps, now_ms() - step);
            step = now_ms();
        }
        samples_add(&whole, now_ms() - start);
        lines = markdown_lines_ready(md);
        markdown_free(md);
    }
    row_value("card of 2 MB: first 200 lines", samples_percentile(&first, 50), "ms", "30",
              "median of %d runs, width %d", RUNS, WIDTH);
    row_value("card of 2 MB: one step", samples_percentile(&steps, 99), "ms", "5",
              "99th percentile of %zu; a key may have to wait for one", steps.n);
    row_value("card of 2 MB: all of it", samples_percentile(&whole, 50), "ms", "",
              "%zu lines", lines);
    samples_done(&first);
    samples_done(&steps);
    samples_done(&whole);
    buf_done(&card);
}

static void make_log(struct buf *out)
{
    for (int i = 0; out->n < TEXT_BYTES; i++) {
        buf_printf(out, "2026-09-14T12:%02d:%02d INFO step %d loss %.4f lr 1e-4\n", i / 60 % 60,
                   i % 60, i, 2.0 / (1 + i * 1e-4));
    }
    buf_puts(out, "the needle\n");
}

static void bench_text(void)
{
    struct buf text = BUF_INIT;
    struct samples keys = {0};
    make_log(&text);
    struct viewer *v = viewer_new("train.log");
    viewer_set_size(v, WIDTH, HEIGHT);
    double start = now_ms();
    viewer_append(v, text.p, text.n, NULL);
    viewer_finish(v);
    viewer_rows(v);
    row_value("text of 20 MB: open", now_ms() - start, "ms", "50",
              "bytes copied, first window made");
    start = now_ms();
    viewer_end(v);
    viewer_rows(v);
    row_value("text of 20 MB: to the end", now_ms() - start, "ms", "100", "all lines found");
    for (int i = 0; i < 1000; i++) {
        start = now_ms();
        viewer_move(v, i % 2 == 0 ? -150000 : 149000);
        viewer_rows(v);
        samples_add(&keys, now_ms() - start);
    }
    row_value("text of 20 MB: one window", samples_percentile(&keys, 99), "ms", "1",
              "99th percentile of 1000 jumps, %d rows", HEIGHT);
    viewer_home(v);
    start = now_ms();
    viewer_search(v, "\\vNEEDLE|needle$", NULL);
    enum viewer_find found = viewer_next(v, 1);
    while (found == VIEWER_SEARCHING) {
        viewer_work(v, 4000000);
        found = viewer_matches(v).state;
    }
    row_value("text of 20 MB: search to the end", now_ms() - start, "ms", "",
              "regular expression, in slices of 4 ms; %s",
              found == VIEWER_FOUND ? "found" : "lost");
    samples_done(&keys);
    viewer_free(v);
    buf_done(&text);
}

static void bench_json(void)
{
    struct buf json = BUF_INIT;
    buf_puts(&json, "{\"vocab\": {\"first\": 0");
    for (int i = 1; json.n < JSON_BYTES; i++) {
        buf_printf(&json, ",\n  \"token%d\": [%d, \"piece %d\", true]", i, i, i);
    }
    buf_puts(&json, "}}\n");
    struct viewer *v = viewer_new("tokenizer.json");
    viewer_set_size(v, WIDTH, HEIGHT);
    viewer_append(v, json.p, json.n, NULL);
    double start = now_ms();
    viewer_finish(v);
    viewer_set_mode(v, VIEWER_JSON, NULL);
    viewer_rows(v);
    row_value("JSON of 7 MB: the tree", now_ms() - start, "ms", "", "%s",
              viewer_mode(v) == VIEWER_JSON ? "in one go" : "refused");
    start = now_ms();
    viewer_fold_all(v, 100);
    viewer_end(v);
    viewer_rows(v);
    row_value("JSON of 7 MB: unfold all", now_ms() - start, "ms", "50", "and go to the end");
    viewer_free(v);
    buf_done(&json);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    bench_card();
    bench_text();
    bench_json();
    return 0;
}
