/* SPDX-License-Identifier: Apache-2.0 */
/* png_api.h - libpng as a table of its functions, loaded by the first PNG (core/base/library.h);
 * for core/format/png.c, and core/cli/doctor_machine.c, which tells its version.
 *
 * Its errors leave by longjmp from the caller's own handler, so png_jmpbuf is not needed.
 */
#ifndef HFTERM_CORE_FORMAT_PNG_API_H
#define HFTERM_CORE_FORMAT_PNG_API_H

#include <png.h>

struct err;

#define PNG_API_FUNCTIONS(X)                                                                       \
    X(create_info_struct)                                                                          \
    X(create_read_struct)                                                                          \
    X(create_write_struct)                                                                         \
    X(destroy_read_struct)                                                                         \
    X(destroy_write_struct)                                                                        \
    X(error)                                                                                       \
    X(get_IHDR)                                                                                    \
    X(get_channels)                                                                                \
    X(get_error_ptr)                                                                               \
    X(get_io_ptr)                                                                                  \
    X(get_libpng_ver)                                                                              \
    X(get_valid)                                                                                   \
    X(read_end)                                                                                    \
    X(read_image)                                                                                  \
    X(read_info)                                                                                   \
    X(read_update_info)                                                                            \
    X(set_IHDR)                                                                                    \
    X(set_expand)                                                                                  \
    X(set_gray_to_rgb)                                                                             \
    X(set_interlace_handling)                                                                      \
    X(set_keep_unknown_chunks)                                                                     \
    X(set_read_fn)                                                                                 \
    X(set_scale_16)                                                                                \
    X(set_user_limits)                                                                             \
    X(set_write_fn)                                                                                \
    X(write_end)                                                                                   \
    X(write_info)                                                                                  \
    X(write_row)

struct png_api {
#define PNG_API_MEMBER(name) __typeof__(&png_##name) name;
    PNG_API_FUNCTIONS(PNG_API_MEMBER)
#undef PNG_API_MEMBER
};

/* NULL (ERR_UNSUPPORTED, with what to install) when this machine has none that will do. */
const struct png_api *png_api(struct err *e);

#endif
