/* SPDX-License-Identifier: Apache-2.0 */
/* links.c - where the links of a text lead: into the Hub screen when they name a repo or a file. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

/* The path behind the endpoint (or behind the public Hub), NULL when the link leads elsewhere. */
static const char *hub_path(struct hub_screen *h, const char *url)
{
    const char *hosts[] = {hub_endpoint(app_hub(h->app)), "https://huggingface.co", "https://hf.co"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t n = strlen(hosts[i]);
        if (strncmp(url, hosts[i], n) == 0 && url[n] == '/') {
            return url + n + 1;
        }
    }
    return NULL;
}

/* "datasets/a/b/blob/main/x" to kind, "a/b" and "x" ("" for the repo itself). False when it names no repo. */
static bool parse_repo_path(const char *path, enum hub_kind *kind, char **id, char **file)
{
    *kind = HUB_MODEL;
    if (str_starts(path, "datasets/")) {
        *kind = HUB_DATASET;
    } else if (str_starts(path, "spaces/")) {
        *kind = HUB_SPACE;
    }
    path += *kind == HUB_MODEL ? 0 : strchr(path, '/') - path + 1;
    const char *slash = strchr(path, '/');
    if (!slash) {
        return false;
    }
    size_t n = (size_t)(slash - path) + 1 + strcspn(slash + 1, "/?#");
    *id = xstrndup(path, n);
    static const char *const OTHER[] = {"papers/", "docs/", "blog/", "collections/", "api/", "tasks/", "settings/", "learn/"};
    bool is_repo = hub_check_repo_id(*id, NULL);
    for (size_t i = 0; i < sizeof OTHER / sizeof *OTHER; i++) {
        is_repo = is_repo && !str_starts(path, OTHER[i]);
    }
    if (!is_repo) {
        free(*id);
        return false;
    }
    const char *rest = path + n;
    *file = NULL;
    if (str_starts(rest, "/blob/main/") || str_starts(rest, "/resolve/main/") || str_starts(rest, "/raw/main/")) {
        const char *name = strstr(rest, "/main/") + strlen("/main/");
        *file = xstrndup(name, strcspn(name, "?#"));
    }
    return true;
}

static void open_file_of(struct hub_screen *h, const char *file)
{
    hub_detail_tab_of(h, &HUB_FILES_VIEW);
    hub_file_open(h, file);
}

void hub_follow_link(struct hub_screen *h, const char *url)
{
    size_t line = 0;
    struct doc *doc = hub_detail_doc(h);
    if (url[0] == '#') {
        if (doc && doc->markdown) {
            markdown_finish(doc->markdown);
        }
        if (doc && rich_find_anchor(doc_lines(doc), url, &line)) {
            doc_goto(doc, line);
        } else {
            app_say(h->app, APP_WARN, "no such place in this text: %s", url);
        }
        pane_dirty(hub_detail_content(h));
        return;
    }
    const char *path = hub_path(h, url);
    enum hub_kind kind = HUB_MODEL;
    char *id = NULL;
    char *file = NULL;
    if (path && parse_repo_path(path, &kind, &id, &file)) {
        hub_visit(h, kind, id);
        if (file) {
            open_file_of(h, file);
        }
        hub_detail_focus(h);
        app_relayout(h->app);
        free(id);
        free(file);
        return;
    }
    bool is_relative = !strstr(url, "://") && !str_starts(url, "mailto:");
    if (is_relative && url[0] != '/') {
        const char *name = str_starts(url, "./") ? url + 2 : url;
        char *copy = xstrndup(name, strcspn(name, "?#"));
        open_file_of(h, copy);
        free(copy);
        return;
    }
    if (is_relative) {
        char *full = xasprintf("%s%s", hub_endpoint(app_hub(h->app)), url);
        hub_follow_link(h, full);
        free(full);
        return;
    }
    app_open_url(h->app, url);
}

struct link_ctx {
    struct hub_screen *h;
    char **urls;
    size_t n;
};

static void link_chosen(void *ctx, int index)
{
    struct link_ctx *c = ctx;
    if (index >= 0) {
        hub_follow_link(c->h, c->urls[index]);
    }
}

static void link_free(void *ctx)
{
    struct link_ctx *c = ctx;
    for (size_t i = 0; i < c->n; i++) {
        free(c->urls[i]);
    }
    free(c->urls);
    free(c);
}

void hub_links_menu(struct hub_screen *h, struct doc *doc)
{
    if (!doc) {
        return;
    }
    if (doc->markdown) {
        markdown_finish(doc->markdown);
    }
    const struct rich *r = doc_lines(doc);
    struct link_ctx *c = xcalloc(1, sizeof *c);
    c->h = h;
    c->n = r->n_links;
    c->urls = xcalloc(r->n_links, sizeof *c->urls);
    struct menu_item *items = xcalloc(r->n_links, sizeof *items);
    char **labels = xcalloc(r->n_links, sizeof *labels);
    size_t selected = 0;
    for (size_t i = 0; i < r->n_links; i++) {
        c->urls[i] = xstrdup(r->links[i].url);
        labels[i] = xasprintf("%zu  %s", i + 1, r->links[i].text);
        items[i] = (struct menu_item){.label = labels[i], .note = r->links[i].url};
        selected = r->links[i].line < doc->top ? i + 1 : selected;
    }
    struct menu_spec spec = {
        .title = "Links",
        .hint = "type its number or words, Enter follows",
        .type_to_filter = true,
        .selected = selected < r->n_links ? selected : 0,
        .done = link_chosen,
        .free_ctx = link_free,
        .ctx = c,
    };
    app_menu(h->app, &spec, items, r->n_links);
    for (size_t i = 0; i < r->n_links; i++) {
        free(labels[i]);
    }
    free(labels);
    free(items);
}
