/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/net/http_head.h"

static void test_rate(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        int64_t remaining, quota, reset_s;
        bool is_told;
    } CASES[] = {
        {"ratelimit: \"api\";r=499;t=120\nratelimit-policy: \"fixed window\";\"api\";q=500;w=300\n",
         499, 500, 120, true},
        {"ratelimit: \"api\"; r=0; t=7\n", 0, -1, 7, true},
        {"ratelimit: \"odd;r=5\";t=1;r=2\n", 2, -1, 1, true},
        {"ratelimit: \"api\";r=x;t=\n", -1, -1, -1, false},
        {"ratelimit: \"api\";r=99999999999999999999\n", -1, -1, -1, false},
        {"ratelimit: ;;;\"\n", -1, -1, -1, false},
        {"x-ratelimit: r=1\n", -1, -1, -1, false},
        {"", -1, -1, -1, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct http_rate rate;
        assert_int_equal(http_head_rate(CASES[i].lines, &rate), CASES[i].is_told);
        assert_int_equal(rate.remaining, CASES[i].remaining);
        assert_int_equal(rate.quota, CASES[i].quota);
        assert_int_equal(rate.reset_s, CASES[i].reset_s);
    }
}

static void test_wait(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        long status;
        int64_t wait_s;
    } CASES[] = {
        {"ratelimit: \"api\";r=0;t=12\nretry-after: 3\n", 429, 13},
        {"ratelimit: \"api\";r=9;t=12\nretry-after: 3\n", 429, 4}, /* some other limit */
        {"ratelimit: \"api\";r=9;t=12\n", 429, -1},
        {"ratelimit: \"api\";r=0;t=12\n", 503, -1},
        {"retry-after: 3\n", 503, 4},
        {"retry-after: Wed, 21 Oct 2026 07:28:00 GMT\n", 429, -1},
        {"retry-after: -1\n", 429, -1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_int_equal(http_head_wait_s(CASES[i].lines, CASES[i].status), CASES[i].wait_s);
    }
}

static void test_lines(void **state)
{
    (void)state;
    static const char *const LINES[] = {"HTTP/1.1 100 Continue\r\n", "X-Old: 1\r\n", "\r\n",
                                        "HTTP/2 404 \r\n", "X-A:  b \x1b[2J\t\r\n", "no colon\r\n",
                                        ": no name\r\n", "X B: c\r\n", "\r\n", "Trailer: t\r\n"};
    struct http_head head = {0};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        assert_int_equal(head.is_complete, i > 8);
        assert_true(http_head_line(&head, LINES[i], strlen(LINES[i])));
    }
    assert_int_equal(head.status, 404);
    assert_string_equal(head.lines.p, "x-a: b  [2J\nx_b: c\n");
    http_head_done(&head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
