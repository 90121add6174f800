/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/repo_name.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

static bool check_type(const struct hub_address *a, const char *type, struct err *e)
{
    const char *said = hub_kind_name(a->kind);
    return !a->has_kind || !type || strcmp(type, said) == 0 ||
           err_set(e, ERR_USAGE, "the address of %.80s says that it is a %s and --type says %s", a->id, said, type);
}

static bool check_revision(const struct hub_address *a, const char *revision, struct err *e)
{
    return !a->revision || !revision || strcmp(a->revision, revision) == 0 ||
           err_set(e, ERR_USAGE, "the address of %.80s says revision %.80s and --revision says %.80s", a->id, a->revision,
                   revision);
}

bool cli_parse_repo(const char *text, const char *type, const char *revision, const char *endpoint,
                    struct hub_address *out, struct err *e)
{
    if (!hub_address_parse(text, endpoint, out, e)) {
        return false;
    }
    if (!check_type(out, type, e) || !check_revision(out, revision, e)) {
        hub_address_done(out);
        return false;
    }
    for (int k = HUB_MODEL; type && k <= HUB_SPACE; k++) {
        out->kind = strcmp(type, hub_kind_name((enum hub_kind)k)) == 0 ? (enum hub_kind)k : out->kind;
    }
    if (!out->revision) {
        out->revision = xstrdup_opt(revision);
    }
    return true;
}
