/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Downloads from a server that answers to the letter of the test: which requests go out, who sees
 * the token, and what is made of answers that change, lie or do not end. */
#include <errno.h>
#include <stdatomic.h>

#include "tests/unit/download_help.h"
#include "tests/unit/tiny_server.h"

#define TOKEN "hf_secret_of_alice"

enum { BYTES = 5000 };

struct room {
    struct tiny *server, *storage;
    struct http *http;
    struct hub *hub;
    char *dir, *endpoint;
};

/* The file, and what it becomes meanwhile. */
static char *content, *changed;
static char git_oid[HASH_SHA1_HEX], changed_oid[HASH_SHA1_HEX], sha256[HASH_SHA256_HEX];

static bool reply(struct tiny *s, int fd, int status, const char *headers, const char *text)
{
    return tiny_reply(s, fd, status, headers, text, strlen(text));
}

/* "Range: bytes=N-", 0 without one. */
static size_t wanted_from(const char *head)
{
    const char *range = str_casestr(head, "\r\nRange: bytes=");
    return range ? strtoul(range + 15, NULL, 10) : 0;
}

/* Head of a 200 or 206 from `from` and `n` bytes of the body, then the end of the connection
 * when that is not all. */
static bool reply_some(struct tiny *s, int fd, const char *bytes, const char *etag, size_t from,
                       size_t n)
{
    struct buf head = BUF_INIT;
    buf_printf(&head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nX-Repo-Commit: c0ffee\r\n",
               from ? "206 Partial" : "200 OK", (size_t)BYTES - from);
    if (etag) {
        buf_printf(&head, "ETag: \"%s\"\r\n", etag);
    }
    if (from) {
        buf_printf(&head, "Content-Range: bytes %zu-%d/%d\r\n", from, BYTES - 1, BYTES);
    }
    buf_puts(&head, "\r\n");
    const bool ok = tiny_send(s, fd, head.p, head.n) && tiny_send(s, fd, bytes + from, n);
    buf_done(&head);
    return ok && from + n == BYTES;
}

static bool reply_stream(struct tiny *s, int fd, const char *framing, const char *etag)
{
    struct buf out = BUF_INIT;
    buf_printf(&out, "HTTP/1.1 200 OK\r\n%sX-Repo-Commit: c0ffee\r\n", framing);
    buf_printf(&out, *etag ? "ETag: \"%s\"\r\n\r\n" : "\r\n%s", etag);
    const bool is_chunked = strstr(framing, "chunked") != NULL;
    if (is_chunked) {
        buf_printf(&out, "%x\r\n", BYTES);
    }
    buf_append(&out, content, BYTES);
    buf_puts(&out, is_chunked ? "\r\n0\r\n\r\n" : "");
    tiny_send(s, fd, out.p, out.n);
    buf_done(&out);
    return is_chunked;
}

/* The whole file, and the length that the Hub has it at. */
static bool reply_promised(struct tiny *s, int fd, size_t promised, bool is_chunked, size_t from)
{
    char headers[200];
    if (is_chunked) {
        snprintf(headers, sizeof headers, "Transfer-Encoding: chunked\r\nX-Linked-Size: %zu\r\n",
                 promised);
        return reply_stream(s, fd, headers, "");
    }
    if (from) {
        snprintf(headers, sizeof headers,
                 "X-Linked-Size: %zu\r\nX-Repo-Commit: c0ffee\r\nETag: \"odd\"\r\n"
                 "Content-Range: bytes %zu-%d/%d\r\n",
                 promised, from, BYTES - 1, BYTES);
        return tiny_reply(s, fd, 206, headers, content + from, BYTES - from);
    }
    snprintf(headers, sizeof headers, "X-Linked-Size: %zu\r\nX-Repo-Commit: c0ffee\r\n", promised);
    return tiny_reply(s, fd, 200, headers, content, BYTES);
}

