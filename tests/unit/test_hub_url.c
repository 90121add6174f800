/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, Link headers, names, revisions, paths and tokens: what needs no server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"
#include "core/net/http_url.h"

static const char *const TOKEN_VARIABLES[] = {
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "HF_TOKEN_PATH",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN",
    "HF_HOME",
    "HF_ENDPOINT",
    "HUGGINGFACE_CO_STAGING",
};

static char *home; /* a folder of this test run */

static int make_home(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    home = xasprintf("%s/hfterm-url-XXXXXX", tmp ? tmp : "/tmp");
    return mkdtemp(home) ? 0 : -1;
}

static int remove_home(void **state)
{
    (void)state;
    const bool ok = file_remove_tree(home, NULL);
    free(home);
    return ok ? 0 : -1;
}

static int clean_env(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TOKEN_VARIABLES / sizeof *TOKEN_VARIABLES; i++) {
        unsetenv(TOKEN_VARIABLES[i]);
    }
    setenv("HOME", home, 1);
    setenv("HF_HOME", home, 1);
    return 0;
}

static struct hub *hub_at(const char *endpoint)
{
    struct err e = ERR_INIT;
    const struct hub_options options = {.endpoint = endpoint, .token = ""};
    struct hub *hub = hub_new(NULL, NULL, &options, &e);
    if (!hub) {
        fail_msg("%s: %s", endpoint, e.msg);
    }
    return hub;
}

static void put_token_file(const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", home, name);
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    free(path);
}

/* ---- headers and links ---- */

static void expect_header(const char *headers, const char *name, const char *value)
{
    char *got = hub_header(headers, name);
    if (value) {
        assert_non_null(got);
        assert_string_equal(got, value);
    } else {
        assert_null(got);
    }
    free(got);
}

static void test_headers(void **state)
{
    (void)state;
    const char *headers = "etag: \"a\"\nlink:  one \nX-Mixed: Yes\nlink: two\nempty:\n";
    expect_header(headers, "etag", "\"a\"");
    expect_header(headers, "link", "one, two");
    expect_header(headers, "x-mixed", "Yes");
    expect_header(headers, "empty", "");
    expect_header(headers, "eta", NULL);
    expect_header(headers, "missing", NULL);
    expect_header("", "etag", NULL);
    expect_header(NULL, "etag", NULL);
    expect_header("etag", "etag", NULL);
}

static void expect_next(const char *link, const char *url)
{
    char *got = hub_link_next(link);
    if (url) {
        assert_non_null(got);
        assert_string_equal(got, url);
    } else {
        assert_null(got);
    }
    free(got);
}

static void test_link_next(void **state)
{
    (void)state;
    expect_next("<https://h/a?cursor=x>; rel=\"next\"", "https://h/a?cursor=x");
    expect_next("<https://h/a>; rel=next", "https://h/a");
    expect_next("<https://h/a>;rel=\"next\"", "https://h/a");
    expect_next("<https://h/x>; rel=\"xet-auth\", <https://h/n>; rel=\"next\"", "https://h/n");
    expect_next("<https://h/x>; title=\"a, b\"; rel=\"prev\", <https://h/n>; rel=\"next\"",
                "https://h/n");
    expect_next("<https://h/a,b>; rel=\"next\"", "https://h/a,b");
    expect_next("<https://h/a>; REL=\"NEXT\"", "https://h/a");
    expect_next("<https://h/a>; rel=\"next-archive\"", NULL);
    expect_next("<https://h/a>; rel=\"prev\"", NULL);
    expect_next("<https://h/a", NULL);
    expect_next("rel=\"next\"", NULL);
    expect_next("<>; rel=\"next\"", "");
    expect_next("<a>; rel=\"next", "a");
    expect_next("", NULL);
}

static void expect_rewrite(const char *endpoint, const char *url, const char *expected)
{
    struct hub *hub = hub_at(endpoint);
    char *got = hub_link_rewrite(hub, url);
    assert_string_equal(got, expected);
    free(got);
    hub_free(hub);
}

