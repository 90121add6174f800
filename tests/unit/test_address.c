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
#include "tui/hub/address.h"

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
        const struct wanted *w = &ALL[i];
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
        cmocka_unit_test(test_what_names_no_repo),
    };
    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
