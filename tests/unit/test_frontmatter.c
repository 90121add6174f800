/* SPDX-License-Identifier: Apache-2.0 */
/* The table of protocol/cards.md section 1, the Hub's idea of YAML values, and the limits. */
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
#include "core/card/frontmatter.h"

struct split_case {
    const char *text;
    const char *yaml; /* NULL: no block */
    const char *body;
};

static void splits_as_the_hub_does(void **state)
{
    (void)state;
    static const struct split_case CASES[] = {
        {"---\na: 1\n---\nx", "a: 1", "x"},
        {"\n \t\n---\na: 1\n---\nx", "a: 1", "x"},
        {"x\n---\na: 1\n---\n", NULL, "x\n---\na: 1\n---\n"},
        {"--- \na: 1\n---\n", NULL, "--- \na: 1\n---\n"},
        {"---\na: 1\n--- \t\nx", "a: 1", "x"},
        {"---\na: 1\n---", "a: 1", ""},
        {"---\na: 1\n----\n", NULL, "---\na: 1\n----\n"},
        {"---\na: 1\n...\n", NULL, "---\na: 1\n...\n"},
        {"---\na: 1\n ---\n", NULL, "---\na: 1\n ---\n"},
        {"---\n---\n", NULL, "---\n---\n"},
        {"---\n\n---\nx", "", "x"},
        {"---\r\na: 1\r\n---\r\nx", "a: 1", "x"},
        {"---\r\n---\r\nk: v\r\n---", "---\r\nk: v", ""},
        {"---\r\n---\r\nx", "", "x"},
        {"---\ra: 1\r---\nx", "a: 1", "x"},
        {"---\ra: 1\r---\rx", NULL, "---\ra: 1\r---\rx"},
        {"---\na: |\n  x\n---\n  y\n---\n", "a: |\n  x", "  y\n---\n"},
        {"\xEF\xBB\xBF---\na: 1\n---\nx", "a: 1", "x"},
        {"", NULL, ""},
        {"---", NULL, "---"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *text = CASES[i].text;
        struct frontmatter fm;
        frontmatter_split(text, strlen(text), &fm);
        assert_int_equal(fm.has_block, CASES[i].yaml != NULL);
        assert_int_equal(fm.body_len, strlen(CASES[i].body));
        assert_memory_equal(text + fm.body_at, CASES[i].body, fm.body_len);
        if (CASES[i].yaml) {
            assert_int_equal(fm.yaml_len, strlen(CASES[i].yaml));
            assert_memory_equal(text + fm.yaml_at, CASES[i].yaml, fm.yaml_len);
        }
    }
}

static void tells_line_ends_and_bom(void **state)
{
    (void)state;
    struct frontmatter fm;
    frontmatter_split("a\r\nb\r\n", 6, &fm);
    assert_int_equal(fm.eol, FRONTMATTER_CRLF);
    frontmatter_split("a\rb\r\nc\r", 7, &fm);
    assert_int_equal(fm.eol, FRONTMATTER_CR);
    frontmatter_split("a\r\nb\n", 5, &fm);
    assert_int_equal(fm.eol, FRONTMATTER_LF);
    frontmatter_split("\xEF\xBB\xBFx", 4, &fm);
    assert_true(fm.has_bom);
    assert_int_equal(fm.body_at, 3);
}

static void a_long_gap_is_one_pass(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    buf_puts(&b, "---\n");
    buf_pad(&b, '\n', 4000000);
    struct frontmatter fm;
    frontmatter_split(b.p, b.n, &fm);
    assert_false(fm.has_block);
    buf_done(&b);
}

static void check_json(const char *yaml, const char *want)
{
    struct err e = ERR_INIT;
    cJSON *json = frontmatter_parse(yaml, strlen(yaml), NULL, NULL, &e);
    if (!json) {
        fail_msg("%s: %s", yaml, e.msg);
    }
    char *got = json_print(json, false);
    assert_string_equal(got, want);
    free(got);
    cJSON_Delete(json);
}

static void values_are_yaml_1_2(void **state)
{
    (void)state;
    check_json("", "{}");
    check_json("# only a comment\n", "{}");
    check_json("license: mit\ntags:\n- a\n- b\n", "{\"license\":\"mit\",\"tags\":[\"a\",\"b\"]}");
    check_json("language: no\n", "{\"language\":\"no\"}");
    check_json("a: true\nb: False\nc: ~\nd:\n", "{\"a\":true,\"b\":false,\"c\":null,\"d\":null}");
    check_json("a: 12\nb: -3\nc: 0x10\nd: 012\ne: 1_000\nf: 0o17\n",
               "{\"a\":12,\"b\":-3,\"c\":16,\"d\":12,\"e\":1000,\"f\":15}");
    check_json("a: 4.5\nb: 1e3\nc: .5\nd: 4.10.0\ne: .inf\n",
               "{\"a\":4.5,\"b\":1000,\"c\":0.5,\"d\":\"4.10.0\",\"e\":\".inf\"}");
    check_json("a: '12'\nb: \"true\"\nc: 2024-01-02\n",
               "{\"a\":\"12\",\"b\":\"true\",\"c\":\"2024-01-02\"}");
    check_json("a: 99999999999999999999\n", "{\"a\":99999999999999999999}");
    check_json("x: {y: [1, {z: w}], n<1K: q}\n",
               "{\"x\":{\"y\":[1,{\"z\":\"w\"}],\"n<1K\":\"q\"}}");
    check_json("a: \"x\\0y\"\n", "{\"a\":\"x\xEF\xBF\xBDy\"}");
    check_json("a: &x [1, 2]\nb: *x\n", "{\"a\":[1,2],\"b\":[1,2]}");
    check_json("a: !!str 12\n", "{\"a\":\"12\"}");
}

static void check_error(const char *yaml, enum err_code code, int line)
{
    struct err e = ERR_INIT;
    struct frontmatter_place place;
    cJSON *json = frontmatter_parse(yaml, strlen(yaml), NULL, &place, &e);
    assert_null(json);
    assert_int_equal(e.code, code);
    assert_true(e.msg[0] != '\0');
    assert_int_equal(place.line, line);
}

static void errors_name_their_line(void **state)
{
    (void)state;
    check_error("a: 1\nb: [1, 2\n", ERR_DAMAGED, 2); /* where the list begins */
    check_error("a: 1\nb: 2\na: 3\n", ERR_DAMAGED, 3);
    check_error("- a\n- b\n", ERR_DAMAGED, 1);
    check_error("just words\n", ERR_DAMAGED, 1);
    check_error("a: 1\n? [x]\n: y\n", ERR_DAMAGED, 2);
    check_error("a: *nothing\n", ERR_DAMAGED, 1);
    check_error("a: &x\n  b: *x\n", ERR_DAMAGED, 2);
    check_error("a: 1\n---\nb: 2\n", ERR_DAMAGED, 2);
    check_error("a: 1\nb: \x9b\n", ERR_DAMAGED, 2);
}

static void bombs_hit_a_limit(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    buf_puts(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
        buf_printf(&b, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++) {
            buf_printf(&b, "%s*a%d", k ? ", " : "", i - 1);
        }
        buf_puts(&b, "]\n");
    }
    check_error(b.p, ERR_LIMIT, 6);
    buf_clear(&b);
    buf_puts(&b, "a: ");
    buf_pad(&b, '[', 120);
    check_error(b.p, ERR_LIMIT, 1);
    buf_clear(&b);
    buf_puts(&b, "s: &s ");
    buf_pad(&b, 'x', 100000);
    buf_puts(&b, "\nl:\n");
    for (int i = 0; i < 50; i++) {
        buf_puts(&b, "- *s\n");
    }
    check_error(b.p, ERR_LIMIT, 43);
    const struct frontmatter_limits few = {.max_nodes = 4};
    struct err e = ERR_INIT;
    assert_null(frontmatter_parse("a: 1\nb: 2\n", 10, &few, NULL, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    buf_done(&b);
}

static void many_keys_are_fast(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    for (int i = 0; i < 20000; i++) {
        buf_printf(&b, "key%d: %d\n", i, i);
    }
    struct err e = ERR_INIT;
    cJSON *json = frontmatter_parse(b.p, b.n, NULL, NULL, &e);
    assert_non_null(json);
    assert_int_equal(cJSON_GetArraySize(json), 20000);
    cJSON_Delete(json);
    buf_done(&b);
}

/* hub.md F2c: neither entries nor bytes of a card as large as there are refuse it. */
static void large_blocks_are_read(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    for (int i = 0; i < 150000; i++) {
        buf_printf(&b, "%s\n", i ? "- x" : "tags:");
    }
    struct err e = ERR_INIT;
    cJSON *json = frontmatter_parse(b.p, b.n, NULL, NULL, &e);
    assert_int_equal(cJSON_GetArraySize(json_arr(json, "tags")), 149999);
    cJSON_Delete(json);
    buf_clear(&b);
    for (int i = 0; i < 30000; i++) {
        buf_printf(&b, "word%d: {forms: [ein, eines], lemma: 'wort %d', n: %d}\n", i, i, i);
    }
    assert_true(b.n > 1500000);
    json = frontmatter_parse(b.p, b.n, NULL, NULL, &e);
    assert_int_equal(cJSON_GetArraySize(json), 30000);
    cJSON_Delete(json);
    buf_done(&b);
}

/* hub.md F2b: the reason is words that a writer of cards knows. */
static void errors_are_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *words;
    } CASES[] = {
        {"license: mit\nlicense: mit\n", "line 2 of the metadata block: the same key stands there twice"},
        {"tags:\n\t- a\n", "line 2 of the metadata block: a tab where blanks must stand"},
        {"title: Notes: a summary\n", "text with a colon needs quotes"},
        {"a: 1\ntitle: \"never closed\nb: 2\n", "line 2 of the metadata block: a quoted text that begins here is never closed"},
        {"a: {b: 1\nc: 2\n", "is never closed"},
        {"owner: @me\n", "a value that begins with \"@\" needs quotes"},
        {"path: \"C:\\models\"\n", "use single quotes"},
        {"license: mit\njust words\n", "line 2 of the metadata block: a line without \"key:\""},
        {"a: !mine 1\n", "a \"!\" tag that cards do not know"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        assert_null(frontmatter_parse(CASES[i].yaml, strlen(CASES[i].yaml), NULL, NULL, &e));
        if (!strstr(e.msg, CASES[i].words)) {
            fail_msg("%s: %s", CASES[i].yaml, e.msg);
        }
    }
}

/* Lines are those of the README, whatever stands before the block and ends its lines. */
static void a_readme_names_its_own_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } CASES[] = {
        {"---\na: 1\na: 2\n---\n", "README.md, line 3: the same key stands there twice"},
        {"\n\n---\na: 1\na: 2\n---\n", "README.md, line 5: the same key stands there twice"},
        {"---\r\na: 1\r\nb:\r\n\t- x\r\n---\r\n", "README.md, line 4: a tab where blanks must stand"},
        {"---\ra: 1\ra: 2\r---\n", "README.md, line 3: the same key stands there twice"},
        {"\xEF\xBB\xBF---\n- a\n---\n", "README.md, line 2: the block is not made of"},
        {"---\na: 1\n---\nb: [\n", NULL},
        {"b: [\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        assert_int_equal(frontmatter_check(CASES[i].text, strlen(CASES[i].text), &e), !CASES[i].why);
        assert_true(str_starts(e.msg, CASES[i].why ? CASES[i].why : ""));
    }
}

/* Blocks that libyaml is given in other words stay what they are, and cannot be used to hold it up. */
static void mended_blocks_stay_what_they_are(void **state)
{
    (void)state;
    check_json("a: '\\ud83d\\ude00'\nb: \"\\ud83d\\ude00\"\nc: \\ud83d\n",
               "{\"a\":\"\\\\ud83d\\\\ude00\",\"b\":\"\xF0\x9F\x98\x80\",\"c\":\"\\\\ud83d\"}");
    check_json("a: \xF4\x8F\xBF\xBD\xF4\x8F\xBF\xBC\n", "{\"a\":\"\xF4\x8F\xBF\xBD\xF4\x8F\xBF\xBC\"}");
    check_json("a: |\n  \tx\nb: {c:, d:}\n", "{\"a\":\"\\tx\\n\",\"b\":{\"c\":null,\"d\":null}}");
    check_error("a:\n  b: |\n  \tx: 1\n", ERR_DAMAGED, 3);
    struct buf b = BUF_INIT;
    buf_puts(&b, "a: {");
    for (int i = 0; i < 100000; i++) {
        buf_printf(&b, "k%d:,", i);
    }
    struct err e = ERR_INIT;
    assert_null(frontmatter_parse(b.p, b.n, NULL, NULL, &e));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_as_the_hub_does), cmocka_unit_test(tells_line_ends_and_bom),
        cmocka_unit_test(a_long_gap_is_one_pass), cmocka_unit_test(values_are_yaml_1_2),
        cmocka_unit_test(errors_name_their_line), cmocka_unit_test(bombs_hit_a_limit),
        cmocka_unit_test(many_keys_are_fast),       cmocka_unit_test(large_blocks_are_read),
        cmocka_unit_test(errors_are_in_words),      cmocka_unit_test(a_readme_names_its_own_lines),
            cmocka_unit_test(mended_blocks_stay_what_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
