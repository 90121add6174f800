/* SPDX-License-Identifier: Apache-2.0 */
/* The file viewer: text, JSON and hex over bytes that grow; moving, folding, searching. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "tui/widget/viewer.h"

static struct viewer *open_bytes(const char *name, const void *bytes, size_t n)
{
    struct viewer *v = viewer_new(name);
    assert_true(viewer_append(v, bytes, n, NULL));
    viewer_finish(v);
    return v;
}

static struct viewer *open_text(const char *name, const char *text)
{
    return open_bytes(name, text, strlen(text));
}

/* A step, with the work that a machine under load puts off. */
static enum viewer_find find(struct viewer *v, int step)
{
    viewer_next(v, step);
    while (viewer_matches(v).state == VIEWER_SEARCHING) {
        viewer_work(v, 1000000);
    }
    return viewer_matches(v).state;
}

static void check_rows(struct viewer *v, const char *want)
{
    struct buf out = BUF_INIT;
    const struct rich *r = viewer_rows(v);
    rich_put_plain(r, 0, r->n_lines, &out);
    assert_string_equal(buf_str(&out), want);
    buf_done(&out);
}

static void check_copy(struct viewer *v, const char *want)
{
    struct buf out = BUF_INIT;
    viewer_copy(v, &out);
    assert_string_equal(buf_str(&out), want);
    buf_done(&out);
}

static void check_path(struct viewer *v, const char *want)
{
    struct buf out = BUF_INIT;
    viewer_path(v, &out);
    assert_string_equal(buf_str(&out), want);
    buf_done(&out);
}

static void check_place(struct viewer *v, uint64_t line, uint64_t offset)
{
    const struct viewer_place p = viewer_place(v);
    assert_int_equal(p.line, line);
    assert_int_equal(p.offset, offset);
}

/* The text under a style in a row, joined. */
static void check_style(struct viewer *v, size_t row, enum rich_style style, const char *want)
{
    const struct rich *r = viewer_rows(v);
    struct buf out = BUF_INIT;
    assert_true(row < r->n_lines);
    for (size_t i = 0; i < r->lines[row].n_spans; i++) {
        const struct rich_span *s = &r->lines[row].spans[i];
        if (s->style == style) {
            buf_append(&out, r->lines[row].text + s->at, s->n);
        }
    }
    assert_string_equal(buf_str(&out), want);
    buf_done(&out);
}

/* ---- text ---- */

static void shows_text_with_line_numbers(void **state)
{
    (void)state;
    struct viewer *v = open_text("a.txt", "one\r\ntwo\tx\n\nfour \033[31m\xFF");
    viewer_set_size(v, 40, 10);
    check_rows(v, "  1 one\n  2 two     x\n  3 \n  4 four ^[[31m\uFFFD\n");
    check_style(v, 3, RICH_CONTROL, "^[");
    assert_string_equal(viewer_encoding(v), "UTF-8, CRLF");
    const struct viewer_look look = {.hide_numbers = true, .tab_cols = 4};
    viewer_set_look(v, &look);
    check_rows(v, "one\ntwo x\n\nfour ^[[31m\uFFFD\n");
    viewer_free(v);
}

static void an_empty_file_has_no_rows(void **state)
{
    (void)state;
    struct viewer *v = open_text("a.json", "");
    check_rows(v, "");
    viewer_move(v, 5);
    viewer_end(v);
    viewer_apply(v, MOVE_PAGE_UP);
    assert_false(viewer_goto(v, 1));
    check_place(v, 0, 0);
    check_copy(v, "");
    assert_int_equal(viewer_next(v, 1), VIEWER_NO_SEARCH);
    assert_true(viewer_set_mode(v, VIEWER_HEX, NULL));
    check_rows(v, "");
    viewer_free(v);
}

