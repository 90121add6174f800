/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of localhub that need no server. */
#include <float.h>
#include <unistd.h>

#include "tests/unit/localhub_help.h"

#include "core/localhub/attributes.h"
#include "core/localhub/fault.h"
#include "core/localhub/filter.h"
#include "core/localhub/range.h"
#include "core/localhub/request.h"
#include "core/localhub/sidecar.h"
#include "core/localhub/store.h"
#include "core/localhub/weights.h"

static void wildmatch_is_gits(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } CASES[] = {
        {"*.bin", "a.bin", true},
        {"*.bin", "a/b.bin", false},
        {"**/*.bin", "a/b.bin", true},
        {"**/*.bin", "b.bin", true},
        {"**/foo", "xfoo", false},
        {"**/foo", "a/b/foo", true},
        {"a/**", "a/b/c", true},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "a/xb", false},
        {"saved_model/**/*", "saved_model/x", true},
        {"*.tar.*", "a.tar.gz", true},
        {"*tfevents*", "events.out.tfevents.1", true},
        {"a?c", "abc", true},
        {"a?c", "a/c", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"[]x]y", "]y", true},
        {"[a", "a", false},
        {"\\*x", "*x", true},
        {"\\*x", "ax", false},
        {"", "", true},
        {"*", "", true},
        {"a*b*c*d*e*f*g*h", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (lh_wildmatch(CASES[i].pattern, CASES[i].text) != CASES[i].matches) {
            fail_msg("%s against %s", CASES[i].pattern, CASES[i].text);
        }
    }
}

static void attributes_decide_lfs(void **state)
{
    (void)state;
    struct lh_attributes a;
    lh_attributes_init(&a, NULL, 0);
    assert_true(lh_attributes_is_lfs(&a, "model.safetensors", 10));
    assert_true(lh_attributes_is_lfs(&a, "deep/in/model.bin", 10));
    assert_false(lh_attributes_is_lfs(&a, "model.bin", 0));
    assert_false(lh_attributes_is_lfs(&a, "README.md", 10));
    assert_true(lh_attributes_is_lfs(&a, "README.md", (10 << 20) + 1));
    lh_attributes_done(&a);
    static const char TEXT[] = "# comment\r\n*.bin filter=lfs diff=lfs merge=lfs -text\r\n"
                               "small.bin -filter\n/top.txt filter=lfs\n"
                               "data/*.csv filter=lfs\n*.md text\n*.x !filter\n";
    lh_attributes_init(&a, TEXT, sizeof TEXT - 1);
    assert_true(lh_attributes_is_lfs(&a, "a/b.bin", 1));
    assert_false(lh_attributes_is_lfs(&a, "a/small.bin", 1));
    assert_true(lh_attributes_is_lfs(&a, "top.txt", 1));
    assert_false(lh_attributes_is_lfs(&a, "a/top.txt", 1));
    assert_true(lh_attributes_is_lfs(&a, "data/x.csv", 1));
    assert_false(lh_attributes_is_lfs(&a, "x/data/x.csv", 1));
    assert_false(lh_attributes_is_lfs(&a, "model.safetensors", 1));
    lh_attributes_done(&a);
}

