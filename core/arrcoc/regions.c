/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/regions.h"

#include <string.h>

/* Components do not touch, not even at corners: at most one in every 2 x 2 cells. */
enum { CLUSTERS_MAX = ((ARR_GRID + 1) / 2) * ((ARR_GRID + 1) / 2) };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static long area(struct arr_box b)
{
    return b.x1 > b.x0 && b.y1 > b.y0 ? (long)(b.x1 - b.x0) * (long)(b.y1 - b.y0) : 0;
}

static struct arr_box common(struct arr_box a, struct arr_box b)
{
    return (struct arr_box){most(a.x0, b.x0), most(a.y0, b.y0), least(a.x1, b.x1),
                            least(a.y1, b.y1)};
}

static struct arr_box around(struct arr_box a, struct arr_box b)
{
    return (struct arr_box){least(a.x0, b.x0), least(a.y0, b.y0), most(a.x1, b.x1),
                            most(a.y1, b.y1)};
}

static void edge_pixels(int c0, int c1, int grid, int side, int *p0, int *p1)
{
    *p0 = (int)((int64_t)c0 * side / grid);
    *p1 = most((int)((int64_t)c1 * side / grid), *p0 + 1);
}

struct arr_box arr_box_pixels(struct arr_box cells, int grid, int width, int height)
{
    struct arr_box p;
    edge_pixels(cells.x0, cells.x1, grid, width, &p.x0, &p.x1);
    edge_pixels(cells.y0, cells.y1, grid, height, &p.y0, &p.y1);
    return p;
}

struct arr_box arr_cell_pixels(int cell_x, int cell_y, int grid, int width, int height)
{
    const struct arr_box cell = {cell_x, cell_y, cell_x + 1, cell_y + 1};
    return arr_box_pixels(cell, grid, width, height);
}

/* ---- components ---- */

static struct arr_box grown(struct arr_box b, int grid)
{
    return (struct arr_box){most(b.x0 - 1, 0), most(b.y0 - 1, 0), least(b.x1 + 1, grid),
                            least(b.y1 + 1, grid)};
}

static struct arr_box with_surroundings(const struct arr_raster *p, struct arr_box b)
{
    const long everything = (long)p->grid * p->grid;
    do {
        b = grown(b, p->grid);
    } while (area(arr_box_pixels(b, p->grid, p->width, p->height)) < p->least_px &&
             area(b) < everything);
    return b;
}

static struct arr_cluster flood(const struct arr_raster *p, const float *relevance, int first,
                                bool *is_open)
{
    const int grid = p->grid;
    int stack[ARR_CELLS], n = 0;
    bool is_mine[ARR_CELLS] = {false};
    struct arr_cluster c = {.first = first, .cells = {grid, grid, 0, 0}};
    stack[n++] = first;
    is_open[first] = false;
    while (n > 0) {
        const int at = stack[--n], x = at % grid, y = at / grid;
        is_mine[at] = true;
        c.n_selected++;
        c.cells = around(c.cells, (struct arr_box){x, y, x + 1, y + 1});
        for (int ny = most(y - 1, 0); ny <= least(y + 1, grid - 1); ny++) {
            for (int nx = most(x - 1, 0); nx <= least(x + 1, grid - 1); nx++) {
                if (is_open[ny * grid + nx]) {
                    is_open[ny * grid + nx] = false;
                    stack[n++] = ny * grid + nx;
                }
            }
        }
    }
    for (int i = 0; i < grid * grid; i++) { /* in the cells' order, not the flood's */
        c.weight += is_mine[i] ? (double)relevance[i] : 0;
    }
    c.cells = with_surroundings(p, c.cells);
    return c;
}

/* ---- merging ---- */

static bool comes_before(const struct arr_cluster *a, const struct arr_cluster *b)
{
    if (a->weight > b->weight || a->weight < b->weight) {
        return a->weight > b->weight;
    }
    return a->first < b->first;
}

static void insert(struct arr_cluster *list, size_t n, struct arr_cluster c)
{
    while (n > 0 && comes_before(&c, &list[n - 1])) {
        list[n] = list[n - 1];
        n--;
    }
    list[n] = c;
}

static void take_out(struct arr_cluster *list, size_t n, size_t i)
{
    memmove(list + i, list + i + 1, (n - i - 1) * sizeof *list);
}

static bool overlaps(struct arr_box a, struct arr_box b)
{
    const long smaller = area(a) < area(b) ? area(a) : area(b);
    return 10 * area(common(a, b)) > 3 * smaller;
}

/* In a picture with fewer pixels than cells, boxes of different cells can be the same pixels. */
static bool must_merge(const struct arr_raster *p, struct arr_box a, struct arr_box b)
{
    if (overlaps(a, b)) {
        return true;
    }
    return (p->width < p->grid || p->height < p->grid) &&
           overlaps(arr_box_pixels(a, p->grid, p->width, p->height),
                    arr_box_pixels(b, p->grid, p->width, p->height));
}

static bool are_apart(struct arr_box a, struct arr_box b)
{
    return a.x0 >= b.x1 || b.x0 >= a.x1 || a.y0 >= b.y1 || b.y0 >= a.y1;
}

/* The pair to merge next: among those that must be, or (any) among all. */
static bool find_pair(const struct arr_raster *p, const struct arr_cluster *list, size_t n,
                      bool any, size_t *first, size_t *second)
{
    const bool shares_pixels = p->width < p->grid || p->height < p->grid;
    long best = -1;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            const struct arr_box a = list[i].cells, b = list[j].cells;
            if (!any && !shares_pixels && are_apart(a, b)) {
                continue; /* most pairs, cheaply */
            }
            const long added = area(around(a, b)) - area(a) - area(b) + area(common(a, b));
            if ((best < 0 || added < best) && (any || must_merge(p, a, b))) {
                best = added;
                *first = i;
                *second = j;
            }
        }
    }
    return best >= 0;
}

static size_t merge(const struct arr_raster *p, struct arr_cluster *list, size_t n, size_t max)
{
    size_t i = 0, j = 0;
    while (find_pair(p, list, n, false, &i, &j) ||
           (n > max && find_pair(p, list, n, true, &i, &j))) {
        const struct arr_cluster a = list[i], b = list[j];
        const struct arr_cluster both = {.cells = around(a.cells, b.cells),
                                         .n_selected = a.n_selected + b.n_selected,
                                         .weight = a.weight + b.weight,
                                         .first = least(a.first, b.first)};
        take_out(list, n--, j);
        take_out(list, n--, i);
        insert(list, n++, both);
    }
    return n;
}

size_t arr_regions_find(const struct arr_raster *p, const float *relevance, const uint16_t *order,
                        int k, size_t max, struct arr_cluster *out)
{
    bool is_open[ARR_CELLS] = {false};
    for (int i = 0; i < k; i++) {
        is_open[order[i]] = true;
    }
    struct arr_cluster list[CLUSTERS_MAX];
    size_t n = 0;
    for (int i = 0; i < p->grid * p->grid; i++) {
        if (is_open[i]) {
            insert(list, n, flood(p, relevance, i, is_open));
            n++;
        }
    }
    n = merge(p, list, n, max);
    memcpy(out, list, n * sizeof *list);
    return n;
}
