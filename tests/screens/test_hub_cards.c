/* SPDX-License-Identifier: Apache-2.0 */
/* What the Hub screen makes of a card's metadata: named where it cannot be read, whole and followed in Metadata. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/paths.h"
#include "core/localhub/localhub.h"
#include "tests/screens/homes.h"

struct room {
    char *home, *dir;
    struct localhub *hub;
    struct harness *h;
};

static const char GOOD[] = "---\n"
                           "license: mit\n"
                           "base_model: [org/left, org/right]\n"
                           "datasets: org/numbers\n"
                           "tags: [blue, \"two words\"]\n"
                           "score: 0.8571428571428571\n"
                           "extra_gated_prompt: |\n"
                           "  You agree to these:\n"
                           "\n"
                           "  - share it with nobody who has not agreed to the same conditions in writing first\n"
                           "    even not a part\n"
                           "note: \"first line\\nsecond line\"\n"
                           "summary: one two three four five six seven eight nine ten eleven twelve thirteen fourteen\n"
                           "---\n# Good\n";

static void put_card(const struct room *r, const char *repo, const char *text)
{
    char leaf[128];
    snprintf(leaf, sizeof leaf, "hub/%s/README.md", repo);
    write_in(r->home, leaf, text);
}

/* hub.md F2b. Lines are of the README. */
static const struct {
    const char *card, *where, *why;
} BROKEN[] = {
    {"---\nlicense: mit\ntags: [a]\nlicense: gemma\n---\n# Title\n", "line 4", "the same key stands"},
    {"---\n# note\nmetrics:\n\t- f1\n---\n# Title\n", "line 4", "a tab where"},
    {"\n\n---\npretty_name: Part: two\n---\n# Title\n", "line 4", "a second \": \""},
    {"---\nlicense: mit\nlanguage: [en, de\n---\n# Title\n", "line 3", "a list begun with"},
};

static struct room open_room(int rows, int cols)
{
    struct err e = ERR_INIT;
    struct room r = {.home = new_home()};
    put_card(&r, "models/org/good", GOOD);
    put_card(&r, "models/org/left", "---\nlicense: mit\ntags: [blue]\n---\n# Left\n");
    put_card(&r, "models/org/right", "---\nlicense: mit\n---\n# Right\n");
    put_card(&r, "models/else/green", "---\ntags: [green]\n---\n# Green\n");
    put_card(&r, "datasets/org/numbers", "---\nlicense: mit\n---\n# Numbers\n");
    write_in(r.home, "hub/.hub/models/org/good.json", "{\"downloads\":1284906,\"likes\":1000}");
    for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++) {
        char repo[40];
        snprintf(repo, sizeof repo, "models/bad/card%zu", i);
        put_card(&r, repo, BROKEN[i].card);
    }
    r.dir = paths_join(r.home, "hub");
    r.hub = localhub_start(&(struct localhub_options){.dir = r.dir}, &e);
    if (!r.hub) {
        fail_msg("%s", e.msg);
    }
    r.h = start_in(NULL, rows, cols, ARGS("--endpoint", localhub_url(r.hub)));
    return r;
}

static void close_room(struct room *r)
{
    h_stop_with(r->h, "<C-c>", 0);
    localhub_stop(r->hub);
    remove_home(r->home);
    free(r->dir);
}

static void command(struct harness *h, const char *line)
{
    h_keys(h, ":");
    h_text(h, line);
    h_keys(h, "<Enter>");
}

static void open_metadata(struct harness *h, const char *repo)
{
    char line[80];
    int row = 0;
    int col = 0;
    snprintf(line, sizeof line, "open %s", repo);
    command(h, line);
    for (int i = 0; i < 6 && !h_find(h, "\xE2\x96\xB8" "Metadata", &row, &col); i++) {
        h_keys(h, "<Tab>");
    }
}

