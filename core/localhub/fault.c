/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/fault.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/request.h"

static const struct {
    const char *word;
    bool needs_value;
} KINDS[LH_FAULT_KINDS] = {
    [LOCALHUB_LATENCY] = {"latency", true},
    [LOCALHUB_STATUS_429] = {"status-429", true},
    [LOCALHUB_RATE_LIMIT] = {"rate-limit", true},
    [LOCALHUB_STATUS_500] = {"status-500", false},
    [LOCALHUB_STATUS_503] = {"status-503", false},
    [LOCALHUB_CUT] = {"cut", true},
    [LOCALHUB_SLOW] = {"slow", true},
    [LOCALHUB_BAD_JSON] = {"bad-json", false},
    [LOCALHUB_WRONG_LENGTH] = {"wrong-length", false},
    [LOCALHUB_WRONG_TYPES] = {"wrong-types", false},
    [LOCALHUB_NO_RANGE] = {"no-range", false},
    [LOCALHUB_NO_LENGTH] = {"no-length", false},
    [LOCALHUB_HTML] = {"html", false},
    [LOCALHUB_FOREIGN_LINK] = {"foreign-link", false},
    [LOCALHUB_HUGE] = {"huge", true},
};

/* ---- parsing ---- */

static bool fail_kind(const char *word, struct err *e)
{
    struct buf list = BUF_INIT;
    for (size_t i = 0; i < LH_FAULT_KINDS; i++) {
        buf_printf(&list, "%s%s", i ? " " : "", KINDS[i].word);
    }
    err_set(e, ERR_USAGE, "no fault is called \"%s\"", word);
    err_remedy(e, "one of: %s", buf_str(&list));
    buf_done(&list);
    return false;
}

static bool parse_number(const char *text, int64_t min, int64_t max, int64_t *out)
{
    const bool is_negative = *text == '-';
    unsigned long long value = 0;
    if (!str_to_u64(text + is_negative, (unsigned long long)INT64_MAX, &value)) {
        return false;
    }
    *out = is_negative ? -(int64_t)value : (int64_t)value;
    return *out >= min && *out <= max;
}

static bool parse_kind(char *word, struct localhub_fault *out, struct err *e)
{
    char *equals = strchr(word, '=');
    if (equals) {
        *equals = '\0';
    }
    for (size_t i = 0; i < LH_FAULT_KINDS; i++) {
        if (strcmp(word, KINDS[i].word) != 0) {
            continue;
        }
        out->kind = (enum localhub_fault_kind)i;
        if (equals ? parse_number(equals + 1, 0, INT64_MAX, &out->value) : !KINDS[i].needs_value) {
            return true;
        }
        err_set(e, ERR_USAGE, "the fault %s needs a number, as in %s=300", word, word);
        return false;
    }
    return fail_kind(word, e);
}

static bool parse_extra(char *word, struct localhub_fault *out, struct err *e)
{
    int64_t count = 0;
    if (str_starts(word, "match=") && word[6]) {
        out->match = word + 6;
        return true;
    }
    if (str_starts(word, "count=") && parse_number(word + 6, -1, INT32_MAX, &count)) {
        out->count = (int)count;
        return true;
    }
    err_set(e, ERR_USAGE, "\"%s\" makes no sense behind a fault", word);
    return err_remedy(e, "match=SUBSTRING or count=NUMBER (-1: always)");
}

bool localhub_fault_parse(char *text, struct localhub_fault *out, struct err *e)
{
    *out = (struct localhub_fault){.count = -1};
    bool has_kind = false;
    for (char *at = text; *at;) {
        char *word = at + strspn(at, " ");
        char *end = word + strcspn(word, " ");
        at = *end ? end + 1 : end;
        *end = '\0';
        if (!*word) {
            continue;
        }
        if (!(has_kind ? parse_extra(word, out, e) : parse_kind(word, out, e))) {
            return false;
        }
        has_kind = true;
    }
    return has_kind || fail_kind("", e);
}

/* ---- counting ---- */

struct armed {
    struct localhub_fault fault;
    char *match;      /* owned */
    _Atomic int left; /* -1: without end */
};

struct lh_faults {
    size_t n;
    struct armed items[];
};

struct lh_faults *lh_faults_new(const struct localhub_fault *faults, size_t n)
{
    struct lh_faults *f = xcalloc(1, sizeof *f + n * sizeof f->items[0]);
    f->n = n;
    for (size_t i = 0; i < n; i++) {
        f->items[i].fault = faults[i];
        f->items[i].match = xstrdup_opt(faults[i].match);
        atomic_store(&f->items[i].left, faults[i].count);
    }
    return f;
}

void lh_faults_free(struct lh_faults *f)
{
    for (size_t i = 0; f && i < f->n; i++) {
        free(f->items[i].match);
    }
    free(f);
}

