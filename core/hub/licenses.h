/* SPDX-License-Identifier: Apache-2.0 */
/* licenses.h - the ids of licences that a card may name, and which of them are open.
 *
 * Open: anybody may use, change and pass on, for any purpose, as the Open Source Initiative, the Free
 * Software Foundation or the Open Definition say. Licences that name uses they forbid (OpenRAIL, Llama,
 * Gemma), that are for research or not for money (NC) or that allow no changes (ND) are not.
 * Source: the Hub's documentation of repository licences, August 2026.
 */
#ifndef HFTERM_CORE_HUB_LICENSES_H
#define HFTERM_CORE_HUB_LICENSES_H

#include <stdbool.h>
#include <stddef.h>

/* The ids of the open ones, sorted. Static. */
const char *const *hub_licenses_open(size_t *n);

bool hub_license_is_known(const char *id);
bool hub_license_is_open(const char *id);

#endif