static void test_link_rewrite(void **state)
{
    (void)state;
    expect_rewrite("https://mirror.example/hub", "https://huggingface.co/api/models?cursor=a",
                   "https://mirror.example/hub/api/models?cursor=a");
    expect_rewrite("http://127.0.0.1:9", "https://hf.co/x", "http://127.0.0.1:9/x");
    expect_rewrite("http://127.0.0.1:9", "/api/models?p=2", "http://127.0.0.1:9/api/models?p=2");
    expect_rewrite("http://127.0.0.1:9", "http://evil.example/x", "http://evil.example/x");
    expect_rewrite("http://127.0.0.1:9", "https://huggingface.co.evil.example/x",
                   "https://huggingface.co.evil.example/x");
    /* hub.md F9: what is behind a proxy does not know the path that it is under. */
    expect_rewrite("https://h.example/hub", "/api/models?cursor=a", "https://h.example/hub/api/models?cursor=a");
    expect_rewrite("https://h.example/hub", "/hub/api/models?cursor=a", "https://h.example/hub/api/models?cursor=a");
    expect_rewrite("https://h.example/hub", "https://h.example/api/datasets?cursor=a", "https://h.example/hub/api/datasets?cursor=a");
    expect_rewrite("https://h.example/hub", "https://h.example/cdn/x?sig=1", "https://h.example/cdn/x?sig=1");
    expect_rewrite("https://h.example/hub", "https://other.example/api/models", "https://other.example/api/models");
    expect_rewrite("http://127.0.0.1:9", "//evil.example/x", "//evil.example/x");
}

static void test_own_address(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool is_own;
    } CASES[] = {
        {"https://mirror.example/api/models?p=2", true},
        {"https://MIRROR.example:443/api", true},
        {"http://mirror.example/api", false},
        {"https://mirror.example:444/api", false},
        {"https://mirror.example.evil/api", false},
        {"https://mirror.example@evil.example/api", false},
        {"//mirror.example/api", false},
        {"", false},
    };
    struct hub *hub = hub_at("https://mirror.example");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        if (hub_check_own(hub, CASES[i].url, "the next page", &e) != CASES[i].is_own) {
            fail_msg("%s", CASES[i].url);
        }
        assert_int_equal(e.code, CASES[i].is_own ? ERR_NONE : ERR_SERVER);
    }
    hub_free(hub);
}

static void test_loopback(void **state)
{
    (void)state;
    assert_true(http_url_is_loopback("http://127.0.0.1:80/x"));
    assert_true(http_url_is_loopback("http://localhost/"));
    assert_true(http_url_is_loopback("https://[::1]:9"));
    assert_false(http_url_is_loopback("http://127.evil.example/"));
    assert_false(http_url_is_loopback("http://localhost.evil.example/"));
    assert_false(http_url_is_loopback("http://10.0.0.1/"));
    assert_false(http_url_is_loopback("nonsense"));
}

static void test_total(void **state)
{
    (void)state;
    uint64_t n = 0;
    assert_true(hub_total_of("x-total-count: 1284\n", &n));
    assert_int_equal(n, 1284);
    assert_false(hub_total_of("x-total-count: -1\n", &n));
    assert_false(hub_total_of("x-total-count: 99999999999999999999\n", &n));
    assert_false(hub_total_of("", &n));
}

/* ---- names ---- */

static void test_repo_ids(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"gpt2", "Qwen/Qwen3-0.6B", "a_b/c.d", "a/b"};
    static const char *const BAD[] = {
        "",     "/",    "a/",     "/a",     "a/b/c",  "a b/c",      "a/b.git", "-a/b",  "a/b-",
        ".a/b", "a/b.", "a--b/c", "a..b/c", "../etc", "a/\xc3\xa4", "a/b\n",   "a/%2e",
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_true(hub_check_repo_id(GOOD[i], NULL));
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct err e = ERR_INIT;
        if (hub_check_repo_id(BAD[i], &e)) {
            fail_msg("\"%s\" was taken", BAD[i]);
        }
        assert_int_equal(e.code, ERR_USAGE);
    }
    char longest[98];
    memset(longest, 'a', 97);
    longest[97] = '\0';
    assert_false(hub_check_repo_id(longest, NULL));
    longest[96] = '\0';
    assert_true(hub_check_repo_id(longest, NULL));
}