static void ranges_are_clipped(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
        enum lh_range kind;
        uint64_t offset, length;
    } CASES[] = {
        {NULL, 10, LH_RANGE_NONE, 0, 10},
        {"bytes=0-3", 10, LH_RANGE_PART, 0, 4},
        {"bytes=5-", 10, LH_RANGE_PART, 5, 5},
        {"bytes=-4", 10, LH_RANGE_PART, 6, 4},
        {"bytes=-40", 10, LH_RANGE_PART, 0, 10},
        {"bytes=2-99", 10, LH_RANGE_PART, 2, 8},
        {"bytes=0-0", 10, LH_RANGE_PART, 0, 1},
        {"bytes=10-", 10, LH_RANGE_BAD, 0, 10},
        {"bytes=-0", 10, LH_RANGE_BAD, 0, 10},
        {"bytes=0-", 0, LH_RANGE_BAD, 0, 0},
        {"bytes=5-2", 10, LH_RANGE_NONE, 0, 10},
        {"bytes=0-1,4-5", 10, LH_RANGE_NONE, 0, 10},
        {"bytes=-", 10, LH_RANGE_NONE, 0, 10},
        {"lines=0-3", 10, LH_RANGE_NONE, 0, 10},
        {"bytes=99999999999999999999999-", 10, LH_RANGE_BAD, 0, 10},
        {"bytes=0-99999999999999999999999", 10, LH_RANGE_PART, 0, 10},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint64_t offset = 0;
        uint64_t length = 0;
        assert_int_equal(lh_range_parse(CASES[i].text, CASES[i].size, &offset, &length),
                         CASES[i].kind);
        assert_int_equal(offset, CASES[i].offset);
        assert_int_equal(length, CASES[i].length);
    }
}

static void parameter_ranges_parse(void **state)
{
    (void)state;
    double min = 0;
    double max = 0;
    assert_true(lh_parse_parameter_range("min:6B,max:128B", &min, &max));
    assert_true(min > 5.9e9 && min < 6.1e9 && max > 127e9 && max < 129e9);
    assert_true(lh_parse_parameter_range("max:1.5m", &min, &max));
    assert_true(min < 1 && max > 1.4e6 && max < 1.6e6);
    assert_true(lh_parse_parameter_range("min:250", &min, &max));
    assert_true(min > 249 && min < 251 && max >= DBL_MAX);
    assert_false(lh_parse_parameter_range("6B", &min, &max));
    assert_false(lh_parse_parameter_range("min:", &min, &max));
    assert_false(lh_parse_parameter_range("min:6X", &min, &max));
    assert_false(lh_parse_parameter_range("min:1.2.3", &min, &max));
    assert_false(lh_parse_parameter_range("min:6B,", &min, &max));
}

static void targets_keep_encoded_slashes(void **state)
{
    (void)state;
    struct lh_request r = {0};
    assert_true(lh_request_parse(&r, "/a/refs%2Fpr%2F3/x%20y+z?filter=a&filter=b+c&expand[]=q&f="));
    assert_int_equal(r.n_segments, 3);
    assert_string_equal(r.segments[1], "refs/pr/3");
    assert_string_equal(r.segments[2], "x y+z");
    assert_string_equal(lh_request_nth(&r, "filter", 1), "b c");
    assert_null(lh_request_nth(&r, "filter", 2));
    assert_string_equal(lh_request_query(&r, "expand"), "q");
    assert_string_equal(lh_request_query(&r, "f"), "");
    lh_request_done(&r);
    static const char *const BAD[] = {"",      "a",    "/%",      "/%0",        "/%zz", "/%00",
                                      "/a\nb", "/%ff", "/?a=%00", "/?a=%c0%af", "*",    "/a\x7f"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct lh_request bad = {0};
        assert_false(lh_request_parse(&bad, BAD[i]));
        lh_request_done(&bad);
    }
}

static void ids_follow_the_hubs_rules(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"a", "gpt2", "a/b", "A-b_c.d/1.0-x"};
    static const char *const BAD[] = {"",     "/",    "a/",   "/a",      "a/b/c", "-a/b",
                                      "a./b", "a--b", "a/..", "a/b.git", "a b/c", "a/\xC3\xBC"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_true(lh_is_repo_id(GOOD[i]));
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_false(lh_is_repo_id(BAD[i]));
    }
}

/* hub.md F4: 96 is the limit of each part. */
static void long_ids_are_measured_by_their_parts(void **state)
{
    (void)state;
    static const struct {
        int ns, name;
        bool is_good;
    } CASES[] = {{0, 96, true}, {0, 97, false}, {96, 96, true}, {97, 1, false},
                 {1, 97, false}, {40, 60, true}, {95, 2, true}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf id = BUF_INIT;
        buf_pad(&id, 'n', (size_t)CASES[i].ns);
        buf_puts(&id, CASES[i].ns ? "/" : "");
        buf_pad(&id, 'm', (size_t)CASES[i].name);
        assert_int_equal(lh_is_repo_id(buf_str(&id)), CASES[i].is_good);
        buf_done(&id);
    }
}

