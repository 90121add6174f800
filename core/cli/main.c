/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/help.h"
#include "core/cli/verb.h"

static const struct cli_verb *const VERBS[] = {
    &CLI_VERB_MODELS, &CLI_VERB_DATASETS, &CLI_VERB_SPACES, &CLI_VERB_SHOW,       &CLI_VERB_GET,
    &CLI_VERB_REALIZE, &CLI_VERB_SERVE,   &CLI_VERB_DOCTOR, &CLI_VERB_COMPLETION, NULL,
};

const struct cli_verb *const *cli_verbs(void)
{
    return VERBS;
}

const struct cli_verb *cli_find_verb(const char *name)
{
    for (const struct cli_verb *const *v = VERBS; *v; v++) {
        if (strcmp((*v)->name, name) == 0) {
            return *v;
        }
    }
    return NULL;
}

int cli_fail(const struct err *e)
{
    char *msg = text_clean(e->msg);
    char *remedy = text_clean(e->remedy);
    char *id = text_clean(e->request_id);
    fflush(stdout);
    fprintf(stderr, "hfterm: %s\n", *msg ? msg : err_name(e->code));
    if (*remedy) {
        fprintf(stderr, "        %s\n", remedy);
    }
    if (*id) {
        fprintf(stderr, "        (request id %s)\n", id);
    }
    free(msg);
    free(remedy);
    free(id);
    return err_exit_code(e);
}

static int fail_verb(const char *name)
{
    struct err e = ERR_INIT;
    struct buf names = BUF_INIT;
    for (const struct cli_verb *const *v = VERBS; *v; v++) {
        if (!(*v)->is_hidden) {
            buf_printf(&names, "%s%s", names.n ? ", " : "", (*v)->name);
        }
    }
    err_set(&e, ERR_USAGE, "there is no verb \"%.60s\"", name);
    err_remedy(&e, "The verbs are: %s. Without one, the screen opens.", buf_str(&names));
    buf_done(&names);
    return cli_fail(&e);
}

static int run_verb(const struct cli_verb *verb, const struct cli_globals *g, int argc, char **argv)
{
    struct cli_globals own = *g;
    struct cli_args args = {0};
    struct err e = ERR_INIT;
    int code = 0;
    if (!cli_args_parse(verb, argc, argv, &own, &args, &e)) {
        code = cli_fail(&e);
    } else if (own.wants_help) {
        cli_print_verb_help(verb, stdout);
    } else {
        code = verb->run(&own, &args);
    }
    cli_args_done(&args);
    return code;
}

int cli_main(const struct cli_globals *g, int argc, char **argv)
{
    if (g->wants_version) {
        puts("hfterm " HFTERM_VERSION);
        return 0;
    }
    if (argc == 0) {
        cli_print_help(stdout);
        return 0;
    }
    const struct cli_verb *verb = cli_find_verb(argv[0]);
    return verb ? run_verb(verb, g, argc, argv) : fail_verb(argv[0]);
}
