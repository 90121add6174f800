/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_wide.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum {
    WIDE_COLS = 512, /* from here on */
    PART_COLS = 128,
    MAX_INDENT = 3,
};

/* A line being read cell by cell. */
struct cells {
    struct str line;
    size_t at; /* behind the bar before the next cell */
};

/* The bars at the start and the end are not between cells. */
static bool begin_cells(struct cells *c, struct str line)
{
    size_t from = 0;
    while (line.n > 0 && strchr(" \t\r\n", line.p[line.n - 1]) && line.p[line.n - 1] != '\0') {
        line.n--;
    }
    while (from < line.n && line.p[from] == ' ') {
        from++;
    }
    *c = (struct cells){line, from + 1};
    return from <= MAX_INDENT && from < line.n && line.p[from] == '|';
}

/* The next cell; bars behind a backslash do not end it. */
static bool next_cell(struct cells *c, struct str *cell)
{
    if (c->at >= c->line.n) {
        return false;
    }
    size_t i = c->at;
    while (i < c->line.n && c->line.p[i] != '|') {
        i += c->line.p[i] == '\\' && i + 1 < c->line.n ? 2 : 1;
    }
    *cell = (struct str){c->line.p + c->at, i - c->at};
    c->at = i + 1;
    return true;
}

static size_t count_cells(struct str line)
{
    struct cells c;
    struct str cell;
    size_t n = 0;
    if (begin_cells(&c, line)) {
        while (next_cell(&c, &cell)) {
            n++;
        }
    }
    return n;
}

bool md_wide_is_head(struct str head, struct str delimiter)
{
    const size_t n = head.n >= 2 * WIDE_COLS ? count_cells(head) : 0;
    return n >= WIDE_COLS && count_cells(delimiter) == n;
}

/* PART_COLS cells of the line as a row. */
static void put_part(struct buf *out, struct cells *c)
{
    struct str cell;
    size_t n = 0;
    while (n < PART_COLS && next_cell(c, &cell)) {
        buf_putc(out, '|');
        buf_append(out, cell.p, cell.n);
        n++;
    }
    buf_puts(out, n > 0 ? "|\n" : "||\n");
}

/* Lines that begin with a bar, from the start of s. */
static size_t find_rows(struct str s, struct cells **rows, size_t *n_rows)
{
    size_t at = 0;
    size_t cap = 0;
    void *array = NULL;
    for (*n_rows = 0; at < s.n;) {
        const char *newline = memchr(s.p + at, '\n', s.n - at);
        const size_t end = newline ? (size_t)(newline - s.p) + 1 : s.n;
        struct cells c;
        if (!begin_cells(&c, (struct str){s.p + at, end - at})) {
            break;
        }
        if (!mem_grow(&array, &cap, *n_rows + 1, sizeof **rows)) {
            xmalloc(SIZE_MAX); /* prints and aborts */
        }
        *rows = array;
        (*rows)[(*n_rows)++] = c;
        at = end;
    }
    *rows = array;
    return at;
}

size_t md_wide_put(struct buf *out, struct str head, struct str delimiter, struct str rows)
{
    struct cells heads;
    struct cells delimiters;
    struct cells *found = NULL;
    size_t n = 0;
    const size_t taken = find_rows(rows, &found, &n);
    begin_cells(&heads, head);
    begin_cells(&delimiters, delimiter);
    while (heads.at < heads.line.n) {
        buf_putc(out, '\n');
        put_part(out, &heads);
        put_part(out, &delimiters);
        for (size_t i = 0; i < n; i++) {
            put_part(out, &found[i]);
        }
    }
    buf_putc(out, '\n');
    free(found);
    return taken;
}
