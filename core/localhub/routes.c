/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/routes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/localhub/call.h"
#include "core/localhub/hosts.h"
#include "core/localhub/store.h"

/* Pattern words: {kind} models|datasets|spaces, {web} the same before a web address (nothing for
 * models), {repo} an id of one or two segments, {rev} a revision, {path} the rest (may be empty),
 * {arg} one segment. */
enum need {
    NEED_NOTHING = 0,
    NEED_REPO = 1,   /* exists and may be seen */
    NEED_ACCESS = 3, /* and is not gated, or the viewer was let in */
    NEED_TREE = 5,   /* a repo with the revision of the address, "main" without one */
    NEED_FILES = 7
};

struct route {
    unsigned methods; /* of enum lh_method; LH_GET includes HEAD */
    const char *pattern;
    enum need need;
    void (*answer)(struct lh_call *);
    const char *later; /* instead of answer: what a local hub does not do, for the 501 */
};

static const struct route ROUTES[] = {
    {LH_GET, "/", NEED_NOTHING, lh_answer_home, NULL},
    {LH_GET, "/api/hfterm/requests", NEED_NOTHING, lh_answer_requests, NULL},
    {LH_GET, "/api/whoami-v2", NEED_NOTHING, lh_answer_whoami, NULL},
    {LH_GET, "/api/models-tags-by-type", NEED_NOTHING, lh_answer_tags, NULL},
    {LH_GET, "/api/datasets-tags-by-type", NEED_NOTHING, lh_answer_tags, NULL},
    {LH_GET, "/api/quicksearch", NEED_NOTHING, lh_answer_quicksearch, NULL},
    {LH_GET, "/api/users/{arg}/overview", NEED_NOTHING, lh_answer_user, NULL},
    {LH_GET, "/api/organizations/{arg}/overview", NEED_NOTHING, lh_answer_org, NULL},
    {LH_POST, "/api/validate-yaml", NEED_NOTHING, NULL, "checks of cards"},
    {LH_POST, "/api/repos/create", NEED_NOTHING, NULL, "new repos"},
    {LH_DELETE, "/api/repos/delete", NEED_NOTHING, NULL, "deleting repos"},
    {LH_POST, "/api/repos/move", NEED_NOTHING, NULL, "renaming repos"},
    {LH_GET, "/api/spaces/hardware", NEED_NOTHING, NULL, "hardware for Spaces"},
    {LH_GET, "/api/spaces/templates", NEED_NOTHING, NULL, "templates for Spaces"},
    {LH_GET, "/api/spaces/semantic-search", NEED_NOTHING, NULL, "search by meaning"},
    {LH_GET, "/api/resolve-cache/{kind}/{repo}/{rev}/{path}", NEED_FILES, lh_answer_resolve_cache,
     NULL},
    {LH_GET, "/storage/{kind}/{repo}/{rev}/{path}", NEED_NOTHING, lh_answer_storage, NULL},
    {LH_GET, "/api/{kind}", NEED_NOTHING, lh_answer_list, NULL},
    {LH_GET, "/api/{kind}/{repo}/revision/{rev}", NEED_TREE, lh_answer_info, NULL},
    {LH_GET, "/api/{kind}/{repo}/tree/{rev}/{path}", NEED_TREE, lh_answer_tree, NULL},
    {LH_GET, "/api/models/{repo}/safetensors-metadata/{path}", NEED_FILES, lh_answer_shards, NULL},
    {LH_POST, "/api/{kind}/{repo}/paths-info/{rev}", NEED_TREE, lh_answer_paths_info, NULL},
    {LH_GET, "/api/{kind}/{repo}/refs", NEED_REPO, lh_answer_refs, NULL},
    {LH_GET, "/api/{kind}/{repo}/commits/{rev}", NEED_TREE, lh_answer_commits, NULL},
    {LH_GET, "/api/{kind}/{repo}/compare/{arg}", NEED_ACCESS, lh_answer_compare, NULL},
    {LH_GET, "/api/{kind}/{repo}/auth-check", NEED_ACCESS, lh_answer_auth_check, NULL},
    {LH_GET, "/api/{kind}/{repo}/auth-check/write", NEED_REPO, lh_answer_auth_check_write, NULL},
    {LH_GET, "/api/{kind}/{repo}/discussions", NEED_REPO, lh_answer_discussions, NULL},
    {LH_GET, "/api/{kind}/{repo}/discussions/{arg}", NEED_REPO, lh_answer_discussion, NULL},
    {LH_GET, "/api/spaces/{repo}/runtime", NEED_REPO, lh_answer_runtime, NULL},
    {LH_GET, "/api/spaces/{repo}/events", NEED_ACCESS, lh_answer_events, NULL},
    {LH_POST, "/api/{kind}/{repo}/discussions/{path}", NEED_REPO, NULL, "writing discussions"},
    {LH_POST, "/api/{kind}/{repo}/preupload/{rev}", NEED_REPO, NULL, "uploads"},
    {LH_POST, "/api/{kind}/{repo}/commit/{rev}", NEED_REPO, NULL, "commits"},
    {LH_PUT, "/api/{kind}/{repo}/settings", NEED_REPO, NULL, "changing a repo's settings"},
    {LH_POST | LH_DELETE, "/api/{kind}/{repo}/branch/{path}", NEED_REPO, NULL, "branches"},
    {LH_POST | LH_DELETE, "/api/{kind}/{repo}/tag/{path}", NEED_REPO, NULL, "tags"},
    {LH_POST | LH_DELETE, "/api/{kind}/{repo}/like", NEED_REPO, NULL, "likes"},
    {LH_POST, "/api/{kind}/{repo}/duplicate", NEED_REPO, NULL, "copies of repos"},
    {LH_POST, "/api/{kind}/{repo}/super-squash/{path}", NEED_REPO, NULL, "squashing"},
    {LH_GET, "/api/{kind}/{repo}/xet-read-token/{rev}", NEED_REPO, NULL, "Xet storage"},
    {LH_GET, "/api/{kind}/{repo}/xet-write-token/{rev}", NEED_REPO, NULL, "Xet storage"},
    {LH_GET, "/api/spaces/{repo}/logs/{arg}", NEED_REPO, NULL, "logs of Spaces"},
    {LH_GET, "/api/spaces/{repo}/metrics", NEED_REPO, NULL, "metrics of Spaces"},
    {LH_POST, "/api/spaces/{repo}/hardware", NEED_REPO, NULL, "control of Spaces"},
    {LH_POST, "/api/spaces/{repo}/sleeptime", NEED_REPO, NULL, "control of Spaces"},
    {LH_POST, "/api/spaces/{repo}/pause", NEED_REPO, NULL, "control of Spaces"},
    {LH_POST, "/api/spaces/{repo}/restart", NEED_REPO, NULL, "control of Spaces"},
    {LH_POST, "/api/spaces/{repo}/dev-mode", NEED_REPO, NULL, "control of Spaces"},
    {LH_GET | LH_POST | LH_DELETE, "/api/spaces/{repo}/secrets", NEED_REPO, NULL,
     "secrets of Spaces"},
    {LH_GET | LH_POST | LH_DELETE, "/api/spaces/{repo}/variables", NEED_REPO, NULL,
     "variables of Spaces"},
    {LH_PUT | LH_DELETE, "/api/spaces/{repo}/volumes", NEED_REPO, NULL, "volumes of Spaces"},
    /* Last of the API: an id could look like the words above. */
    {LH_GET, "/api/{kind}/{repo}", NEED_TREE, lh_answer_info, NULL},
    {LH_POST, "/{web}{repo}/info/lfs/objects/batch", NEED_NOTHING, NULL, "uploads"},
    {LH_GET, "/{web}{repo}/resolve/{rev}/{path}", NEED_FILES, lh_answer_resolve, NULL},
    {LH_GET, "/{web}{repo}/raw/{rev}/{path}", NEED_FILES, lh_answer_raw, NULL},
    {LH_GET, "/{web}{repo}/{path}", NEED_REPO, lh_answer_repo_page, NULL},
};

