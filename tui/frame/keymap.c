/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/keymap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/term/term.h"

struct binding {
    const struct action_set *set;
    const struct action *action;
    uint32_t key;
};

struct keymap {
    const struct action_sets *sets;
    struct binding *items;
    size_t n, cap;
};

static const struct {
    const char *name;
    uint32_t code;
} KEYS[] = {
    {"Enter", TKEY_ENTER},   {"Esc", TKEY_ESC},       {"Tab", TKEY_TAB},       {"S-Tab", TKEY_BACKTAB},
    {"Space", ' '},          {"Up", TKEY_UP},         {"Down", TKEY_DOWN},     {"Left", TKEY_LEFT},
    {"Right", TKEY_RIGHT},   {"Home", TKEY_HOME},     {"End", TKEY_END},       {"PgUp", TKEY_PGUP},
    {"PgDn", TKEY_PGDN},     {"Insert", TKEY_INSERT}, {"Delete", TKEY_DELETE}, {"Backspace", TKEY_BACKSPACE},
};

static bool parse_plain(const char *name, uint32_t *key)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        if (strcmp(KEYS[i].name, name) == 0) {
            *key = KEYS[i].code;
            return true;
        }
    }
    unsigned long long f = 0;
    if (name[0] == 'F' && name[1] && str_to_u64(name + 1, 12, &f) && f >= 1) {
        *key = TKEY_F1 + (uint32_t)f - 1;
        return true;
    }
    size_t n = strlen(name);
    return n > 0 && text_decode(name, n, key) == n && *key > ' ';
}

bool keymap_parse_key(const char *name, uint32_t *key)
{
    if (parse_plain(name, key)) {
        return true;
    }
    uint32_t inner = 0;
    if (str_starts(name, "A-") && keymap_parse_key(name + 2, &inner)) {
        *key = inner | TKEY_ALT;
        return true;
    }
    if (str_starts(name, "S-") && parse_plain(name + 2, &inner) && inner >= TKEY_BASE) {
        *key = inner | TKEY_SHIFT;
        return true;
    }
    if (!str_starts(name, "C-") || !parse_plain(name + 2, &inner)) {
        return false;
    }
    if (inner >= TKEY_BASE) {
        *key = inner | TKEY_CTRL;
        return true;
    }
    if (inner < 0x80 && strchr("hijm", (int)inner)) {
        return false; /* what the terminal sends for Backspace, Tab and Enter */
    }
    bool is_letter = (inner >= 'a' && inner <= 'z') || strchr("[\\]^_", (int)inner) != NULL;
    *key = inner & 0x1F;
    return is_letter && inner < 0x80;
}

static const char *name_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        if (KEYS[i].code == code) {
            return KEYS[i].name;
        }
    }
    return NULL;
}

void keymap_key_name(uint32_t key, struct buf *out)
{
    if (key & TKEY_ALT) {
        buf_puts(out, "A-");
    }
    if (key & TKEY_CTRL) {
        buf_puts(out, "C-");
    }
    if (key & TKEY_SHIFT) {
        buf_puts(out, "S-");
    }
    key &= ~(uint32_t)(TKEY_ALT | TKEY_CTRL | TKEY_SHIFT);
    const char *name = name_of(key);
    if (name) {
        buf_puts(out, name);
    } else if (key >= TKEY_F1 && key <= TKEY_F12) {
        buf_printf(out, "F%u", key - TKEY_F1 + 1);
    } else if (key < 0x20) {
        buf_printf(out, "C-%c", key < 27 ? (char)(key + 'a' - 1) : (char)(key + '@'));
    } else {
        char bytes[4];
        buf_append(out, bytes, text_encode(key, bytes));
    }
}

static void add(struct keymap *k, const struct action_set *set, const struct action *action, uint32_t key)
{
    void *items = k->items;
    if (mem_grow(&items, &k->cap, k->n + 1, sizeof *k->items)) {
        k->items = items;
        k->items[k->n++] = (struct binding){set, action, key};
    }
}

static void remove_key(struct keymap *k, const struct action_set *set, uint32_t key)
{
    size_t kept = 0;
    for (size_t i = 0; i < k->n; i++) {
        if (k->items[i].set != set || k->items[i].key != key) {
            k->items[kept++] = k->items[i];
        }
    }
    k->n = kept;
}

static void add_defaults(struct keymap *k, const struct action_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct action *a = &set->actions[i];
        for (const char *p = a->keys; *p;) {
            size_t n = strcspn(p, " ");
            char *word = xstrndup(p, n);
            uint32_t key = 0;
            if (keymap_parse_key(word, &key)) {
                add(k, set, a, key);
            }
            free(word);
            p += n + (p[n] == ' ');
        }
    }
}

struct keymap *keymap_new(const struct action_sets *sets)
{
    struct keymap *k = xcalloc(1, sizeof *k);
    k->sets = sets;
    for (size_t i = 0; i < sets->n; i++) {
        add_defaults(k, sets->items[i]);
    }
    return k;
}

void keymap_free(struct keymap *k)
{
    if (k) {
        free(k->items);
        free(k);
    }
}

static const struct action_set *find_set(const struct action_sets *sets, const char *context,
                                         struct err *e)
{
    struct buf names = BUF_INIT;
    for (size_t i = 0; i < sets->n; i++) {
        if (strcmp(sets->items[i]->context, context) == 0) {
            buf_done(&names);
            return sets->items[i];
        }
        buf_printf(&names, "%s%s", i ? " " : "", sets->items[i]->context);
    }
    err_set(e, ERR_USAGE, "no context is called \"%s\"", context);
    err_remedy(e, "there are: %s", buf_str(&names));
    buf_done(&names);
    return NULL;
}

static bool parse_key(const char *name, uint32_t *key, struct err *e)
{
    if (keymap_parse_key(name, key)) {
        return true;
    }
    err_set(e, ERR_USAGE, "no key is called \"%s\"", name);
    return err_remedy(e, "a key is a character or a name such as Enter, PgDn, F5, C-p, A-Left, S-Tab");
}

bool keymap_bind(struct keymap *k, const char *context, const char *key, const char *action,
                 struct err *e)
{
    const struct action_set *set = find_set(k->sets, context, e);
    uint32_t code = 0;
    if (!set || !parse_key(key, &code, e)) {
        return false;
    }
    for (size_t i = 0; i < set->n; i++) {
        if (strcmp(set->actions[i].id, action) == 0) {
            remove_key(k, set, code);
            add(k, set, &set->actions[i], code);
            return true;
        }
    }
    err_set(e, ERR_USAGE, "\"%s\" has no action \"%s\"", context, action);
    return err_remedy(e, "docs/keys.md and the ? page list the actions of each context");
}

bool keymap_unbind(struct keymap *k, const char *context, const char *key, struct err *e)
{
    const struct action_set *set = find_set(k->sets, context, e);
    uint32_t code = 0;
    if (!set || !parse_key(key, &code, e)) {
        return false;
    }
    remove_key(k, set, code);
    return true;
}

const struct action *keymap_find(const struct keymap *k, const struct action_set *set, uint32_t key)
{
    for (size_t i = 0; i < k->n; i++) {
        if (k->items[i].set == set && k->items[i].key == key) {
            return k->items[i].action;
        }
    }
    return NULL;
}

void keymap_keys_of(const struct keymap *k, const struct action *action, int max, struct buf *out)
{
    for (size_t i = 0; i < k->n && max > 0; i++) {
        if (k->items[i].action == action) {
            if (out->n) {
                buf_putc(out, ' ');
            }
            keymap_key_name(k->items[i].key, out);
            max--;
        }
    }
}
