/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of the Hub screen: asked once more, narrowed, sorted, with little room. */
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

static struct localhub *serve(void)
{
    struct err e = ERR_INIT;
    const struct localhub_options options = {.dir = "tests/fixtures/demo"};
    struct localhub *hub = localhub_start(&options, &e);
    if (!hub) {
        fail_msg("%s", e.msg);
    }
    return hub;
}

static void command(struct harness *h, const char *line)
{
    h_keys(h, ":");
    h_text(h, line);
    h_keys(h, "<Enter>");
}

/* ---- the server goes away ---- */

static void test_reload_without_a_server_keeps_the_rows(void **state)
{
    (void)state;
    struct localhub *hub = serve();
    struct harness *h = start_in(NULL, 24, 80, ARGS("--endpoint", localhub_url(hub)));
    h_keys(h, "j j");
    char row[512];
    strncpy(row, h_row(h, 5), sizeof row - 1);
    row[sizeof row - 1] = '\0';
    assert_non_null(strstr(row, "▌"));
    localhub_stop(hub);
    h_keys(h, "r");
    h_wait_text(h, "Connection refused");
    h_expect_text(h, "Connection refused");
    h_expect_row(h, 5, row); /* the selection too */
    h_expect_in_row(h, 1, "seen just now, cannot reach 127.0.0.1:");
    h_keys(h, "k");
    h_expect_in_row(h, 4, "▌");
    command(h, "filter license:mit"); /* another question: old rows would be wrong */
    h_wait_text(h, "r tries again");
    h_expect_no_text(h, "▌");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 6: whatever fails, what was seen stays, and says since when. */
static void test_rows_stay_when_the_hub_fails(void **state)
{
    (void)state;
    static const struct {
        enum localhub_fault_kind kind;
        const char *said;
    } FAULTS[] = {
        {LOCALHUB_BAD_JSON, "seen just now, 127.0.0.1:"},
        {LOCALHUB_HTML, "seen just now, 127.0.0.1:"},
        {LOCALHUB_WRONG_TYPES, "seen just now, 127.0.0.1:"},
    };
    char *home = new_home();
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
        struct localhub_fault fault = {.kind = FAULTS[i].kind, .value = 20, .match = "/api/datasets", .count = -1};
        struct err e = ERR_INIT;
        struct localhub *hub = localhub_start(&(struct localhub_options){.dir = "tests/fixtures/demo"}, &e);
        assert_non_null(hub);
        unsigned port = 0;
        assert_int_equal(sscanf(localhub_url(hub), "http://127.0.0.1:%u", &port), 1);
        struct harness *h = start_in(NULL, 24, 98, ARGS("--endpoint", localhub_url(hub)));
        command(h, "datasets");
        char row[512];
        snprintf(row, sizeof row, "%s", h_row(h, 5));
        localhub_stop(hub);
        hub = localhub_start(&(struct localhub_options){.dir = "tests/fixtures/demo", .port = (uint16_t)port,
                                                         .faults = &fault, .n_faults = 1}, &e);
        assert_non_null(hub);
        h_keys(h, "r");
        h_wait_text(h, FAULTS[i].said);
        h_expect_row(h, 5, row);
        localhub_stop(hub);
        hub = localhub_start(&(struct localhub_options){.dir = "tests/fixtures/demo", .port = (uint16_t)port}, &e);
        assert_non_null(hub);
        h_keys(h, "r");
        h_expect_no_text(h, "seen just now");
        h_expect_in_row(h, 1, "15 of 15");
        h_expect_row(h, 5, row);
        h_stop_with(h, "<C-c>", 0);
        localhub_stop(hub);
    }
    remove_home(home);
}

static bool is_marked(struct harness *h, int row)
{
    return h_style(h, row, 90).bg != COLOUR_DEFAULT;
}

static void test_reload_of_files_keeps_the_place(void **state)
{
    (void)state;
    struct localhub *hub = serve();
    struct harness *h = start_in(NULL, 24, 98, ARGS("--endpoint", localhub_url(hub)));
    command(h, "open bob/norn-chat-GGUF");
    h_keys(h, "<Tab>");
    h_keys(h, "j j");
    h_expect_in_row(h, 7, "README.md");
    assert_true(is_marked(h, 7) && !is_marked(h, 6));
    h_keys(h, "r");
    h_expect_in_row(h, 7, "README.md");
    assert_true(is_marked(h, 7));
    localhub_stop(hub);
    h_keys(h, "r");
    h_wait_text(h, "Connection refused");
    h_expect_in_row(h, 7, "README.md");
    assert_true(is_marked(h, 7));
    h_stop_with(h, "<C-c>", 0);
}