static void half_a_page_and_sideways(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    for (int i = 1; i <= 100; i++) {
        buf_printf(&text, "a long line %d\n", i);
    }
    struct viewer *v = open_bytes("a", text.p, text.n);
    viewer_set_size(v, 12, 11);
    assert_true(viewer_apply(v, MOVE_PAGE_DOWN));
    assert_int_equal(viewer_place(v).line, 11);
    assert_true(viewer_apply(v, MOVE_HALF_DOWN));
    assert_int_equal(viewer_place(v).line, 16);
    assert_true(viewer_apply(v, MOVE_HALF_UP));
    assert_true(viewer_apply(v, MOVE_UP));
    assert_int_equal(viewer_place(v).line, 10);
    assert_true(viewer_apply(v, MOVE_RIGHT));
    assert_int_equal(viewer_place(v).left, 8);
    assert_true(viewer_apply(v, MOVE_LEFT));
    assert_int_equal(viewer_place(v).left, 0);
    assert_true(viewer_apply(v, MOVE_BOTTOM));
    assert_int_equal(viewer_place(v).line, 100);
    assert_true(viewer_apply(v, MOVE_TOP));
    assert_int_equal(viewer_place(v).line, 1);
    assert_false(viewer_apply(v, MOVE_NONE));
    viewer_free(v);
    buf_done(&text);
}

static void long_lines_are_cut_with_marks_or_wrapped(void **state)
{
    (void)state;
    struct viewer *v = open_text("a", "abcdefghijklmnop\n\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\n");
    viewer_set_size(v, 12, 10);
    check_rows(v, "  1 abcdefg\u203A\n  2 \u6F22\u5B57\u6F22 \u203A\n");
    viewer_shift(v, 3);
    check_rows(v, "  1 \u2039efghij\u203A\n  2 \u2039\u6F22\u5B57\u6F22\u203A\n");
    viewer_shift(v, 100);
    check_rows(v, "  1 \u2039\n  2 \u2039\n");
    viewer_shift(v, -1000);
    const struct viewer_look look = {.wrap = true};
    viewer_set_look(v, &look);
    check_rows(v, "  1 abcdefgh\n  \u00B7 ijklmnop\n"
                  "  2 \u6F22\u5B57\u6F22\u5B57\n  \u00B7 \u6F22\u5B57\n");
    viewer_free(v);
}

static void moves_and_keeps_the_cursor_in_the_window(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    for (int i = 1; i <= 100; i++) {
        buf_printf(&text, "line %d\n", i);
    }
    struct viewer *v = open_bytes("a", text.p, text.n);
    viewer_set_size(v, 40, 5);
    viewer_move(v, 4);
    assert_int_equal(viewer_cursor_row(v), 4);
    viewer_move(v, 1);
    check_rows(v, "  2 line 2\n  3 line 3\n  4 line 4\n  5 line 5\n  6 line 6\n");
    assert_int_equal(viewer_cursor_row(v), 4);
    viewer_apply(v, MOVE_PAGE_DOWN);
    check_place(v, 10, 63);
    viewer_end(v);
    check_rows(v, " 96 line 96\n 97 line 97\n 98 line 98\n 99 line 99\n100 line 100\n");
    assert_int_equal(viewer_place(v).percent, 100);
    viewer_apply(v, MOVE_PAGE_UP);
    check_place(v, 96, 751);
    viewer_move(v, -1000);
    check_place(v, 1, 0);
    assert_int_equal(viewer_place(v).percent, 4); /* of the bytes */
    viewer_move(v, INT64_C(1) << 60);
    check_place(v, 100, 783);
    assert_true(viewer_goto(v, 50));
    check_copy(v, "line 50");
    assert_false(viewer_goto(v, 101));
    check_copy(v, "line 100");
    viewer_home(v);
    viewer_scroll(v, 3);
    check_copy(v, "line 4"); /* the cursor is dragged along */
    viewer_scroll(v, 1000);
    check_rows(v, " 96 line 96\n 97 line 97\n 98 line 98\n 99 line 99\n100 line 100\n");
    viewer_click(v, 2);
    check_copy(v, "line 98");
    viewer_free(v);
    buf_done(&text);
}

