/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/attributes.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

static const uint64_t ALWAYS_LFS_BYTES = 10U << 20;

static const char *const HUB_PATTERNS[] = {
    "*.7z",   "*.arrow",  "*.bin",   "*.bz2",   "*.ckpt",        "*.ftz",      "*.gz",
    "*.h5",   "*.joblib", "*.lfs.*", "*.model", "*.npy",         "*.mlmodel",  "*.msgpack",
    "*.npz",  "*.onnx",   "*.ot",    "*.pb",    "*.pt",          "*.parquet",  "*.pickle",
    "*.pkl",  "*.pth",    "*.rar",   "*.tar.*", "*.tar",         "*.tflite",   "*.tgz",
    "*.wasm", "*.xz",     "*.zip",   "*.zst",   "*.safetensors", "*tfevents*", "saved_model/**/*",
};

/* One "[...]": *text matches and *pattern is moved behind it. A set without an end is no match. */
static bool match_set(const char **pattern, char c)
{
    const char *p = *pattern + 1;
    const bool is_negated = *p == '!' || *p == '^';
    p += is_negated;
    bool hit = false;
    for (bool first = true; *p && (*p != ']' || first); first = false) {
        if (*p == '\\' && p[1]) {
            p++;
        }
        const char low = *p++;
        char high = low;
        if (*p == '-' && p[1] && p[1] != ']') {
            high = p[1];
            p += 2;
        }
        hit = hit ||
              ((unsigned char)c >= (unsigned char)low && (unsigned char)c <= (unsigned char)high);
    }
    if (*p != ']') {
        return false;
    }
    *pattern = p + 1;
    return hit != is_negated && c != '/';
}

/* One element of the pattern that is not "*" against one character. */
static bool match_one(const char **pattern, char c)
{
    if (**pattern == '[') {
        return match_set(pattern, c);
    }
    if (**pattern == '?') {
        (*pattern)++;
        return c != '/';
    }
    if (**pattern == '\\' && (*pattern)[1]) {
        (*pattern)++;
    }
    return *(*pattern)++ == c;
}

/* Backtracks to the last "*" and the last "**" only, so that it takes at most |pattern| * |text|
 * squared steps for any input. */
bool lh_wildmatch(const char *pattern, const char *text)
{
    const char *star = NULL; /* behind the last "*" */
    const char *star_text = NULL;
    const char *deep = NULL; /* behind the last "**" */
    const char *deep_text = NULL;
    bool is_folders = false; /* it was "**" and a slash: whole folders only */
    while (*text || *pattern) {
        if (pattern[0] == '*' && pattern[1] == '*') {
            pattern += 2;
            is_folders = *pattern == '/';
            pattern += is_folders;
            deep = pattern;
            deep_text = text;
            star = NULL;
            continue;
        }
        if (*pattern == '*') {
            star = ++pattern;
            star_text = text;
            continue;
        }
        const char *next = pattern;
        if (*text && *pattern && match_one(&next, *text)) {
            pattern = next;
            text++;
        } else if (star && *star_text && *star_text != '/') {
            pattern = star;
            text = ++star_text;
        } else if (deep && *deep_text && (!is_folders || strchr(deep_text, '/'))) {
            pattern = deep;
            deep_text = is_folders ? strchr(deep_text, '/') + 1 : deep_text + 1;
            text = deep_text;
            star = NULL;
        } else {
            return false;
        }
    }
    return true;
}

static void add(struct lh_attributes *a, const char *pattern, size_t n, bool is_lfs)
{
    void *array = a->items;
    if (!mem_grow(&array, &a->cap_items, a->n_items + 1, sizeof *a->items)) {
        return;
    }
    a->items = array;
    const char *kept = arena_strndup(&a->arena, pattern, n);
    const bool is_suffix = kept[0] == '*' && !strpbrk(kept + 1, "*?[\\/");
    a->items[a->n_items++] = (struct lh_attribute){kept, is_lfs, is_suffix};
}

/* "PATTERN attr attr...": only lines that speak of the filter are kept. */
static void add_line(struct lh_attributes *a, const char *line, size_t n)
{
    static const char BLANKS[] = " \t\r";
    size_t at = 0;
    while (at < n && strchr(BLANKS, line[at])) {
        at++;
    }
    const size_t start = at;
    while (at < n && !strchr(BLANKS, line[at])) {
        at++;
    }
    const size_t pattern_len = at - start;
    if (pattern_len == 0 || line[start] == '#' || line[start] == '!' || line[start] == '[') {
        return;
    }
    while (at < n) {
        while (at < n && strchr(BLANKS, line[at])) {
            at++;
        }
        const size_t word = at;
        while (at < n && !strchr(BLANKS, line[at])) {
            at++;
        }
        const struct str w = {line + word, at - word};
        const bool is_set = w.n >= 7 && memcmp(w.p, "filter=", 7) == 0;
        if (is_set || str_eq(w, "-filter") || str_eq(w, "!filter") || str_eq(w, "filter")) {
            add(a, line + start, pattern_len, str_eq(w, "filter=lfs"));
        }
    }
}

void lh_attributes_init(struct lh_attributes *a, const char *text, size_t n)
{
    *a = (struct lh_attributes){0};
    if (!text) {
        for (size_t i = 0; i < sizeof HUB_PATTERNS / sizeof *HUB_PATTERNS; i++) {
            add(a, HUB_PATTERNS[i], strlen(HUB_PATTERNS[i]), true);
        }
        return;
    }
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        const size_t len = end ? (size_t)(end - text) - at : n - at;
        add_line(a, text + at, len);
        at += len + 1;
    }
}

void lh_attributes_done(struct lh_attributes *a)
{
    free(a->items);
    arena_done(&a->arena);
    *a = (struct lh_attributes){0};
}

static bool matches(const char *pattern, const char *path)
{
    if (!strchr(pattern, '/')) {
        const char *slash = strrchr(path, '/');
        return lh_wildmatch(pattern, slash ? slash + 1 : path);
    }
    return lh_wildmatch(pattern + (*pattern == '/'), path);
}

bool lh_attributes_is_lfs(const struct lh_attributes *a, const char *path, uint64_t size)
{
    if (size == 0) {
        return false;
    }
    if (size > ALWAYS_LFS_BYTES) {
        return true;
    }
    for (size_t i = a->n_items; i-- > 0;) {
        const struct lh_attribute *item = &a->items[i];
        if (item->is_suffix ? str_ends(path, item->pattern + 1) : matches(item->pattern, path)) {
            return a->items[i].is_lfs;
        }
    }
    return false;
}
