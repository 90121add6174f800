/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the tests below is the official client's: the first match wins, and the status alone
 * decides nothing before the codes were looked at (protocol 1.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/hub/internal.h"

enum { DETAIL_MAX = 200 };

static const char *const BAD_CREDENTIALS = "Invalid credentials in Authorization header";
static const char *const DISABLED = "Access to this resource is disabled.";

/* What the tests look at, read once. */
struct answer {
    const struct hub_failure *f;
    char *code;      /* X-Error-Code; NULL */
    char *message;   /* X-Error-Message; NULL */
    char *detail;    /* all texts of header and body, joined, harmless and short; "" */
    char *thing;     /* "Qwen/Qwen3-0.6B", "this page": the subject in words */
    struct buf page; /* the repo's page for people */
};

bool hub_is_html(const char *headers, const char *body, size_t n)
{
    char *type = hub_header(headers, "content-type");
    const bool is_typed = type && str_casestr(type, "text/html");
    const bool is_json = type && str_casestr(type, "json");
    free(type);
    size_t at = 0;
    while (at < n && strchr(" \t\r\n", body[at])) {
        at++;
    }
    const bool is_tag = n - at > 5 && (strncasecmp(body + at, "<!doc", 5) == 0 ||
                                       strncasecmp(body + at, "<html", 5) == 0);
    return !is_json && (is_typed || is_tag);
}

bool hub_fail_html(const char *endpoint, struct err *e)
{
    err_set(e, ERR_SERVER, "%s answered with a web page where the Hub would send data", endpoint);
    return err_remedy(e, "Either a login page of this network stands in between (open any web page "
                         "to see it), or the endpoint is wrong: check --endpoint and HF_ENDPOINT.");
}

/* ---- reading the answer ---- */

static void add_text(struct buf *all, const char *text)
{
    if (!text || !*text) {
        return;
    }
    char *clean = text_clean(text);
    secret_mask(clean);
    if (*clean && !strstr(buf_str(all), clean)) {
        if (all->n) {
            buf_puts(all, "; ");
        }
        const size_t room = all->n < DETAIL_MAX ? DETAIL_MAX - all->n : 0;
        text_cut_end(all, clean, (int)room, true);
    }
    free(clean);
}

static void add_strings(struct buf *all, const cJSON *list)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        add_text(all, cJSON_IsString(item) ? item->valuestring : json_str(item, "message"));
        if (all->n >= DETAIL_MAX) {
            return;
        }
    }
}

/* {"error":"text"}, {"error":["a","b"]}, {"error":"code","error_description":"text"},
 * {"message":"text"}, {"errors":[{"message":"text"}]} or plain text. */
static void add_body(struct buf *all, const struct hub_failure *f)
{
    const bool is_short = f->body_len > 0 && f->body_len <= HUB_ERROR_MAX;
    cJSON *json = is_short ? hub_parse(f->body, f->body_len, NULL) : NULL;
    if (cJSON_IsObject(json)) {
        add_text(all, json_str(json, "error"));
        add_strings(all, json_arr(json, "error"));
        add_text(all, json_str(json, "error_description"));
        add_text(all, json_str(json, "message"));
        add_strings(all, json_arr(json, "errors"));
    } else if (f->body_len && !json && !hub_is_html(f->headers, f->body, f->body_len)) {
        char *text = xstrndup(f->body, f->body_len < DETAIL_MAX * 4 ? f->body_len : DETAIL_MAX * 4);
        add_text(all, text);
        free(text);
    }
    cJSON_Delete(json);
}

static char *subject_words(const struct hub_subject *s)
{
    if (!s->id) {
        return xstrdup("this address");
    }
    return xasprintf("%s %s", hub_kind_name(s->kind), s->id);
}

static void answer_init(struct answer *a, const struct hub_failure *f)
{
    *a = (struct answer){.f = f};
    a->code = hub_header(f->headers, "x-error-code");
    a->message = hub_header(f->headers, "x-error-message");
    struct buf detail = BUF_INIT;
    add_text(&detail, a->message);
    add_body(&detail, f);
    a->detail = buf_steal(&detail);
    a->thing = subject_words(&f->subject);
    static const char *const WEB[] = {"", "datasets/", "spaces/"};
    buf_printf(&a->page, "%s/%s", f->endpoint, f->subject.id ? WEB[f->subject.kind] : "");
    buf_put_url(&a->page, f->subject.id ? f->subject.id : "", true);
}