static void wrapped_rows_move_one_by_one(void **state)
{
    (void)state;
    struct viewer *v = open_text("a", "aaaaaaaabbbbbbbbcccc\nx\ndddddddde\n");
    const struct viewer_look look = {.wrap = true};
    viewer_set_look(v, &look);
    viewer_set_size(v, 12, 3);
    viewer_move(v, 3);
    check_rows(v, "  \u00B7 bbbbbbbb\n  \u00B7 cccc\n  2 x\n");
    assert_int_equal(viewer_cursor_row(v), 2);
    viewer_move(v, -2);
    check_place(v, 1, 8);
    check_copy(v, "aaaaaaaabbbbbbbbcccc");
    viewer_end(v);
    check_rows(v, "  2 x\n  3 dddddddd\n  \u00B7 e\n");
    viewer_set_size(v, 8, 3); /* the cursor stays on its text */
    check_rows(v, "  3 dddd\n  \u00B7 dddd\n  \u00B7 e\n");
    viewer_free(v);
}

static void grows_while_it_is_read(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    viewer_set_size(v, 40, 3);
    assert_true(viewer_append(v, "one\ntw", 6, NULL));
    check_rows(v, "  1 one\n  2 tw\n");
    assert_true(viewer_wants_more(v));
    assert_true(viewer_append(v, "o\nthree\nfour\nfi", 15, NULL));
    check_rows(v, "  1 one\n  2 two\n  3 three\n");
    assert_false(viewer_wants_more(v));
    viewer_end(v);
    check_copy(v, "fi");
    check_rows(v, "  3 three\n  4 four\n  5 fi\n");
    assert_true(viewer_wants_more(v));
    assert_false(viewer_place(v).is_exact);
    viewer_finish(v);
    assert_false(viewer_wants_more(v));
    while (viewer_work(v, 1000000)) {
    }
    assert_true(viewer_place(v).is_exact);
    assert_int_equal(viewer_place(v).n_lines, 5);
    struct err e = ERR_INIT;
    assert_false(viewer_append(v, "x", 1, &e));
    assert_int_equal(e.code, ERR_USAGE);
    viewer_free(v);
}

/* The same rows however the bytes are cut. */
static void any_split_gives_the_same_rows(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    for (int i = 0; i < 40; i++) {
        buf_pad(&text, 'x', (size_t)(i * i % 37));
        buf_puts(&text, i % 3 == 0 ? "\r\n" : i % 3 == 1 ? "\u6F22\n" : "\n\n");
    }
    struct buf want = BUF_INIT;
    for (size_t chunk = 0; chunk < 9; chunk++) {
        struct viewer *v = viewer_new("t");
        viewer_set_size(v, 60, 100);
        const size_t step = chunk == 0 ? text.n : chunk;
        for (size_t at = 0; at < text.n; at += step) {
            assert_true(viewer_append(v, text.p + at, text.n - at < step ? text.n - at : step,
                                      NULL));
            viewer_rows(v);
        }
        viewer_finish(v);
        const struct rich *r = viewer_rows(v);
        struct buf got = BUF_INIT;
        rich_put_plain(r, 0, r->n_lines, &got);
        if (chunk == 0) {
            want = got;
        } else {
            assert_string_equal(buf_str(&got), buf_str(&want));
            buf_done(&got);
        }
        viewer_free(v);
    }
    buf_done(&want);
    buf_done(&text);
}

