/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - the repos of the served folder, found again when the folder changes.
 *
 * Layouts, told apart by what lies in the folder (docs/localhub.md):
 * {models,datasets,spaces}/NS/NAME with sidecars under .hub; NS/NAME (all models); one repo; the
 * official cache (models--NS--NAME). Starting reads folder names only; a repo is read when it is
 * first asked for and again when a file of it changed. The folder is looked at no more than once in
 * 200 ms.
 *
 * Ownership: repos are handed out with a reference; lh_repo_release. Threads: all functions from
 * any.
 */
#ifndef HFTERM_CORE_LOCALHUB_STORE_H
#define HFTERM_CORE_LOCALHUB_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/localhub/repo.h"

struct err;
struct lh_store;

/* One more folder in the first layout, made when something in its namespace is first asked for, or
 * when repos of its kinds are listed, or counted. */
struct lh_store_extra {
    const char *ns;                 /* must outlive the store */
    unsigned kinds;                 /* bits: 1 << LH_MODEL and so on */
    const char *(*make)(void *ctx); /* called once; the folder, NULL: there is none after all */
    void *ctx;
};

/* extra: copied, NULL for none. ERR_NOT_FOUND when dir is no folder. */
struct lh_store *lh_store_new(const char *dir, const struct lh_store_extra *extra, struct err *e);
void lh_store_free(struct lh_store *s);

size_t lh_store_count(struct lh_store *s);

/* NULL when there is no such repo. */
struct lh_repo *lh_store_repo(struct lh_store *s, enum lh_kind kind, const char *id);
bool lh_store_has(struct lh_store *s, enum lh_kind kind, const char *id);

struct lh_repo_list {
    struct lh_repo **items; /* by id */
    size_t n;
};
void lh_store_list(struct lh_store *s, enum lh_kind kind, struct lh_repo_list *out);
void lh_repo_list_done(struct lh_repo_list *list);

/* Owned strings. */
struct lh_names {
    char **items;
    size_t n;
};
struct lh_names lh_store_ids(struct lh_store *s, enum lh_kind kind); /* nothing is read */
struct lh_names lh_store_notes(struct lh_store *s);                  /* as in lh_layout */
void lh_names_done(struct lh_names *names);

/* The Hub's rules for an id: ns/name or name, each of at most 96 bytes of [A-Za-z0-9._-], no "--" or
 * "..", and so on. */
bool lh_is_repo_id(const char *id);

#endif
