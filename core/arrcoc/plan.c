/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/arrcoc/attend.h"
#include "core/arrcoc/regions.h"
#include "core/base/err.h"

/* ---- from a budget to rows and columns of tokens ---- */

/* How far rows x cols is from the aspect and from the budget. */
static double misfit(int rows, int cols, int budget, double aspect)
{
    const double r = rows, c = cols;
    return fabs(log(r / c / aspect)) + 0.5 * (1 - r * c / budget);
}

void arr_fit_tokens(int budget, int h, int w, int *rows, int *cols)
{
    const double aspect = (double)h / (double)w, better = 1e-12;
    double near = floor(sqrt(budget * aspect) + 0.5);
    near = near < 1 ? 1 : near > budget ? budget : near;
    double best = INFINITY;
    for (int r = (int)near - 1; r <= (int)near + 1; r++) {
        if (r < 1 || r > budget) {
            continue;
        }
        const double m = misfit(r, budget / r, budget, aspect);
        if (m < best - better) {
            best = m;
            *rows = r;
            *cols = budget / r;
        }
    }
}

struct limits {
    int factor;
    int64_t min_tokens, max_tokens;
    int64_t longest; /* the most tokens of one side for every one of the other */
    int side;        /* the most tokens of a side */
};

static struct limits limits_of(const struct arr_vlm *vlm)
{
    const int64_t per_token = (int64_t)vlm->factor * vlm->factor;
    struct limits l = {.factor = vlm->factor,
                       .min_tokens = (vlm->min_pixels + per_token - 1) / per_token,
                       .max_tokens = vlm->max_pixels / per_token,
                       .side = ARR_SIDE_MAX / vlm->factor};
    l.max_tokens = l.max_tokens < 1 ? 1 : l.max_tokens; /* as smart_resize has it */
    l.longest = vlm->max_aspect < (double)l.side ? (int64_t)vlm->max_aspect : l.side;
    return l;
}

static int smaller(int a, int64_t b)
{
    return a < b ? a : (int)b;
}

/* As arr_fit_tokens, but never a shape that the processor refuses. */
static void fit_within(const struct limits *l, int budget, int h, int w, int *rows, int *cols)
{
    arr_fit_tokens(budget, h, w, rows, cols);
    *rows = smaller(smaller(*rows, l->side), *cols * l->longest);
    *cols = smaller(smaller(*cols, l->side), *rows * l->longest);
}

/* Gives a region its tokens, `left` at the most. False when the policy drops it or they do not
 * reach. A budget at the minimum whose best shape needs fewer tokens is raised a little: below the
 * minimum the server would enlarge it. */
static bool realise(const struct limits *l, enum arr_small_crop small, int64_t left,
                    struct arr_region *r)
{
    const int h = r->pixels.y1 - r->pixels.y0, w = r->pixels.x1 - r->pixels.x0;
    const int64_t native = (int64_t)h * w, per_token = (int64_t)l->factor * l->factor;
    const int64_t doubled = 4 * native / per_token;
    int64_t budget = r->asked < doubled ? r->asked : doubled;
    r->is_capped = r->asked > doubled;
    r->is_raised = budget < l->min_tokens;
    if ((r->is_raised && small == ARR_SMALL_DROP) || left < 1) {
        return false;
    }
    budget = r->is_raised ? l->min_tokens : budget;
    budget = budget < 1 ? 1 : budget > l->max_tokens ? l->max_tokens : budget;
    budget = budget < left ? budget : left;
    fit_within(l, (int)budget, h, w, &r->rows, &r->cols);
    while ((int64_t)r->rows * r->cols < l->min_tokens && budget < l->max_tokens && budget < left) {
        r->is_raised = true;
        fit_within(l, (int)++budget, h, w, &r->rows, &r->cols);
    }
    r->tokens = r->rows * r->cols;
    r->zoom = sqrt((double)r->tokens * (double)per_token / (double)native);
    return left >= l->max_tokens || r->tokens >= l->min_tokens;
}

/* ---- the plan ---- */

static bool check_selection(int grid, const uint16_t *order, int k, struct err *e)
{
    if (grid < 1 || grid > ARR_GRID || k < 0 || k > grid * grid) {
        return err_set(e, ERR_USAGE, "planning crops: %d cells of a grid of %d make no sense", k,
                       grid);
    }
    for (int i = 0; i < k; i++) {
        if (order[i] >= grid * grid) {
            return err_set(e, ERR_USAGE, "planning crops: there is no cell %d in a grid of %d",
                           order[i], grid);
        }
    }
    return true;
}

