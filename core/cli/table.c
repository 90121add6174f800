/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/out.h"

enum { GAP = 2 };

struct cell {
    const char *shown, *exact;
};

struct cli_table {
    const struct cli_column *columns;
    size_t n_columns;
    struct arena arena;
    struct cell *cells;
    size_t n_cells, cap;
};

struct cli_table *cli_table_new(const struct cli_column *columns, size_t n_columns)
{
    struct cli_table *t = xcalloc(1, sizeof *t);
    t->columns = columns;
    t->n_columns = n_columns;
    return t;
}

void cli_table_free(struct cli_table *t)
{
    if (t) {
        arena_done(&t->arena);
        free(t->cells);
        free(t);
    }
}

static const char *keep_clean(struct cli_table *t, const char *text)
{
    char *clean = text_clean(text);
    const char *kept = arena_strdup(&t->arena, clean);
    free(clean);
    return kept;
}

void cli_table_add(struct cli_table *t, const char *shown, const char *exact)
{
    if (t->n_cells == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 64;
        t->cells = xrealloc(t->cells, t->cap * sizeof *t->cells);
    }
    struct cell *c = &t->cells[t->n_cells++];
    c->shown = keep_clean(t, shown);
    c->exact = exact ? keep_clean(t, exact) : c->shown;
}

static void add_pair(struct cli_table *t, bool has, struct buf *shown, struct buf *exact)
{
    cli_table_add(t, has ? buf_str(shown) : "-", has ? buf_str(exact) : "");
    buf_done(shown);
    buf_done(exact);
}

void cli_table_add_count(struct cli_table *t, bool has, uint64_t n)
{
    struct buf shown = BUF_INIT, exact = BUF_INIT;
    text_count(&shown, n);
    buf_printf(&exact, "%llu", (unsigned long long)n);
    add_pair(t, has, &shown, &exact);
}

void cli_table_add_bytes(struct cli_table *t, bool has, uint64_t n)
{
    struct buf shown = BUF_INIT, exact = BUF_INIT;
    text_bytes(&shown, n);
    buf_printf(&exact, "%llu", (unsigned long long)n);
    add_pair(t, has, &shown, &exact);
}

void cli_table_add_date(struct cli_table *t, bool has, int64_t unix_s)
{
    struct buf shown = BUF_INIT, exact = BUF_INIT;
    text_age_short(&shown, unix_s, clock_unix_s());
    clock_put_iso(&exact, unix_s);
    add_pair(t, has, &shown, &exact);
}

static size_t n_rows(const struct cli_table *t)
{
    return t->n_columns ? t->n_cells / t->n_columns : 0;
}

static void print_tsv(const struct cli_table *t, struct cli_out *out)
{
    for (size_t i = 0; i < n_rows(t) * t->n_columns; i++) {
        fputs(t->cells[i].exact, out->f);
        fputc((i + 1) % t->n_columns ? '\t' : '\n', out->f);
    }
}

/* Natural widths; -1 for a column that is left out. */
static void measure(const struct cli_table *t, int *widths)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        widths[c] = text_width(t->columns[c].title);
    }
    for (size_t i = 0; i < n_rows(t) * t->n_columns; i++) {
        const int w = text_width(t->cells[i].shown);
        if (w > widths[i % t->n_columns]) {
            widths[i % t->n_columns] = w;
        }
    }
}

static int total_width(const int *widths, size_t n)
{
    int total = -GAP;
    for (size_t c = 0; c < n; c++) {
        total += widths[c] >= 0 ? widths[c] + GAP : 0;
    }
    return total;
}

/* The column to narrow next: of the highest rank that is still above its least width, so that the
 * unranked ones (names) keep their width longest; among equals the widest. */