static void test_reload_of_a_card_without_a_server_says_so(void **state)
{
    (void)state;
    struct localhub *hub = serve();
    struct harness *h = start_in(NULL, 36, 120, ARGS("--endpoint", localhub_url(hub)));
    h_keys(h, "<Enter>");
    h_expect_text(h, "Aurora VL Nano Instruct");
    localhub_stop(hub);
    h_keys(h, "r");
    h_wait_text(h, ": cannot connect to 1");
    h_expect_text(h, "Aurora VL Nano Instruct"); /* what was read stays */
    h_stop_with(h, "<C-c>", 0);
}

/* ---- what cannot be ---- */

static void test_a_filter_that_matches_nothing_is_refused(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 98, ARGS("--demo"));
    static const char *const WRONG[] = {"blah:zzz", "params=zzz", "task:no-such-task"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        h_keys(h, "f");
        h_text(h, WRONG[i]);
        h_keys(h, "<Enter>");
        h_expect_text(h, i < 2 ? "no filter \"" : "no task \"no-such-task\"");
        h_expect_in_row(h, 1, "50 of 51");
        h_expect_in_row(h, 3, "▌");
    }
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 7 */
static void test_a_filter_that_no_list_knows_says_what_was_meant(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *said;
    } WRONG[] = {
        {"licnse:mit", "did you mean license:mit?"},
        {"license:apach", "did you mean license:apache-2.0?"},
        {"library:transfomers", "did you mean library:transformers?"},
        {"auth", "did you mean author:?"},
    };
    struct harness *h = start_in(NULL, 24, 110, ARGS("--demo"));
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        h_keys(h, "f");
        h_text(h, WRONG[i].typed);
        h_keys(h, "<Enter>");
        h_expect_in_row(h, 23, WRONG[i].said);
        h_expect_in_row(h, 1, "of 51");
    }
    h_keys(h, "f");
    h_text(h, "licence:gemma");
    h_keys(h, "<Enter>");
    h_expect_no_text(h, "did you mean");
    h_expect_in_row(h, 1, "licence:gemma");
    /* On the command line nothing is known of values yet: the empty list says it. */
    h_stop_with(h, "<C-c>", 0);
    h = start_in(NULL, 24, 110, ARGS("--demo"));
    command(h, "filter library:tranformers");
    h_expect_text(h, "did you mean library:transformers?");
    h_expect_text(h, "x clears the search and the filter");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 14: any one of several licences, and every open one. */
static void test_any_of_several_licences(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 60, 110, ARGS("--demo"));
    command(h, "filter license:gemma,cc0-1.0");
    h_expect_in_row(h, 1, "   2");
    command(h, "filter license:llama3 license:creativeml-openrail-m");
    h_expect_in_row(h, 1, "   4");
    command(h, "filter licence:open");
    h_expect_in_row(h, 1, "   35");
    command(h, "filter license:open,gemma author:bob");
    h_expect_text(h, "bob/pocket-gem");
    h_expect_no_text(h, "lumen-labs/");
    command(h, "datasets");
    command(h, "filter license:open");
    h_expect_in_row(h, 1, "Datasets");
    h_expect_in_row(h, 1, "   12");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 14: what is rare is looked for page by page, and where that ends is said. */
static void test_a_rare_licence_is_looked_for(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    char *home = new_home();
    for (int i = 0; i < 3300; i++) {
        char leaf[64];
        snprintf(leaf, sizeof leaf, "hub/models/o/m%04d/README.md", i);
        write_in(home, leaf, i == 450 || i == 1950 ? "---\nlicense: zlib\n---\n" : "---\nlicense: gemma\n---\n");
    }
    char *dir = paths_join(home, "hub");
    const struct localhub_options options = {.dir = dir};
    struct localhub *hub = localhub_start(&options, &e);
    assert_non_null(hub);
    struct harness *h = start_in(NULL, 24, 98, ARGS("--endpoint", localhub_url(hub)));
    command(h, "filter license:zlib,isc");
    h_expect_text(h, "o/m0450");
    h_wait_text(h, "o/m1950");
    command(h, "filter license:isc,ncsa");
    h_expect_text(h, "None of the first 2000 models match.");
    h_keys(h, "r");
    h_expect_text(h, "No models match.");
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(hub);
    remove_home(home);
    free(dir);
}