static void a_line_of_megabytes_is_shown_in_pieces(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_puts(&text, "first\n");
    for (int i = 0; i < 400000; i++) {
        buf_printf(&text, "%06d\u00E9 ", i);
    }
    buf_puts(&text, "\nlast\n");
    struct viewer *v = open_bytes("a", text.p, text.n);
    viewer_set_size(v, 20, 3);
    check_rows(v, "  1 first\n  2 000000\u00E9 000001\u00E9\u203A\n"
                  "  \u21AA 20\u00E9 001821\u00E9 001\u203A\n");
    viewer_end(v);
    check_place(v, 3, text.n - 5);
    viewer_move(v, -1);
    struct buf line = BUF_INIT;
    viewer_copy(v, &line);
    assert_int_equal(line.n, 400000 * 9);
    assert_true(viewer_search(v, "399999", NULL));
    assert_int_equal(find(v, 1), VIEWER_FOUND);
    assert_int_equal(viewer_place(v).line, 2);
    /* across the border of two pieces: the first piece ends inside the number 001820 */
    viewer_home(v);
    assert_true(viewer_search(v, "001820", NULL));
    assert_int_equal(find(v, 1), VIEWER_FOUND);
    assert_int_equal(viewer_matches(v).index, 1);
    viewer_free(v);
    buf_done(&line);
    buf_done(&text);
}

static void utf16_is_converted(void **state)
{
    (void)state;
    static const unsigned char LE[] = {0xFF, 0xFE, 'h', 0,    'i',  0,    '\n', 0,
                                       0x3D, 0xD8, 0x00, 0xDE, 0x00, 0xD8, 'x',  0};
    struct viewer *v = viewer_new("a");
    viewer_set_size(v, 40, 5);
    for (size_t i = 0; i < sizeof LE; i++) { /* byte by byte: pairs are cut in two */
        assert_true(viewer_append(v, LE + i, 1, NULL));
    }
    viewer_finish(v);
    assert_string_equal(viewer_encoding(v), "UTF-16LE");
    assert_int_equal(viewer_mode(v), VIEWER_TEXT);
    check_rows(v, "  1 hi\n  2 \U0001F600\uFFFDx\n");
    viewer_free(v);
    static const unsigned char BE[] = {0xFE, 0xFF, 0x6F, 0x22};
    v = open_bytes("b", BE, sizeof BE);
    assert_string_equal(viewer_encoding(v), "UTF-16BE");
    check_rows(v, "  1 \u6F22\n");
    viewer_free(v);
}

