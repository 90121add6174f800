/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

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
