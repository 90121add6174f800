/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/mem.h"

/* The Hub does not tell strangers whether a repo exists. Where nobody can log in, it does not help.
 */
void lh_answer_no_repo(struct lh_call *c)
{
    if (!c->viewer.user && lh_accounts_any(c->site->accounts)) {
        lh_reply_error(c->reply, 401, "RepoNotFound", "Invalid username or password.");
        return;
    }
    lh_reply_error(c->reply, 404, "RepoNotFound", "Repository not found");
}

void lh_answer_gated(struct lh_call *c)
{
    if (c->viewer.user) {
        lh_reply_error(c->reply, 403, "GatedRepo",
                       "Access to %s %s is restricted and you are not in the authorized list. "
                       "Visit %s/%s to ask for access.",
                       lh_kind_name(c->kind), c->repo_id, c->origin, c->repo_id);
        return;
    }
    lh_reply_error(c->reply, 401, "GatedRepo",
                   "Access to %s %s is restricted. You must have access to it and be "
                   "authenticated to access it. Please log in.",
                   lh_kind_name(c->kind), c->repo_id);
}

void lh_answer_no_entry(struct lh_call *c, const char *path)
{
    lh_reply_header(c->reply, "X-Repo-Commit", "%s", lh_call_commit(c));
    lh_reply_error(c->reply, 404, "EntryNotFound", "%s does not exist on \"%s\"", path,
                   *c->revision ? c->revision : "main");
}

const cJSON *lh_call_history(struct lh_call *c)
{
    if (!c->history) {
        c->history = lh_repo_history(c->repo);
    }
    return c->history;
}

const char *lh_call_commit(struct lh_call *c)
{
    return lh_tree_commit(c->repo, c->tree, c->site->hashes);
}

void lh_call_link_next(struct lh_call *c, const char *key, const char *value)
{
    struct buf url = BUF_INIT;
    const char *target = c->req->target;
    buf_puts(&url, c->origin);
    buf_append(&url, target, strcspn(target, "?"));
    char mark = '?';
    for (size_t i = 0; i < c->req->n_query; i++) {
        if (strcmp(c->req->query[i].key, key) == 0) {
            continue;
        }
        buf_putc(&url, mark);
        buf_put_url(&url, c->req->query[i].key, false);
        buf_putc(&url, '=');
        buf_put_url(&url, c->req->query[i].value, false);
        mark = '&';
    }
    buf_printf(&url, "%c%s=", mark, key);
    buf_put_url(&url, value, false);
    lh_reply_header(c->reply, "Link", "<%s>; rel=\"next\"", url.p);
    buf_done(&url);
}

void lh_stable_id(const char *a, const char *b, char out[25])
{
    char hex[HASH_SHA1_HEX];
    char *words = xasprintf("%s %s", a, b);
    hash_sha1(words, strlen(words), hex);
    memcpy(out, hex, 24);
    out[24] = '\0';
    free(words);
}

void lh_json_add_date(cJSON *object, const char *key, int64_t unix_s)
{
    struct buf text = BUF_INIT;
    clock_put_iso(&text, unix_s);
    cJSON_AddStringToObject(object, key, buf_str(&text));
    buf_done(&text);
}

int lh_call_open(struct lh_call *c, const struct lh_file *file)
{
    struct stat st;
    const int fd = open(file->real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        (uint64_t)st.st_size != file->size || (uint64_t)st.st_ino != file->inode ||
        (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec != file->mtime_ns) {
        if (fd >= 0) {
            close(fd);
        }
        lh_reply_header(c->reply, "Retry-After", "1");
        lh_reply_error(c->reply, 503, NULL, "%s is being changed; ask again", file->path);
        return -1;
    }
    return fd;
}
