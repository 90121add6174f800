/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - the query keys of a listing: which repos match, and in which order. */
#ifndef HFTERM_CORE_LOCALHUB_FILTER_H
#define HFTERM_CORE_LOCALHUB_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/localhub/call.h"

/* The head tree of a repo against the request. Private repos only for those who may see them. */
bool lh_filter_matches(struct lh_call *c, struct lh_repo *repo);

/* False: answered with 400 (num_parameters that are no range, gated that is no word). */
bool lh_filter_check(struct lh_call *c);

/* "min:6B,max:128B" to elements; either side may be missing. */
bool lh_parse_parameter_range(const char *text, double *min, double *max);

#endif