static bool reply_large(struct tiny *s, int fd, const char *name)
{
    char headers[400];
    snprintf(headers, sizeof headers,
             "Location: http://127.0.0.1:%d/%s?sig=1\r\nX-Linked-Etag: \"%s\"\r\n"
             "X-Linked-Size: %d\r\nETag: \"other\"\r\nX-Repo-Commit: c0ffee\r\n",
             s->other->port, name, sha256, BYTES);
    return reply(s, fd, 302, headers, "moved");
}

static bool answer_changing(struct tiny *s, int fd, const struct tiny_request *r, const char *name)
{
    const size_t from = wanted_from(r->head);
    if (strcmp(name, "changes") == 0) { /* between the first connection and the second */
        return r->nth == 0 ? reply_some(s, fd, content, git_oid, 0, 3000)
                           : reply_some(s, fd, changed, changed_oid, from, BYTES - from);
    }
    if (strcmp(name, "changes-always") == 0) {
        char etag[32];
        snprintf(etag, sizeof etag, "e%d", r->nth);
        return reply_some(s, fd, content, etag, from, from ? 100 : 3000 + (size_t)r->nth);
    }
    if (strcmp(name, "anonymous") == 0) { /* no etag: nothing to go on with */
        return reply_some(s, fd, content, NULL, from, r->nth == 0 ? 3000 : BYTES - from);
    }
    if (strcmp(name, "wrong-part") == 0 && from) {
        char headers[200];
        snprintf(headers, sizeof headers,
                 "Content-Range: bytes 7-8/5000\r\nX-Repo-Commit: c0ffee\r\nETag: \"%s\"\r\n",
                 git_oid);
        return reply(s, fd, 206, headers, "xy");
    }
    if (strcmp(name, "same-etag") == 0) { /* other bytes, and the etag of the old ones */
        return reply_some(s, fd, from ? changed : content, git_oid, from,
                          from ? BYTES - from : 3000);
    }
    return reply_some(s, fd, content, git_oid, from, from ? BYTES - from : 3000);
}

static bool answer_hub(struct tiny *s, int fd, const struct tiny_request *r)
{
    const char *name = strrchr(r->path, '/') + 1;
    const size_t from = wanted_from(r->head);
    if (str_starts(name, "large")) {
        return reply_large(s, fd, name);
    }
    if (str_starts(name, "promised-")) {
        return reply_promised(s, fd, strtoul(name + strlen("promised-"), NULL, 10),
                              strstr(name, "chunked") != NULL, from);
    }
    if (strcmp(name, "mismatch") == 0) {
        return reply_some(s, fd, changed, git_oid, from, BYTES - from);
    }
    if (strcmp(name, "no-range-cut") == 0) { /* never comes further */
        return reply_some(s, fd, content, git_oid, 0, 3000);
    }
    if (strcmp(name, "circle") == 0) {
        return reply(s, fd, 302, "Location: circle\r\n", "moved");
    }
    if (strcmp(name, "to-a-file") == 0) {
        return reply(s, fd, 302, "Location: file:///etc/hostname\r\n", "moved");
    }
    if (strcmp(name, "drop") == 0) {
        return false;
    }
    if (strcmp(name, "tenths") == 0) { /* 500 bytes a connection: bytes come, so it goes on */
        const size_t n = from + 500 < BYTES ? 500 : BYTES - from;
        return reply_some(s, fd, content, git_oid, from, n);
    }
    if (strcmp(name, "chunked") == 0) {
        return reply_stream(s, fd, "Transfer-Encoding: chunked\r\n", git_oid);
    }
    if (strcmp(name, "until-close") == 0) {
        return reply_stream(s, fd, "Connection: close\r\n", "");
    }
    if (strcmp(name, "pointer") == 0) {
        return reply(s, fd, 200, "X-Repo-Commit: c0ffee\r\n",
                     "version https://git-lfs.github.com/spec/v1\n"
                     "oid sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
                     "size 5\n");
    }
    return answer_changing(s, fd, r, name);
}

