/* SPDX-License-Identifier: Apache-2.0 */
/* repo_name.h - what people type for a repo: "a/b", "datasets/a/b", the address of its page. */
#ifndef HFTERM_CORE_CLI_REPO_NAME_H
#define HFTERM_CORE_CLI_REPO_NAME_H

#include <stdbool.h>

#include "core/hub/hub.h"

/* type: "model", "dataset", "space" or NULL. *id is owned. ERR_USAGE. */
bool cli_parse_repo_name(const char *text, const char *type, const char *endpoint,
                         enum hub_kind *kind, char **id, struct err *e);

/* Of "a/b/path/of/a file" and "datasets/a/b/path" the path, which begins in text; NULL when text names
 * a repo only, or a page. */
const char *cli_file_of_name(const char *text, const char *endpoint);

#endif
