/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg_api.h - libjpeg as a table of its functions, loaded by the first JPEG (core/base/library.h);
 * for core/format/jpeg.c, and core/cli/doctor_machine.c, which tells its version.
 */
#ifndef HFTERM_CORE_FORMAT_JPEG_API_H
#define HFTERM_CORE_FORMAT_JPEG_API_H

#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

struct err;

#define JPEG_API_FUNCTIONS(X)                                                                      \
    X(CreateDecompress)                                                                            \
    X(destroy_decompress)                                                                          \
    X(finish_decompress)                                                                           \
    X(mem_src)                                                                                     \
    X(read_header)                                                                                 \
    X(read_scanlines)                                                                              \
    X(save_markers)                                                                                \
    X(start_decompress)                                                                            \
    X(std_error)

struct jpeg_api {
#define JPEG_API_MEMBER(name) __typeof__(&jpeg_##name) name;
    JPEG_API_FUNCTIONS(JPEG_API_MEMBER)
#undef JPEG_API_MEMBER
};

/* NULL (ERR_UNSUPPORTED, with what to install) when this machine has none that will do. */
const struct jpeg_api *jpeg_api(struct err *e);

#endif