static void faults_parse_or_explain(void **state)
{
    (void)state;
    struct localhub_fault f;
    struct err e = ERR_INIT;
    char good[] = "latency=300 match=/api/models count=2";
    assert_true(localhub_fault_parse(good, &f, &e));
    assert_int_equal(f.kind, LOCALHUB_LATENCY);
    assert_int_equal(f.value, 300);
    assert_string_equal(f.match, "/api/models");
    assert_int_equal(f.count, 2);
    char bare[] = "bad-json";
    assert_true(localhub_fault_parse(bare, &f, &e));
    assert_int_equal(f.kind, LOCALHUB_BAD_JSON);
    assert_null(f.match);
    assert_int_equal(f.count, -1);
    static const char *const BAD[] = {
        "", "nonsense", "latency", "latency=x", "html match=", "html count=x", "html html"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char *text = xstrdup(BAD[i]);
        assert_false(localhub_fault_parse(text, &f, &e));
        assert_int_equal(e.code, ERR_USAGE);
        assert_true(e.msg[0] != '\0');
        free(text);
    }
}

static void faults_count_down(void **state)
{
    (void)state;
    const struct localhub_fault faults[] = {
        {.kind = LOCALHUB_HTML, .match = "/a", .count = 2},
        {.kind = LOCALHUB_CUT, .value = 7, .count = 0},
    };
    struct lh_faults *f = lh_faults_new(faults, 2);
    struct lh_effects fx;
    lh_faults_take(f, "/b?x=/a", &fx);
    assert_false(fx.has[LOCALHUB_HTML]);
    for (int i = 0; i < 3; i++) {
        lh_faults_take(f, "/x/a", &fx);
        assert_int_equal(fx.has[LOCALHUB_HTML], i < 2);
        assert_false(fx.has[LOCALHUB_CUT]);
    }
    lh_faults_free(f);
}

/* ---- weights ---- */

static void put_le(struct buf *b, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_putc(b, (char)(v >> (8 * i) & 0xFF));
    }
}

static void put_text(struct buf *b, const char *s)
{
    put_le(b, strlen(s), 8);
    buf_puts(b, s);
}

static void make_gguf(struct buf *b)
{
    buf_puts(b, "GGUF");
    put_le(b, 3, 4);
    put_le(b, 2, 8); /* tensors */
    put_le(b, 4, 8); /* keys */
    put_text(b, "general.architecture");
    put_le(b, 8, 4);
    put_text(b, "llama");
    put_text(b, "tokenizer.ggml.tokens");
    put_le(b, 9, 4);
    put_le(b, 8, 4);
    put_le(b, 2, 8);
    put_text(b, "<s>");
    put_text(b, "</s>");
    put_text(b, "tokenizer.ggml.scores");
    put_le(b, 9, 4);
    put_le(b, 6, 4);
    put_le(b, 3, 8);
    put_le(b, 0, 8);
    put_le(b, 0, 4);
    put_text(b, "llama.context_length");
    put_le(b, 4, 4);
    put_le(b, 4096, 4);
    for (int i = 0; i < 2; i++) {
        put_text(b, "blk.0.w");
        put_le(b, 2, 4);
        put_le(b, 10, 8);
        put_le(b, 20, 8);
        put_le(b, 0, 4);
        put_le(b, 0, 8);
    }
}

static void gguf_headers_are_read_or_refused(void **state)
{
    (void)state;
    char *root = new_folder();
    struct buf b = BUF_INIT;
    make_gguf(&b);
    put_bytes(root, "m.gguf", b.p, b.n);
    char *path = xasprintf("%s/m.gguf", root);
    struct lh_weights w = {0};
    struct err e = ERR_INIT;
    assert_true(lh_weights_read_gguf(&w, path, &e));
    assert_string_equal(w.gguf_arch, "llama");
    assert_int_equal(w.gguf_context, 4096);
    assert_int_equal(w.gguf_total, 400);
    for (size_t cut = 0; cut < b.n; cut++) {
        put_bytes(root, "m.gguf", b.p, cut);
        struct lh_weights none = {0};
        assert_false(lh_weights_read_gguf(&none, path, &e));
        assert_false(none.has_gguf);
    }
    free(path);
    buf_done(&b);
    remove_folder(root);
}

