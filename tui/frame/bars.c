/* SPDX-License-Identifier: Apache-2.0 */
/* bars.c - the tab row above the panes and the key bar below them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/hub/hub.h"
#include "core/net/http.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/keymap.h"

enum { WIDE_COLS = 100, SLOW_MS = 5000 };

/* "  2 Card" or " 2Card" in a narrow window, with the count of unread notices. */
static void tab_text(const struct app *app, size_t i, struct buf *out)
{
    if (app->options.is_plain) {
        buf_printf(out, "%zu %s%s", i + 1, app->screens[i].ops->title, i == app->current ? " (shown)" : "");
        if (app->screens[i].unread) {
            buf_printf(out, " (%u new)", app->screens[i].unread);
        }
        return;
    }
    bool is_wide = app->term.cols >= WIDE_COLS;
    buf_printf(out, is_wide ? " %zu %s " : "%zu%s", i + 1, app->screens[i].ops->title);
    if (app->screens[i].unread) {
        buf_printf(out, "(%u)%s", app->screens[i].unread, is_wide ? " " : "");
    }
}

static int first_tab_col(const struct app *app)
{
    return app->term.cols >= WIDE_COLS ? 9 : 1;
}

int bars_tab_at(const struct app *app, int col)
{
    int at = first_tab_col(app);
    for (size_t i = 0; i < app->n_screens; i++) {
        struct buf text = BUF_INIT;
        tab_text(app, i, &text);
        int cols = text_width(buf_str(&text));
        buf_done(&text);
        if (col >= at && col < at + cols) {
            return (int)i;
        }
        at += cols + 1;
    }
    return -1;
}

static void account_text(struct app *app, struct buf *out)
{
    const char *where = app->options.label ? app->options.label : hub_host(app->options.hub);
    if (app->account[0]) {
        buf_printf(out, "%s @ %s", app->account, where);
    } else {
        buf_puts(out, where);
    }
    if (http_is_offline(app->options.http)) {
        buf_puts(out, " offline");
    }
    if (app->options.is_readonly) {
        buf_puts(out, " read-only");
    }
    time_t now = (time_t)clock_unix_s();
    struct tm tm;
    localtime_r(&now, &tm);
    buf_printf(out, "  %02d:%02d ", tm.tm_hour, tm.tm_min);
}

void bars_draw_top(struct app *app)
{
    struct canvas c = stage_canvas(app, (struct rect){0, 0, 1, app->term.cols});
    draw_blank(&c, 0, 0, c.rect.cols, STYLE_TAB);
    if (app->term.cols >= WIDE_COLS) {
        draw_text(&c, 0, 1, 7, STYLE_ACCENT, "hfterm");
    }
    int at = first_tab_col(app);
    for (size_t i = 0; i < app->n_screens; i++) {
        struct buf text = BUF_INIT;
        tab_text(app, i, &text);
        enum style style = i == app->current ? STYLE_TAB_ACTIVE
                           : app->screens[i].unread          ? STYLE_WARN
                           : app->screens[i].ops->is_planned ? STYLE_TAB_SOON
                                                             : STYLE_TAB;
        at += draw_text(&c, 0, at, -1, style, buf_str(&text)) + 1;
        buf_done(&text);
    }
    struct buf right = BUF_INIT;
    account_text(app, &right);
    if (text_width(buf_str(&right)) < c.rect.cols - at) {
        draw_right(&c, 0, STYLE_TAB, buf_str(&right));
    }
    buf_done(&right);
}

/* ---- the bottom row ---- */

/* "Enter open": columns it takes, drawn when c is not NULL. */
static int bar_item(struct app *app, const struct canvas *c, int at, struct pane *p, const struct action *a)
{
    const char *label = a->label_of ? a->label_of(p) : a->label;
    struct buf key = BUF_INIT;
    keymap_keys_of(app->keymap, a, 1, &key);
    int cols = 0;
    if (key.n && label) {
        cols = text_width(buf_str(&key)) + 1 + text_width(label) + 2;
        if (c && app->n_bar_words < APP_BAR_WORDS) {
            app->bar_words[app->n_bar_words++] = (struct bar_word){at, at + cols - 2, a};
        }
        if (c) {
            at += draw_text(c, 0, at, -1, STYLE_BAR_KEY, buf_str(&key));
            draw_text(c, 0, at + 1, -1, STYLE_BAR, label);
        }
    }
    buf_done(&key);
    return cols;
}

