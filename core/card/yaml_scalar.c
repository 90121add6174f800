/* SPDX-License-Identifier: Apache-2.0 */
#include "core/card/yaml_scalar.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/mem.h"

#define CORE "tag:yaml.org,2002:"

static const uint64_t EXACT_MAX = (uint64_t)1 << 53;

static bool is_one_of(const char *s, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(s, *words) == 0) {
            return true;
        }
    }
    return false;
}

static cJSON *null_of(const char *s)
{
    static const char *const NULLS[] = {"", "~", "null", "Null", "NULL", NULL};
    return is_one_of(s, NULLS) ? cJSON_CreateNull() : NULL;
}

static cJSON *bool_of(const char *s)
{
    static const char *const TRUES[] = {"true", "True", "TRUE", NULL};
    static const char *const FALSES[] = {"false", "False", "FALSE", NULL};
    return is_one_of(s, TRUES)    ? cJSON_CreateTrue()
           : is_one_of(s, FALSES) ? cJSON_CreateFalse()
                                  : NULL;
}

/* A copy without the "_" between digits. */
static char *without_bars(const char *s)
{
    char *out = xstrdup(s);
    char *to = out;
    for (const char *from = s; *from; from++) {
        *to = *from;
        to += *from != '_';
    }
    *to = '\0';
    return out;
}

/* digits, 0b..., 0o... or 0x... without a sign. */
static bool is_whole(const char *s, int *base)
{
    *base = str_starts(s, "0x") ? 16 : str_starts(s, "0o") ? 8 : str_starts(s, "0b") ? 2 : 10;
    const char *digits = *base == 10 ? s : s + 2;
    const char *set = *base == 16  ? "0123456789abcdefABCDEF_"
                      : *base == 8 ? "01234567_"
                      : *base == 2 ? "01_"
                                   : "0123456789_";
    const size_t n = strlen(digits);
    return strspn(digits, set) == n && strspn(digits, "_") < n && digits[n - 1] != '_' &&
           (*base != 10 || *digits != '_');
}

/* The value of digits; where it is above EXACT_MAX, any value above that. */
static uint64_t value_of(const char *digits, int base)
{
    uint64_t value = 0;
    for (; *digits && value <= EXACT_MAX; digits++) {
        const char c = *digits;
        const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        value = value * (uint64_t)base + (uint64_t)digit;
    }
    return value;
}

/* With all its digits: cJSON prints at most 15 of a number where these are nearly right. */
static cJSON *double_node(double value)
{
    char digits[32];
    int precision = 15;
    do {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
    } while (strtod(digits, NULL) != value && ++precision <= 17);
    return precision == 15 ? cJSON_CreateNumber(value) : cJSON_CreateRaw(digits);
}

/* A whole number above EXACT_MAX, as it is written. */
static cJSON *long_node(const char *digits, int base, bool is_negative)
{
    double value = 0;
    if (base != 10) {
        for (; *digits; digits++) {
            value = value * base + (double)value_of((const char[]){*digits, '\0'}, base);
        }
        return double_node(is_negative ? -value : value);
    }
    digits += strspn(digits, "0");
    char *text = xasprintf("%s%s", is_negative ? "-" : "", digits);
    cJSON *node = cJSON_CreateRaw(text);
    free(text);
    return node;
}

static cJSON *int_of(const char *s)
{
    const bool is_negative = *s == '-';
    int base = 10;
    const char *unsigned_part = s + (*s == '-' || *s == '+');
    if (!is_whole(unsigned_part, &base)) {
        return NULL;
    }
    char *digits = without_bars(unsigned_part + (base == 10 ? 0 : 2));
    const uint64_t value = value_of(digits, base);
    cJSON *node = value > EXACT_MAX ? long_node(digits, base, is_negative)
                                    : double_node(is_negative && value > 0 ? -(double)value
                                                                           : (double)value);
    free(digits);
    return node;
}

static size_t skip_power(const char *s)
{
    if (*s != 'e' && *s != 'E') {
        return 0;
    }
    const size_t sign = s[1] == '-' || s[1] == '+';
    const size_t digits = strspn(s + 1 + sign, "0123456789");
    return digits ? 1 + sign + digits : 0;
}

/* Digits with a dot or a power, or a dot and digits; the latter has no sign. */
static bool is_float(const char *s)
{
    const char *p = s + (*s == '-' || *s == '+');
    if (*p >= '0' && *p <= '9') {
        p += strspn(p, "0123456789_");
        if (*p == '.') {
            p++;
            p += strspn(p, "0123456789_");
        }
    } else if (*s == '.' && strspn(s + 1, "0123456789_") > strspn(s + 1, "_")) {
        p = s + 1;
        p += strspn(p, "0123456789_");
    } else {
        return false;
    }
    p += skip_power(p);
    return *p == '\0' && p[-1] != '_';
}

static cJSON *float_of(const char *s)
{
    static const char *const NO_NUMBERS[] = {
        ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf",
        "-.Inf", "-.INF", ".nan", ".NaN", ".NAN", NULL};
    if (is_one_of(s, NO_NUMBERS)) {
        return cJSON_CreateString(s);
    }
    if (!is_float(s)) {
        return NULL;
    }
    char *plain = without_bars(s);
    const double value = strtod(plain, NULL);
    free(plain);
    return isfinite(value) ? double_node(value) : cJSON_CreateString(s);
}

static cJSON *number_of(const char *s)
{
    cJSON *value = int_of(s);
    return value ? value : float_of(s);
}

static cJSON *any_of(const char *s)
{
    cJSON *value = null_of(s);
    value = value ? value : bool_of(s);
    value = value ? value : number_of(s);
    return value ? value : cJSON_CreateString(s);
}

static const struct {
    const char *tag;
    cJSON *(*read)(const char *s);
} TAGS[] = {
    {CORE "str", cJSON_CreateString},
    {CORE "null", null_of},
    {CORE "bool", bool_of},
    {CORE "int", int_of},
    {CORE "float", number_of},
    {CORE "binary", cJSON_CreateString},
    {CORE "timestamp", cJSON_CreateString},
    {CORE "merge", cJSON_CreateString},
};

bool yaml_scalar_has_tag(const char *tag)
{
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++) {
        if (strcmp(TAGS[i].tag, tag) == 0) {
            return true;
        }
    }
    return false;
}

cJSON *yaml_scalar(const char *text, const char *tag)
{
    for (size_t i = 0; tag && i < sizeof TAGS / sizeof *TAGS; i++) {
        if (strcmp(TAGS[i].tag, tag) == 0) {
            return TAGS[i].read(text);
        }
    }
    return tag ? NULL : any_of(text);
}

char *yaml_scalar_key(const cJSON *value)
{
    return cJSON_IsString(value) ? xstrdup(value->valuestring) : json_print(value, false);
}
