/* SPDX-License-Identifier: Apache-2.0 */
/* range.h - the Range header: one range of bytes; several are answered with the whole file. */
#ifndef HFTERM_CORE_LOCALHUB_RANGE_H
#define HFTERM_CORE_LOCALHUB_RANGE_H

#include <stdint.h>

enum lh_range {
    LH_RANGE_NONE, /* no header, not bytes, or more than one range: send everything */
    LH_RANGE_PART,
    LH_RANGE_BAD /* 416 */
};

/* "bytes=a-b", "bytes=a-", "bytes=-n" against a file of size bytes. text may be NULL. */
enum lh_range lh_range_parse(const char *text, uint64_t size, uint64_t *offset, uint64_t *length);

#endif