/* The keys of the prompt that has them, from column at on as far as they fit before end; returns the column behind. */
static int bar_prompt(struct app *app, const struct canvas *c, int at, int end)
{
    struct input_key keys[INPUT_MAX_KEYS];
    const size_t n = input_keys(app->input, keys);
    for (size_t i = 0; i < n; i++) {
        const int cols = text_width(keys[i].key) + 1 + text_width(keys[i].label) + 2;
        if (at + cols - 2 > end) {
            break;
        }
        draw_text(c, 0, at, -1, STYLE_BAR_KEY, keys[i].key);
        draw_text(c, 0, at + text_width(keys[i].key) + 1, -1, STYLE_BAR, keys[i].label);
        at += cols;
    }
    return at;
}

static int bar_set(struct app *app, const struct canvas *c, int at, int end, struct pane *p,
                   const struct action_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct action *a = &set->actions[i];
        if (!a->label || (a->disabled && a->disabled(p))) {
            continue;
        }
        int cols = bar_item(app, NULL, 0, p, a);
        if (at + cols - 2 <= end) {
            at += bar_item(app, c, at, p, a);
        }
    }
    return at;
}

static int set_cols(struct app *app, struct pane *p, const struct action_set *set)
{
    int cols = 0;
    for (size_t i = 0; i < set->n; i++) {
        const struct action *a = &set->actions[i];
        if (a->label && !(a->disabled && a->disabled(p))) {
            cols += bar_item(app, NULL, 0, p, a);
        }
    }
    return cols;
}

/* What a question that takes long waits for. */
static void waiting_text(struct app *app, struct buf *out)
{
    struct http_wait wait;
    if (!http_waiting(app->options.http, &wait)) {
        return;
    }
    if (wait.attempt > 1) {
        buf_printf(out, "%s; trying again (%d of %d)", wait.why, wait.attempt, wait.tries);
        if (wait.retry_ms >= 0) {
            buf_printf(out, " in %lld s", (long long)(wait.retry_ms + 999) / 1000);
        }
        buf_puts(out, "  ");
    } else if (wait.waited_ms >= SLOW_MS) {
        buf_printf(out, "%s has not answered for %lld s  ", wait.host, (long long)wait.waited_ms / 1000);
    }
}

static void background_text(struct app *app, struct buf *out)
{
    for (size_t i = 0; i < app->n_screens; i++) {
        const struct screen *s = &app->screens[i];
        if (s->is_open && s->ops->bar) {
            size_t before = out->n;
            s->ops->bar(s, out);
            buf_puts(out, out->n > before ? " " : "");
        }
    }
    bool busy = work_is_busy(app);
    uint64_t speed = busy ? http_speed(app->options.http) : 0;
    if (speed) {
        buf_puts(out, "↓ ");
        text_bytes(out, speed);
        buf_puts(out, "/s ");
    }
    struct http_rate rate = http_rate(app->options.http, hub_host(app->options.hub));
    if (rate.remaining >= 0 && rate.quota > 0 && rate.remaining * 5 < rate.quota) {
        buf_printf(out, "%lld/%lld calls left ", (long long)rate.remaining, (long long)rate.quota);
    }
    if (busy) {
        waiting_text(app, out);
        buf_printf(out, "%s ", app_spinner(app));
    }
}

static void draw_bar(struct app *app, const struct canvas *c)
{
    struct pane *p = stage_focused(app);
    draw_blank(c, 0, 0, c->rect.cols, STYLE_BAR);
    struct buf right = BUF_INIT;
    background_text(app, &right);
    int end = c->rect.cols - 1;
    if (right.n) {
        end = draw_right(c, 0, STYLE_BAR, buf_str(&right)) - 1;
    }
    buf_done(&right);
    if (input_is_active(app->input)) {
        bar_prompt(app, c, 1, end);
        return;
    }
    if (!p) {
        return;
    }
    bool is_popup = app->n_popups > 0;
    int global_cols = is_popup ? 0 : set_cols(app, p, app->sets.global);
    int at = 1;
    for (size_t i = 0; i < PANE_MAX_SETS && p->ops->sets[i]; i++) {
        at = bar_set(app, c, at, end - global_cols, p, p->ops->sets[i]);
    }
    if (!is_popup) {
        bar_set(app, c, at, end, p, app->sets.global);
    }
}

static const char NOTICES[] = "app.notices";
static const char FOR_ALL[] = " for all of it";

