/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch.c - a key or a click to the pane it is for, and what the pane's answer asks of the loop. */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/keymap.h"

enum { SLOW_HANDLER_MS = 10 };

static void run_action(struct app *app, struct pane *p, const struct action *a)
{
    const char *reason = a->disabled ? a->disabled(p) : NULL;
    if (reason) {
        app_say(app, APP_WARN, "%s: %s", a->help, reason);
        return;
    }
    if (a->screen) {
        stage_switch(app, a->screen - 1);
        return;
    }
    int64_t start = clock_mono_ms();
    unsigned reaction = a->move ? p->ops->move(p, a->move) : a->run(p);
    stage_react(app, p, reaction);
    int64_t took = clock_mono_ms() - start;
    if (took > SLOW_HANDLER_MS) {
        log_line("ui", "%s took %lld ms", a->id, (long long)took);
    }
}

static bool is_possible(const struct action *a, struct pane *p)
{
    return a && (!a->disabled || !a->disabled(p));
}

static bool key_to_pane(struct app *app, struct pane *p, const struct term_key *key)
{
    if (p->ops->key) {
        unsigned reaction = p->ops->key(p, key);
        if (reaction != REACT_NONE) {
            stage_react(app, p, reaction);
            return (reaction & REACT_PASS) == 0 || key_to_pane(app, stage_focused(app), key);
        }
    }
    /* What is not possible now leaves the key to a later set; when none wants it, the reason is said. */
    const struct action *a = NULL;
    for (size_t i = 0; i <= PANE_MAX_SETS && !is_possible(a, p); i++) {
        const struct action_set *set = i < PANE_MAX_SETS ? p->ops->sets[i] : p->ops->move ? app->sets.moves : NULL;
        const struct action *found = set ? keymap_find(app->keymap, set, key->code) : NULL;
        a = !a || is_possible(found, p) ? found : a;
    }
    if (a) {
        run_action(app, p, a);
    }
    return a != NULL;
}

static void mouse(struct app *app, const struct term_key *key)
{
    if (key->mouse == TERM_MOUSE_PRESS && input_is_active(app->input)) {
        input_cancel(app->input);
        app->is_prompting = false;
        app->needs_layout = true;
    }
    if (app->n_popups == 0 && key->row == 0) {
        int tab = bars_tab_at(app, key->col);
        if (tab >= 0) {
            stage_switch(app, (size_t)tab);
        }
        return;
    }
    const struct action *word = key->mouse == TERM_MOUSE_PRESS && key->row == app->term.rows - 1
                                    ? bars_action_at(app, key->col)
                                    : NULL;
    if (word) {
        run_action(app, stage_focused(app), word);
        return;
    }
    struct screen *s = stage_screen(app);
    struct pane *hit = NULL;
    if (app->n_popups > 0) {
        hit = stage_focused(app);
        if (!rect_contains(hit->rect, key->row, key->col)) {
            return;
        }
    }
    for (size_t i = 0; !hit && i < s->n_panes; i++) {
        if (rect_contains(s->panes[i]->rect, key->row, key->col)) {
            hit = s->panes[i];
        }
    }
    if (!hit) {
        return;
    }
    bool is_wheel = key->mouse == TERM_MOUSE_WHEEL_UP || key->mouse == TERM_MOUSE_WHEEL_DOWN;
    if (!is_wheel && app->n_popups == 0 && hit->can_focus && !hit->has_focus) {
        app_focus(app, hit);
    }
    if (hit->ops->mouse) {
        stage_react(app, hit, hit->ops->mouse(hit, key->mouse, key->row - hit->rect.row, key->col - hit->rect.col));
    }
}

static void resized(struct app *app)
{
    app->needs_layout = true;
    app->needs_repaint = true;
}

/* Esc and the next key often come in one piece over a slow line and look like Alt with that key. When
 * Alt with it means nothing, they are taken as the two keys they were. */
static bool split_alt(struct app *app, const struct term_key *key, bool means_something)
{
    if (!(key->code & TKEY_ALT) || means_something) {
        return false;
    }
    struct term_key first = {.code = TKEY_ESC};
    struct term_key second = {.code = key->code & ~(uint32_t)TKEY_ALT};
    dispatch_key(app, &first);
    dispatch_key(app, &second);
    return true;
}

/* The key that the row of a notice names works wherever the notice came up, in a menu that takes letters, too. */
static const struct action *all_of_notice(const struct app *app, uint32_t code)
{
    const struct action *a = keymap_find(app->keymap, app->sets.global, code);
    const bool is_asked = bars_notice_is_cut(app) && !input_is_active(app->input);
    return is_asked && a && strcmp(a->id, "app.notices") == 0 ? a : NULL;
}

void dispatch_key(struct app *app, const struct term_key *key)
{
    pace_key(&app->pace, key->code, clock_mono_ms());
    app->has_told_idle = false;
    const struct action *all = all_of_notice(app, key->code);
    if (all) {
        say_hide(app);
        run_action(app, stage_focused(app), all);
        return;
    }
    if (app->notice_until_ms && key->code != TKEY_NONE && key->code != TKEY_RESIZE) {
        say_hide(app); /* read, or in the way of the keys below it; "!" lists them all */
    }
    if (key->code == TKEY_RESIZE) {
        resized(app);
        return;
    }
    if (key->code == TKEY_MOUSE) {
        mouse(app, key);
        return;
    }
    if (app->is_too_small && key->code == 'q') {
        app->wants_quit = true;
        return;
    }
    bool is_for_all = key->code == 26 || key->code == 12; /* C-z and C-l work in a prompt, too */
    if (input_is_active(app->input) && !is_for_all) {
        if (split_alt(app, key, input_takes(app->input, key->code))) {
            return;
        }
        input_key(app->input, key);
        app->is_prompting = app->is_prompting && input_is_active(app->input);
        app->frame_dirty = true;
        app->needs_layout = true; /* candidates cover the panes */
        return;
    }
    struct pane *p = stage_focused(app);
    if (!p || key->code == TKEY_NONE || key_to_pane(app, p, key)) {
        return;
    }
    const struct action *a = keymap_find(app->keymap, &app->sets.digits, key->code);
    a = a ? a : keymap_find(app->keymap, app->sets.global, key->code);
    if (a) {
        run_action(app, stage_focused(app), a); /* p may have closed and passed the key on */
    } else {
        split_alt(app, key, false);
    }
}

static bool has_set(const struct app *app, const struct pane *p, const struct action_set *set)
{
    for (size_t i = 0; i < PANE_MAX_SETS && p->ops->sets[i]; i++) {
        if (p->ops->sets[i] == set) {
            return true;
        }
    }
    return set == app->sets.moves && p->ops->move;
}

void app_run_action(struct app *app, const char *id)
{
    const struct action_set *set = NULL;
    const struct action *a = action_find(&app->sets, id, &set);
    struct pane *p = stage_focused(app);
    if (!a || !p) {
        return;
    }
    bool fits = set == app->sets.global || set == &app->sets.digits || has_set(app, p, set);
    /* Another pane of this screen may be meant: "hub.sort" from the detail. */
    struct screen *s = stage_screen(app);
    for (size_t k = 0; !fits && k < s->n_panes; k++) {
        if (has_set(app, s->panes[k], set)) {
            fits = true;
            p = s->panes[k];
        }
    }
    if (fits) {
        run_action(app, p, a);
    } else {
        app_say(app, APP_WARN, "%s works in: %s", id, set->title);
    }
}
