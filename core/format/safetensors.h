/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors.h - reading and writing safetensors files, believing nothing.
 *
 * Layout: u64 little-endian N, N bytes of JSON header, tensor bytes. The header goes through a
 * small scanner of ours, because a JSON library loses offsets above 2^53, duplicate keys and NULs.
 * All ten checks of the reference reader are made, in its order, plus: duplicate names are refused,
 * N = 0 is refused. Errors name the rule, the tensor and the byte.
 *
 * Units: offsets and sizes in bytes (u64). Shapes count logical elements.
 * Ownership: safetensors_close; tensors and names are borrowed from the reader.
 * Threads: a reader is constant after opening; reads use pread and may run side by side.
 * Source: the safetensors format page and its reference reader.
 */
#ifndef HFTERM_CORE_FORMAT_SAFETENSORS_H
#define HFTERM_CORE_FORMAT_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct format_source;

enum {
    ST_HEADER_MAX = 100000000, /* the format's own limit */
    ST_RANK_MAX = 32,
};

enum st_dtype { /* in the order of increasing alignment, as the writer sorts */
                ST_BOOL,
                ST_F4,
                ST_F6_E2M3,
                ST_F6_E3M2,
                ST_U8,
                ST_I8,
                ST_F8_E5M2,
                ST_F8_E4M3,
                ST_F8_E8M0,
                ST_F8_E4M3FNUZ,
                ST_F8_E5M2FNUZ,
                ST_I16,
                ST_U16,
                ST_F16,
                ST_BF16,
                ST_I32,
                ST_U32,
                ST_F32,
                ST_C64,
                ST_F64,
                ST_I64,
                ST_U64,
                ST_DTYPES,
};
const char *st_dtype_name(enum st_dtype d);
int st_dtype_bits(enum st_dtype d);
bool st_dtype_find(const char *name, size_t n, enum st_dtype *out);

struct st_tensor {
    const char *name; /* NUL-terminated; a name with a NUL inside is refused */
    enum st_dtype dtype;
    int rank;
    const uint64_t *shape; /* rank of them */
    uint64_t begin, end;   /* within the data */
    uint64_t elements;
};

struct st_meta {
    const char *key, *value;
};

struct safetensors; /* opaque */

struct safetensors *safetensors_open(const char *path, struct err *e);
/* The source is copied; name and ctx must outlive the reader. Only header and what is read are
 * asked for. */
struct safetensors *safetensors_open_source(const struct format_source *source, struct err *e);
/* The header alone: n bytes of JSON and the size of the data behind it. For remote files and the
 * fuzz target; nothing can be read through it. */
struct safetensors *safetensors_parse(const char *header, size_t n, uint64_t data_bytes,
                                      struct err *e);
void safetensors_close(struct safetensors *s);

size_t safetensors_count(const struct safetensors *s);
const struct st_tensor *safetensors_at(const struct safetensors *s, size_t i); /* in file order */
const struct st_tensor *safetensors_find(const struct safetensors *s,
                                         const char *name); /* or NULL */
size_t safetensors_meta_count(const struct safetensors *s);
struct st_meta safetensors_meta_at(const struct safetensors *s, size_t i);
uint64_t safetensors_data_start(const struct safetensors *s);

/* Bytes [begin, begin + n) of a tensor. ERR_USAGE beyond it, ERR_IO, ERR_DAMAGED when the file
 * became shorter. */
bool safetensors_read(const struct safetensors *s, const struct st_tensor *t, uint64_t begin,
                      void *dst, size_t n, struct err *e);
/* Elements [first, first + n) as float: F64, F32, F16, BF16, and the integer types. ERR_UNSUPPORTED
 * for others. */
bool safetensors_read_f32(const struct safetensors *s, const struct st_tensor *t, uint64_t first,
                          float *dst, size_t n, struct err *e);

/* ---- writing ---- */

struct st_out {
    const char *name;
    enum st_dtype dtype;
    int rank;
    uint64_t shape[8];
    const void *data; /* borrowed; its size follows from dtype and shape */
};
/* Sorted as the reference writer does (dtype descending, then name), header padded with blanks to 8
 * bytes, written atomically. meta may be NULL. ERR_USAGE for duplicate names. */
bool safetensors_write(const char *path, const struct st_out *tensors, size_t n,
                       const struct st_meta *meta, size_t n_meta, struct err *e);

/* ---- half floats ---- */

float st_f16_to_f32(uint16_t v);
float st_bf16_to_f32(uint16_t v);
uint16_t st_f32_to_bf16(float v); /* nearest even; NaN stays NaN */
uint16_t st_f32_to_f16(float v);  /* nearest even */

#endif
