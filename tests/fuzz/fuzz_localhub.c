/* SPDX-License-Identifier: Apache-2.0 */
/* Any request against a small folder: the target in the first line, a Range and an If-None-Match
 * header in the second, the body behind them. Every answer has a status and never leaves the repo.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/localhub/call.h"
#include "core/localhub/hashes.h"
#include "core/localhub/hosts.h"
#include "core/localhub/journal.h"
#include "core/localhub/routes.h"
#include "core/localhub/spaces.h"
#include "core/localhub/store.h"
#include "core/localhub/stream.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char root[] = "/tmp/hfterm-fuzz-XXXXXX";
static struct lh_site site;
static struct lh_hosts *hosts;

static void put(const char *path, const char *text)
{
    char *full = xasprintf("%s/%s", root, path);
    char *slash = strrchr(full, '/');
    *slash = '\0';
    bool ok = file_mkdirs(full, 0700, NULL);
    *slash = '/';
    ok = ok && file_write_atomic(full, text, strlen(text), 0600, NULL);
    free(full);
    if (!ok) {
        abort();
    }
}

static void clean_up(void)
{
    lh_hosts_free(hosts);
    lh_store_free(site.store);
    lh_accounts_free(site.accounts);
    lh_hashes_free(site.hashes);
    lh_spaces_free(site.spaces);
    lh_journal_free(site.journal);
    file_remove_tree(root, NULL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (!mkdtemp(root)) {
        abort();
    }
    put("models/a/b/README.md", "---\nlicense: mit\ntags: [x]\n---\n");
    put("models/a/b/config.json", "{\"architectures\":[\"XForCausalLM\"]}");
    put("models/a/b/w.bin", "LFS");
    put("models/a/b/sub/deep/f.txt", "0123456789");
    put("datasets/a/d/README.md", "# d\n");
    put("spaces/a/s/README.md", "---\nsdk: docker\n---\n");
    put(".hub/spaces/a/s.json", "{\"runtime\":{\"stage\":\"PAUSED\"},\"stages\":"
                                "[{\"stage\":\"PAUSED\",\"seconds\":1}]}");
    put("models/a/b/i.index.json", "{\"weight_map\":{\"w\":\"w.bin\",\"x\":\"sub/x\"}}");
    put(".hub/models/a/b.json",
        "{\"discussions\":[{\"num\":1,\"title\":\"t\"}],\"likes\":1,\"commits\":[{\"id\":"
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"diff\":\"d\"},{\"id\":"
        "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"}],\"inferenceProviderMapping\":"
        "[{\"provider\":\"p\",\"status\":\"live\"}]}");
    put(".hub/models/a/secret.json", "{\"private\":true}");
    put(".hub/hub.json",
        "{\"users\":[{\"name\":\"a\"}],\"tokens\":[{\"token\":\"t\",\"user\":\"a\"}]}");
    hosts = lh_hosts_new("127.0.0.1", true, NULL, 0);
    site.hashes = lh_hashes_new();
    site.spaces = lh_spaces_new(true);
    site.journal = lh_journal_new(false);
    site.accounts = lh_accounts_new(root);
    site.store = lh_store_new(root, NULL, NULL);
    site.url = "http://127.0.0.1:1";
    site.secret = "s";
    atexit(clean_up);
    return site.store ? 0 : -1;
}

/* Up to the line end, owned; *data moves behind it. */
static char *take_line(const uint8_t **data, size_t *n)
{
    const uint8_t *end = memchr(*data, '\n', *n);
    const size_t len = end ? (size_t)(end - *data) : *n;
    char *line = xstrndup((const char *)*data, len);
    *data += len + (end != NULL);
    *n -= len + (end != NULL);
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) {
        return 0;
    }
    static const enum lh_method METHODS[] = {LH_GET, LH_HEAD, LH_POST, LH_PUT, LH_DELETE};
    const enum lh_method method = METHODS[data[0] % 5];
    data++;
    n--;
    char *target = take_line(&data, &n);
    char *header = take_line(&data, &n);
    const struct lh_called called = {
        .host = header, .origin = target, .n_hosts = 1, .n_origins = 1};
    lh_hosts_refuse(hosts, &called);
    struct lh_request req = {
        .method = method, .range = header, .if_none_match = header, .last_event_id = header};
    req.content_type = n % 2 ? "application/json" : NULL;
    req.host = *header ? header : NULL;
    struct lh_reply reply;
    lh_reply_init(&reply);
    if (lh_request_parse(&req, target)) {
        const struct lh_route_options options = {.is_loopback = true};
        buf_append_limited(&req.body, data, n, LH_BODY_MAX);
        lh_route(&site, &req, &reply, &options);
        if (reply.status < 200 || reply.status > 599 ||
            (reply.fd >= 0 && reply.offset + reply.length > 4096)) {
            abort();
        }
        if (reply.stream) {
            struct buf text = BUF_INIT;
            reply.stream->fill(reply.stream, &text);
            buf_done(&text);
        }
        const struct lh_told told = {"GET", target, header, reply.status, 0, 0};
        lh_journal_add(site.journal, &told);
    }
    lh_reply_done(&reply);
    lh_request_done(&req);
    free(target);
    free(header);
    return 0;
}
