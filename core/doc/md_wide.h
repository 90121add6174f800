/* SPDX-License-Identifier: Apache-2.0 */
/* md_wide.h - tables of very many columns, for which the parser needs quadratic time.
 *
 * They are written anew as several tables of 128 columns, one below the other, with the same rows. So
 * every cell stays below its head; drawn as records, which such tables are, nothing else changes.
 */
#ifndef HFTERM_CORE_DOC_MD_WIDE_H
#define HFTERM_CORE_DOC_MD_WIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/* Do the two lines begin such a table? Only one whose rows begin with a bar at column 0 to 3. */
bool md_wide_is_head(struct str head, struct str delimiter);
/* Append the table of rows (whole lines, each with a bar; those that begin with none end it). Returns
 * the bytes of rows that were taken. */
size_t md_wide_put(struct buf *out, struct str head, struct str delimiter, struct str rows);

#endif