static void answer_done(struct answer *a)
{
    free(a->code);
    free(a->message);
    free(a->detail);
    free(a->thing);
    buf_done(&a->page);
}

static bool has_code(const struct answer *a, const char *code)
{
    return a->code && strcmp(a->code, code) == 0;
}

static const char *detail_or(const struct answer *a, const char *fallback)
{
    return *a->detail ? a->detail : fallback;
}

/* ---- the rows of the table ---- */

static bool fail_revision(const struct answer *a, struct err *e)
{
    const struct hub_subject *s = &a->f->subject;
    err_set(e, ERR_NOT_FOUND, "%s has no revision \"%.80s\"", a->thing,
            s->revision ? s->revision : "main");
    return err_remedy(e, "Its branches and tags: hfterm show %.120s --refs",
                      s->id ? s->id : "REPO");
}

static bool fail_entry(const struct answer *a, struct err *e)
{
    const struct hub_subject *s = &a->f->subject;
    err_set(e, ERR_NOT_FOUND, "%s has no \"%.120s\" at %.60s", a->thing,
            s->path && *s->path ? s->path : "such file", s->revision ? s->revision : "main");
    return err_remedy(e, "Its files: hfterm show %.120s --files", s->id ? s->id : "REPO");
}

static bool fail_gated(const struct answer *a, struct err *e)
{
    if (a->f->status == 401 && !a->f->token_source) {
        err_set(e, ERR_GATED, "%s is gated: it is open to accounts that asked for access",
                a->thing);
        return err_remedy(e, "Log in (hf auth login, or set HF_TOKEN), then ask for access at %s",
                          buf_str(&a->page));
    }
    if (a->f->status == 401) {
        err_set(e, ERR_GATED, "%s is gated and the token from %s was not accepted", a->thing,
                a->f->token_source);
        return err_remedy(e, "Make a new token at %s/settings/tokens", a->f->endpoint);
    }
    err_set(e, ERR_GATED, "%s is gated and your account has no access yet", a->thing);
    return err_remedy(e,
                      "Ask for access at %s (a fine-grained token also needs the permission for "
                      "gated repositories).",
                      buf_str(&a->page));
}

static bool fail_disabled(const struct answer *a, struct err *e)
{
    err_set(e, ERR_FORBIDDEN, "the Hub has disabled access to %s", a->thing);
    return err_remedy(e,
                      "Nobody can read it until the Hub enables it again; its page may say why: %s",
                      buf_str(&a->page));
}

static bool fail_repo(const struct answer *a, struct err *e)
{
    const struct hub_failure *f = a->f;
    err_set(e, ERR_NOT_FOUND, "%s was not found, or it is private and not open to %s", a->thing,
            f->token_source ? "this account" : "visitors without a login");
    if (f->token_source) {
        return err_remedy(
            e,
            "Check the spelling and the kind (models, datasets, spaces), or whether the "
            "token from %s may read it.",
            f->token_source);
    }
    return err_remedy(
        e, "Check the spelling and the kind (models, datasets, spaces); if it is private, "
           "log in (hf auth login, or set HF_TOKEN).");
}

static bool fail_token(const struct answer *a, struct err *e)
{
    if (!a->f->token_source) {
        err_set(e, ERR_AUTH, "this needs a login and no token was found");
        return err_remedy(e,
                          "Log in with hf auth login, or set HF_TOKEN. Tokens are made at "
                          "%s/settings/tokens",
                          a->f->endpoint);
    }
    err_set(e, ERR_AUTH, "the Hub does not accept the token from %s: it is wrong or expired",
            a->f->token_source);
    return err_remedy(
        e,
        "Make a new one at %s/settings/tokens and put it there, or remove it to go on "
        "without an account.",
        a->f->endpoint);
}

static bool fail_forbidden(const struct answer *a, struct err *e)
{
    err_set(e, ERR_FORBIDDEN, "the Hub refuses: %s", detail_or(a, "no right to do this"));
    if (!a->f->token_source) {
        return err_remedy(e, "No token was sent. Log in with hf auth login, or set HF_TOKEN.");
    }
    return err_remedy(e, "See what the token from %s may do at %s/settings/tokens",
                      a->f->token_source, a->f->endpoint);
}

