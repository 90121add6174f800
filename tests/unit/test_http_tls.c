/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Certificates and https, against `openssl s_server`; skipped where there is no openssl. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/net/http.h"

struct room {
    char dir[32];
    char *cert, *other_cert;
    int port;
    pid_t server; /* 0: no openssl here */
};

static pid_t start_openssl(const char *dir, const char *const *args)
{
    const pid_t pid = fork();
    if (pid == 0) {
        const int out = open("/dev/null", O_RDWR);
        dup2(out, 0);
        dup2(out, 1);
        dup2(out, 2);
        if (chdir(dir) == 0) {
            execvp("openssl", (char *const *)(uintptr_t)args);
        }
        _exit(127);
    }
    return pid;
}

static bool make_certificate(const char *dir, const char *key, const char *cert)
{
    char subject[64]; /* one of its own: authorities are looked up by it */
    snprintf(subject, sizeof subject, "/CN=hfterm test %s", key);
    const char *const args[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                                subject, "-addext", "subjectAltName=DNS:localhost",
                                "-keyout", key, "-out", cert, NULL};
    int status = 0;
    return waitpid(start_openssl(dir, args), &status, 0) > 0 && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static int free_port(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    const bool is_ok = bind(fd, (struct sockaddr *)&at, len) == 0 &&
                       getsockname(fd, (struct sockaddr *)&at, &len) == 0;
    close(fd);
    return is_ok ? ntohs(at.sin_port) : 0;
}

static bool wait_for_port(int port)
{
    const struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < 500; i++) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        const bool is_open = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
        close(fd);
        if (is_open) {
            return true;
        }
        clock_sleep_ms(10);
    }
    return false;
}

static void write_page(const struct room *room, const char *name, const char *text)
{
    char *path = paths_join(room->dir, name);
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    free(path);
}

