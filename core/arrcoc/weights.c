/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/weights.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/weights_parts.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/safetensors.h"

/* ---- one tensor ---- */

/* A matrix of a part, or a vector when cols is 0. rows 0: D, which is not known yet. */
struct wanted {
    const char *name;
    uint64_t rows, cols;
    float *dst;
    bool is_conv; /* may also have the shape [rows, cols, 1, 1] */
};

bool arr_tensor_read(const struct safetensors *s, const struct st_tensor *t, uint64_t first,
                     float *dst, size_t n, struct err *e)
{
    if (t->dtype != ST_F32 && t->dtype != ST_F16 && t->dtype != ST_BF16) {
        return err_set(e, ERR_DAMAGED, "tensor \"%.100s\": expected F32, F16 or BF16, found %s",
                       t->name, st_dtype_name(t->dtype));
    }
    if (!safetensors_read_f32(s, t, first, dst, n, e)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(dst[i])) {
            return err_set(e, ERR_DAMAGED, "tensor \"%.100s\": element %" PRIu64 " is not finite",
                           t->name, first + i);
        }
        if (fabsf(dst[i]) > (float)ARR_WEIGHT_MAX) {
            return err_set(e, ERR_DAMAGED,
                           "tensor \"%.100s\": element %" PRIu64 " is %g; they go to %d", t->name,
                           first + i, (double)dst[i], ARR_WEIGHT_MAX);
        }
    }
    return true;
}

const char *arr_tensor_shape(const struct st_tensor *t, char *text, size_t n)
{
    struct buf b = BUF_INIT;
    buf_putc(&b, '[');
    for (int i = 0; i < t->rank; i++) {
        buf_printf(&b, "%s%" PRIu64, i > 0 ? ", " : "", t->shape[i]);
    }
    buf_putc(&b, ']');
    snprintf(text, n, "%s", buf_str(&b));
    buf_done(&b);
    return text;
}

static bool fits(const struct st_tensor *t, const struct wanted *want)
{
    const bool is_conv = want->is_conv && t->rank == 4 && t->shape[2] == 1 && t->shape[3] == 1;
    if (t->rank != (want->cols ? 2 : 1) && !is_conv) {
        return false;
    }
    return (want->rows == 0 || t->shape[0] == want->rows) &&
           (want->cols == 0 || t->shape[1] == want->cols);
}

static bool check_shape(const struct st_tensor *t, const struct wanted *want, struct err *e)
{
    if (fits(t, want)) {
        return true;
    }
    char found[120], rows[24] = "D", cols[24] = "";
    if (want->rows) {
        snprintf(rows, sizeof rows, "%" PRIu64, want->rows);
    }
    if (want->cols) {
        snprintf(cols, sizeof cols, ", %" PRIu64, want->cols);
    }
    return err_set(e, ERR_DAMAGED, "tensor \"%.100s\": expected the shape [%s%s%s], found %s",
                   t->name, rows, cols, want->is_conv ? ", 1, 1" : "",
                   arr_tensor_shape(t, found, sizeof found));
}

/* ---- finding ---- */

/* Training frameworks put them in front, sometimes several. */
static size_t prefix_of(const char *name)
{
    static const char *const PREFIXES[] = {"module.", "_orig_mod.", "model."};
    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
        const size_t n = strlen(PREFIXES[i]);
        if (strncmp(name, PREFIXES[i], n) == 0) {
            return n;
        }
    }
    return 0;
}

static const char *without_prefixes(const char *name)
{
    for (size_t n = prefix_of(name); n > 0; n = prefix_of(name)) {
        name += n;
    }
    return name;
}

/* NULL without an error: there is none. */
static const struct st_tensor *find(const struct safetensors *s, const char *name, bool *is_twice)
{
    const struct st_tensor *found = NULL;
    for (size_t i = 0; i < safetensors_count(s); i++) {
        const struct st_tensor *t = safetensors_at(s, i);
        if (strcmp(without_prefixes(t->name), name) == 0) {
            *is_twice = *is_twice || found;
            found = t;
        }
    }
    return found;
}

enum { PART_MAX = 12 };

enum presence { PART_BROKEN, PART_ABSENT, PART_WHOLE };