/* hub.md 15: what one keeps of a Hub is not another's. */
static void test_places_are_those_of_an_endpoint(void **state)
{
    (void)state;
    struct localhub *one = serve();
    struct localhub *other = serve();
    char *home = new_home();
    struct harness *h = start_in(home, 24, 98, ARGS("--endpoint", localhub_url(one)));
    h_keys(h, "j b");
    command(h, "open nordlicht/polar-xlm");
    h_keys(h, "b <Esc>");
    h_keys(h, "B");
    h_expect_text(h, "Bookmarks");
    h_keys(h, "<Esc>");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 98, ARGS("--endpoint", localhub_url(other)));
    h_expect_no_text(h, "★");
    h_keys(h, "B");
    h_expect_text(h, "No bookmarks yet");
    h_keys(h, "<Esc> <C-p>");
    h_text(h, "polar-xlm");
    h_expect_no_text(h, "visited model");
    h_keys(h, "<Esc> <Esc>");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 98, ARGS("--demo"));
    h_expect_no_text(h, "★");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 98, ARGS("--endpoint", localhub_url(one)));
    h_keys(h, "B");
    h_expect_text(h, "nordlicht/polar-xlm");
    h_keys(h, "<Esc>");
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(one);
    localhub_stop(other);
    remove_home(home);
}

/* hub.md 18 */
static void test_each_kind_keeps_its_own_filter_and_order(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 110, ARGS("--demo"));
    command(h, "filter task:text-generation size:<40k license:apache-2.0");
    command(h, "sort likes");
    h_keys(h, "j j t");
    h_expect_in_row(h, 1, "Datasets ▾ by trending");
    h_expect_no_text(h, "apache-2.0 size");
    command(h, "filter language:en gated:no");
    command(h, "sort created");
    h_keys(h, "t");
    h_expect_in_row(h, 1, "Spaces ▾ by trending");
    command(h, "filter author:lumen-labs");
    command(h, "sort modified");
    h_keys(h, "t");
    h_expect_in_row(h, 1, "Models ▾ by likes");
    h_expect_in_row(h, 1, "task:text-generation size:<40k license:apache-2.0");
    h_expect_in_row(h, 6, "▌");
    h_keys(h, "t");
    h_expect_in_row(h, 1, "Datasets ▾ by created  language:en gated:no");
    h_keys(h, "t");
    h_expect_in_row(h, 1, "Spaces ▾ by modified  author:lumen-labs");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 27 */
static void test_the_next_start_goes_on_there(void **state)
{
    (void)state;
    char *home = new_home();
    struct harness *h = start_in(home, 24, 110, ARGS("--demo"));
    command(h, "models aurora");
    command(h, "filter license:apache-2.0 gated:no");
    command(h, "sort likes");
    h_keys(h, "j j j");
    char row[512];
    snprintf(row, sizeof row, "%s", h_row(h, 7));
    assert_non_null(strstr(row, "▌"));
    h_stop_with(h, "q", 0);
    h = start_in(home, 24, 110, ARGS("--demo"));
    h_expect_in_row(h, 1, "Models ▾ by likes  \"aurora\"  license:apache-2.0 gated:no");
    h_expect_row(h, 7, row);
    command(h, "datasets tide");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 110, ARGS("--demo"));
    h_expect_in_row(h, 1, "Datasets ▾ by trending  \"tide\"");
    h_stop_with(h, "<C-c>", 0);
    /* The 51st row, on the second page. */
    h = start_in(home, 24, 110, ARGS("--demo"));
    command(h, "models");
    h_keys(h, "x");
    h_keys(h, "G");
    h_keys(h, "G");
    h_expect_in_row(h, 1, "51 of 51");
    h_expect_in_row(h, 21, "▌ lumen-lab");
    h_stop_with(h, "q", 0);
    h = start_in(home, 24, 110, ARGS("--demo"));
    h_expect_in_row(h, 1, "51 of 51");
    h_expect_text(h, "▌ lumen-lab");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

