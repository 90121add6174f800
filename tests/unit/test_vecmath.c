/* SPDX-License-Identifier: Apache-2.0 */
/* The errors that core/arrcoc/vecmath.h documents, against double libm: every 61st float of the
 * ranges and more of those that matter, in loops as the engine writes them, and alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "core/arrcoc/simd.h"
#include "core/arrcoc/vecmath.h"

enum { ROW = 1024, STEP = 61 };

struct function {
    void (*row)(const float *restrict in, float *restrict out, size_t n);
    float (*alone)(float x);
    double (*truth)(double x);
};

ARR_CLONES static void exp_row(const float *restrict in, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = arr_expf(in[i]);
    }
}

ARR_CLONES static void log_row(const float *restrict in, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = arr_logf(in[i]);
    }
}

ARR_CLONES static void cbrt_row(const float *restrict in, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = arr_cbrtf(in[i]);
    }
}

ARR_CLONES static void pow_row(const float *restrict in, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = arr_powf_2_4(in[i]);
    }
}

static double pow_2_4(double x)
{
    return pow(x, 2.4);
}

static const struct function EXP = {exp_row, arr_expf, exp};
static const struct function LOG = {log_row, arr_logf, log};
static const struct function CBRT = {cbrt_row, arr_cbrtf, cbrt};
static const struct function POW = {pow_row, arr_powf_2_4, pow_2_4};

/* The distance in units of the last place of the true value as a float. */
static double ulps(float got, double want)
{
    int exponent;
    frexp((double)(float)want, &exponent);
    return fabs((double)got - want) / ldexp(1.0, exponent - FLT_MANT_DIG);
}

static double worst_of_row(const struct function *f, const float *in, size_t n)
{
    float out[ROW];
    f->row(in, out, n);
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        const float alone = f->alone(in[i]);
        assert_memory_equal(&alone, &out[i], sizeof alone);
        const double error = ulps(out[i], f->truth((double)in[i]));
        worst = error > worst ? error : worst;
    }
    return worst;
}

/* Floats of one sign are ordered as their bits; low and high have the same sign. */
static void check_range(const struct function *f, float low, float high, int64_t step, double limit)
{
    const int64_t from = arr_bits_of(low), to = arr_bits_of(high);
    assert_true(from < to);
    float in[ROW];
    size_t n = 0;
    for (int64_t bits = from; bits <= to; bits += step) {
        in[n++] = arr_float_of((int32_t)bits);
        if (n == ROW || bits + step > to) {
            const double worst = worst_of_row(f, in, n);
            if (worst > limit) {
                fail_msg("%.3f ulp between %.9g and %.9g", worst, (double)in[0], (double)in[n - 1]);
            }
            n = 0;
        }
    }
}

static void test_exp(void **state)
{
    (void)state;
    check_range(&EXP, 0.0f, 88.0f, STEP, 1.05);
    check_range(&EXP, -0.0f, -87.0f, STEP, 1.05);
    check_range(&EXP, -0.25f, -1.0f, 31, 1.05);
    assert_true(arr_expf(0.0f) == 1.0f);
    assert_true(arr_expf(-1e30f) == arr_expf(-87.0f));
    assert_true(arr_expf(1e30f) == arr_expf(88.0f));
    assert_true(isfinite(arr_expf(88.0f)) && arr_expf(-87.0f) >= FLT_MIN);
}

static void test_log(void **state)
{
    (void)state;
    check_range(&LOG, FLT_MIN, FLT_MAX, STEP, 0.85);
    check_range(&LOG, 0.5f, 2.0f, 31, 0.85);
    assert_true(arr_logf(1.0f) == 0.0f);
}

static void test_cbrt(void **state)
{
    (void)state;
    check_range(&CBRT, 0x1p-100f, 0x1p100f, STEP, 1.0);
    check_range(&CBRT, 0.008856f, 1.1f, 97, 1.0);
    assert_true(arr_cbrtf(1.0f) == 1.0f && arr_cbrtf(8.0f) == 2.0f);
}

static void test_power(void **state)
{
    (void)state;
    check_range(&POW, 0x1p-30f, 2.0f, STEP, 0.55);
    check_range(&POW, 0.0904f, 1.0f, 97, 0.55);
    assert_true(arr_powf_2_4(1.0f) == 1.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_cbrt),
        cmocka_unit_test(test_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
