/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_api.h - libyaml as a table of its functions, loaded by the first metadata block that is read
 * (core/base/library.h); for core/card/yaml_json.c, and core/cli/doctor_machine.c, which tells its
 * version.
 */
#ifndef HFTERM_CORE_CARD_YAML_API_H
#define HFTERM_CORE_CARD_YAML_API_H

#include <yaml.h>

struct err;

#define YAML_API_FUNCTIONS(X)                                                                      \
    X(event_delete)                                                                                \
    X(get_version_string)                                                                          \
    X(parser_delete)                                                                               \
    X(parser_initialize)                                                                           \
    X(parser_parse)                                                                                \
    X(parser_set_encoding)                                                                         \
    X(parser_set_input_string)

struct yaml_api {
#define YAML_API_MEMBER(name) __typeof__(&yaml_##name) name;
    YAML_API_FUNCTIONS(YAML_API_MEMBER)
#undef YAML_API_MEMBER
};

/* NULL (ERR_UNSUPPORTED, with what to install) when this machine has none that will do. */
const struct yaml_api *yaml_api(struct err *e);

#endif