/* How many rows of the list of requests name this. */
static size_t requests(struct harness *h, const char *path)
{
    size_t n = 0;
    h_keys(h, "R");
    for (int row = 1; row < 59; row++) {
        n += strstr(h_row(h, row), path) != NULL;
    }
    h_keys(h, "<Esc>");
    return n;
}

/* hub.md 17: the rows that are here answer every key; the Hub is asked when the keys rest, once. */
static void test_the_filter_narrows_while_it_is_typed(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 60, 160, ARGS("--demo"));
    const size_t before = requests(h, "/api/models?");
    h_keys(h, "f");
    h_text(h, "author:nordl");
    h_expect_in_row(h, 1, "of the 51 here"); /* an author that is half typed is nobody's */
    h_expect_text(h, "nordlicht/polar-xlm");
    h_expect_no_text(h, "lumen-labs/Aurora-Coder-Nano");
    h_text(h, "icht license:gemma,m");
    h_expect_no_text(h, "nordlicht/polar-bert-base"); /* cc-by-4.0 */
    h_expect_text(h, "nordlicht/polar-xlm");
    h_keys(h, "<Enter>"); /* "m" is no licence */
    h_expect_in_row(h, 59, "did you mean license:mit?");
    h_expect_in_row(h, 1, "51 of 51");
    assert_int_equal(requests(h, "/api/models?"), before + 1); /* author:nordlicht; the way back is known */
    h_keys(h, "f");
    h_press(h, "task:text-generation <Space> size: <lt> 15k <Space> license:open"); /* one burst */
    h_wait_idle(h);
    h_keys(h, "<Enter>");
    h_expect_in_row(h, 1, "task:text-generation size:<15k license:open");
    h_expect_text(h, "alice/aurora-text-pirate-lora");
    assert_int_equal(requests(h, "/api/models?"), before + 2);
    h_keys(h, "f <C-u>");
    h_text(h, "language:de");
    h_keys(h, "<Esc>");
    h_expect_in_row(h, 1, "task:text-generation size:<15k license:open");
    h_expect_text(h, "alice/aurora-text-pirate-lora");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 17, 6: it narrows without a Hub, too. */
static void test_narrowing_needs_no_hub(void **state)
{
    (void)state;
    struct localhub *hub = serve();
    struct harness *h = start_in(NULL, 24, 98, ARGS("--endpoint", localhub_url(hub)));
    localhub_stop(hub);
    h_keys(h, "f");
    h_text(h, "author:bob");
    h_expect_in_row(h, 1, "of the 48 here");
    h_expect_text(h, "bob/first-try");
    h_keys(h, "<Esc> /");
    h_press(h, "whis");
    h_wait_text(h, "1 of the 48 here");
    h_expect_text(h, "nordlicht/fjord-whisper-tiny");
    h_press(h, "<Enter> <C-p>"); /* offers repos all the same */
    h_wait_idle(h);
    h_expect_text(h, "Find");
    h_keys(h, "<Esc>");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 14, 17: the values stand there behind the colon, with how many rows have them. */
static void test_values_are_listed_with_their_counts(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 60, 160, ARGS("--demo"));
    h_keys(h, "f");
    h_text(h, "author:bob licence:");
    h_expect_in_row(h, 2, "licence:open");
    h_expect_text(h, "licence:llama3");
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "licence:gemma", &row, &col));
    h_expect_in_row(h, row, "1"); /* of bob's */
    h_text(h, "gem");
    h_expect_in_row(h, 2, "licence:gemma");
    h_keys(h, "<Tab> <Enter>");
    h_expect_in_row(h, 1, "author:bob licence:gemma");
    h_expect_text(h, "bob/pocket-gem");
    h_stop_with(h, "<C-c>", 0);
}

static void test_every_order(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 98, ARGS("--demo"));
    static const struct {
        const char *key, *name;
    } ORDERS[] = {{"3", "by likes30d"}, {"p", "by params"}, {"s", "by size"}, {"l", "by likes"}};
    for (size_t i = 0; i < sizeof ORDERS / sizeof *ORDERS; i++) {
        h_keys(h, "o");
        h_keys(h, ORDERS[i].key);
        h_expect_in_row(h, 1, ORDERS[i].name);
        h_expect_in_row(h, 1, "of 51");
    }
    command(h, "sort params");
    h_expect_in_row(h, 3, "32k");
    command(h, "datasets");
    h_keys(h, "o p");
    h_expect_text(h, "only models have parameters");
    h_keys(h, "<Esc>");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 8 */
