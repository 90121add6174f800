/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Which names a hub answers to, and which pages: one rule for every path, on the wire. */
#include "tests/unit/localhub_wire.h"

#include "core/localhub/hosts.h"

static const char *const PATHS[] = {
    "/",   "/api/models", "/api/hfterm/requests", "/nothing/here", "/lab/plain/resolve/main/a.txt",
    "/%zz"};

/* The status of a request with these header lines, on a connection of its own. */
static int asked(const struct localhub *hub, const char *path, const char *version,
                 const char *lines)
{
    struct buf got = BUF_INIT;
    const int fd = wire_to(hub, "127.0.0.1");
    char *text = xasprintf("GET %s %s\r\n%s\r\n", path, version, lines);
    wire_put(fd, text);
    if (!wire_until(fd, &got, "\r\n\r\n", 10000)) {
        fail_msg("no answer to %s", text);
    }
    const int status = (int)strtol(buf_str(&got) + strlen("HTTP/1.1 "), NULL, 10);
    /* A name that is refused comes back in no header. */
    assert_true(status != 403 || !strstr(got.p, "evil"));
    close(fd);
    free(text);
    buf_done(&got);
    return status;
}

static void check_refused(const struct localhub *hub, const char *lines)
{
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        const int status = asked(hub, PATHS[i], "HTTP/1.1", lines);
        if (status != 403) {
            fail_msg("%s with %s: %d", PATHS[i], lines, status);
        }
    }
}

static void check_answered(const struct localhub *hub, const char *lines)
{
    const int status = asked(hub, "/api/models", "HTTP/1.1", lines);
    if (status != 200) {
        fail_msg("%s: %d", lines, status);
    }
}

/* robustness S3 */
static void foreign_names_are_refused_everywhere(void **state)
{
    (void)state;
    char *root = new_folder();
    put_fixture(root);
    const struct localhub_options options = {.dir = root};
    struct localhub *hub = serve(&options);
    check_refused(hub, "Host: evil.test\r\n");
    check_refused(hub, "Host: 127.0.0.1.nip.io\r\n");
    check_refused(hub, "Host: localhost.evil.test\r\n");
    check_refused(hub, "Host: evil.test:80\r\n");
    check_refused(hub, "Host: 192.168.1.1\r\n");
    check_refused(hub, "Host:\r\n");
    check_refused(hub, "Host: user@localhost\r\n");
    check_refused(hub, "Host: localhost:evil\r\n");
    check_refused(hub, "Host: [::1].evil.test\r\n");
    check_refused(hub, "Host: [::1\r\n");
    check_refused(hub, "Host: 127.0.0.1\r\nHost: evil.test\r\n");
    check_refused(hub, "Host: evil.test\r\nHost: 127.0.0.1\r\n");
    check_refused(hub, "Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n");
    check_answered(hub, "Host: 127.0.0.1\r\n");
    check_answered(hub, "host: LocalHost:1234\r\n");
    check_answered(hub, "Host: [::1]:80\r\n");
    assert_int_equal(asked(hub, "/api/models", "HTTP/1.0", ""), 200);
    assert_int_equal(asked(hub, "/api/models", "HTTP/1.0", "Host: evil.test\r\n"), 403);
    localhub_stop(hub);
    remove_folder(root);
}

static void pages_of_elsewhere_are_refused(void **state)
{
    (void)state;
    char *root = new_folder();
    put_fixture(root);
    const struct localhub_options options = {.dir = root};
    struct localhub *hub = serve(&options);
    check_refused(hub, "Host: 127.0.0.1\r\nOrigin: http://evil.test\r\n");
    check_refused(hub, "Host: 127.0.0.1\r\nOrigin: null\r\n");
    check_refused(hub, "Host: 127.0.0.1\r\nOrigin: http://127.0.0.1:99\r\n");
    check_refused(hub, "Host: 127.0.0.1\r\nOrigin: file://127.0.0.1\r\n");
    check_refused(hub,
                  "Host: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nOrigin: http://evil.test\r\n");
    check_answered(hub, "Host: 127.0.0.1:80\r\nOrigin: http://127.0.0.1:80\r\n");
    check_answered(hub, "Host: localhost\r\nOrigin: https://localhost\r\n");
    assert_int_equal(asked(hub, "/api/models", "HTTP/1.0", "Origin: http://evil.test\r\n"), 403);
    localhub_stop(hub);
    remove_folder(root);
}

