/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors_parts.h - what the reader, the header scanner and the writer share; for them alone.
 */
#ifndef HFTERM_CORE_FORMAT_SAFETENSORS_PARTS_H
#define HFTERM_CORE_FORMAT_SAFETENSORS_PARTS_H

#include "core/format/safetensors.h"
#include "core/format/source.h"

enum { ST_PREFIX = 8 }; /* bytes in front of the header: its length */

/* Shapes lie in blocks, which never move, so that tensors can point into them while more come. */
struct st_dims {
    struct st_dims *next;
    size_t used;
    uint64_t dims[1024];
};

struct safetensors {
    int fd;                  /* -1: a header alone, or a source */
    char *path;              /* NULL: a header alone */
    struct format_source source; /* read NULL: none */
    uint64_t data_start, data_bytes;
    struct st_tensor *tensors; /* in file order */
    size_t n_tensors, cap_tensors;
    const struct st_tensor **by_name;
    struct st_meta *meta;
    size_t n_meta, cap_meta;
    char *text; /* every name, key and value; no longer than the header */
    size_t text_used;
    struct st_dims *dims;
};

/* Fills tensors (in the order of the header) and metadata of s from n bytes of JSON. Rules 4 and 5:
 * the text is UTF-8 and JSON of the right form. Names are not compared yet. */
bool st_scan_header(struct safetensors *s, const char *json, size_t n, struct err *e);

/* Where the first byte lies that is not UTF-8; n when there is none. */
size_t st_utf8_prefix(const char *s, size_t n);

/* Bytes of the tensor; false when the product overflows (*fits_bytes true) or the bits of a narrow
 * type do not fill a byte (*fits_bytes false). */
bool st_size_of(enum st_dtype dtype, const uint64_t *shape, int rank, uint64_t *elements,
                uint64_t *bytes, bool *fits_bytes);

#endif
