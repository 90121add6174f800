/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub/address.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"
#include "core/net/http_url.h"

#define LINE_MAX_NUMBER (1ULL << 52)

enum form { PLAIN, PAGE, HF };

static const char *const HOSTS[] = {"huggingface.co", "www.huggingface.co", "hf.co", "www.hf.co", NULL};

static const char *behind(const char *text, const char *prefix)
{
    const size_t n = strlen(prefix);
    return strncasecmp(text, prefix, n) == 0 ? text + n : NULL;
}

/* ---- what stands around it ---- */

static bool is_blank(char c)
{
    return c != '\0' && strchr(" \t\r\n", c);
}

/* Without blanks, brackets and quotes around it, and what ends a sentence behind it. Owned. */
static char *unwrap(const char *text)
{
    static const char OPEN[] = "<\"'`(", CLOSE[] = ">\"'`)";
    while (is_blank(*text)) {
        text++;
    }
    size_t n = strlen(text);
    for (;;) {
        while (n > 0 && (is_blank(text[n - 1]) || strchr(".,;", text[n - 1]))) {
            n--;
        }
        const char *open = n > 1 ? strchr(OPEN, *text) : NULL;
        if (!open || text[n - 1] != CLOSE[open - OPEN]) {
            return xstrndup(text, n);
        }
        text++;
        n -= 2;
    }
}

/* ---- the server ---- */

/* Behind "huggingface.co" or the host of the endpoint, a port of https or http included. NULL: another. */
static const char *skip_host(const char *text, const char *endpoint)
{
    const char *rest = NULL;
    const char *own = strstr(endpoint, "://");
    for (size_t i = 0; HOSTS[i] && !rest; i++) {
        rest = behind(text, HOSTS[i]);
        rest = rest && behind(rest, ":443") ? rest + 4 : rest && behind(rest, ":80") ? rest + 3 : rest;
        rest = rest && *rest && !strchr("/?#:", *rest) ? NULL : rest;
    }
    if (!rest && own) {
        rest = behind(text, own + 3);
        rest = rest && *rest && !strchr("/?#", *rest) ? NULL : rest;
    }
    return rest;
}

/* Behind "user:password@" of an address. */
static const char *skip_login(const char *text)
{
    const size_t n = strcspn(text, "/?#");
    const char *at = NULL;
    for (size_t i = 0; i < n; i++) {
        at = text[i] == '@' ? text + i : at;
    }
    return at ? at + 1 : text;
}

/* What names the repo, and how it is written. NULL: an address of somebody else. */
static const char *skip_origin(const char *text, const char *endpoint, enum form *form)
{
    const char *path = behind(text, "hf://");
    *form = HF;
    if (path) {
        return path;
    }
    *form = PAGE;
    const char *git = behind(text, "git@");
    const char *rest = git ? skip_host(git, endpoint) : NULL;
    if (rest && (*rest == ':' || *rest == '/')) {
        return rest + 1;
    }
    const char *scheme_end = strstr(text, "://");
    const bool has_scheme = scheme_end && strcspn(text, "/?#") == (size_t)(scheme_end - text) + 1;
    rest = skip_host(has_scheme ? skip_login(scheme_end + 3) : text, endpoint);
    if (rest) {
        return rest + (*rest == '/');
    }
    *form = PLAIN;
    return has_scheme ? NULL : text;
}

/* ---- the repo ---- */

static size_t parts_of(const char *text)
{
    size_t n = 0;
    while (*text) {
        const size_t length = strcspn(text, "/?#");
        n += length > 0;
        text += length;
        if (*text != '/') {
            break;
        }
        text++;
    }
    return n;
}

/* "datasets/" and "api/datasets/"; "dataset/" only before an owner and a name, as it could be an owner. */
static const char *skip_kind(const char *text, enum form form, struct hub_address *r)
{
    const char *api = form == PAGE ? behind(text, "api/") : NULL;
    const char *from = api ? api : text;
    for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
        const char *many = behind(from, hub_kind_plural((enum hub_kind)k));
        const char *one = behind(from, hub_kind_name((enum hub_kind)k));
        one = one && *one == '/' && parts_of(one + 1) == 2 ? one : NULL;
        const char *rest = many && *many == '/' ? many : one;
        if (rest) {
            r->kind = (enum hub_kind)k;
            r->has_kind = true;
            return rest + 1;
        }
    }
    return text;
}