/* Finds the tensors of a part: all of them or none. */
static enum presence find_part(const struct safetensors *s, const struct wanted *want, size_t n,
                               const struct st_tensor **tensors, struct err *e)
{
    size_t missing = n, n_found = 0, present = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_twice = false;
        tensors[i] = find(s, want[i].name, &is_twice);
        if (is_twice) {
            err_set(e, ERR_DAMAGED, "tensor \"%s\" is there twice, behind different prefixes",
                    want[i].name);
            return PART_BROKEN;
        }
        if (tensors[i]) {
            n_found++;
            present = i;
        } else if (missing == n) {
            missing = i;
        }
    }
    if (n_found > 0 && missing < n) {
        err_set(e, ERR_DAMAGED, "tensor \"%s\" is missing, although \"%s\" is there",
                want[missing].name, want[present].name);
        return PART_BROKEN;
    }
    return n_found > 0 ? PART_WHOLE : PART_ABSENT;
}

static bool check_shapes(const struct st_tensor *const *tensors, const struct wanted *want,
                         size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (!check_shape(tensors[i], &want[i], e)) {
            return false;
        }
    }
    return true;
}

/* Those with a place to go to. */
static bool read_all(const struct safetensors *s, const struct st_tensor *const *tensors,
                     const struct wanted *want, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (want[i].dst &&
            !arr_tensor_read(s, tensors[i], 0, want[i].dst, (size_t)tensors[i]->elements, e)) {
            return false;
        }
    }
    return true;
}

/* D from a tensor's extent less what else is in it. */
static bool take_dim(const struct st_tensor *t, int axis, uint64_t other, int *dim, struct err *e)
{
    const uint64_t extent = t->rank > axis ? t->shape[axis] : 0;
    if (extent <= other || extent - other > ARR_QUERY_MAX) {
        char found[120];
        return err_set(e, ERR_DAMAGED,
                       "tensor \"%.100s\" of shape %s: no query vector of 1 to %d numbers fits it",
                       t->name, arr_tensor_shape(t, found, sizeof found), ARR_QUERY_MAX);
    }
    *dim = (int)(extent - other);
    return true;
}

/* ---- the three parts ---- */

static bool load_scorer(const struct safetensors *s, struct arr_weights *w, struct err *e)
{
    enum { W0, B0, W2, B2, N };
    struct arr_scorer *p = &w->scorer;
    struct wanted want[N] = {
        [W0] = {"participatory_scorer.texture_proj.0.weight", ARR_HIDDEN, ARR_TEXTURE_CHANNELS,
                p->w0[0], true},
        [B0] = {"participatory_scorer.texture_proj.0.bias", ARR_HIDDEN, 0, p->b0, false},
        [W2] = {"participatory_scorer.texture_proj.2.weight", 0, ARR_HIDDEN, NULL, true},
        [B2] = {"participatory_scorer.texture_proj.2.bias", 0, 0, NULL, false},
    };
    const struct st_tensor *tensors[N];
    const enum presence presence = find_part(s, want, N, tensors, e);
    if (presence != PART_WHOLE) {
        return presence == PART_ABSENT;
    }
    if (!check_shape(tensors[W2], &want[W2], e) || !take_dim(tensors[W2], 0, 0, &p->dim, e)) {
        return false;
    }
    want[W2].rows = want[B2].rows = (uint64_t)p->dim;
    if (!check_shapes(tensors, want, N, e)) {
        return false;
    }
    want[W2].dst = p->w2 = try_alloc((size_t)p->dim, ARR_HIDDEN * sizeof(float));
    want[B2].dst = p->b2 = try_alloc((size_t)p->dim, sizeof(float));
    if (!p->w2 || !p->b2) {
        return err_set(e, ERR_LIMIT, "no memory for a scorer of %d numbers a query", p->dim);
    }
    if (!read_all(s, tensors, want, N, e)) {
        return false;
    }
    arr_scorer_prepare(p);
    w->has_scorer = true;
    return true;
}

/* Its first layer is read row by row: nine columns for the summaries, D for the query. */
static bool read_first_layer(const struct safetensors *s, const struct st_tensor *t,
                             struct arr_balancer *p, struct err *e)
{
    const size_t dim = (size_t)p->dim;
    p->wq = try_alloc(ARR_MLP * dim, sizeof(float));
    if (!p->wq) {
        return err_set(e, ERR_LIMIT, "no memory for a balancer of %d numbers a query", p->dim);
    }
    for (size_t i = 0; i < ARR_MLP; i++) {
        const uint64_t row = i * (ARR_SUMMARIES + dim);
        if (!arr_tensor_read(s, t, row, p->ws[i], ARR_SUMMARIES, e) ||
            !arr_tensor_read(s, t, row + ARR_SUMMARIES, p->wq + i * dim, dim, e)) {
            return false;
        }
    }
    return true;
}

