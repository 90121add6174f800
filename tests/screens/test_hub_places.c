/* SPDX-License-Identifier: Apache-2.0 */
/* Where one is in the Hub screen and how one comes back: links, commands, the list, and what Esc leads to. The rows
 * hub.md 4, 5 and 19. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "tests/screens/homes.h"

static struct harness *start_demo(int rows, int cols)
{
    return start_in(NULL, rows, cols, ARGS("--demo"));
}

static void command(struct harness *h, const char *line)
{
    h_keys(h, ":");
    h_text(h, line);
    h_keys(h, "<Enter>");
}

/* A row without its last columns: the scroll mark, whose length depends on how much of a text is rendered, and
 * what emoji push there that the test terminal takes for narrower than they are. */
static void put_row(struct harness *h, int row, struct buf *out)
{
    const char *text = h_row(h, row);
    buf_append(out, text, text_fit(text, ptyterm_cols(h_terminal(h)) - 3, NULL));
    while (out->n > 0 && out->p[out->n - 1] == ' ') {
        out->n--;
    }
}

/* All but the bottom row, and which cells are marked: which row is selected may be told by nothing else. */
static char *look(struct harness *h)
{
    const int rows = ptyterm_rows(h_terminal(h));
    const int cols = ptyterm_cols(h_terminal(h));
    struct buf text = BUF_INIT;
    for (int row = 0; row + 1 < rows; row++) {
        put_row(h, row, &text);
        buf_puts(&text, " |");
        for (int col = 0; col < cols; col++) {
            buf_putc(&text, h_style(h, row, col).bg == COLOUR_DEFAULT ? '.' : '#');
        }
        buf_putc(&text, '\n');
    }
    return buf_steal(&text);
}

static void follow(struct harness *h, const char *words)
{
    h_keys(h, "L");
    h_text(h, words);
    h_keys(h, "<Enter>");
}

/* The screen is as it was. */
static void check_back(struct harness *h, char *was, const char *what)
{
    char *now = look(h);
    if (strcmp(was, now) != 0) {
        size_t line = 0; /* where the row begins that differs */
        for (size_t i = 0; was[i] == now[i]; i++) {
            line = was[i] == '\n' ? i + 1 : line;
        }
        fail_msg("%s: not the place one came from:\n%.*s\nwas\n%.*s", what, (int)strcspn(now + line, "\n"),
                 now + line, (int)strcspn(was + line, "\n"), was + line);
    }
    free(was);
    free(now);
}

enum { N_SIZES = 3 };
static const int SIZES[N_SIZES][2] = {{24, 80}, {36, 120}, {60, 220}};

/* ---- links ---- */

/* hub.md 4: to another repo and back, by either key. */
static void test_a_link_to_a_repo_and_back(void **state)
{
    (void)state;
    static const struct {
        const char *repo, *link, *title;
    } LINKS[] = {
        {"lumen-labs/Aurora-Text-Nano-Instruct", "pirate", "alice/aurora-text-pirate-lora"},
        {"lumen-labs/Aurora-VL-Nano-Instruct", "Base", "lumen-labs/Aurora-VL-Nano-Base"},
        {"bob/Aurora-Text-Nano-Instruct-GGUF", "lumen-labs/Aurora-Text", "lumen-labs/Aurora-Text-Nano-Instruct"},
    };
    static const char *const BACK[] = {"<Esc>", "["};
    for (size_t s = 0; s < N_SIZES; s++) {
        struct harness *h = start_demo(SIZES[s][0], SIZES[s][1]);
        for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS * 2; i++) {
            char *open = NULL;
            struct buf line = BUF_INIT;
            buf_printf(&line, "open %s", LINKS[i / 2].repo);
            open = buf_steal(&line);
            command(h, open);
            free(open);
            h_keys(h, "j j j j");
            char *card = look(h);
            follow(h, LINKS[i / 2].link);
            h_expect_text(h, LINKS[i / 2].title);
            h_keys(h, "j <Tab> <Tab>");
            h_keys(h, BACK[i % 2]);
            check_back(h, card, LINKS[i / 2].repo);
            h_keys(h, "]"); /* and forward to where the link led */
            h_expect_in_row(h, 2, LINKS[i / 2].title);
            h_expect_text(h, "\xE2\x96\xB8" "Metadata");
            h_keys(h, "[");
        }
        h_stop_with(h, "<C-c>", 0);
    }
}