static void check_header_json(const char *json, bool is_good, uint64_t total)
{
    struct lh_weights w = {0};
    struct err e = ERR_INIT;
    assert_int_equal(lh_weights_add_header(&w, json, strlen(json), &e), is_good);
    assert_int_equal(w.total, total);
}

static void safetensors_headers_are_read_or_refused(void **state)
{
    (void)state;
    check_header_json("{}", true, 0);
    check_header_json("{\"a\":{\"dtype\":\"F16\",\"shape\":[2,3]},\"b\":{\"dtype\":\"F16\","
                      "\"shape\":[]}}",
                      true, 7);
    check_header_json("{\"a\":{\"dtype\":\"F16\",\"shape\":[2,-3]}}", false, 0);
    check_header_json("{\"a\":{\"dtype\":\"F16\",\"shape\":[9e15,9e15]}}", false, 0);
    check_header_json("{\"a\":{\"dtype\":7,\"shape\":[2]}}", false, 0);
    check_header_json("{\"a\":{\"dtype\":\"a dtype that is far too long\",\"shape\":[2]}}", false,
                      0);
    check_header_json("[1]", false, 0);
    check_header_json("{\"a\":", false, 0);
    char *root = new_folder();
    char *path = xasprintf("%s/m.safetensors", root);
    struct lh_weights w = {0};
    static const unsigned char LIES[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, '{', '}'};
    put_bytes(root, "m.safetensors", LIES, sizeof LIES);
    assert_false(lh_weights_add_safetensors(&w, path, NULL));
    put_bytes(root, "m.safetensors", LIES, 3);
    assert_false(lh_weights_add_safetensors(&w, path, NULL));
    put_safetensors(root, "m.safetensors", "{\"a\":{\"dtype\":\"I8\",\"shape\":[5]}}", 5);
    assert_true(lh_weights_add_safetensors(&w, path, NULL));
    assert_int_equal(w.total, 5);
    free(path);
    remove_folder(root);
}

static void sidecars_keep_nul(void **state)
{
    (void)state;
    char *root = new_folder();
    char *path = xasprintf("%s/s.json", root);
    put(root, "s.json", "{\"a\":\"x\\u0000y\",\"b\":\"\\\\u0000\"}");
    struct err e = ERR_INIT;
    cJSON *json = lh_sidecar_read(path, &e);
    assert_non_null(json);
    char *text = json_print(json, false);
    struct buf out = BUF_INIT;
    buf_puts(&out, text);
    lh_sidecar_show_nul(&out);
    assert_string_equal(out.p, "{\"a\":\"x\\u0000y\",\"b\":\"\\\\u0000\"}");
    buf_done(&out);
    free(text);
    cJSON_Delete(json);
    put(root, "s.json", "{\"a\":\"\x9b\"}");
    assert_null(lh_sidecar_read(path, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    free(path);
    remove_folder(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wildmatch_is_gits),
        cmocka_unit_test(attributes_decide_lfs),
        cmocka_unit_test(ranges_are_clipped),
        cmocka_unit_test(parameter_ranges_parse),
        cmocka_unit_test(targets_keep_encoded_slashes),
        cmocka_unit_test(ids_follow_the_hubs_rules),
        cmocka_unit_test(long_ids_are_measured_by_their_parts),
        cmocka_unit_test(faults_parse_or_explain),
        cmocka_unit_test(faults_count_down),
        cmocka_unit_test(gguf_headers_are_read_or_refused),
        cmocka_unit_test(safetensors_headers_are_read_or_refused),
        cmocka_unit_test(sidecars_keep_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