/* hub.md F4: the limit is one of each part, and the letters are ASCII's. */
static void test_long_names(void **state)
{
    (void)state;
    static const struct {
        size_t owner, name;
        bool is_good;
    } CASES[] = {{96, 96, true}, {1, 96, true}, {96, 1, true}, {50, 60, true}, {97, 1, false}, {1, 97, false}, {96, 97, false}, {97, 96, false}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char id[256];
        memset(id, 'n', sizeof id);
        id[CASES[i].owner] = '/';
        id[CASES[i].owner + 1 + CASES[i].name] = '\0';
        assert_int_equal(hub_check_repo_id(id, NULL), CASES[i].is_good);
    }
    static const char *const FOREIGN[] = {"caf\xc3\xa9/x", "x/\xd0\xb0\xd0\xb1", "a/b\xe2\x80\x8b", "\xef\xbc\xa1/x"};
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++) {
        assert_false(hub_check_repo_id(FOREIGN[i], NULL));
    }
}

static void test_revisions_and_paths(void **state)
{
    (void)state;
    assert_true(hub_check_revision(NULL, NULL));
    assert_true(hub_check_revision("refs/pr/3", NULL));
    assert_false(hub_check_revision("", NULL));
    assert_false(hub_check_revision("..", NULL));
    assert_false(hub_check_revision("a..b", NULL));
    assert_false(hub_check_revision("a\nb", NULL));
    assert_true(hub_check_path(NULL, NULL));
    assert_true(hub_check_path("", NULL));
    assert_true(hub_check_path("a/..b/c...", NULL));
    assert_false(hub_check_path("/a", NULL));
    assert_false(hub_check_path("a/../b", NULL));
    assert_false(hub_check_path("..", NULL));
    assert_false(hub_check_path("./a", NULL));
    assert_false(hub_check_path("a//b", NULL));
}

static void test_urls(void **state)
{
    (void)state;
    struct hub *hub = hub_at("https://h.example/");
    struct buf url = BUF_INIT;
    hub_url_repo(&url, hub, HUB_DATASET, "a/b");
    hub_url_part(&url, "refs/pr/3", false);
    hub_url_part(&url, "d\xc3\xa4/x y", true);
    hub_url_param(&url, "filter", "license:mit");
    hub_url_param(&url, "none", NULL);
    hub_url_param(&url, "q", "a&b=c");
    assert_string_equal(buf_str(&url),
                        "https://h.example/api/datasets/a/b/refs%2Fpr%2F3/d%C3%A4/x%20y"
                        "?filter=license%3Amit&q=a%26b%3Dc");
    buf_clear(&url);
    hub_web_url(hub, HUB_SPACE, "a/b", &url);
    assert_string_equal(buf_str(&url), "https://h.example/spaces/a/b");
    buf_done(&url);
    hub_free(hub);
}

/* ---- endpoint ---- */