/* hub.md 5: to a file of the same repo, from deep in the card. */
static void test_a_link_to_a_file_and_back(void **state)
{
    (void)state;
    static const struct {
        const char *repo, *link;
    } LINKS[] = {
        {"dataset lumen-labs/harbor-scenes", "boats"},
        {"tidewater/driftnet-detr", "example"},
        {"bob/Aurora-Text-Nano-Instruct-GGUF", "F16"},
    };
    static const char *const BACK[] = {"<Esc>", "["};
    for (size_t s = 0; s < N_SIZES; s++) {
        struct harness *h = start_demo(SIZES[s][0], SIZES[s][1]);
        for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS * 2; i++) {
            struct buf line = BUF_INIT;
            buf_printf(&line, "open %s", LINKS[i / 2].repo);
            command(h, buf_str(&line));
            buf_done(&line);
            h_keys(h, "j j j");
            char *card = look(h);
            follow(h, LINKS[i / 2].link);
            h_expect_text(h, "\xE2\x96\xB8" "Files");
            h_keys(h, BACK[i % 2]);
            check_back(h, card, LINKS[i / 2].repo);
        }
        h_stop_with(h, "<C-c>", 0);
    }
}

/* The same kind: a link to a heading of the text itself. */
static void test_a_link_to_a_heading_and_back(void **state)
{
    (void)state;
    static const char *const WORDS[] = {"glossary", "cook"};
    struct harness *h = start_demo(24, 80);
    command(h, "open lumen-labs/Aurora-Text-Nano");
    h_keys(h, "j j j j j");
    for (size_t i = 0; i < 2; i++) {
        char *card = look(h);
        follow(h, WORDS[i]);
        char *there = look(h);
        assert_string_not_equal(card, there);
        h_keys(h, "<Esc>");
        check_back(h, card, WORDS[i]);
        h_keys(h, "]");
        check_back(h, there, "forward");
        h_keys(h, "[");
    }
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 40: a footnote and its way back are links like any other. */
static void test_a_footnote_and_back(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    command(h, "open lumen-labs/Aurora-VL-Nano-Instruct");
    h_keys(h, "j j j");
    char *card = look(h);
    follow(h, "10");
    h_expect_text(h, "1. In 212 of");
    char *note = look(h);
    follow(h, "15"); /* up again, to the text it belongs to */
    h_expect_no_text(h, "1. In 212 of");
    h_keys(h, "<Esc>");
    check_back(h, note, "the footnote");
    h_keys(h, "<Esc>");
    check_back(h, card, "the card");
    h_stop_with(h, "<C-c>", 0);
}

/* Several deep, and each Esc takes one back. */
static void test_links_in_a_row(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 120);
    char *list = look(h);
    h_keys(h, "<Enter> j j");
    char *first = look(h);
    follow(h, "Base");
    char *second = look(h);
    follow(h, "Aurora-VL-Nano-Instruct");
    h_keys(h, "<Tab>");
    h_keys(h, "<End> <Enter>");
    h_keys(h, "<Esc>"); /* the file, opened by hand over the tab */
    h_expect_text(h, "\xE2\x96\xB8" "Files");
    h_keys(h, "<Esc>");
    check_back(h, second, "the second card");
    h_keys(h, "<Esc>");
    check_back(h, first, "the first card");
    h_keys(h, "<Esc> g");
    h_keys(h, "<Enter> <Home> <Esc>");
    check_back(h, list, "the list");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- commands and menus ---- */

static void test_a_command_in_a_repo_and_back(void **state)
{
    (void)state;
    static const char *const WAYS[] = {"<Tab> j j", "<Tab> <End> <Enter>", "<Tab> <Tab> j", "<Tab> <Tab> <Tab> j", "<S-Tab> <Enter> j"};
    for (size_t s = 0; s < 2; s++) {
        struct harness *h = start_demo(SIZES[s][0], SIZES[s][1]);
        for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
            command(h, "open lumen-labs/Aurora-VL-Nano-Instruct");
            h_keys(h, WAYS[i]);
            char *was = look(h);
            command(h, "open dataset tidewater/tide-gauges");
            h_expect_text(h, "tidewater/tide-gauges");
            h_keys(h, "<Esc>");
            check_back(h, was, WAYS[i]);
            command(h, "open nordlicht/polar-xlm/config.json");
            h_keys(h, "<Esc>");
            h_keys(h, "]");
            h_expect_text(h, "config.json");
            h_keys(h, "[");
        }
        h_stop_with(h, "<C-c>", 0);
    }
}