static bool load_balancer(const struct safetensors *s, struct arr_weights *w, struct err *e)
{
    enum { W0, B0, W2, B2, W4, B4, N };
    struct arr_balancer *p = &w->balancer;
    struct wanted want[N] = {
        [W0] = {"balancer.weight_predictor.0.weight", ARR_MLP, ARR_SUMMARIES, NULL, false},
        [B0] = {"balancer.weight_predictor.0.bias", ARR_MLP, 0, p->b0, false},
        [W2] = {"balancer.weight_predictor.2.weight", ARR_MLP, ARR_MLP, p->w2[0], false},
        [B2] = {"balancer.weight_predictor.2.bias", ARR_MLP, 0, p->b2, false},
        [W4] = {"balancer.weight_predictor.4.weight", ARR_WAYS, ARR_MLP, p->w4[0], false},
        [B4] = {"balancer.weight_predictor.4.bias", ARR_WAYS, 0, p->b4, false},
    };
    const struct st_tensor *tensors[N];
    const enum presence presence = find_part(s, want, N, tensors, e);
    if (presence != PART_WHOLE) {
        return presence == PART_ABSENT;
    }
    if (!take_dim(tensors[W0], 1, ARR_SUMMARIES, &p->dim, e)) {
        return false;
    }
    want[W0].cols += (uint64_t)p->dim;
    if (!check_shapes(tensors, want, N, e) || !read_first_layer(s, tensors[W0], p, e) ||
        !read_all(s, tensors, want, N, e)) {
        return false;
    }
    w->has_balancer = true;
    return true;
}

static bool load_contextual(const struct safetensors *s, struct arr_weights *w, struct err *e)
{
    struct arr_contextual *p = &w->contextual;
    const struct wanted want[PART_MAX] = {
        {"tension_policy.0.weight", 64, ARR_POLICY_IN, p->p0[0], false},
        {"tension_policy.0.bias", 64, 0, p->pb0, false},
        {"tension_policy.2.weight", 32, 64, p->p2[0], false},
        {"tension_policy.2.bias", 32, 0, p->pb2, false},
        {"tension_policy.4.weight", 3, 32, p->p4[0], false},
        {"tension_policy.4.bias", 3, 0, p->pb4, false},
        {"combiner.0.weight", 64, 3, p->c0[0], false},
        {"combiner.0.bias", 64, 0, p->cb0, false},
        {"combiner.2.weight", 32, 64, p->c2[0], false},
        {"combiner.2.bias", 32, 0, p->cb2, false},
        {"combiner.4.weight", 1, 32, p->c4[0], false},
        {"combiner.4.bias", 1, 0, p->cb4, false},
    };
    const struct st_tensor *tensors[PART_MAX];
    const enum presence presence = find_part(s, want, PART_MAX, tensors, e);
    if (presence != PART_WHOLE) {
        return presence == PART_ABSENT;
    }
    w->has_contextual =
        check_shapes(tensors, want, PART_MAX, e) && read_all(s, tensors, want, PART_MAX, e);
    return w->has_contextual;
}

/* ---- the file ---- */

static bool check_whole(const struct arr_weights *w, struct err *e)
{
    if (!w->has_scorer && !w->has_balancer && !w->has_contextual) {
        err_set(e, ERR_DAMAGED, "no tensor of a scorer or balancer is in it");
        return err_remedy(e, "give a safetensors file with keys as "
                             "participatory_scorer.texture_proj.0.weight and "
                             "balancer.weight_predictor.0.weight");
    }
    if (w->has_scorer && w->has_balancer && w->scorer.dim != w->balancer.dim) {
        return err_set(e, ERR_DAMAGED,
                       "tensor \"balancer.weight_predictor.0.weight\" is for queries of %d numbers,"
                       " \"participatory_scorer.texture_proj.2.weight\" for %d",
                       w->balancer.dim, w->scorer.dim);
    }
    return true;
}

struct arr_weights *arr_weights_load(const char *path, struct err *e)
{
    struct safetensors *s = safetensors_open(path, e);
    if (!s) {
        return NULL;
    }
    struct arr_weights *w = xcalloc(1, sizeof *w);
    const bool ok = load_scorer(s, w, e) && load_balancer(s, w, e) && load_contextual(s, w, e) &&
                    check_whole(w, e);
    safetensors_close(s);
    if (!ok) {
        err_wrap(e, "reading weights from %s", path);
        arr_weights_free(w);
        return NULL;
    }
    return w;
}

void arr_weights_free(struct arr_weights *w)
{
    if (w) {
        arr_scorer_done(&w->scorer);
        arr_balancer_done(&w->balancer);
        free(w);
    }
}
