/* SPDX-License-Identifier: Apache-2.0 */
/* The result for people: what was asked and understood, where it looks, what that costs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/cli/realize.h"

static void fact(struct cli_out *out, const char *name, const char *value)
{
    char *clean = text_clean(value);
    if (out->is_tty) {
        fprintf(out->f, "%s%-12s%s%s\n", cli_style(out, CLI_DIM), name, cli_style_end(out), clean);
    } else {
        fprintf(out->f, "%s\t%s\n", name, clean);
    }
    free(clean);
}

/* ---- the map ---- */

/* On a smaller screen it would push out what was asked and understood. */
enum { ROWS_FOR_MAP = 36 };

/* A small picture of R: each character is two cells, one above the other. */
static void print_map(struct cli_out *out, const struct arr_result *r)
{
    static const char *const SHADE[] = {" ", "\xe2\x96\x91", "\xe2\x96\x92", "\xe2\x96\x93",
                                        "\xe2\x96\x88"};
    static const char *const ASCII[] = {" ", ".", ":", "*", "#"};
    const int g = r->grid;
    fputc('\n', out->f);
    for (int y = 0; y < g; y += 2) {
        fputs("            ", out->f);
        for (int x = 0; x < g; x++) {
            const float top = r->balance.balanced[y * g + x];
            const float low = r->balance.balanced[(y + 1) * g + x];
            const float v = top > low ? top : low;
            const int shade = v >= 0.8F ? 4 : v >= 0.6F ? 3 : v >= 0.4F ? 2 : v >= 0.2F ? 1 : 0;
            fputs(out->is_ascii ? ASCII[shade] : SHADE[shade], out->f);
        }
        fputc('\n', out->f);
    }
    fputc('\n', out->f);
}

/* ---- the regions ---- */

/* Outwards to whole percents, as the captions for a model have it. */
static void put_place(struct buf *out, int width, int height, const struct arr_box *b)
{
    buf_printf(out, "rows %d-%d %%, columns %d-%d %%", 100 * b->y0 / height,
               (100 * b->y1 + height - 1) / height, 100 * b->x0 / width,
               (100 * b->x1 + width - 1) / width);
}

static void add_region(struct cli_table *t, const struct arr_plan *p, const char *name,
                       const char *class_name, const struct arr_region *g)
{
    struct buf text = BUF_INIT;
    cli_table_add(t, name, NULL);
    put_place(&text, p->width, p->height, &g->pixels);
    cli_table_add(t, buf_str(&text), NULL);
    cli_table_add(t, class_name, NULL);
    buf_clear(&text);
    buf_printf(&text, "%d x %d", g->pixels.x1 - g->pixels.x0, g->pixels.y1 - g->pixels.y0);
    cli_table_add(t, buf_str(&text), NULL);
    buf_clear(&text);
    buf_printf(&text, "%d x %d", g->cols * p->vlm->factor, g->rows * p->vlm->factor);
    cli_table_add(t, buf_str(&text), NULL);
    buf_clear(&text);
    buf_printf(&text, "%d", g->tokens);
    cli_table_add(t, buf_str(&text), NULL);
    buf_clear(&text);
    buf_printf(&text, "%.0f %%", p->total ? 100.0 * g->tokens / (double)p->total : 0.0);
    cli_table_add(t, buf_str(&text), NULL);
    buf_clear(&text);
    buf_printf(&text, "%.2f", g->zoom);
    cli_table_add(t, buf_str(&text), NULL);
    buf_done(&text);
}

static void print_regions(struct cli_out *out, const struct arr_result *r)
{
    static const struct cli_column COLUMNS[] = {
        {.title = "region"},
        {.title = "where"},
        {.title = "class", .rank = 2},
        {.title = "pixels", .is_right = true, .rank = 4},
        {.title = "sent as", .is_right = true, .rank = 3},
        {.title = "tokens", .is_right = true},
        {.title = "share", .is_right = true, .rank = 1},
        {.title = "zoom", .is_right = true, .rank = 5},
    };
    static const char *const CLASS[] = {"low", "medium", "high"};
    const struct arr_plan *p = &r->plan;
    struct cli_table *t = cli_table_new(COLUMNS, sizeof COLUMNS / sizeof *COLUMNS);
    add_region(t, p, "overview", "", &p->overview);
    for (size_t i = 0; i < p->n_regions; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu", i + 1);
        add_region(t, p, name, CLASS[arr_lod_class(p->regions[i].asked, &r->options.budget)],
                   &p->regions[i]);
    }
    cli_table_print(t, out);
    cli_table_free(t);
}

/* The one of most relevance; regions stand in the order of their weight. */
static const struct arr_region *first_region(const struct arr_plan *p)
{
    const struct arr_region *best = &p->regions[0];
    for (size_t i = 1; i < p->n_regions; i++) {
        best = p->regions[i].score > best->score ? &p->regions[i] : best;
    }
    return best;
}

/* Where the best region lies, or the best cell when none is worth sending; "" when none is best. */
static void put_first_place(struct buf *out, const struct arr_result *r)
{
    const bool is_even = r->flags & (ARR_R_NO_EVIDENCE | ARR_R_FLAT);
    if (r->has_plan && r->plan.n_regions > 0) {
        put_place(out, r->width, r->height, &first_region(&r->plan)->pixels);
    } else if (r->k > 0 && !is_even) {
        const int x = r->order[0] % r->grid, y = r->order[0] / r->grid;
        const struct arr_box cell = arr_cell_pixels(x, y, r->grid, r->width, r->height);
        put_place(out, r->width, r->height, &cell);
    }
}

/* ---- all ---- */

