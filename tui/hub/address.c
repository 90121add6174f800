/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/hub/address.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"

#define LINE_MAX_NUMBER (1ULL << 52)

enum form { PLAIN, PAGE, HF };

static const char *behind(const char *text, const char *prefix)
{
    return str_starts(text, prefix) ? text + strlen(prefix) : NULL;
}

/* What names the repo, and how it is written. NULL: an address of somebody else. */
static const char *skip_origin(const char *text, const char *endpoint, enum form *form)
{
    static const char *const ORIGINS[] = {"https://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf.co/"};
    const char *path = behind(text, "hf://");
    *form = HF;
    if (path) {
        return path;
    }
    *form = PAGE;
    path = behind(text, endpoint);
    if (path && *path == '/') {
        return path + 1;
    }
    for (size_t i = 0; i < sizeof ORIGINS / sizeof *ORIGINS; i++) {
        path = behind(text, ORIGINS[i]);
        if (path) {
            return path;
        }
    }
    *form = PLAIN;
    return strstr(text, "://") ? NULL : text;
}

static const char *skip_kind(const char *text, struct hub_address *r)
{
    for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
        const char *rest = behind(text, hub_kind_plural((enum hub_kind)k));
        if (rest && *rest == '/') {
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

/* Parts of an address that stand behind the name of a repo. */
static const char *const FILE_VIEWS[] = {"blob", "resolve", "raw", NULL};
static const char *const OTHER_VIEWS[] = {"tree", "discussions", "commits", "settings", NULL};
/* First parts of addresses that are no owners. */
static const char *const NO_OWNERS[] = {"papers", "docs", "blog", "collections", "api", "tasks", "settings", "learn", NULL};

/* Length of "OWNER/NAME", or of the bare name that old repos have. */
static size_t id_length(const char *path, enum form form)
{
    const char *ends = form == PAGE ? "/?#" : "/";
    const size_t n = strcspn(path, ends);
    if (path[n] != '/') {
        return n;
    }
    const char *second = path + n + 1;
    const size_t m = strcspn(second, ends);
    if (form != PAGE && *second == '/') {
        return strlen(path); /* "a//b" is no name of anything */
    }
    const bool is_view = form == PAGE && (is_one_of(second, m, FILE_VIEWS) || is_one_of(second, m, OTHER_VIEWS));
    return m == 0 || is_view ? n : n + 1 + m;
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef";
    const char lower = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
    const char *at = lower ? strchr(digits, lower) : NULL;
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

/* "/blob/REVISION/PATH?x#L20" */
static void read_page(const char *rest, struct hub_address *r)
{
    const size_t view = *rest == '/' ? strcspn(rest + 1, "/?#") : 0;
    if (!is_one_of(rest + 1, view, FILE_VIEWS) || rest[1 + view] != '/') {
        return;
    }
    const char *revision = rest + 2 + view;
    const size_t n = strcspn(revision, "/?#");
    const char *path = revision[n] == '/' ? revision + n + 1 : "";
    const size_t length = strcspn(path, "?#");
    if (n == 0 || length == 0) {
        return;
    }
    r->revision = unescape(revision, n);
    r->path = unescape(path, length);
    const char *line = strstr(path + length, "#L");
    r->line = line ? strtoull(line + 2, NULL, 10) : 0;
    r->line = r->line < LINE_MAX_NUMBER ? r->line : 0;
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

/* A page of the Hub that is none of a repo: of a user, of the documentation. */
static bool is_other_page(const char *path, const struct hub_address *r)
{
    const size_t first = strcspn(path, "/?#");
    return is_one_of(path, first, NO_OWNERS) || (!r->has_kind && !r->path && !strchr(r->id, '/'));
}

bool hub_address_parse(const char *text, const char *endpoint, struct hub_address *out, struct err *e)
{
    struct hub_address r = {.kind = HUB_MODEL};
    enum form form = PLAIN;
    const char *path = skip_origin(text, endpoint, &form);
    if (!path) {
        err_set(e, ERR_USAGE, "\"%.80s\" is no address of the Hub", text);
        return err_remedy(e, "addresses of %s and of https://huggingface.co can be opened", endpoint);
    }
    path = skip_kind(path, &r);
    const size_t n = id_length(path, form);
    r.id = xstrndup(path, n);
    if (form == PAGE) {
        read_page(path + n, &r);
    } else {
        char *at = form == HF ? strchr(r.id, '@') : NULL;
        r.revision = at ? unescape(at + 1, strlen(at + 1)) : NULL;
        if (at) {
            *at = '\0';
        }
        read_path(path + n, &r);
    }
    if (r.revision && strcmp(r.revision, "main") == 0) {
        free(r.revision);
        r.revision = NULL;
    }
    const bool is_other = form == PAGE && is_other_page(path, &r);
    if (is_other ? !err_set(e, ERR_USAGE, "\"%.80s\" is no page of a repo", text) : !hub_check_repo_id(r.id, e)) {
        hub_address_done(&r);
        return false;
    }
    *out = r;
    return true;
}

void hub_address_done(struct hub_address *r)
{
    free(r->id);
    free(r->revision);
    free(r->path);
    *r = (struct hub_address){0};
}
