/* SPDX-License-Identifier: Apache-2.0 */
/* repo_json.h - repos, files, commits... in our own stable words (docs/verbs.md has every key). A
 * member that the server did not send is null, so that the set of keys does not change. Owned
 * results. */
#ifndef HFTERM_CORE_CLI_REPO_JSON_H
#define HFTERM_CORE_CLI_REPO_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "core/hub/hub.h"

/* with_raw adds "raw": the item as the server sent it. */
cJSON *cli_repo_json(const struct hub *hub, const struct hub_repo *r, bool with_raw);
cJSON *cli_file_json(const struct hub_file *f);
cJSON *cli_commit_json(const struct hub_commit *c);
cJSON *cli_discussion_json(const struct hub_discussion *d);
/* kind: branch, tag, convert, pull */
cJSON *cli_ref_json(const struct hub_ref *r, const char *kind);

/* null for NULL. */
void cli_json_text(cJSON *obj, const char *key, const char *text);
void cli_json_count(cJSON *obj, const char *key, bool has, uint64_t n);
/* ISO 8601, null when it is not known. */
void cli_json_date(cJSON *obj, const char *key, bool has, int64_t unix_s);

/* "git", "lfs", "xet": where the bytes of a file are kept. */
const char *cli_storage_of(const struct hub_file *f);
/* "gated", "private", "disabled" or several, blank-separated; "". */
void cli_access_marks(const struct hub_repo *r, struct buf *out);

#endif