/* hub.md F2b: a fault is named with its line in the list, the card and Metadata. */
static void test_a_card_that_cannot_be_read_says_why(void **state)
{
    (void)state;
    struct room r = open_room(60, 220);
    command(r.h, "filter author:bad");
    for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++) {
        int row = 0;
        int col = 0;
        char repo[40];
        snprintf(repo, sizeof repo, "bad/card%zu  ", i); /* the box's title has no blanks there */
        assert_true(h_find(r.h, repo, &row, &col));
        char mark[24];
        snprintf(mark, sizeof mark, " card:%s ", BROKEN[i].where + strlen("line "));
        h_expect_in_row(r.h, row, mark);
        snprintf(repo, sizeof repo, "open bad/card%zu", i);
        command(r.h, repo);
        h_expect_text(r.h, "The metadata of this card cannot be read.");
        h_expect_text(r.h, BROKEN[i].where);
        h_expect_text(r.h, BROKEN[i].why);
        h_expect_text(r.h, "Title");
        open_metadata(r.h, repo + strlen("open "));
        h_expect_text(r.h, "cannot be read  README.md, ");
        h_expect_text(r.h, BROKEN[i].why);
        h_keys(r.h, "<S-Tab> <S-Tab>");
    }
    command(r.h, "open org/left");
    h_expect_no_text(r.h, "The metadata of this card cannot be read.");
    close_room(&r);
}

/* hub.md F16: long values go on under themselves, texts of several lines keep their line ends. */
static void test_metadata_shows_values_whole(void **state)
{
    (void)state;
    struct room r = open_room(60, 100);
    open_metadata(r.h, "org/good");
    int row = 0;
    int col = 0;
    assert_true(h_find(r.h, "extra_gated_prompt: |", &row, &col));
    h_expect_in_row(r.h, row + 1, "  You agree to these:");
    h_expect_in_row(r.h, row + 3, "  - share it with");
    h_expect_text(r.h, "agreed");
    h_expect_text(r.h, "writing");
    h_expect_text(r.h, "  even not a part");
    assert_true(h_find(r.h, "note: |", &row, &col));
    h_expect_in_row(r.h, row + 1, "  first line");
    h_expect_in_row(r.h, row + 2, "  second line");
    h_expect_text(r.h, "thirteen");
    h_expect_text(r.h, "fourteen");
    h_expect_text(r.h, "0.8571428571428571");
    h_resize(r.h, 60, 60);
    h_expect_text(r.h, "fourteen");
    h_expect_text(r.h, "writing");
    close_room(&r);
}

/* hub.md 28: numbers in groups; author, base models, datasets and tags lead somewhere. */
static void test_metadata_can_be_followed(void **state)
{
    (void)state;
    struct room r = open_room(60, 120);
    open_metadata(r.h, "org/good");
    h_expect_text(r.h, "1,284,906");
    h_expect_text(r.h, " 1,000");
    h_keys(r.h, "<Enter>");
    h_expect_text(r.h, "all models by org");
    h_text(r.h, "dataset org/numbers");
    h_keys(r.h, "<Enter>");
    h_expect_text(r.h, "org/numbers");
    h_expect_no_text(r.h, "base_model:");
    h_keys(r.h, "<Esc>");
    open_metadata(r.h, "org/good");
    h_keys(r.h, "L");
    h_text(r.h, "model org/right");
    h_keys(r.h, "<Enter>");
    h_expect_in_row(r.h, 2, "org/right");
    open_metadata(r.h, "org/good");
    h_keys(r.h, "L");
    h_text(r.h, "tagged blue");
    h_keys(r.h, "<Enter>");
    h_expect_in_row(r.h, 1, "tag:blue");
    h_expect_in_row(r.h, 1, "2 of 2");
    open_metadata(r.h, "else/green");
    h_keys(r.h, "L");
    h_text(r.h, "by else");
    h_keys(r.h, "<Enter>");
    h_expect_in_row(r.h, 1, "author:else");
    h_expect_in_row(r.h, 1, "1 of 1");
    h_keys(r.h, "<Esc>"); /* hub.md 4: back to what one came from, in the list as well */
    h_expect_in_row(r.h, 1, "tag:blue");
    h_expect_in_row(r.h, 2, "else/green");
    h_expect_text(r.h, "Front matter");
    h_keys(r.h, "<Esc> <Esc>"); /* and no further */
    h_expect_in_row(r.h, 1, "tag:blue");
    close_room(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_card_that_cannot_be_read_says_why, h_teardown),
        cmocka_unit_test_teardown(test_metadata_shows_values_whole, h_teardown),
        cmocka_unit_test_teardown(test_metadata_can_be_followed, h_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
