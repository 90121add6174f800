/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* What malloc takes for a node of cJSON, and for a string beside its bytes, at most. */
enum { NODE_COST = sizeof(cJSON) + 16, STRING_COST = 32 };

static const double EXACT_MAX = 9007199254740992.0; /* 2^53 */

cJSON *json_parse(const char *bytes, size_t n, struct err *e)
{
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithLengthOpts(bytes, n, &end, false);
    size_t at = end && end >= bytes ? (size_t)(end - bytes) : 0;
    if (!json) {
        err_set(e, ERR_DAMAGED, "not valid JSON (byte %zu of %zu)", at, n);
        return NULL;
    }
    while (at < n && bytes[at] && strchr(" \t\r\n", bytes[at])) {
        at++;
    }
    if (at < n) {
        cJSON_Delete(json);
        err_set(e, ERR_DAMAGED, "text after the end of the JSON value (byte %zu of %zu)", at, n);
        return NULL;
    }
    return json;
}

/* What stands in a text, without parsing it. */
struct census {
    size_t values, strings, rows; /* rows: objects of an outermost array */
    size_t depth;                 /* brackets open at the end */
    bool is_in_string;            /* a quote is */
};

/* The length of the string whose bytes begin at `at`, up to its closing quote or the end. */
static size_t string_length(const char *bytes, size_t n, size_t at)
{
    size_t end = at;
    while (end < n && bytes[end] != '"') {
        end += bytes[end] == '\\' && end + 1 < n ? 2 : 1;
    }
    return end - at;
}

static struct census count(const char *bytes, size_t n)
{
    struct census c = {.values = 1};
    for (size_t i = 0; i < n; i++) {
        switch (bytes[i]) {
        case '"': {
            const size_t length = string_length(bytes, n, i + 1);
            c.strings++;
            i += length + 1;
            c.is_in_string = i >= n;
            break;
        }
        case '{':
            c.rows += c.depth == 1;
            /* fall through */
        case '[':
            c.values++;
            c.depth++;
            break;
        case ']':
        case '}':
            c.depth -= c.depth > 0;
            break;
        case ',':
            c.values++;
            break;
        default:
            break;
        }
    }
    return c;
}

size_t json_cost(const char *bytes, size_t n, size_t row_cost)
{
    const struct census c = count(bytes, n);
    /* n: the bytes of strings, and of the longest number, which cJSON copies. */
    return c.values * NODE_COST + c.strings * STRING_COST + n + STRING_COST + c.rows * row_cost;
}

bool json_is_cut(const char *bytes, size_t n)
{
    const struct census c = count(bytes, n);
    return c.depth > 0 || c.is_in_string;
}

cJSON *json_parse_within(const char *bytes, size_t n, const struct json_limit *limit, struct err *e)
{
    if (json_cost(bytes, n, limit->row_cost) > limit->most) {
        err_set(e, ERR_LIMIT, "%zu bytes of JSON that would take more than %zu MB of memory", n,
                limit->most / 1000000);
        return NULL;
    }
    return json_parse(bytes, n, e);
}

static const cJSON *member(const cJSON *obj, const char *key)
{
    return cJSON_IsObject(obj) ? cJSON_GetObjectItemCaseSensitive(obj, key) : NULL;
}

const char *json_str(const cJSON *obj, const char *key)
{
    return cJSON_GetStringValue(member(obj, key));
}

bool json_u64(const cJSON *obj, const char *key, uint64_t *out)
{
    double d = 0;
    if (!json_num(obj, key, &d) || d < 0 || d > EXACT_MAX || floor(d) < d) {
        return false;
    }
    *out = (uint64_t)d;
    return true;
}

bool json_num(const cJSON *obj, const char *key, double *out)
{
    const cJSON *m = member(obj, key);
    if (!cJSON_IsNumber(m) || !isfinite(m->valuedouble)) {
        return false;
    }
    *out = m->valuedouble;
    return true;
}

bool json_bool(const cJSON *obj, const char *key, bool *out)
{
    const cJSON *m = member(obj, key);
    if (!cJSON_IsBool(m)) {
        return false;
    }
    *out = cJSON_IsTrue(m);
    return true;
}

const cJSON *json_obj(const cJSON *obj, const char *key)
{
    const cJSON *m = member(obj, key);
    return cJSON_IsObject(m) ? m : NULL;
}

const cJSON *json_arr(const cJSON *obj, const char *key)
{
    const cJSON *m = member(obj, key);
    return cJSON_IsArray(m) ? m : NULL;
}

char *json_print(const cJSON *json, bool pretty)
{
    char *s = pretty ? cJSON_Print(json) : cJSON_PrintUnformatted(json);
    return s ? s : xstrdup("null");
}
