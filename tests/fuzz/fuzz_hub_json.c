/* SPDX-License-Identifier: Apache-2.0 */
/* Replies of the Hub: the first byte chooses the decoder, then come header lines up to an empty
 * line, then the body. Byte 'e' decodes the same bytes as an error answer. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void decode_page(struct hub_reply *reply, hub_decoder *decode, const void *arg)
{
    struct hub_page *page = decode(reply, arg, NULL);
    for (size_t i = 0; page && i < page->n_repos; i++) {
        const struct hub_repo *r = &page->repos[i];
        for (size_t k = 0; k < r->n_tags; k++) {
            if (!r->tags[k]) {
                abort();
            }
        }
        if (!r->id || (r->n_dtypes && !r->dtypes)) {
            abort();
        }
    }
    hub_page_free(page);
}

static void decode_tree(struct hub_reply *reply)
{
    struct hub_tree tree = {0};
    size_t cap = 0;
    struct hub_tree_part *part = hub_decode_tree(reply, NULL, NULL);
    if (part) {
        hub_tree_add(&tree, &cap, part->json, 1000, NULL);
    }
    for (size_t i = 0; i < tree.n_files; i++) {
        if (!tree.files[i].path) {
            abort();
        }
    }
    hub_tree_part_free(part);
    free(tree.files);
    arena_done(&tree.arena);
}

static void decode(char which, struct hub_reply *reply)
{
    switch (which) {
    case 'm':
        decode_page(reply, hub_decode_list, &(struct hub_listing){.kind = HUB_MODEL});
        break;
    case 'a':
        decode_page(reply, hub_decode_list, &(struct hub_listing){HUB_MODEL, "mit,apache-2.0"});
        break;
    case 'd':
        decode_page(reply, hub_decode_list, &(struct hub_listing){.kind = HUB_DATASET});
        break;
    case 's':
        decode_page(reply, hub_decode_list, &(struct hub_listing){.kind = HUB_SPACE});
        break;
    case 'i':
        decode_page(reply, hub_decode_info, &(enum hub_kind){HUB_MODEL});
        break;
    case 't':
        decode_tree(reply);
        break;
    case 'c':
        hub_commits_free(hub_decode_commits(reply, NULL, NULL));
        break;
    case 'C':
        hub_diff_free(hub_decode_diff(reply, NULL, NULL));
        break;
    case 'r':
        hub_refs_free(hub_decode_refs(reply, NULL, NULL));
        break;
    case 'D':
        hub_discussions_free(hub_decode_discussions(reply, NULL, NULL));
        break;
    case 'T':
        hub_thread_free(hub_decode_thread(reply, NULL, NULL));
        break;
    case 'g':
        hub_tags_free(hub_decode_tags(reply, NULL, NULL));
        break;
    case 'S':
        hub_shards_free(hub_decode_shards(reply, NULL, NULL));
        break;
    default:
        hub_account_free(hub_decode_account(reply, NULL, NULL));
        break;
    }
}

static void decode_error(const char *headers, const char *body, size_t n, uint8_t status)
{
    struct err e = ERR_INIT;
    const struct hub_failure f = {
        .status = 400 + status % 120,
        .headers = headers,
        .body = body,
        .body_len = n,
        .url = "https://huggingface.co/api/models/o/r",
        .endpoint = "https://huggingface.co",
        .token_source = status & 1 ? "HF_TOKEN" : NULL,
        .subject = {.kind = HUB_SPACE, .id = "o/r"},
    };
    hub_decode_failure(&f, &e);
    if (e.code == ERR_NONE || !e.msg[0] || memchr(e.msg, '\033', strlen(e.msg))) {
        abort();
    }
}

static void check_links(const struct hub *hub, const char *headers)
{
    char *next = hub_next_of(hub, headers);
    if (next) {
        hub_check_own(hub, next, "the next page", NULL);
    }
    free(next);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct hub *hub;
    if (!hub) {
        const struct hub_options options = {.endpoint = "https://mirror.example", .token = ""};
        hub = hub_new(NULL, NULL, &options, NULL);
    }
    if (n < 1) {
        return 0;
    }
    char *text = xmalloc(n + 1); /* header lines end at the first NUL, the body may hold some */
    memcpy(text, bytes, n);
    text[n] = '\0';
    char *split = strstr(text + 1, "\n\n");
    const char *headers = split ? text + 1 : "";
    const size_t body_at = split ? (size_t)(split + 2 - text) : 1;
    if (split) {
        split[1] = '\0';
    }
    const char *body = body_at <= n ? (const char *)bytes + body_at : "";
    const size_t body_len = body_at <= n ? n - body_at : 0;
    char *exact =
        xmalloc(body_len + 1); /* ends where the body ends, so that reading past it shows */
    memcpy(exact, body, body_len);
    exact[body_len] = '\0';
    check_links(hub, headers);
    if (text[0] == 'e') {
        decode_error(headers, exact, body_len, body_len ? (uint8_t)exact[0] : 0);
    } else {
        struct hub_reply reply = {
            .json = hub_parse(exact, body_len, NULL), .headers = headers, .hub = hub};
        if (reply.json) {
            decode(text[0], &reply);
        }
        cJSON_Delete(reply.json);
    }
    free(exact);
    free(text);
    return 0;
}
