/* SPDX-License-Identifier: Apache-2.0 */
/* menu.c - a list to pick from: palette, themes, sort orders, what to copy, links, questions. All behave alike:
 * what is typed narrows them, C-u clears it; a key at the right edge of a menu of short-cuts picks at once, as long
 * as nothing was typed. On a plain screen the lines are numbered, and a number picks: at once when no longer one
 * begins with it, else with Enter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/frame/app_priv.h"
#include "core/base/fuzzy.h"
#include "tui/frame/keymap.h"
#include "tui/widget/list.h"

enum { C_U = 21, C_W = 23, FIRST_ROW = 2 /* below border and prompt */, BORDERS_AND_PROMPT = 3 };

struct entry {
    char *label, *note, *keys, *reason;
    enum fuzzy_rank rank;
    int score;
    size_t index;
};

struct menu {
    struct menu_spec spec;
    char *title, *hint;
    struct entry *entries; /* n, and one for what spec.more says */
    size_t n;
    struct entry **shown; /* those that match, best first */
    struct list list;
    char filter[80];
    size_t number;  /* typed so far, 0: none */
    int result; /* what done is told */
};

/* The index of the selected item; n: the row of spec.more; -1: there is none. */
static int selected(const struct menu *m)
{
    return m->list.n ? (int)m->shown[m->list.sel]->index : -1;
}

static void preview(struct menu *m)
{
    if (m->spec.preview && selected(m) >= 0 && selected(m) < (int)m->n) {
        m->spec.preview(m->spec.ctx, selected(m));
    }
}

/* Best first; equals as they were given. */
static int by_score(const void *a, const void *b)
{
    const struct entry *const *x = a;
    const struct entry *const *y = b;
    if ((*x)->rank != (*y)->rank) {
        return (*x)->rank < (*y)->rank ? -1 : 1;
    }
    if ((*x)->score != (*y)->score) {
        return (*x)->score > (*y)->score ? -1 : 1;
    }
    return (*x)->index < (*y)->index ? -1 : 1;
}

/* The number that is typed, when the lines have numbers and there is one of that number; 0: words were typed. */
static size_t typed_number(const struct menu *m)
{
    unsigned long long number = 0;
    return m->spec.numbered && str_to_u64(m->filter, m->n, &number) ? (size_t)number : 0;
}

/* The line's number is what is typed, or begins with it. */
static bool match_number(const struct menu *m, struct entry *e)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", e->index + 1);
    e->rank = fuzzy_rank(m->filter, number);
    e->score = 0;
    return e->rank <= FUZZY_PREFIX;
}

static bool match_words(const struct menu *m, struct entry *e)
{
    const int label = fuzzy_score(m->filter, e->label);
    const int note = e->note ? fuzzy_score(m->filter, e->note) - 20 : -1;
    const enum fuzzy_rank of_label = fuzzy_rank(m->filter, e->label);
    enum fuzzy_rank of_note = e->note ? fuzzy_rank(m->filter, e->note) : FUZZY_NOT;
    of_note = of_note < FUZZY_WORD ? FUZZY_WORD : of_note; /* the label counts more */
    e->rank = of_label < of_note ? of_label : of_note;
    e->score = label > note ? label : note;
    return e->rank < FUZZY_NOT;
}

static void apply_filter(struct menu *m)
{
    size_t n = 0;
    const bool is_number = typed_number(m) > 0;
    for (size_t i = 0; i < m->n; i++) {
        struct entry *e = &m->entries[i];
        e->index = i;
        if (!m->filter[0] || (is_number ? match_number(m, e) : match_words(m, e))) {
            m->shown[n++] = e;
        }
    }
    if (m->filter[0]) {
        qsort(m->shown, n, sizeof *m->shown, by_score);
    }
    struct entry *more = &m->entries[m->n];
    free(more->label);
    more->label = m->spec.more && m->filter[0] ? m->spec.more(m->spec.ctx, m->filter) : NULL;
    if (more->label) {
        more->index = m->n;
        m->shown[n++] = more;
    }
    list_set(&m->list, n);
    list_goto(&m->list, 0);
}