/* From the list it leads to the list, and what is shown is what is selected. */
static void test_a_command_in_the_list_and_back(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 120);
    h_keys(h, "j j");
    char *list = look(h);
    command(h, "open nordlicht/polar-xlm");
    h_expect_in_row(h, 2, "nordlicht/polar-xlm");
    h_keys(h, "<Esc>");
    check_back(h, list, "the list");
    h_keys(h, "b B <Enter>");
    h_keys(h, "<Esc> k");
    command(h, "open spaces/lumen-labs/aurora-vl-chat/app.py");
    h_keys(h, "<Esc> j");
    h_keys(h, "b");
    check_back(h, look(h), "itself");
    h_expect_no_text(h, "aurora-vl-chat \xE2\x94\x80");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- the list ---- */

/* README: back to exactly where you were, also after a look at the neighbours. */
static void test_neighbours_and_back(void **state)
{
    (void)state;
    static const char *const WAYS[] = {"j j j j j", "<Tab> j j", "<Tab> j j j"};
    for (size_t s = 0; s < 2; s++) {
        struct harness *h = start_demo(SIZES[s][0], SIZES[s][1]);
        for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
            h_keys(h, "<Enter>");
            h_keys(h, WAYS[i]);
            char *was = look(h);
            h_keys(h, "<Esc> j j k k <Enter>");
            check_back(h, was, WAYS[i]);
            h_keys(h, "<Esc> j <Enter>");
            h_keys(h, "<Esc> k <Enter>");
            h_keys(h, "<Tab> <S-Tab>");
            h_keys(h, "<Esc>");
        }
        h_stop_with(h, "<C-c>", 0);
    }
}

static void test_open_folders_and_back(void **state)
{
    (void)state;
    struct harness *h = start_demo(40, 130);
    h_keys(h, "<Enter> <Tab> <Home> <Enter> j");
    char *was = look(h);
    h_keys(h, "<Esc> j");
    h_keys(h, "j <Enter>");
    h_keys(h, "<Esc> k k <Enter>");
    check_back(h, was, "folders");
    command(h, "open tidewater/coral-diffusion");
    h_keys(h, "<Tab> <Home> <Enter> j j j");
    was = look(h);
    command(h, "open nordlicht/polar-xlm");
    h_keys(h, "<Esc>");
    check_back(h, was, "folders after a command");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 19: what is seen is what opens. */
static void test_what_is_seen_opens(void **state)
{
    (void)state;
    static const char *const TABS[] = {"\xE2\x96\xB8" "Files", "\xE2\x96\xB8" "Metadata", "\xE2\x96\xB8" "Commits",
                                       "\xE2\x96\xB8" "Discussions", "\xE2\x96\xB8" "Card"};
    struct harness *h = start_demo(36, 120);
    for (size_t i = 0; i < sizeof TABS / sizeof *TABS; i++) {
        h_keys(h, "<Enter> <Tab>");
        h_expect_text(h, TABS[i]);
        h_keys(h, "<Esc> j");
        h_expect_text(h, TABS[i]);
        h_keys(h, "<Enter>");
        h_expect_text(h, TABS[i]);
        h_keys(h, "<Esc>");
    }
    h_stop_with(h, "<C-c>", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_a_link_to_a_repo_and_back),
        SCREEN_TEST(test_a_link_to_a_file_and_back),
        SCREEN_TEST(test_a_link_to_a_heading_and_back),
        SCREEN_TEST(test_a_footnote_and_back),
        SCREEN_TEST(test_links_in_a_row),
        SCREEN_TEST(test_a_command_in_a_repo_and_back),
        SCREEN_TEST(test_a_command_in_the_list_and_back),
        SCREEN_TEST(test_neighbours_and_back),
        SCREEN_TEST(test_open_folders_and_back),
        SCREEN_TEST(test_what_is_seen_opens),
    };
    return cmocka_run_group_tests_name("places of the hub", tests, NULL, NULL);
}