/* ---- matching ---- */

struct match {
    struct lh_call *out;
    size_t at; /* the next segment */
};

static bool is_word(const char *pattern, const char *word)
{
    return strncmp(pattern, word, strlen(word)) == 0;
}

static const char *join(const struct lh_call *c, size_t first, size_t end)
{
    struct buf text = BUF_INIT;
    for (size_t i = first; i < end; i++) {
        buf_printf(&text, "%s%s", i > first ? "/" : "", c->req->segments[i]);
    }
    const char *kept = arena_strdup(&c->req->arena, buf_str(&text));
    buf_done(&text);
    return kept;
}

static bool take_kind(struct match *m, bool is_web)
{
    const struct lh_request *req = m->out->req;
    const char *word = m->at < req->n_segments ? req->segments[m->at] : "";
    for (enum lh_kind kind = 0; kind < LH_KINDS; kind++) {
        if (strcmp(word, lh_kind_plural(kind)) == 0 && !(is_web && kind == LH_MODEL)) {
            m->out->kind = kind;
            m->at++;
            return true;
        }
    }
    m->out->kind = LH_MODEL;
    return is_web && strcmp(word, "api") != 0 && strcmp(word, "storage") != 0;
}

/* Old models have a bare name: one segment, if such a repo is here and the longer one is not. */
static bool take_repo(struct match *m)
{
    const struct lh_request *req = m->out->req;
    const size_t left = req->n_segments - m->at;
    if (left == 0) {
        return false;
    }
    const char *bare = req->segments[m->at];
    const char *full = left > 1 ? join(m->out, m->at, m->at + 2) : NULL;
    struct lh_store *store = m->out->site->store;
    const bool is_bare = !full || (!lh_store_has(store, m->out->kind, full) &&
                                   lh_store_has(store, m->out->kind, bare));
    m->out->repo_id = is_bare ? bare : full;
    m->at += is_bare ? 1 : 2;
    return true;
}

