/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/range.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Digits only; more than fit count as the largest number. False without a digit. */
static bool take_number(const char **text, uint64_t *out)
{
    const char *s = *text;
    *out = 0;
    while (isdigit((unsigned char)*s)) {
        const uint64_t digit = (uint64_t)(*s++ - '0');
        *out = *out > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *out * 10 + digit;
    }
    const bool has = s > *text;
    *text = s;
    return has;
}

enum lh_range lh_range_parse(const char *text, uint64_t size, uint64_t *offset, uint64_t *length)
{
    *offset = 0;
    *length = size;
    if (!text || strncasecmp(text, "bytes=", 6) != 0) {
        return LH_RANGE_NONE;
    }
    text += 6;
    uint64_t first = 0;
    uint64_t last = 0;
    const bool has_first = take_number(&text, &first);
    if (*text++ != '-') {
        return LH_RANGE_NONE;
    }
    const bool has_last = take_number(&text, &last);
    if (*text != '\0' || (!has_first && !has_last) || (has_first && has_last && last < first)) {
        return LH_RANGE_NONE;
    }
    if (!has_first) {
        first = last < size ? size - last : 0;
        last = size ? size - 1 : 0;
    } else if (!has_last || last >= size) {
        last = size ? size - 1 : 0;
    }
    if (first >= size || size == 0) {
        return LH_RANGE_BAD;
    }
    *offset = first;
    *length = last - first + 1;
    return LH_RANGE_PART;
}
