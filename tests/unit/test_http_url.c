/* SPDX-License-Identifier: Apache-2.0 */
/* The plain form of a URL is read by ourselves: whatever we say of it must be what libcurl says, since
 * it decides where a token goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/net/curl_api.h"
#include "core/net/http.h"
#include "core/net/http_url.h"

/* First of all tests: nothing has asked for libcurl yet. */
static void test_plain_needs_no_libcurl(void **state)
{
    (void)state;
    static const struct {
        const char *url, *origin;
    } CASES[] = {
        {"https://huggingface.co", "https://huggingface.co"},
        {"https://huggingface.co:443/api/models?search=a%20b&limit=50", "https://huggingface.co"},
        {"HTTP://LocalHost:8080/x", "http://localhost:8080"},
        {"http://127.0.0.1:80", "http://127.0.0.1"},
        {"http://127.0.0.1:443/", "http://127.0.0.1:443"},
        {"https://a--b.c-d.e1/models/lab/small/resolve/main/a.txt", "https://a--b.c-d.e1"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf origin = BUF_INIT;
        assert_true(http_origin(CASES[i].url, &origin));
        assert_string_equal(buf_str(&origin), CASES[i].origin);
        buf_clear(&origin);
        http_url_put_host(&origin, CASES[i].url);
        assert_string_equal(buf_str(&origin), strstr(CASES[i].origin, "//") + 2);
        assert_true(http_url_check(CASES[i].url, NULL));
        assert_true(http_url_same_origin(CASES[i].url, CASES[i].origin));
        buf_done(&origin);
    }
    assert_false(http_url_same_origin("https://a.b", "https://a.b:444/"));
    assert_false(http_url_same_origin("https://a.b", "http://a.b"));
    struct http *h = http_new(&(struct http_options){0}, NULL);
    http_free(h);
    struct http *offline = http_new(&(struct http_options){.is_offline = true}, NULL);
    struct http_response r;
    struct err e = ERR_INIT;
    const struct http_request req = {.url = "https://huggingface.co/api/models?limit=1"};
    assert_false(http_perform(offline, &req, NULL, &r, &e));
    assert_int_equal(e.code, ERR_OFFLINE);
    http_response_done(&r);
    http_free(offline);
    assert_false(curl_api_is_loaded());
}

/* hub.md F9. */
static void test_rebase(void **state)
{
    (void)state;
    static const struct {
        const char *url, *base;
        bool was_relative;
        const char *wanted;
    } CASES[] = {
        {"http://h/api/x?y=1", "http://h/a/b", true, "http://h/a/b/api/x?y=1"},
        {"http://h/a/b/api/x", "http://h/a/b", true, "http://h/a/b/api/x"},
        {"http://h/a/bc", "http://h/a/b", true, "http://h/a/b/a/bc"},
        {"http://h/new/name", "http://h/a", true, "http://h/a/new/name"},
        {"http://h/new/name", "http://h/a", false, "http://h/new/name"},
        {"http://h/o/r/resolve/main/f", "http://h/a", false, "http://h/a/o/r/resolve/main/f"},
        {"http://h/x?to=/api/", "http://h/a", false, "http://h/x?to=/api/"},
        {"http://h:81/api/x", "http://h/a", true, "http://h:81/api/x"},
        {"https://h/api/x", "http://h/a", true, "https://h/api/x"},
        {"http://h/api/x", "http://h", true, "http://h/api/x"},
        {"http://h/api/x", NULL, true, "http://h/api/x"},
        {"http://h", "http://h/a", true, "http://h/a"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *got = http_url_rebase(CASES[i].url, CASES[i].base, CASES[i].was_relative);
        assert_string_equal(got, CASES[i].wanted);
        free(got);
    }
}

static void compare(const char *url)
{
    struct buf ours = BUF_INIT;
    struct buf theirs = BUF_INIT;
    const bool is_ours = http_origin(url, &ours);
    const bool is_theirs = http_url_curl_origin(url, &theirs);
    if (is_ours != is_theirs || strcmp(buf_str(&ours), buf_str(&theirs)) != 0) {
        fail_msg("\"%s\": '%s' here, '%s' by libcurl", url, buf_str(&ours), buf_str(&theirs));
    }
    /* What is refused for its bytes is refused before anything is parsed. */
    if (url[0] && !is_theirs && http_url_check(url, NULL)) {
        fail_msg("\"%s\" passes the check", url);
    }
    buf_done(&ours);
    buf_done(&theirs);
}

static void test_odd_ones(void **state)
{
    (void)state;
    static const char *const URLS[] = {
        "", "http", "http:", "http:/", "http://", "http:///", "http:////a", "https:/a.b", "ftp://a.b",
        "http://a", "http://a.", "http://.a", "http://a..b", "http://-a", "http://a-", "http://a-.b",
        "http://a.-b", "http://a_b", "http://1", "http://127.1", "http://127.0.0.1.",
        "http://127.0.0.01", "http://0127.0.0.1", "http://0x7f.0.0.1", "http://0x7f000001",
        "http://2130706433", "http://256.0.0.1", "http://1.2.3", "http://1.2.3.4.5",
        "http://255.255.255.255", "http://0.0.0.0", "http://1a.b", "http://3com.com", "http://a.1",
        "http://a:", "http://a:/", "http://a:0", "http://a:00080", "http://a:080", "http://a:65535",
        "http://a:65536", "http://a:99999", "http://a:123456", "http://a:+80", "http://a:80x",
        "http://a:80:80", "http://a?x", "http://a#x", "http://a/#@b", "http://a@b", "http://a@b:80/",
        "http://a:80@b", "http://a/@b", "http://a\\@b", "http://a/\\@b", "http://a;b", "http://a%2fb",
        "http://%61.b", "http://a b", "http://a/b c", "http://a/\t", "http://[::1]", "http://[::1]:8080",
        "http://[fe80::1%25eth0]/", "http://\xc3\xa4.de", "http://a/\xc3\xa4", "hTTpS://A.B:443/C",
        "http://a/..//b", "http://a/./b?c?d", "http://a/%2e%2e/b", "http://xn--4ca.de", "http://a.b:443",
        "https://a.b:80", "http:a.b", "httpx://a", "httpss://a", "http ://a", " http://a", "http://a ",
        "a.b", "//a.b", "http://localhost.", "http://a,b", "http://a=b", "http://a&b", "http://a+b",
        "http://(a)", "http://a'b", "http://a\"b", "http://a!b", "http://a*b", "http://a~b", "http://a$b",
    };
    for (size_t i = 0; i < sizeof URLS / sizeof *URLS; i++) {
        compare(URLS[i]);
    }
    char longest[400] = "http://";
    for (size_t n = 200; n < 300; n += 3) {
        memset(longest + 7, 'a', n);
        longest[7 + n] = '\0';
        compare(longest);
    }
}

/* Pieces of URLs in every order a few deep, and random bytes behind "http://". */
static void test_many(void **state)
{
    (void)state;
    static const char *const PIECES[] = {"http",  "HTTPS", ":",  "//", "/",    "a",   "B.c", "-", ".",
                                         "1",     "127.0.0.1", "0", "80", "443", "65536", "?x=1", "#",
                                         "@",     "%41",  "\\", "[::1]", "_", "user:pw"};
    enum { N = sizeof PIECES / sizeof *PIECES };
    uint64_t seed = 7;
    for (int i = 0; i < 60000; i++) {
        char url[200] = "";
        const int start = i % 3;
        snprintf(url, sizeof url, "%s", start == 0 ? "http://" : start == 1 ? "https://" : "");
        const int pieces = 1 + i % 7;
        for (int k = 0; k < pieces; k++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            const size_t len = strlen(url);
            snprintf(url + len, sizeof url - len, "%s", PIECES[(seed >> 33) % N]);
        }
        compare(url);
    }
    for (int i = 0; i < 60000; i++) {
        char url[32] = "http://";
        for (int k = 7; k < 8 + i % 20; k++) {
            static const char BYTES[] = "ab1.:/-0@#?%[]\\_ \t9x;,=&+~!$\x7f\xc3";
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            url[k] = BYTES[(seed >> 33) % (sizeof BYTES - 1)];
            url[k + 1] = '\0';
        }
        compare(url);
    }
    assert_true(curl_api_is_loaded());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_needs_no_libcurl),
        cmocka_unit_test(test_rebase),
        cmocka_unit_test(test_odd_ones),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
