/* SPDX-License-Identifier: Apache-2.0 */
/* What a text costs as a tree is known before it is parsed. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"

static size_t held, most; /* by cJSON, with what malloc needs beside it */

static void *take(size_t n)
{
    void *p = malloc(n);
    held += p ? malloc_usable_size(p) + sizeof(size_t) : 0;
    most = held > most ? held : most;
    return p;
}

static void give(void *p)
{
    held -= p ? malloc_usable_size(p) + sizeof(size_t) : 0;
    free(p);
}

static void expect_bound(const char *text, size_t n)
{
    cJSON_Hooks hooks = {take, give};
    cJSON_InitHooks(&hooks);
    held = most = 0;
    cJSON *json = json_parse(text, n, NULL);
    const size_t cost = json_cost(text, n, 0);
    if (most > cost) {
        fail_msg("%.40s: took %zu, said %zu", text, most, cost);
    }
    if (json && cost > 100000 && cost > most * 5 / 2) {
        fail_msg("%.40s: took %zu, said %zu: too much", text, most, cost);
    }
    cJSON_Delete(json);
    assert_int_equal(held, 0);
    cJSON_InitHooks(NULL);
}

/* 200 kB of one piece, between brackets. */
static void expect_bound_of_many(const char *open, const char *piece, const char *close)
{
    struct buf text = BUF_INIT;
    buf_puts(&text, open);
    while (text.n < 200000) {
        buf_puts(&text, piece);
    }
    buf_puts(&text, close);
    expect_bound(text.p, text.n);
    buf_done(&text);
}

/* robustness R2. */
static void test_cost(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"", "1", "null", "\"\"", "[]", "{}", "[[]]", "{\"a\":{\"b\":[1,2,\"c\"]}}",
                                        "\"\\u00e9\\\\\\\"\"", "{\"\":\"\"}", "[true,false,null,-1.5e3]", "\"open", "[[[", "]]"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        expect_bound(TEXTS[i], strlen(TEXTS[i]));
    }
    expect_bound_of_many("[1", ",1", "]");
    expect_bound_of_many("[0", ",{}", "]");
    expect_bound_of_many("[0", ",[[]]", "]");
    expect_bound_of_many("[0", ",\"\"", "]");
    expect_bound_of_many("[0", ",{\"id\":\"o/N\"}", "]");
    expect_bound_of_many("{\"a\":0", ",\"b\":[{\"c\":\"d,[{\\\"\"},null]", "}");
    expect_bound_of_many("[0", ",\"a text of some length, with commas, and [brackets]\"", "]");
    expect_bound_of_many("\"", "one long string ", "\"");
    expect_bound_of_many("", "[", "");
}

static void test_limit(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    static const char TEXT[] = "[{\"id\":1},{\"id\":[{},{}]},{}]";
    const size_t n = sizeof TEXT - 1, plain = json_cost(TEXT, n, 0);
    assert_int_equal(json_cost(TEXT, n, 1000), plain + 3000); /* rows of the outermost array alone */
    const struct json_limit enough = {plain, 0}, less = {plain - 1, 0}, rows = {plain + 2999, 1000};
    cJSON *json = json_parse_within(TEXT, n, &enough, &e);
    assert_non_null(json);
    cJSON_Delete(json);
    assert_null(json_parse_within(TEXT, n, &less, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_null(json_parse_within(TEXT, n, &rows, &e));
    assert_null(json_parse_within("[1,", 3, &(struct json_limit){10000, 0}, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
}

static void test_cut(void **state)
{
    (void)state;
    static const char *const CUT[] = {"[", "{\"a\":1", "[\"]", "\"x", "[\"\\\"]", "[{}", "{\"a\":\"}"};
    static const char *const WHOLE[] = {"", "1", "[]", "[}", "{\"a\":\"[\"}", "\"[{\"", "]", "nul"};
    for (size_t i = 0; i < sizeof CUT / sizeof *CUT; i++) {
        assert_true(json_is_cut(CUT[i], strlen(CUT[i])));
    }
    for (size_t i = 0; i < sizeof WHOLE / sizeof *WHOLE; i++) {
        assert_false(json_is_cut(WHOLE[i], strlen(WHOLE[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