/* Seconds of `RateLimit: "api";r=0;t=55` when r is 0, else of a numeric Retry-After; 0 unknown. */
static int64_t wait_of(const char *headers)
{
    int64_t wait = 0;
    char *rate = hub_header(headers, "ratelimit");
    char *after = hub_header(headers, "retry-after");
    const char *r = rate ? strstr(rate, ";r=0") : NULL;
    const char *t = rate ? strstr(rate, ";t=") : NULL;
    unsigned long long n = 0;
    if (r && t && (r[4] == ';' || r[4] == '\0')) {
        const long seconds = strtol(t + 3, NULL, 10);
        wait = seconds >= 0 && seconds < 86400 ? seconds + 1 : 0;
    } else if (after && str_to_u64(after, 86400, &n)) {
        wait = (int64_t)n + 1;
    }
    free(rate);
    free(after);
    return wait;
}

static bool fail_rate(const struct answer *a, struct err *e)
{
    const int64_t wait = wait_of(a->f->headers);
    err_set(e, ERR_RATE_LIMIT, "the Hub's rate limit for this %s is used up",
            a->f->token_source ? "account" : "address");
    if (e) {
        e->retry_after_s = wait;
    }
    const char *hint = a->f->token_source ? "" : " With a login the limit is higher.";
    if (wait > 0) {
        return err_remedy(e, "Try again in %lld seconds.%s", (long long)wait, hint);
    }
    return err_remedy(e, "Try again in a few minutes: the Hub counts anew every five.%s", hint);
}

static bool fail_range(const struct answer *a, struct err *e)
{
    char *got = hub_header(a->f->headers, "content-range");
    char *clean = text_clean(got);
    err_set(e, ERR_SERVER, "the server cannot send the part asked for (%s of %s)",
            a->f->range ? a->f->range : "no range", *clean ? clean : "a file of unknown size");
    free(clean);
    free(got);
    return err_remedy(e, "The file may have changed: load it again.");
}

static bool fail_not_found(const struct answer *a, struct err *e)
{
    err_set(e, ERR_NOT_FOUND, "%s: %s", a->thing, detail_or(a, "the server has no such address"));
    return err_remedy(
        e, "If this is a mirror or a local hub, it may not offer this; the endpoint is %s",
        a->f->endpoint);
}

static bool fail_other(const struct answer *a, struct err *e)
{
    const long status = a->f->status;
    if (status == 401) {
        return fail_token(a, e);
    }
    if (status == 402) {
        err_set(e, ERR_FORBIDDEN, "the Hub asks for payment: %s", detail_or(a, "HTTP 402"));
        return err_remedy(e, "Billing: %s/settings/billing", a->f->endpoint);
    }
    if (status == 404 || status == 410) {
        return fail_not_found(a, e);
    }
    if (status == 409 || status == 412) {
        err_set(e, ERR_CONFLICT, "somebody else was faster: %s",
                detail_or(a, "it was changed meanwhile"));
        return err_remedy(e, "Load it again and repeat.");
    }
    if (status == 413) {
        err_set(e, ERR_LIMIT, "too large for the server: %s", detail_or(a, "HTTP 413"));
        return false;
    }
    if (status == 451) {
        err_set(e, ERR_FORBIDDEN, "not available for legal reasons: %s", detail_or(a, "HTTP 451"));
        return false;
    }
    if (status == 407) {
        err_set(e, ERR_NETWORK, "the proxy asks for a login");
        return err_remedy(e, "Put user and password into HTTPS_PROXY.");
    }
    if (status >= 500) {
        err_set(e, ERR_SERVER, "the server has a problem (HTTP %ld): %s", status,
                detail_or(a, "no reason given"));
        return err_remedy(e, "Try again in a moment; is it known? https://status.huggingface.co");
    }
    err_set(e, ERR_SERVER, "unexpected answer (HTTP %ld): %s", status,
            detail_or(a, "no reason given"));
    return err_remedy(e, "Is the endpoint right? It is %s", a->f->endpoint);
}

/* ---- the table ---- */

static const char *path_of(const char *url)
{
    const char *rest = strstr(url, "://");
    rest = rest ? strchr(rest + 3, '/') : NULL;
    return rest ? rest : "/";
}

