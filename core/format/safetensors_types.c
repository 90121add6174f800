/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/safetensors_parts.h"

#include <string.h>

static const struct {
    const char *name;
    int bits;
} DTYPES[ST_DTYPES] = {
    [ST_BOOL] = {"BOOL", 8},
    [ST_F4] = {"F4", 4},
    [ST_F6_E2M3] = {"F6_E2M3", 6},
    [ST_F6_E3M2] = {"F6_E3M2", 6},
    [ST_U8] = {"U8", 8},
    [ST_I8] = {"I8", 8},
    [ST_F8_E5M2] = {"F8_E5M2", 8},
    [ST_F8_E4M3] = {"F8_E4M3", 8},
    [ST_F8_E8M0] = {"F8_E8M0", 8},
    [ST_F8_E4M3FNUZ] = {"F8_E4M3FNUZ", 8},
    [ST_F8_E5M2FNUZ] = {"F8_E5M2FNUZ", 8},
    [ST_I16] = {"I16", 16},
    [ST_U16] = {"U16", 16},
    [ST_F16] = {"F16", 16},
    [ST_BF16] = {"BF16", 16},
    [ST_I32] = {"I32", 32},
    [ST_U32] = {"U32", 32},
    [ST_F32] = {"F32", 32},
    [ST_C64] = {"C64", 64},
    [ST_F64] = {"F64", 64},
    [ST_I64] = {"I64", 64},
    [ST_U64] = {"U64", 64},
};

const char *st_dtype_name(enum st_dtype d)
{
    return DTYPES[d].name;
}

int st_dtype_bits(enum st_dtype d)
{
    return DTYPES[d].bits;
}

bool st_dtype_find(const char *name, size_t n, enum st_dtype *out)
{
    for (int d = 0; d < ST_DTYPES; d++) {
        if (strlen(DTYPES[d].name) == n && memcmp(DTYPES[d].name, name, n) == 0) {
            *out = (enum st_dtype)d;
            return true;
        }
    }
    return false;
}

bool st_size_of(enum st_dtype dtype, const uint64_t *shape, int rank, uint64_t *elements,
                uint64_t *bytes, bool *fits_bytes)
{
    uint64_t bits = 0;
    *elements = 1;
    *fits_bytes = true;
    for (int i = 0; i < rank; i++) {
        if (__builtin_mul_overflow(*elements, shape[i], elements)) {
            return false;
        }
    }
    if (__builtin_mul_overflow(*elements, (uint64_t)DTYPES[dtype].bits, &bits)) {
        return false;
    }
    *fits_bytes = bits % 8 == 0;
    *bytes = bits / 8;
    return *fits_bytes;
}

/* Bytes of the character at s, 0 when it is not UTF-8: no surrogates, nothing overlong. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char first, last, second_min, second_max, length;
    } FORMS[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        if (s[0] < FORMS[i].first || s[0] > FORMS[i].last) {
            continue;
        }
        const size_t length = FORMS[i].length;
        if (length > n ||
            (length > 1 && (s[1] < FORMS[i].second_min || s[1] > FORMS[i].second_max))) {
            return 0;
        }
        for (size_t k = 2; k < length; k++) {
            if ((s[k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
    return 0;
}

size_t st_utf8_prefix(const char *s, size_t n)
{
    const unsigned char *bytes = (const unsigned char *)s;
    size_t at = 0;
    while (at < n) {
        const size_t length = utf8_length(bytes + at, n - at);
        if (length == 0) {
            break;
        }
        at += length;
    }
    return at;
}
