/* SPDX-License-Identifier: Apache-2.0 */
/* mhd_api.h - libmicrohttpd as a table of its functions, loaded when the first hub starts.
 *
 * It brings a TLS library and six more along, which only --demo and serve need: whoever never
 * serves does not pay for them. Its header is included for the types; no symbol of it is linked.
 *
 * Ownership: the table lives as long as the process. Threads: any.
 */
#ifndef HFTERM_CORE_LOCALHUB_MHD_API_H
#define HFTERM_CORE_LOCALHUB_MHD_API_H

#include <microhttpd.h>

struct err;

#define LH_MHD_FUNCTIONS(X)                                                                        \
    X(start_daemon)                                                                                \
    X(stop_daemon)                                                                                 \
    X(run)                                                                                         \
    X(get_timeout)                                                                                 \
    X(get_daemon_info)                                                                             \
    X(get_connection_info)                                                                         \
    X(get_connection_values)                                                                       \
    X(lookup_connection_value)                                                                     \
    X(suspend_connection)                                                                          \
    X(resume_connection)                                                                           \
    X(queue_response)                                                                              \
    X(create_response_from_buffer)                                                                 \
    X(create_response_from_callback)                                                               \
    X(create_response_from_fd_at_offset64)                                                         \
    X(add_response_header)                                                                         \
    X(destroy_response)                                                                            \
    X(get_version)

#define LH_MHD_MEMBER(name) __typeof__(MHD_##name) *name;
struct mhd_api {
    LH_MHD_FUNCTIONS(LH_MHD_MEMBER)
};
#undef LH_MHD_MEMBER

/* Loads the library at the first call. NULL (ERR_NOT_FOUND, with the package to install) when it is
 * not on this machine or lacks one of the functions; asked again, it answers the same. */
const struct mhd_api *lh_mhd(struct err *e);

#endif
