/* SPDX-License-Identifier: Apache-2.0 */
/* compare: what a commit changed, as the sidecar's "diff" beside it says. */
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/call.h"

enum { SHORT_MIN = 7 };

/* git's name for nothing: what the first commit is compared with. */
static const char EMPTY_TREE[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

static bool is_named(const cJSON *commit, const char *revision, size_t n)
{
    const char *id = json_str(commit, "id");
    return id && n >= SHORT_MIN && strlen(id) >= n && strncmp(id, revision, n) == 0;
}

/* A branch, tag or pull request to its commit, "" for the head; NULL: none is called so. */
static const char *commit_of_ref(const struct lh_call *c, const char *name, size_t n)
{
    for (size_t list = 0; list < LH_REF_LISTS; list++) {
        for (size_t i = 0; i < c->repo->n_refs[list]; i++) {
            const struct lh_ref *ref = &c->repo->refs[list][i];
            const bool is_short = list <= LH_TAGS && strncmp(ref->name, name, n) == 0 && !ref->name[n];
            if (is_short || (strncmp(ref->ref, name, n) == 0 && !ref->ref[n])) {
                return ref->commit;
            }
        }
    }
    return NULL;
}

/* The place of a revision in the list of commits, with "^" and "~1" for the one before it; -1: it is
 * not in the list, its length: what the first one is compared with. */
static int place_of(const struct lh_call *c, const cJSON *commits, const char *revision, size_t n)
{
    const size_t total = (size_t)cJSON_GetArraySize(commits);
    if (n > 1 && revision[n - 1] == '^') {
        const int at = place_of(c, commits, revision, n - 1);
        return at < 0 || (size_t)at >= total ? -1 : at + 1;
    }
    if (n > 2 && strncmp(revision + n - 2, "~1", 2) == 0) {
        const int at = place_of(c, commits, revision, n - 2);
        return at < 0 || (size_t)at >= total ? -1 : at + 1;
    }
    if (n == strlen(EMPTY_TREE) && strncmp(revision, EMPTY_TREE, n) == 0) {
        return (int)total;
    }
    const char *commit = commit_of_ref(c, revision, n);
    if ((commit && !*commit) || (n == 4 && strncmp(revision, "HEAD", n) == 0)) {
        return total ? 0 : -1;
    }
    int at = 0;
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, commits)
    {
        if (is_named(entry, commit ? commit : revision, commit ? strlen(commit) : n)) {
            return at;
        }
        at++;
    }
    return -1;
}

void lh_answer_compare(struct lh_call *c)
{
    const cJSON *commits = json_arr(lh_call_history(c), "commits");
    const char *dots = strstr(c->arg, "..");
    const char *head = dots ? dots + 2 + (dots[2] == '.') : c->arg;
    const int to = place_of(c, commits, head, strlen(head));
    const int from = dots ? place_of(c, commits, c->arg, (size_t)(dots - c->arg)) : to + 1;
    const cJSON *commit = to >= 0 ? cJSON_GetArrayItem(commits, to) : NULL;
    const char *diff = from == to ? "" : json_str(commit, "diff");
    if (!commit || from < 0) {
        lh_reply_error(c->reply, 404, "RevisionNotFound", "Invalid rev id: %s", c->arg);
    } else if (lh_request_flag(c->req, "raw")) {
        lh_reply_error(c->reply, 501, NULL, "A local hub does not offer raw listings of changes.");
    } else if (from != to && from != to + 1) {
        lh_reply_error(c->reply, 404, NULL,
                       "A local hub knows what one commit changed, not several at once.");
    } else if (!diff) {
        lh_reply_error(c->reply, 404, NULL,
                       "This folder does not tell what commit %.7s changed.",
                       json_str(commit, "id"));
    } else {
        lh_reply_text(c->reply, 200, diff);
        lh_reply_header(c->reply, "X-Repo-Commit", "%s", json_str(commit, "id"));
    }
}
