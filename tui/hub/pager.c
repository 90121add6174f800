/* SPDX-License-Identifier: Apache-2.0 */
/* pager.c - the text in sight in $PAGER: the lines of a card, a discussion, a commit, or the bytes of a file that
 * are here, without anything that a terminal obeys. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/frame/reader.h"
#include "tui/hub/hub.h"
#include "tui/widget/viewer.h"

static const struct reader *reader_of(struct pane *p)
{
    const struct reader *r = p->ops->reader ? p->ops->reader(p) : NULL;
    return r && r->viewer ? r : NULL;
}

const char *hub_pager_reason(const struct hub_screen *h)
{
    struct doc *doc = hub_detail_doc(h);
    const bool has_text = doc ? doc_lines(doc)->n_lines > 0 : reader_of(hub_detail_content(h)) != NULL;
    return has_text ? NULL : "this view has no text";
}

static void put_text(struct hub_screen *h, struct buf *out)
{
    struct doc *doc = hub_detail_doc(h);
    const struct reader *r = doc ? NULL : reader_of(hub_detail_content(h));
    if (doc && doc->markdown) {
        markdown_finish(doc->markdown);
    }
    if (doc) {
        rich_put_plain(doc_lines(doc), 0, doc_lines(doc)->n_lines, out);
    } else if (r) {
        viewer_put_text(r->viewer, out);
    }
    if (r && r->has_size && viewer_bytes(r->viewer) < r->size) {
        buf_puts(out, "\n(");
        text_bytes(out, viewer_bytes(r->viewer));
        buf_puts(out, " of ");
        text_bytes(out, r->size);
        buf_puts(out, ": hfterm has not read more of the file.)\n");
    }
}

/* The shell splits the words of PAGER; the path is an argument of its own. */
static void run(struct hub_screen *h, const char *path)
{
    struct err e = ERR_INIT;
    const char *const argv[] = {"sh", "-c", "exec ${PAGER:-less} \"$@\"", "sh", path, NULL};
    const int status = app_hand_over(h->app, argv, &e);
    if (status == 126 || status == 127) {
        err_set(&e, ERR_NOT_FOUND, "the pager could not be started");
        err_remedy(&e, "set PAGER to one that is installed");
    }
    if (e.code != ERR_NONE) {
        app_say(h->app, APP_ERROR, "%s%s%s", e.msg, e.remedy[0] ? ". " : "", e.remedy);
    }
}

void hub_pager(struct hub_screen *h)
{
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT;
    char *leaf = xasprintf("page-%ld.txt", (long)getpid());
    char *path = app_state_path(h->app, leaf);
    put_text(h, &text);
    if (file_write_atomic(path, buf_str(&text), text.n, 0600, &e)) {
        run(h, path);
        unlink(path);
    } else {
        app_say(h->app, APP_ERROR, "%s%s%s", e.msg, e.remedy[0] ? ". " : "", e.remedy);
    }
    free(path);
    free(leaf);
    buf_done(&text);
}