static void refuses_more_than_its_limit(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("a");
    struct err e = ERR_INIT;
    assert_true(viewer_append(v, "x\n", 2, NULL));
    const size_t block = (size_t)64 << 20;
    char *bytes = calloc(1, block);
    assert_non_null(bytes);
    memset(bytes, 'x', block);
    for (int i = 0; i < 3; i++) {
        assert_true(viewer_append(v, bytes, block, &e));
    }
    assert_false(viewer_append(v, bytes, block, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_int_equal(viewer_bytes(v), 3 * block + 2);
    free(bytes);
    viewer_free(v);
}

/* ---- hex ---- */

static void bytes_are_shown_as_hex(void **state)
{
    (void)state;
    static const char BYTES[] = "GGUF\0\1\2\3 hello\xFF\n world";
    struct viewer *v = open_bytes("m.gguf", BYTES, sizeof BYTES - 1);
    assert_int_equal(viewer_mode(v), VIEWER_HEX);
    assert_string_equal(viewer_encoding(v), "bytes");
    viewer_set_size(v, 76, 5);
    check_rows(v, "00000000  47 47 55 46 00 01 02 03  20 68 65 6c 6c 6f ff 0a  GGUF.... hello..\n"
                  "00000010  20 77 6f 72 6c 64                                  world\n");
    viewer_set_size(v, 75, 5);
    check_rows(v, "00000000  47 47 55 46 00 01 02 03  GGUF....\n"
                  "00000008  20 68 65 6c 6c 6f ff 0a   hello..\n"
                  "00000010  20 77 6f 72 6c 64         world\n");
    assert_true(viewer_goto(v, 9));
    assert_int_equal(viewer_cursor_row(v), 1);
    check_copy(v, " hello\xFF\n");
    assert_false(viewer_goto(v, 99));
    check_place(v, 0, 16);
    assert_true(viewer_search(v, "O", NULL)); /* capital: no match */
    assert_int_equal(viewer_next(v, 1), VIEWER_NOT_FOUND);
    assert_true(viewer_search(v, "o", NULL));
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    check_style(v, 2, RICH_MATCH_NOW, "6fo"); /* the cursor was in the last row */
    check_style(v, 1, RICH_MATCH, "6fo");
    viewer_free(v);
}

static void a_mode_chosen_by_hand_stays(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("a.json");
    assert_true(viewer_append(v, "{\"a\":", 5, NULL));
    struct err e = ERR_INIT;
    assert_false(viewer_set_mode(v, VIEWER_JSON, &e));
    assert_int_equal(e.code, ERR_UNSUPPORTED);
    assert_true(viewer_set_mode(v, VIEWER_TEXT, NULL));
    assert_true(viewer_append(v, "1}", 2, NULL));
    viewer_finish(v);
    assert_int_equal(viewer_mode(v), VIEWER_TEXT);
    assert_true(viewer_set_mode(v, VIEWER_JSON, NULL));
    assert_int_equal(viewer_mode(v), VIEWER_JSON);
    assert_true(viewer_set_mode(v, VIEWER_HEX, NULL));
    check_rows(v, "00000000  7b 22 61 22 3a 31 7d                              {\"a\":1}\n");
    viewer_free(v);
}

/* ---- JSON ---- */

static const char CONFIG[] = "{\n"
                             "  \"model\": {\n"
                             "    \"layers\": [\n"
                             "      {\"name\": \"q\"},\n"
                             "      {\"name\": \"k\", \"odd key\": [1, -2.5e3, true]}\n"
                             "    ]\n"
                             "  },\n"
                             "  \"empty\": [],\n"
                             "  \"loss\": NaN\n"
                             "}\n";

static void json_is_a_tree(void **state)
{
    (void)state;
    struct viewer *v = open_text("config.json", CONFIG);
    assert_int_equal(viewer_mode(v), VIEWER_JSON);
    viewer_set_size(v, 40, 20);
    check_rows(v, "\u25BE {} 3\n"
                  "  \u25BE \"model\": {} 1\n"
                  "    \u25BE \"layers\": [] 2\n"
                  "      \u25BE [0] {} 1\n"
                  "          \"name\": \"q\"\n"
                  "      \u25BE [1] {} 2\n"
                  "          \"name\": \"k\"\n"
                  "        \u25BE \"odd key\": [] 3\n"
                  "            [0] 1\n"
                  "            [1] -2.5e3\n"
                  "            [2] true\n"
                  "    \"empty\": [] 0\n"
                  "    \"loss\": NaN\n");
    check_style(v, 4, RICH_KEY, "\"name\"");
    check_style(v, 4, RICH_STRING, "\"q\"");
    check_style(v, 9, RICH_NUMBER, "-2.5e3");
    check_style(v, 12, RICH_WORD, "NaN");
    check_path(v, ".");
    viewer_move(v, 6);
    check_path(v, ".model.layers[1].name");
    check_copy(v, "\"k\"");
    check_place(v, 5, 59);
    viewer_move(v, 4);
    check_path(v, ".model.layers[1].[\"odd key\"][2]");
    viewer_free(v);
}

static void json_folds(void **state)
{
    (void)state;
    struct viewer *v = open_text("config.json", CONFIG);
    viewer_set_size(v, 40, 20);
    viewer_move(v, 6);
    assert_true(viewer_fold(v)); /* a leaf folds what is around it */
    check_path(v, ".model.layers[1]");
    check_style(v, 5, RICH_PUNCT, "\u25B8 {}");
    check_copy(v, "{\"name\": \"k\", \"odd key\": [1, -2.5e3, true]}");
    viewer_fold_all(v, 1);
    check_rows(v, "\u25BE {} 3\n  \u25B8 \"model\": {} 1\n"
                  "    \"empty\": [] 0\n    \"loss\": NaN\n");
    check_path(v, ".model");
    assert_true(viewer_parent(v));
    assert_false(viewer_parent(v));
    assert_true(viewer_fold(v));
    check_rows(v, "\u25B8 {} 3\n");
    assert_true(viewer_search(v, "name", NULL));
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    check_path(v, ".model.layers[0].name"); /* unfolded on the way */
    check_style(v, 4, RICH_MATCH_NOW, "name");
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    check_path(v, ".model.layers[1].name");
    viewer_fold_all(v, 100);
    assert_true(viewer_goto(v, 8));
    check_path(v, ".empty");
    assert_false(viewer_goto(v, 999));
    viewer_free(v);
}

static void what_is_no_json_stays_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } CASES[] = {
        {"{\n\"a\": 1,\n}", "not JSON: no key in quotes in line 3"},
        {"[1 2]", "not JSON: no comma between two values in line 1"},
        {"[01]", "not JSON: a malformed number in line 1"},
        {"[1.]", "not JSON: a malformed number in line 1"},
        {"[-]", "not JSON: a malformed number in line 1"},
        {"[1e]", "not JSON: a malformed number in line 1"},
        {"[\"a\nb\"]", "not JSON: a control character in a string in line 1"},
        {"[\"\\x\"]", "not JSON: an unknown escape in a string in line 1"},
        {"[\"\\u12g4\"]", "not JSON: an unknown escape in a string in line 1"},
        {"[\"abc", "not JSON: a string that does not end in line 1"},
        {"{\"a\" 1}", "not JSON: no colon behind a key in line 1"},
        {"[truex]", "not JSON: an unexpected character in line 1"},
        {"[1,", "not JSON: an unexpected end in line 1"},
        {"[1]]", "not JSON: more text behind the end in line 1"},
        {"{}\n{}", "not JSON: more text behind the end in line 2"},
        {"[1}", "not JSON: no comma between two values in line 1"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct viewer *v = open_text("a.json", CASES[i].text);
        struct err e = ERR_INIT;
        assert_int_equal(viewer_mode(v), VIEWER_TEXT);
        assert_false(viewer_set_mode(v, VIEWER_JSON, &e));
        assert_int_equal(e.code, ERR_UNSUPPORTED);
        assert_string_equal(e.msg, CASES[i].reason);
        viewer_free(v);
    }
}

static void deep_json_does_not_recurse(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    char *text = malloc(2 * DEPTH);
    assert_non_null(text);
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    struct viewer *v = open_bytes("a.json", text, 2 * DEPTH);
    assert_true(viewer_set_mode(v, VIEWER_JSON, NULL));
    viewer_set_size(v, 30, 5);
    viewer_fold_all(v, 1 << 20);
    viewer_end(v);
    struct buf path = BUF_INIT;
    viewer_path(v, &path);
    assert_true(path.n < 2000);
    buf_done(&path);
    assert_int_equal(viewer_rows(v)->n_lines, 5);
    viewer_free(v);
    free(text);
}

static void too_much_json_is_refused_with_the_reason(void **state)
{
    (void)state;
    const size_t n = (size_t)65 << 20;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, ' ', n);
    memcpy(text, "[]", 2);
    struct viewer *v = open_bytes("a.json", text, n);
    struct err e = ERR_INIT;
    assert_false(viewer_set_mode(v, VIEWER_JSON, &e));
    assert_string_equal(e.msg, "a JSON tree is made of files up to 64 MiB");
    viewer_free(v);
    for (size_t i = 0; i + 1 < n; i += 2) {
        memcpy(text + i, "0,", 2);
    }
    text[0] = '[';
    text[1] = '1';
    v = open_bytes("a.json", text, (size_t)16 << 20);
    assert_false(viewer_set_mode(v, VIEWER_JSON, &e));
    assert_string_equal(e.msg, "a JSON tree is made of up to four million values");
    viewer_free(v);
    free(text);
}