static bool is_one_of(const char *word, size_t n, const char *const *words)
{
    for (; *words; words++) {
        if (strlen(*words) == n && strncmp(*words, word, n) == 0) {
            return true;
        }
    }
    return false;
}

/* Parts of an address that stand behind the name of a repo: of a file, of a revision, and others. */
static const char *const FILE_VIEWS[] = {"blob", "blame", "edit", "resolve", "raw", NULL};
static const char *const REVISION_VIEWS[] = {"tree", "commit", "commits", "revision", NULL};
static const char *const OTHER_VIEWS[] = {"discussions", "settings", NULL};
/* First parts of addresses that are no owners. */
static const char *const NO_OWNERS[] = {"papers", "docs", "blog", "collections", "api", "tasks", "settings", "learn", NULL};

static bool is_view(const char *word, size_t n)
{
    return is_one_of(word, n, FILE_VIEWS) || is_one_of(word, n, REVISION_VIEWS) || is_one_of(word, n, OTHER_VIEWS);
}

/* Length of "OWNER/NAME", or of the bare name that old repos have; "@REVISION" and ":TAG" end it. */
static size_t id_length(const char *path, enum form form)
{
    const char *ends = form == PAGE ? "/?#" : "/@";
    const size_t n = strcspn(path, ends);
    if (path[n] != '/') {
        return n;
    }
    const char *second = path + n + 1;
    const size_t m = strcspn(second, form == PAGE ? "/?#@:" : "/@:");
    if (form != PAGE && *second == '/') {
        return strlen(path); /* "a//b" is no name of anything */
    }
    return m == 0 || (form == PAGE && is_view(second, m)) ? n : n + 1 + m;
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* "%20" is a blank again. Owned. */
static char *unescape(const char *text, size_t n)
{
    char *out = xstrndup(text, n);
    char *to = out;
    for (const char *p = out; *p; p++) {
        const int high = *p == '%' ? hex(p[1]) : -1;
        const int low = high >= 0 ? hex(p[2]) : -1;
        const int byte = low >= 0 ? high * 16 + low : 0;
        *to++ = (char)(byte ? byte : *p);
        p += byte ? 2 : 0;
    }
    *to = '\0';
    return out;
}

/* ---- behind the repo ---- */

/* Length of a revision: up to the next slash, but for "refs/pr/3" and "refs/convert/parquet". */
static size_t revision_length(const char *text)
{
    static const char *const REFS[] = {"refs/pr/", "refs/convert/"};
    for (size_t i = 0; i < sizeof REFS / sizeof *REFS; i++) {
        if (str_starts(text, REFS[i])) {
            return strlen(REFS[i]) + strcspn(text + strlen(REFS[i]), "/?#");
        }
    }
    return strcspn(text, "/?#");
}

static void take_line(const char *text, struct hub_address *r)
{
    const char *line = strstr(text, "#L");
    r->line = line ? strtoull(line + 2, NULL, 10) : 0;
    r->line = r->line < LINE_MAX_NUMBER ? r->line : 0;
}

/* "/blob/REVISION/PATH?x#L20", "/tree/REVISION", "/discussions/3"; anything else is a view of the repo itself. */
static void read_view(const char *rest, struct hub_address *r)
{
    const size_t view = *rest == '/' ? strcspn(rest + 1, "/?#") : 0;
    const char *behind_view = view && rest[1 + view] == '/' ? rest + 2 + view : NULL;
    if (!behind_view) {
        return;
    }
    if (is_one_of(rest + 1, view, OTHER_VIEWS)) {
        r->discussion = strtoull(behind_view, NULL, 10);
        r->discussion = r->discussion < LINE_MAX_NUMBER ? r->discussion : 0;
        return;
    }
    const size_t n = revision_length(behind_view);
    const char *path = behind_view[n] == '/' ? behind_view + n + 1 : "";
    const size_t length = strcspn(path, "?#");
    const bool is_file = is_one_of(rest + 1, view, FILE_VIEWS);
    if (n == 0 || !(is_file ? length > 0 : is_one_of(rest + 1, view, REVISION_VIEWS))) {
        return;
    }
    r->revision = unescape(behind_view, n);
    if (is_file) {
        r->path = unescape(path, length);
        take_line(path + length, r);
    }
}

/* "/PATH:LINE" */
static void read_path(const char *rest, struct hub_address *r)
{
    unsigned long long line = 0;
    if (rest[0] != '/' || !rest[1]) {
        return;
    }
    r->path = xstrdup(rest + 1);
    char *colon = strrchr(r->path, ':');
    if (colon && colon > r->path && str_to_u64(colon + 1, LINE_MAX_NUMBER, &line) && line > 0) {
        r->line = line;
        *colon = '\0';
    }
}

/* "@REVISION" and ":TAG", each once, in any order; what is behind them. */
static const char *read_marks(const char *rest, struct hub_address *r)
{
    while ((*rest == '@' && !r->revision) || (*rest == ':' && !r->tag)) {
        const bool is_revision = *rest == '@';
        const size_t n = is_revision ? revision_length(rest + 1) : strcspn(rest + 1, "/@?#");
        if (n == 0) {
            return rest;
        }
        *(is_revision ? &r->revision : &r->tag) = unescape(rest + 1, n);
        rest += 1 + n;
    }
    return rest;
}

static void drop_git(char *id)
{
    if (str_ends(id, ".git")) {
        id[strlen(id) - strlen(".git")] = '\0';
    }
}

/* A page of the Hub that is none of a repo: of a user, of the documentation. */
static bool is_other_page(const char *path, const struct hub_address *r)
{
    const size_t first = strcspn(path, "/?#");
    return is_one_of(path, first, NO_OWNERS) || (!r->has_kind && !r->path && !strchr(r->id, '/'));
}

/* text may hold a password. */
static bool fail(const char *text, const char *what, const char *remedy, struct err *e)
{
    struct buf shown = BUF_INIT;
    http_url_put_masked(&shown, text);
    err_set(e, ERR_USAGE, "\"%.200s\" %s", buf_str(&shown), what);
    buf_done(&shown);
    return err_remedy(e, "%s", remedy);
}

static bool check(const char *text, const char *path, enum form form, const struct hub_address *r, struct err *e)
{
    struct err why = ERR_INIT;
    if (form == PAGE && is_other_page(path, r)) {
        return fail(text, "is no page of a repo", "A repo of one word, as old ones have, is named by the word alone.", e);
    }
    if (!hub_check_repo_id(r->id, &why)) {
        const char *fault = strstr(why.msg, " is not a repository name: ");
        return fail(text, fault ? fault + 1 : "is not a repository name", why.remedy, e);
    }
    return hub_check_revision(r->revision, e);
}

static bool parse(const char *text, const char *endpoint, struct hub_address *r, struct err *e)
{
    enum form form = PLAIN;
    const char *path = skip_origin(text, endpoint, &form);
    if (!path) {
        struct buf remedy = BUF_INIT;
        buf_printf(&remedy, "addresses of %s and of https://huggingface.co can be opened", endpoint);
        fail(text, "is no address of the Hub", buf_str(&remedy), e);
        buf_done(&remedy);
        return false;
    }
    path = skip_kind(path, form, r);
    const size_t n = id_length(path, form);
    r->id = xstrndup(path, n);
    r->is_page = form == PAGE;
    drop_git(r->id);
    const char *rest = read_marks(path + n, r);
    if (form == PAGE) {
        read_view(rest, r);
    } else {
        read_path(rest, r);
    }
    if (r->revision && strcmp(r->revision, "main") == 0) {
        free(r->revision);
        r->revision = NULL;
    }
    return check(text, path, form, r, e);
}

bool hub_address_parse(const char *text, const char *endpoint, struct hub_address *out, struct err *e)
{
    struct hub_address r = {.kind = HUB_MODEL};
    char *bare = unwrap(text);
    const bool ok = parse(bare, endpoint, &r, e);
    free(bare);
    if (ok) {
        *out = r;
    } else {
        hub_address_done(&r);
    }
    return ok;
}

void hub_address_done(struct hub_address *r)
{
    free(r->id);
    free(r->revision);
    free(r->path);
    free(r->tag);
    *r = (struct hub_address){0};
}