static void the_second_port_keeps_the_rule(void **state)
{
    (void)state;
    char *root = new_folder();
    put_fixture(root);
    const struct localhub_options options = {.dir = root, .split_storage = true};
    struct localhub *hub = serve(&options);
    struct answer a = http_get(hub, "/lab/small/resolve/main/model.safetensors");
    char *location = header_of(&a, "Location");
    assert_int_equal(a.status, 302);
    assert_int_equal(status_of(hub, location, NULL), 200);
    assert_int_equal(status_of(hub, location, "Host: evil.test"), 403);
    assert_int_equal(status_of(hub, location, "Origin: http://evil.test"), 403);
    free(location);
    answer_done(&a);
    localhub_stop(hub);
    remove_folder(root);
}

static void names_that_were_given_are_good(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"hub.lan", "Models"};
    static const char *const BAD[] = {"hub.lan:80"};
    char *root = new_folder();
    put_fixture(root);
    const struct localhub_options options = {.dir = root, .names = NAMES, .n_names = 2};
    struct localhub *hub = serve(&options);
    check_answered(hub, "Host: HUB.lan:8080\r\n");
    check_answered(hub, "Host: models\r\n");
    check_refused(hub, "Host: x.hub.lan\r\n");
    localhub_stop(hub);
    struct err e = ERR_INIT;
    const struct localhub_options bad = {.dir = root, .names = BAD, .n_names = 1};
    assert_null(localhub_start(&bad, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_non_null(strstr(e.msg, "hub.lan:80"));
    remove_folder(root);
}

static void an_open_address_takes_addresses_and_its_own_name(void **state)
{
    (void)state;
    char own[256] = "";
    char *root = new_folder();
    put_fixture(root);
    const struct localhub_options options = {.dir = root, .bind = "0.0.0.0"};
    struct localhub *hub = serve(&options);
    check_answered(hub, "Host: 192.168.1.1:8080\r\n");
    check_answered(hub, "Host: [fe80::1]\r\n");
    check_answered(hub, "Host: localhost\r\n");
    check_refused(hub, "Host: evil.test\r\n");
    check_refused(hub, "Host: 192.168.1.1.nip.io\r\n");
    check_refused(hub, "Host: 192.168.1\r\n");
    check_refused(hub, "Host: 192.168.1.1\r\nHost: evil.test\r\n");
    check_refused(hub, "Host: 192.168.1.1\r\nOrigin: http://evil.test\r\n");
    assert_int_equal(gethostname(own, sizeof own - 1), 0);
    char *line = xasprintf("Host: %s:80\r\n", own);
    check_answered(hub, line);
    free(line);
    localhub_stop(hub);
    remove_folder(root);
}

static void a_refusal_says_what_to_do(void **state)
{
    (void)state;
    struct lh_hosts *hosts = lh_hosts_new("127.0.0.1", true, NULL, 0);
    const struct lh_called evil = {.host = "evil.test", .n_hosts = 1};
    const struct lh_called none = {.host = NULL};
    assert_non_null(strstr(lh_hosts_refuse(hosts, &evil), "--name NAME"));
    assert_non_null(strstr(lh_hosts_refuse(hosts, &none), "no Host"));
    lh_hosts_free(hosts);
    lh_hosts_free(NULL);
    assert_true(lh_host_is_loopback("127.9.9.9:1"));
    assert_false(lh_host_is_loopback("128.0.0.1"));
    assert_false(lh_host_is_loopback(NULL));
    assert_false(lh_host_is_loopback("::1"));
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_names_are_refused_everywhere),
        cmocka_unit_test(pages_of_elsewhere_are_refused),
        cmocka_unit_test(the_second_port_keeps_the_rule),
        cmocka_unit_test(names_that_were_given_are_good),
        cmocka_unit_test(an_open_address_takes_addresses_and_its_own_name),
        cmocka_unit_test(a_refusal_says_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