/* The storage: must never see a token. */
static bool answer_storage(struct tiny *s, int fd, const struct tiny_request *r)
{
    const size_t from = wanted_from(r->head);
    if (strstr(r->head, "Authorization")) {
        return reply(s, fd, 400, "", "token seen");
    }
    if (strstr(r->path, "expires") && r->nth == 1) {
        return reply(s, fd, 403, "", "signature expired");
    }
    if (strstr(r->path, "circle")) {
        return reply(s, fd, 302, "Location: large-circle?again\r\n", "moved");
    }
    if (strstr(r->path, "forbidden")) {
        return reply(s, fd, 403, "", "never");
    }
    if (strstr(r->path, "more")) { /* more than the Hub has told */
        struct buf all = BUF_INIT;
        buf_append(&all, content, BYTES);
        buf_puts(&all, " and more");
        const bool ok = tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n") &&
                        tiny_send(s, fd, all.p, all.n);
        buf_done(&all);
        return ok && false;
    }
    return reply_some(s, fd, content, "of-the-storage", from, from ? BYTES - from : 3000);
}

static int set_up(void **state)
{
    struct room *room = xcalloc(1, sizeof *room);
    clear_environment();
    content = make_bytes(BYTES, 1);
    changed = make_bytes(BYTES, 2);
    hash_git_blob(content, BYTES, git_oid);
    hash_git_blob(changed, BYTES, changed_oid);
    hash_sha256(content, BYTES, sha256);
    room->dir = make_folder();
    room->server = tiny_start(answer_hub);
    room->storage = tiny_start(answer_storage);
    room->server->other = room->storage;
    room->endpoint = xasprintf("http://127.0.0.1:%d", room->server->port);
    room->http = http_new(&(struct http_options){.retry_ms = 1}, NULL);
    const struct hub_options options = {.endpoint = room->endpoint, .token = TOKEN};
    room->hub = hub_new(room->http, NULL, &options, NULL);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    hub_free(room->hub);
    http_free(room->http);
    tiny_stop(room->server);
    tiny_stop(room->storage);
    file_remove_tree(room->dir, NULL);
    free(room->dir);
    free(room->endpoint);
    free(room);
    free(content);
    free(changed);
    return 0;
}

static bool get(struct room *room, const char *name, struct download_result *out, struct err *e)
{
    const struct download_spec spec = {
        .kind = HUB_MODEL, .id = "o/r", .path = name, .to = room->dir, .retry_ms = 1};
    *e = (struct err)ERR_INIT;
    return download_run(room->hub, &spec, NULL, out, e);
}

static void expect_saved(struct room *room, const char *name, const char *bytes,
                         enum download_proof proof)
{
    struct err e;
    struct download_result out;
    if (!get(room, name, &out, &e)) {
        fail_msg("%s: %s", name, e.msg);
    }
    if (out.proof != proof) {
        fail_msg("%s: %s", name, download_proof_name(out.proof));
    }
    download_result_done(&out);
    expect_file(room->dir, name, bytes, BYTES);
    expect_tidy(room->dir, name);
}

/* Nothing under its name; kept: bytes of the part. */
static void expect_failed(struct room *room, const char *name, enum err_code code, const char *says,
                          uint64_t kept)
{
    struct err e;
    struct download_result out;
    assert_false(get(room, name, &out, &e));
    expect_err(&e, code, says);
    assert_int_equal(out.bytes, kept);
    assert_false(has_file(room->dir, name));
    if (kept == 0) {
        expect_tidy(room->dir, name);
    }
    download_result_done(&out);
}

/* ---- requests ---- */

