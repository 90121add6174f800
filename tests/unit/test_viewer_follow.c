/* SPDX-License-Identifier: Apache-2.0 */
/* The viewer over bytes without end: following the last row, and dropping the oldest ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "tui/widget/viewer.h"

enum { LIMIT = 64 * 1024 };

/* Lines that say their own number: "line 7 ends". */
static void append_lines(struct viewer *v, int from, int to)
{
    struct buf text = BUF_INIT;
    for (int i = from; i <= to; i++) {
        buf_printf(&text, "line %d ends\n", i);
    }
    assert_true(viewer_append(v, text.p, text.n, NULL));
    buf_done(&text);
}

static uint64_t line_at(struct viewer *v)
{
    return viewer_place(v).line;
}

/* Every row shown bears the number that its text says. */
static void check_numbers(struct viewer *v)
{
    const struct rich *r = viewer_rows(v);
    assert_true(r->n_lines > 0);
    for (size_t i = 0; i < r->n_lines; i++) {
        int number = 0;
        int said = 0;
        assert_int_equal(sscanf(r->lines[i].text, "%d line %d ends", &number, &said), 2);
        assert_int_equal(number, said);
    }
}

static void the_end_stays_in_sight(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    viewer_set_size(v, 40, 5);
    viewer_follow(v, true);
    append_lines(v, 1, 3);
    assert_int_equal(line_at(v), 3);
    append_lines(v, 4, 40);
    assert_int_equal(line_at(v), 40);
    assert_int_equal(viewer_cursor_row(v), 4);
    assert_true(viewer_append(v, "line 41", 7, NULL)); /* half a line is a row already */
    assert_int_equal(line_at(v), 41);
    assert_true(viewer_append(v, " ends\n", 6, NULL));
    assert_int_equal(line_at(v), 41);
    check_numbers(v);
    viewer_move(v, -1); /* the reader looks back */
    assert_false(viewer_is_following(v));
    append_lines(v, 42, 60);
    assert_int_equal(line_at(v), 40);
    viewer_end(v);
    assert_true(viewer_is_following(v));
    append_lines(v, 61, 62);
    assert_int_equal(line_at(v), 62);
    viewer_follow(v, false);
    append_lines(v, 63, 64);
    assert_int_equal(line_at(v), 62);
    viewer_free(v);
}

static void wrapped_lines_are_followed_too(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    const struct viewer_look look = {.wrap = true};
    viewer_set_look(v, &look);
    viewer_set_size(v, 12, 4);
    viewer_follow(v, true);
    append_lines(v, 1, 20);
    struct buf out = BUF_INIT;
    const struct rich *r = viewer_rows(v);
    rich_put_plain(r, 0, r->n_lines, &out);
    assert_string_equal(buf_str(&out), " 19 line 19 \n  \u00B7 ends\n 20 line 20 \n  \u00B7 ends\n");
    assert_int_equal(viewer_cursor_row(v), 3);
    buf_done(&out);
    viewer_free(v);
}

static void a_match_is_not_run_away_from(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    viewer_set_size(v, 40, 5);
    viewer_follow(v, true);
    append_lines(v, 1, 10);
    assert_true(viewer_search(v, "line 10", NULL));
    assert_int_equal(viewer_next(v, 0), VIEWER_FOUND);
    append_lines(v, 11, 30);
    assert_int_equal(line_at(v), 10);
    while (viewer_work(v, 1000000)) {
    }
    assert_int_equal(viewer_matches(v).index, 1);
    viewer_end(v);
    append_lines(v, 31, 32);
    assert_int_equal(line_at(v), 32);
    viewer_free(v);
}

