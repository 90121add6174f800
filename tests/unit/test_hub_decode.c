/* SPDX-License-Identifier: Apache-2.0 */
/* The decoders: JSON as the Hub sends it, and as it should never be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"

static const enum hub_kind MODEL = HUB_MODEL;
static const struct hub_listing MODELS = {.kind = HUB_MODEL};
static const struct hub_listing SPACES = {.kind = HUB_SPACE};

static void *decode_as(hub_decoder *decode, const void *arg, const char *text, const char *headers,
                       struct err *e)
{
    struct hub_reply reply = {.json = json_parse(text, strlen(text), e), .headers = headers};
    assert_non_null(reply.json);
    void *result = decode(&reply, arg, e);
    cJSON_Delete(reply.json);
    return result;
}

static void *decode_ok(hub_decoder *decode, const void *arg, const char *text)
{
    struct err e = ERR_INIT;
    void *result = decode_as(decode, arg, text, "", &e);
    if (!result) {
        fail_msg("%s: %s", text, e.msg);
    }
    return result;
}

static void expect_damaged(hub_decoder *decode, const void *arg, const char *text)
{
    struct err e = ERR_INIT;
    if (decode_as(decode, arg, text, "", &e)) {
        fail_msg("%s was taken", text);
    }
    assert_int_equal(e.code, ERR_DAMAGED);
    assert_true(e.remedy[0] != '\0');
}

/* ---- repos ---- */

static void test_model(void **state)
{
    (void)state;
    struct hub_page *p = decode_ok(
        hub_decode_list, &MODELS,
        "[{\"_id\":\"0\",\"id\":\"org/m\",\"author\":\"org\",\"sha\":\"abc\",\"private\":true,"
        "\"gated\":\"manual\",\"downloads\":1900000,\"downloadsAllTime\":5000000,\"likes\":512,"
        "\"trendingScore\":3.5,\"lastModified\":\"2026-08-20T09:30:00.000Z\","
        "\"createdAt\":\"2022-03-02T23:29:04Z\",\"pipeline_tag\":\"text-generation\","
        "\"library_name\":\"transformers\",\"tags\":[\"a\",7,\"license:mit\"],"
        "\"siblings\":[{\"rfilename\":\"x\"},{},{\"rfilename\":\"y/z\"}],\"usedStorage\":42,"
        "\"safetensors\":{\"parameters\":{\"BF16\":2000,\"F32\":\"no\"},\"total\":2128},"
        "\"cardData\":{\"license\":\"apache-2.0\"}}]");
    assert_int_equal(p->n_repos, 1);
    const struct hub_repo *r = &p->repos[0];
    assert_string_equal(r->id, "org/m");
    assert_string_equal(r->author, "org");
    assert_true(r->has_private && r->is_private);
    assert_int_equal(r->gated, HUB_GATED_MANUAL);
    assert_true(r->has_downloads && r->has_downloads_all && r->has_likes && r->has_trending);
    assert_int_equal(r->downloads, 1900000);
    assert_int_equal(r->downloads_all, 5000000);
    assert_true(r->has_modified && r->has_created);
    assert_int_equal(r->modified_s, 1787218200);
    assert_int_equal(r->created_s, 1646263744);
    assert_int_equal(r->n_tags, 2);
    assert_string_equal(r->license, "mit"); /* the tag wins: the Hub made it */
    assert_int_equal(r->n_files, 2);
    assert_string_equal(r->files[1], "y/z");
    assert_true(r->has_params);
    assert_int_equal(r->params, 2128);
    assert_int_equal(r->n_dtypes, 1);
    assert_string_equal(r->dtypes[0].dtype, "BF16");
    assert_int_equal(r->used_storage, 42);
    assert_ptr_equal(r->raw, p->json->child);
    hub_page_free(p);
}

