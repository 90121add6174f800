/* SPDX-License-Identifier: Apache-2.0 */
/* Menus and prompts of the frame: hub.md 2, 3, 17, 20, 22 to 26. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/screens/homes.h"

#define MARK "\xE2\x96\x8C"

/* The row with this text; the first one. Fails the test when there is none. */
static int row_of(struct harness *h, const char *text)
{
    int row = -1;
    int col = 0;
    if (!h_find(h, text, &row, &col)) {
        h_expect_text(h, text);
    }
    return row;
}

/* ---- menus ---- */

/* hub.md 2: a number that is typed is the number of a line */
static void test_a_number_in_a_menu_is_a_number(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    h_keys(h, "<Enter> L");
    h_text(h, "3");
    h_expect_text(h, MARK "3. ");
    h_expect_no_text(h, "13. ");
    h_keys(h, "<C-u>");
    h_text(h, "12");
    h_expect_text(h, MARK "12. ");
    h_expect_no_text(h, " 1. ");
    h_keys(h, "<BS>"); /* 1: itself first, then what begins with it */
    h_expect_text(h, MARK "1. ");
    assert_int_equal(row_of(h, " 10. "), row_of(h, "1. ") + 1);
    h_expect_no_text(h, " 2. ");
    h_keys(h, "<C-u>");
    h_text(h, "999"); /* no line has it: a text */
    h_expect_text(h, "nothing matches");
    h_keys(h, "<C-u>");
    h_text(h, "calm"); /* words still find */
    h_expect_text(h, MARK "7. ");
    h_stop_with(h, "<C-c> <C-c> <C-c>", 0);
}

/* hub.md 23: themes, orders, keys, links, what to copy, visits and Ctrl-P behave alike */
static void test_all_menus_behave_alike(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *title, *typed, *found, *gone;
    } MENUS[] = {
        {"T", "Theme", "phos", MARK "phosphor", "monochrome"},
        {"o", "Sort by", "week", NULL, NULL},
        {"?", "Keys here", "border", "Move the border", "List the bookmarks"},
        {"y", "Copy:", "clon", MARK "git: clone it", "address of its page"},
        {"<C-p>", "Find", "theme: phos", MARK "Theme: phosphor", "nordlicht/norn-chat"},
    };
    struct harness *h = start_in(NULL, 36, 120, ARGS("--demo"));
    for (size_t i = 0; i < sizeof MENUS / sizeof *MENUS; i++) {
        h_keys(h, MENUS[i].keys);
        h_expect_text(h, MENUS[i].title);
        h_expect_text(h, "> " MARK);
        if (MENUS[i].found) {
            h_text(h, MENUS[i].typed);
            h_expect_text(h, MENUS[i].found);
            h_expect_no_text(h, MENUS[i].gone);
            h_keys(h, "<C-u>");
            h_expect_text(h, MENUS[i].gone);
            h_text(h, "zzqx");
            h_expect_text(h, strcmp(MENUS[i].title, "Find") == 0 ? MARK "search the Hub for 'zzqx'" : "nothing matches");
            h_keys(h, "<Esc>"); /* what was typed, then the menu */
            h_expect_text(h, MENUS[i].gone);
        }
        h_keys(h, "<Esc>");
        h_expect_no_text(h, MENUS[i].title);
    }
    h_stop_with(h, "<C-c>", 0);
}

static void test_what_holds_now_is_said(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo", "--theme", "sixteen"));
    h_keys(h, "T");
    assert_int_equal(row_of(h, " now"), row_of(h, "sixteen"));
    h_keys(h, "<Down> <Down>"); /* the mark moves, the word stays */
    assert_int_equal(row_of(h, " now"), row_of(h, "sixteen"));
    h_keys(h, "<Esc> o l o");
    assert_int_equal(row_of(h, " now"), row_of(h, MARK "likes"));
    h_stop_with(h, "<Esc> <C-c>", 0);
}

static void test_a_word_and_a_letter_are_taken_back(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    h_keys(h, "<C-p>");
    h_text(h, "aurora coder");
    h_keys(h, "<C-w>");
    h_expect_text(h, "> aurora " MARK);
    h_keys(h, "<BS> <BS>");
    h_expect_text(h, "> auror" MARK);
    h_keys(h, "<Esc>");
    h_keys(h, "<Esc>");
    h_stop_with(h, "<C-c>", 0);
}

static void expect_reverse_marks(struct harness *h, const char *where, int wanted)
{
    int found = 0;
    int row = 0;
    int col = 0;
    for (int from = 0; ptyterm_find(h_terminal(h), MARK, from, &row, &col); from = row + 1) {
        found += h_style(h, row, col).is_reverse;
    }
    if (found != wanted) {
        fail_msg("%s: %d marks in reverse", where, found);
    }
}