static void the_oldest_lines_go_and_numbers_stay(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log.json");
    uint64_t most = 0;
    viewer_limit(v, LIMIT);
    viewer_set_size(v, 40, 5);
    append_lines(v, 1, 4000);
    assert_true(viewer_goto(v, 4000));
    for (int i = 4001; i < 120000; i += 500) {
        append_lines(v, i, i + 499);
        const struct viewer_place p = viewer_place(v);
        viewer_home(v);
        const uint64_t kept = p.n_bytes - viewer_place(v).offset;
        most = kept > most ? kept : most;
        assert_true(kept > LIMIT / 4);
        check_numbers(v);
        viewer_goto(v, p.line);
    }
    assert_true(most <= LIMIT);
    assert_true(viewer_goto(v, 120000));
    struct buf line = BUF_INIT;
    viewer_copy(v, &line);
    assert_string_equal(buf_str(&line), "line 120000 ends");
    buf_done(&line);
    assert_int_equal(viewer_place(v).n_lines, 120000);
    assert_false(viewer_goto(v, 3)); /* it is gone: the oldest that is left */
    check_numbers(v);
    assert_true(line_at(v) > 110000);
    const uint64_t oldest = line_at(v);
    viewer_move(v, -1);
    assert_int_equal(line_at(v), oldest);
    struct err e = ERR_INIT;
    viewer_finish(v);
    assert_int_equal(viewer_mode(v), VIEWER_TEXT);
    assert_false(viewer_set_mode(v, VIEWER_JSON, &e));
    assert_string_equal(e.msg, "a tree needs the whole text; its beginning was dropped");
    viewer_free(v);
}

static void a_reader_keeps_the_place_while_old_lines_go(void **state)
{
    (void)state;
    for (int is_wrapped = 0; is_wrapped < 2; is_wrapped++) {
        struct viewer *v = viewer_new("log");
        const struct viewer_look look = {.wrap = is_wrapped};
        viewer_limit(v, LIMIT);
        viewer_set_look(v, &look);
        viewer_set_size(v, 40, 5);
        append_lines(v, 1, 3800);
        assert_true(viewer_goto(v, 3700));
        append_lines(v, 3801, 4500);
        viewer_home(v);
        assert_true(line_at(v) > 1000); /* some went */
        assert_true(viewer_goto(v, 3700));
        append_lines(v, 4501, 5500);
        assert_int_equal(line_at(v), 3700);
        check_numbers(v);
        append_lines(v, 5501, 20000); /* the place itself goes: the oldest line that is left */
        check_numbers(v);
        assert_int_equal(viewer_cursor_row(v), 0);
        assert_true(line_at(v) > 15000);
        viewer_free(v);
    }
}

static void matches_follow_their_lines(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    viewer_limit(v, LIMIT);
    viewer_set_size(v, 40, 5);
    assert_true(viewer_search(v, "\\v00 ends$", NULL));
    for (int i = 1; i < 30000; i += 1000) {
        append_lines(v, i, i + 999);
        while (viewer_work(v, 1000000)) {
        }
        viewer_home(v);
        const uint64_t oldest = line_at(v);
        assert_int_equal(viewer_matches(v).count, (i + 999) / 100 - (int)(oldest - 1) / 100);
        assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
        assert_int_equal(line_at(v), (oldest + 99) / 100 * 100);
        assert_int_equal(viewer_next(v, -1), VIEWER_FOUND); /* around the beginning */
        assert_int_equal(line_at(v), i + 999);
    }
    viewer_free(v);
}

static void hex_keeps_true_offsets(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    viewer_limit(v, LIMIT);
    viewer_set_size(v, 80, 5);
    append_lines(v, 1, 3800);
    assert_true(viewer_set_mode(v, VIEWER_HEX, NULL));
    assert_true(viewer_search(v, "line 3900 ", NULL));
    append_lines(v, 3801, 6000);
    while (viewer_work(v, 1000000)) {
    }
    assert_int_equal(viewer_matches(v).count, 1);
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    const uint64_t all = viewer_place(v).n_bytes;
    assert_int_equal(all, viewer_bytes(v));
    size_t before = 0; /* bytes of the lines in front of it */
    for (int i = 1; i < 3900; i++) {
        before += (size_t)snprintf(NULL, 0, "line %d ends\n", i);
    }
    const uint64_t at = viewer_place(v).offset;
    assert_true(at <= before && before < at + 16);
    assert_true(viewer_goto(v, before));
    assert_false(viewer_goto(v, 5)); /* gone */
    char first[16];
    snprintf(first, sizeof first, "%08llx ", (unsigned long long)viewer_place(v).offset);
    assert_int_equal(strncmp(viewer_rows(v)->lines[0].text, first, 9), 0);
    assert_false(viewer_goto(v, all));
    viewer_free(v);
}