/* An absent member is absent, not 0 and not false. */
static void test_bare_item(void **state)
{
    (void)state;
    struct hub_page *p = decode_ok(hub_decode_list, &MODELS, "[{\"modelId\":\"gpt2\"}]");
    const struct hub_repo *r = &p->repos[0];
    assert_string_equal(r->id, "gpt2");
    assert_null(r->author);
    assert_null(r->license);
    assert_false(r->has_downloads || r->has_likes || r->has_modified || r->has_params ||
                 r->has_private || r->has_trending || r->has_used_storage || r->has_created);
    assert_int_equal(r->gated, HUB_GATED_NO);
    assert_int_equal(r->n_tags, 0);
    assert_null(p->next);
    assert_false(p->has_total);
    hub_page_free(p);
}

static void test_wrong_types_are_absent(void **state)
{
    (void)state;
    struct hub_page *p = decode_ok(
        hub_decode_list, &MODELS,
        "[{\"id\":\"a/b\",\"author\":1,\"downloads\":\"many\",\"likes\":-1,\"private\":\"yes\","
        "\"gated\":7,\"tags\":\"x\",\"lastModified\":5,\"createdAt\":\"yesterday\","
        "\"safetensors\":[1],\"gguf\":\"x\",\"siblings\":{},\"cardData\":[],\"usedStorage\":1.5,"
        "\"trendingScore\":\"hot\",\"pipeline_tag\":[]}]");
    const struct hub_repo *r = &p->repos[0];
    assert_null(r->author);
    assert_null(r->pipeline_tag);
    assert_null(r->card_data);
    assert_false(r->has_downloads || r->has_likes || r->has_modified || r->has_params ||
                 r->has_private || r->has_trending || r->has_used_storage || r->has_created);
    assert_int_equal(r->n_tags, 0);
    assert_int_equal(r->n_files, 0);
    hub_page_free(p);
}

