/* SPDX-License-Identifier: Apache-2.0 */
/* A peek as text for people, as lines with tabs, as JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/peek/peek.h"

enum { NAME_COLS = 14, GAP = 2, COLUMNS_MAX = 8 };

static void put_grouped(struct buf *out, uint64_t n)
{
    if (n >= 1000) {
        put_grouped(out, n / 1000);
        buf_printf(out, ",%03" PRIu64, n % 1000);
    } else {
        buf_printf(out, "%" PRIu64, n);
    }
}

/* As people read it, on one line. */
static void put_shown(struct buf *out, const struct peek_value *v)
{
    switch (v->type) {
    case PEEK_NOTHING:
        buf_puts(out, "-");
        break;
    case PEEK_COUNT:
        put_grouped(out, v->n);
        break;
    case PEEK_BYTES:
        text_bytes(out, v->n);
        break;
    case PEEK_TEXT:
    case PEEK_JSON:
        text_sanitize(out, v->text, strlen(v->text), TEXT_LINE);
        break;
    }
}

/* ---- for people ---- */

static void put_fact(struct buf *out, const struct peek_fact *f)
{
    buf_puts(out, f->name);
    buf_pad(out, ' ', strlen(f->name) < NAME_COLS ? NAME_COLS - strlen(f->name) : 1);
    put_shown(out, &f->value);
    if (f->value.type == PEEK_BYTES && f->value.n >= 1000) {
        buf_puts(out, " (");
        put_grouped(out, f->value.n);
        buf_puts(out, " bytes)");
    }
    buf_putc(out, '\n');
}

static void put_cell(struct buf *out, const char *text, int cols, bool is_right, bool is_last)
{
    const int blanks = cols - text_width(text);
    if (is_right) {
        buf_pad(out, ' ', blanks > 0 ? (size_t)blanks : 0);
    }
    buf_puts(out, text);
    if (!is_right && !is_last) {
        buf_pad(out, ' ', blanks > 0 ? (size_t)blanks : 0);
    }
    buf_pad(out, ' ', is_last ? 0 : GAP);
}

/* A cell that is far wider than the others of its column does not push the rest away. */
enum { CELL_COLS_MAX = 60 };

/* Columns of each column: a cell is made to be measured, and again to be put. */
static void measure(const struct peek_table *t, int *cols)
{
    struct buf text = BUF_INIT;
    for (size_t c = 0; c < t->n_columns; c++) {
        cols[c] = text_width(t->columns[c].title);
    }
    for (size_t i = 0; i < t->n_rows * t->n_columns; i++) {
        int *most = &cols[i % t->n_columns];
        buf_clear(&text);
        put_shown(&text, &t->cells[i]);
        const int width = text_width(buf_str(&text));
        *most = width > *most ? (width < CELL_COLS_MAX ? width : CELL_COLS_MAX) : *most;
    }
    buf_done(&text);
}

static void put_titles(struct buf *out, const struct peek_table *t, const int *cols)
{
    buf_printf(out, "\n%s, ", t->title);
    put_grouped(out, t->n_rows);
    if (t->left_out) {
        buf_puts(out, " of ");
        put_grouped(out, t->n_rows + t->left_out);
    }
    buf_putc(out, '\n');
    buf_pad(out, ' ', GAP);
    for (size_t c = 0; c < t->n_columns; c++) {
        put_cell(out, t->columns[c].title, cols[c], t->columns[c].is_right, c + 1 == t->n_columns);
    }
    buf_putc(out, '\n');
}

static void put_table(struct buf *out, const struct peek_table *t)
{
    int cols[COLUMNS_MAX] = {0};
    struct buf text = BUF_INIT;
    measure(t, cols);
    put_titles(out, t, cols);
    for (size_t i = 0; i < t->n_rows * t->n_columns; i++) {
        const size_t c = i % t->n_columns;
        const bool is_last = c + 1 == t->n_columns;
        buf_clear(&text);
        put_shown(&text, &t->cells[i]);
        buf_pad(out, ' ', c == 0 ? GAP : 0);
        put_cell(out, buf_str(&text), cols[c], t->columns[c].is_right, is_last);
        buf_puts(out, is_last ? "\n" : "");
    }
    buf_done(&text);
}

void peek_put_text(const struct peek *p, struct buf *out)
{
    for (size_t i = 0; i < p->n_facts; i++) {
        if (p->facts[i].name) {
            put_fact(out, &p->facts[i]);
        }
    }
    for (size_t i = 0; i < p->n_tables; i++) {
        if (p->tables[i].n_rows > 0) {
            put_table(out, &p->tables[i]);
        }
    }
}

/* ---- for programs ---- */

static void put_exact(struct buf *out, const struct peek_value *v)
{
    if (v->type == PEEK_COUNT || v->type == PEEK_BYTES) {
        buf_printf(out, "%" PRIu64, v->n);
    } else if (v->type != PEEK_NOTHING) {
        put_shown(out, v);
    }
}

void peek_put_tabs(const struct peek *p, struct buf *out)
{
    for (size_t i = 0; i < p->n_facts; i++) {
        if (p->facts[i].key) {
            buf_printf(out, "%s\t", p->facts[i].key);
            put_exact(out, &p->facts[i].value);
            buf_putc(out, '\n');
        }
    }
    for (size_t i = 0; i < p->n_tables; i++) {
        const struct peek_table *t = &p->tables[i];
        for (size_t c = 0; c < t->n_rows * t->n_columns; c++) {
            buf_puts(out, c % t->n_columns ? "" : t->row);
            buf_putc(out, '\t');
            put_exact(out, &t->cells[c]);
            buf_puts(out, (c + 1) % t->n_columns ? "" : "\n");
        }
    }
}

static cJSON *json_of(const struct peek_value *v)
{
    char number[24];
    switch (v->type) {
    case PEEK_TEXT: {
        /* JSON is UTF-8; a name in a file need not be. */
        char *clean = NULL;
        if (!text_is_utf8(v->text, strlen(v->text), NULL)) {
            clean = text_clean(v->text);
        }
        cJSON *text = cJSON_CreateString(clean ? clean : v->text);
        free(clean);
        return text;
    }
    case PEEK_COUNT:
    case PEEK_BYTES:
        snprintf(number, sizeof number, "%" PRIu64, v->n); /* exact above 2^53, too */
        return cJSON_CreateRaw(number);
    case PEEK_JSON:
        return cJSON_CreateRaw(v->text);
    case PEEK_NOTHING:
        break;
    }
    return cJSON_CreateNull();
}

cJSON *peek_json(const struct peek *p)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < p->n_facts; i++) {
        if (p->facts[i].key) {
            cJSON_AddItemToObject(object, p->facts[i].key, json_of(&p->facts[i].value));
        }
    }
    for (size_t i = 0; i < p->n_tables; i++) {
        const struct peek_table *t = &p->tables[i];
        char left_out[48];
        snprintf(left_out, sizeof left_out, "%s_left_out", t->key);
        if (t->left_out) {
            cJSON_AddNumberToObject(object, left_out, (double)t->left_out);
        }
        cJSON *rows = cJSON_AddArrayToObject(object, t->key);
        cJSON *row = NULL;
        for (size_t c = 0; c < t->n_rows * t->n_columns; c++) {
            if (c % t->n_columns == 0) {
                row = cJSON_CreateObject();
                cJSON_AddItemToArray(rows, row);
            }
            cJSON_AddItemToObject(row, t->columns[c % t->n_columns].key, json_of(&t->cells[c]));
        }
    }
    return object;
}
