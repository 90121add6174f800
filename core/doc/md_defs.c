/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_defs.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"

enum {
    MAX_LINKS_BYTES = 64 * 1024, /* they are parsed again in every piece */
    MAX_MARKS_BYTES = 64 * 1024,
    MAX_DEF_BYTES = 4096,
    MAX_LABEL_BYTES = 999, /* CommonMark */
};

static size_t skip_spaces(struct str line)
{
    size_t i = 0;
    while (i < line.n && line.p[i] == ' ') {
        i++;
    }
    return i;
}

static bool is_blank(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!isspace((unsigned char)s.p[i])) {
            return false;
        }
    }
    return true;
}

/* The bytes of "[label]:" at the start of the line, 0 when it is none. */
static size_t def_label(struct str line, size_t at)
{
    if (at >= line.n || line.p[at] != '[') {
        return 0;
    }
    const size_t start = at + 1;
    for (size_t i = start; i + 1 < line.n && i - start <= MAX_LABEL_BYTES; i++) {
        if (line.p[i] == '\\') {
            i++;
        } else if (line.p[i] == '[') {
            return 0;
        } else if (line.p[i] == ']') {
            return i > start && line.p[i + 1] == ':' ? i + 2 : 0;
        }
    }
    return 0;
}

static size_t skip_blanks(struct str line, size_t i)
{
    while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t')) {
        i++;
    }
    return i;
}

/* A title in quotes or parentheses that ends the line, or nothing. */
static bool is_title(struct str s)
{
    while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1])) {
        s.n--;
    }
    if (s.n == 0) {
        return true;
    }
    const char close = s.p[0] == '(' ? ')' : s.p[0];
    if (s.n < 2 || !strchr("\"')", close) || s.p[s.n - 1] != close) {
        return false;
    }
    return memchr(s.p + 1, close, s.n - 2) == NULL && memchr(s.p + 1, '\\', s.n - 2) == NULL;
}

static bool is_definition(struct str line)
{
    const size_t indent = skip_spaces(line);
    if (indent > 3 || line.n > MAX_DEF_BYTES || memchr(line.p, '\0', line.n)) {
        return false;
    }
    size_t i = def_label(line, indent);
    if (i == 0 || is_blank((struct str){line.p + indent + 1, i - indent - 3})) {
        return false;
    }
    i = skip_blanks(line, i);
    const size_t start = i;
    while (i < line.n && !isspace((unsigned char)line.p[i])) {
        const char c = line.p[i];
        if (strchr("<>()\\", c) || iscntrl((unsigned char)c)) {
            return false;
        }
        i++;
    }
    return i > start && is_title((struct str){line.p + i, line.n - i});
}

void md_defs_done(struct md_defs *d)
{
    buf_done(&d->links);
    buf_done(&d->marks);
    buf_done(&d->stubs);
    free(d->labels);
    *d = (struct md_defs){0};
}

bool md_defs_link(struct md_defs *d, struct str line)
{
    if (!is_definition(line)) {
        return false;
    }
    if (d->links.n + line.n + 2 <= MAX_LINKS_BYTES) {
        const bool has_end = line.p[line.n - 1] == '\n';
        buf_append(&d->links, line.p, line.n);
        buf_puts(&d->links, has_end ? "" : "\n");
    }
    return true;
}

/* ---- footnotes ---- */

/* The label of "[^label]" at s.p + at, n = 0: there is none. */
static struct str note_label(struct str s, size_t at)
{
    struct str label = {s.p + at, 0};
    if (at + 3 >= s.n || s.p[at] != '[' || s.p[at + 1] != '^') {
        return label;
    }
    label.p += 2;
    for (size_t i = at + 2; i < s.n && i - at <= MAX_LABEL_BYTES; i++) {
        if (s.p[i] == ']') {
            label.n = i - at - 2;
            return label;
        }
        if (strchr(" \t\r\n[", s.p[i])) { /* NUL among them */
            return label;
        }
    }
    return label;
}

bool md_defs_note(struct md_defs *d, struct str line)
{
    const size_t indent = skip_spaces(line);
    const struct str label = note_label(line, indent);
    if (indent > 3 || label.n == 0 || indent + label.n + 3 >= line.n ||
        line.p[indent + label.n + 3] != ':') {
        return false;
    }
    void *labels = d->labels;
    if (!mem_grow(&labels, &d->cap_labels, d->n_labels + 1, sizeof *d->labels)) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
    d->labels = labels;
    d->labels[d->n_labels++] = label;
    return true;
}

static int compare_labels(const void *a, const void *b)
{
    const struct str *left = a;
    const struct str *right = b;
    const size_t n = left->n < right->n ? left->n : right->n;
    const int order = strncasecmp(left->p, right->p, n);
    return order != 0 ? order : (left->n > right->n) - (left->n < right->n);
}

static void drop_equal_labels(struct md_defs *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->n_labels; i++) {
        if (kept == 0 || compare_labels(&d->labels[kept - 1], &d->labels[i]) != 0) {
            d->labels[kept++] = d->labels[i];
        }
    }
    d->n_labels = kept;
}

static void put_mark(struct md_defs *d, struct str label)
{
    if (d->marks.n + label.n > MAX_MARKS_BYTES) {
        return;
    }
    buf_puts(&d->marks, "[^");
    buf_append(&d->marks, label.p, label.n);
    buf_puts(&d->marks, "]");
    buf_puts(&d->stubs, "[^");
    buf_append(&d->stubs, label.p, label.n);
    buf_puts(&d->stubs, "]: " MD_DEFS_STUB "\n");
}

void md_defs_refer(struct md_defs *d, struct str source)
{
    if (d->n_labels == 0) {
        return;
    }
    qsort(d->labels, d->n_labels, sizeof *d->labels, compare_labels);
    drop_equal_labels(d);
    bool *seen = xcalloc(d->n_labels, sizeof *seen);
    for (size_t at = 0; at < source.n; at++) {
        const char *bracket = memchr(source.p + at, '[', source.n - at);
        if (!bracket) {
            break;
        }
        at = (size_t)(bracket - source.p);
        const struct str label = note_label(source, at);
        const size_t end = at + label.n + 3;
        const struct str *found =
            label.n == 0 || (end < source.n && source.p[end] == ':')
                ? NULL
                : bsearch(&label, d->labels, d->n_labels, sizeof label, compare_labels);
        if (found && !seen[found - d->labels]) {
            seen[found - d->labels] = true;
            put_mark(d, label);
        }
    }
    free(seen);
}