static void test_params(void **state)
{
    (void)state;
    static const struct {
        const char *item;
        bool has;
        uint64_t params;
    } CASES[] = {
        {"\"safetensors\":{\"total\":10,\"parameters\":{\"F32\":3}},\"gguf\":{\"total\":4}", true,
         10},
        {"\"safetensors\":{\"parameters\":{\"F32\":3,\"F16\":4}}", true, 7},
        {"\"gguf\":{\"total\":600000000,\"architecture\":\"qwen3\"}", true, 600000000},
        {"\"gguf\":{\"total\":-5}", false, 0},
        {"\"gguf\":{\"total\":1e300}", false, 0},
        {"\"x\":1", false, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[256];
        snprintf(text, sizeof text, "[{\"id\":\"a/b\",%s}]", CASES[i].item);
        struct hub_page *p = decode_ok(hub_decode_list, &MODELS, text);
        assert_int_equal(p->repos[0].has_params, CASES[i].has);
        assert_int_equal(p->repos[0].params, CASES[i].params);
        hub_page_free(p);
    }
}

static void test_gated_and_license(void **state)
{
    (void)state;
    struct hub_page *p =
        decode_ok(hub_decode_list, &MODELS,
                  "[{\"id\":\"a/a\",\"gated\":false,\"cardData\":{\"license\":[\"mit\",\"x\"]}},"
                  "{\"id\":\"a/b\",\"gated\":\"auto\",\"cardData\":{\"license\":\"cc0-1.0\"}},"
                  "{\"id\":\"a/c\",\"gated\":true,\"cardData\":{\"license\":{}}}]");
    assert_int_equal(p->repos[0].gated, HUB_GATED_NO);
    assert_string_equal(p->repos[0].license, "mit");
    assert_int_equal(p->repos[1].gated, HUB_GATED_AUTO);
    assert_string_equal(p->repos[1].license, "cc0-1.0");
    assert_int_equal(p->repos[2].gated, HUB_GATED_AUTO);
    assert_null(p->repos[2].license);
    hub_page_free(p);
}

static void test_space(void **state)
{
    (void)state;
    struct hub_page *p = decode_ok(
        hub_decode_list, &SPACES,
        "[{\"id\":\"a/s\",\"sdk\":\"gradio\",\"runtime\":{\"stage\":\"RUNNING\",\"hardware\":"
        "{\"current\":\"t4-small\",\"requested\":\"a10g\"}}},"
        "{\"id\":\"a/t\",\"runtime\":{\"stage\":\"BUILDING\",\"hardware\":{\"current\":null,"
        "\"requested\":\"cpu-basic\"}}},{\"id\":\"a/u\",\"runtime\":{\"hardware\":\"zero\"}}]");
    assert_string_equal(p->repos[0].stage, "RUNNING");
    assert_string_equal(p->repos[0].hardware, "t4-small");
    assert_string_equal(p->repos[1].hardware, "cpu-basic");
    assert_string_equal(p->repos[2].hardware, "zero");
    assert_null(p->repos[2].stage);
    hub_page_free(p);
}

static void test_list_of_nothing_useful(void **state)
{
    (void)state;
    struct hub_page *p = decode_ok(hub_decode_list, &MODELS, "[]");
    assert_int_equal(p->n_repos, 0);
    hub_page_free(p);
    expect_damaged(hub_decode_list, &MODELS, "{}");
    expect_damaged(hub_decode_list, &MODELS, "null");
    expect_damaged(hub_decode_list, &MODELS, "[1]");
    expect_damaged(hub_decode_list, &MODELS, "[{\"id\":\"\"}]");
    expect_damaged(hub_decode_info, &MODEL, "[]");
    expect_damaged(hub_decode_info, &MODEL, "{\"x\":1}");
}

/* robustness R5: a row that cannot be read costs itself, not the others. */
static void test_bad_rows(void **state)
{
    (void)state;
    static const char *const BAD[] = {"7", "null", "[]", "{}", "\"a/b\"", "{\"id\":{}}", "{\"id\":\"\"}"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char *text = xasprintf("[%s,{\"id\":\"a/b\"},%s,{\"id\":\"c/d\"},%s]", BAD[i], BAD[i], BAD[i]);
        struct hub_page *p = decode_ok(hub_decode_list, &MODELS, text);
        assert_int_equal(p->n_repos, 2);
        assert_int_equal(p->n_skipped, 3);
        assert_string_equal(p->repos[1].id, "c/d");
        assert_non_null(p->repos[1].raw);
        hub_page_free(p);
        free(text);
        text = xasprintf("[%s,{\"id\":\"0a1b\"},%s,{\"id\":\"2c3d\"},%s]", BAD[i], BAD[i], BAD[i]);
        struct hub_commits *c = decode_ok(hub_decode_commits, NULL, text);
        assert_int_equal(c->n_items, 2);
        assert_int_equal(c->n_skipped, 3);
        assert_string_equal(c->items[0].id, "0a1b");
        hub_commits_free(c);
        free(text);
    }
    struct hub_tree t = {0};
    size_t cap = 0;
    struct hub_tree_part *part = decode_ok(
        hub_decode_tree, NULL,
        "[{\"type\":\"file\",\"path\":7},{\"type\":\"file\",\"path\":\"x\"},{\"path\":\"y\"},false]");
    assert_true(hub_tree_add(&t, &cap, part->json, 10, NULL));
    assert_int_equal(t.n_files, 1);
    assert_int_equal(t.n_skipped, 3);
    hub_tree_part_free(part);
    free(t.files);
    arena_done(&t.arena);
    struct hub_discussions *d = decode_ok(hub_decode_discussions, NULL,
                                          "{\"discussions\":[{\"num\":-1},{\"num\":\"2\"},{\"num\":5}]}");
    assert_int_equal(d->n_items, 1);
    assert_int_equal(d->n_skipped, 2);
    assert_int_equal(d->items[0].num, 5);
    assert_int_equal(d->total, 3);
    hub_discussions_free(d);
    struct hub_refs *r = decode_ok(hub_decode_refs, NULL,
                                   "{\"branches\":[{\"name\":\"main\",\"ref\":\"refs/heads/main\"},{\"name\":\"x\"}],"
                                   "\"tags\":[null,\"v1\"]}");
    assert_int_equal(r->n_branches, 1);
    assert_int_equal(r->n_skipped, 3);
    hub_refs_free(r);
    expect_damaged(hub_decode_refs, NULL, "{\"branches\":[{}],\"tags\":[1]}");
}

static void test_page_headers(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct hub_page *p = decode_as(hub_decode_list, &MODELS, "[]",
                                   "x-total-count: 7\nlink: <http://h/>; rel=\"next\"\n", &e);
    assert_true(p->has_total);
    assert_int_equal(p->total, 7);
    assert_null(p->next); /* no client, no endpoint to compare with */
    hub_page_free(p);
}

/* ---- the rest ---- */

static void test_tree(void **state)
{
    (void)state;
    struct hub_tree t = {0};
    size_t cap = 0;
    struct hub_tree_part *part = decode_ok(
        hub_decode_tree, NULL,
        "[{\"type\":\"file\",\"path\":\"m.safetensors\",\"oid\":\"ab\",\"size\":123,\"lfs\":"
        "{\"oid\":\"cd\",\"size\":123,\"pointerSize\":134},\"xetHash\":\"ef\",\"lastCommit\":"
        "{\"id\":\"1\",\"title\":\"t\",\"date\":\"2026-01-01T00:00:00Z\"},"
        "\"securityFileStatus\":{\"status\":\"safe\"}},"
        "{\"type\":\"directory\",\"path\":\"d\",\"oid\":\"x\",\"size\":0},"
        "{\"type\":\"file\",\"path\":\"n\",\"lfs\":{\"oid\":\"q\",\"size\":9},"
        "\"securityFileStatus\":null}]");
    assert_true(hub_tree_add(&t, &cap, part->json, 10, NULL));
    hub_tree_part_free(part);
    assert_int_equal(t.n_files, 3);
    assert_int_equal(t.files[0].size, 123);
    assert_string_equal(t.files[0].lfs_sha256, "cd");
    assert_true(t.files[0].is_xet && t.files[0].has_commit_date);
    assert_string_equal(t.files[0].commit_title, "t");
    assert_string_equal(t.files[0].security, "safe");
    assert_true(t.files[1].is_dir);
    assert_int_equal(t.files[2].size, 9);
    assert_null(t.files[2].security);
    assert_false(t.is_truncated);
    part = decode_ok(hub_decode_tree, NULL, "[{\"type\":\"file\",\"path\":\"z\"}]");
    assert_true(hub_tree_add(&t, &cap, part->json, 3, NULL));
    assert_true(t.is_truncated);
    assert_int_equal(t.n_files, 3);
    hub_tree_part_free(part);
    part = decode_ok(hub_decode_tree, NULL, "[{\"type\":\"file\"}]");
    assert_false(hub_tree_add(&t, &cap, part->json, 9, NULL));
    hub_tree_part_free(part);
    free(t.files);
    arena_done(&t.arena);
    expect_damaged(hub_decode_tree, NULL, "{}");
}

static void test_commits(void **state)
{
    (void)state;
    struct hub_commits *c =
        decode_ok(hub_decode_commits, NULL,
                  "[{\"id\":\"a1\",\"title\":\"t\",\"message\":\"m\",\"date\":\"2026-01-01T00:00:"
                  "00.123456Z\","
                  "\"authors\":[{\"user\":\"bob\"}]},{\"id\":\"b2\",\"authors\":[]}]");
    assert_int_equal(c->n_items, 2);
    assert_string_equal(c->items[0].author, "bob");
    assert_true(c->items[0].has_date);
    assert_null(c->items[1].author);
    assert_string_equal(c->items[1].title, "");
    hub_commits_free(c);
    expect_damaged(hub_decode_commits, NULL, "[{}]");
    /* robustness S1: an id is hex, or it is none */
    expect_damaged(hub_decode_commits, NULL, "[{\"id\":\"a1\\u001b[201~\\nid\\n\"}]");
    expect_damaged(hub_decode_commits, NULL, "[{\"id\":\"main\"}]");
    expect_damaged(hub_decode_commits, NULL, "[{\"id\":\"\"}]");
    expect_damaged(hub_decode_commits, NULL, "{\"error\":\"x\"}");
}

/* hub.md 13: what a commit is compared with */
static void test_parents_and_diffs(void **state)
{
    (void)state;
    struct hub_commits *c = decode_ok(
        hub_decode_commits, NULL,
        "[{\"id\":\"a1\",\"parents\":[\"b2\",\"c3\"]},{\"id\":\"b2\",\"parents\":[]},{\"id\":\"c3\"},"
        "{\"id\":\"d4\",\"parents\":[7]},{\"id\":\"e5\",\"parents\":[\"../x\"]},{\"id\":\"f6\",\"parents\":{}}]");
    assert_int_equal(c->n_items, 6);
    assert_string_equal(c->items[0].parent, "b2");
    assert_string_equal(c->items[1].parent, "");
    for (size_t i = 2; i < c->n_items; i++) {
        assert_null(c->items[i].parent);
    }
    hub_commits_free(c);
    struct hub_diff *d = decode_ok(hub_decode_diff, NULL, "\"--- a/x\\n+++ b/x\\n\"");
    assert_string_equal(d->text, "--- a/x\n+++ b/x\n");
    hub_diff_free(d);
    expect_damaged(hub_decode_diff, NULL, "{}");
    expect_damaged(hub_decode_diff, NULL, "[\"x\"]");
}

static void test_refs(void **state)
{
    (void)state;
    struct hub_refs *r = decode_ok(
        hub_decode_refs, NULL,
        "{\"branches\":[{\"name\":\"main\",\"ref\":\"refs/heads/main\",\"targetCommit\":\"a\"},{}],"
        "\"tags\":[],\"converts\":[{\"name\":\"p\",\"ref\":\"refs/convert/parquet\"}],"
        "\"pullRequests\":[{\"name\":\"3\",\"ref\":\"refs/pr/3\",\"targetCommit\":\"b\"}]}");
    assert_int_equal(r->n_branches, 1);
    assert_int_equal(r->n_tags, 0);
    assert_null(r->converts[0].commit);
    assert_string_equal(r->pulls[0].ref, "refs/pr/3");
    hub_refs_free(r);
    expect_damaged(hub_decode_refs, NULL, "{}");
}

static void test_discussions(void **state)
{
    (void)state;
    struct hub_discussions *d = decode_ok(
        hub_decode_discussions, NULL,
        "{\"discussions\":[{\"num\":3,\"title\":\"t\",\"status\":\"open\",\"isPullRequest\":true,"
        "\"author\":{\"name\":\"eve\"},\"createdAt\":\"2026-01-01T00:00:00Z\"},{\"num\":2}],"
        "\"count\":9,\"start\":4}");
    assert_int_equal(d->n_items, 2);
    assert_true(d->items[0].is_pull);
    assert_string_equal(d->items[0].author, "eve");
    assert_null(d->items[1].author);
    assert_int_equal(d->total, 9);
    assert_int_equal(d->start, 4);
    hub_discussions_free(d);
    expect_damaged(hub_decode_discussions, NULL, "[]");
    expect_damaged(hub_decode_discussions, NULL, "{\"discussions\":[{\"title\":\"no number\"}]}");
}

static void test_thread(void **state)
{
    (void)state;
    struct hub_thread *t =
        decode_ok(hub_decode_thread, NULL,
                  "{\"num\":3,\"title\":\"t\",\"diff\":\"--- a\",\"events\":["
                  "{\"type\":\"comment\",\"author\":{\"name\":\"eve\"},\"data\":{\"hidden\":true,"
                  "\"latest\":{\"raw\":\"hello\"}}},{\"type\":\"status-change\",\"data\":{"
                  "\"status\":\"closed\"}},"
                  "{\"type\":\"commit\",\"data\":{\"subject\":\"s\",\"oid\":\"o\"}},"
                  "{\"type\":\"title-change\",\"data\":{\"from\":\"x\",\"to\":\"y\"}},{\"type\":"
                  "\"new-kind\"},{}]}");
    assert_int_equal(t->n_events, 5);
    assert_int_equal(t->n_skipped, 1);
    assert_string_equal(t->events[0].text, "hello");
    assert_true(t->events[0].is_hidden);
    assert_string_equal(t->events[1].text, "closed");
    assert_string_equal(t->events[2].oid, "o");
    assert_string_equal(t->events[3].text, "y");
    assert_string_equal(t->events[4].text, "");
    assert_string_equal(t->diff, "--- a");
    hub_thread_free(t);
    expect_damaged(hub_decode_thread, NULL, "{}");
    expect_damaged(hub_decode_thread, NULL, "[]");
}

static void test_tags(void **state)
{
    (void)state;
    struct hub_tags *t = decode_ok(hub_decode_tags, NULL,
                                   "{\"pipeline_tag\":[{\"id\":\"text-generation\",\"label\":"
                                   "\"Text Generation\"},{\"label\":\"x\"}],"
                                   "\"library\":[{\"id\":\"gguf\"}],\"odd\":7}");
    assert_int_equal(t->n_items, 2);
    assert_string_equal(t->items[0].type, "pipeline_tag");
    assert_string_equal(t->items[0].label, "Text Generation");
    assert_string_equal(t->items[1].label, "gguf");
    hub_tags_free(t);
    expect_damaged(hub_decode_tags, NULL, "[]");
}

static void test_shards(void **state)
{
    (void)state;
    struct hub_shards *s =
        decode_ok(hub_decode_shards, NULL,
                  "{\"index\":{},\"headers\":{\"a\":{\"w\":{\"dtype\":\"F32\",\"shape\":[2],"
                  "\"data_offsets\":[0,8]},\"x\":{\"data_offsets\":[8,5368709120]}},"
                  "\"b\":{},\"odd\":7}}");
    assert_int_equal(s->n_items, 2);
    assert_string_equal(s->items[0].file, "a");
    assert_int_equal(s->items[0].data_bytes, 5368709120);
    assert_non_null(strstr(s->items[0].header, "[8,5368709120]"));
    assert_int_equal(s->items[1].data_bytes, 0);
    hub_shards_free(s);
    expect_damaged(hub_decode_shards, NULL, "{\"index\":{}}");
    expect_damaged(hub_decode_shards, NULL, "{\"headers\":{}}");
    expect_damaged(hub_decode_shards, NULL, "[]");
}

static void test_account(void **state)
{
    (void)state;
    struct hub_account *a = decode_ok(
        hub_decode_account, NULL,
        "{\"type\":\"user\",\"name\":\"alice\",\"fullname\":\"Alice\",\"isPro\":true,\"orgs\":["
        "{\"name\":\"org\",\"roleInOrg\":\"admin\"},{\"fullname\":\"nameless\"}],\"auth\":{"
        "\"type\":"
        "\"access_token\",\"accessToken\":{\"displayName\":\"laptop\",\"role\":\"read\"}}}");
    assert_string_equal(a->name, "alice");
    assert_true(a->is_pro);
    assert_null(a->email);
    assert_string_equal(a->token_role, "read");
    assert_int_equal(a->n_orgs, 1);
    assert_string_equal(a->orgs[0].role, "admin");
    hub_account_free(a);
    expect_damaged(hub_decode_account, NULL, "{}");
    expect_damaged(hub_decode_account, NULL, "{\"name\":5}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model),
        cmocka_unit_test(test_bare_item),
        cmocka_unit_test(test_wrong_types_are_absent),
        cmocka_unit_test(test_params),
        cmocka_unit_test(test_gated_and_license),
        cmocka_unit_test(test_space),
        cmocka_unit_test(test_list_of_nothing_useful),
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_page_headers),
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_commits),
        cmocka_unit_test(test_parents_and_diffs),
        cmocka_unit_test(test_refs),
        cmocka_unit_test(test_discussions),
        cmocka_unit_test(test_thread),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_account),
    };
    return cmocka_run_group_tests_name("hub_decode", tests, NULL, NULL);
}