static bool check_options(const struct arr_region_options *o, struct err *e)
{
    if (o->max_regions < 1 || o->max_regions > ARR_REGIONS_MAX) {
        return err_set(e, ERR_USAGE, "planning crops: %d regions; it must be 1 to %d",
                       o->max_regions, ARR_REGIONS_MAX);
    }
    if (o->min_lod < 1 || o->min_lod >= o->max_lod || !(o->kappa > 0) || isinf(o->kappa)) {
        return err_set(e, ERR_USAGE,
                       "planning crops: %d to %d tokens by the power %g; the smaller must be at "
                       "least 1 and below the larger, the power above 0",
                       o->min_lod, o->max_lod, o->kappa);
    }
    if (o->overview < 1 || o->total < 0) {
        return err_set(e, ERR_USAGE,
                       "planning crops: %d tokens for the overview, %ld in all; they must be above "
                       "0",
                       o->overview, o->total);
    }
    return true;
}

static void set_region(struct arr_region *r, const struct arr_cluster *c, int grid, int width,
                       int height)
{
    *r = (struct arr_region){.cells = c->cells,
                             .pixels = arr_box_pixels(c->cells, grid, width, height),
                             .n_selected = c->n_selected,
                             .weight = c->weight,
                             .score = c->n_selected > 0 ? c->weight / c->n_selected : 0};
}

/* What all of it may cost: without a total, what the picture costs as it is. */
static long limit_of(const struct arr_region_options *o, long plain_tokens)
{
    return o->total > 0 ? o->total : plain_tokens;
}

/* Never more for the overview than the picture costs as it is, and of a small limit so little that
 * a region fits beside it. */
static int overview_tokens(const struct limits *l, const struct arr_region_options *o,
                           long plain_tokens)
{
    const int64_t least = l->min_tokens > o->min_lod ? l->min_tokens : o->min_lod;
    const int64_t limit = limit_of(o, plain_tokens);
    int64_t n = o->overview < plain_tokens ? o->overview : plain_tokens;
    if (limit < n + least) {
        n = limit >= 2 * least ? limit / 2 : limit;
    }
    return (int)n;
}

static bool plan_overview(const struct limits *l, int grid, const float *relevance,
                          const uint16_t *order, int k, const struct arr_region_options *o,
                          struct arr_plan *out, struct err *e)
{
    struct arr_cluster all = {.cells = {0, 0, grid, grid}, .n_selected = k};
    for (int i = 0; i < k; i++) {
        all.weight += (double)relevance[order[i]];
    }
    set_region(&out->overview, &all, grid, out->width, out->height);
    out->overview.asked = overview_tokens(l, o, out->plain_tokens);
    realise(l, ARR_SMALL_RAISE, INT64_MAX, &out->overview);
    if (o->total > 0 && out->overview.tokens > o->total) {
        err_set(e, ERR_USAGE,
                "planning crops for %s: %ld tokens in all do not reach for the overview, which "
                "takes %d",
                out->vlm->name, o->total, out->overview.tokens);
        return err_remedy(e, "Give at least %d tokens.", out->overview.tokens);
    }
    return true;
}

/* Budgets go by mean relevance, not by the order of the plan, which is by its sum. */
static void sort_by_score(const struct arr_plan *p, size_t *rank)
{
    for (size_t i = 0; i < p->n_regions; i++) {
        size_t at = i;
        while (at > 0 && p->regions[rank[at - 1]].score < p->regions[i].score) {
            rank[at] = rank[at - 1];
            at--;
        }
        rank[at] = i;
    }
}

static long sum_asked(const struct arr_plan *p)
{
    long sum = p->overview.tokens;
    for (size_t i = 0; i < p->n_regions; i++) {
        sum += p->regions[i].asked;
    }
    return sum;
}