static unsigned menu_pick(struct pane *p)
{
    struct menu *m = p->state;
    int index = selected(m);
    if (index < 0) {
        return REACT_HANDLED;
    }
    if (m->entries[index].reason) {
        app_say(p->app, APP_WARN, "%s: %s", m->entries[index].label, m->entries[index].reason);
        return REACT_HANDLED;
    }
    m->result = index;
    return REACT_CLOSE;
}

static unsigned menu_cancel(struct pane *p)
{
    struct menu *m = p->state;
    if (!m->filter[0]) {
        return REACT_CLOSE;
    }
    m->filter[0] = '\0';
    apply_filter(m);
    return REACT_DIRTY;
}

static unsigned menu_move(struct pane *p, enum move move)
{
    struct menu *m = p->state;
    if (!list_apply(&m->list, move)) {
        return REACT_NONE;
    }
    preview(m);
    return m->spec.preview ? REACT_DIRTY : REACT_MOVED;
}

static unsigned menu_down(struct pane *p)
{
    return menu_move(p, MOVE_DOWN);
}

static unsigned menu_up(struct pane *p)
{
    return menu_move(p, MOVE_UP);
}

static const struct action ACTIONS[] = {
    ACTION("menu.pick", "Enter", "pick", "Take the selected line", NULL, menu_pick),
    ACTION("menu.cancel", "Esc C-c", "close", "Clear what was typed, then close", NULL, menu_cancel),
    ACTION("menu.down", "C-n", NULL, "Next line", NULL, menu_down),
    ACTION("menu.up", "C-p", NULL, "Previous line", NULL, menu_up),
};
const struct action_set MENU_ACTIONS = {"menu", "Menus", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

/* Is it one of these keys, which blanks separate? */
static bool is_among(const char *keys, const char *key)
{
    const size_t n_key = strlen(key);
    while (*keys) {
        const size_t n = strcspn(keys, " ");
        if (n == n_key && strncmp(keys, key, n) == 0) {
            return true;
        }
        keys += n + (keys[n] == ' ');
    }
    return false;
}

/* The item that a key is a short-cut of; -1 none. */
static int shortcut(const struct menu *m, uint32_t key)
{
    struct buf name = BUF_INIT;
    keymap_key_name(key, &name);
    int found = -1;
    for (size_t i = 0; found < 0 && i < m->n; i++) {
        if (m->entries[i].keys && is_among(m->entries[i].keys, buf_str(&name))) {
            found = (int)i;
        }
    }
    buf_done(&name);
    return found;
}

static bool drop_last_char(char *s)
{
    size_t n = strlen(s);
    if (n == 0) {
        return false;
    }
    do {
        n--;
    } while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80);
    s[n] = '\0';
    return true;
}

static void drop_last_word(char *s)
{
    size_t n = strlen(s);
    while (n > 0 && s[n - 1] == ' ') {
        n--;
    }
    while (n > 0 && s[n - 1] != ' ') {
        n--;
    }
    s[n] = '\0';
}

static unsigned type_key(struct menu *m, uint32_t code)
{
    const size_t n = strlen(m->filter);
    if (code == TKEY_BACKSPACE) {
        if (!drop_last_char(m->filter)) {
            return REACT_HANDLED;
        }
    } else if (n == 0 && (code == C_U || code == ' ')) {
        return REACT_NONE; /* moves, as everywhere */
    } else if (code == C_U) {
        m->filter[0] = '\0';
    } else if (code == C_W) {
        drop_last_word(m->filter);
    } else if (n == 0 && code == '/') {
        return REACT_HANDLED; /* one searches already */
    } else if (code >= ' ' && code < TKEY_BASE && text_cp_width(code) > 0 && n + 4 < sizeof m->filter) {
        m->filter[n + text_encode(code, m->filter + n)] = '\0';
    } else {
        return REACT_NONE;
    }
    apply_filter(m);
    preview(m);
    return REACT_DIRTY;
}

/* A number picks its line at once. */
static bool is_numbered(const struct pane *p)
{
    const struct menu *m = p->state;
    return app_is_plain(p->app) && !m->filter[0];
}

static bool has_numbers(const struct pane *p)
{
    const struct menu *m = p->state;
    return m->spec.numbered || is_numbered(p);
}