static void test_an_empty_list_shows_no_repo(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 30, 120, ARGS("--demo"));
    h_expect_in_row(h, 4, "Metadata");
    h_keys(h, "/");
    h_text(h, "qqxx");
    h_wait_text(h, "No models match.");
    h_wait_idle(h);
    h_expect_no_text(h, "x clears"); /* x is a letter here */
    h_expect_no_text(h, "Aurora");
    h_expect_no_text(h, "Metadata");
    h_keys(h, "<Enter>");
    h_expect_text(h, "x clears the search and the filter");
    h_keys(h, "<Tab>"); /* nothing there to go to */
    h_expect_text(h, "No models match.");
    h_keys(h, "x");
    h_expect_text(h, "Metadata");
    h_expect_in_row(h, 2, "lumen-labs/Aurora-VL-Nano-Instruct");
    command(h, "filter author:nobody-at-all");
    h_expect_text(h, "No models match.");
    h_expect_no_text(h, "Metadata");
    command(h, "datasets no-such-thing");
    h_expect_text(h, "No datasets match.");
    h_expect_no_text(h, "Metadata");
    h_stop_with(h, "<C-c>", 0);
}

static void test_spaces_have_no_downloads_to_sort_by(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 98, ARGS("--demo"));
    command(h, "spaces");
    h_keys(h, "o d");
    h_expect_text(h, "Spaces have no downloads");
    h_keys(h, "<Esc>");
    command(h, "sort downloads");
    h_expect_text(h, "Spaces have no downloads");
    h_expect_in_row(h, 1, "by trending");
    h_expect_in_row(h, 3, "▌");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- little room ---- */

/* What stands in a row of the list, without the mark of the selection, the scroll mark and the repo at its right. */
static void list_part(struct harness *h, int row, char out[512])
{
    const char *line = h_row(h, row);
    const bool is_boxed = strncmp(line, "│", strlen("│")) == 0;
    line += is_boxed ? strlen("│") : 0;
    const char *end = is_boxed ? strstr(line, "│") : line + strlen(line);
    line += strncmp(line, "▌", strlen("▌")) == 0 ? strlen("▌") : 1;
    const char *bar = strstr(line, "▐");
    end = bar && bar < end ? bar : end;
    while (end > line && end[-1] == ' ') {
        end--;
    }
    snprintf(out, 512, "%.*s", end > line ? (int)(end - line) : 0, line);
}

/* Go down the list; every row that was not seen before counts, none may have its name cut. */
static size_t different_rows(struct harness *h, int first, int last)
{
    static char seen[128][512];
    size_t n = 0;
    for (int page = 0; page < 12; page++) {
        for (int row = first; row <= last; row++) {
            char text[512];
            list_part(h, row, text);
            size_t i = 0;
            while (i < n && strcmp(seen[i], text) != 0) {
                i++;
            }
            if (!*text || i < n) {
                continue;
            }
            assert_true(n < 128);
            snprintf(seen[n++], sizeof seen[0], "%s", text);
            const char *cut = strstr(text, "…");
            if (cut && cut < strpbrk(text + 1, " ")) {
                fail_msg("a name is cut: %s", text);
            }
        }
        h_keys(h, "<PgDn>");
    }
    return n;
}

/* hub.md 9: rows of the demo look different, their names are whole. */
static void test_no_two_rows_look_alike(void **state)
{
    (void)state;
    static const struct {
        int rows, cols;
    } SIZES[] = {{24, 80}, {30, 100}, {36, 120}, {60, 220}};
    static const char *const KINDS[] = {"models", "datasets", "spaces"};
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        struct harness *h = start_in(NULL, SIZES[i].rows, SIZES[i].cols, ARGS("--demo"));
        const bool is_wide = SIZES[i].cols >= 100;
        for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++) {
            command(h, KINDS[k]);
            const char *of = strstr(h_row(h, 1), " of ");
            const size_t total = of ? strtoul(of + strlen(" of "), NULL, 10) : 0;
            assert_true(total > 5);
            assert_int_equal(different_rows(h, is_wide ? 4 : 3, SIZES[i].rows - (is_wide ? 3 : 2)), total);
        }
        h_stop_with(h, "<C-c>", 0);
    }
}

