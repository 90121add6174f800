/* SPDX-License-Identifier: Apache-2.0 */
/* action.c - finding an action, and the pages that are made from all of them. */
#include "tui/frame/action.h"

#include <string.h>

#include "core/base/buf.h"

const struct action *action_find(const struct action_sets *sets, const char *id,
                                 const struct action_set **set)
{
    for (size_t i = 0; i < sets->n; i++) {
        for (size_t k = 0; k < sets->items[i]->n; k++) {
            if (strcmp(sets->items[i]->actions[k].id, id) == 0) {
                if (set) {
                    *set = sets->items[i];
                }
                return &sets->items[i]->actions[k];
            }
        }
    }
    return NULL;
}

/* ---- keys that mean the same everywhere ---- */

const struct action_shared ACTION_SHARED[] = {
    {"1 2 3 4 5 6 7 8 9", "The screen of that number, from anywhere but a text field", "app."},
    {"Enter", "Deeper: open what is selected; take it where nothing lies deeper", ".open .fold .pick .down .copy"},
    {"Esc", "Back to exactly where one was", ".back .cancel .close"},
    {"Space", "Mark a row or freeze time where a pane has either; else a page down",
     ".mark .freeze .pause .fold .page-down"},
    {"/", "Search; \\v before the text makes it a regular expression in texts and files", ".search .find"},
    {"&", "Filter: show only what matches", ".filter"},
    {"n N", "Next and previous match", ".next .prev"},
    {"y", "Copy", ".copy"},
    {"m", "Mark a moment or a line", ".moment .mark-line"},
    {"K", "Ask which signal to send", ".signal"},
    {"T", "Themes", ".themes"},
    {"O", "Give the pane the whole screen, and back", ".zoom"},
    {"< >", "Move the border between the panes", ".split-left .split-right"},
    {"?", "All keys of the place", ".help"},
    {":", "The command line", ".command"},
};
const size_t ACTION_SHARED_COUNT = sizeof ACTION_SHARED / sizeof *ACTION_SHARED;

/* One of the blank-separated words is the key. */
static bool has_word(const char *words, const char *key)
{
    size_t n = strlen(key);
    for (const char *p = words; *p; p += strcspn(p, " "), p += *p == ' ') {
        if (strcspn(p, " ") == n && strncmp(p, key, n) == 0) {
            return true;
        }
    }
    return false;
}

bool action_may_have(const char *key, const struct action *a)
{
    for (size_t i = 0; i < ACTION_SHARED_COUNT; i++) {
        if (!has_word(ACTION_SHARED[i].keys, key)) {
            continue;
        }
        for (const char *p = ACTION_SHARED[i].ids; *p; p += strcspn(p, " "), p += *p == ' ') {
            size_t n = strcspn(p, " ");
            size_t len = strlen(a->id);
            bool is_begin = p[n - 1] == '.' && strncmp(a->id, p, n) == 0;
            if (is_begin || (len >= n && strncmp(a->id + len - n, p, n) == 0)) {
                return true;
            }
        }
        return false;
    }
    return true;
}

/* A key in a Markdown table: a bar would end the cell. */
static void put_keys(struct buf *out, const char *keys)
{
    while (*keys) {
        size_t n = strcspn(keys, " ");
        bool is_bar = n == 1 && *keys == '|';
        buf_printf(out, "`%.*s`", is_bar ? 2 : (int)n, is_bar ? "\\|" : keys);
        keys += n;
        if (*keys) {
            buf_putc(out, ' ');
            keys++;
        }
    }
}

void action_write_markdown(const struct action_sets *sets, struct buf *out)
{
    buf_puts(out, "# Keys\n\n"
                  "Made by `hfterm keys --markdown` from the program's own tables; `?` shows the same live.\n"
                  "Change a key with `bind CONTEXT KEY ACTION` in the config file (see configuration.md).\n"
                  "\n## The same everywhere\n\nEvery screen keeps to these, or leaves the key alone.\n"
                  "\n| keys | what they mean |\n| --- | --- |\n");
    for (size_t i = 0; i < ACTION_SHARED_COUNT; i++) {
        buf_puts(out, "| ");
        put_keys(out, ACTION_SHARED[i].keys);
        buf_printf(out, " | %s |\n", ACTION_SHARED[i].meaning);
    }
    for (size_t i = 0; i < sets->n; i++) {
        const struct action_set *set = sets->items[i];
        buf_printf(out, "\n## %s (`%s`)\n\n| keys | action | what it does |\n| --- | --- | --- |\n",
                   set->title, set->context);
        for (size_t k = 0; k < set->n; k++) {
            const struct action *a = &set->actions[k];
            buf_puts(out, "| ");
            put_keys(out, a->keys);
            buf_printf(out, " | `%s` | %s |\n", a->id, a->help);
        }
    }
}

/* roff: a leading dot or quote would be a request, a backslash an escape, a minus a hyphen. */
static void put_roff(struct buf *out, const char *s)
{
    if (*s == '.' || *s == '\'') {
        buf_puts(out, "\\&");
    }
    for (; *s; s++) {
        if (*s == '\\') {
            buf_puts(out, "\\e");
        } else if (*s == '-') {
            buf_puts(out, "\\-");
        } else {
            buf_putc(out, *s);
        }
    }
}

void action_write_man(const struct action_sets *sets, struct buf *out)
{
    buf_puts(out, ".TH HFTERM\\-KEYS 7 \"\" \"hfterm " HFTERM_VERSION "\" \"hfterm\"\n.SH NAME\n"
                  "hfterm\\-keys \\- keys of the full-screen workbench\n.SH DESCRIPTION\n"
                  "Made by\n.B hfterm keys \\-\\-man\nfrom the program's own tables; the\n.B ?\n"
                  "key shows the same live. A key is changed with a\n.B bind\nline in the config file, see\n"
                  ".BR hfterm\\-config (5).\n.SH \"THE SAME EVERYWHERE\"\n");
    for (size_t i = 0; i < ACTION_SHARED_COUNT; i++) {
        buf_puts(out, ".TP\n.B ");
        put_roff(out, ACTION_SHARED[i].keys);
        buf_puts(out, "\n");
        put_roff(out, ACTION_SHARED[i].meaning);
        buf_puts(out, "\n");
    }
    for (size_t i = 0; i < sets->n; i++) {
        const struct action_set *set = sets->items[i];
        buf_printf(out, ".SH \"%s (%s)\"\n", set->title, set->context);
        for (size_t k = 0; k < set->n; k++) {
            const struct action *a = &set->actions[k];
            buf_puts(out, ".TP\n.B ");
            put_roff(out, a->keys[0] ? a->keys : "(no key)");
            buf_puts(out, "\n");
            put_roff(out, a->help);
            buf_puts(out, "\n.RI ( ");
            put_roff(out, a->id);
            buf_puts(out, " )\n");
        }
    }
    buf_puts(out, ".SH SEE ALSO\n.BR hfterm (1),\n.BR hfterm\\-config (5)\n");
}
