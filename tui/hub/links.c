/* SPDX-License-Identifier: Apache-2.0 */
/* links.c - where the links of a text lead: into the Hub screen when they name a repo or a file. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

void hub_open_address(struct hub_screen *h, const struct hub_address *address)
{
    hub_visit_from_here(h, address->kind, address->id, address->revision);
    if (address->path || address->revision) {
        hub_detail_tab_of(h, hub_detail_named(h, HUB_NAMED_FILES));
    }
    if (address->path) {
        const struct hub_spot file = {.name = address->path, .revision = address->revision, .at = address->line};
        hub_visit_view(h, HUB_NAMED_FILE, &file);
    } else if (address->discussion) {
        const struct hub_spot thread = {.at = address->discussion};
        hub_detail_tab_of(h, hub_detail_named(h, HUB_NAMED_DISCUSSIONS));
        hub_visit_view(h, HUB_NAMED_THREAD, &thread);
    }
    hub_detail_focus(h);
    app_relayout(h->app);
}

/* "models author:alice": the list, narrowed so. */
static void list_narrowed(struct hub_screen *h, const char *what)
{
    struct err e = ERR_INIT;
    const size_t n = strcspn(what, " ");
    hub_query_leave(h);
    h->left.at_visit = hub_visit_here(h);
    for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
        const char *kind = hub_kind_plural((enum hub_kind)k);
        if (strlen(kind) == n && strncmp(kind, what, n) == 0) {
            hub_query_set_kind(h, (enum hub_kind)k);
        }
    }
    hub_query_set_search(h, "");
    if (!hub_query_set_filter(h, what + n + strspn(what + n, " "), &e)) {
        app_say(h->app, APP_WARN, "%s", e.msg);
        return;
    }
    hub_query_run(h);
    hub_focus_results(h);
}

static int hex(char c)
{
    const char *const digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The path that a relative link names: "%20" is a blank, what is behind "?" and "#" is for a browser. Owned. */
static char *path_of(const char *link)
{
    char *path = xstrndup(link, strcspn(link, "?#"));
    char *to = path;
    for (const char *from = path; *from; from++) {
        const int high = *from == '%' ? hex(from[1]) : -1;
        const int low = high >= 0 ? hex(from[2]) : -1;
        const int byte = low >= 0 ? high * 16 + low : 0;
        *to++ = (char)(byte ? byte : *from);
        from += byte ? 2 : 0;
    }
    *to = '\0';
    return path;
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
            hub_visit_line(h);
            doc_goto(doc, line);
        } else {
            app_say(h->app, APP_WARN, "no such place in this text: %s", url);
        }
        pane_dirty(hub_detail_content(h));
        return;
    }
    if (str_starts(url, HUB_LIST_LINK)) {
        list_narrowed(h, url + strlen(HUB_LIST_LINK));
        return;
    }
    const bool is_relative = !strstr(url, "://") && !str_starts(url, "mailto:");
    struct hub_address address;
    if (!is_relative && hub_address_parse(url, hub_endpoint(app_hub(h->app)), &address, NULL)) {
        hub_open_address(h, &address);
        hub_address_done(&address);
        return;
    }
    if (is_relative && url[0] != '/') {
        const char *name = str_starts(url, "./") ? url + 2 : url;
        const struct hub_detail *d = &h->detail;
        struct hub_address file = {.kind = d->kind, .id = xstrdup(d->id), .path = path_of(name)};
        file.revision = d->revision ? xstrdup(d->revision) : NULL;
        hub_open_address(h, &file);
        hub_address_done(&file);
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
    size_t selected = 0;
    for (size_t i = 0; i < r->n_links; i++) {
        c->urls[i] = xstrdup(r->links[i].url);
        items[i] = (struct menu_item){.label = r->links[i].text, .note = r->links[i].url};
        selected = r->links[i].line < doc->top ? i + 1 : selected;
    }
    struct menu_spec spec = {
        .title = "Links",
        .hint = "type its number or words, Enter follows",
        .numbered = true,
        .selected = selected < r->n_links ? selected : 0,
        .done = link_chosen,
        .free_ctx = link_free,
        .ctx = c,
    };
    app_menu(h->app, &spec, items, r->n_links);
    free(items);
}
