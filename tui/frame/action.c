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
                  "Change a key with `bind CONTEXT KEY ACTION` in the config file (see configuration.md).\n");
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
                  ".BR hfterm\\-config (5).\n");
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