/* /api/models/..., /api/datasets/..., /api/spaces/... or /.../resolve/... */
static bool is_repo_path(const char *path)
{
    for (int kind = HUB_MODEL; kind <= HUB_SPACE; kind++) {
        char *prefix = xasprintf("/api/%s/", hub_kind_plural((enum hub_kind)kind));
        const bool hit = strstr(path, prefix) != NULL;
        free(prefix);
        if (hit) {
            return true;
        }
    }
    return strstr(path, "/resolve/") != NULL || strstr(path, "/raw/") != NULL;
}

/* Whatever the Hub would have to say about a login: the token that is set is known to be wrong. */
static void blame_token(const struct answer *a, struct err *e)
{
    const bool is_hidden = has_code(a, "RepoNotFound") || a->f->status == 401;
    if (e && a->f->token_fault && (e->code == ERR_AUTH || e->code == ERR_GATED || e->code == ERR_FORBIDDEN ||
                                   (e->code == ERR_NOT_FOUND && is_hidden))) {
        char *sentence = xstrdup(a->f->token_fault);
        if (sentence[0] >= 'a' && sentence[0] <= 'z') {
            sentence[0] = (char)(sentence[0] - 'a' + 'A');
        }
        err_remedy(e, "%s.", sentence);
        free(sentence);
    }
}

static bool decide(const struct answer *a, struct err *e)
{
    const long status = a->f->status;
    const char *path = path_of(a->f->url);
    /* Some servers put the sentence into the body alone. */
    const bool bad_token = strstr(a->detail, BAD_CREDENTIALS) != NULL;
    if (has_code(a, "RevisionNotFound")) {
        return fail_revision(a, e);
    }
    if (has_code(a, "EntryNotFound")) {
        return fail_entry(a, e);
    }
    if (has_code(a, "GatedRepo")) {
        return fail_gated(a, e);
    }
    if (a->message && strcmp(a->message, DISABLED) == 0) {
        return fail_disabled(a, e);
    }
    if (has_code(a, "RepoNotFound") && strstr(path, "/api/buckets/")) {
        err_set(e, ERR_NOT_FOUND, "the bucket was not found, or it is private");
        return err_remedy(e, "Check its name.");
    }
    if (status == 404 && (strstr(path, "/api/jobs/") || strstr(path, "/api/scheduled-jobs/"))) {
        err_set(e, ERR_NOT_FOUND, "the job was not found, or it is somebody else's");
        return err_remedy(e, "Check its id.");
    }
    if (has_code(a, "RepoNotFound") || (status == 401 && !bad_token && is_repo_path(path))) {
        return fail_repo(a, e);
    }
    switch (status) {
    case 400:
        err_set(e, ERR_USAGE, "the Hub does not understand the request: %s",
                detail_or(a, "no reason given"));
        return err_remedy(e, "Check the filters and the names given.");
    case 403:
        return fail_forbidden(a, e);
    case 429:
        return fail_rate(a, e);
    case 416:
        return fail_range(a, e);
    default:
        return fail_other(a, e);
    }
}

void hub_put_request_id(const char *headers, struct err *e)
{
    static const char *const NAMES[] = {"x-request-id", "x-amzn-trace-id", "x-amz-cf-id"};
    for (size_t i = 0; e && i < sizeof NAMES / sizeof *NAMES && !e->request_id[0]; i++) {
        char *id = hub_header(headers, NAMES[i]);
        char *clean = text_clean(id);
        snprintf(e->request_id, sizeof e->request_id, "%s", clean);
        free(clean);
        free(id);
    }
}

bool hub_decode_failure(const struct hub_failure *f, struct err *e)
{
    struct answer a;
    answer_init(&a, f);
    /* An error page without any of the Hub's marks comes from something else on the way. */
    const bool is_foreign_page = !a.code && !a.message && f->status != 429 && f->status < 500 &&
                                 hub_is_html(f->headers, f->body, f->body_len);
    char *id = hub_header(f->headers, "x-request-id");
    if (is_foreign_page && !id) {
        hub_fail_html(f->endpoint, e);
    } else {
        decide(&a, e);
        blame_token(&a, e);
    }
    free(id);
    if (e) {
        e->http = f->status;
    }
    hub_put_request_id(f->headers, e);
    answer_done(&a);
    return false;
}
