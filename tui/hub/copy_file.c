/* SPDX-License-Identifier: Apache-2.0 */
/* copy_file.c - what a file or a folder of a repo can be copied as. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

enum copy_what { COPY_PATH, COPY_PAGE, COPY_BYTES, COPY_HF, COPY_GET, COPY_REPO, COPY_N };

static const struct {
    const char *key, *label, *what;
} CHOICES[COPY_N] = {
    [COPY_PATH] = {"p", "path in the repo", "the path"},
    [COPY_PAGE] = {"u", "address of its page", "the address of the page"},
    [COPY_BYTES] = {"b", "address of its bytes", "the address of the bytes"},
    [COPY_HF] = {"h", "hf: download it", "a download command"},
    [COPY_GET] = {"g", "hfterm: get it", "a download command"},
    [COPY_REPO] = {"r", "the repo ...", NULL},
};

struct subject {
    struct hub_screen *h;
    char *path;
    bool is_dir;
};

void hub_put_shell_word(struct buf *out, const char *word)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:@+";
    if (*word && word[strspn(word, PLAIN)] == '\0') {
        buf_puts(out, word);
        return;
    }
    buf_putc(out, '\'');
    for (; *word; word++) {
        if (*word == '\'') {
            buf_puts(out, "'\\''");
        } else {
            buf_putc(out, *word);
        }
    }
    buf_putc(out, '\'');
}

static void put_address(const struct subject *s, const char *view, struct buf *out)
{
    const struct hub_detail *d = &s->h->detail;
    hub_web_url(app_hub(s->h->app), d->kind, d->id, out);
    buf_printf(out, "/%s/", view);
    buf_put_url(out, d->revision ? d->revision : "main", false);
    buf_putc(out, '/');
    buf_put_url(out, s->path, true);
}

/* A path that looks like an option is none behind "--". */
static void put_hf(const struct subject *s, struct buf *out)
{
    const struct hub_detail *d = &s->h->detail;
    buf_printf(out, "hf download %s", d->id);
    buf_puts(out, d->kind == HUB_DATASET ? " --repo-type dataset" : d->kind == HUB_SPACE ? " --repo-type space" : "");
    if (d->revision) {
        buf_puts(out, " --revision ");
        hub_put_shell_word(out, d->revision);
    }
    char *all = xasprintf("%s/*", s->path);
    buf_puts(out, s->is_dir ? " --include=" : s->path[0] == '-' ? " -- " : " ");
    hub_put_shell_word(out, s->is_dir ? all : s->path);
    free(all);
}

static void put_get(const struct subject *s, struct buf *out)
{
    const struct hub_detail *d = &s->h->detail;
    const char *prefix = d->kind == HUB_DATASET ? "datasets/" : d->kind == HUB_SPACE ? "spaces/" : "";
    char *name = xasprintf("%s%s/%s", prefix, d->id, s->path);
    buf_puts(out, "hfterm get ");
    if (d->revision) {
        buf_puts(out, "--revision ");
        hub_put_shell_word(out, d->revision);
        buf_putc(out, ' ');
    }
    hub_put_shell_word(out, name);
    free(name);
}

static void put_choice(const struct subject *s, enum copy_what what, struct buf *out)
{
    switch (what) {
    case COPY_PATH:
        buf_puts(out, s->path);
        break;
    case COPY_PAGE:
        put_address(s, s->is_dir ? "tree" : "blob", out);
        break;
    case COPY_BYTES:
        put_address(s, "resolve", out);
        break;
    case COPY_HF:
        put_hf(s, out);
        break;
    default:
        put_get(s, out);
        break;
    }
}

/* Why a choice makes no sense here, NULL when it does. */
static const char *reason(const struct subject *s, enum copy_what what)
{
    const char *unfit = what == COPY_REPO ? NULL : app_copy_reason(s->path);
    const bool is_for_files = what == COPY_BYTES || what == COPY_GET;
    return unfit ? unfit : is_for_files && s->is_dir ? "for files" : NULL;
}

static void chosen(void *ctx, int index)
{
    const struct subject *s = ctx;
    if (index == COPY_REPO) {
        hub_copy_menu(s->h);
    } else if (index >= 0) {
        struct buf text = BUF_INIT;
        put_choice(s, (enum copy_what)index, &text);
        app_copy(s->h->app, buf_str(&text), CHOICES[index].what);
        buf_done(&text);
    }
}

static void free_subject(void *ctx)
{
    struct subject *s = ctx;
    free(s->path);
    free(s);
}

void hub_copy_file_menu(struct hub_screen *h, const char *path, bool is_dir)
{
    struct subject *s = xcalloc(1, sizeof *s);
    *s = (struct subject){.h = h, .path = xstrdup(path), .is_dir = is_dir};
    struct menu_item items[COPY_N];
    for (int i = 0; i < COPY_N; i++) {
        items[i] = (struct menu_item){
            .label = CHOICES[i].label, .keys = CHOICES[i].key, .reason = reason(s, (enum copy_what)i)};
    }
    char *clean = text_clean(path);
    char *title = xasprintf("Copy: %s", clean);
    const struct menu_spec spec = {
        .title = title, .use_shortcuts = true, .done = chosen, .free_ctx = free_subject, .ctx = s};
    app_menu(h->app, &spec, items, COPY_N);
    free(title);
    free(clean);
}
