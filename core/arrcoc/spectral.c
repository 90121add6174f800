/* SPDX-License-Identifier: Apache-2.0 */
/* Saliency as what is unexpected in the spectrum: the spectral residual of a 64 x 64 picture. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/resample.h"
#include "core/arrcoc/texture.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { SIDE = 64, BITS = 6, PX = SIDE * SIDE, REACH = 8 /* of the Gaussian */ };

static const double PI = 3.14159265358979323846;

struct spectrum {
    double re[PX], im[PX];
    double log_size[PX], residual[PX];
    double wave_re[SIDE / 2], wave_im[SIDE / 2]; /* exp(-2 pi i k / 64) */
    float map[PX], blurred[PX];
};

/* ---- the transform ---- */

static int reversed(int i)
{
    int r = 0;
    for (int b = 0; b < BITS; b++) {
        r |= (i >> b & 1) << (BITS - 1 - b);
    }
    return r;
}

static void swap(double *a, double *b)
{
    const double t = *a;
    *a = *b;
    *b = t;
}

/* One line of 64 values `step` apart, in place: radix 2, decimation in time. */
static void transform_line(const struct spectrum *s, double *re, double *im, int step)
{
    for (int i = 0; i < SIDE; i++) {
        const int r = reversed(i);
        if (r > i) {
            swap(&re[i * step], &re[r * step]);
            swap(&im[i * step], &im[r * step]);
        }
    }
    for (int half = 1; half < SIDE; half *= 2) {
        for (int i = 0; i < SIDE; i++) {
            if (i & half) {
                continue;
            }
            const int w = i % half * (SIDE / 2 / half), a = i * step, b = (i + half) * step;
            const double br = re[b] * s->wave_re[w] - im[b] * s->wave_im[w];
            const double bi = re[b] * s->wave_im[w] + im[b] * s->wave_re[w];
            re[b] = re[a] - br;
            im[b] = im[a] - bi;
            re[a] += br;
            im[a] += bi;
        }
    }
}

static void transform(struct spectrum *s)
{
    for (int i = 0; i < SIDE; i++) {
        transform_line(s, s->re + i * SIDE, s->im + i * SIDE, 1);
    }
    for (int i = 0; i < SIDE; i++) {
        transform_line(s, s->re + i, s->im + i, SIDE);
    }
}

/* ---- the residual ---- */

static double mean_around(const double *v, int x, int y)
{
    double sum = 0;
    for (int j = y + SIDE - 1; j <= y + SIDE + 1; j++) {
        for (int i = x + SIDE - 1; i <= x + SIDE + 1; i++) {
            sum += v[j % SIDE * SIDE + i % SIDE];
        }
    }
    return sum / 9.0;
}

/* Replaces each size by the exponential of its residual and keeps the phase; a size of 0 has phase
 * 0. The imaginary parts change sign, so that a second transform is the inverse one. */
static void keep_residual(struct spectrum *s)
{
    for (int i = 0; i < PX; i++) {
        s->log_size[i] = log(hypot(s->re[i], s->im[i]) + 1e-8);
    }
    for (int i = 0; i < PX; i++) {
        s->residual[i] = s->log_size[i] - mean_around(s->log_size, i % SIDE, i / SIDE);
    }
    for (int i = 0; i < PX; i++) {
        const double size = hypot(s->re[i], s->im[i]), now = exp(s->residual[i]);
        const double scale = size > 0 ? now / size : 0;
        s->re[i] = size > 0 ? s->re[i] * scale : now;
        s->im[i] = -s->im[i] * scale;
    }
}

/* ---- blur ---- */

static void blur_lines(const float *src, float *out, int step, int line)
{
    double weight[REACH + 1], sum = 0;
    for (int k = 0; k <= REACH; k++) {
        weight[k] = exp(-(double)(k * k) / (2 * 2.5 * 2.5));
        sum += k == 0 ? weight[k] : 2 * weight[k];
    }
    for (int i = 0; i < PX; i++) {
        const int at = i % SIDE, base = i / SIDE * line;
        double v = 0;
        for (int k = -REACH; k <= REACH; k++) {
            const int j = at + k < 0 ? 0 : at + k >= SIDE ? SIDE - 1 : at + k;
            v += weight[k < 0 ? -k : k] * (double)src[base + j * step];
        }
        out[base + at * step] = (float)(v / sum);
    }
}

/* ---- the channel ---- */

/* Gray of 8 x 8 pixels; false when there is nothing to see. */
static bool take_gray(const struct arr_gray_plane *gray, struct spectrum *s)
{
    enum { N = ARR_DENSE / SIDE };
    double low = 1, high = 0;
    for (int i = 0; i < PX; i++) {
        uint32_t sum = 0;
        for (int y = 0; y < N; y++) {
            const uint16_t *row = arr_gray_line(gray, i / SIDE * N + y) + i % SIDE * N;
            for (int x = 0; x < N; x++) {
                sum += row[x];
            }
        }
        s->re[i] = (double)sum / ((double)ARR_UNIT * N * N);
        low = s->re[i] < low ? s->re[i] : low;
        high = s->re[i] > high ? s->re[i] : high;
    }
    return high - low >= 2e-6;
}

static void find_residual(struct spectrum *s)
{
    for (int k = 0; k < SIDE / 2; k++) {
        s->wave_re[k] = cos(2 * PI * k / SIDE);
        s->wave_im[k] = -sin(2 * PI * k / SIDE);
    }
    transform(s);
    keep_residual(s);
    transform(s);
    for (int i = 0; i < PX; i++) {
        const double re = s->re[i] / PX, im = s->im[i] / PX;
        s->map[i] = (float)(re * re + im * im);
    }
    blur_lines(s->map, s->blurred, 1, SIDE);
    blur_lines(s->blurred, s->map, SIDE, 1);
}

bool arr_saliency_spectral(const struct arr_room *room, struct arr_array *out, unsigned *flags,
                           struct err *e)
{
    struct spectrum *s = try_alloc(1, sizeof *s);
    if (!s) {
        return err_set(e, ERR_LIMIT, "computing the spectral saliency: no memory for %zu bytes",
                       sizeof *s);
    }
    bool ok = true;
    if (take_gray(&room->gray, s)) {
        find_residual(s);
        if (arr_min_max(s->map, PX, true)) {
            *flags |= ARR_FLAT_SALIENCY;
        }
        ok = arr_bilinear(s->map, SIDE, SIDE, out->c[ARR_C_SALIENCY], ARR_GRID, ARR_GRID, e);
    } else {
        *flags |= ARR_FLAT_SALIENCY;
    }
    free(s);
    return ok;
}
