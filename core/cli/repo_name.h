/* SPDX-License-Identifier: Apache-2.0 */
/* repo_name.h - what people type for a repo or a file of it, together with the options that say more. */
#ifndef HFTERM_CORE_CLI_REPO_NAME_H
#define HFTERM_CORE_CLI_REPO_NAME_H

#include <stdbool.h>

#include "core/hub/address.h"

/* As hub_address_parse; type ("model", "dataset", "space") and revision are options, NULL when they were not
 * given. What the two say differently is ERR_USAGE. */
bool cli_parse_repo(const char *text, const char *type, const char *revision, const char *endpoint,
                    struct hub_address *out, struct err *e);

#endif
