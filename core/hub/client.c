/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/hub/internal.h"
#include "core/net/http.h"
#include "core/net/http_url.h"

static const struct {
    const char *name, *plural, *web;
} KINDS[] = {
    [HUB_MODEL] = {"model", "models", ""},
    [HUB_DATASET] = {"dataset", "datasets", "datasets/"},
    [HUB_SPACE] = {"space", "spaces", "spaces/"},
};

enum { NAME_MAX_LEN = 96 };

static const char PUBLIC_ENDPOINT[] = "https://huggingface.co";

static const char *default_endpoint(void)
{
    const char *env = getenv("HF_ENDPOINT");
    if (env && *env) {
        return env;
    }
    return paths_env_true("HUGGINGFACE_CO_STAGING") ? "https://hub-ci.huggingface.co"
                                                    : PUBLIC_ENDPOINT;
}

static bool fail_endpoint(const char *endpoint, struct err *e)
{
    struct buf shown = BUF_INIT;
    http_url_put_masked(&shown, endpoint);
    if (strchr(endpoint, '@')) {
        err_set(e, ERR_USAGE, "the endpoint \"%.200s\" holds a user name or password: hfterm sends none", buf_str(&shown));
        err_remedy(e, "Give it without them; a Hub knows people by a token (HF_TOKEN, or hf auth login).");
    } else if (strpbrk(endpoint, "?#")) {
        err_set(e, ERR_USAGE, "the endpoint \"%.200s\" has a ? or # behind it", buf_str(&shown));
        err_remedy(e, "Give it as https://huggingface.co, without them.");
    } else {
        err_set(e, ERR_USAGE, "the endpoint \"%.200s\" is not an http or https address", buf_str(&shown));
        err_remedy(e, "Give it as https://huggingface.co, with --endpoint or HF_ENDPOINT.");
    }
    buf_done(&shown);
    return false;
}

static bool set_endpoint(struct hub *hub, const char *endpoint, struct err *e)
{
    size_t n = strlen(endpoint);
    while (n > 0 && endpoint[n - 1] == '/') {
        n--;
    }
    hub->endpoint = xstrndup(endpoint, n);
    struct buf origin = BUF_INIT;
    if (strpbrk(hub->endpoint, "?#@ \t\r\n") || !http_origin(hub->endpoint, &origin)) {
        buf_done(&origin);
        return fail_endpoint(hub->endpoint, e);
    }
    hub->origin = buf_steal(&origin);
    const char *scheme_end = strstr(hub->endpoint, "://");
    hub->host = scheme_end ? scheme_end + 3 : hub->endpoint;
    return true;
}

static void set_token(struct hub *hub, const struct hub_options *options)
{
    if (options->token) {
        secret_set(&hub->token, options->token);
        hub->token_source = xstrdup(!secret_present(&hub->token) ? "none"
                                    : options->token_source      ? options->token_source
                                                                 : "given by the caller");
    } else {
        hub_token_find(&hub->token, &hub->token_source);
    }
    bool is_unfit = false;
    const char *oddity = hub_token_oddity(&hub->token, &is_unfit);
    if (oddity) {
        hub->token_fault = xasprintf("the token from %s %s: %s", hub->token_source,
                                     is_unfit ? "is not sent" : "looks wrong", oddity);
    }
    if (is_unfit) {
        char *source = hub->token_source;
        hub->token_source = xasprintf("none (%s holds no token: %s)", source, oddity);
        free(source);
        secret_done(&hub->token);
    }
    secret_fingerprint(&hub->token, hub->account);
}

struct hub *hub_new(struct http *http, struct httpcache *cache, const struct hub_options *options,
                    struct err *e)
{
    struct hub *hub = xcalloc(1, sizeof *hub);
    hub->http = http;
    hub->cache = cache;
    atomic_init(&hub->is_readonly, options->is_readonly);
    const bool named = options->endpoint && *options->endpoint;
    if (!set_endpoint(hub, named ? options->endpoint : default_endpoint(), e)) {
        hub_free(hub);
        return NULL;
    }
    set_token(hub, options);
    return hub;
}

void hub_free(struct hub *hub)
{
    if (!hub) {
        return;
    }
    secret_done(&hub->token);
    free(hub->token_source);
    free(hub->token_fault);
    free(hub->endpoint);
    free(hub->origin);
    free(hub);
}

const char *hub_endpoint(const struct hub *hub)
{
    return hub->endpoint;
}

const char *hub_host(const struct hub *hub)
{
    return hub->host;
}

bool hub_is_public(const struct hub *hub)
{
    return strcmp(hub->endpoint, PUBLIC_ENDPOINT) == 0;
}

bool hub_has_token(const struct hub *hub)
{
    return secret_present(&hub->token);
}

const char *hub_token_source(const struct hub *hub)
{
    return hub->token_source;
}

const char *hub_token_fault(const struct hub *hub)
{
    return hub->token_fault;
}

void hub_set_readonly(struct hub *hub)
{
    atomic_store(&hub->is_readonly, true);
}

bool hub_is_readonly(const struct hub *hub)
{
    return atomic_load(&hub->is_readonly);
}

const char *hub_kind_name(enum hub_kind kind)
{
    return KINDS[kind].name;
}

const char *hub_kind_plural(enum hub_kind kind)
{
    return KINDS[kind].plural;
}

/* The rule a name part breaks, NULL when it breaks none. */
static const char *name_fault(const char *s, size_t n)
{
    if (n == 0) {
        return "a name is empty";
    }
    if (n > NAME_MAX_LEN) {
        return "owner and name have at most 96 characters each";
    }
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)s[i];
        if (c >= 0x80 || (!isalnum(c) && !strchr("-._", c))) {
            return "only letters, digits, '-', '_' and '.' are allowed";
        }
        if (i + 1 < n && ((c == '-' && s[i + 1] == '-') || (c == '.' && s[i + 1] == '.'))) {
            return "\"--\" and \"..\" are not allowed";
        }
    }
    if (strchr("-.", s[0]) || strchr("-.", s[n - 1])) {
        return "a name neither starts nor ends with '-' or '.'";
    }
    return NULL;
}

bool hub_check_repo_id(const char *id, struct err *e)
{
    const char *slash = strchr(id, '/');
    const char *fault = NULL;
    if (!*id) {
        fault = "it is empty";
    } else if (slash && strchr(slash + 1, '/')) {
        fault = "it has more than one '/'";
    } else if (str_ends(id, ".git")) {
        fault = "it ends in \".git\"";
    } else if (slash) {
        fault = name_fault(id, (size_t)(slash - id));
        fault = fault ? fault : name_fault(slash + 1, strlen(slash + 1));
    } else {
        fault = name_fault(id, strlen(id));
    }
    if (!fault) {
        return true;
    }
    err_set(e, ERR_USAGE, "\"%.200s\" is not a repository name: %s", id, fault);
    return err_remedy(e, "A repository is named owner/name, for example Qwen/Qwen3-0.6B.");
}

void hub_web_url(const struct hub *hub, enum hub_kind kind, const char *id, struct buf *out)
{
    buf_printf(out, "%s/%s", hub->endpoint, KINDS[kind].web);
    buf_put_url(out, id, true);
}
