/* SPDX-License-Identifier: Apache-2.0 */
/* The decision table of docs/hub-protocol.md ("Errors"), row by row and in its order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/hub/internal.h"

#define HUB "https://huggingface.co"
#define REPO_URL HUB "/api/models/org/x"

struct row {
    const char *name;
    long status;
    const char *headers, *body, *url;
    bool has_token;
    enum err_code code;
    const char *says;   /* must be in the message */
    const char *remedy; /* must be in the remedy */
};

static struct err decode(const struct row *r)
{
    struct err e = ERR_INIT;
    const char *body = r->body ? r->body : "";
    const struct hub_failure f = {
        .status = r->status,
        .headers = r->headers ? r->headers : "",
        .body = body,
        .body_len = strlen(body),
        .url = r->url ? r->url : REPO_URL,
        .range = "bytes=5-9",
        .endpoint = HUB,
        .token_source = r->has_token ? "HF_TOKEN" : NULL,
        .subject = {.kind = HUB_MODEL, .id = "org/x", .revision = "dev", .path = "a.txt"},
    };
    assert_false(hub_decode_failure(&f, &e));
    return e;
}

static void check(const struct row *r)
{
    const struct err e = decode(r);
    if (e.code != r->code || !strstr(e.msg, r->says) || !strstr(e.remedy, r->remedy)) {
        fail_msg("%s: code %s, message \"%s\", remedy \"%s\"", r->name, err_name(e.code), e.msg,
                 e.remedy);
    }
    assert_int_equal(e.http, r->status);
}

