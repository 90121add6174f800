/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two revisions of a repo. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/hub/internal.h"

/* git's name for a tree without files. */
static const char NOTHING[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

void hub_diff_free(struct hub_diff *d)
{
    if (d) {
        arena_done(&d->arena);
        free(d);
    }
}

void *hub_decode_diff(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    if (!cJSON_IsString(reply->json)) {
        return hub_damaged(e, "a text");
    }
    struct hub_diff *d = xcalloc(1, sizeof *d);
    d->text = arena_strdup(&d->arena, reply->json->valuestring);
    return d;
}

struct hub_diff *hub_compare(struct hub *hub, enum hub_kind kind, const char *id, const char *from,
                             const char *to, struct hub_get *get, struct err *e)
{
    const char *base = *from ? from : NOTHING;
    if (!hub_check_repo_id(id, e) || !hub_check_revision(base, e) || !hub_check_revision(to, e)) {
        return NULL;
    }
    char *range = xasprintf("%s..%s", base, to);
    char *what = xasprintf("reading what changed in %s", id);
    struct buf url = BUF_INIT;
    hub_url_repo(&url, hub, kind, id);
    buf_puts(&url, "/compare");
    hub_url_part(&url, range, false);
    const struct hub_call call = {
        .url = buf_str(&url), .subject = {what, kind, id, to, NULL}, .is_text = true};
    struct hub_diff *d = hub_ask(hub, &call, get, hub_decode_diff, NULL, e);
    buf_done(&url);
    free(what);
    free(range);
    return d;
}