/* hub.md 9: longer and shorter names than the demo has; the owner goes before the name, columns before both. */
static void test_names_come_before_columns(void **state)
{
    (void)state;
    static const char *const NAMES[] = {
        "a-laboratory-of-many-words/DeepThought-R1-Distill-Llama-70B-bnb-4bit-part-a",
        "a-laboratory-of-many-words/DeepThought-R1-Distill-Llama-70B-bnb-4bit-part-b",
        "unsleepy/DeepThought-R1-Distill-Qwen-32B-unsleepy-bnb",
        "unsleepy/DeepThought-R2-Distill-Qwen-32B-unsleepy-bnb", "x/y",
    };
    struct err e = ERR_INIT;
    char *home = new_home();
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char leaf[256];
        snprintf(leaf, sizeof leaf, "hub/models/%s/README.md", NAMES[i]);
        write_in(home, leaf, "---\nlicense: mit\npipeline_tag: text-generation\n---\n");
    }
    char *dir = paths_join(home, "hub");
    struct localhub *hub = localhub_start(&(struct localhub_options){.dir = dir}, &e);
    assert_non_null(hub);
    struct harness *h = start_in(NULL, 24, 80, ARGS("--endpoint", localhub_url(hub)));
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        h_expect_text(h, NAMES[i]);
    }
    h_resize(h, 30, 120); /* 60 columns for names */
    h_wait_idle(h);
    h_expect_text(h, NAMES[2]);
    h_expect_text(h, NAMES[3]);
    h_expect_text(h, "…/DeepThought-R1-Distill-Llama-70B-bnb-4bit-part-a ");
    h_expect_text(h, "…/DeepThought-R1-Distill-Llama-70B-bnb-4bit-part-b ");
    h_resize(h, 60, 220);
    h_wait_idle(h);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        h_expect_text(h, NAMES[i]);
    }
    h_expect_in_row(h, 3, "updated");
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(hub);
    remove_home(home);
    free(dir);
}

/* Issue part 6: boxes share a border; with much room the list tells licence, library, disk size and date, whole. */
static void test_room_is_used(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 60, 220, ARGS("--demo"));
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "┬─ lumen-labs/Aurora-VL-Nano-Instruct ", &row, &col));
    assert_int_equal(row, 2);
    h_expect_in_row(h, 3, "params updated task");
    h_expect_in_row(h, 3, "disk");
    h_expect_in_row(h, 3, "license");
    h_expect_in_row(h, 3, "library");
    h_expect_in_row(h, 9, "tidewater/coral-diffusion");
    h_expect_in_row(h, 9, " 105 kB");
    h_expect_in_row(h, 9, " 10d ");
    h_expect_in_row(h, 9, " creativeml-openrail-m diffusers ");
    h_expect_text(h, " sentence-transformers ");
    h_expect_text(h, " zero-shot-image-classification ");
    assert_int_equal(h_style(h, 2, col).fg, h_style(h, 5, 0).fg); /* lit with the list */
    h_keys(h, "<Tab>");
    assert_int_equal(h_style(h, 2, col).fg, h_style(h, 5, 219).fg); /* and with the repo */
    assert_int_not_equal(h_style(h, 2, col).fg, h_style(h, 5, 0).fg);
    h_expect_in_row(h, 58, "┴");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 29: the stage of a Space stands first. */
static void test_the_stage_comes_first(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 36, 120, ARGS("--demo"));
    command(h, "spaces");
    int row = 0;
    int stage = 0;
    int likes = 0;
    assert_true(h_find(h, " stage ", &row, &stage) && h_find(h, "♥", &row, &likes));
    assert_true(stage < likes);
    h_expect_text(h, "lumen-labs/harbor-leaderboard  RUNNING_BUILDING");
    h_expect_text(h, "BUILD_ERROR");
    h_resize(h, 24, 80);
    h_wait_idle(h);
    h_expect_in_row(h, 2, "stage");
    h_expect_text(h, "CONFIG_ERROR");
    h_stop_with(h, "<C-c>", 0);
}

static void test_parts_of_a_file_are_told_apart(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    command(h, "open lumen-labs/Aurora-MoE-Nano");
    h_keys(h, "<Tab>");
    h_expect_text(h, "-00001-of-");
    h_expect_text(h, ".safetensors");
    h_resize(h, 24, 60);
    h_wait_idle(h);
    h_expect_text(h, "-00001");
    h_expect_text(h, "-00002");
    h_resize(h, 24, 100); /* in half of the window */
    h_wait_idle(h);
    h_expect_text(h, "-00001");
    h_expect_text(h, "-00002");
    h_stop_with(h, "<C-c>", 0);
}

