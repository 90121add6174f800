/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/hub/internal.h"
#include "core/net/http.h"
#include "core/net/http_url.h"

/* Names of the public Hub: a mirror hands out links to them. */
static const char *const PUBLIC_ORIGINS[] = {
    "https://huggingface.co",
    "https://hf.co",
    "https://hub-ci.huggingface.co",
};

void hub_url_list(struct buf *url, const struct hub *hub, enum hub_kind kind)
{
    buf_printf(url, "%s/api/%s", hub->endpoint, hub_kind_plural(kind));
}

void hub_url_repo(struct buf *url, const struct hub *hub, enum hub_kind kind, const char *id)
{
    hub_url_list(url, hub, kind);
    hub_url_part(url, id, true);
}

void hub_url_resolve(struct buf *url, const struct hub *hub, enum hub_kind kind, const char *id,
                     const char *revision, const char *path)
{
    hub_web_url(hub, kind, id, url);
    buf_puts(url, "/resolve");
    hub_url_part(url, revision ? revision : "main", false);
    hub_url_part(url, path, true);
}

void hub_url_part(struct buf *url, const char *text, bool keep_slash)
{
    buf_putc(url, '/');
    buf_put_url(url, text, keep_slash);
}

void hub_url_param(struct buf *url, const char *key, const char *value)
{
    if (!value) {
        return;
    }
    buf_putc(url, strchr(buf_str(url), '?') ? '&' : '?');
    buf_put_url(url, key, false);
    buf_putc(url, '=');
    buf_put_url(url, value, false);
}

static bool has_control(const char *s)
{
    for (; *s; s++) {
        if ((unsigned char)*s < 0x20 || *s == 0x7f) {
            return true;
        }
    }
    return false;
}

bool hub_check_revision(const char *revision, struct err *e)
{
    if (!revision) {
        return true;
    }
    if (!*revision || strlen(revision) > 255 || strstr(revision, "..") || *revision == '/' ||
        strcmp(revision, ".") == 0 || has_control(revision)) {
        err_set(e, ERR_USAGE, "\"%.60s\" cannot be a revision", revision);
        return err_remedy(e, "Name a branch, a tag, a commit or refs/pr/N.");
    }
    return true;
}

bool hub_check_path(const char *path, struct err *e)
{
    if (!path || !*path) {
        return true;
    }
    bool is_bad = *path == '/' || strlen(path) > 4096;
    for (const char *part = path; part && !is_bad;) {
        const char *slash = strchr(part, '/');
        const size_t n = slash ? (size_t)(slash - part) : strlen(part);
        /* libcurl would fold these into a path outside the repository. */
        is_bad = n == 0 || (n == 1 && part[0] == '.') || (n == 2 && memcmp(part, "..", 2) == 0);
        part = slash ? slash + 1 : NULL;
    }
    if (is_bad) {
        err_set(e, ERR_USAGE, "\"%.100s\" cannot be a path in a repository", path);
        return err_remedy(
            e, "Paths are relative to the root of the repository, without \".\", \"..\" or a "
               "\"/\" at the end.");
    }
    return true;
}

char *hub_header(const char *headers, const char *name)
{
    struct buf value = BUF_INIT;
    bool found = false;
    const size_t n = strlen(name);
    for (const char *line = headers; line && *line;) {
        const size_t len = strcspn(line, "\n");
        if (len > n && strncasecmp(line, name, n) == 0 && line[n] == ':') {
            const char *v = line + n + 1;
            const char *end = line + len;
            while (v < end && (*v == ' ' || *v == '\t')) {
                v++;
            }
            while (end > v && isspace((unsigned char)end[-1])) {
                end--;
            }
            if (found) {
                buf_puts(&value, ", ");
            }
            buf_append(&value, v, (size_t)(end - v));
            found = true;
        }
        line += len + (line[len] == '\n');
    }
    return found ? buf_steal(&value) : NULL;
}

/* Does the parameter list behind <url> name rel=next? Stops at the comma before the next link. */
static bool is_rel_next(const char *params, const char **after)
{
    bool is_next = false;
    const char *p = params;
    while (*p && *p != ',') {
        p += strspn(p, "; \t");
        if (strncasecmp(p, "rel=", 4) == 0) {
            const char *v = p + 4;
            const bool quoted = *v == '"';
            v += quoted;
            const size_t n = strcspn(v, quoted ? "\"" : ";, \t");
            is_next = is_next || (n == 4 && strncasecmp(v, "next", 4) == 0);
            p = v + n + (quoted && v[n] == '"');
        } else if (*p && *p != ',') {
            /* Another parameter; a quoted value may hold a comma. */
            p += strcspn(p, "=;,");
            if (p[0] == '=' && p[1] == '"') {
                p += 2;
                p += strcspn(p, "\"");
            }
            p += strcspn(p, ";,");
        }
    }
    *after = p;
    return is_next;
}

char *hub_link_next(const char *link)
{
    for (const char *p = link; p && (p = strchr(p, '<'));) {
        const char *url = p + 1;
        const size_t n = strcspn(url, ">");
        if (url[n] != '>') {
            return NULL;
        }
        if (is_rel_next(url + n + 1, &p)) {
            return xstrndup(url, n);
        }
    }
    return NULL;
}

static bool same_origin(const char *url, const char *origin)
{
    struct buf own = BUF_INIT;
    const bool same = http_origin(url, &own) && strcmp(buf_str(&own), origin) == 0;
    buf_done(&own);
    return same;
}

char *hub_link_rewrite(const struct hub *hub, const char *url)
{
    if (url[0] == '/' && url[1] != '/') {
        char *whole = xasprintf("%s%s", hub->origin, url);
        char *based = http_url_rebase(whole, hub->endpoint, true);
        free(whole);
        return based;
    }
    for (size_t i = 0; i < sizeof PUBLIC_ORIGINS / sizeof *PUBLIC_ORIGINS; i++) {
        if (same_origin(url, PUBLIC_ORIGINS[i])) {
            const char *rest = strchr(strstr(url, "://") + 3, '/');
            return xasprintf("%s%s", hub->endpoint, rest ? rest : "");
        }
    }
    return http_url_rebase(url, hub->endpoint, false);
}

char *hub_next_of(const struct hub *hub, const char *headers)
{
    char *link = hub_header(headers, "link");
    char *url = link ? hub_link_next(link) : NULL;
    char *next = url && hub ? hub_link_rewrite(hub, url) : NULL;
    free(link);
    free(url);
    return next;
}

bool hub_total_of(const char *headers, uint64_t *total)
{
    char *text = hub_header(headers, "x-total-count");
    unsigned long long n = 0;
    const bool ok = text && str_to_u64(text, 1ULL << 53, &n);
    *total = n;
    free(text);
    return ok;
}

bool hub_check_own(const struct hub *hub, const char *url, const char *what, struct err *e)
{
    struct buf origin = BUF_INIT;
    const bool is_url = http_origin(url, &origin);
    const bool ok = is_url && strcmp(buf_str(&origin), hub->origin) == 0;
    if (!ok) {
        err_set(e, ERR_SERVER, "the server says that %s is at %s, not at %s; it was not followed",
                what, is_url ? buf_str(&origin) : "an address that is none", hub->origin);
        err_remedy(e,
                   "The token is for %s only. If the other host is right, use it as the endpoint.",
                   hub->origin);
    }
    buf_done(&origin);
    return ok;
}
