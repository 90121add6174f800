/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - reading untrusted JSON with cJSON without surprises.
 *
 * A wrong type is "absent", never a crash: every getter returns a default when the key is missing
 * or of another type. Numbers outside the exact range of double (2^53) are refused, not rounded.
 *
 * Ownership: json_parse returns an owned tree (cJSON_Delete). Strings from getters are borrowed
 * from the tree.
 */
#ifndef HFTERM_CORE_BASE_JSON_H
#define HFTERM_CORE_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* n bytes of UTF-8 JSON; trailing garbage is an error. ERR_DAMAGED names the byte offset. A tree takes
 * up to forty times the memory of its text: what strangers send in megabytes goes through
 * json_parse_within. */
cJSON *json_parse(const char *bytes, size_t n, struct err *e);

/* What must not be exceeded, in bytes of memory. */
struct json_limit {
    size_t most;    /* for the tree and what row_cost says */
    size_t row_cost; /* what the caller makes of each object of an outermost array; 0: nothing */
};
/* An upper bound of the memory that the tree of n bytes will take, and what stands for its rows: commas
 * and brackets are counted, nothing is parsed. Bytes that are no JSON give some number. */
size_t json_cost(const char *bytes, size_t n, size_t row_cost);
/* The text ends inside a string, an object or an array: more should have come. */
bool json_is_cut(const char *bytes, size_t n);
/* As json_parse; ERR_LIMIT, without parsing, when json_cost is above the limit. */
cJSON *json_parse_within(const char *bytes, size_t n, const struct json_limit *limit, struct err *e);

/* NULL when absent or not a string. obj may be NULL everywhere below. */
const char *json_str(const cJSON *obj, const char *key);
/* false when absent, not a number, negative, fractional or above 2^53. */
bool json_u64(const cJSON *obj, const char *key, uint64_t *out);
bool json_num(const cJSON *obj, const char *key, double *out);
bool json_bool(const cJSON *obj, const char *key, bool *out);
/* NULL unless the member is an object / array. */
const cJSON *json_obj(const cJSON *obj, const char *key);
const cJSON *json_arr(const cJSON *obj, const char *key);

/* cJSON_Print* into an owned string without ever returning NULL. */
char *json_print(const cJSON *json, bool pretty);

#endif
