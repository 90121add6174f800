/* SPDX-License-Identifier: Apache-2.0 */
#include "core/card/yaml_api.h"

#include <stddef.h>

#include "core/base/library.h"

static const struct library_function FUNCTIONS[] = {
#define ROW(name) {"yaml_" #name, offsetof(struct yaml_api, name)},
    YAML_API_FUNCTIONS(ROW)
#undef ROW
};

static struct yaml_api table;
static struct library library = {
    .file = "libyaml-0.so.2",
    .use = "metadata blocks of cards need",
    .remedy = "Install it: libyaml-0-2 (Debian, Ubuntu) or libyaml (Fedora, Arch).",
    .functions = FUNCTIONS,
    .n_functions = sizeof FUNCTIONS / sizeof *FUNCTIONS,
    .table = &table,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct yaml_api *yaml_api(struct err *e)
{
    return library_table(&library, e);
}
