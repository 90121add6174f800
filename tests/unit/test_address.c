/* SPDX-License-Identifier: Apache-2.0 */
/* What people type or click for a repo or a file in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/hub/address.h"

#define HERE "http://127.0.0.1:8080"

struct wanted {
    const char *text;
    enum hub_kind kind;
    const char *id, *revision, *path;
    uint64_t line;
};

static void check_text(const char *got, const char *wanted, const char *text)
{
    if ((got == NULL) != (wanted == NULL) || (got && strcmp(got, wanted) != 0)) {
        fail_msg("%s: %s instead of %s", text, got ? got : "nothing", wanted ? wanted : "nothing");
    }
}

static void expect_address(const struct wanted *w)
{
    struct hub_address a;
    struct err e = ERR_INIT;
    if (!hub_address_parse(w->text, HERE, &a, &e)) {
        fail_msg("%s: %s", w->text, e.msg);
    }
    assert_int_equal(a.kind, w->kind);
    check_text(a.id, w->id, w->text);
    check_text(a.revision, w->revision, w->text);
    check_text(a.path, w->path, w->text);
    assert_int_equal(a.line, w->line);
    hub_address_done(&a);
}

static void test_what_names_something(void **state)
{
    (void)state;
    static const struct wanted ALL[] = {
        {"gpt2", HUB_MODEL, "gpt2", NULL, NULL, 0},
        {"a/b", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"a/b/", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"models/a/b", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"datasets/a/b", HUB_DATASET, "a/b", NULL, NULL, 0},
        {"spaces/a/b/app.py:12", HUB_SPACE, "a/b", NULL, "app.py", 12},
        {"a/b/c/d e#1?.txt", HUB_MODEL, "a/b", NULL, "c/d e#1?.txt", 0},
        {"a/b/blob/x", HUB_MODEL, "a/b", NULL, "blob/x", 0},
        {"a/b/c:0", HUB_MODEL, "a/b", NULL, "c:0", 0},
        {"a/b/c:99999999999999999999", HUB_MODEL, "a/b", NULL, "c:99999999999999999999", 0},
        {HERE "/a/b", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"https://huggingface.co/datasets/a/b?not=this#nor-that", HUB_DATASET, "a/b", NULL, NULL, 0},
        {"https://huggingface.co/datasets/squad", HUB_DATASET, "squad", NULL, NULL, 0},
        {"hf.co/a/b/tree/main/folder", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"https://hf.co/a/b/discussions/3", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"https://huggingface.co/a/b/blob/main/c/d.json", HUB_MODEL, "a/b", NULL, "c/d.json", 0},
        {"https://huggingface.co/gpt2/resolve/main/config.json?download=true", HUB_MODEL, "gpt2", NULL, "config.json", 0},
        {HERE "/spaces/a/b/blob/refs%2Fpr%2F1/my%20app.py#L20-L30", HUB_SPACE, "a/b", "refs/pr/1", "my app.py", 20},
        {"https://huggingface.co/a/b/raw/v1.0/%zz%00%", HUB_MODEL, "a/b", "v1.0", "%zz%00%", 0},
        {"https://huggingface.co/a/b/blob/main", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"https://huggingface.co/a/b/blob/main/", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"hf://a/b", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"hf://datasets/a/b@refs%2Fconvert/c.parquet", HUB_DATASET, "a/b", "refs/convert", "c.parquet", 0},
        {"hf://spaces/a/b@main/app.py:7", HUB_SPACE, "a/b", NULL, "app.py", 7},
    };
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        expect_address(&ALL[i]);
    }
}

/* hub.md F13: what is pasted is taken, and taken whole. */
static void test_what_is_pasted(void **state)
{
    (void)state;
    static const struct wanted ALL[] = {
        {" a/b\n", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"<https://huggingface.co/a/b>.", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"'datasets/a/b',", HUB_DATASET, "a/b", NULL, NULL, 0},
        {"`a/b`", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"space/a/b", HUB_SPACE, "a/b", NULL, NULL, 0},
        {"model/b", HUB_MODEL, "model/b", NULL, NULL, 0},
        {"dataset/b/c/d", HUB_MODEL, "dataset/b", NULL, "c/d", 0},
        {"a/b@v1.0", HUB_MODEL, "a/b", "v1.0", NULL, 0},
        {"a/b@refs/pr/7", HUB_MODEL, "a/b", "refs/pr/7", NULL, 0},
        {"datasets/a/b@refs/convert/parquet/default/0.parquet:3", HUB_DATASET, "a/b", "refs/convert/parquet", "default/0.parquet", 3},
        {"gpt2@e7da7f2", HUB_MODEL, "gpt2", "e7da7f2", NULL, 0},
        {"hf://a/b@dev/c.txt", HUB_MODEL, "a/b", "dev", "c.txt", 0},
        {"HF://models/a/b/", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"a/b:Q8_0", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"huggingface.co/a/b:IQ2_M", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"HuggingFace.co/datasets/a/b/tree/v2", HUB_DATASET, "a/b", "v2", NULL, 0},
        {"http://www.huggingface.co:80/a/b/tree/refs%2Fpr%2F12/sub/folder", HUB_MODEL, "a/b", "refs/pr/12", NULL, 0},
        {"https://huggingface.co/a/b/commit/0123abc", HUB_MODEL, "a/b", "0123abc", NULL, 0},
        {"https://huggingface.co/spaces/a/b/blame/dev/app.py", HUB_SPACE, "a/b", "dev", "app.py", 0},
        {"https://huggingface.co/api/datasets/a/b/tree/dev?recursive=1", HUB_DATASET, "a/b", "dev", NULL, 0},
        {"https://huggingface.co/api/models/a/b/revision/0123abc", HUB_MODEL, "a/b", "0123abc", NULL, 0},
        {"127.0.0.1:8080/a/b/resolve/v1/f.bin?download=true", HUB_MODEL, "a/b", "v1", "f.bin", 0},
        {"https://huggingface.co/a/b.git", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"git@hf.co:datasets/a/b.git", HUB_DATASET, "a/b", NULL, NULL, 0},
        {"ssh://git@huggingface.co/a/b", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"https://me:hf_secret@huggingface.co/a/b", HUB_MODEL, "a/b", NULL, NULL, 0},
        {"https://huggingface.co/a/b/settings/x", HUB_MODEL, "a/b", NULL, NULL, 0},
    };
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        expect_address(&ALL[i]);
    }
    struct hub_address a;
    assert_true(hub_address_parse("hf.co/a/b:UD-Q4_K_XL", HERE, &a, NULL));
    assert_string_equal(a.tag, "UD-Q4_K_XL");
    hub_address_done(&a);
    assert_true(hub_address_parse(HERE "/datasets/a/b/discussions/17#65f", HERE, &a, NULL));
    assert_int_equal(a.discussion, 17);
    hub_address_done(&a);
    assert_true(hub_address_parse("https://h.example/hub/a/b/tree/dev", "https://h.example/hub", &a, NULL));
    assert_string_equal(a.revision, "dev");
    hub_address_done(&a);
}