static void a_line_without_end_is_bounded_too(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    char chunk[5000];
    memset(chunk, 'x', sizeof chunk);
    viewer_limit(v, LIMIT);
    viewer_set_size(v, 40, 5);
    viewer_follow(v, true);
    append_lines(v, 1, 10);
    for (int i = 0; i < 400; i++) {
        assert_true(viewer_append(v, chunk, sizeof chunk, NULL));
    }
    assert_int_equal(line_at(v), 11);
    assert_true(viewer_append(v, "\n", 1, NULL));
    append_lines(v, 12, 12);
    assert_int_equal(line_at(v), 12);
    viewer_home(v);
    assert_int_equal(line_at(v), 11);
    assert_true(viewer_bytes(v) - viewer_place(v).offset <= LIMIT);
    assert_true(viewer_goto(v, 11));
    viewer_free(v);
}

static void utf16_loses_text_and_source_alike(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    viewer_limit(v, LIMIT);
    viewer_set_size(v, 40, 5);
    assert_true(viewer_append(v, "\xFF\xFE", 2, NULL));
    for (int i = 1; i <= 20000; i++) {
        char line[64];
        char units[128];
        const size_t n = (size_t)snprintf(line, sizeof line, "line %d ends\n", i);
        for (size_t k = 0; k < n; k++) {
            units[2 * k] = line[k];
            units[2 * k + 1] = '\0';
        }
        assert_true(viewer_append(v, units, 2 * n, NULL));
    }
    assert_true(viewer_append(v, "\x3D\xD8\x00\xDE", 4, NULL)); /* a pair */
    assert_true(viewer_goto(v, 20000));
    check_numbers(v);
    viewer_home(v);
    check_numbers(v);
    assert_true(line_at(v) > 15000);
    viewer_free(v);
}

static void any_walk_keeps_the_numbers(void **state)
{
    (void)state;
    srand(20261130);
    struct viewer *v = viewer_new("log");
    int last = 0;
    viewer_limit(v, LIMIT);
    for (int i = 0; i < 4000; i++) {
        const int n = rand() % 300 + 1;
        switch (rand() % 8) {
        case 0:
            viewer_goto(v, (uint64_t)(rand() % (last + 10)));
            break;
        case 1:
            viewer_apply(v, (enum move)(rand() % MOVE_LEFT));
            break;
        case 2:
            viewer_follow(v, rand() % 2);
            break;
        case 3:
            viewer_set_size(v, 60, rand() % 30 + 1);
            break;
        case 4: {
            const struct viewer_look look = {.wrap = rand() % 2};
            viewer_set_look(v, &look);
            break;
        }
        case 5:
            viewer_search(v, "7 ends", NULL);
            viewer_next(v, rand() % 3 - 1);
            break;
        case 6:
            viewer_scroll(v, rand() % 40 - 20);
            break;
        default:
            break;
        }
        append_lines(v, last + 1, last + n);
        last += n;
        check_numbers(v);
        assert_true(viewer_place(v).n_lines <= (uint64_t)last);
    }
    viewer_free(v);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_stays_in_sight),
        cmocka_unit_test(wrapped_lines_are_followed_too),
        cmocka_unit_test(a_match_is_not_run_away_from),
        cmocka_unit_test(the_oldest_lines_go_and_numbers_stay),
        cmocka_unit_test(a_reader_keeps_the_place_while_old_lines_go),
        cmocka_unit_test(matches_follow_their_lines),
        cmocka_unit_test(hex_keeps_true_offsets),
        cmocka_unit_test(a_line_without_end_is_bounded_too),
        cmocka_unit_test(utf16_loses_text_and_source_alike),
        cmocka_unit_test(any_walk_keeps_the_numbers),
    };
    return cmocka_run_group_tests_name("viewer follow", tests, NULL, NULL);
}