static void test_requests(void **state)
{
    struct room *room = *state;
    expect_saved(room, "plain", content, DOWNLOAD_BY_GIT);
    assert_int_equal(atomic_load(&room->server->requests), 2);
    assert_int_equal(tiny_count_seen(room->server, "Range: bytes=3000-\r\n"), 1);
    assert_int_equal(tiny_count_seen(room->server, "X-HF-Download-Counter: 1\r\n"), 2);
    assert_int_equal(tiny_count_seen(room->server, "Accept-Encoding: identity\r\n"), 2);
    assert_int_equal(tiny_count_seen(room->server, "Bearer " TOKEN), 2);
}

static void test_storage(void **state)
{
    struct room *room = *state;
    expect_saved(room, "large", content, DOWNLOAD_BY_SHA256);
    assert_int_equal(tiny_count_seen(room->storage, "Range: bytes=3000-\r\n"), 1);
    /* The signature runs out between two connections: a new address, nothing begun anew. */
    expect_saved(room, "large-expires", content, DOWNLOAD_BY_SHA256);
    assert_int_equal(tiny_count_seen(room->storage, "GET /large-expires"), 3);
    assert_int_equal(tiny_count_seen(room->storage, "Authorization"), 0);
    assert_int_equal(tiny_count_seen(room->storage, TOKEN), 0);
    assert_int_equal(tiny_count_seen(room->storage, "X-HF-Download-Counter"), 0);
    expect_failed(room, "large-forbidden", ERR_SERVER, "HTTP 403", 0);
    expect_failed(room, "large-more", ERR_DAMAGED, "more bytes came", 0);
}

static void test_attempts(void **state)
{
    struct room *room = *state;
    expect_failed(room, "drop", ERR_NETWORK, "downloading o/r/drop: ", 0);
    assert_int_equal(atomic_load(&room->server->requests), 5);
    expect_saved(room, "tenths", content, DOWNLOAD_BY_GIT);
    assert_int_equal(tiny_count_seen(room->server, "/tenths HTTP"), 10);
    /* A server that knows no ranges and never gets further: it ends, and what came is kept. */
    expect_failed(room, "no-range-cut", ERR_NETWORK, "cut off after 3000 bytes", 3000);
    assert_int_equal(tiny_count_seen(room->server, "/no-range-cut HTTP"), 5);
    /* Trying again helps against none of these. */
    expect_failed(room, "circle", ERR_SERVER, "in circles", 0);
    assert_int_equal(tiny_count_seen(room->server, "/circle HTTP"), 11);
    expect_failed(room, "large-circle", ERR_SERVER, "in circles", 0);
    assert_int_equal(tiny_count_seen(room->server, "/large-circle HTTP"), 1);
    assert_int_equal(tiny_count_seen(room->storage, "/large-circle"), 11);
    expect_failed(room, "to-a-file", ERR_SERVER, "an address that is none", 0);
    assert_int_equal(tiny_count_seen(room->server, "/to-a-file HTTP"), 1);
}

/* ---- answers ---- */

static void test_changed_meanwhile(void **state)
{
    struct room *room = *state;
    expect_saved(room, "changes", changed, DOWNLOAD_BY_GIT);
    expect_failed(room, "changes-always", ERR_SERVER, "changed 6 times while it came", 0);
    assert_int_equal(tiny_count_seen(room->server, "/changes-always HTTP"), 12);
    expect_saved(room, "anonymous", content, DOWNLOAD_BY_SIZE);
    expect_failed(room, "same-etag", ERR_DAMAGED, "checksum", 0);
    expect_failed(room, "mismatch", ERR_DAMAGED, "checksum", 0);
    expect_failed(room, "wrong-part", ERR_SERVER, "another part", 3000);
    expect_failed(room, "pointer", ERR_SERVER, "only the pointer", 0);
}

static void test_without_length(void **state)
{
    struct room *room = *state;
    expect_saved(room, "chunked", content, DOWNLOAD_BY_GIT);
    expect_saved(room, "until-close", content, DOWNLOAD_UNPROVEN);
}