/* What is refused is named without what may be a secret in it. */
static void test_secrets_are_not_shown(void **state)
{
    (void)state;
    static const char *const ALL[] = {"https://me:s3cret@example.org/a/b", "me:s3cret@huggingface.co/a/b", "https://me:s3cret@huggingface.co/a--b/c",
                                      "a b@s3cret@x", "https://example.org/a/b?token=s3cret", "hf_s3cretS3CRETs3cretS3 x"};
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        struct hub_address a;
        struct err e = ERR_INIT;
        if (hub_address_parse(ALL[i], HERE, &a, &e)) {
            fail_msg("<%s> was taken as %s", ALL[i], a.id);
        }
        if (strstr(e.msg, "s3cret")) {
            fail_msg("%s", e.msg);
        }
    }
}

static void test_what_names_no_repo(void **state)
{
    (void)state;
    static const char *const ALL[] = {
        "", "/", "../../etc/passwd", "a//b", "a b", "https://example.org/a/b", "http://127.0.0.1:80801/a/b",
        "https://huggingface.co/", "https://huggingface.co/alice", "https://huggingface.co/docs/hub",
        "https://huggingface.co/papers/1910.01108", "https://huggingface.co/spaces/", "hf://", "datasets/",
        "hf://@main/x",
    };
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        struct hub_address a;
        struct err e = ERR_INIT;
        if (hub_address_parse(ALL[i], HERE, &a, &e)) {
            fail_msg("<%s> was taken", ALL[i]);
        }
        assert_int_equal(e.code, ERR_USAGE);
        assert_int_not_equal(e.msg[0], '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_names_something),
        cmocka_unit_test(test_what_is_pasted),
        cmocka_unit_test(test_secrets_are_not_shown),
        cmocka_unit_test(test_what_names_no_repo),
    };
    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
