/* SPDX-License-Identifier: Apache-2.0 */
/* vecmath.h - the transcendental functions of the engine, in a form that compilers can use on
 * vectors: no calls, no branches, no tables.
 *
 * Call them in loops over plain arrays. They do the same operations in the same order whatever the
 * width, so results do not depend on the machine (build without contraction). None of them looks at
 * NaN, infinities or values outside the range given. The errors hold for every float of the range,
 * against double libm; tests/unit/test_vecmath.c tries every 61st.
 *
 *   arr_expf      [-87, 88], clamped to it      1.05 ulp
 *   arr_logf      [FLT_MIN, FLT_MAX]            0.85 ulp
 *   arr_cbrtf     [2^-100, 2^100]               1.00 ulp
 *   arr_powf_2_4  [2^-30, 2], x to the 2.4      0.55 ulp
 */
#ifndef HFTERM_CORE_ARRCOC_VECMATH_H
#define HFTERM_CORE_ARRCOC_VECMATH_H

#include <stdint.h>
#include <string.h>

/* What the CPU and a CUDA device share: the same source compiled for both gives the same bits. */
#ifndef ARR_FN
#ifdef __CUDACC__
#define ARR_FN static __host__ __device__ inline
#else
#define ARR_FN static inline
#endif
#endif

ARR_FN int32_t arr_bits_of(float x)
{
    int32_t i;
    memcpy(&i, &x, sizeof i);
    return i;
}

ARR_FN float arr_float_of(int32_t i)
{
    float x;
    memcpy(&x, &i, sizeof x);
    return x;
}

/* Adding 1.5 * 2^23 rounds to the nearest integer, which is then in the low bits. */
ARR_FN float arr_expf(float x)
{
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float magic = 12582912.0f;
    const float k = x * 1.44269504f + magic;
    const int32_t n = arr_bits_of(k) - 0x4b400000;
    const float nf = k - magic;
    /* ln 2 in two parts: the product with the first is exact. */
    const float r = (x - nf * 0.693359375f) + nf * 2.12194440e-4f;
    float p = 1.3926250831e-3f;
    p = p * r + 8.3632328837e-3f;
    p = p * r + 4.1666554214e-2f;
    p = p * r + 1.6666576666e-1f;
    p = p * r + 0.5f;
    p = p * (r * r) + r + 1.0f;
    return p * arr_float_of((n + 127) * (1 << 23));
}

/* x = 2^e m with m between the roots of 1/2 and 2; the logarithm of m is a polynomial in m - 1. */
ARR_FN float arr_logf(float x)
{
    const int32_t bits = arr_bits_of(x);
    const int32_t e = (bits - 0x3f3504f3) >> 23;
    const float f = arr_float_of(bits - e * (1 << 23)) - 1.0f;
    const float ef = (float)e;
    const float z = f * f;
    float p = 6.9716114715e-2f;
    p = p * f - 1.1479733847e-1f;
    p = p * f + 1.1685419923e-1f;
    p = p * f - 1.2425687331e-1f;
    p = p * f + 1.4249057646e-1f;
    p = p * f - 1.6667802320e-1f;
    p = p * f + 2.0000715749e-1f;
    p = p * f - 2.4999996958e-1f;
    p = p * f + 3.3333331180e-1f;
    p = p * f * z;
    p = p - ef * 2.12194440e-4f;
    p = p - 0.5f * z;
    return (f + p) + ef * 0.693359375f;
}

/* A third of the bits is a first guess within 4 %; each of Halley's steps cubes the error. */
ARR_FN float arr_cbrtf(float x)
{
    float y = arr_float_of((int32_t)((float)arr_bits_of(x) * (1.0f / 3.0f)) + 709958130);
    float c = y * y * y;
    y = y * ((c + (x + x)) / (c + c + x));
    c = y * y * y;
    return y + y * ((x - c) / (c + c + x));
}

/* exp2(2.4 log2 x) in double: in float the exponent alone would cost four ulp. */
ARR_FN float arr_powf_2_4(float x)
{
    const int32_t bits = arr_bits_of(x);
    const int32_t e = (bits - 0x3f3504f3) >> 23;
    const double m = (double)arr_float_of(bits - e * (1 << 23));
    const double t = (m - 1.0) / (m + 1.0);
    const double z = t * t;
    double p = 0.4317378807414087271;
    p = p * z + 0.5767144438809197386;
    p = p * z + 0.961798845347338405;
    p = p * z + 2.885390079795328624;
    const double y = 2.4 * ((double)e + p * t);

    const double magic = 6755399441055744.0; /* 1.5 * 2^52 */
    const double k = y + magic;
    const double r = y - (k - magic);
    double q = 0.0001546144469856912908;
    q = q * r + 0.001340042817761583794;
    q = q * r + 0.009618056678524638075;
    q = q * r + 0.05550327226670302059;
    q = q * r + 0.2402265092228875807;
    q = q * r + 0.6931472067028325958;
    q = q * r + 1.0;
    int64_t scale, result;
    memcpy(&scale, &k, sizeof scale);
    memcpy(&result, &q, sizeof result);
    result += (int64_t)((uint64_t)scale << 52);
    memcpy(&q, &result, sizeof q);
    return (float)q;
}

#endif