/* hub.md 20: a terminal without colours, whatever the theme: the selected row is reverse and has a mark */
static void test_the_selection_is_seen_without_colours(void **state)
{
    (void)state;
    static const char *const TERMS[] = {"TERM=vt100", "TERM=vt220"};
    static const char *const THEMES[] = {"default", "solarized-light"};
    static const struct {
        const char *where, *keys;
        int marks;
    } PLACES[] = {
        {"results", "j j j", 1}, /* not beside the rows below */
        {"files", "<Enter> <Tab>", 1},
        {"commits", "<Tab> <Tab>", 1},
        {"discussions", "<Tab>", 1},
        {"menu", "T", 1},
        {"copy", "<Esc> y", 1},
        {"requests", "<Esc> R", 1},
        {"prompt", "<Esc> <Esc> : theme <Space>", 1},
        {"candidates", "<Tab>", 2}, /* and the list above it */
    };
    for (size_t t = 0; t < 2; t++) {
        struct harness *h = h_start(&(struct h_options){.args = ARGS("--demo", "--theme", THEMES[t]),
                                                        .env = ARGS(TERMS[t]),
                                                        .rows = 40,
                                                        .cols = 120});
        h_wait_idle(h);
        for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
            h_keys(h, PLACES[i].keys);
            expect_reverse_marks(h, PLACES[i].where, PLACES[i].marks);
        }
        h_stop_with(h, "<Esc> <C-c>", 0);
    }
}

/* hub.md 24: bookmarks, visited and listed repos first, no moves, and a search as the last row */
static void test_find_offers_repos_and_a_search(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    h_keys(h, "j j j b k k <Enter> <Esc>");
    h_wait_idle(h);
    h_keys(h, "<C-p>");
    assert_true(row_of(h, MARK "lumen-labs/Aurora-VL-Nano-Thinking") < row_of(h, "visited model"));
    assert_true(row_of(h, "visited model") < row_of(h, "nordlicht/norn-chat  model"));
    h_expect_no_text(h, "app.help"); /* further down */
    h_text(h, "line");
    h_expect_no_text(h, "A line down");
    h_expect_no_text(h, "C-n");
    h_keys(h, "<C-u>");
    h_text(h, "whisper");
    assert_true(row_of(h, "nordlicht/fjord-whisper-tiny") < row_of(h, "search the Hub for 'whisper'"));
    h_keys(h, "<C-u>");
    h_text(h, "no such words");
    h_expect_text(h, MARK "search the Hub for 'no such words'");
    h_keys(h, "<C-u>");
    h_text(h, "tide for");
    h_keys(h, "<End> <Enter>");
    h_expect_in_row(h, 1, "tide for");
    h_expect_text(h, "tidewater/tide-forecast");
    h_expect_no_text(h, "norn-chat-GGUF");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 32: below the list the key row says that Esc leads back */
static void test_the_key_row_says_back(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{24, 80}, {36, 120}, {30, 60}};
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        struct harness *h = start_in(NULL, SIZES[i][0], SIZES[i][1], ARGS("--demo"));
        h_expect_no_text(h, "Esc back");
        h_keys(h, "<Enter>");
        for (int tab = 0; tab < 5; tab++) {
            h_expect_in_row(h, SIZES[i][0] - 1, "Esc back");
            h_keys(h, "<Tab>");
        }
        h_keys(h, "<Tab> <Enter>"); /* a file over the tab */
        h_expect_in_row(h, SIZES[i][0] - 1, "Esc back");
        h_stop_with(h, "<C-c>", 0);
    }
}

/* hub.md 33: the tabs of screens that are not built are dim */
static void test_tabs_of_screens_to_come_are_dim(void **state)
{
    (void)state;
    static const char *const THEMES[] = {"default", "light", "high-contrast"};
    for (size_t i = 0; i < sizeof THEMES / sizeof *THEMES; i++) {
        struct harness *h = start_in(NULL, 24, 120, ARGS("--demo", "--theme", THEMES[i]));
        int row = 0;
        int card = 0;
        int gpu = 0;
        int transfers = 0;
        assert_true(h_find(h, "2 Card", &row, &card));
        assert_true(h_find(h, "4 GPU", &row, &gpu));
        assert_true(h_find(h, "6 Transfers", &row, &transfers));
        assert_int_equal(h_style(h, 0, card).fg, h_style(h, 0, gpu).fg);
        assert_int_not_equal(h_style(h, 0, card).fg, h_style(h, 0, transfers).fg);
        h_stop_with(h, "<C-c>", 0);
    }
}