static void test_endpoint(void **state)
{
    (void)state;
    static const char *const BAD[] = {"ftp://x",       "huggingface.co", "https://",
                                      "https://h?x=1", "https://u:p@h",  "https://h/a b",
                                      "javascript:1"};
    struct err e = ERR_INIT;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const struct hub_options options = {.endpoint = BAD[i], .token = ""};
        if (hub_new(NULL, NULL, &options, &e)) {
            fail_msg("%s was taken", BAD[i]);
        }
        assert_int_equal(e.code, ERR_USAGE);
    }
    const struct hub_options none = {0};
    struct hub *hub = hub_new(NULL, NULL, &none, &e);
    assert_string_equal(hub_endpoint(hub), "https://huggingface.co");
    assert_string_equal(hub_host(hub), "huggingface.co");
    assert_false(hub_has_token(hub));
    hub_free(hub);
    setenv("HUGGINGFACE_CO_STAGING", "1", 1);
    hub = hub_new(NULL, NULL, &none, &e);
    assert_string_equal(hub_endpoint(hub), "https://hub-ci.huggingface.co");
    hub_free(hub);
    setenv("HF_ENDPOINT", "http://127.0.0.1:8000//", 1);
    hub = hub_new(NULL, NULL, &none, &e);
    assert_string_equal(hub_endpoint(hub), "http://127.0.0.1:8000");
    assert_string_equal(hub_host(hub), "127.0.0.1:8000");
    hub_free(hub);
}

/* ---- tokens ---- */

static void expect_token(const char *token, const char *source)
{
    struct secret found = SECRET_INIT;
    char *from = NULL;
    hub_token_find(&found, &from);
    if (token) {
        assert_true(secret_present(&found));
        assert_string_equal(secret_reveal(&found), token);
    } else {
        assert_false(secret_present(&found));
    }
    assert_string_equal(from, source);
    free(from);
    secret_done(&found);
}

static void test_token_places(void **state)
{
    (void)state;
    expect_token(NULL, "none");
    put_token_file("stored_tokens", "[mine]\nhf_token = hf_stored\n");
    expect_token(NULL, "none"); /* tokens that are kept, none that is in use */
    put_token_file("token", " \r\nhf_file\r\n\n");
    expect_token("hf_file", "~/token");
    setenv("HUGGING_FACE_HUB_TOKEN", "hf_legacy", 1);
    expect_token("hf_legacy", "HUGGING_FACE_HUB_TOKEN");
    setenv("HF_TOKEN", "hf_env\n", 1);
    expect_token("hf_env", "HF_TOKEN");
    setenv("HF_TOKEN", " \n", 1); /* empty after cleaning: not there */
    expect_token("hf_legacy", "HUGGING_FACE_HUB_TOKEN");
    unsetenv("HF_TOKEN");
    unsetenv("HUGGING_FACE_HUB_TOKEN");
    char *other = xasprintf("%s/elsewhere", home);
    setenv("HF_TOKEN_PATH", other, 1);
    expect_token(NULL, "none");
    put_token_file("elsewhere", "hf_else");
    expect_token("hf_else", "~/elsewhere");
    free(other);
    setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "yes", 1);
    expect_token(NULL, "none");
    setenv("HF_TOKEN", "hf_env", 1);
    expect_token(NULL, "none");
    setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "0", 1);
    expect_token("hf_env", "HF_TOKEN");
}

/* hub.md F10, robustness B3: nothing that stands before the @, or looks like a secret, comes back. */
static void test_secret_endpoints(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } CASES[] = {
        {"https://bob:s3cret@hub.example/x", "user name or password"},
        {"http://s3cret@hub.example", "user name or password"},
        {"http://bob:s3cret/with@signs?@hub.example:80/", "user name or password"},
        {"bob:s3cret@hub.example", "user name or password"},
        {"ftp://bob:s3cret@hub.example", "user name or password"},
        {"https://hub.example/?key=s3cret", "? or #"},
        {"https://hub.example#s3cret", "? or #"},
        {"hub.example/hf_s3cretS3CRETs3cret", "not an http or https"},
        {"https://bob:s3cret@", "user name or password"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        assert_null(hub_new(NULL, NULL, &(struct hub_options){.endpoint = CASES[i].text}, &e));
        assert_int_equal(e.code, ERR_USAGE);
        if (!strstr(e.msg, CASES[i].says) || strstr(e.msg, "s3cret") || strstr(e.remedy, "s3cret")) {
            fail_msg("%s: %s", CASES[i].text, e.msg);
        }
    }
}

