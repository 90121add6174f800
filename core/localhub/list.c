/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/{models,datasets,spaces}: filter, sort, one page, and a cursor to the next. */
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/call.h"
#include "core/localhub/filter.h"
#include "core/localhub/item.h"
#include "core/localhub/store.h"

enum { PAGE_MAX = 1000 };

struct row {
    struct lh_repo *repo;
    const char *id;
    double key;
};

struct order {
    bool by_id, is_ascending;
};

static double from_sidecar(struct lh_repo *repo, const char *key)
{
    double value = 0;
    return json_num(repo->sidecar, key, &value) ? value : 0;
}

static double parameters_of(struct lh_repo *repo)
{
    const struct lh_weights *w = lh_tree_weights(repo, repo->trees[0]);
    return (double)(w->n_dtypes ? w->total : w->gguf_total);
}

/* Absent counts as 0. */
static double sort_key(struct lh_repo *repo, const char *sort)
{
    const struct lh_tree *head = repo->trees[0];
    if (strcmp(sort, "createdAt") == 0) {
        return (double)lh_repo_created(repo, head);
    }
    if (strcmp(sort, "lastModified") == 0) {
        return (double)lh_repo_modified(repo, head);
    }
    if (strcmp(sort, "mainSize") == 0) {
        return (double)head->total_bytes;
    }
    if (strcmp(sort, "num_parameters") == 0) {
        return parameters_of(repo);
    }
    return from_sidecar(repo, sort);
}

static bool is_sort(enum lh_kind kind, const char *sort)
{
    static const struct {
        const char *name;
        unsigned kinds;
    } SORTS[] = {
        {"createdAt", 7},      {"lastModified", 7},
        {"likes", 7},          {"trendingScore", 7},
        {"downloads", 3},      {"likes30d", 7},
        {"mainSize", 7},       {"id", 7},
        {"num_parameters", 1}, {"datasetsServerInfo.numRows", 2},
    };
    for (size_t i = 0; i < sizeof SORTS / sizeof *SORTS; i++) {
        if (strcmp(SORTS[i].name, sort) == 0) {
            return SORTS[i].kinds >> kind & 1;
        }
    }
    return false;
}

/* Ties are broken by id, so that an order is always the same. */
static int compare(const struct row *a, const struct row *b, struct order order)
{
    const int sign = order.is_ascending ? 1 : -1;
    if (order.by_id) {
        return sign * strcmp(a->id, b->id);
    }
    if (a->key < b->key || a->key > b->key) {
        return a->key < b->key ? -sign : sign;
    }
    return strcmp(a->id, b->id);
}

static int by_key_down(const void *a, const void *b)
{
    return compare(a, b, (struct order){false, false});
}

static int by_key_up(const void *a, const void *b)
{
    return compare(a, b, (struct order){false, true});
}

static int by_id_down(const void *a, const void *b)
{
    return compare(a, b, (struct order){true, false});
}

static int by_id_up(const void *a, const void *b)
{
    return compare(a, b, (struct order){true, true});
}

static void sort_rows(struct row *rows, size_t n, struct order order)
{
    if (n == 0) {
        return;
    }
    if (order.by_id) {
        qsort(rows, n, sizeof *rows, order.is_ascending ? by_id_up : by_id_down);
    } else {
        qsort(rows, n, sizeof *rows, order.is_ascending ? by_key_up : by_key_down);
    }
}

/* ---- the cursor: key and id of the last row, so that a page stays the same when rows come and go
 */

static char *cursor_after(const struct row *last)
{
    char key[40];
    snprintf(key, sizeof key, "%.17g ", last->key);
    struct buf hex = BUF_INIT;
    for (const char *c = key; *c; c++) {
        buf_printf(&hex, "%02x", (unsigned char)*c);
    }
    for (const char *c = last->id; *c; c++) {
        buf_printf(&hex, "%02x", (unsigned char)*c);
    }
    return buf_steal(&hex);
}

