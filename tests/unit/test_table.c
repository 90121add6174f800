/* SPDX-License-Identifier: Apache-2.0 */
/* The table: columns at several widths, styles, and that a move draws two rows and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"
#include "tests/unit/canvas_help.h"
#include "tui/widget/table.h"

struct item {
    const char *name, *task, *badge;
    int downloads;
};

static const struct item ITEMS[] = {
    {"org/a-model-with-quite-a-long-name-Instruct", "text-generation", NULL, 1200},
    {"org/b", "image-to-text", "gated", 7},
    {"org/c", "", "★", 31},
    {"org/d", "fill-mask", NULL, 4},
    {"org/e", "fill-mask", NULL, 5},
};
enum { N_ITEMS = sizeof ITEMS / sizeof *ITEMS };

static int put_calls;

static void put_name(const void *ctx, size_t row, struct buf *out)
{
    put_calls++;
    buf_puts(out, ((const struct item *)ctx)[row].name);
}

static void put_downloads(const void *ctx, size_t row, struct buf *out)
{
    buf_printf(out, "%d", ((const struct item *)ctx)[row].downloads);
}

static void put_task(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, ((const struct item *)ctx)[row].task);
}

static enum style task_style(const void *ctx, size_t row)
{
    return ((const struct item *)ctx)[row].task[0] == 'f' ? STYLE_WARN : STYLE_OK;
}

static void draw_bar(const void *ctx, size_t row, const struct canvas *cell, enum style base)
{
    (void)ctx;
    for (size_t i = 0; i <= row + 10; i++) { /* more than there is room for */
        draw_text(cell, 0, (int)i, 1, base == STYLE_TEXT ? STYLE_ACCENT : base, "#");
    }
}

static const char *badge(const void *ctx, size_t row)
{
    return ((const struct item *)ctx)[row].badge;
}

static const struct table_column COLUMNS[] = {
    {.title = "repo", .gap = 2, .is_name = true, .put = put_name},
    {.title = "loads", .cols = 6, .gap = 1, .rank = 1, .is_right = true, .style = STYLE_NUMBER, .put = put_downloads},
    {.title = "task", .cols = 16, .gap = 1, .rank = 2, .is_bare = true, .style_of = task_style, .put = put_task},
};

static struct table table_of(void)
{
    struct table t = {.columns = COLUMNS, .n_columns = 3, .ctx = ITEMS, .badge = badge, .margin = 2,
                      .has_header = true, .has_focus = true};
    list_set(&t.list, N_ITEMS);
    return t;
}

static void check_text(const struct canvas_room *r, int row, const char *want)
{
    char *text = room_text(r, row);
    assert_string_equal(text, want);
    free(text);
}

