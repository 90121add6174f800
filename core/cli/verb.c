/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/verb.h"

#include <string.h>

const struct cli_verb *cli_verb_at(const struct cli_verbs *rooms, size_t i)
{
    for (; rooms->verbs; rooms++) {
        for (const struct cli_verb *const *v = rooms->verbs; *v; v++) {
            if (i-- == 0) {
                return *v;
            }
        }
    }
    return NULL;
}

const struct cli_verb *cli_find_verb(const struct cli_verbs *rooms, const char *name)
{
    const struct cli_verb *v;
    for (size_t i = 0; (v = cli_verb_at(rooms, i)) && strcmp(v->name, name) != 0; i++) {
    }
    return v;
}