static void print_sums(struct cli_out *out, const struct arr_result *r)
{
    struct buf text = BUF_INIT;
    if (r->has_plan) {
        const struct arr_plan *p = &r->plan;
        buf_printf(&text, "%ld sent; the plain picture costs %ld at %s (%.2fx)", p->total,
                   p->plain_tokens, p->vlm->name, p->vlm_ratio);
        fact(out, "tokens", buf_str(&text));
        buf_clear(&text);
    }
    buf_printf(&text, "%d of %d chosen: %d high, %d medium, %d low", r->budgets.k, r->cells,
               r->lod.high, r->lod.medium, r->lod.low);
    fact(out, "cells", buf_str(&text));
    buf_done(&text);
}

static void print_head(struct cli_out *out, const struct realize_item *item, const char *query,
                       const struct arr_result *r)
{
    struct buf text = BUF_INIT;
    const struct arr_balance_out *b = &r->balance;
    buf_printf(&text, "%s, %d x %d %s", item->name, item->picture.width, item->picture.height,
               item->picture.format);
    fact(out, "picture", buf_str(&text));
    if (query && *query) {
        fact(out, "question", query);
        buf_clear(&text);
        realize_reading(r, out->is_ascii, &text);
        fact(out, "understood", buf_str(&text));
    }
    buf_clear(&text);
    if (b->has_tensions) {
        buf_printf(&text, "compress %.2f, exploit %.2f, focus %.2f", (double)b->tensions.compress,
                   (double)b->tensions.exploit, (double)b->tensions.focus);
        fact(out, "tensions", buf_str(&text));
    }
    buf_clear(&text);
    if (b->share[ARR_INFO] + b->share[ARR_PERSP] + b->share[ARR_PARTIC] <= 0.0F) {
        buf_done(&text); /* a balancer that does not weigh whole maps has none */
        return;
    }
    buf_printf(&text, "information %.0f %%, perspectival %.0f %%, participatory %.0f %%",
               100.0 * (double)b->share[ARR_INFO], 100.0 * (double)b->share[ARR_PERSP],
               100.0 * (double)b->share[ARR_PARTIC]);
    fact(out, "shares", buf_str(&text));
    buf_done(&text);
}

static void print_remarks(struct cli_out *out, const struct arr_result *r)
{
    struct buf text = BUF_INIT;
    realize_remarks(r, &text);
    for (const char *p = buf_str(&text); *p;) {
        const size_t n = strcspn(p, "\n");
        char line[512];
        snprintf(line, sizeof line, "%.*s", (int)n, p);
        fact(out, "note", line);
        p += n + (p[n] == '\n');
    }
    buf_done(&text);
}

void realize_print(struct realize *r, const struct realize_item *item, const char *query,
                   const struct arr_result *result)
{
    struct cli_out *out = &r->out;
    struct buf text = BUF_INIT;
    print_head(out, item, query, result);
    if (out->is_tty && out->rows >= ROWS_FOR_MAP) {
        print_map(out, result);
    } else if (out->is_tty) {
        fputc('\n', out->f);
    }
    if (result->has_plan) {
        print_regions(out, result);
        fputs(out->is_tty ? "\n" : "", out->f);
    }
    if (!result->has_plan || result->plan.n_regions == 0) {
        put_first_place(&text, result);
        fact(out, "best cell", text.n ? buf_str(&text) : "none stands out");
        buf_clear(&text);
    }
    print_sums(out, result);
    buf_printf(&text, "%s, %d channels, %.2f ms", result->backend,
               result->array.have & ARR_WANT_ARRAY ? 40 : 13, (double)result->total_ns / 1e6);
    fact(out, "engine", buf_str(&text));
    buf_done(&text);
    print_remarks(out, result);
}

/* ---- many pictures ---- */

struct cli_table *realize_rows_new(void)
{
    static const struct cli_column COLUMNS[] = {
        {.title = "picture", .min_cols = 12, .cut_middle = true},
        {.title = "size", .is_right = true, .rank = 3},
        {.title = "regions", .is_right = true, .rank = 4},
        {.title = "tokens", .is_right = true},
        {.title = "plain", .is_right = true, .rank = 1},
        {.title = "ratio", .is_right = true, .rank = 2},
        {.title = "looks first at", .rank = 1},
    };
    return cli_table_new(COLUMNS, sizeof COLUMNS / sizeof *COLUMNS);
}

void realize_rows_add(struct cli_table *t, const struct realize_item *item,
                      const struct arr_result *result)
{
    const struct arr_plan *p = &result->plan;
    const bool has = result->has_plan;
    struct buf text = BUF_INIT;
    cli_table_add(t, item->name, NULL);
    buf_printf(&text, "%d x %d", item->picture.width, item->picture.height);
    cli_table_add(t, buf_str(&text), NULL);
    cli_table_add_count(t, has, has ? p->n_regions : 0);
    cli_table_add_count(t, has, has ? (uint64_t)p->total : 0);
    cli_table_add_count(t, has, has ? (uint64_t)p->plain_tokens : 0);
    buf_clear(&text);
    if (has) {
        buf_printf(&text, "%.2fx", p->vlm_ratio);
    }
    cli_table_add(t, buf_str(&text), NULL);
    buf_clear(&text);
    put_first_place(&text, result);
    cli_table_add(t, has ? buf_str(&text) : result->plan_why, NULL);
    buf_done(&text);
}

void realize_print_many(struct realize *r, const char *query, const struct arr_result *last,
                        const struct cli_table *rows)
{
    struct buf text = BUF_INIT;
    if (query && *query && last->cells > 0) { /* 0: no picture could be read */
        fact(&r->out, "question", query);
        realize_reading(last, r->out.is_ascii, &text);
        fact(&r->out, "understood", buf_str(&text));
        fputs(r->out.is_tty ? "\n" : "", r->out.f);
    }
    cli_table_print(rows, &r->out);
    buf_done(&text);
}
