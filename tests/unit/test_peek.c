/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* What files of the Hub are, from their headers (hub.md row 11): told the same for people and programs, by the bytes
 * of the headers alone, over shards too; against a small server with files of terabytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/hub/hub.h"
#include "core/net/http.h"
#include "core/peek/peek.h"
#include "core/task/task.h"
#include "tests/unit/tiny_server.h"

struct room {
    struct tiny *server;
    struct http *http;
    struct hub *hub;
    char *endpoint;
};

/* ---- the server: fixtures, and files that begin or end like one and are as long as they say ---- */

struct virtual {
    struct buf head, tail; /* zeros between them */
    uint64_t size;
};

static const uint64_t TERABYTE = 1000000000000;

/* A header of ours that says it has four terabytes of numbers. */
static void make_huge_safetensors(struct virtual *v)
{
    static const char HEADER[] = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1000000,1000000],"
                                 "\"data_offsets\":[0,4000000000000]}}";
    for (size_t i = 0; i < 8; i++) {
        buf_putc(&v->head, (char)((sizeof HEADER - 1) >> (8 * i) & 0xFF));
    }
    buf_puts(&v->head, HEADER);
    v->size = v->head.n + 4 * TERABYTE;
}

/* 250,000 tensors without a byte. */
static void make_many_tensors(struct virtual *v)
{
    struct buf header = BUF_INIT;
    for (int i = 0; i < 250000; i++) {
        buf_printf(&header, "%c\"t%d\":{\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":[0,0]}", i ? ',' : '{', i);
    }
    buf_putc(&header, '}');
    for (size_t i = 0; i < 8; i++) {
        buf_putc(&v->head, (char)((uint64_t)header.n >> (8 * i) & 0xFF));
    }
    buf_append(&v->head, header.p, header.n);
    v->size = v->head.n;
    buf_done(&header);
}

static bool find_file(const char *name, struct virtual *v)
{
    *v = (struct virtual){0};
    if (strcmp(name, "many.safetensors") == 0) {
        make_many_tensors(v);
        return true;
    }
    if (strcmp(name, "huge.safetensors") == 0) {
        make_huge_safetensors(v);
        return true;
    }
    if (strcmp(name, "truth.txt.png") == 0) { /* text under the name of a picture */
        buf_puts(&v->head, "picture headers/gray.png");
        v->size = v->head.n;
        return true;
    }
    const bool is_huge = strncmp(name, "huge-", 5) == 0;
    char *path = xasprintf("tests/fixtures/headers/%s", is_huge ? name + 5 : name);
    struct buf bytes = BUF_INIT;
    const bool ok = file_read_any(path, &bytes, 64 * 1024 * 1024, NULL);
    free(path);
    const bool is_tail = is_huge && strstr(name, ".parquet");
    *(is_tail ? &v->tail : &v->head) = bytes;
    v->size = is_huge ? 3 * TERABYTE : bytes.n;
    return ok;
}

static char byte_at(const struct virtual *v, uint64_t at)
{
    if (at < v->head.n) {
        return v->head.p[at];
    }
    return at >= v->size - v->tail.n ? v->tail.p[at - (v->size - v->tail.n)] : '\0';
}

static bool send_range(struct tiny *s, int fd, const struct tiny_request *r, const struct virtual *v, const char *etag)
{
    unsigned long long first = 0, last = 0;
    const char *range = str_casestr(r->head, "\r\nRange: bytes=");
    assert_non_null(range); /* never a whole file */
    assert_int_equal(sscanf(range + 15, "%llu-%llu", &first, &last), 2);
    if (first >= v->size) {
        char headers[120];
        snprintf(headers, sizeof headers, "Content-Range: bytes */%llu\r\n", (unsigned long long)v->size);
        return tiny_reply(s, fd, 416, headers, "", 0);
    }
    last = last < v->size ? last : v->size - 1;
    struct buf body = BUF_INIT;
    char headers[240];
    for (uint64_t i = first; i <= last; i++) {
        buf_putc(&body, byte_at(v, i));
    }
    snprintf(headers, sizeof headers, "Content-Range: bytes %llu-%llu/%llu\r\nX-Repo-Commit: c0ffee\r\nETag: \"%s\"\r\n",
             first, last, (unsigned long long)v->size, etag);
    const bool ok = tiny_reply(s, fd, 206, headers, body.p, body.n);
    buf_done(&body);
    return ok;
}