static const struct row ROWS[] = {
    {"1 revision", 404, "x-error-code: RevisionNotFound\n", NULL, NULL, true, ERR_NOT_FOUND,
     "no revision \"dev\"", "hfterm show org/x --refs"},
    {"2 entry", 404, "x-error-code: EntryNotFound\nx-repo-commit: abc\n", NULL, NULL, true,
     ERR_NOT_FOUND, "no \"a.txt\" at dev", "hfterm show org/x --files"},
    {"3 gated, nobody logged in", 401, "x-error-code: GatedRepo\n", NULL, NULL, false, ERR_GATED,
     "gated", "Log in"},
    {"3 gated, bad token", 401, "x-error-code: GatedRepo\n", NULL, NULL, true, ERR_GATED,
     "HF_TOKEN", "/settings/tokens"},
    {"3 gated, no access yet", 403, "x-error-code: GatedRepo\n", NULL, NULL, true, ERR_GATED,
     "no access yet", "Ask for access at " HUB "/org/x"},
    {"4 disabled", 403, "x-error-message: Access to this resource is disabled.\n", NULL, NULL, true,
     ERR_FORBIDDEN, "disabled", HUB "/org/x"},
    {"4 not quite that sentence", 403, "x-error-message: Access to this resource is disabled\n",
     NULL, NULL, true, ERR_FORBIDDEN, "refuses", "may do"},
    {"5 bucket", 404, "x-error-code: RepoNotFound\n", NULL, HUB "/api/buckets/a/b", true,
     ERR_NOT_FOUND, "bucket", "name"},
    {"6 job", 404, NULL, NULL, HUB "/api/jobs/org/1", true, ERR_NOT_FOUND, "job", "id"},
    {"6 scheduled job", 404, NULL, NULL, HUB "/api/scheduled-jobs/org/1", true, ERR_NOT_FOUND,
     "job", "id"},
    {"7 by its code", 404, "x-error-code: RepoNotFound\n", NULL, NULL, true, ERR_NOT_FOUND,
     "was not found, or it is private", "HF_TOKEN"},
    {"7 by 401 without a login", 401, NULL, "{\"error\":\"Invalid username or password.\"}", NULL,
     false, ERR_NOT_FOUND, "was not found, or it is private", "log in"},
    {"7 by 401 on resolve", 401, NULL, NULL, HUB "/org/x/resolve/main/a.txt", true, ERR_NOT_FOUND,
     "was not found, or it is private", "HF_TOKEN"},
    {"7 not for a wrong token", 401,
     "x-error-message: Invalid credentials in Authorization header\n", NULL, NULL, true, ERR_AUTH,
     "token from HF_TOKEN", "/settings/tokens"},
    {"7 not for a wrong token told in the body", 401, NULL,
     "{\"error\":\"Invalid credentials in Authorization header\"}", NULL, true, ERR_AUTH,
     "token from HF_TOKEN", "/settings/tokens"},
    {"7 not for other addresses", 401, NULL, NULL, HUB "/api/whoami-v2", false, ERR_AUTH,
     "needs a login", "hf auth login"},
    {"8 bad request", 400, NULL, "{\"error\":\"sort: unknown\"}", NULL, true, ERR_USAGE,
     "sort: unknown", "filters"},
    {"9 forbidden", 403, "x-error-message: read-only token\n", NULL, NULL, true, ERR_FORBIDDEN,
     "read-only token", "HF_TOKEN"},
    {"9 forbidden without a token", 403, NULL, NULL, NULL, false, ERR_FORBIDDEN, "no right",
     "No token was sent"},
    {"10 rate limit", 429, "ratelimit: \"api\";r=0;t=54\n", NULL, NULL, false, ERR_RATE_LIMIT,
     "address", "55 seconds"},
    {"11 range", 416, "content-range: bytes */20\n", NULL, NULL, true, ERR_SERVER,
     "bytes=5-9 of bytes */20", "changed"},
    {"12 payment", 402, NULL, NULL, NULL, true, ERR_FORBIDDEN, "payment", "billing"},
    {"12 not found without a code", 404, NULL, NULL, NULL, true, ERR_NOT_FOUND, "org/x", HUB},
    {"12 conflict", 412, NULL, "{\"error\":\"A commit has happened since.\"}", NULL, true,
     ERR_CONFLICT, "A commit has happened since.", "repeat"},
    {"12 too large", 413, NULL, NULL, NULL, true, ERR_LIMIT, "too large", ""},
    {"12 legal", 451, NULL, NULL, NULL, true, ERR_FORBIDDEN, "legal", ""},
    {"12 proxy", 407, NULL, NULL, NULL, true, ERR_NETWORK, "proxy", "HTTPS_PROXY"},
    {"12 server", 503, NULL, "down for repair", NULL, true, ERR_SERVER, "HTTP 503", "status."},
    {"12 anything", 418, NULL, NULL, NULL, true, ERR_SERVER, "HTTP 418", HUB},
    {"captive portal", 403, "content-type: text/html\n", "<html>log in</html>", NULL, true,
     ERR_SERVER, "web page", "login page of this network"},
    {"a page of the Hub itself", 403, "content-type: text/html\nx-request-id: r\n", "<html></html>",
     NULL, true, ERR_FORBIDDEN, "refuses", ""},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        check(&ROWS[i]);
    }
}

/* An earlier row wins over every later one. */
static void test_order(void **state)
{
    (void)state;
    const struct row row = {.status = 403,
                            .headers = "x-error-code: GatedRepo\n"
                                       "x-error-message: Access to this resource is disabled.\n"};
    assert_int_equal(decode(&row).code, ERR_GATED);
}

/* Whether a repo that cannot be seen exists is never said. */
static void test_never_claims_existence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct err e = decode(&ROWS[i]);
        if (ROWS[i].name[0] == '7') {
            assert_null(strstr(e.msg, "exists"));
            assert_null(strstr(e.remedy, "exists"));
        }
    }
}

static void test_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *body, *says;
    } BODIES[] = {
        {"{\"error\":\"text\"}", "text"},
        {"{\"error\":[\"a1\",\"b2\"]}", "a1; b2"},
        {"{\"error\":\"code\",\"error_description\":\"long text\"}", "code; long text"},
        {"{\"message\":\"from js\"}", "from js"},
        {"{\"errors\":[{\"message\":\"m1\"},{\"message\":\"m2\"}]}", "m1; m2"},
        {"{\"error\":\"same\",\"message\":\"same\"}", ": same"},
        {"plain words", "plain words"},
        {"{\"error\":7}", "no reason given"},
        {"", "no reason given"},
        {"{\"error\":\"a\\u001b[31mb\\nc\"}", "a^[[31mb c"},
        {"{\"error\":\"bad token hf_abcdefghijklmnop\"}", "bad token hf_****"},
    };
    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        const struct row row = {.status = 400, .body = BODIES[i].body, .headers = ""};
        const struct err e = decode(&row);
        const char *at = strstr(e.msg, BODIES[i].says);
        if (!at || strcmp(at, BODIES[i].says) != 0) {
            fail_msg("%s -> %s", BODIES[i].body, e.msg);
        }
    }
}

