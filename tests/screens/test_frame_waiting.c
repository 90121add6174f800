/* SPDX-License-Identifier: Apache-2.0 */
/* What the screen says of a Hub that answers late, badly or in part (robustness R4, R5; hub.md F6, 41). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/screens/homes.h"
#include "tests/unit/tiny_server.h"

static int n_refused;   /* of the next lists, with 503 */
static int silence_ms;  /* before each list */

static const char REPO[] = "{\"id\":\"o/fine\",\"sha\":\"0a\",\"siblings\":[]}";
static const char *const ROUTES[][2] = {
    {"/api/models?", "[7,{\"id\":\"o/fine\"},{\"id\":\"\"}]"},
    {"/api/models/o/fine/commits/", "[{\"id\":\"0a1b\",\"title\":\"whole\"},{\"id\":\"not hex\"},{},[]]"},
    {"/api/models/o/fine/discussions", "{\"discussions\":[{\"num\":5,\"title\":\"whole\"},{\"num\":-1}],\"count\":2,\"start\":0}"},
    {"/api/models/o/fine/tree/", "[{\"type\":\"file\",\"path\":\"x\",\"size\":1,\"oid\":\"0a\"},{\"path\":7}]"},
    {"/api/models/o/fine", REPO},
};

static bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    static const char JSON[] = "Content-Type: application/json\r\n";
    if (strncmp(r->path, "/api/models?", 12) == 0) {
        if (n_refused > 0) {
            n_refused--;
            return tiny_reply(s, fd, 503, JSON, "{}", 2);
        }
        clock_sleep_ms(silence_ms);
    }
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++) {
        if (strncmp(r->path, ROUTES[i][0], strlen(ROUTES[i][0])) == 0) {
            return tiny_reply(s, fd, 200, JSON, ROUTES[i][1], strlen(ROUTES[i][1]));
        }
    }
    return tiny_reply(s, fd, 404, JSON, "{}", 2);
}

static struct harness *start_at(const struct tiny *s, const char *token)
{
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", s->port);
    return h_start(
        &(struct h_options){.args = ARGS("--endpoint", url), .env = ARGS(token, "TZ=UTC"), .rows = 24, .cols = 120});
}

static void test_a_retry_is_told(void **state)
{
    (void)state;
    n_refused = 2;
    silence_ms = 0;
    struct tiny *s = tiny_start(answer);
    struct harness *h = start_at(s, "HF_TOKEN=");
    h_wait_text(h, "HTTP 503; trying again (2 of 4) in 1 s");
    h_wait_text(h, "HTTP 503; trying again (3 of 4) in 2 s");
    h_wait_text(h, "o/fine");
    h_wait_idle(h);
    h_expect_no_text(h, "trying again");
    h_stop_with(h, "<C-c>", 0);
    tiny_stop(s);
}

static void test_silence_is_told(void **state)
{
    (void)state;
    n_refused = 0;
    silence_ms = 7000;
    struct tiny *s = tiny_start(answer);
    struct harness *h = start_at(s, "HF_TOKEN=");
    h_wait_text(h, " has not answered for 5 s");
    h_wait_text(h, "o/fine");
    h_stop_with(h, "<C-c>", 0);
    tiny_stop(s);
}

static void test_an_unfit_token_is_told(void **state)
{
    (void)state;
    static const char *const TOKENS[] = {"HF_TOKEN=Bearer hf_abc", "HF_TOKEN=hf_abc # mine"};
    n_refused = 0;
    silence_ms = 0;
    for (size_t i = 0; i < 2; i++) {
        struct tiny *s = tiny_start(answer);
        struct harness *h = start_at(s, TOKENS[i]);
        h_wait_idle(h);
        h_expect_text(h, "the token from HF_TOKEN is not sent");
        assert_false(h_wrote(h, "hf_abc"));
        h_stop_with(h, "<C-c>", 0);
        tiny_stop(s);
    }
}

static void test_bad_rows_are_counted(void **state)
{
    (void)state;
    n_refused = 0;
    silence_ms = 0;
    struct tiny *s = tiny_start(answer);
    struct harness *h = start_at(s, "HF_TOKEN=");
    h_wait_idle(h);
    h_expect_in_row(h, 1, "2 cannot be read");
    h_keys(h, "<Enter> <Tab>");
    h_expect_text(h, "1 file, 1 B, 1 cannot be read");
    h_keys(h, "<Tab> <Tab>");
    h_expect_text(h, "whole");
    h_expect_text(h, "3 cannot be read");
    h_keys(h, "<Tab>");
    h_expect_text(h, "whole");
    h_expect_text(h, "1 cannot be read");
    h_stop_with(h, "<C-c>", 0);
    tiny_stop(s);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_a_retry_is_told),
        SCREEN_TEST(test_silence_is_told),
        SCREEN_TEST(test_an_unfit_token_is_told),
        SCREEN_TEST(test_bad_rows_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
