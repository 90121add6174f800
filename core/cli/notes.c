/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/notes.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/hub/hub.h"

void cli_note_get(struct hub_get *all, const struct hub_get *one)
{
    if (one->is_stale && !all->is_stale) {
        all->is_stale = true;
        all->why = one->why;
    }
    if (one->fetched_s && (!all->fetched_s || one->fetched_s < all->fetched_s)) {
        all->fetched_s = one->fetched_s;
    }
}

static bool is_there(struct hub *hub, enum hub_kind kind, const char *id)
{
    struct hub_get get = {0};
    struct hub_page *page = hub_repo_info(hub, kind, id, NULL, &get, NULL);
    hub_page_free(page);
    return page != NULL;
}

void cli_note_other_kind(struct hub *hub, enum hub_kind kind, const char *id, const char *verb)
{
    if (is_there(hub, kind, id)) {
        return;
    }
    for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
        if (k != (int)kind && is_there(hub, (enum hub_kind)k, id)) {
            fprintf(stderr, "        A %s has this name: hfterm %s %s/%s\n", hub_kind_name((enum hub_kind)k), verb,
                    hub_kind_plural((enum hub_kind)k), id);
        }
    }
}

void cli_note_token(const struct hub *hub)
{
    if (hub_token_fault(hub) && !hub_has_token(hub)) {
        fprintf(stderr, "hfterm: %s\n", hub_token_fault(hub));
    }
}

void cli_note_skipped(size_t n, cJSON *list)
{
    if (n == 0) {
        return;
    }
    if (list) {
        cJSON *last = cJSON_CreateObject();
        cJSON_AddNumberToObject(last, "skipped", (double)n);
        cJSON_AddItemToArray(list, last);
    }
    fprintf(stderr, "hfterm: %zu %s of the answer could not be read and %s left out\n", n,
            n == 1 ? "row" : "rows", n == 1 ? "is" : "are");
}

void cli_note_stale(const struct hub_get *get)
{
    if (!get->is_stale) {
        return;
    }
    struct buf age = BUF_INIT;
    text_age(&age, get->fetched_s, clock_unix_s());
    char *why = text_clean(get->why.msg);
    fprintf(stderr, "hfterm: showing what was stored %s%s%s\n", buf_str(&age), *why ? ": " : "",
            why);
    free(why);
    buf_done(&age);
}
