/* SPDX-License-Identifier: Apache-2.0 */
/* show --file: what one file is, from its header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/notes.h"
#include "core/cli/out.h"
#include "core/cli/show.h"
#include "core/peek/peek.h"

/* A chat template of kilobytes does not fill the terminal: it is whole in --json and behind a pipe.
 */
static void print_cut(const char *text, const struct cli_out *out)
{
    struct buf cut = BUF_INIT;
    while (*text) {
        const size_t n = strcspn(text, "\n");
        char *line = xstrndup(text, n);
        text_cut_end(&cut, line, out->cols, out->is_ascii);
        buf_putc(&cut, '\n');
        free(line);
        text += n + (text[n] == '\n');
    }
    fwrite(buf_str(&cut), 1, cut.n, out->f);
    buf_done(&cut);
}

static void print(const struct cli_show *s, const struct peek *p, struct cli_out *out)
{
    struct buf text = BUF_INIT;
    if (s->wants_json) {
        cli_put_json(out, peek_json(p));
    } else if (out->is_tty) {
        peek_put_text(p, &text);
        print_cut(buf_str(&text), out);
    } else {
        peek_put_tabs(p, &text);
        fwrite(buf_str(&text), 1, text.n, out->f);
    }
    buf_done(&text);
}

int cli_show_file(const struct cli_show *s)
{
    struct err e = ERR_INIT;
    struct hub_get get = {0};
    struct cli_out out;
    const struct peek_want want = {s->kind, s->id, s->revision, s->path};
    struct peek *p = peek_read(s->hub, &want, &get, &e);
    if (!p && e.code == ERR_UNSUPPORTED && !peek_knows(s->path)) {
        const char *where = s->kind == HUB_DATASET ? "datasets/"
                            : s->kind == HUB_SPACE ? "spaces/"
                                                   : "";
        err_remedy(&e, "Save it with: hfterm get %s%s %s", where, s->id, s->path);
    }
    if (!p) {
        return cli_fail(&e);
    }
    cli_out_init(&out, s->globals);
    print(s, p, &out);
    peek_free(p);
    cli_note_stale(&get);
    return cli_out_done(&out);
}
