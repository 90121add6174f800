/* SPDX-License-Identifier: Apache-2.0 */
/* Query vectors: out of a file, or as the mean of a model's embedding rows. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/weights.h"
#include "core/arrcoc/weights_parts.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/safetensors.h"

/* ---- bf16 ---- */

static float rounded(float v)
{
    return st_bf16_to_f32(st_f32_to_bf16(v));
}

void arr_round_bf16(float *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = rounded(v[i]);
    }
}

void arr_round_unit_bf16(float *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)v[i] * (double)v[i];
    }
    const float norm = rounded((float)sqrt(sum)), least = rounded(1e-12f);
    for (size_t i = 0; i < n; i++) {
        v[i] = rounded(v[i] / (norm > least ? norm : least));
    }
}

/* ---- a vector in a file ---- */

static const struct st_tensor *find_query(const struct safetensors *s, struct err *e)
{
    const struct st_tensor *t = safetensors_find(s, "query");
    if (!t && safetensors_count(s) == 1) {
        t = safetensors_at(s, 0);
    }
    if (!t) {
        err_set(e, ERR_DAMAGED, "no tensor \"query\" is among its %zu", safetensors_count(s));
        err_remedy(e, "store the query vector under the name query, or alone in its file");
    }
    return t;
}

static float *read_query(const struct safetensors *s, int *dim, struct err *e)
{
    const struct st_tensor *t = find_query(s, e);
    if (!t) {
        return NULL;
    }
    const bool is_vector = t->rank == 1 || (t->rank == 2 && t->shape[0] == 1);
    if (!is_vector || t->elements < 1 || t->elements > ARR_QUERY_MAX) {
        char found[120];
        err_set(e, ERR_DAMAGED,
                "tensor \"%.100s\": expected the shape [D] or [1, D] with D from 1 to %d, found %s",
                t->name, ARR_QUERY_MAX, arr_tensor_shape(t, found, sizeof found));
        return NULL;
    }
    float *query = xcalloc((size_t)t->elements, sizeof *query);
    if (!arr_tensor_read(s, t, 0, query, (size_t)t->elements, e)) {
        free(query);
        return NULL;
    }
    *dim = (int)t->elements;
    return query;
}

float *arr_query_read(const char *path, int *dim, struct err *e)
{
    struct safetensors *s = safetensors_open(path, e);
    if (!s) {
        return NULL;
    }
    float *query = read_query(s, dim, e);
    safetensors_close(s);
    if (!query) {
        err_wrap(e, "reading a query vector from %s", path);
    }
    return query;
}

/* ---- embedding rows ---- */

static const char *const TABLES[] = {
    "model.language_model.embed_tokens.weight",
    "model.embed_tokens.weight",
    "language_model.model.embed_tokens.weight",
    "embed_tokens.weight",
};

static const struct st_tensor *find_table(const struct safetensors *s, struct err *e)
{
    static const char *const BEFORE[] = {"", "base_model."};
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        for (size_t j = 0; j < sizeof BEFORE / sizeof *BEFORE; j++) {
            char name[80];
            snprintf(name, sizeof name, "%s%s", BEFORE[j], TABLES[i]);
            const struct st_tensor *t = safetensors_find(s, name);
            if (t) {
                return t;
            }
        }
    }
    err_set(e, ERR_NOT_FOUND, "no table of input embeddings is in it, such as %s", TABLES[0]);
    err_remedy(e, "of a checkpoint in several files give the one that the index file names for "
                  "embed_tokens.weight");
    return NULL;
}

static bool check_table(const struct st_tensor *t, const uint32_t *ids, size_t n, struct err *e)
{
    if (t->rank != 2 || t->shape[1] < 1 || t->shape[1] > ARR_QUERY_MAX) {
        char found[120];
        return err_set(e, ERR_DAMAGED,
                       "tensor \"%.100s\": expected the shape [rows, D] with D from 1 to %d, "
                       "found %s",
                       t->name, ARR_QUERY_MAX, arr_tensor_shape(t, found, sizeof found));
    }
    for (size_t i = 0; i < n; i++) {
        if (ids[i] >= t->shape[0]) {
            err_set(e, ERR_USAGE,
                    "token %" PRIu32 " is beyond tensor \"%.100s\" of %" PRIu64 " rows", ids[i],
                    t->name, t->shape[0]);
            return err_remedy(e, "use ids of this model's own tokenizer");
        }
    }
    return true;
}

static float *mean_of_rows(const struct safetensors *s, const struct st_tensor *t,
                           const uint32_t *ids, size_t n, struct err *e)
{
    const size_t width = (size_t)t->shape[1];
    float *row = xcalloc(width, sizeof *row);
    double *sum = xcalloc(width, sizeof *sum);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        ok = arr_tensor_read(s, t, ids[i] * t->shape[1], row, width, e);
        for (size_t j = 0; ok && j < width; j++) {
            sum[j] += (double)row[j];
        }
    }
    for (size_t j = 0; ok && j < width; j++) {
        row[j] = (float)(sum[j] / (double)n);
    }
    free(sum);
    if (!ok) {
        free(row);
        return NULL;
    }
    return row;
}

float *arr_query_embed_from(const struct safetensors *checkpoint, const uint32_t *ids, size_t n,
                            enum arr_query_dtype dtype, int *dim, struct err *e)
{
    if (n == 0) {
        err_set(e, ERR_USAGE, "a query of no tokens has no embedding");
        return NULL;
    }
    const struct st_tensor *t = find_table(checkpoint, e);
    float *query = t && check_table(t, ids, n, e) ? mean_of_rows(checkpoint, t, ids, n, e) : NULL;
    if (query) {
        *dim = (int)t->shape[1];
        if (dtype == ARR_QUERY_BF16) {
            arr_round_bf16(query, (size_t)*dim);
        }
    }
    return query;
}

float *arr_query_embed(const char *checkpoint, const uint32_t *ids, size_t n,
                       enum arr_query_dtype dtype, int *dim, struct err *e)
{
    struct safetensors *s = safetensors_open(checkpoint, e);
    float *query = s ? arr_query_embed_from(s, ids, n, dtype, dim, e) : NULL;
    safetensors_close(s);
    if (s && !query) {
        err_wrap(e, "reading embeddings from %s", checkpoint);
    }
    return query;
}