/* hub.md 40: the words of the key row take clicks, in a popup too */
static void test_key_row_words_take_clicks(void **state)
{
    (void)state;
    static const char *const WORDS[][2] = {{"o sort", "Sort by"}, {"copy", "Copy:"}, {"? keys", "Keys here"}};
    struct harness *h = start_in(NULL, 24, 100, ARGS("--demo"));
    int row = 0;
    int col = 0;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        assert_true(h_find(h, WORDS[i][0], &row, &col));
        assert_int_equal(row, 23);
        h_mouse(h, PTYTERM_CLICK, 23, col);
        h_expect_text(h, WORDS[i][1]);
        assert_true(h_find(h, "  Esc close", &row, &col));
        h_mouse(h, PTYTERM_CLICK, 23, col + 7);
        h_expect_no_text(h, WORDS[i][1]);
    }
    h_mouse(h, PTYTERM_CLICK, 23, 98); /* nothing there */
    h_expect_in_row(h, 23, "o sort");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- prompts ---- */

/* Type into the ":" prompt. */
static void type(struct harness *h, const char *text)
{
    h_keys(h, ":");
    h_text(h, text);
}

/* hub.md 3: what begins with the word comes first, then what holds it, then its letters scattered */
static void test_completion_ranks(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    type(h, "hub.s"); /* before all that hold h, u, b, s somewhere */
    h_keys(h, "<Tab>");
    h_expect_in_row(h, 39, ":hub.s");
    h_keys(h, "<Esc>");
    type(h, "set theme da");
    h_keys(h, "<Tab>");
    h_expect_in_row(h, 39, ":set theme dark");
    assert_true(row_of(h, MARK "dark") < row_of(h, " solarized-dark")); /* a word in it begins so */
    h_keys(h, "<Esc>");
    type(h, "theme rized");
    h_keys(h, "<Tab>");
    h_expect_in_row(h, 39, ":theme solarized-dark");
    h_keys(h, "<Esc> f"); /* the filter's words are ranked by the same */
    h_text(h, "task:text-g");
    h_keys(h, "<Tab>");
    h_expect_text(h, MARK "task:text-generation");
    h_keys(h, "<Esc> f");
    h_text(h, "task:text-to-");
    h_keys(h, "<Tab>");
    h_expect_text(h, MARK "task:text-to-image"); /* before image-text-to-text */
    h_stop_with(h, "<Esc> <C-c>", 0);
}

/* hub.md 17: Tab on the only one that begins so takes it, and what can stand behind the colon is there at once */
static void test_tab_does_not_turn_back(void **state)
{
    (void)state;
    static const char *const KEYS[][3] = {{"auth", "author:", "author:"}, {"libr", "library:", "library:t"}};
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        h_keys(h, "f");
        h_text(h, KEYS[i][0]);
        h_keys(h, "<Tab>");
        h_expect_text(h, KEYS[i][1]);
        h_keys(h, "<Tab>"); /* a value now, never what was typed */
        h_expect_text(h, KEYS[i][1]);
        h_keys(h, "<Tab> <Tab> <Tab>");
        h_expect_text(h, KEYS[i][1]);
        h_keys(h, "<Esc>");
    }
    type(h, "theme phosph"); /* one candidate: Tab leaves it as it is */
    h_keys(h, "<Tab> <Tab> <Tab>");
    h_expect_in_row(h, 39, ":theme phosphor");
    h_stop_with(h, "<Esc> <C-c>", 0);
}

/* hub.md 17: Down and Up choose in the list below a prompt, as in a menu */
static void test_down_chooses(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    type(h, "theme solar");
    h_keys(h, "<Down>");
    h_expect_in_row(h, 39, ":theme solarized-dark");
    h_keys(h, "<Down>");
    h_expect_in_row(h, 39, ":theme solarized-light");
    h_keys(h, "<Up> <Up>"); /* back to what was typed */
    h_expect_in_row(h, 39, ":theme solar ");
    h_keys(h, "<Down> <Down> <Enter>");
    h_keys(h, ": <Up>"); /* nothing is chosen: the history */
    h_expect_in_row(h, 39, ":theme solarized-light");
    h_stop_with(h, "<Esc> <C-c>", 0);
}

/* hub.md 22: contexts, keys, actions and settings are completed; a change can be kept */
static void test_all_words_are_completed(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *offered, *not;
    } LINES[] = {
        {"bind hub.", "hub.results", NULL},
        {"bind ", "global", "app.help"},
        {"bind transfers Z tr", "transfers.copy", "hub.sort"},
        {"bind global Z app.pal", "app.palette", "hub.sort"},
        {"unbind global A-", "A-m", NULL},
        {"set ", "plain", NULL},
        {"set mou", "mouse", "ascii"},
        {"set mouse ", "off", NULL},
        {"set theme ", "phosphor", "mouse  "},
    };
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        type(h, LINES[i].typed);
        h_expect_text(h, LINES[i].offered);
        if (LINES[i].not) {
            h_expect_no_text(h, LINES[i].not);
        }
        h_keys(h, "<Esc>");
    }
    type(h, "bind hub.results Z hub.bookmark ");
    h_keys(h, "<Enter>");
    h_expect_text(h, ":save puts it into the config file");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 25: ":" shows its commands at once */
