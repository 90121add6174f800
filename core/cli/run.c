/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/run.h"

#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/cli/cli.h"
#include "core/cli/help.h"
#include "core/cli/out.h"
#include "core/cli/verb.h"

static int fail_verb(const struct cli_verbs *rooms, const char *name)
{
    struct err e = ERR_INIT;
    struct buf names = BUF_INIT;
    const struct cli_verb *v;
    for (size_t i = 0; (v = cli_verb_at(rooms, i)); i++) {
        if (!v->is_hidden) {
            buf_printf(&names, "%s%s", names.n ? ", " : "", v->name);
        }
    }
    err_set(&e, ERR_USAGE, "there is no verb \"%.60s\"", name);
    err_remedy(&e, "The verbs are: %s. Without one, the screen opens.", buf_str(&names));
    buf_done(&names);
    return cli_fail(&e);
}

/* Help and version go to stdout by themselves; a disk that is full must not look like success. */
static int end_text(const struct cli_globals *g)
{
    struct cli_out out;
    cli_out_init(&out, g);
    return cli_out_done(&out);
}

static int run_verb(const struct cli_verbs *rooms, const struct cli_verb *verb,
                    const struct cli_globals *g, int argc, char **argv)
{
    struct cli_globals own = *g;
    struct cli_args args = {0};
    struct err e = ERR_INIT;
    int code = 0;
    if (!cli_args_parse(verb, argc, argv, &own, &args, &e)) {
        code = cli_fail(&e);
    } else if (own.wants_help) {
        cli_print_verb_help(verb, stdout);
        code = end_text(&own);
    } else {
        args.rooms = rooms;
        code = verb->run(&own, &args);
    }
    cli_args_done(&args);
    return code;
}

int cli_main(const struct cli_verbs *rooms, const struct cli_globals *g, int argc, char **argv)
{
    if (g->wants_version) {
        puts("hfterm " HFTERM_VERSION);
        return end_text(g);
    }
    if (argc == 0) {
        cli_print_help(rooms, stdout);
        return end_text(g);
    }
    const struct cli_verb *verb = cli_find_verb(rooms, argv[0]);
    return verb ? run_verb(rooms, verb, g, argc, argv) : fail_verb(rooms, argv[0]);
}