/* What is saved has the length that was promised, in every way of sending it. */
static void test_promised_length(void **state)
{
    struct room *room = *state;
    expect_saved(room, "promised-5000", content, DOWNLOAD_BY_SIZE);
    expect_saved(room, "promised-5000-chunked", content, DOWNLOAD_BY_SIZE);
    expect_failed(room, "promised-5", ERR_SERVER,
                  "names 5 bytes for this file and sends one of 5000", 0);
    expect_failed(room, "promised-6000", ERR_SERVER, "names 6000 bytes", 0);
    assert_int_equal(tiny_count_seen(room->server, "/promised-5 HTTP"), 1);
    expect_failed(room, "promised-5-chunked", ERR_DAMAGED, "more bytes came", 0);
    expect_failed(room, "promised-6000-chunked", ERR_NETWORK, "after 5000 of 6000 bytes", BYTES);
    /* The rest of a part: what is there already stays. */
    static const char NOTE[] =
        "{\"hfterm_part\":1,\"url\":\"%s/o/r/resolve/main/promised-7\",\"etag\":\"odd\"}";
    char *note = xasprintf(NOTE, room->endpoint);
    put_file(room->dir, ".promised-7.hfterm-part", content, 3000);
    put_file(room->dir, ".promised-7.hfterm-part.json", note, strlen(note));
    expect_failed(room, "promised-7", ERR_SERVER, "names 7 bytes", 3000);
    assert_int_equal(tiny_count_seen(room->server, "Range: bytes=3000-\r\n"), 1);
    free(note);
}

/* The target came into being while the bytes came: it stays, and so does the part. */
static void test_target_appears(void **state)
{
    struct room *room = *state;
    struct download_result out;
    struct background b = {
        .hub = room->hub, .spec = {.id = "o/r", .path = "plain", .to = room->dir, .retry_ms = 500}};
    background_start(&b);
    background_until(&b, 3000);
    put_file(room->dir, "plain", "mine", 4);
    pthread_join(b.thread, NULL);
    task_unref(b.task);
    assert_false(b.ok);
    expect_err(&b.err, ERR_IO, "cannot save as ");
    assert_int_equal(b.err.sys, EEXIST);
    assert_int_equal(b.result.bytes, BYTES);
    expect_file(room->dir, "plain", "mine", 4);
    download_result_done(&b.result);
    b.spec.may_replace = true;
    assert_true(download_run(room->hub, &b.spec, NULL, &out, NULL));
    assert_int_equal(out.found, BYTES - 1);
    download_result_done(&out);
    expect_file(room->dir, "plain", content, BYTES);
    expect_tidy(room->dir, "plain");
}

/* Progress is of the file, not of a connection, and never goes back on a resumed one. */
static void test_progress(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct download_result out;
    uint64_t done = 0, total = 0;
    struct task *t = task_new(&(struct job){.name = "download"}, NULL);
    const struct download_spec spec = {
        .kind = HUB_DATASET, .id = "o/r", .path = "plain", .to = room->dir, .retry_ms = 1};
    assert_true(download_run(room->hub, &spec, t, &out, &e));
    task_get_progress(t, &done, &total);
    assert_int_equal(done, BYTES);
    assert_int_equal(total, BYTES);
    assert_int_equal(tiny_count_seen(room->server, "GET /datasets/o/r/resolve/main/plain HTTP"), 2);
    download_result_done(&out);
    task_unref(t);
}

#define ROOM_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_requests),       ROOM_TEST(test_storage),
        ROOM_TEST(test_attempts),       ROOM_TEST(test_changed_meanwhile),
        ROOM_TEST(test_without_length), ROOM_TEST(test_promised_length),
        ROOM_TEST(test_target_appears), ROOM_TEST(test_progress),
    };
    return cmocka_run_group_tests_name("download_answers", tests, NULL, NULL);
}