static bool parse_cursor(struct arena *arena, const char *hex, struct row *out)
{
    const size_t n = strlen(hex);
    char *text = arena_alloc(arena, n / 2 + 1, 1);
    if (n == 0 || n % 2 || n > 512 || strspn(hex, "0123456789abcdef") != n) {
        return false;
    }
    for (size_t i = 0; i < n; i += 2) {
        unsigned byte = 0;
        const char pair[3] = {hex[i], hex[i + 1], '\0'};
        sscanf(pair, "%2x", &byte);
        text[i / 2] = (char)byte;
    }
    char *end = NULL;
    out->key = strtod(text, &end);
    if (end == text || *end != ' ' || !(out->key > -DBL_MAX && out->key < DBL_MAX)) {
        return false;
    }
    out->id = end + 1;
    return true;
}

static size_t first_after(const struct row *rows, size_t n, const struct row *last,
                          struct order order)
{
    size_t i = 0;
    while (i < n && compare(&rows[i], last, order) <= 0) {
        i++;
    }
    return i;
}

/* ---- the answer ---- */

struct listing {
    struct lh_selection selection;
    const char *sort;
    struct order order;
    uint64_t limit;
    struct row after;
    bool has_after;
};

static bool read_query(struct lh_call *c, struct listing *l)
{
    const char *sort = lh_request_query(c->req, "sort");
    const char *direction = lh_request_query(c->req, "direction");
    const char *cursor = lh_request_query(c->req, "cursor");
    l->sort = sort ? sort : "trendingScore";
    l->order.by_id = strcmp(l->sort, "id") == 0;
    l->order.is_ascending = direction && strcmp(direction, "1") == 0;
    l->has_after = cursor != NULL;
    if (!lh_select_for(c, LH_SET_LIST, &l->selection) || !lh_filter_check(c)) {
        return false;
    }
    if (!is_sort(c->kind, l->sort)) {
        lh_reply_error(c->reply, 400, NULL, "\"sort\" does not know \"%s\" for %s", l->sort,
                       lh_kind_plural(c->kind));
    } else if (!lh_request_number(c->req, "limit", 1, UINT32_MAX, PAGE_MAX, &l->limit)) {
        lh_reply_error(c->reply, 400, NULL, "\"limit\" must be a number from 1 to %d", PAGE_MAX);
    } else if (cursor && !parse_cursor(&c->req->arena, cursor, &l->after)) {
        lh_reply_error(c->reply, 400, NULL, "\"cursor\" is not one of ours");
    } else {
        l->limit = l->limit < PAGE_MAX ? l->limit : PAGE_MAX;
        return true;
    }
    return false;
}

static void answer_page(struct lh_call *c, const struct listing *l, const struct row *rows,
                        size_t n)
{
    const size_t first = l->has_after ? first_after(rows, n, &l->after, l->order) : 0;
    const size_t end = n - first > l->limit ? first + (size_t)l->limit : n;
    lh_reply_list_begin(c->reply);
    for (size_t i = first; i < end; i++) {
        cJSON *item = lh_item(c, rows[i].repo, rows[i].repo->trees[0], &l->selection);
        if (!item) {
            return;
        }
        lh_reply_list_add(c->reply, item);
    }
    lh_reply_list_end(c->reply);
    lh_reply_header(c->reply, "X-Total-Count", "%zu", n);
    if (end < n) {
        char *cursor = cursor_after(&rows[end - 1]);
        lh_call_link_next(c, "cursor", cursor);
        free(cursor);
    }
}

void lh_answer_list(struct lh_call *c)
{
    struct listing l = {0};
    if (!read_query(c, &l)) {
        return;
    }
    struct lh_repo_list repos;
    lh_store_list(c->site->store, c->kind, &repos);
    struct row *rows = xcalloc(repos.n, sizeof *rows);
    size_t n = 0;
    for (size_t i = 0; i < repos.n; i++) {
        struct lh_repo *repo = repos.items[i];
        if (lh_filter_matches(c, repo)) {
            rows[n++] = (struct row){repo, repo->id, l.order.by_id ? 0 : sort_key(repo, l.sort)};
        }
    }
    sort_rows(rows, n, l.order);
    answer_page(c, &l, rows, n);
    free(rows);
    lh_repo_list_done(&repos);
}
