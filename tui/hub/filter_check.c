/* SPDX-License-Identifier: Apache-2.0 */
/* filter_check.c - filters that no list knows, and what was meant. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/hub/licenses.h"
#include "tui/hub/filter.h"

enum { LONGEST = 63 }; /* letters of words that are compared */

const char *hub_filter_tag_value(const struct hub_tag *t)
{
    const size_t n = strlen(t->type);
    return strncmp(t->id, t->type, n) == 0 && t->id[n] == ':' ? t->id + n + 1 : t->id;
}

/* ---- what was meant ---- */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Letters to put in, take out, change, or swap with the next one, to make one word the other; case does not count. */
static int distance(const char *a, const char *b)
{
    const int n = (int)strlen(a);
    const int m = (int)strlen(b);
    int rows[3][LONGEST + 2];
    if (n > LONGEST || m > LONGEST) {
        return LONGEST;
    }
    for (int k = 0; k <= m; k++) {
        rows[0][k] = k;
    }
    for (int i = 1; i <= n; i++) {
        int *now = rows[i % 3];
        const int *before = rows[(i + 2) % 3];
        now[0] = i;
        for (int k = 1; k <= m; k++) {
            const int x = tolower((unsigned char)a[i - 1]);
            const int y = tolower((unsigned char)b[k - 1]);
            now[k] = least(before[k - 1] + (x != y), 1 + least(before[k], now[k - 1]));
            if (i > 1 && k > 1 && x == tolower((unsigned char)b[k - 2]) && y == tolower((unsigned char)a[i - 2])) {
                now[k] = least(now[k], 1 + rows[(i + 1) % 3][k - 2]);
            }
        }
    }
    return rows[n % 3][m];
}

/* The word that was meant so far, and how far it is from what was typed. */
struct guess {
    const char *typed;
    int far;
    char *word; /* owned, NULL: none */
};

/* text: what is compared with what was typed; word: what would be typed for it. */
static void consider(struct guess *g, const char *text, const char *prefix, const char *word)
{
    const size_t n = strlen(g->typed);
    /* The start of a word stands for it; a few slips are forgiven in a long one. */
    const bool is_start = n > 0 && strncasecmp(text, g->typed, n) == 0;
    const int far = is_start ? 0 : distance(g->typed, text);
    if (far < g->far && (is_start || far <= (n < 4 ? 1 : n < 7 ? 2 : 3))) {
        free(g->word);
        g->word = xasprintf("%s%s", prefix, word);
        g->far = far;
    }
}

static void consider_values(struct guess *g, const char *key, const char *type, const struct hub_tags *tags)
{
    for (size_t i = 0; tags && type && i < tags->n_items; i++) {
        if (strcmp(tags->items[i].type, type) == 0) {
            consider(g, hub_filter_tag_value(&tags->items[i]), key, hub_filter_tag_value(&tags->items[i]));
        }
    }
}

static void consider_keys(struct guess *g, enum hub_kind kind, const char *value)
{
    for (const char *const *k = hub_filter_keys(kind); *k; k++) {
        char *bare = xstrndup(*k, strlen(*k) - 1);
        consider(g, bare, *k, value);
        free(bare);
    }
}

/* ---- the words that are refused ---- */

static void list_keys(enum hub_kind kind, const char *word, struct err *e)
{
    struct buf keys = BUF_INIT;
    for (const char *const *k = hub_filter_keys(kind); *k; k++) {
        buf_printf(&keys, " %s", *k);
    }
    err_remedy(e, "filters:%s; a tag of this name is tag:%s", buf_str(&keys), word);
    buf_done(&keys);
}

bool hub_filter_refuse(enum hub_kind kind, const char *word, const struct hub_tags *tags, struct err *e)
{
    if (!e) {
        return false; /* nobody asks what was meant */
    }
    const struct hub_filter_word w = hub_filter_word(kind, word);
    const size_t n = strcspn(word, ":=<>");
    char *name = xstrndup(word, n);
    struct guess g = {.typed = w.key ? w.value : name, .far = LONGEST};
    if (w.key) {
        consider_values(&g, w.key, w.type, tags);
        err_set(e, ERR_USAGE, "no %.*s \"%s\" is known", (int)strlen(w.key) - 1, w.key, w.value);
    } else if (word[n]) {
        consider_keys(&g, kind, word + n + (word[n] == ':' || word[n] == '='));
        err_set(e, ERR_USAGE, "no filter \"%.*s\"", (int)n + 1, word);
    } else {
        consider_keys(&g, kind, "");
        for (const char *const *k = hub_filter_keys(kind); *k; k++) {
            const char *type = hub_filter_word(kind, *k).type;
            if (type) {
                consider_values(&g, strcmp(*k, "tag:") == 0 ? "" : *k, type, tags);
            }
        }
        err_set(e, ERR_USAGE, "no filter or tag \"%s\"", word);
    }
    if (g.word && !w.key && !word[n]) {
        err_remedy(e, "did you mean %s? A tag of this name is tag:%s", g.word, word);
    } else if (g.word) {
        err_remedy(e, "did you mean %s?", g.word);
    } else if (w.key) {
        err_remedy(e, "Tab behind %s lists those it has; tag:%s%s asks all the same", w.key, w.key, w.value);
    } else {
        list_keys(kind, word, e);
    }
    free(g.word);
    free(name);
    return false;
}