/* Bytes of the notice on the first of its two rows: to the last blank that fits. */
static size_t first_row_of(const struct app *app)
{
    const char *text = app->notices[0].text;
    const size_t fits = text_fit(text, app->term.cols - 2, NULL);
    size_t n = fits;
    while (text[fits] && n > 0 && text[n] != ' ') {
        n--;
    }
    return n > 0 ? n : fits;
}

int bars_notice_rows(const struct app *app)
{
    if (!app->notice_until_ms) {
        return 0;
    }
    const bool fits = text_width(app->notices[0].text) <= app->term.cols - 2;
    return fits || app->options.is_plain ? 1 : 2; /* on a plain screen the row above says what is selected */
}

bool bars_notice_is_cut(const struct app *app)
{
    const int rows = bars_notice_rows(app);
    const char *last = app->notices[0].text + (rows == 2 ? first_row_of(app) : 0);
    return rows > 0 && text_width(last) > app->term.cols - 2;
}

/* Its last row, with the key that shows all of it when there is more. */
static void draw_last_row(struct app *app, const struct canvas *c, int row, enum style style, const char *text)
{
    struct buf key = BUF_INIT;
    if (bars_notice_is_cut(app)) {
        keymap_keys_of(app->keymap, action_find(&app->sets, NOTICES, NULL), 1, &key);
    }
    const int hint = key.n ? text_width(buf_str(&key)) + text_width(FOR_ALL) + 1 : 0;
    draw_cell(c, row, 1, c->rect.cols - 2 - hint, style, text, false);
    if (hint) {
        const int at = c->rect.cols - hint;
        const int used = draw_text(c, row, at, -1, STYLE_BAR_KEY, buf_str(&key));
        draw_text(c, row, at + used, -1, STYLE_BAR, FOR_ALL);
    }
    buf_done(&key);
}

static void draw_notice(struct app *app)
{
    const struct notice *n = &app->notices[0];
    const int rows = bars_notice_rows(app);
    const struct canvas c = stage_canvas(app, (struct rect){app->term.rows - rows, 0, rows, app->term.cols});
    const enum style style = n->level == APP_ERROR ? STYLE_ERROR : n->level == APP_WARN ? STYLE_WARN : STYLE_OK;
    for (int row = 0; row < rows; row++) {
        draw_blank(&c, row, 0, c.rect.cols, STYLE_BAR);
    }
    const size_t first = rows == 2 ? first_row_of(app) : 0;
    draw_textn(&c, 0, 1, -1, style, n->text, first);
    draw_last_row(app, &c, rows - 1, style, n->text + first + (rows == 2 && n->text[first] == ' '));
}

/* The keys of the prompt at the right end of its row, where half of the row is enough for them; returns the columns
 * they take. */
static int prompt_keys(struct app *app, const struct canvas *c)
{
    struct input_key keys[INPUT_MAX_KEYS];
    const size_t n = input_keys(app->input, keys);
    const int room = c->rect.cols / 2;
    int cols = 1;
    size_t shown = 0;
    while (shown < n) {
        const int more = text_width(keys[shown].key) + text_width(keys[shown].label) + 3;
        if (cols + more > room) {
            break;
        }
        cols += more;
        shown++;
    }
    if (shown == 0) {
        return 0;
    }
    const struct canvas at = canvas_sub(c, (struct rect){0, c->rect.cols - cols, 1, cols});
    draw_blank(&at, 0, 0, cols, STYLE_BAR);
    bar_prompt(app, &at, 1, cols);
    return cols;
}

const struct action *bars_action_at(const struct app *app, int col)
{
    for (size_t i = 0; i < app->n_bar_words; i++) {
        if (col >= app->bar_words[i].from && col < app->bar_words[i].to) {
            return app->bar_words[i].action;
        }
    }
    return NULL;
}

void bars_draw_bottom(struct app *app)
{
    app->n_bar_words = 0;
    int row = app->term.rows - 1;
    struct canvas c = stage_canvas(app, (struct rect){row, 0, 1, app->term.cols});
    if (app->is_prompting) {
        int rows = input_candidate_rows(app->input);
        if (rows > 0 && rows < row - 1) {
            struct canvas above = stage_canvas(app, (struct rect){row - rows, 0, rows, app->term.cols});
            input_draw_candidates(app->input, &above);
        }
        draw_blank(&c, 0, 0, c.rect.cols, STYLE_TEXT);
        input_draw(app->input, &c, 0, 1, c.rect.cols - 1 - prompt_keys(app, &c));
    } else if (app->notice_until_ms) {
        draw_notice(app);
    } else {
        draw_bar(app, &c);
    }
}
