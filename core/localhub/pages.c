/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser gets: plain text that says where it is. */
#include "core/base/buf.h"
#include "core/localhub/call.h"
#include "core/localhub/store.h"

void lh_answer_home(struct lh_call *c)
{
    struct buf text = BUF_INIT;
    buf_printf(&text,
               "A local hub, served by hfterm: %zu repos of one folder, over the API of the "
               "Hugging Face Hub.\n\n"
               "  hfterm --endpoint %s\n"
               "  HF_ENDPOINT=%s python3 ...\n"
               "  curl %s/api/models\n",
               lh_store_count(c->site->store), c->origin, c->origin, c->origin);
    lh_reply_text(c->reply, 200, buf_str(&text));
    buf_done(&text);
}

void lh_answer_repo_page(struct lh_call *c)
{
    struct buf text = BUF_INIT;
    buf_printf(&text,
               "%s %s on a local hub, which has no web pages.\n\n"
               "  hfterm --endpoint %s show %s\n"
               "  curl %s/api/%s/%s\n",
               lh_kind_name(c->kind), c->repo->id, c->origin, c->repo->id, c->origin,
               lh_kind_plural(c->kind), c->repo->id);
    lh_reply_text(c->reply, 200, buf_str(&text));
    buf_done(&text);
}
