/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/resample.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/parallel.h"
#include "core/arrcoc/simd.h"
#include "core/arrcoc/types.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { WEIGHT_BITS = 22 };

static bool no_memory(struct err *e)
{
    err_set(e, ERR_LIMIT, "changing the size of a picture: not enough memory");
    return err_remedy(e, "use a smaller picture");
}

/* ---- taps ---- */

static double sinc(double x)
{
    if (x == 0.0) {
        return 1.0;
    }
    x *= 3.14159265358979323846;
    return sin(x) / x;
}

static double filter_at(enum arr_filter filter, double x)
{
    if (filter == ARR_LANCZOS) {
        return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
    }
    x = fabs(x);
    if (filter == ARR_TRIANGLE) {
        return x < 1.0 ? 1.0 - x : 0.0;
    }
    const double a = -0.5;
    if (x < 1.0) {
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    }
    return x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * a : 0.0;
}

static double filter_radius(enum arr_filter filter)
{
    return filter == ARR_LANCZOS ? 3.0 : filter == ARR_BICUBIC ? 2.0 : 1.0;
}

/* Weights of one output, in the order of operations that decides their last bit. */
static void taps_fill(struct arr_taps *t, int o, double centre, double per_px,
                      enum arr_filter filter, double *w)
{
    const int n = t->count[o];
    double sum = 0.0;
    for (int i = 0; i < n; i++) {
        w[i] = filter_at(filter, ((double)(i + t->first[o]) - centre + 0.5) * per_px);
        sum += w[i];
    }
    int32_t *out = t->weight + (size_t)o * (size_t)t->taps;
    for (int i = 0; i < n; i++) {
        const double v = (sum != 0.0 ? w[i] / sum : w[i]) * (double)(1 << WEIGHT_BITS);
        out[i] = (int32_t)(v < 0.0 ? v - 0.5 : v + 0.5);
    }
}

bool arr_taps_init(struct arr_taps *t, int n_in, int n_out, enum arr_filter filter, struct err *e)
{
    const double scale = (double)n_in / (double)n_out;
    const double factor = scale < 1.0 ? 1.0 : scale;
    const double support = filter_radius(filter) * factor;
    *t = (struct arr_taps){.n_out = n_out, .taps = (int)ceil(support) * 2 + 1};
    t->first = try_alloc((size_t)n_out, sizeof *t->first);
    t->count = try_alloc((size_t)n_out, sizeof *t->count);
    double *w = try_alloc((size_t)t->taps, sizeof *w);
    const size_t row = (size_t)t->taps * sizeof *t->weight;
    t->weight = try_alloc((size_t)n_out, row);
    const bool ok = t->first != NULL && t->count != NULL && w != NULL && t->weight != NULL;
    for (int o = 0; ok && o < n_out; o++) {
        const double centre = ((double)o + 0.5) * scale;
        const int low = (int)(centre - support + 0.5);
        const int high = (int)(centre + support + 0.5);
        t->first[o] = low < 0 ? 0 : low;
        t->count[o] = (high > n_in ? n_in : high) - t->first[o];
        taps_fill(t, o, centre, 1.0 / factor, filter, w);
    }
    free(w);
    if (!ok) {
        arr_taps_done(t);
        return no_memory(e);
    }
    return true;
}

void arr_taps_done(struct arr_taps *t)
{
    free(t->first);
    free(t->count);
    free(t->weight);
    *t = (struct arr_taps){0};
}

static int most_taps(const struct arr_taps *t)
{
    int most = 1;
    for (int o = 0; o < t->n_out; o++) {
        most = t->count[o] > most ? t->count[o] : most;
    }
    return most;
}

/* ---- the two passes over 8-bit pictures ---- */

/* Eight sums at a time, whatever the machine has: compilers split or keep these as it can.
 * Unsigned, because sums may wrap on their way; the result is read as signed. */
typedef uint32_t lanes __attribute__((vector_size(32)));
typedef uint32_t quad __attribute__((vector_size(16)));
typedef int32_t signed_lanes __attribute__((vector_size(32)));

static const lanes HALF = {1U << 21, 1U << 21, 1U << 21, 1U << 21,
                           1U << 21, 1U << 21, 1U << 21, 1U << 21};

/* The horizontal pass takes BLOCK outputs of ROWS rows at a time, so that its weights and the
 * widened pixels under them stay in the first cache. */
