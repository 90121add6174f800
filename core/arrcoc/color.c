/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/color.h"

#include "core/arrcoc/simd.h"
#include "core/arrcoc/vecmath.h"

/* Values converted at a time: the planes between the steps stay in the first cache. */
enum { CHUNK = 256 };

struct chunk {
    float r[CHUNK], g[CHUNK], b[CHUNK]; /* linear light */
};

static inline float linear(float v)
{
    const float power = arr_powf_2_4((v + 0.055f) / 1.055f);
    return v > 0.04045f ? power : v / 12.92f;
}

ARR_CLONES static void linear_row(const float *restrict v, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = linear(v[i]);
    }
}

static inline float lab_f(float t)
{
    const float root = arr_cbrtf(t < 0.008856f ? 0.008856f : t);
    return t > 0.008856f ? root : 7.787f * t + 4.0f / 29.0f;
}

ARR_CLONES static void lab_from_linear(const struct chunk *c, float *out_l, float *out_a,
                                       float *out_b, size_t n)
{
    float fx[CHUNK], fy[CHUNK], fz[CHUNK];
    for (size_t i = 0; i < n; i++) {
        const float r = c->r[i], g = c->g[i], b = c->b[i];
        fx[i] = lab_f(((0.412453f * r + 0.357580f * g) + 0.180423f * b) / 0.95047f);
        fy[i] = lab_f((0.212671f * r + 0.715160f * g) + 0.072169f * b);
        fz[i] = lab_f(((0.019334f * r + 0.119193f * g) + 0.950227f * b) / 1.08883f);
    }
    for (size_t i = 0; i < n; i++) {
        out_l[i] = 116.0f * fy[i] - 16.0f;
    }
    for (size_t i = 0; i < n; i++) {
        out_a[i] = 500.0f * (fx[i] - fy[i]);
    }
    for (size_t i = 0; i < n; i++) {
        out_b[i] = 200.0f * (fy[i] - fz[i]);
    }
}

void arr_lab(const float *r, const float *g, const float *b, float *out_l, float *out_a,
             float *out_b, size_t n)
{
    struct chunk c;
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;
        linear_row(r + i, c.r, m);
        linear_row(g + i, c.g, m);
        linear_row(b + i, c.b, m);
        lab_from_linear(&c, out_l + i, out_a + i, out_b + i, m);
    }
}

void arr_lab_rgb8(const uint8_t *rgb, float *out_l, float *out_a, float *out_b, size_t n)
{
    float gamma[256], table[256];
    for (int v = 0; v < 256; v++) {
        gamma[v] = (float)v / 255.0f;
    }
    linear_row(gamma, table, 256);
    struct chunk c;
    for (size_t i = 0; i < n; i += CHUNK) {
        const size_t m = n - i < CHUNK ? n - i : CHUNK;
        const uint8_t *p = rgb + i * 3;
        for (size_t k = 0; k < m; k++) {
            c.r[k] = table[p[k * 3]];
            c.g[k] = table[p[k * 3 + 1]];
            c.b[k] = table[p[k * 3 + 2]];
        }
        lab_from_linear(&c, out_l + i, out_a + i, out_b + i, m);
    }
}

ARR_CLONES void arr_gray(const float *r, const float *g, const float *b, float *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (0.299f * r[i] + 0.587f * g[i]) + 0.114f * b[i];
    }
}

void arr_lab_one(float r255, float g255, float b255, float *lab)
{
    const float r = r255 / 255.0f, g = g255 / 255.0f, b = b255 / 255.0f;
    arr_lab(&r, &g, &b, &lab[0], &lab[1], &lab[2], 1);
}