static size_t next_to_cut(const struct cli_table *t, const int *widths)
{
    size_t best = t->n_columns;
    for (size_t c = 0; c < t->n_columns; c++) {
        const struct cli_column *column = &t->columns[c];
        if (column->min_cols == 0 || widths[c] <= column->min_cols) {
            continue;
        }
        const int lead = best == t->n_columns ? 1 : column->rank - t->columns[best].rank;
        if (lead > 0 || (lead == 0 && widths[c] > widths[best])) {
            best = c;
        }
    }
    return best;
}

static void cut_columns(const struct cli_table *t, int *widths, int cols)
{
    for (int excess = total_width(widths, t->n_columns) - cols; excess > 0; excess--) {
        const size_t c = next_to_cut(t, widths);
        if (c == t->n_columns) {
            return;
        }
        widths[c]--;
    }
}

/* How narrow the table can get by cutting. */
static int least_width(const struct cli_table *t, const int *widths)
{
    int total = -GAP;
    for (size_t c = 0; c < t->n_columns; c++) {
        const int min = t->columns[c].min_cols;
        if (widths[c] >= 0) {
            total += (min > 0 && widths[c] > min ? min : widths[c]) + GAP;
        }
    }
    return total;
}

static void fit(const struct cli_table *t, int *widths, int cols)
{
    while (least_width(t, widths) > cols) {
        size_t worst = t->n_columns;
        for (size_t c = 0; c < t->n_columns; c++) {
            const int rank = t->columns[c].rank;
            if (widths[c] >= 0 && rank > 0 &&
                (worst == t->n_columns || rank > t->columns[worst].rank)) {
                worst = c;
            }
        }
        if (worst == t->n_columns) {
            break;
        }
        widths[worst] = -1;
    }
    cut_columns(t, widths, cols);
}

static size_t last_shown(const int *widths, size_t n)
{
    while (n > 0 && widths[n - 1] < 0) {
        n--;
    }
    return n;
}

static void put_cell(struct buf *line, const struct cli_column *column, const char *text, int width,
                     bool is_last, bool ascii)
{
    struct buf cut = BUF_INIT;
    if (column->cut_middle) {
        (column->is_repo ? text_cut_name : text_cut_middle)(&cut, text, width, ascii);
    } else if (column->min_cols > 0) {
        text_cut_end(&cut, text, width, ascii);
    } else {
        buf_puts(&cut, text);
    }
    const int room = width - text_width(buf_str(&cut));
    const size_t pad = room > 0 ? (size_t)room : 0;
    buf_pad(line, ' ', column->is_right ? pad : 0);
    buf_puts(line, buf_str(&cut));
    buf_pad(line, ' ', column->is_right || is_last ? 0 : pad);
    buf_pad(line, ' ', is_last ? 0 : GAP);
    buf_done(&cut);
}

static void print_table(const struct cli_table *t, struct cli_out *out)
{
    int *widths = xcalloc(t->n_columns ? t->n_columns : 1, sizeof *widths);
    measure(t, widths);
    fit(t, widths, out->cols);
    const size_t end = last_shown(widths, t->n_columns);
    for (size_t row = 0; row <= n_rows(t); row++) {
        struct buf line = BUF_INIT;
        for (size_t c = 0; c < end; c++) {
            const char *text =
                row == 0 ? t->columns[c].title : t->cells[(row - 1) * t->n_columns + c].shown;
            if (widths[c] >= 0) {
                put_cell(&line, &t->columns[c], text, widths[c], c + 1 == end, out->is_ascii);
            }
        }
        while (line.n > 0 && line.p[line.n - 1] == ' ') {
            line.p[--line.n] = '\0';
        }
        fprintf(out->f, "%s%s%s\n", row == 0 ? cli_style(out, CLI_BOLD) : "", buf_str(&line),
                row == 0 ? cli_style_end(out) : "");
        buf_done(&line);
    }
    free(widths);
}

void cli_table_print(const struct cli_table *t, struct cli_out *out)
{
    if (out->is_tty) {
        print_table(t, out);
    } else {
        print_tsv(t, out);
    }
}
