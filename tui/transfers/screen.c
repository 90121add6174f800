/* SPDX-License-Identifier: Apache-2.0 */
/* screen.c - the Transfers screen: files on their way to this machine. They go on whatever screen is
 * shown, and with them the numbers at the right of the key bar. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "tui/frame/command.h"
#include "tui/transfers/transfers.h"

static void screen_open(struct screen *s)
{
    struct transfers *t = xcalloc(1, sizeof *t);
    t->app = s->app;
    t->screen = s;
    s->state = t;
    transfers_table(t);
    t->pane = screen_add(s, &TRANSFERS_PANE_OPS, t);
    t->scope = xasprintf("transfers %s", app_place(s->app));
    t->here = getcwd(NULL, 0);
    transfers_recall(t);
}

static void screen_layout(struct screen *s, struct rect area)
{
    s->panes[0]->rect = area;
}

static void screen_close(struct screen *s)
{
    transfers_free(s->state);
}

static const char *cut_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* One file by name and share, several by number and rate. */
static void screen_bar(const struct screen *s, struct buf *out)
{
    const struct transfers *t = s->state;
    size_t running = transfers_running(t);
    const struct transfers_item *one = NULL;
    uint64_t rate = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->items[i]->state == TRANSFERS_RUNS) {
            one = t->items[i];
            rate += one->pace.rate;
        }
    }
    if (!one) {
        return;
    }
    buf_puts(out, "↓ ");
    if (running == 1) {
        char *clean = text_clean(cut_name(one->file));
        text_cut_middle(out, clean, 24, app_is_ascii(t->app));
        free(clean);
        if (one->total > 0) {
            buf_printf(out, " %d %%", (int)((double)one->done * 100 / (double)one->total));
        }
    } else {
        buf_printf(out, "%zu files", running);
    }
    if (rate > 0) {
        buf_putc(out, ' ');
        text_bytes(out, rate);
        buf_puts(out, "/s");
    }
}

static const char *screen_stay(const struct screen *s)
{
    struct transfers *t = s->state;
    size_t n = transfers_running(t);
    if (n == 0) {
        return NULL;
    }
    snprintf(t->stay, sizeof t->stay, "%zu %s under way; what came so far is kept for the next time", n,
             n == 1 ? "file is" : "files are");
    return t->stay;
}

/* "OWNER/NAME/PATH" with "datasets/" or "spaces/" before it. False: not that. Owned strings. */
static bool parse_name(const char *text, enum hub_kind *kind, char **repo, char **file)
{
    *kind = HUB_MODEL;
    for (int k = HUB_DATASET; k <= HUB_SPACE; k++) {
        const char *plural = hub_kind_plural((enum hub_kind)k);
        if (str_starts(text, plural) && text[strlen(plural)] == '/') {
            *kind = (enum hub_kind)k;
            text += strlen(plural) + 1;
        }
    }
    const char *first = strchr(text, '/');
    const char *second = first ? strchr(first + 1, '/') : NULL;
    if (!second || !second[1]) {
        return false;
    }
    *repo = xstrndup(text, (size_t)(second - text));
    *file = xstrdup(second + 1);
    return true;
}

static bool cmd_get(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    struct transfers *t = s->state;
    enum hub_kind kind = HUB_MODEL;
    char *repo = NULL;
    char *file = NULL;
    (void)app;
    if (w->n < 2 || w->n > 3 || !parse_name(w->at[1], &kind, &repo, &file)) {
        err_set(e, ERR_USAGE, "expected: get [datasets/|spaces/]OWNER/NAME/FILE [TO]");
        return err_remedy(e, "TO is a file or a folder, without it the folder in which hfterm was started");
    }
    bool ok = hub_check_repo_id(repo, e);
    if (ok) {
        char *to = w->n > 2 ? paths_expand(w->at[2]) : NULL;
        transfers_start(t, kind, repo, file, to);
        free(to);
    }
    free(repo);
    free(file);
    return ok;
}

static const struct command COMMANDS[] = {
    {"get", "get [datasets/|spaces/]OWNER/NAME/FILE [TO]", false, cmd_get, NULL, NULL},
    {NULL, NULL, false, NULL, NULL, NULL},
};

static const struct action_set *const SETS[] = {&TRANSFERS_ACTIONS, NULL};

const struct screen_ops SCREEN_TRANSFERS = {
    .name = "transfers",
    .title = "Transfers",
    .help = "Transfers: files on their way to this machine",
    .open = screen_open,
    .layout = screen_layout,
    .close = screen_close,
    .sets = SETS,
    .commands = COMMANDS,
    .bar = screen_bar,
    .stay = screen_stay,
};