/* The route of the Hub that tells all headers at once, for repo o/told. */
static bool send_headers(struct tiny *s, int fd)
{
    struct buf out = BUF_INIT;
    buf_puts(&out, "{\"index\":{\"metadata\":{\"total_size\":1080}},\"headers\":{");
    for (int i = 1; i <= 2; i++) {
        struct buf file = BUF_INIT;
        char *path = xasprintf("tests/fixtures/headers/model-0000%d-of-00002.safetensors", i);
        assert_true(file_read_any(path, &file, 1 << 20, NULL));
        buf_printf(&out, "%s\"model-0000%d-of-00002.safetensors\":", i > 1 ? "," : "", i);
        buf_append(&out, file.p + 8, (unsigned char)file.p[0] | (size_t)(unsigned char)file.p[1] << 8);
        buf_done(&file);
        free(path);
    }
    buf_puts(&out, "}}");
    const bool ok = tiny_reply(s, fd, 200, "Content-Type: application/json\r\n", out.p, out.n);
    buf_done(&out);
    return ok;
}

static bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    struct virtual v = {0};
    if (strstr(r->path, "/o/told/safetensors-metadata/")) {
        return send_headers(s, fd);
    }
    const char *name = strrchr(r->path, '/') + 1;
    const bool is_lost = strstr(r->path, "/o/lost/") && strstr(name, "-00002-of");
    bool ok = false;
    if (!is_lost && strstr(r->path, "/resolve/") && find_file(name, &v)) {
        char etag[8] = "e1";
        etag[1] = (char)('1' + (strstr(r->path, "/o/moving/") ? r->nth % 8 : 0));
        ok = send_range(s, fd, r, &v, etag);
    } else {
        ok = tiny_reply(s, fd, 404, "X-Error-Code: EntryNotFound\r\n", "", 0);
    }
    buf_done(&v.head);
    buf_done(&v.tail);
    return ok;
}

static int set_up(void **state)
{
    struct room *room = xcalloc(1, sizeof *room);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    room->server = tiny_start(answer);
    room->endpoint = xasprintf("http://127.0.0.1:%d", room->server->port);
    room->http = http_new(&(struct http_options){.retry_ms = 1}, NULL);
    const struct hub_options options = {.endpoint = room->endpoint, .token = ""};
    room->hub = hub_new(room->http, NULL, &options, NULL);
    *state = room;
    return room->http && room->hub ? 0 : -1;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    hub_free(room->hub);
    http_free(room->http);
    tiny_stop(room->server);
    free(room->endpoint);
    free(room);
    return 0;
}

/* ---- helpers ---- */

static struct peek *read_in(struct room *room, const char *id, const char *path, struct err *e)
{
    const struct peek_want want = {HUB_MODEL, id, NULL, path};
    *e = (struct err)ERR_INIT;
    return peek_read(room->hub, &want, NULL, e);
}

static char *text_of(struct room *room, const char *id, const char *path)
{
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT;
    struct peek *p = read_in(room, id, path, &e);
    if (!p) {
        fail_msg("%s: %s", path, e.msg);
    }
    peek_put_text(p, &text);
    peek_free(p);
    return buf_steal(&text);
}

static void expect_words(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (!strstr(text, *words)) {
            fail_msg("\"%s\" is not in:\n%s", *words, text);
        }
    }
}

/* ---- tests ---- */