static void test_the_stage_of_a_space_stays_longest(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 30, 160, ARGS("--demo"));
    command(h, "spaces");
    h_expect_text(h, "RUNNING_BUILDING");
    h_expect_in_row(h, 3, "♥");
    for (int i = 0; i < 30 && strstr(h_row(h, 3), "♥"); i++) {
        h_keys(h, "<lt>");
    }
    assert_null(strstr(h_row(h, 3), "♥"));
    h_expect_in_row(h, 3, "stage");
    h_expect_text(h, "RUNNING_BUILDING");
    h_stop_with(h, "<C-c>", 0);
}

static void test_wrapped_tags_stand_under_each_other(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 40, 60, ARGS("--demo"));
    h_keys(h, "<Enter>");
    h_keys(h, "<Tab> <Tab>");
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "transformers  safetensors", &row, &col));
    for (int i = 0; i < 4; i++) {
        const char *line = h_row(h, row + i);
        assert_true(line[0] != '\0' && (int)strspn(i ? line : "", " ") == (i ? col : 0));
    }
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 40: what looks clickable is. */
static void test_heads_and_the_query_row_take_clicks(void **state)
{
    (void)state;
    static const char *const HEADS[][2] = {{"\xE2\x86\x93" "30d", "by downloads"}, {"params", "by params"}, {"\xE2\x99\xA5", "by likes"}};
    struct harness *h = start_in(NULL, 36, 120, ARGS("--demo"));
    int row = 0;
    int col = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_true(h_find(h, HEADS[i][0], &row, &col));
        h_mouse(h, PTYTERM_CLICK, row, col);
        h_expect_in_row(h, 1, HEADS[i][1]);
        h_expect_no_text(h, ", ascending");
    }
    h_mouse(h, PTYTERM_CLICK, row, col);
    h_expect_in_row(h, 1, "by likes, ascending");
    h_mouse(h, PTYTERM_CLICK, 1, 12); /* the order */
    h_expect_text(h, "Sort by");
    h_keys(h, "<Esc>");
    h_mouse(h, PTYTERM_CLICK, 1, 3); /* the kind */
    h_expect_in_row(h, 1, "Datasets");
    h_stop_with(h, "<C-c>", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_reload_without_a_server_keeps_the_rows),
        SCREEN_TEST(test_reload_of_files_keeps_the_place),
        SCREEN_TEST(test_a_filter_that_matches_nothing_is_refused),
        SCREEN_TEST(test_a_filter_that_no_list_knows_says_what_was_meant),
        SCREEN_TEST(test_any_of_several_licences),
        SCREEN_TEST(test_a_rare_licence_is_looked_for),
        SCREEN_TEST(test_rows_stay_when_the_hub_fails),
        SCREEN_TEST(test_places_are_those_of_an_endpoint),
        SCREEN_TEST(test_each_kind_keeps_its_own_filter_and_order),
        SCREEN_TEST(test_the_next_start_goes_on_there),
        SCREEN_TEST(test_reload_of_a_card_without_a_server_says_so),
        SCREEN_TEST(test_the_filter_narrows_while_it_is_typed),
        SCREEN_TEST(test_narrowing_needs_no_hub),
        SCREEN_TEST(test_values_are_listed_with_their_counts),
        SCREEN_TEST(test_every_order),
        SCREEN_TEST(test_an_empty_list_shows_no_repo),
        SCREEN_TEST(test_spaces_have_no_downloads_to_sort_by),
        SCREEN_TEST(test_no_two_rows_look_alike),
        SCREEN_TEST(test_names_come_before_columns),
        SCREEN_TEST(test_room_is_used),
        SCREEN_TEST(test_the_stage_comes_first),
        SCREEN_TEST(test_parts_of_a_file_are_told_apart),
        SCREEN_TEST(test_the_stage_of_a_space_stays_longest),
        SCREEN_TEST(test_wrapped_tags_stand_under_each_other),
        SCREEN_TEST(test_heads_and_the_query_row_take_clicks),
    };
    return cmocka_run_group_tests_name("lists of the hub", tests, NULL, NULL);
}