/* A digit selects the line of the number typed so far, and picks it when it can be no other. */
static unsigned number_key(struct pane *p, uint32_t code)
{
    struct menu *m = p->state;
    const size_t number = m->number * 10 + (code - '0');
    if (number == 0 || number > m->list.n) {
        app_say(p->app, APP_WARN, "there is no %zu here; the last number is %zu", number, m->list.n);
        m->number = 0;
        return REACT_HANDLED;
    }
    m->number = number;
    list_goto(&m->list, number - 1);
    preview(m);
    return number * 10 > m->list.n ? menu_pick(p) | REACT_DIRTY : REACT_DIRTY;
}

static unsigned menu_key(struct pane *p, const struct term_key *key)
{
    struct menu *m = p->state;
    if (key->code >= '0' && key->code <= '9' && is_numbered(p)) {
        return number_key(p, key->code);
    }
    m->number = 0;
    const int index = m->spec.use_shortcuts && !m->filter[0] ? shortcut(m, key->code) : -1;
    if (index < 0) {
        return type_key(m, key->code);
    }
    list_goto(&m->list, (size_t)index); /* nothing is typed: all are shown, in their order */
    return menu_pick(p) | REACT_DIRTY;
}

static void draw_entry(const struct menu *m, const struct canvas *c, int row, size_t at)
{
    const bool has_number = m->spec.numbered || (c->is_plain && !m->filter[0]);
    const struct entry *e = m->shown[at];
    bool is_selected = at == m->list.sel;
    enum style style = is_selected ? STYLE_SELECTED : e->reason ? STYLE_DIM : STYLE_TEXT;
    draw_blank(c, row, 0, c->rect.cols, style);
    if (is_selected) {
        draw_text(c, row, 0, 1, style, "▌");
    }
    int right = e->keys ? text_width(e->keys) + 3 : 2; /* the last column is the scroll mark's */
    int room = c->rect.cols - right - 1;
    int used = has_number ? draw_printf(c, row, 1, room, style, "%zu. ", e->index + 1) : 0;
    used += draw_text(c, row, 1 + used, room - used, style, e->label);
    const char *note = e->reason ? e->reason : e->note;
    if (note) {
        int at_col = used + 3;
        draw_cell(c, row, at_col, room + 1 - at_col, is_selected ? style : STYLE_DIM, note, false);
    }
    if (e->keys) {
        draw_text(c, row, c->rect.cols - right + 1, right - 2, is_selected ? style : STYLE_BAR_KEY, e->keys);
    }
}

static void menu_draw(struct pane *p, const struct canvas *c)
{
    struct menu *m = p->state;
    struct canvas in = draw_box(c, m->title, m->hint, true);
    draw_clear(&in);
    int used = draw_text(&in, 0, 1, -1, STYLE_PROMPT, "> ");
    used += draw_text(&in, 0, 1 + used, -1, STYLE_TEXT, m->filter);
    draw_text(&in, 0, 1 + used, -1, STYLE_ACCENT, "▌");
    struct canvas rows = canvas_sub(&in, (struct rect){1, 0, in.rect.rows - 1, in.rect.cols});
    list_height(&m->list, rows.rect.rows);
    for (int i = 0; i < rows.rect.rows && m->list.top + (size_t)i < m->list.n; i++) {
        draw_entry(m, &rows, i, m->list.top + (size_t)i);
    }
    if (m->list.n == 0) {
        draw_text(&rows, 0, 1, -1, STYLE_DIM, "nothing matches");
    }
    draw_scrollbar(&rows, m->list.top, (size_t)rows.rect.rows, m->list.n);
}

static bool menu_cursor(const struct pane *p, int *row, int *col)
{
    const struct menu *m = p->state;
    *row = FIRST_ROW + (int)(m->list.sel - m->list.top);
    *col = 2;
    for (size_t n = m->list.n ? m->shown[m->list.sel]->index + 1 : 0; has_numbers(p) && n > 0; n /= 10) {
        *col += n < 10 ? 3 : 1; /* behind "12. ", which the place says */
    }
    return m->list.n > 0;
}

static bool menu_place(const struct pane *p, size_t *at, size_t *of)
{
    const struct menu *m = p->state;
    *at = m->list.sel;
    *of = m->list.n;
    return m->list.n > 0;
}

static void put_part(struct buf *out, const char *before, const char *text)
{
    if (text && *text) {
        buf_printf(out, "%s%s", before, text);
    }
}

