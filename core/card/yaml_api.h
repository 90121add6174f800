/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_api.h - libfyaml as a table of its functions, loaded by the first metadata block that is
 * read (core/base/library.h); for core/card/yaml_json.c, and core/cli/doctor_machine.c, which tells
 * its version.
 */
#ifndef HFTERM_CORE_CARD_YAML_API_H
#define HFTERM_CORE_CARD_YAML_API_H

#include <libfyaml.h>

struct err;

#define YAML_API_FUNCTIONS(X)                                                                      \
    X(diag_create)                                                                                 \
    X(diag_destroy)                                                                                \
    X(diag_errors_iterate)                                                                         \
    X(diag_set_collect_errors)                                                                     \
    X(library_version)                                                                             \
    X(parser_create)                                                                               \
    X(parser_destroy)                                                                              \
    X(parser_event_free)                                                                           \
    X(parser_parse)                                                                                \
    X(parser_set_string)                                                                           \
    X(token_get_text)                                                                              \
    X(token_scalar_style)                                                                          \
    X(token_start_mark)

struct yaml_api {
#define YAML_API_MEMBER(name) __typeof__(&fy_##name) name;
    YAML_API_FUNCTIONS(YAML_API_MEMBER)
#undef YAML_API_MEMBER
};

/* NULL (ERR_UNSUPPORTED, with what to install) when this machine has none that will do. */
const struct yaml_api *yaml_api(struct err *e);

#endif