/* "refs/pr/3" comes as one encoded segment, or as three from people who type. */
static bool take_revision(struct match *m)
{
    const struct lh_request *req = m->out->req;
    const size_t left = req->n_segments - m->at;
    if (left == 0) {
        return false;
    }
    const bool is_spread = left >= 3 && strcmp(req->segments[m->at], "refs") == 0 &&
                           (strcmp(req->segments[m->at + 1], "pr") == 0 ||
                            strcmp(req->segments[m->at + 1], "convert") == 0);
    const size_t n = is_spread ? 3 : 1;
    m->out->revision = join(m->out, m->at, m->at + n);
    m->at += n;
    return true;
}

static bool take_literal(struct match *m, const char *pattern, size_t n)
{
    const struct lh_request *req = m->out->req;
    if (m->at == req->n_segments || strlen(req->segments[m->at]) != n ||
        memcmp(req->segments[m->at], pattern, n) != 0) {
        return false;
    }
    m->at++;
    return true;
}

static bool take_word(struct match *m, const char *pattern, size_t n)
{
    const struct lh_request *req = m->out->req;
    if (is_word(pattern, "{kind}")) {
        return take_kind(m, false);
    }
    if (is_word(pattern, "{web}")) {
        return take_kind(m, true) && take_repo(m);
    }
    if (is_word(pattern, "{repo}")) {
        return take_repo(m);
    }
    if (is_word(pattern, "{rev}")) {
        return take_revision(m);
    }
    if (is_word(pattern, "{path}")) {
        m->out->path = join(m->out, m->at, req->n_segments);
        m->at = req->n_segments;
        return true;
    }
    if (is_word(pattern, "{arg}")) {
        m->out->arg = m->at < req->n_segments ? req->segments[m->at] : NULL;
        return m->at++ < req->n_segments;
    }
    return take_literal(m, pattern, n);
}

static bool matches(const struct route *route, struct lh_call *c)
{
    struct match m = {.out = c};
    c->revision = c->path = c->arg = "";
    c->kind = str_starts(route->pattern, "/api/spaces/") ? LH_SPACE : LH_MODEL;
    for (const char *at = route->pattern; *at == '/' && at[1];) {
        at++;
        const char *slash = strchr(at, '/');
        const size_t n = slash ? (size_t)(slash - at) : strlen(at);
        if (!take_word(&m, at, n)) {
            return false;
        }
        at += n;
    }
    return m.at == c->req->n_segments;
}

/* ---- what a route needs before its handler may run ---- */

static void answer_no_revision(struct lh_call *c, bool is_known)
{
    if (is_known) {
        lh_reply_error(c->reply, 404, "RevisionNotFound",
                       "Revision %s of %s is listed, but its files are not in this folder: a local "
                       "hub has one tree a repo.",
                       c->revision, c->repo_id);
        return;
    }
    lh_reply_error(c->reply, 404, "RevisionNotFound", "Invalid rev id: %s", c->revision);
}

