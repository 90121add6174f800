/* SPDX-License-Identifier: Apache-2.0 */
/* weights.h - the reference's parameters out of a safetensors file, and rows of an embedding table.
 *
 * Keys as in docs/engine.md, optionally behind module., _orig_mod., model.; F32, F16 and BF16;
 * 1 x 1 convolutions as [*, *, 1, 1] or [*, *]. D is read from the shapes. Everything computes in
 * float.
 *
 * Threads: constant after loading.
 */
#ifndef HFTERM_CORE_ARRCOC_WEIGHTS_H
#define HFTERM_CORE_ARRCOC_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/balance.h"
#include "core/arrcoc/knowing.h"

struct err;
struct safetensors;

/* Of weights and query vectors, either way: no sum of products in any balancer then overflows. */
enum { ARR_WEIGHT_MAX = 1000000 };

struct arr_weights {
    bool has_scorer, has_balancer, has_contextual;
    struct arr_scorer scorer;
    struct arr_balancer balancer;
    struct arr_contextual contextual;
};

/* Owned: arr_weights_free. At least one of the three parts must be whole; a part with a missing
 * tensor, a wrong shape or dtype, a value that is not finite or beyond ARR_WEIGHT_MAX, or scorer
 * and balancer of different D are ERR_DAMAGED and name the tensor. */
struct arr_weights *arr_weights_load(const char *path, struct err *e);
void arr_weights_free(struct arr_weights *w);

/* A query vector (owned: free), D floats: tensor "query" or the file's only tensor, [D] or [1, D].
 * ERR_DAMAGED. */
float *arr_query_read(const char *path, int *dim, struct err *e);
/* Rounds as the reference's bf16 chain does: q as a bf16 vector (its mean is rounded on reading).
 * The normalised vector is rounded again inside arr_round_unit_bf16. */
void arr_round_bf16(float *v, size_t n);
/* v / max(|v|, 1e-12) with the norm and the quotient rounded to bf16, nearest even. */
void arr_round_unit_bf16(float *v, size_t n);

/* The mean over the rows `ids` of the embedding table in a (possibly sharded: then give the shard)
 * safetensors checkpoint; only those rows are read. The table is model.language_model.embed_tokens.
 * weight, model.embed_tokens.weight, language_model.model.embed_tokens.weight or
 * embed_tokens.weight, also behind base_model. Owned: free. ERR_USAGE for an id beyond the table.
 */
float *arr_query_embed_from(const struct safetensors *checkpoint, const uint32_t *ids, size_t n,
                            enum arr_query_dtype dtype, int *dim, struct err *e);
/* The same from a local file. */
float *arr_query_embed(const char *checkpoint, const uint32_t *ids, size_t n,
                       enum arr_query_dtype dtype, int *dim, struct err *e);

#endif
