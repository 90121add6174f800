/* SPDX-License-Identifier: Apache-2.0 */
/* md_defs.h - link definitions ("[label]: address"), which hold in the whole card. */
#ifndef HFTERM_CORE_DOC_MD_DEFS_H
#define HFTERM_CORE_DOC_MD_DEFS_H

#include <stdbool.h>

#include "core/base/buf.h"

/* Is the line a definition that stands alone, by rules stricter than the parser's? Only then may it
 * be repeated in other pieces of a card without showing up there. */
bool md_is_definition(struct str line);

#endif
