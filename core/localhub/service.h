/* SPDX-License-Identifier: Apache-2.0 */
/* service.h - who runs a model for others, as its sidecar says. Internal. Threads: any. */
#ifndef HFTERM_CORE_LOCALHUB_SERVICE_H
#define HFTERM_CORE_LOCALHUB_SERVICE_H

#include "core/localhub/call.h"

/* Live with this provider; NULL: with any. */
bool lh_is_served_by(const struct lh_repo *repo, const char *provider);

/* "inferenceProviderMapping": a list in lists, an object by provider of one model, as the Hub has it.
 * Owned; NULL: the sidecar has none. */
cJSON *lh_service_providers(const struct lh_repo *repo, bool in_list);

/* The query's inference (warm) and inference_provider (any of those named, or "all"). */
bool lh_service_matches(const struct lh_call *c, const struct lh_repo *repo);

#endif
