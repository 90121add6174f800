/* SPDX-License-Identifier: Apache-2.0 */
/* localhub_help.h - a folder to serve, and plain HTTP requests to it, for the tests of localhub. */
#ifndef HFTERM_TESTS_UNIT_LOCALHUB_HELP_H
#define HFTERM_TESTS_UNIT_LOCALHUB_HELP_H

#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/localhub.h"

#define ALICE "Authorization: Bearer hf_alice"
#define BOB "Authorization: Bearer hf_bob"
#define HEAD_SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OLD_SHA "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static inline void put_bytes(const char *root, const char *path, const void *bytes, size_t n)
{
    char *full = xasprintf("%s/%s", root, path);
    char *slash = strrchr(full, '/');
    *slash = '\0';
    assert_true(file_mkdirs(full, 0700, NULL));
    *slash = '/';
    assert_true(file_write_atomic(full, bytes, n, 0600, NULL));
    free(full);
}

static inline void put(const char *root, const char *path, const char *text)
{
    put_bytes(root, path, text, strlen(text));
}

/* 8 bytes of length, the header, then zeros. */
static inline void put_safetensors(const char *root, const char *path, const char *header,
                                   size_t data)
{
    struct buf b = BUF_INIT;
    const uint64_t n = strlen(header);
    for (int i = 0; i < 8; i++) {
        buf_putc(&b, (char)(n >> (8 * i) & 0xFF));
    }
    buf_puts(&b, header);
    buf_pad(&b, '\0', data);
    put_bytes(root, path, b.p, b.n);
    buf_done(&b);
}

static inline void put_accounts(const char *root)
{
    put(root, ".hub/hub.json",
        "{\"users\":[{\"name\":\"alice\",\"fullname\":\"Alice\",\"orgs\":[{\"name\":\"lab\","
        "\"role\":\"write\"}]},{\"name\":\"bob\"}],\"orgs\":[{\"name\":\"lab\"}],"
        "\"tokens\":[{\"token\":\"hf_alice\",\"user\":\"alice\",\"role\":\"write\"},"
        "{\"token\":\"hf_bob\",\"user\":\"bob\",\"role\":\"read\"}]}");
}

/* The folder that most tests serve. */
static inline void put_fixture(const char *root)
{
    put_accounts(root);
    put(root, "models/lab/small/README.md",
        "---\nlicense: mit\nlanguage: en\nlibrary_name: transformers\ntags: [nice]\n---\n"
        "See https://arxiv.org/abs/2401.01234v2 for more.\n");
    put(root, "models/lab/small/config.json",
        "{\"architectures\":[\"XForCausalLM\"],\"model_type\":\"x\",\"hidden_size\":8}");
    put_safetensors(root, "models/lab/small/model.safetensors",
                    "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":"
                    "[3,4],\"data_offsets\":[0,48]}}",
                    48);
    put(root, "models/lab/small/sub/notes file.txt", "0123456789");
    put(root, "models/lab/small/.git/config", "secret git");
    put(root, ".hub/models/lab/small.json",
        "{\"likes\":5,\"downloads\":50,\"commits\":[{\"id\":\"" HEAD_SHA "\",\"title\":\"Two\","
        "\"message\":\"\",\"date\":\"2026-02-01T00:00:00.000Z\",\"authors\":[{\"user\":\"alice\"}]}"
        ","
        "{\"id\":\"" OLD_SHA "\",\"title\":\"One\",\"message\":\"nul \\u0000 here\",\"date\":"
        "\"2026-01-01T00:00:00.000Z\",\"authors\":[]}],\"lastCommits\":{\"config.json\":1}}");
    put(root, "models/lab/plain/a.txt", "a\n");
    put(root, "models/lab/gated/w.txt", "w\n");
    put(root, ".hub/models/lab/gated.json", "{\"gated\":\"auto\",\"granted\":[]}");
    put(root, "models/alice/private/p.txt", "p\n");
    put(root, ".hub/models/alice/private.json", "{\"private\":true,\"likes\":9}");
    put(root, "models/bob/off/x.txt", "x\n");
    put(root, ".hub/models/bob/off.json", "{\"disabled\":true}");
    put(root, ".hub/models/bob/nothing.json", "{}");
    put(root, "datasets/lab/rows/README.md", "---\ntask_categories: [qa]\n---\n");
    put(root, "spaces/lab/app/README.md", "---\nsdk: docker\nmodels: [lab/small]\n---\n");
}

