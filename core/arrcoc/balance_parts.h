/* SPDX-License-Identifier: Apache-2.0 */
/* balance_parts.h - what the three balancers share; nobody else includes it. */
#ifndef HFTERM_CORE_ARRCOC_BALANCE_PARTS_H
#define HFTERM_CORE_ARRCOC_BALANCE_PARTS_H

#include "core/arrcoc/balance.h"

static inline size_t arr_balance_cells(const struct arr_balance_in *in)
{
    return (size_t)in->grid * (size_t)in->grid;
}

static inline bool arr_way_missing(const struct arr_balance_in *in, size_t way)
{
    return !in->way[way] || in->scale[way] == 0.0f;
}

/* Clears out but for its maps. True when no way is left: out then says so, with R = 0.5. */
bool arr_balance_begin(const struct arr_balance_in *in, struct arr_balance_out *out);

struct arr_scaled {
    float way[ARR_WAYS][ARR_CELLS];
};
/* scale * ratio * way, zeros for one that is missing; and their statistics to out->summaries. */
void arr_scale_ways(const struct arr_balance_in *in, float ratio, struct arr_scaled *x,
                    struct arr_balance_out *out);

/* out->raw to out->balanced by min-max, then x of the explore term; sets the flag when nothing has
 * a range. */
void arr_balance_finish(const struct arr_balance_in *in, float x, struct arr_balance_out *out);

/* out->share from out->weights and the means among the summaries of scaled maps. */
void arr_balance_share(struct arr_balance_out *out);

#endif