/* ---- what is known ---- */

/* Values of these are all in the catalogue; of others it has some. */
static bool is_closed(const char *key)
{
    static const char *const ALL[] = {"task:", "library:", "license:", "language:"};
    size_t i = 0;
    while (i < sizeof ALL / sizeof *ALL && strcmp(ALL[i], key) != 0) {
        i++;
    }
    return i < sizeof ALL / sizeof *ALL;
}

/* type NULL: any. */
static bool has_value(const struct hub_tags *tags, const char *type, const char *value, bool *has_type)
{
    *has_type = false;
    for (size_t i = 0; i < tags->n_items; i++) {
        const struct hub_tag *t = &tags->items[i];
        if (type && strcmp(t->type, type) != 0) {
            continue;
        }
        *has_type = true;
        if (strcmp(hub_filter_tag_value(t), value) == 0 || (!type && strcmp(t->id, value) == 0)) {
            return true;
        }
    }
    return false;
}

static bool is_known(const struct hub_tags *tags, enum hub_kind kind, const struct hub_filter_word *w, const char *value)
{
    bool has_type = false;
    if (!w->key) {
        /* The catalogue says nothing of the tags of Spaces. */
        return kind == HUB_SPACE || strchr(value, ':') || has_value(tags, NULL, value, &has_type) || !has_type;
    }
    if (!w->type || !is_closed(w->key) || has_value(tags, w->type, value, &has_type)) {
        return true;
    }
    const bool is_license = strcmp(w->key, "license:") == 0;
    return !has_type || (is_license && (strcmp(value, HUB_FILTER_OPEN) == 0 || hub_license_is_known(value)));
}

/* Several licences stand behind one key: "license:mit,gemma"; elsewhere a comma is a letter. */
static bool check_word(const char *word, enum hub_kind kind, const struct hub_tags *tags, struct err *e)
{
    const struct hub_filter_word w = hub_filter_word(kind, word);
    if (!w.key || strcmp(w.key, "license:") != 0) {
        return is_known(tags, kind, &w, w.value) || hub_filter_refuse(kind, word, tags, e);
    }
    char *values = xstrdup(w.value);
    char *save = NULL;
    bool ok = true;
    for (char *v = strtok_r(values, ",", &save); v && ok; v = strtok_r(NULL, ",", &save)) {
        if (!is_known(tags, kind, &w, v)) {
            char *one = xasprintf("%s%s", w.key, v);
            ok = hub_filter_refuse(kind, one, tags, e);
            free(one);
        }
    }
    free(values);
    return ok;
}

bool hub_filter_check(const char *text, enum hub_kind kind, const struct hub_tags *tags, struct err *e)
{
    char *copy = xstrdup(text);
    char *save = NULL;
    bool ok = true;
    for (char *w = strtok_r(copy, " \t", &save); w && tags && ok; w = strtok_r(NULL, " \t", &save)) {
        ok = check_word(w, kind, tags, e);
    }
    free(copy);
    return ok;
}

bool hub_filter_is_settled(const char *word, enum hub_kind kind, const struct hub_tags *tags)
{
    const struct hub_filter_word w = hub_filter_word(kind, word);
    struct arena arena = ARENA_INIT;
    struct hub_query q = {.kind = kind};
    const bool is_parsed = hub_filter_parse(word, &q, &arena, NULL);
    arena_done(&arena);
    if (!is_parsed || !w.key) {
        return false;
    }
    const bool is_one_of_few =
        strcmp(w.key, "size:") == 0 || strcmp(w.key, "gated:") == 0 || strcmp(w.key, "inference:") == 0;
    return is_one_of_few || (tags && w.type && is_closed(w.key) && hub_filter_check(word, kind, tags, NULL));
}