static void test_request_id(void **state)
{
    (void)state;
    const struct row first = {.status = 500,
                              .headers = "x-amzn-trace-id: trace\nx-request-id: Root=1-2\n"};
    assert_string_equal(decode(&first).request_id, "Root=1-2");
    const struct row second = {.status = 500, .headers = "x-amz-cf-id: cf\n"};
    assert_string_equal(decode(&second).request_id, "cf");
    const struct row none = {.status = 500, .headers = ""};
    assert_string_equal(decode(&none).request_id, "");
}

static void test_waits(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        int64_t wait;
    } WAITS[] = {
        {"ratelimit: \"api\";r=0;t=10\n", 11},
        {"retry-after: 7\n", 8},
        {"ratelimit: \"api\";r=5;t=10\nretry-after: 7\n", 8}, /* some other limit */
        {"ratelimit: \"api\";r=5;t=10\n", 0},
        {"retry-after: Wed, 21 Oct 2026 07:28:00 GMT\n", 0},
        {"ratelimit: nonsense\n", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof WAITS / sizeof *WAITS; i++) {
        const struct row row = {.status = 429, .headers = WAITS[i].headers};
        assert_int_equal(decode(&row).retry_after_s, WAITS[i].wait);
    }
}

/* Nothing of the error is asked for: no crash, still false. */
static void test_no_error_wanted(void **state)
{
    (void)state;
    const struct hub_failure f = {
        .status = 500, .headers = "", .body = "", .url = REPO_URL, .endpoint = HUB};
    assert_false(hub_decode_failure(&f, NULL));
}

static void test_html(void **state)
{
    (void)state;
    assert_true(hub_is_html("content-type: text/html; charset=utf-8\n", "", 0));
    assert_true(hub_is_html("", " \n<!DOCTYPE html>", 17));
    assert_true(hub_is_html("", "<html>x", 7));
    assert_false(hub_is_html("content-type: application/json\n", "<html>", 6));
    assert_false(hub_is_html("content-type: text/plain\n", "<b>", 3));
    assert_false(hub_is_html("", "", 0));
}

/* hub.md F6: no advice to log in where a token is set and known to be wrong. */
static void test_wrong_tokens(void **state)
{
    (void)state;
    static const struct {
        long status;
        const char *headers, *url;
        bool is_told;
    } CASES[] = {
        {401, "x-error-code: GatedRepo\n", REPO_URL, true},
        {403, "x-error-code: GatedRepo\n", REPO_URL, true},
        {404, "x-error-code: RepoNotFound\n", REPO_URL, true},
        {401, "", HUB "/api/whoami-v2", true},
        {403, "", REPO_URL, true},
        {404, "x-error-code: EntryNotFound\n", REPO_URL, false},
        {503, "", REPO_URL, false},
        {429, "", REPO_URL, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        const struct hub_failure f = {.status = CASES[i].status, .headers = CASES[i].headers, .body = "", .url = CASES[i].url,
                                      .endpoint = HUB, .token_fault = "the token from HF_TOKEN is not sent: odd",
                                      .subject = {.kind = HUB_MODEL, .id = "org/x"}};
        hub_decode_failure(&f, &e);
        assert_int_equal(strstr(e.remedy, "The token from HF_TOKEN is not sent: odd.") != NULL, CASES[i].is_told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_never_claims_existence),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_request_id),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_no_error_wanted),
        cmocka_unit_test(test_wrong_tokens),
        cmocka_unit_test(test_html),
    };
    return cmocka_run_group_tests_name("hub_error", tests, NULL, NULL);
}