static bool count_down(struct armed *a)
{
    int left = atomic_load(&a->left);
    while (left > 0) {
        if (atomic_compare_exchange_weak(&a->left, &left, left - 1)) {
            return true;
        }
    }
    return left < 0;
}

void lh_faults_take(struct lh_faults *f, const char *target, struct lh_effects *out)
{
    *out = (struct lh_effects){0};
    char *path = xstrndup(target, strcspn(target, "?"));
    for (size_t i = 0; i < f->n; i++) {
        struct armed *a = &f->items[i];
        if ((!a->match || strstr(path, a->match)) && count_down(a)) {
            out->has[a->fault.kind] = true;
            out->value[a->fault.kind] = a->fault.value;
        }
    }
    free(path);
}

/* ---- what they do to an answer ---- */

static void put_status(struct lh_reply *reply, unsigned status, const char *message)
{
    lh_reply_clear(reply);
    lh_reply_error(reply, status, NULL, "%s", message);
}

/* Half of the text, ending inside a string. */
static void break_json(struct lh_reply *reply)
{
    struct buf half = BUF_INIT;
    buf_append(&half, buf_str(&reply->body), reply->body.n / 2);
    size_t quotes = 0;
    for (size_t i = 0; i < half.n; i++) {
        if (half.p[i] == '\\') {
            i++;
        } else {
            quotes += half.p[i] == '"';
        }
    }
    buf_puts(&half, quotes % 2 ? "cut" : "\"cut");
    buf_done(&reply->body);
    reply->body = half;
}

static cJSON *other_type(const cJSON *value)
{
    return cJSON_IsString(value)   ? cJSON_CreateNumber(7)
           : cJSON_IsNumber(value) ? cJSON_CreateString("seven")
           : cJSON_IsBool(value)   ? cJSON_CreateArray()
           : cJSON_IsArray(value)  ? cJSON_CreateString("a list")
                                   : cJSON_CreateTrue();
}

/* Members of objects get another type; elements of lists are walked, so that a list stays a list of
 * objects whose members make no sense. */
static void twist(cJSON *json)
{
    if (cJSON_IsArray(json)) {
        for (cJSON *item = json->child; item; item = item->next) {
            twist(item);
        }
        return;
    }
    for (cJSON *next = NULL, *item = cJSON_IsObject(json) ? json->child : NULL; item; item = next) {
        next = item->next;
        cJSON *other = other_type(item);
        other->string = xstrdup(item->string);
        cJSON_ReplaceItemViaPointer(json, item, other);
    }
}

static void twist_types(struct lh_reply *reply)
{
    const unsigned status = reply->status;
    cJSON *json = json_parse(buf_str(&reply->body), reply->body.n, NULL);
    if (json) {
        twist(json);
        lh_reply_json(reply, status, json);
    }
}

static void put_html(struct lh_reply *reply)
{
    lh_reply_clear(reply);
    lh_reply_text(reply, 200,
                  "<!DOCTYPE html><html><head><title>Welcome to the hotel network</title></head>"
                  "<body><h1>Please sign in</h1></body></html>\n");
    reply->type = "text/html; charset=utf-8";
}

void lh_effects_apply(const struct lh_effects *effects, struct lh_reply *reply)
{
    const bool is_json = reply->type && str_starts(reply->type, "application/json");
    if (effects->has[LOCALHUB_STATUS_500]) {
        put_status(reply, 500,
                   "Internal Error - We're working hard to fix this as soon as possible!");
    } else if (effects->has[LOCALHUB_STATUS_503]) {
        put_status(reply, 503, "Service Unavailable");
    } else if (effects->has[LOCALHUB_STATUS_429]) {
        put_status(reply, 429, "Too Many Requests");
        lh_reply_header(reply, "Retry-After", "%lld",
                        (long long)effects->value[LOCALHUB_STATUS_429]);
    } else if (effects->has[LOCALHUB_RATE_LIMIT]) {
        put_status(reply, 429, "We had to rate limit your IP.");
        lh_reply_header(reply, "RateLimit", "\"api\";r=0;t=%lld",
                        (long long)effects->value[LOCALHUB_RATE_LIMIT]);
        lh_reply_header(reply, "RateLimit-Policy", "\"fixed window\";\"api\";q=500;w=300");
    } else if (effects->has[LOCALHUB_HTML]) {
        put_html(reply);
    } else if (is_json && effects->has[LOCALHUB_BAD_JSON]) {
        break_json(reply);
    } else if (is_json && effects->has[LOCALHUB_WRONG_TYPES]) {
        twist_types(reply);
    }
    if (effects->has[LOCALHUB_FOREIGN_LINK]) {
        lh_reply_header(reply, "Link",
                        "<http://hub.example.invalid/api/models?cursor=1>; "
                        "rel=\"next\"");
    }
}
