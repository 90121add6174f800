/* SPDX-License-Identifier: Apache-2.0 */
/* One repo: info, runtime and events of a Space, what the viewer may do with it; and the requests. */
#include "core/localhub/call.h"
#include "core/localhub/item.h"
#include "core/localhub/journal.h"
#include "core/localhub/spaces.h"

void lh_answer_info(struct lh_call *c)
{
    struct lh_selection selection;
    if (!lh_select_for(c, LH_SET_INFO, &selection)) {
        return;
    }
    cJSON *json = lh_item(c, c->repo, c->tree, &selection);
    if (json) {
        lh_reply_json(c->reply, 200, json);
    }
}

void lh_answer_runtime(struct lh_call *c)
{
    lh_reply_json(c->reply, 200, lh_spaces_runtime(c->site->spaces, c->repo));
}

void lh_answer_events(struct lh_call *c)
{
    lh_reply_stream(c->reply, lh_spaces_follow(c->site->spaces, c->repo));
}

/* Others must not even learn that it is there. */
void lh_answer_requests(struct lh_call *c)
{
    if (c->is_loopback) {
        lh_reply_stream(c->reply, lh_journal_follow(c->site->journal, c->req->last_event_id));
    } else {
        lh_reply_error(c->reply, 404, NULL, LH_NOTHING_HERE);
    }
}

void lh_answer_auth_check(struct lh_call *c)
{
    lh_reply_json(c->reply, 200, cJSON_CreateObject());
}

void lh_answer_auth_check_write(struct lh_call *c)
{
    if (lh_may_write(&c->viewer, c->repo)) {
        lh_reply_json(c->reply, 200, cJSON_CreateObject());
    } else if (!c->viewer.user) {
        lh_reply_error(c->reply, 401, NULL, "Log in to write to %s", c->repo->id);
    } else {
        lh_reply_error(c->reply, 403, NULL, "Your token may not write to %s", c->repo->id);
    }
}