static int set_up(void **state)
{
    static const char *const ENV[] = {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_DIR",
                                      "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                      "ALL_PROXY"};
    for (size_t i = 0; i < sizeof ENV / sizeof *ENV; i++) {
        unsetenv(ENV[i]);
    }
    struct room *room = xcalloc(1, sizeof *room);
    *state = room;
    snprintf(room->dir, sizeof room->dir, "/tmp/hfterm-tls-XXXXXX");
    if (!mkdtemp(room->dir)) {
        return -1;
    }
    room->cert = paths_join(room->dir, "cert.pem");
    room->other_cert = paths_join(room->dir, "other.pem");
    if (!make_certificate(room->dir, "key.pem", "cert.pem") ||
        !make_certificate(room->dir, "key2.pem", "other.pem")) {
        return 0;
    }
    write_page(room, "hello", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    write_page(room, "down", "HTTP/1.0 302 Found\r\nLocation: http://localhost:1/\r\n\r\n");
    room->port = free_port();
    char accept_at[32];
    snprintf(accept_at, sizeof accept_at, "127.0.0.1:%d", room->port);
    const char *const args[] = {"openssl", "s_server", "-accept", accept_at, "-cert", "cert.pem",
                                "-key", "key.pem", "-HTTP", "-quiet", NULL};
    room->server = start_openssl(room->dir, args);
    return wait_for_port(room->port) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    if (room->server > 0) {
        kill(room->server, SIGKILL);
        waitpid(room->server, NULL, 0);
    }
    file_remove_tree(room->dir, NULL);
    free(room->cert);
    free(room->other_cert);
    free(room);
    return 0;
}

static bool ask(const struct room *room, const char *host, const char *page, const char *ca_bundle,
                struct err *e)
{
    struct http *h = http_new(&(struct http_options){.ca_bundle = ca_bundle}, e);
    assert_non_null(h);
    char url[128];
    snprintf(url, sizeof url, "https://%s:%d/%s", host, room->port, page);
    struct http_response r;
    const bool is_ok = http_perform(h, &(struct http_request){.url = url}, NULL, &r, e);
    assert_true(!is_ok || strcmp(buf_str(&r.body), "hello") == 0);
    http_response_done(&r);
    http_free(h);
    return is_ok;
}

static void need_openssl(const struct room *room)
{
    if (!room->server) {
        skip();
    }
}

static void test_trusted(void **state)
{
    const struct room *room = *state;
    need_openssl(room);
    struct err e = ERR_INIT;
    assert_true(ask(room, "localhost", "hello", room->cert, &e));
    static const char *const VARIABLES[] = {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
                                            "CURL_CA_BUNDLE"};
    for (size_t i = 0; i < 3; i++) {
        setenv(VARIABLES[i], room->cert, 1);
        assert_true(ask(room, "localhost", "hello", NULL, &e));
        unsetenv(VARIABLES[i]);
    }
}

/* hub.md F15: folders of certificates by their hashes, alone, in a list and beside a file. */
static void test_trusted_folder(void **state)
{
    const struct room *room = *state;
    need_openssl(room);
    struct err e = ERR_INIT;
    char *dir = paths_join(room->dir, "trusted"), *list = xasprintf("/nonexistent:%s", dir);
    char *command = xasprintf("mkdir %s && cp %s %s/ca.pem && openssl rehash %s", dir, room->cert, dir, dir);
    assert_int_equal(system(command), 0);
    setenv("SSL_CERT_DIR", dir, 1);
    assert_true(ask(room, "localhost", "hello", NULL, &e));
    setenv("SSL_CERT_FILE", room->other_cert, 1);
    assert_true(ask(room, "localhost", "hello", NULL, &e));
    unsetenv("SSL_CERT_FILE");
    setenv("SSL_CERT_DIR", list, 1);
    assert_true(ask(room, "localhost", "hello", NULL, &e));
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
    assert_false(ask(room, "localhost", "hello", NULL, &e));
    assert_non_null(strstr(e.remedy, "SSL_CERT_DIR=/nonexistent"));
    setenv("REQUESTS_CA_BUNDLE", dir, 1);
    assert_true(ask(room, "localhost", "hello", NULL, &e));
    unsetenv("REQUESTS_CA_BUNDLE");
    unsetenv("SSL_CERT_DIR");
    free(command);
    free(list);
    free(dir);
}

static void test_not_trusted(void **state)
{
    const struct room *room = *state;
    need_openssl(room);
    struct err e = ERR_INIT;
    assert_false(ask(room, "localhost", "hello", NULL, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    assert_non_null(strstr(e.msg, "the certificate of localhost:"));
    assert_non_null(strstr(e.msg, "is not trusted"));
    assert_non_null(strstr(e.remedy, "set SSL_CERT_FILE"));
    setenv("REQUESTS_CA_BUNDLE", room->other_cert, 1);
    assert_false(ask(room, "localhost", "hello", NULL, &e));
    assert_non_null(strstr(e.remedy, "REQUESTS_CA_BUNDLE=/tmp/hfterm-tls-"));
    unsetenv("REQUESTS_CA_BUNDLE");
    assert_false(ask(room, "127.0.0.1", "hello", room->cert, &e)); /* the name is another */
    assert_non_null(strstr(e.msg, "is not trusted"));
}

static void test_bundle_that_is_not_there(void **state)
{
    const struct room *room = *state;
    need_openssl(room);
    struct err e = ERR_INIT;
    setenv("SSL_CERT_FILE", "/nonexistent/ca.pem", 1);
    assert_false(ask(room, "localhost", "hello", NULL, &e));
    assert_string_equal(e.msg, "cannot read the CA bundle /nonexistent/ca.pem");
    assert_non_null(strstr(e.remedy, "SSL_CERT_FILE names it"));
    unsetenv("SSL_CERT_FILE");
}

static void test_never_down_to_http(void **state)
{
    const struct room *room = *state;
    need_openssl(room);
    struct err e = ERR_INIT;
    assert_false(ask(room, "localhost", "down", room->cert, &e));
    assert_int_equal(e.code, ERR_SERVER);
    assert_non_null(strstr(e.msg, "unencrypted http"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trusted),
        cmocka_unit_test(test_trusted_folder),
        cmocka_unit_test(test_not_trusted),
        cmocka_unit_test(test_bundle_that_is_not_there),
        cmocka_unit_test(test_never_down_to_http),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
