/* SPDX-License-Identifier: Apache-2.0 */
/* access.h - who asks, and what they may see. Accounts and tokens come from .hub/hub.json.
 *
 * A folder that defines no tokens has no accounts: whatever token a client sends is ignored, so
 * that `hfterm serve` works beside a real login.
 *
 * Ownership: lh_accounts_free; viewers are borrowed from the accounts. Threads: read-only after
 * new.
 */
#ifndef HFTERM_CORE_LOCALHUB_ACCESS_H
#define HFTERM_CORE_LOCALHUB_ACCESS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "core/localhub/repo.h"

struct lh_accounts;

struct lh_viewer {
    const char *user; /* NULL: anonymous */
    const char *role; /* "read", "write": of the token */
    const char *token_name;
    const cJSON *account; /* the user's entry in hub.json; NULL for anonymous */
};

/* dir/.hub/hub.json; a missing or broken file means no accounts. */
struct lh_accounts *lh_accounts_new(const char *dir);
void lh_accounts_free(struct lh_accounts *a);

bool lh_accounts_any(const struct lh_accounts *a);
const char *lh_accounts_first_token(const struct lh_accounts *a); /* NULL when there is none */

/* The Authorization header, NULL for none. False: a token nobody has. */
bool lh_accounts_viewer(const struct lh_accounts *a, const char *authorization,
                        struct lh_viewer *out);

const cJSON *lh_accounts_user(const struct lh_accounts *a, const char *name); /* NULL */
const cJSON *lh_accounts_org(const struct lh_accounts *a, const char *name);  /* NULL */
const cJSON *lh_accounts_users(const struct lh_accounts *a);                  /* array or NULL */
const cJSON *lh_accounts_orgs(const struct lh_accounts *a);

/* The viewer's role in a namespace: "owner" of the own one, an org's role, NULL for none. */
const char *lh_viewer_role(const struct lh_viewer *v, const char *ns);

bool lh_may_see(const struct lh_viewer *v, const struct lh_repo *repo);
bool lh_may_read_files(const struct lh_viewer *v, const struct lh_repo *repo);
bool lh_may_write(const struct lh_viewer *v, const struct lh_repo *repo);

#endif
