/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/repo_name.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

static const char *skip_prefix(const char *text, const char *prefix)
{
    return str_starts(text, prefix) ? text + strlen(prefix) : NULL;
}

/* The path behind the origin of a Hub page; NULL when text is no address of one. */
static const char *page_path(const char *text, const char *endpoint)
{
    static const char *const ORIGINS[] = {"https://huggingface.co/", "https://hf.co/",
                                          "huggingface.co/", "hf.co/"};
    const char *path = skip_prefix(text, endpoint);
    if (path && *path == '/') {
        return path + 1;
    }
    for (size_t i = 0; i < sizeof ORIGINS / sizeof *ORIGINS; i++) {
        path = skip_prefix(text, ORIGINS[i]);
        if (path) {
            return path;
        }
    }
    return NULL;
}

/* "datasets/" and the like in front; true when there was one. */
static bool take_kind(const char **text, enum hub_kind *kind)
{
    for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
        const char *plural = hub_kind_plural((enum hub_kind)k);
        const char *rest = skip_prefix(*text, plural);
        if (rest && *rest == '/') {
            *kind = (enum hub_kind)k;
            *text = rest + 1;
            return true;
        }
    }
    return false;
}

/* Of a page only the first two parts name the repo: ".../tree/main" and "?x" are views of it. */
static char *first_two_parts(const char *path)
{
    size_t n = strcspn(path, "/?#");
    if (path[n] == '/') {
        n += 1 + strcspn(path + n + 1, "/?#");
    }
    while (n > 0 && path[n - 1] == '/') {
        n--;
    }
    return xstrndup(path, n);
}

static enum hub_kind kind_of(const char *type)
{
    for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
        if (strcmp(type, hub_kind_name((enum hub_kind)k)) == 0) {
            return (enum hub_kind)k;
        }
    }
    return HUB_MODEL;
}

bool cli_parse_repo_name(const char *text, const char *type, const char *endpoint,
                         enum hub_kind *kind, char **id, struct err *e)
{
    const char *path = page_path(text, endpoint);
    const char *rest = path ? path : text;
    *kind = HUB_MODEL;
    *id = NULL;
    const bool has_kind = take_kind(&rest, kind);
    if (type && has_kind && *kind != kind_of(type)) {
        return err_set(e, ERR_USAGE, "\"%.80s\" says it is a %s and --type says %s", text,
                       hub_kind_name(*kind), type);
    }
    if (type) {
        *kind = kind_of(type);
    }
    *id = path ? first_two_parts(rest) : xstrdup(rest);
    if (!hub_check_repo_id(*id, e)) {
        free(*id);
        *id = NULL;
        return false;
    }
    return true;
}

const char *cli_file_of_name(const char *text, const char *endpoint)
{
    const char *rest = text;
    enum hub_kind kind = HUB_MODEL;
    if (page_path(text, endpoint) || strstr(text, "://")) {
        return NULL;
    }
    take_kind(&rest, &kind);
    const char *first = strchr(rest, '/');
    const char *second = first ? strchr(first + 1, '/') : NULL;
    return second && second[1] ? second + 1 : NULL;
}
