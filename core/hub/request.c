/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"
#include "core/hub/policy.h"
#include "core/net/http.h"
#include "core/net/httpcache.h"
#include "core/task/task.h"

/* One call on its way through cache and network. */
struct ask {
    struct hub *hub;
    const struct hub_call *call;
    struct hub_get *get;
    hub_decoder *decode;
    const void *arg;
    struct httpcache_entry entry;
    bool has_entry;
    struct hub_policy policy;
};

void *hub_damaged(struct err *e, const char *expected)
{
    err_set(e, ERR_DAMAGED, "the answer is not what the Hub sends: expected %s", expected);
    err_remedy(
        e, "Try again; if it stays, the endpoint is no Hub or something on the way changes it.");
    return NULL;
}

void hub_get_begin(struct hub_get *get)
{
    get->from_cache = false;
    get->is_stale = false;
    get->fetched_s = 0;
    err_clear(&get->why);
}

void hub_get_join(struct hub_get *all, const struct hub_get *one, bool is_first)
{
    if (!all) {
        return;
    }
    all->from_cache = one->from_cache && (is_first || all->from_cache);
    if (one->is_stale && (is_first || !all->is_stale)) {
        all->why = one->why;
    }
    all->is_stale = one->is_stale || (!is_first && all->is_stale);
    if (is_first || one->fetched_s < all->fetched_s) {
        all->fetched_s = one->fetched_s;
    }
}

cJSON *hub_parse(const char *bytes, size_t n, struct err *e)
{
    const struct json_limit limit = {.most = HUB_TREE_MAX, .row_cost = sizeof(struct hub_repo)};
    struct err why = ERR_INIT;
    cJSON *json = json_parse_within(bytes, n, &limit, &why);
    if (json) {
        return json;
    }
    if (why.code == ERR_LIMIT) {
        err_wrap(&why, "the answer is refused");
    } else if (n == 0) {
        err_set(&why, ERR_DAMAGED, "the answer is empty");
    } else if (json_is_cut(bytes, n)) {
        err_set(&why, ERR_DAMAGED, "the answer is cut off after %zu byte%s", n, n == 1 ? "" : "s");
    } else {
        err_wrap(&why, "the answer is damaged");
    }
    if (why.code == ERR_DAMAGED) {
        err_remedy(&why, "Try again: answers can be cut or changed on the way.");
    }
    if (e) {
        *e = why;
    }
    return NULL;
}

static bool is_cancelled(const struct ask *a, struct err *e)
{
    return task_is_cancelled(a->get->task) && !err_set(e, ERR_CANCELLED, "cancelled");
}

static cJSON *string_of(const struct buf *body)
{
    char *text = xcalloc(body->n + 1, 1);
    for (size_t i = 0; i < body->n; i++) {
        text[i] = (char)(body->p[i] ? body->p[i] : '?');
    }
    cJSON *json = cJSON_CreateString(text);
    free(text);
    return json;
}

/* Each step takes some ten milliseconds at most; who no longer wants the answer waits for one of them. */
static void *decode_bytes(struct ask *a, const struct buf *body, const char *headers, struct err *e)
{
    cJSON *json = is_cancelled(a, e)   ? NULL
                  : a->call->is_text ? string_of(body)
                                     : hub_parse(buf_str(body), body->n, e);
    if (!json) {
        return NULL;
    }
    struct hub_reply reply = {.json = json, .headers = headers, .hub = a->hub};
    void *result = is_cancelled(a, e) ? NULL : a->decode(&reply, a->arg, e);
    cJSON_Delete(reply.json);
    return result;
}

/* The stored answer as result; NULL when there is none or it no longer decodes. */
static void *from_entry(struct ask *a, bool is_stale, const struct err *why)
{
    if (!a->has_entry) {
        return NULL;
    }
    void *result = decode_bytes(a, &a->entry.body, a->entry.headers, NULL);
    if (result) {
        a->get->from_cache = true;
        a->get->is_stale = is_stale;
        a->get->fetched_s = a->entry.fetched_unix_s;
        if (why) {
            a->get->why = *why;
        }
    }
    return result;
}

static bool perform(struct ask *a, struct http_response *out, struct err *e)
{
    struct http_header headers[2] = {{"Accept", a->call->is_text ? "text/plain" : "application/json"}};
    size_t n = 1;
    if (a->has_entry && a->entry.etag) {
        headers[n++] = (struct http_header){"If-None-Match", a->entry.etag};
    }
    const struct http_request req = {
        .url = a->call->url,
        .headers = headers,
        .n_headers = n,
        .token = secret_present(&a->hub->token) ? &a->hub->token : NULL,
        .token_origin = a->hub->origin,
        .base = a->hub->endpoint,
        .max_body = HUB_ANSWER_MAX,
        .head_ms = HUB_HEAD_MS,
        .total_ms = HUB_TOTAL_MS,
        .max_retries = HUB_RETRIES,
        .max_wait_s = HUB_WAIT_MAX_S,
    };
    return http_perform(a->hub->http, &req, a->get->task, out, e);
}