static void test_commands_are_shown_at_once(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    h_keys(h, ":");
    h_expect_text(h, "theme [NAME]");
    h_expect_text(h, "bind CONTEXT KEY ACTION");
    h_keys(h, "<Esc> 6 :"); /* in every screen */
    h_expect_text(h, "theme [NAME]");
    h_stop_with(h, "<Esc> <C-c>", 0);
}

/* hub.md 26: what does not fit one row has two, and what does not fit those says how to see all of it */
static void test_a_long_error_can_be_read(void **state)
{
    (void)state;
    static const char *const WRONG[][2] = {
        {"set autosave-every-minute on", "plain, readonly"},
        {"bind global Shift-Strg-X app.help", "S-Tab"},
    };
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        type(h, WRONG[i][0]);
        h_keys(h, "<Enter>");
        h_expect_text(h, WRONG[i][1]);
        h_keys(h, "j k"); /* the row below it is back */
        h_expect_no_text(h, WRONG[i][1]);
        h_expect_in_row(h, 22, "q-pier-walk");
    }
    type(h, "bind hub.nowhere Z hub.sort");
    h_keys(h, "<Enter>");
    h_expect_in_row(h, 22, "no context is called \"hub.nowhere\"");
    h_expect_in_row(h, 23, "! for all of it");
    h_keys(h, "!");
    h_expect_text(h, "transfers");
    h_keys(h, "<Esc>");
    type(h, "set sound on"); /* what fits does not */
    h_keys(h, "<Enter>");
    h_expect_in_row(h, 23, "there is no setting");
    h_expect_no_text(h, "for all of it");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 8 and 32: the row of keys is the prompt's while a prompt has the keys */
static void test_keys_of_a_prompt(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 100, ARGS("--demo"));
    static const char *const PROMPTS[] = {"/", "f", ":"};
    for (size_t i = 0; i < sizeof PROMPTS / sizeof *PROMPTS; i++) {
        h_keys(h, PROMPTS[i]);
        h_expect_in_row(h, 23, "Enter ");
        h_expect_in_row(h, 23, "Esc undo");
        h_expect_no_text(h, "o sort");
        h_expect_no_text(h, "y copy");
        h_keys(h, "<Esc>");
        h_expect_in_row(h, 23, "o sort");
    }
    h_keys(h, "<Enter> /"); /* the search in a card */
    h_expect_in_row(h, 23, " /");
    h_expect_in_row(h, 23, "Enter find");
    h_stop_with(h, "<Esc> <C-c>", 0);
}

/* hub.md 31: a search in a card says which of how many */
static void test_a_search_in_a_card_is_counted(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    h_keys(h, "<Enter> /");
    h_text(h, "model");
    h_keys(h, "<Enter>");
    h_expect_text(h, "match 1 of ");
    h_expect_in_row(h, 39, "n next");
    h_keys(h, "n n");
    h_expect_text(h, "match 3 of ");
    h_keys(h, "N");
    h_expect_text(h, "match 2 of ");
    h_resize(h, 30, 90); /* lines are broken anew: counted anew */
    h_keys(h, "n");
    h_expect_text(h, " of ");
    h_keys(h, "/");
    h_text(h, "harbor");
    h_keys(h, "<Enter>");
    h_expect_text(h, ": harbor");
    h_keys(h, "/ <Enter>"); /* nothing ends it */
    h_expect_no_text(h, ": harbor");
    h_stop_with(h, "<C-c>", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_a_number_in_a_menu_is_a_number),
        SCREEN_TEST(test_all_menus_behave_alike),
        SCREEN_TEST(test_what_holds_now_is_said),
        SCREEN_TEST(test_a_word_and_a_letter_are_taken_back),
        SCREEN_TEST(test_find_offers_repos_and_a_search),
        SCREEN_TEST(test_the_key_row_says_back),
        SCREEN_TEST(test_tabs_of_screens_to_come_are_dim),
        SCREEN_TEST(test_key_row_words_take_clicks),
        SCREEN_TEST(test_the_selection_is_seen_without_colours),
        SCREEN_TEST(test_completion_ranks),
        SCREEN_TEST(test_tab_does_not_turn_back),
        SCREEN_TEST(test_down_chooses),
        SCREEN_TEST(test_all_words_are_completed),
        SCREEN_TEST(test_commands_are_shown_at_once),
        SCREEN_TEST(test_a_long_error_can_be_read),
        SCREEN_TEST(test_keys_of_a_prompt),
        SCREEN_TEST(test_a_search_in_a_card_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