/* hub.md F6, F17: what cannot be a token is named with what to do; it is neither sent nor shown. */
static void test_odd_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool is_sent;
        const char *says; /* NULL: fine */
    } CASES[] = {
        {"hf_x", true, NULL},
        {"\xEF\xBB\xBFhf_x", true, NULL},
        {"bearer   hf_x", false, "\"Bearer\""},
        {"Bearer\thf_x", false, "\"Bearer\""},
        {"hf_x\t# mine", false, "remark"},
        {"hf_x #", false, "remark"},
        {"export HF_TOKEN=hf_x", false, "settings file"},
        {"HF_TOKEN=hf_x", false, "settings file"},
        {"hf_x hf_y", false, "blank"},
        {"hf\xc2\xa0x", false, "no token has"},
        {"\xe2\x80\x9chf_x\xe2\x80\x9d", false, "no token has"},
        {"\xff\xfehf", false, "UTF-16"},
        {"'hf_x'", true, "quotes"},
        {"`hf_x`", true, "quotes"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        setenv("HF_TOKEN", CASES[i].value, 1);
        struct hub *hub = hub_new(NULL, NULL, &(struct hub_options){.endpoint = "http://h"}, NULL);
        const char *fault = hub_token_fault(hub);
        assert_int_equal(hub_has_token(hub), CASES[i].is_sent);
        assert_int_equal(fault != NULL, CASES[i].says != NULL);
        if (fault && (!strstr(fault, CASES[i].says) || strstr(fault, "hf_x") || !strstr(fault, "HF_TOKEN"))) {
            fail_msg("%s: %s", CASES[i].value, fault);
        }
        assert_null(strstr(hub_token_source(hub), "hf_x"));
        hub_free(hub);
    }
    unsetenv("HF_TOKEN");
    put_token_file("token", "\xEF\xBB\xBFhf_file\r\n");
    expect_token("hf_file", "~/token");
}

static void test_client_token(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    setenv("HF_TOKEN", "hf_env", 1);
    const struct hub_options given = {.token = "hf_x", .token_source = "--token-file"};
    struct hub *hub = hub_new(NULL, NULL, &given, &e);
    assert_true(hub_has_token(hub));
    assert_string_equal(hub_token_source(hub), "--token-file");
    hub_free(hub);
    const struct hub_options none = {.token = ""};
    hub = hub_new(NULL, NULL, &none, &e);
    assert_false(hub_has_token(hub));
    assert_string_equal(hub_token_source(hub), "none");
    hub_free(hub);
    setenv("HF_TOKEN", "two words", 1); /* could smuggle something into a header */
    const struct hub_options looked_up = {0};
    hub = hub_new(NULL, NULL, &looked_up, &e);
    assert_false(hub_has_token(hub));
    assert_non_null(strstr(hub_token_source(hub), "HF_TOKEN holds no token"));
    assert_null(strstr(hub_token_source(hub), "two words"));
    hub_free(hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_headers, clean_env),
        cmocka_unit_test_setup(test_link_next, clean_env),
        cmocka_unit_test_setup(test_link_rewrite, clean_env),
        cmocka_unit_test_setup(test_own_address, clean_env),
        cmocka_unit_test_setup(test_loopback, clean_env),
        cmocka_unit_test_setup(test_total, clean_env),
        cmocka_unit_test_setup(test_repo_ids, clean_env),
        cmocka_unit_test_setup(test_long_names, clean_env),
        cmocka_unit_test_setup(test_revisions_and_paths, clean_env),
        cmocka_unit_test_setup(test_urls, clean_env),
        cmocka_unit_test_setup(test_endpoint, clean_env),
        cmocka_unit_test_setup(test_token_places, clean_env),
        cmocka_unit_test_setup(test_secret_endpoints, clean_env),
        cmocka_unit_test_setup(test_odd_tokens, clean_env),
        cmocka_unit_test_setup(test_client_token, clean_env),
    };
    return cmocka_run_group_tests_name("hub_url", tests, make_home, remove_home);
}