enum { BLOCK = 32, ROWS = 4 };

/* Its weights. Eight lanes see two pixels and a bit: 0 to 2 carry the first one's weight, 3 to 5
 * the second one's, 6 and 7 are 0. */
struct wide_taps {
    int pairs;     /* of taps */
    size_t span;   /* the most values under one block */
    lanes *weight; /* [n_out][pairs] */
};

static bool wide_init(struct wide_taps *w, const struct arr_taps *t)
{
    w->pairs = (most_taps(t) + 1) / 2;
    const size_t n = (size_t)w->pairs;
    void *p = NULL;
    if ((size_t)t->n_out > SIZE_MAX / sizeof(lanes) / n ||
        posix_memalign(&p, sizeof(lanes), (size_t)t->n_out * n * sizeof(lanes)) != 0) {
        return false;
    }
    w->weight = p;
    for (int o = 0; o < t->n_out; o++) {
        const int32_t *v = t->weight + (size_t)o * (size_t)t->taps;
        for (int i = 0; i < w->pairs; i++) {
            const uint32_t a = 2 * i < t->count[o] ? (uint32_t)v[2 * i] : 0;
            const uint32_t b = 2 * i + 1 < t->count[o] ? (uint32_t)v[2 * i + 1] : 0;
            w->weight[(size_t)o * n + (size_t)i] = (lanes){a, a, a, b, b, b, 0, 0};
        }
        const size_t span = (size_t)(t->first[o] - t->first[o - o % BLOCK]) * 3 + n * 6 + 2;
        w->span = span > w->span ? span : w->span;
    }
    return true;
}

ARR_CLONES static void row_widen(const uint8_t *restrict src, uint32_t *restrict wide, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        wide[i] = src[i];
    }
}

/* Outputs o to end of ROWS rows: folds gets eight lanes for each output and row. */
ARR_CLONES static void block_across(const uint32_t *wide, size_t span, const struct arr_taps *t,
                                    const struct wide_taps *w, int o, int end,
                                    lanes *restrict folds)
{
    const lanes *weight = w->weight + (size_t)o * (size_t)w->pairs;
    const int begin = t->first[o];
    for (; o < end; o++, folds += ROWS) {
        const uint32_t *p = wide + (size_t)(t->first[o] - begin) * 3;
        lanes a = {0}, b = {0}, c = {0}, d = {0};
        for (int i = 0; i < w->pairs; i++, weight++, p += 6) {
            lanes v[ROWS];
            memcpy(&v[0], p, sizeof v[0]);
            memcpy(&v[1], p + span, sizeof v[1]);
            memcpy(&v[2], p + 2 * span, sizeof v[2]);
            memcpy(&v[3], p + 3 * span, sizeof v[3]);
            a += v[0] * *weight;
            b += v[1] * *weight;
            c += v[2] * *weight;
            d += v[3] * *weight;
        }
        folds[0] = a;
        folds[1] = b;
        folds[2] = c;
        folds[3] = d;
    }
}