/* ---- search ---- */

static void finds_next_and_previous_and_wraps(void **state)
{
    (void)state;
    struct viewer *v = open_text("a", "Alpha beta\nbeta BETA\nnothing\nbeta\n");
    viewer_set_size(v, 40, 10);
    assert_true(viewer_search(v, "beta", NULL));
    check_style(v, 1, RICH_MATCH, ""); /* nothing was scanned yet */
    while (viewer_work(v, 1000000)) {
    }
    struct viewer_matches m = viewer_matches(v);
    assert_int_equal(m.count, 4);
    assert_int_equal(m.index, 0);
    assert_true(m.is_exact);
    check_style(v, 1, RICH_MATCH, "betaBETA");
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    check_style(v, 0, RICH_MATCH_NOW, "beta");
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    m = viewer_matches(v);
    assert_int_equal(m.index, 3);
    assert_false(m.has_wrapped);
    check_style(v, 1, RICH_MATCH_NOW, "BETA");
    viewer_next(v, 1);
    viewer_next(v, 1);
    m = viewer_matches(v);
    assert_int_equal(m.index, 1);
    assert_true(m.has_wrapped);
    viewer_next(v, -1);
    m = viewer_matches(v);
    assert_int_equal(m.index, 4);
    assert_true(m.has_wrapped);
    check_copy(v, "beta");
    viewer_move(v, -1);
    assert_int_equal(viewer_matches(v).index, 0);
    viewer_next(v, -1);
    assert_int_equal(viewer_matches(v).index, 3);
    assert_true(viewer_search(v, "", NULL));
    assert_int_equal(viewer_next(v, 1), VIEWER_NO_SEARCH);
    check_style(v, 1, RICH_MATCH, "");
    viewer_free(v);
}