static bool meet_need(struct lh_call *c, enum need need)
{
    if (!(need & NEED_REPO)) {
        return true;
    }
    c->repo = lh_store_repo(c->site->store, c->kind, c->repo_id);
    if (!c->repo || !lh_may_see(&c->viewer, c->repo)) {
        lh_answer_no_repo(c);
        return false;
    }
    if (lh_repo_is_disabled(c->repo)) {
        lh_reply_error(c->reply, 403, NULL, "Access to this resource is disabled.");
        return false;
    }
    if ((need & NEED_ACCESS) == NEED_ACCESS && !lh_may_read_files(&c->viewer, c->repo)) {
        lh_answer_gated(c);
        return false;
    }
    if ((need & NEED_TREE) == NEED_TREE) {
        bool is_known = false;
        const char *revision = *c->revision ? c->revision : "main";
        c->tree = lh_repo_tree(c->repo, revision, c->site->hashes, &is_known);
        if (!c->tree) {
            answer_no_revision(c, is_known);
            return false;
        }
    }
    return true;
}

static void run(const struct route *route, struct lh_call *c)
{
    if (!meet_need(c, route->need)) {
        return;
    }
    if (route->answer) {
        route->answer(c);
        return;
    }
    lh_reply_error(c->reply, 501, NULL, "A local hub does not offer %s.", route->later);
}

/* "http://" and what the client calls us, when that could be a host. */
static const char *origin_of(const struct lh_site *site, struct lh_request *req)
{
    static const char HOST_CHARS[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
    if (!req->host || !*req->host || strlen(req->host) > 255 ||
        strspn(req->host, HOST_CHARS) != strlen(req->host)) {
        return site->url;
    }
    char *text = xasprintf("http://%s", req->host);
    const char *kept = arena_strdup(&req->arena, text);
    free(text);
    return kept;
}

static void find_and_run(struct lh_call *c, bool is_storage_port)
{
    const enum lh_method method = c->req->method == LH_HEAD ? LH_GET : c->req->method;
    unsigned allowed = 0;
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++) {
        if (is_storage_port && !str_starts(ROUTES[i].pattern, "/storage/")) {
            continue;
        }
        if (!matches(&ROUTES[i], c)) {
            continue;
        }
        if (ROUTES[i].methods & method) {
            run(&ROUTES[i], c);
            return;
        }
        allowed |= ROUTES[i].methods;
    }
    if (allowed) {
        lh_reply_header(c->reply, "Allow", "%s%s%s%s", allowed & LH_GET ? "GET, HEAD " : "",
                        allowed & LH_POST ? "POST " : "", allowed & LH_PUT ? "PUT " : "",
                        allowed & LH_DELETE ? "DELETE " : "");
        lh_reply_error(c->reply, 405, NULL, "This address does not take that method.");
        return;
    }
    lh_reply_error(c->reply, 404, NULL, LH_NOTHING_HERE);
}

void lh_route(const struct lh_site *site, struct lh_request *req, struct lh_reply *reply,
              const struct lh_route_options *options)
{
    struct lh_call c = {.site = site, .req = req, .reply = reply, .repo_id = ""};
    c.ignore_range = options->ignore_range;
    c.is_loopback = options->is_loopback && lh_host_is_loopback(req->host);
    c.origin = origin_of(site, req);
    if (req->is_too_large) {
        lh_reply_error(reply, 413, NULL, "The body is larger than %d bytes.", LH_BODY_MAX);
    } else if (options->is_storage_port && req->authorization) {
        /* As a signed address of a real storage does: a token that comes here has leaked. */
        lh_reply_error(reply, 400, NULL,
                       "Only one auth mechanism allowed: the token does not "
                       "belong here.");
    } else if (!options->is_storage_port &&
               !lh_accounts_viewer(site->accounts, req->authorization, &c.viewer)) {
        lh_reply_error(reply, 401, NULL, "Invalid credentials in Authorization header");
    } else {
        find_and_run(&c, options->is_storage_port);
    }
    cJSON_Delete(c.history);
    lh_repo_release(c.repo);
}