static void every_kind_is_told(void **state)
{
    static const struct {
        const char *path;
        const char *words[8];
    } WANT[] = {
        {"model-00002-of-00002.safetensors",
         {"safetensors", "tensors       3\n", "parameters    133\n", "I64", "format  pt", "[16, 8]", "head.weight", NULL}},
        {"kinds.gguf",
         {"GGUF", "version       3\n", "architecture  llama\n", "Q8_0", "t.u64", "18446744073709551615", "[4, 5, 6, 7]", NULL}},
        {"big-endian.gguf", {"byte order    big\n", "token_embd.weight", NULL}},
        {"nested.parquet",
         {"Parquet", "rows          5\n", "row groups    3\n", "words.list.element", "TIMESTAMP(us, UTC)", "DECIMAL(9, 2)",
          "huggingface", NULL}},
        {"fastparquet.parquet", {"rows          3\n", "INT96", "fastparquet", "SNAPPY", NULL}},
        {"duckdb.parquet", {"rows          4\n", "s.b.c", "DECIMAL(38, 4)", "UUID", "INTERVAL", "TIME(us)", "DuckDB", NULL}},
        {"polars.parquet", {"rows          3\n", "l.list.element", "Polars", NULL}},
        {"wide.parquet", {"columns       900\n", "column 0899", "GZIP", NULL}},
        {"deep.png", {"PNG", "6x5\n", "bits          16\n", "gray", NULL}},
        {"progressive.jpg", {"JPEG", "57x31\n", "progressive", NULL}},
        {"moving.webp", {"WebP", "300x9\n", "animation", NULL}},
    };
    for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
        char *text = text_of(*state, "o/r", WANT[i].path);
        expect_words(text, WANT[i].words);
        assert_null(strchr(text, '\x1b')); /* a key of the GGUF holds one */
        free(text);
    }
}

static void terabytes_cost_kilobytes(void **state)
{
    struct room *room = *state;
    static const char *const FILES[] = {"huge.safetensors", "huge-kinds.gguf", "huge-nested.parquet", "huge-wide.parquet",
                                        "huge-gray.png",    "huge-gray.jpg",   "huge-lossy.webp"};
    static const int REQUESTS[] = {1, 1, 2, 3, 1, 1, 1};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        const unsigned long long sent = atomic_load(&room->server->sent);
        const int requests = atomic_load(&room->server->requests);
        char *text = text_of(room, "o/r", FILES[i]);
        assert_non_null(strstr(text, ",000,000,"));
        assert_true(atomic_load(&room->server->sent) - sent < 400 * 1024);
        assert_int_equal(atomic_load(&room->server->requests) - requests, REQUESTS[i]);
        free(text);
    }
}

static void an_index_adds_up_its_shards(void **state)
{
    static const char *const WORDS[] = {
        "shards        2\n", "tensors       5\n", "parameters    269\n", "in tensors    1.1 kB (1,080 bytes)\n",
        "model-00002-of-00002.safetensors", "F16", "ids", NULL};
    struct room *room = *state;
    char *by_ranges = text_of(room, "o/r", "model.safetensors.index.json");
    expect_words(by_ranges, WORDS);
    assert_null(strstr(by_ranges, "problem"));
    const int requests = atomic_load(&room->server->requests);
    char *at_once = text_of(room, "o/told", "model.safetensors.index.json");
    assert_string_equal(at_once, by_ranges);
    assert_int_equal(atomic_load(&room->server->requests) - requests, 2);
    free(at_once);
    free(by_ranges);
}

/* A shard that cannot be read is named, and no total is shown as if it were all. */
static void a_lost_shard_leaves_no_total(void **state)
{
    char *text = text_of(*state, "o/lost", "model.safetensors.index.json");
    static const char *const WORDS[] = {"problem       reading o/lost/model-00002-of-00002.safetensors: ", "tensors       5\n",
                                        "embed.weight", NULL};
    expect_words(text, WORDS);
    assert_null(strstr(text, "parameters    "));
    free(text);
}