static void test_columns_leave_by_rank(void **state)
{
    (void)state;
    static const struct {
        int cols;
        const char *header, *first, *second;
    } CASES[] = {
        {76, "  repo                                              loads task",
         "▌ org/a-model-with-quite-a-long-name-Instruct        1200 text-generation",
         "  org/b                                      gated      7 image-to-text"},
        {44, "  repo                               loads",
         "▌ org/a-mode…e-a-long-name-Instruct   1200", "  org/b                       gated      7"},
        {19, "  repo", "▌ org/…e-Instruct", "  org/b     gated"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct canvas_room r;
        assert_true(room_begin(&r, 8, CASES[i].cols));
        struct table t = table_of();
        table_draw(&t, &r.canvas, false);
        check_text(&r, 0, CASES[i].header);
        check_text(&r, 1, CASES[i].first);
        check_text(&r, 2, CASES[i].second);
        check_text(&r, 6, "");
        room_end(&r);
    }
}

static void test_styles(void **state)
{
    (void)state;
    struct canvas_room r;
    assert_true(room_begin(&r, 8, 76));
    struct table t = table_of();
    list_goto(&t.list, 1);
    table_draw(&t, &r.canvas, false);
    assert_int_equal(room_style(&r, 0, 0), STYLE_HEADER);
    assert_int_equal(room_style(&r, 0, 75), STYLE_HEADER);
    assert_int_equal(room_style(&r, 1, 2), STYLE_TEXT);
    assert_int_equal(room_style(&r, 1, 55), STYLE_NUMBER); /* the blanks of the cell too */
    assert_int_equal(room_style(&r, 1, 58), STYLE_OK);
    assert_int_equal(room_style(&r, 1, 73), STYLE_TEXT); /* not those of a bare one */
    assert_int_equal(room_style(&r, 4, 58), STYLE_WARN);
    assert_int_equal(room_style(&r, 3, 49), STYLE_BADGE);
    for (int col = 0; col < 76; col++) {
        assert_int_equal(room_style(&r, 2, col), STYLE_SELECTED);
    }
    t.has_focus = false;
    table_draw(&t, &r.canvas, true);
    assert_int_equal(room_style(&r, 2, 49), STYLE_SELECTED_DIM);
    room_end(&r);
}

static void test_a_share_and_a_cell_that_draws_itself(void **state)
{
    (void)state;
    static const struct table_column SHARED[] = {
        {.is_name = true, .put = put_name},
        {.share = 50, .gap = 1, .tail = 1, .rank = 1, .style = STYLE_DIM, .put = put_task},
        {.cols = 6, .gap = 1, .draw = draw_bar},
    };
    struct table t = {.columns = SHARED, .n_columns = 3, .ctx = ITEMS, .least = 10, .margin = 1};
    struct canvas_room r;
    list_set(&t.list, N_ITEMS);
    assert_true(room_begin(&r, 5, 32)); /* 32 - 7 - 1 - 1 for the mark = 23: a share of 11, 10 for the name */
    table_draw(&t, &r.canvas, false);
    check_text(&r, 1, " org/b      image-to-t…  ######");
    assert_int_equal(room_style(&r, 1, 25), STYLE_ACCENT);
    assert_int_equal(room_style(&r, 0, 25), STYLE_SELECTED_DIM);
    room_end(&r);
    assert_true(room_begin(&r, 5, 30));
    table_draw(&t, &r.canvas, false);
    check_text(&r, 1, " org/b                 ######");
    room_end(&r);
}

static void test_a_move_draws_two_rows(void **state)
{
    (void)state;
    struct canvas_room r;
    struct canvas_room whole;
    struct table t = table_of();
    assert_true(room_begin(&r, 5, 50)); /* four rows of five */
    table_draw(&t, &r.canvas, true);
    put_calls = 0;
    for (int i = 0; i < 3; i++) {
        list_apply(&t.list, MOVE_DOWN);
        table_draw(&t, &r.canvas, true);
    }
    assert_int_equal(put_calls, 6);
    list_apply(&t.list, MOVE_DOWN); /* the window moves */
    table_draw(&t, &r.canvas, true);
    assert_int_equal(put_calls, 10);
    list_apply(&t.list, MOVE_UP);
    table_draw(&t, &r.canvas, true);
    struct table again = table_of();
    again.list = t.list;
    char *texts[5];
    enum style styles[5][50];
    for (int row = 0; row < 5; row++) {
        texts[row] = room_text(&r, row);
        for (int col = 0; col < 50; col++) {
            styles[row][col] = room_style(&r, row, col);
        }
    }
    room_end(&r);
    assert_true(room_begin(&whole, 5, 50));
    table_draw(&again, &whole.canvas, false);
    for (int row = 0; row < 5; row++) {
        check_text(&whole, row, texts[row]);
        free(texts[row]);
        for (int col = 0; col < 50; col++) {
            assert_int_equal(room_style(&whole, row, col), styles[row][col]);
        }
    }
    room_end(&whole);
}

static void test_what_changed_besides_is_drawn_too(void **state)
{
    (void)state;
    struct canvas_room r;
    struct table t = table_of();
    assert_true(room_begin(&r, 8, 50));
    table_draw(&t, &r.canvas, false);
    list_set(&t.list, 2); /* fewer rows, although only a move was announced */
    t.failure = "no connection (r tries again)";
    table_draw(&t, &r.canvas, true);
    check_text(&r, 2, "  org/b                             gated      7");
    check_text(&r, 3, "");
    check_text(&r, 7, " no connection (r tries again)");
    assert_int_equal(room_style(&r, 7, 1), STYLE_WARN);
    list_set(&t.list, 0);
    table_draw(&t, &r.canvas, false);
    check_text(&r, 1, "");
    check_text(&r, 7, "");
    room_end(&r);
}

static void test_clicks_know_the_header(void **state)
{
    (void)state;
    struct canvas_room r;
    struct table t = table_of();
    bool again = true;
    assert_true(room_begin(&r, 8, 50));
    table_draw(&t, &r.canvas, false);
    assert_false(table_mouse(&t, TERM_MOUSE_PRESS, 0, &again));
    assert_true(table_mouse(&t, TERM_MOUSE_PRESS, 3, &again));
    assert_int_equal(t.list.sel, 2);
    assert_false(again);
    assert_true(table_mouse(&t, TERM_MOUSE_PRESS, 3, &again));
    assert_true(again);
    room_end(&r);
}

/* Any size, any selection: nothing is drawn outside and nothing crashes. */
static void test_no_size_is_too_small(void **state)
{
    (void)state;
    struct canvas_room r;
    assert_true(room_begin(&r, 10, 60));
    for (int rows = 0; rows < 6; rows++) {
        for (int cols = 0; cols < 50; cols++) {
            struct table t = table_of();
            struct canvas part = canvas_sub(&r.canvas, (struct rect){2, 5, rows, cols});
            t.failure = "failed";
            werase(r.pad);
            table_draw(&t, &part, false);
            list_apply(&t.list, MOVE_BOTTOM);
            table_draw(&t, &part, true);
            check_text(&r, 1, "");
            check_text(&r, 2 + rows, "");
            for (int row = 0; row < 10; row++) {
                char *text = room_text(&r, row);
                assert_true(strspn(text, " ") >= 5 || !*text);
                assert_true(text_width(text) <= 5 + cols);
                free(text);
            }
        }
    }
    room_end(&r);
}

static void test_a_key_is_cheap(void **state)
{
    (void)state;
    enum { KEYS = 2000 };
    struct canvas_room r;
    struct table t = table_of();
    assert_true(room_begin(&r, 48, 100));
    table_draw(&t, &r.canvas, false);
    const clock_t start = clock();
    for (int i = 0; i < KEYS; i++) {
        list_apply(&t.list, i % 8 < 4 ? MOVE_DOWN : MOVE_UP);
        table_draw(&t, &r.canvas, true);
    }
    const double us = (double)(clock() - start) * 1e6 / CLOCKS_PER_SEC / KEYS;
    print_message("# a move: %.1f us of CPU\n", us);
    assert_true(us < 500); /* sanitizers included; without them it takes some 10 */
    room_end(&r);
}

/* ---- in words ---- */

static void say_task(const void *ctx, size_t row, struct buf *out)
{
    const char *task = ((const struct item *)ctx)[row].task;
    buf_printf(out, *task ? "does %s" : "%s", task);
}

static void check_said(const struct table *t, size_t row, const char *want)
{
    struct buf text = BUF_INIT;
    table_say(t, row, &text);
    assert_string_equal(buf_str(&text), want);
    buf_done(&text);
}

static void test_a_row_in_words(void **state)
{
    (void)state;
    static const struct table_column WORDS[] = {
        {.title = "loads", .cols = 6, .rank = 1, .put = put_downloads, .word = "downloads"},
        {.title = "name", .is_name = true, .share = 1, .put = put_name, .leads = true},
        {.draw = draw_bar, .cols = 3},
        {.put = put_task, .say = say_task},
    };
    struct table t = {.columns = WORDS, .n_columns = 4, .ctx = ITEMS, .badge = badge};
    check_said(&t, 0, ""); /* no such row yet */
    list_set(&t.list, N_ITEMS);
    check_said(&t, 0, "org/a-model-with-quite-a-long-name-Instruct, 1200 downloads, does text-generation");
    check_said(&t, 1, "org/b, gated, 7 downloads, does image-to-text");
    check_said(&t, 2, "org/c, \xE2\x98\x85, 31 downloads");
    check_said(&t, N_ITEMS, "");
    t.columns = WORDS + 2; /* none leads */
    t.n_columns = 2;
    check_said(&t, 3, "does fill-mask");
    struct table u = table_of();
    u.badge = NULL;
    check_said(&u, 4, "org/e, 5, fill-mask");
    u.n_columns = 0;
    check_said(&u, 4, "");
}

static void test_no_titles_over_nothing_in_plain(void **state)
{
    (void)state;
    struct canvas_room r;
    assert_true(room_begin(&r, 8, 76));
    struct table t = table_of();
    list_set(&t.list, 0);
    table_draw(&t, &r.canvas, false);
    check_text(&r, 0, "  repo                                              loads task");
    r.canvas.is_plain = true;
    table_draw(&t, &r.canvas, false);
    check_text(&r, 0, "");
    room_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_leave_by_rank),
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_a_share_and_a_cell_that_draws_itself),
        cmocka_unit_test(test_a_move_draws_two_rows),
        cmocka_unit_test(test_what_changed_besides_is_drawn_too),
        cmocka_unit_test(test_clicks_know_the_header),
        cmocka_unit_test(test_no_size_is_too_small),
        cmocka_unit_test(test_a_row_in_words),
        cmocka_unit_test(test_no_titles_over_nothing_in_plain),
        cmocka_unit_test(test_a_key_is_cheap),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
