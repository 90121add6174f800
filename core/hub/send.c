/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/hub/internal.h"
#include "core/net/http.h"
#include "core/net/httpcache.h"

enum {
    ANSWER_MAX = 4 * 1024 * 1024,
    PATIENCE_MS = 60 * 1000, /* some things take the Hub a while; asking again is not an option */
};

static bool check(const struct hub *hub, const struct hub_write *w, struct err *e)
{
    static const char *const METHODS[] = {"POST", "PUT", "PATCH", "DELETE"};
    bool is_known = false;
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        is_known = is_known || strcmp(w->method, METHODS[i]) == 0;
    }
    if (hub_is_readonly(hub)) {
        err_set(e, ERR_USAGE, "read-only: %s was not sent", w->what);
        return err_remedy(e, "Start without --readonly (and without \"set readonly on\") to change "
                             "things on the Hub.");
    }
    if (!is_known || w->path[0] != '/') {
        return err_set(e, ERR_USAGE, "%s: not a call that writes: %.20s %.80s", w->what, w->method,
                       w->path);
    }
    return !w->id || hub_check_repo_id(w->id, e);
}

static void forget_repo(struct hub *hub, const struct hub_write *w)
{
    if (!hub->cache || !w->id) {
        return;
    }
    struct buf url = BUF_INIT;
    hub_url_repo(&url, hub, w->kind, w->id);
    httpcache_forget(hub->cache, buf_str(&url));
    buf_clear(&url);
    hub_web_url(hub, w->kind, w->id, &url);
    httpcache_forget(hub->cache, buf_str(&url));
    buf_done(&url);
}

static bool perform(struct hub *hub, const struct hub_write *w, const char *url,
                    struct http_response *r, struct err *e)
{
    struct http_header headers[2] = {{"Accept", "application/json"}};
    size_t n = 1;
    if (w->body) {
        headers[n++] = (struct http_header){"Content-Type", w->type ? w->type : "application/json"};
    }
    const struct http_request req = {
        .method = w->method,
        .url = url,
        .headers = headers,
        .n_headers = n,
        .body = w->body,
        .body_len = w->body ? w->body_len : 0,
        .token = secret_present(&hub->token) ? &hub->token : NULL,
        .token_origin = hub->origin,
        .no_redirects = true,
        .is_sent_once = true,
        .max_body = ANSWER_MAX,
        .stall_ms = PATIENCE_MS,
        .total_ms = HUB_TOTAL_MS,
    };
    return http_perform(hub->http, &req, w->task, r, e);
}

static bool fail_moved(const struct http_response *r, struct err *e)
{
    char *location = http_response_header(r, "location");
    char *clean = text_clean(location);
    err_set(e, ERR_CONFLICT, "nothing was changed: the Hub has this at another address now");
    if (*clean) {
        err_remedy(e, "It may have been renamed: repeat it there (%.180s).", clean);
    } else {
        err_remedy(e, "It may have been renamed: load the repo again and repeat it.");
    }
    free(clean);
    free(location);
    if (e) {
        e->http = r->status;
    }
    return false;
}

/* A complete answer to JSON or error. */
static bool digest(const struct hub *hub, const struct hub_write *w, const char *url,
                   const struct http_response *r, struct hub_written *out, struct err *e)
{
    const char *body = buf_str(&r->body);
    if (r->status >= 300 && r->status < 400) {
        return fail_moved(r, e);
    }
    if (r->status < 200 || r->status > 299) {
        const struct hub_failure f = {
            .status = r->status,
            .headers = r->headers,
            .body = body,
            .body_len = r->body.n,
            .url = url,
            .endpoint = hub->endpoint,
            .token_source = hub_has_token(hub) ? hub->token_source : NULL,
            .token_fault = hub_token_fault(hub),
            .subject = {w->what, w->kind, w->id, NULL, NULL},
        };
        return hub_decode_failure(&f, e);
    }
    if (hub_is_html(r->headers, body, r->body.n)) {
        return hub_fail_html(hub->endpoint, e);
    }
    out->status = r->status;
    out->json = r->body.n ? hub_parse(body, r->body.n, NULL) : NULL;
    return true;
}

bool hub_send(struct hub *hub, const struct hub_write *w, struct hub_written *out, struct err *e)
{
    *out = (struct hub_written){0};
    struct err why = ERR_INIT;
    if (!check(hub, w, &why)) {
        if (e) {
            *e = why;
        }
        return false;
    }
    struct buf url = BUF_INIT;
    struct http_response r = {0};
    buf_printf(&url, "%s%s", hub->endpoint, w->path);
    const bool is_answered = perform(hub, w, buf_str(&url), &r, &why);
    const bool ok = is_answered && digest(hub, w, buf_str(&url), &r, out, &why);
    const bool is_refused = is_answered && r.status >= 300 && r.status < 500;
    if (!is_refused && why.code != ERR_OFFLINE) {
        forget_repo(hub, w);
    }
    if (!ok) {
        if (why.code == ERR_NETWORK) {
            err_remedy(&why, "Whether the Hub did it is not known: look before you repeat it.");
        }
        err_wrap(&why, "%s", w->what);
        log_line("hub", "%s (%s)", why.msg, err_name(why.code));
        if (e) {
            *e = why;
        }
    }
    buf_done(&url);
    http_response_done(&r);
    return ok;
}

void hub_written_done(struct hub_written *w)
{
    cJSON_Delete(w->json);
    *w = (struct hub_written){0};
}
