/* SPDX-License-Identifier: Apache-2.0 */
/* hub.md 38: the request log: time of day, headers and body (masked), a curl line, live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/screens/homes.h"
#include "tests/unit/tiny_server.h"

#define TOKEN "hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567"

static const char *body_of_list; /* what /api/models answers */

static bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    static const char HEADERS[] = "Content-Type: application/json\r\nX-Request-Id: Root=1-abc\r\nSet-Cookie: session=s3cret\r\n"
                                  "X-Note: \033[31mred\r\n";
    if (strncmp(r->path, "/api/models?", 12) == 0) {
        return tiny_reply(s, fd, 200, HEADERS, body_of_list, strlen(body_of_list));
    }
    static const char NO[] = "{\"error\":\"no\"}";
    return tiny_reply(s, fd, 404, HEADERS, NO, sizeof NO - 1);
}

static struct harness *start_at(const struct tiny *s)
{
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", s->port);
    struct harness *h = h_start(&(struct h_options){
        .args = ARGS("--endpoint", url), .env = ARGS("HF_TOKEN=" TOKEN, "TZ=UTC"), .rows = 40, .cols = 140});
    h_wait_idle(h);
    return h;
}

/* Select the request for the list, whatever was asked after it. */
static void select_list(struct harness *h)
{
    h_keys(h, "R");
    for (int i = 0; i < 12; i++) {
        int row = 0;
        int col = 0;
        if (ptyterm_find(h_terminal(h), "\xE2\x96\x8C", 0, &row, &col) && strstr(h_row(h, row), "/api/models?")) {
            return;
        }
        h_keys(h, "j");
    }
}

static void test_details_are_masked(void **state)
{
    (void)state;
    body_of_list = "[{\"id\":\"o/fine\",\"note\":\"" TOKEN "\"}]";
    struct tiny *s = tiny_start(answer);
    struct harness *h = start_at(s);
    h_wait_text(h, "o/fine");
    select_list(h);
    h_expect_text(h, "12:04:00 GET"); /* the clock of the tests stands there */
    h_keys(h, "<Enter>");
    h_expect_text(h, "curl -sS -H \"Authorization: Bearer $HF_TOKEN\" 'http://127.0.0.1:");
    h_expect_text(h, "begun 12:04:00, took ");
    h_expect_text(h, "Authorization: ****");
    h_expect_text(h, "x-request-id: Root=1-abc");
    h_expect_text(h, "set-cookie: ****");
    h_expect_text(h, "[31mred");
    h_expect_text(h, "[{\"id\":\"o/fine\",\"note\":\"hf_****");
    h_keys(h, "y"); /* passes to the list below */
    h_expect_text(h, "sent to the terminal: a curl command");
    assert_false(h_wrote(h, TOKEN));
    assert_false(h_wrote(h, "s3cret"));
    h_keys(h, "<Esc> <Esc>");
    h_stop_with(h, "<C-c>", 0);
    tiny_stop(s);
}

static void test_a_body_that_is_no_text(void **state)
{
    (void)state;
    body_of_list = "\xFF\xFE\x01\x02 not text at all";
    struct tiny *s = tiny_start(answer);
    struct harness *h = start_at(s);
    select_list(h);
    h_keys(h, "<Enter>");
    h_expect_text(h, "(20 bytes that are no text)");
    h_stop_with(h, "<Esc> <C-c> <C-c>", 0);
    tiny_stop(s);
}

static void test_a_long_body_is_cut(void **state)
{
    (void)state;
    struct buf body = BUF_INIT;
    buf_puts(&body, "[");
    for (int i = 0; i < 2000; i++) {
        buf_puts(&body, i ? ",1234" : "\xC3\xBC"); /* wherever the cut comes */
    }
    body_of_list = buf_str(&body);
    struct tiny *s = tiny_start(answer);
    struct harness *h = start_at(s);
    select_list(h);
    h_keys(h, "<Enter> G");
    h_expect_text(h, " more bytes)");
    h_stop_with(h, "<Esc> <C-c> <C-c>", 0);
    tiny_stop(s);
    buf_done(&body);
}

/* The number in the title. */
static long count_in(struct harness *h, int row)
{
    return strtol(strstr(h_row(h, row), "newest first: ") + 14, NULL, 10);
}

static void test_it_is_live(void **state)
{
    (void)state;
    body_of_list = "[{\"id\":\"o/fine\"},{\"id\":\"o/other\"}]";
    struct tiny *s = tiny_start(answer);
    struct harness *h = start_at(s);
    h_wait_text(h, "o/fine");
    h_keys(h, "R");
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "newest first: ", &row, &col));
    const long before = count_in(h, row);
    assert_true(before > 0);
    h_keys(h, "<Esc> j r R"); /* what r asks may come after R: it is shown without a key */
    char more[64];
    snprintf(more, sizeof more, "newest first: %ld", before + 1);
    for (int i = 0; i < 50 && !h_find(h, more, &row, &col); i++) {
        h_bytes_in(h, 100);
        if (h_find(h, "newest first: ", &row, &col) && count_in(h, row) > before) {
            break;
        }
    }
    assert_true(h_find(h, "newest first: ", &row, &col));
    assert_true(count_in(h, row) > before);
    h_stop_with(h, "<Esc> <C-c>", 0);
    tiny_stop(s);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_details_are_masked),
        SCREEN_TEST(test_a_body_that_is_no_text),
        SCREEN_TEST(test_a_long_body_is_cut),
        SCREEN_TEST(test_it_is_live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