static void capitals_make_the_case_count(void **state)
{
    (void)state;
    struct viewer *v = open_text("a", "err ERR Err\n\u00C4pfel \u00E4pfel\n");
    static const struct {
        const char *pattern;
        uint64_t count;
    } CASES[] = {
        {"err", 3},       {"Err", 1},       {"\u00E4", 2},      {"\u00C4", 1},    {"\\ve.r", 3},
        {"\\vE\\S", 2},  {"\\ve\\S{2}", 3}, {"\\v^\\w+", 2}, {"\\v\\w+$", 2}, {"a.b", 0},
        {"(", 0},         {"\\vx*", 0},      {"\\v[\u00E4]", 2}, {"e\\v", 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_true(viewer_search(v, CASES[i].pattern, NULL));
        while (viewer_work(v, 1000000)) {
        }
        assert_int_equal(viewer_matches(v).count, CASES[i].count);
    }
    viewer_free(v);
}

static void a_bad_expression_says_where_and_changes_nothing(void **state)
{
    (void)state;
    struct viewer *v = open_text("a", "one two\n");
    struct err e = ERR_INIT;
    assert_true(viewer_search(v, "two", NULL));
    assert_false(viewer_search(v, "\\va(b", &e));
    assert_false(viewer_search(v, "\\v", NULL)); /* nothing to look for */
    assert_int_equal(e.code, ERR_USAGE);
    assert_string_equal(e.msg, "this is no regular expression: missing closing parenthesis, "
                               "at character 4");
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    viewer_free(v);
}

static void a_runaway_expression_is_stopped(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    for (int i = 0; i < 20; i++) {
        buf_pad(&text, 'a', 3000);
        buf_puts(&text, "b\n");
    }
    struct viewer *v = open_bytes("a", text.p, text.n);
    assert_true(viewer_search(v, "\\v^(a+)+$", NULL));
    assert_true(viewer_next(v, 1) != VIEWER_FOUND);
    while (viewer_work(v, 1000000)) {
    }
    assert_int_equal(viewer_matches(v).count, 0);
    assert_true(viewer_matches(v).has_skipped);
    viewer_free(v);
    buf_done(&text);
}

static void finds_in_bytes_that_arrive_later(void **state)
{
    (void)state;
    struct viewer *v = viewer_new("log");
    viewer_set_size(v, 40, 4);
    assert_true(viewer_append(v, "x\nneed", 6, NULL));
    assert_true(viewer_search(v, "needle", NULL));
    assert_int_equal(viewer_next(v, 1), VIEWER_NOT_FOUND);
    assert_false(viewer_matches(v).is_exact);
    assert_true(viewer_append(v, "le\ny\n", 5, NULL));
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    check_style(v, 1, RICH_MATCH_NOW, "needle");
    assert_true(viewer_append(v, "needle needle\n", 14, NULL));
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    assert_int_equal(viewer_matches(v).index, 2);
    viewer_finish(v);
    while (viewer_work(v, 1000000)) {
    }
    assert_int_equal(viewer_matches(v).count, 3);
    assert_true(viewer_matches(v).is_exact);
    viewer_free(v);
}

static void a_match_far_right_is_shifted_into_view(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_pad(&text, '.', 500);
    buf_puts(&text, "needle\n");
    struct viewer *v = open_bytes("a", text.p, text.n);
    viewer_set_size(v, 40, 4);
    assert_true(viewer_search(v, "needle", NULL));
    assert_int_equal(viewer_next(v, 1), VIEWER_FOUND);
    check_style(v, 0, RICH_MATCH_NOW, "needle");
    assert_int_equal(viewer_place(v).left, 482);
    viewer_free(v);
    buf_done(&text);
}

/* 20 MB: the first window without looking at the rest, any window afterwards at the same cost. The
 * limits are for a sanitized build on a busy machine; bench_viewer prints the figures. */
static void a_large_text_opens_and_scrolls(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    while (text.n < (size_t)20 << 20) {
        buf_printf(&text, "%zu some words in a line of a log file, as long as they are\n", text.n);
    }
    struct viewer *v = viewer_new("a.log");
    viewer_set_size(v, 100, 50);
    assert_true(viewer_append(v, text.p, text.n, NULL));
    viewer_finish(v);
    assert_int_equal(viewer_rows(v)->n_lines, 50);
    assert_true(viewer_place(v).n_lines < 100000); /* only as far as needed */
    viewer_end(v);
    assert_true(viewer_place(v).is_exact);
    const int64_t start = clock_mono_ns();
    for (int i = 0; i < 1000; i++) {
        viewer_move(v, i % 2 == 0 ? -100000 : 70000);
        assert_int_equal(viewer_rows(v)->n_lines, 50);
    }
    assert_true(clock_mono_ns() - start < INT64_C(10000000000));
    viewer_free(v);
    buf_done(&text);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_text_with_line_numbers),
        cmocka_unit_test(an_empty_file_has_no_rows),
        cmocka_unit_test(half_a_page_and_sideways),
        cmocka_unit_test(long_lines_are_cut_with_marks_or_wrapped),
        cmocka_unit_test(moves_and_keeps_the_cursor_in_the_window),
        cmocka_unit_test(wrapped_rows_move_one_by_one),
        cmocka_unit_test(grows_while_it_is_read),
        cmocka_unit_test(any_split_gives_the_same_rows),
        cmocka_unit_test(a_line_of_megabytes_is_shown_in_pieces),
        cmocka_unit_test(utf16_is_converted),
        cmocka_unit_test(refuses_more_than_its_limit),
        cmocka_unit_test(bytes_are_shown_as_hex),
        cmocka_unit_test(a_mode_chosen_by_hand_stays),
        cmocka_unit_test(json_is_a_tree),
        cmocka_unit_test(json_folds),
        cmocka_unit_test(what_is_no_json_stays_text),
        cmocka_unit_test(deep_json_does_not_recurse),
        cmocka_unit_test(too_much_json_is_refused_with_the_reason),
        cmocka_unit_test(finds_next_and_previous_and_wraps),
        cmocka_unit_test(capitals_make_the_case_count),
        cmocka_unit_test(a_bad_expression_says_where_and_changes_nothing),
        cmocka_unit_test(a_runaway_expression_is_stopped),
        cmocka_unit_test(finds_in_bytes_that_arrive_later),
        cmocka_unit_test(a_match_far_right_is_shifted_into_view),
        cmocka_unit_test(a_large_text_opens_and_scrolls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