static bool fail(const struct ask *a, const struct http_response *r, struct err *e)
{
    const struct hub_failure f = {
        .status = r->status,
        .headers = r->headers,
        .body = buf_str(&r->body),
        .body_len = r->body.n,
        .url = a->call->url,
        .endpoint = a->hub->endpoint,
        .token_source = hub_has_token(a->hub) ? a->hub->token_source : NULL,
        .token_fault = hub_token_fault(a->hub),
        .subject = a->call->subject,
    };
    return hub_decode_failure(&f, e);
}

/* The server said 304: the stored answer is as good as new. NULL when it does not decode. */
static void *confirm(struct ask *a)
{
    void *result = from_entry(a, false, NULL);
    if (result) {
        httpcache_touch(a->hub->cache, a->hub->account, a->call->url);
        a->get->fetched_s = clock_unix_s();
    }
    return result;
}

/* A complete HTTP answer to result or error; stores what decoded well. */
static void *digest(struct ask *a, const struct http_response *r, struct err *e)
{
    struct hub *hub = a->hub;
    if (r->status < 200 || r->status > 299) {
        fail(a, r, e);
        return NULL;
    }
    if (hub_is_html(r->headers, buf_str(&r->body), r->body.n)) {
        hub_fail_html(hub->endpoint, e);
        return NULL;
    }
    void *result = decode_bytes(a, &r->body, r->headers, e);
    if (!result) {
        if (e) {
            e->http = r->status;
        }
        return NULL;
    }
    a->get->fetched_s = clock_unix_s();
    if (hub->cache && r->status == 200) {
        httpcache_put(hub->cache, hub->account, a->call->url, r->headers, r->body.p, r->body.n);
    }
    return result;
}

static void *from_network(struct ask *a, struct err *e)
{
    struct http_response r = {0};
    void *result = NULL;
    bool ok = perform(a, &r, e);
    if (ok && r.status == 304 && a->has_entry) {
        result = confirm(a);
        if (!result) {
            /* What is stored no longer decodes: ask again, for the body this time. */
            httpcache_entry_done(&a->entry);
            a->has_entry = false;
            http_response_done(&r);
            r = (struct http_response){0};
            ok = perform(a, &r, e);
        }
    }
    if (ok && !result) {
        result = digest(a, &r, e);
    }
    if (!result) {
        hub_put_request_id(r.headers, e);
    }
    http_response_done(&r);
    return result;
}

static void set_policy(struct ask *a)
{
    a->policy = (struct hub_policy){
        .fresh = a->get->fresh,
        .is_offline = http_is_offline(a->hub->http),
        .has_entry = a->has_entry,
        .age_s = a->has_entry ? clock_unix_s() - a->entry.fetched_unix_s : 0,
        .fresh_s = a->call->fresh_s ? a->call->fresh_s : HUB_FRESH_S,
        .no_stale = a->call->no_stale,
    };
}

static void *ask_all(struct ask *a, struct err *e)
{
    enum hub_step step = hub_policy_first(&a->policy);
    if (step == HUB_STEP_STORED) {
        void *result = from_entry(a, !hub_policy_is_young(&a->policy), NULL);
        if (result) {
            return result;
        }
        step = hub_policy_without_entry(&a->policy);
    }
    if (step == HUB_STEP_REFUSE) {
        hub_policy_refuse(&a->policy, "nothing is", e);
        return NULL;
    }
    struct err why = ERR_INIT;
    void *result = from_network(a, &why);
    if (!result && hub_policy_may_be_stale(&a->policy, why.code)) {
        result = from_entry(a, true, &why);
    }
    if (!result && e) {
        *e = why;
    }
    return result;
}

void *hub_ask(struct hub *hub, const struct hub_call *call, struct hub_get *get,
              hub_decoder *decode, const void *arg, struct err *e)
{
    struct hub_get own = {0};
    struct ask a = {
        .hub = hub, .call = call, .get = get ? get : &own, .decode = decode, .arg = arg};
    hub_get_begin(a.get);
    a.has_entry = hub->cache && httpcache_get(hub->cache, hub->account, call->url, &a.entry);
    set_policy(&a);
    struct err failure = ERR_INIT;
    void *result = ask_all(&a, &failure);
    if (a.has_entry) {
        httpcache_entry_done(&a.entry);
    }
    if (!result) {
        if (call->subject.what && failure.code != ERR_CANCELLED) {
            err_wrap(&failure, "%s", call->subject.what);
        }
        if (failure.code == ERR_LIMIT && !failure.remedy[0]) {
            err_remedy(&failure, "No Hub answers at such length: is the endpoint right? It is %s",
                       hub->endpoint);
        }
        log_line("hub", "%s (%s)", failure.msg, err_name(failure.code));
        if (e) {
            *e = failure;
        }
    }
    return result;
}