static void menu_say(const struct pane *p, struct buf *out)
{
    const struct menu *m = p->state;
    const struct entry *e = m->shown[m->list.sel];
    buf_puts(out, e->label);
    put_part(out, ", ", e->note);
    put_part(out, ", not now: ", e->reason);
    put_part(out, ", key ", e->keys);
}

static unsigned menu_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct menu *m = p->state;
    (void)col;
    if (what == TERM_MOUSE_WHEEL_UP || what == TERM_MOUSE_WHEEL_DOWN) {
        return menu_move(p, what == TERM_MOUSE_WHEEL_UP ? MOVE_UP : MOVE_DOWN);
    }
    size_t at = m->list.top + (size_t)(row - FIRST_ROW);
    if (row < FIRST_ROW || row >= p->rect.rows - 1 || at >= m->list.n) {
        return REACT_HANDLED;
    }
    list_goto(&m->list, at);
    return menu_pick(p);
}

static void menu_close(struct pane *p)
{
    struct menu *m = p->state;
    if (m->result == (int)m->n) {
        m->spec.done_more(m->spec.ctx, m->filter);
    } else if (m->spec.done) {
        m->spec.done(m->spec.ctx, m->result);
    }
    if (m->spec.free_ctx) {
        m->spec.free_ctx(m->spec.ctx);
    }
    for (size_t i = 0; i <= m->n; i++) {
        free(m->entries[i].label);
        free(m->entries[i].note);
        free(m->entries[i].keys);
        free(m->entries[i].reason);
    }
    free(m->entries);
    free(m->shown);
    free(m->title);
    free(m->hint);
    free(m);
}

static const struct pane_ops MENU_OPS = {
    .sets = {&MENU_ACTIONS},
    .draw = menu_draw,
    .move = menu_move,
    .key = menu_key,
    .mouse = menu_mouse,
    .cursor = menu_cursor,
    .place = menu_place,
    .say = menu_say,
    .close = menu_close,
};

static int widest(const struct menu *m, bool is_plain)
{
    const int focused = is_plain ? 10 : 0; /* said behind the title */
    const int number = is_plain || m->spec.numbered ? 5 : 0;
    int cols = text_width(m->title) + (m->hint ? text_width(m->hint) : 0) + 12 + focused;
    for (size_t i = 0; i < m->n; i++) {
        const struct entry *e = &m->entries[i];
        const char *note = e->reason ? e->reason : e->note;
        int w = text_width(e->label) + (note ? text_width(note) + 3 : 0) +
                (e->keys ? text_width(e->keys) + 3 : 0) + 6 + number;
        cols = w > cols ? w : cols;
    }
    return cols < 30 ? 30 : cols > 110 ? 110 : cols;
}

/* With a word when the item is what holds now. Owned or NULL. */
static char *note_of(const struct menu_spec *spec, const struct menu_item *items, size_t i)
{
    char *note = items[i].note ? text_clean(items[i].note) : NULL;
    if (!spec->has_current || i != spec->selected) {
        return note;
    }
    char *now = xasprintf("now%s%s", note ? ", " : "", note ? note : "");
    free(note);
    return now;
}

void app_menu(struct app *app, const struct menu_spec *spec, const struct menu_item *items, size_t n)
{
    struct menu *m = xcalloc(1, sizeof *m);
    m->spec = *spec;
    m->title = text_clean(spec->title);
    m->hint = spec->hint ? text_clean(spec->hint) : NULL;
    m->result = -1;
    m->n = n;
    m->entries = xcalloc(n + 1, sizeof *m->entries);
    m->shown = xcalloc(n + 1, sizeof *m->shown);
    for (size_t i = 0; i < n; i++) {
        m->entries[i] = (struct entry){
            .label = text_clean(items[i].label),
            .note = note_of(spec, items, i),
            .keys = xstrdup_opt(items[i].keys),
            .reason = items[i].reason ? text_clean(items[i].reason) : NULL,
        };
    }
    apply_filter(m);
    const int rows = (int)(n < 40 ? n : 40) + BORDERS_AND_PROMPT;
    list_height(&m->list, rows);
    list_goto(&m->list, spec->selected);
    app_push(app, pane_new(app, &MENU_OPS, m), rows < 4 ? 4 : rows, widest(m, app_is_plain(app)));
}