static void programs_get_exact_numbers(void **state)
{
    struct err e = ERR_INIT;
    struct peek *p = read_in(*state, "o/r", "huge.safetensors", &e);
    assert_non_null(p);
    char *json = NULL;
    cJSON *object = peek_json(p);
    json = json_print(object, false);
    assert_non_null(strstr(json, "\"tensor_bytes\":4000000000000,"));
    assert_non_null(strstr(json, "\"shape\":[1000000, 1000000]"));
    struct buf tabs = BUF_INIT;
    peek_put_tabs(p, &tabs);
    assert_non_null(strstr(buf_str(&tabs), "parameters\t1000000000000\n"));
    assert_non_null(strstr(buf_str(&tabs), "\ntensor\tF32\t[1000000, 1000000]\tw\t4000000000000\t1000000000000\n"));
    buf_done(&tabs);
    free(json);
    cJSON_Delete(object);
    peek_free(p);
    p = read_in(*state, "o/r", "kinds.gguf", &e);
    object = peek_json(p);
    json = json_print(object, false);
    cJSON *again = json_parse(json, strlen(json), &e); /* raw numbers and texts make sound JSON */
    assert_non_null(again);
    assert_non_null(strstr(json, "\"value\":18446744073709551615,"));
    assert_non_null(strstr(json, "\"value\":\"one\\ntwo\\u001b[31m\","));
    cJSON_Delete(again);
    free(json);
    cJSON_Delete(object);
    peek_free(p);
}

static void what_cannot_be_read_is_said(void **state)
{
    struct err e = ERR_INIT;
    assert_null(read_in(*state, "o/moving", "huge-nested.parquet", &e));
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_null(read_in(*state, "o/r", "absent.gguf", &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_null(read_in(*state, "o/r", "truth.txt.png", &e));
    assert_int_equal(e.code, ERR_UNSUPPORTED);
    assert_true(strncmp(e.msg, "truth.txt.png: ", 15) == 0);
    assert_null(read_in(*state, "o/r", "notes.md", &e));
    assert_int_equal(e.code, ERR_UNSUPPORTED);
    struct task *t = task_new(&(struct job){.name = "a test"}, NULL);
    struct hub_get get = {.task = t};
    const struct peek_want want = {HUB_MODEL, "o/r", NULL, "model.safetensors.index.json"};
    task_cancel(t);
    assert_null(peek_read(((struct room *)*state)->hub, &want, &get, &e));
    assert_int_equal(e.code, ERR_CANCELLED);
    task_unref(t);
}

static void rows_beyond_the_limit_are_counted(void **state)
{
    struct err e = ERR_INIT;
    struct peek *p = read_in(*state, "o/r", "many.safetensors", &e);
    assert_non_null(p);
    struct buf text = BUF_INIT;
    peek_put_text(p, &text);
    static const char *const WORDS[] = {"tensors       250,000\n", "tensors, 200,000 of 250,000\n", NULL};
    expect_words(buf_str(&text), WORDS);
    buf_done(&text);
    cJSON *json = peek_json(p);
    uint64_t left_out = 0;
    assert_true(json_u64(json, "tensors_left_out", &left_out));
    assert_int_equal(left_out, 50000);
    assert_int_equal(cJSON_GetArraySize(json_arr(json, "tensors")), PEEK_ROWS_MAX);
    cJSON_Delete(json);
    peek_free(p);
}

static void names_tell_the_kind(void **state)
{
    (void)state;
    static const char *const KNOWN[] = {"a.safetensors", "x/y.Q4_K.GGUF",          "b.parquet", "c.PNG", "d.jpeg", "e.webp",
                                        "f.JPG",         "model.safetensors.index.json",
                                        "unet/diffusion_pytorch_model.safetensors.index.fp16.json", "photo.jfif"};
    static const char *const OTHERS[] = {"a.json", "model.bin.index.json", "safetensors", "x.png.txt", "", "gguf"};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        assert_true(peek_knows(KNOWN[i]));
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        assert_false(peek_knows(OTHERS[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_told),
        cmocka_unit_test(terabytes_cost_kilobytes),
        cmocka_unit_test(an_index_adds_up_its_shards),
        cmocka_unit_test(a_lost_shard_leaves_no_total),
        cmocka_unit_test(programs_get_exact_numbers),
        cmocka_unit_test(what_cannot_be_read_is_said),
        cmocka_unit_test(rows_beyond_the_limit_are_counted),
        cmocka_unit_test(names_tell_the_kind),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
