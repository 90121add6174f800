/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub/licenses.h"

#include <stdlib.h>
#include <string.h>

/* Sorted by bytes, for bsearch. */
static const char *const OPEN[] = {
    "afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd", "bsd-2-clause", "bsd-3-clause",
    "bsd-3-clause-clear", "bsl-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0",
    "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0",
    "cdla-sharing-1.0", "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2",
    "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "isc", "lgpl", "lgpl-2.1", "lgpl-3.0", "lgpl-lr",
    "lppl-1.3c", "mit", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by", "ofl-1.1", "openmdw-1.0",
    "openmdw-1.1", "osl-3.0", "pddl", "postgresql", "unlicense", "wtfpl", "zlib",
};
static const char *const OTHER[] = {
    "apple-amlr", "apple-ascl", "bigcode-openrail-m", "bigscience-bloom-rail-1.0",
    "bigscience-openrail-m", "c-uda", "cc", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0",
    "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0", "creativeml-openrail-m", "deepfloyd-if-license",
    "fair-noncommercial-research-license", "gemma", "grok2-community", "h-research",
    "intel-research", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4",
    "openrail", "openrail++", "other", "unknown",
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has(const char *const *list, size_t n, const char *id)
{
    return bsearch(&id, list, n, sizeof *list, by_text) != NULL;
}

const char *const *hub_licenses_open(size_t *n)
{
    *n = sizeof OPEN / sizeof *OPEN;
    return OPEN;
}

bool hub_license_is_open(const char *id)
{
    return has(OPEN, sizeof OPEN / sizeof *OPEN, id);
}

bool hub_license_is_known(const char *id)
{
    return hub_license_is_open(id) || has(OTHER, sizeof OTHER / sizeof *OTHER, id);
}