static inline char *new_folder(void)
{
    char *root = xstrdup("/tmp/hfterm-test-XXXXXX");
    assert_non_null(mkdtemp(root));
    return root;
}

static inline void remove_folder(char *root)
{
    assert_true(file_remove_tree(root, NULL));
    free(root);
}

static inline struct localhub *serve(const struct localhub_options *options)
{
    struct err e = ERR_INIT;
    struct localhub *hub = localhub_start(options, &e);
    if (!hub) {
        fail_msg("%s", e.msg);
    }
    return hub;
}

/* ---- HTTP ---- */

struct answer {
    CURLcode rc;
    long status;
    struct buf headers, body;
    double seconds;
};

static inline size_t take_bytes(char *bytes, size_t size, size_t n, void *to)
{
    buf_append(to, bytes, size * n);
    return size * n;
}

struct ask {
    const char *method; /* NULL: GET */
    const char *header[4];
    const char *body; /* POST */
    bool follow;
};

/* target: from "/" on, or a whole URL. Done with answer_done. */
static inline struct answer http_ask(const struct localhub *hub, const char *target,
                                     const struct ask *ask)
{
    struct answer a = {0};
    CURL *curl = curl_easy_init();
    char *url = xasprintf("%s%s", *target == '/' ? localhub_url(hub) : "", target);
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < 4 && ask->header[i]; i++) {
        list = curl_slist_append(list, ask->header[i]);
    }
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, ask->follow ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &a.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &a.headers);
    if (ask->body) {
        curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, ask->body);
    }
    if (ask->method && strcmp(ask->method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (ask->method) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask->method);
    }
    a.rc = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &a.status);
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &a.seconds);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    free(url);
    return a;
}

static inline struct answer http_get(const struct localhub *hub, const char *target)
{
    const struct ask ask = {0};
    return http_ask(hub, target, &ask);
}

static inline void answer_done(struct answer *a)
{
    buf_done(&a->headers);
    buf_done(&a->body);
}

/* The header's value up to the line end, owned; NULL when absent. */
static inline char *header_of(const struct answer *a, const char *name)
{
    char *key = xasprintf("\n%s: ", name);
    const char *at = str_casestr(buf_str(&a->headers), key);
    char *value = at ? xstrndup(at + strlen(key), strcspn(at + strlen(key), "\r\n")) : NULL;
    free(key);
    return value;
}

static inline void check_header(const struct answer *a, const char *name, const char *want)
{
    char *got = header_of(a, name);
    assert_non_null(got);
    assert_string_equal(got, want);
    free(got);
}

static inline long status_of(const struct localhub *hub, const char *target, const char *header)
{
    const struct ask ask = {.header = {header}};
    struct answer a = http_ask(hub, target, &ask);
    const long status = a.status;
    answer_done(&a);
    return status;
}

static inline cJSON *json_of(const struct localhub *hub, const char *target)
{
    struct answer a = http_get(hub, target);
    assert_int_equal(a.status, 200);
    struct err e = ERR_INIT;
    cJSON *json = json_parse(buf_str(&a.body), a.body.n, &e);
    if (!json) {
        fail_msg("%s: %s", target, e.msg);
    }
    answer_done(&a);
    return json;
}

/* "a b c": the members `key` of a list's elements. Owned. */
static inline char *words_of(const cJSON *list, const char *key)
{
    struct buf out = BUF_INIT;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        const char *word = key ? json_str(item, key) : cJSON_GetStringValue(item);
        buf_printf(&out, "%s%s", out.n ? " " : "", word ? word : "?");
    }
    return buf_steal(&out);
}

/* GETs a list and compares the words of its elements. */
static inline void check_list(const struct localhub *hub, const char *target, const char *key,
                              const char *want)
{
    cJSON *json = json_of(hub, target);
    char *got = words_of(json, key);
    assert_string_equal(got, want);
    free(got);
    cJSON_Delete(json);
}

#endif