static inline uint8_t clip8(uint32_t sum)
{
    const int32_t v = (int32_t)sum >> WEIGHT_BITS;
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* One row's n pixels from its folds. */
ARR_CLONES static void block_clip(const lanes *folds, int n, uint8_t *restrict dst)
{
    uint32_t sums[BLOCK * 3 + 1]; /* four are written at a time, each fourth one again */
    for (int o = 0; o < n; o++) {
        const uint8_t *f = (const uint8_t *)&folds[o * ROWS];
        quad first, second;
        memcpy(&first, f, sizeof first);
        memcpy(&second, f + 3 * sizeof *sums, sizeof second);
        first += second + (1U << 21);
        memcpy(sums + o * 3, &first, sizeof first);
    }
    for (int i = 0; i < n * 3; i++) {
        dst[i] = clip8(sums[i]);
    }
}

static inline __attribute__((always_inline)) void clip_lanes(lanes *sum)
{
    signed_lanes v = (signed_lanes)*sum >> WEIGHT_BITS;
    v &= v > 0;
    v |= v > 255;
    *sum = (lanes)v & 255;
}

/* dst[i] from n_rows rows of n bytes. Each lane is a word of four bytes, taken apart by shifts and
 * put together again in the same way, which costs less than widening. */
ARR_CLONES static void row_down(const uint8_t *const *rows, const int32_t *weight, int n_rows,
                                uint8_t *restrict dst, size_t n)
{
    size_t i = 0;
    for (; i + sizeof(lanes) <= n; i += sizeof(lanes)) {
        lanes a = HALF, b = HALF, c = HALF, d = HALF;
        for (int r = 0; r < n_rows; r++) {
            const uint32_t w = (uint32_t)weight[r];
            lanes v;
            memcpy(&v, rows[r] + i, sizeof v);
            a += (v & 255) * w;
            b += ((v >> 8) & 255) * w;
            c += ((v >> 16) & 255) * w;
            d += (v >> 24) * w;
        }
        clip_lanes(&a);
        clip_lanes(&b);
        clip_lanes(&c);
        clip_lanes(&d);
        a |= (b << 8) | (c << 16) | (d << 24);
        memcpy(dst + i, &a, sizeof a);
    }
    for (; i < n; i++) {
        uint32_t sum = 1U << 21;
        for (int r = 0; r < n_rows; r++) {
            sum += rows[r][i] * (uint32_t)weight[r];
        }
        dst[i] = clip8(sum);
    }
}

/* ---- rows through a ring ---- */

struct resize {
    const uint8_t *src;
    int width, height;
    size_t stride;
    uint8_t *dst;
    int out_w, out_h;
    bool across, down; /* the passes that are needed */
    struct arr_taps x, y;
    struct wide_taps wide;
    int ring; /* rows of the horizontal pass that are kept */
    atomic_bool failed;
};

/* What one thread needs. A row of the horizontal pass is computed once and kept until the vertical
 * pass has left it behind. */
struct resize_room {
    uint8_t *across;      /* ring rows of 3 * out_w bytes */
    uint32_t *wide;       /* ROWS pieces of source rows, span values each */
    lanes *folds;         /* BLOCK * ROWS */
    const uint8_t **rows; /* of one output row */
    int next;             /* first source row not computed yet */
};

/* ROWS rows from room->next on, or as many as there are. */
static void rows_across(const struct resize *r, struct resize_room *room)
{
    const size_t n = (size_t)r->out_w * 3, row_end = (size_t)r->width * 3, span = r->wide.span;
    const int left = r->height - room->next, n_rows = left < ROWS ? left : ROWS;
    for (int o = 0; o < r->out_w; o += BLOCK) {
        const int end = o + BLOCK < r->out_w ? o + BLOCK : r->out_w;
        const size_t begin = (size_t)r->x.first[o] * 3;
        const size_t have = begin + span < row_end ? span : row_end - begin;
        for (int i = 0; i < n_rows; i++) {
            row_widen(r->src + (size_t)(room->next + i) * r->stride + begin,
                      room->wide + (size_t)i * span, have);
        }
        block_across(room->wide, span, &r->x, &r->wide, o, end, room->folds);
        for (int i = 0; i < n_rows; i++) {
            uint8_t *row = room->across + (size_t)((room->next + i) % r->ring) * n;
            block_clip(room->folds + i, end - o, row + (size_t)o * 3);
        }
    }
    room->next += n_rows;
}

static const uint8_t *row_resized(const struct resize *r, struct resize_room *room, int y)
{
    if (!r->across) {
        return r->src + (size_t)y * r->stride;
    }
    while (room->next <= y) {
        rows_across(r, room);
    }
    return room->across + (size_t)(y % r->ring) * (size_t)r->out_w * 3;
}

static void resize_row(const struct resize *r, struct resize_room *room, int o)
{
    const size_t n = (size_t)r->out_w * 3;
    uint8_t *dst = r->dst + (size_t)o * n;
    if (!r->down) {
        room->next = room->next < o ? o : room->next;
        memcpy(dst, row_resized(r, room, o), n);
        return;
    }
    const int first = r->y.first[o], count = r->y.count[o];
    room->next = room->next < first ? first : room->next;
    for (int i = 0; i < count; i++) {
        room->rows[i] = row_resized(r, room, first + i);
    }
    row_down(room->rows, r->y.weight + (size_t)o * (size_t)r->y.taps, count, dst, n);
}

static void resize_rows(void *arg, size_t first, size_t last)
{
    struct resize *r = arg;
    const size_t ring = (size_t)r->ring;
    struct resize_room room = {.rows = try_alloc(ring, sizeof *room.rows)};
    bool ok = room.rows != NULL;
    if (r->across) {
        room.across = try_alloc(ring, (size_t)r->out_w * 3);
        room.wide = try_alloc(r->wide.span, ROWS * sizeof *room.wide);
        room.folds = aligned_alloc(sizeof(lanes), sizeof(lanes) * BLOCK * ROWS);
        ok = ok && room.across != NULL && room.wide != NULL && room.folds != NULL;
    }
    for (size_t o = first; ok && o < last; o++) {
        resize_row(r, &room, (int)o);
    }
    if (!ok) {
        atomic_store(&r->failed, true);
    }
    free(room.across);
    free(room.wide);
    free(room.folds);
    free(room.rows);
}

bool arr_resize_rgb8(const uint8_t *src, int width, int height, size_t stride, uint8_t *dst,
                     int out_w, int out_h, enum arr_filter filter, int n_threads, struct err *e)
{
    struct resize r = {.src = src,
                       .width = width,
                       .height = height,
                       .stride = stride,
                       .dst = dst,
                       .out_w = out_w,
                       .out_h = out_h,
                       .across = out_w != width,
                       .down = out_h != height,
                       .ring = 1};
    const int sides[] = {width, height, out_w, out_h};
    for (int i = 0; i < 4; i++) {
        if (sides[i] < 1 || sides[i] > ARR_SIDE_MAX) {
            return err_set(e, ERR_USAGE, "changing the size of a picture: a side of %d pixels",
                           sides[i]);
        }
    }
    bool ok = !r.across || arr_taps_init(&r.x, width, out_w, filter, e);
    ok = ok && (!r.down || arr_taps_init(&r.y, height, out_h, filter, e));
    if (ok && r.across && !wide_init(&r.wide, &r.x)) {
        ok = no_memory(e);
    }
    if (ok) {
        r.ring = (r.down ? most_taps(&r.y) : 1) + ROWS - 1;
        arr_parallel(n_threads, (size_t)out_h, resize_rows, &r);
        ok = !atomic_load(&r.failed) || no_memory(e);
    }
    free(r.wide.weight);
    arr_taps_done(&r.x);
    arr_taps_done(&r.y);
    return ok;
}

/* ---- maps ---- */

void arr_lerp_axis(int n_in, int n_out, struct arr_lerp *out)
{
    const float scale = (float)n_in / (float)n_out;
    for (int o = 0; o < n_out; o++) {
        float x = scale * ((float)o + 0.5f) - 0.5f;
        x = x < 0.0f ? 0.0f : x;
        const int floor_x = (int)x;
        const int i0 = floor_x < n_in - 1 ? floor_x : n_in - 1;
        float w1 = x - (float)i0;
        w1 = w1 < 0.0f ? 0.0f : w1 > 1.0f ? 1.0f : w1;
        out[o] = (struct arr_lerp){.i0 = i0, .i1 = i0 < n_in - 1 ? i0 + 1 : i0, .w1 = w1};
    }
}

bool arr_bilinear(const float *src, int w, int h, float *dst, int out_w, int out_h, struct err *e)
{
    struct arr_lerp *x = try_alloc((size_t)out_w, sizeof *x);
    struct arr_lerp *y = try_alloc((size_t)out_h, sizeof *y);
    const bool ok = x != NULL && y != NULL;
    if (ok) {
        arr_lerp_axis(w, out_w, x);
        arr_lerp_axis(h, out_h, y);
    }
    for (int oy = 0; ok && oy < out_h; oy++) {
        const float *a = src + (size_t)y[oy].i0 * (size_t)w;
        const float *b = src + (size_t)y[oy].i1 * (size_t)w;
        const float h1 = y[oy].w1, h0 = 1.0f - h1;
        float *out = dst + (size_t)oy * (size_t)out_w;
        for (int ox = 0; ox < out_w; ox++) {
            const struct arr_lerp *l = &x[ox];
            const float w1 = l->w1, w0 = 1.0f - w1;
            out[ox] = h0 * (w0 * a[l->i0] + w1 * a[l->i1]) + h1 * (w0 * b[l->i0] + w1 * b[l->i1]);
        }
    }
    free(x);
    free(y);
    return ok || no_memory(e);
}