/* Sets `asked`; 0 for regions that the total does not reach. total 0: by the curve. */
static bool ask(const struct arr_region_options *o, long total, struct arr_plan *p, struct err *e)
{
    const long left = total - p->overview.tokens;
    if (p->n_regions == 0 || (total > 0 && left < o->min_lod)) {
        return true;
    }
    if (p->n_regions == 1 && total == 0) {
        p->regions[0].asked = o->max_lod; /* nothing to compare it with */
        return true;
    }
    size_t rank[ARR_REGIONS_MAX];
    float scores[ARR_REGIONS_MAX];
    sort_by_score(p, rank);
    for (size_t i = 0; i < p->n_regions; i++) {
        scores[i] = (float)p->regions[rank[i]].score;
    }
    const struct arr_budget_options options = {.min_lod = o->min_lod,
                                               .max_lod = o->max_lod,
                                               .kappa = o->kappa,
                                               .policy = total > 0 ? ARR_EXACT : ARR_CURVE,
                                               .total = left};
    struct arr_budgets budgets;
    if (!arr_budgets_make(scores, (int)p->n_regions, &options, &budgets, e)) {
        return err_wrap(e, "planning crops");
    }
    for (int i = 0; i < budgets.k; i++) {
        p->regions[rank[i]].asked = budgets.tokens[i];
    }
    return true;
}

static void forget_asked(struct arr_plan *p)
{
    for (size_t i = 0; i < p->n_regions; i++) {
        p->regions[i].asked = 0;
    }
}

/* Without a total the plain picture's price is the limit: whoever wants to spend more says so. */
static bool ask_all(const struct arr_region_options *o, struct arr_plan *p, long *limit,
                    struct err *e)
{
    *limit = limit_of(o, p->plain_tokens);
    if (!ask(o, o->total, p, e)) {
        return false;
    }
    if (o->total > 0 || sum_asked(p) <= *limit) {
        return true;
    }
    forget_asked(p);
    return ask(o, *limit, p, e);
}

/* A region that is hardly finer than the overview shows nothing new. */
static bool is_covered(const struct arr_plan *p, const struct arr_region *r)
{
    const double finer = 1.25;
    return r->zoom < finer * p->overview.zoom;
}

static void realise_all(const struct limits *l, const struct arr_region_options *o, long limit,
                        struct arr_plan *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_regions; i++) {
        struct arr_region r = p->regions[i];
        if (r.asked <= 0 || !realise(l, o->small, limit - p->total, &r)) {
            p->n_dropped++;
        } else if (is_covered(p, &r)) {
            p->n_covered++;
        } else {
            p->regions[n++] = r;
            p->total += r.tokens;
        }
    }
    p->n_regions = n;
}

/* Beside no region the overview need not give way. */
static void grow_overview(const struct limits *l, const struct arr_region_options *o, long limit,
                          struct arr_plan *p)
{
    long n = o->overview < p->plain_tokens ? o->overview : p->plain_tokens;
    n = n < limit ? n : limit;
    if (n > p->overview.asked) {
        p->overview.asked = (int)n;
        realise(l, ARR_SMALL_RAISE, limit, &p->overview);
        p->total = p->overview.tokens;
    }
}

bool arr_plan_make(const struct arr_vlm *vlm, int width, int height, int grid,
                   const float *relevance, const uint16_t *order, int k,
                   const struct arr_region_options *options, struct arr_plan *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    out->vlm = vlm;
    out->width = width;
    out->height = height;
    const struct limits l = limits_of(vlm);
    if (!check_selection(grid, order, k, e) || !check_options(options, e) ||
        !arr_vlm_tokens(vlm, height, width, &out->plain_tokens, e) ||
        !plan_overview(&l, grid, relevance, order, k, options, out, e)) {
        return false;
    }
    struct arr_cluster clusters[ARR_REGIONS_MAX];
    const struct arr_raster raster = {grid, width, height, vlm->min_pixels / 4};
    out->n_regions =
        arr_regions_find(&raster, relevance, order, k, (size_t)options->max_regions, clusters);
    for (size_t i = 0; i < out->n_regions; i++) {
        set_region(&out->regions[i], &clusters[i], grid, width, height);
    }
    long limit = 0;
    if (!ask_all(options, out, &limit, e)) {
        return false;
    }
    out->total = out->overview.tokens;
    realise_all(&l, options, limit, out);
    if (out->n_regions == 0) {
        grow_overview(&l, options, limit, out);
    }
    out->vlm_ratio = (double)out->plain_tokens / (double)out->total;
    return true;
}
