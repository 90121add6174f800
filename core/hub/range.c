/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of parameters as people write them, in the Hub's own form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/hub/hub.h"

/* A number with a letter: as it was written, and its value. n is 0 where none stands. */
struct amount {
    const char *text;
    size_t n;
    double value;
};

/* "8B", "1.5b", "350M", "7000000000" at *p, which moves behind it. */
static struct amount take_amount(const char **p)
{
    static const char LETTERS[] = "KMBT";
    static const double SCALES[] = {1e3, 1e6, 1e9, 1e12};
    struct amount a = {.text = *p};
    char digits[24], *end = NULL;
    const size_t n = strspn(*p, "0123456789.");
    if (n == 0 || n >= sizeof digits || **p == '.') {
        return a;
    }
    memcpy(digits, *p, n);
    digits[n] = '\0';
    a.value = strtod(digits, &end);
    if (*end) {
        return a;
    }
    a.n = n;
    for (size_t i = 0; LETTERS[i]; i++) {
        if (((*p)[n] & ~0x20) == LETTERS[i]) {
            a.value *= SCALES[i];
            a.n++;
            break;
        }
    }
    *p += a.n;
    return a;
}

static bool take(const char **p, const char *word)
{
    const bool is_there = str_starts(*p, word);
    *p += is_there ? strlen(word) : 0;
    return is_there;
}

/* "min:1B,max:8B" in any order, or one of the two. */
static bool read_named(const char *p, struct amount *low, struct amount *high)
{
    bool has_more = true;
    while (has_more) {
        struct amount *side = take(&p, "min:") ? low : take(&p, "max:") ? high : NULL;
        if (!side || side->n) {
            return false;
        }
        *side = take_amount(&p);
        if (!side->n) {
            return false;
        }
        has_more = take(&p, ",");
    }
    return *p == '\0';
}

/* "<8B", "<=8B", ">1B", "1B-8B", "1B-", "-8B", "8B" (up to; "5" alone is nobody's number of parameters) */
static bool read_short(const char *p, struct amount *low, struct amount *high)
{
    if (*p == '<' || *p == '>') {
        struct amount *side = *p == '<' ? high : low;
        p++;
        take(&p, "=");
        *side = take_amount(&p);
        return side->n > 0 && *p == '\0';
    }
    *low = take_amount(&p);
    if (*p == '\0' && low->n && strchr("KMBTkmbt", low->text[low->n - 1])) {
        *high = *low;
        *low = (struct amount){0};
        return true;
    }
    if (!take(&p, "-")) {
        return false;
    }
    *high = take_amount(&p);
    return *p == '\0' && low->n + high->n > 0;
}

bool hub_params_parse(const char *text, struct buf *wire, struct err *e)
{
    struct amount low = {0}, high = {0};
    if (!read_named(text, &low, &high)) {
        low = high = (struct amount){0};
        if (!read_short(text, &low, &high)) {
            err_set(e, ERR_USAGE, "\"%.60s\" is no range of parameters", text);
            return err_remedy(e, "Write <8B, >1B, 1B-8B or min:1B,max:8B; K, M, B and T stand behind a number.");
        }
    }
    if (low.n && high.n && low.value > high.value) {
        return err_set(e, ERR_USAGE, "\"%.60s\" is an empty range: the smaller number comes first", text);
    }
    if (low.n) {
        buf_printf(wire, "min:%.*s", (int)low.n, low.text);
    }
    if (high.n) {
        buf_printf(wire, "%smax:%.*s", low.n ? "," : "", (int)high.n, high.text);
    }
    return true;
}
