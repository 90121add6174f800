/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/safetensors.h"

#include <string.h>

static float float_of(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static uint32_t bits_of(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

float st_f16_to_f32(uint16_t v)
{
    const uint32_t sign = (uint32_t)(v & 0x8000U) << 16;
    const uint32_t exponent = v >> 10 & 0x1FU;
    const uint32_t fraction = v & 0x3FFU;
    if (exponent == 0) {
        const float magnitude = (float)fraction * 0x1p-24F; /* exact: a subnormal, or zero */
        return float_of(sign | bits_of(magnitude));
    }
    const uint32_t wide = exponent == 0x1F ? 0xFF : exponent + (127 - 15);
    return float_of(sign | wide << 23 | fraction << 13);
}

float st_bf16_to_f32(uint16_t v)
{
    return float_of((uint32_t)v << 16);
}

uint16_t st_f32_to_bf16(float v)
{
    const uint32_t bits = bits_of(v);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U) {
        return (uint16_t)(bits >> 16 | 0x40U); /* rounding could turn a NaN into infinity */
    }
    return (uint16_t)((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

uint16_t st_f32_to_f16(float v)
{
    const uint32_t bits = bits_of(v);
    const uint32_t sign = bits >> 16 & 0x8000U;
    const uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U) {
        return (uint16_t)(sign | 0x7E00U | (magnitude >> 13 & 0x3FFU));
    }
    if (magnitude >= bits_of(65520.0F)) { /* from here on, rounding goes to infinity */
        return (uint16_t)(sign | 0x7C00U);
    }
    if (magnitude < bits_of(0x1p-14F)) {
        /* Adding 0.5 makes the unit of the last place 2^-24, that of the subnormals: the sum rounds
         * to nearest even for us. */
        return (uint16_t)(sign | (bits_of(float_of(magnitude) + 0.5F) - bits_of(0.5F)));
    }
    const uint32_t rebased = magnitude - ((127U - 15U) << 23);
    return (uint16_t)(sign | (rebased + 0xFFFU + (rebased >> 13 & 1U)) >> 13);
}
