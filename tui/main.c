/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - a verb when one is named, the full screen otherwise. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/base/err.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/run.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"
#include "core/hub/hub.h"
#include "tui/frame/run.h"
#include "tui/screens.h"
#include "tui/verbs.h"

/* The verbs of all rooms, in the order of help. */
static const struct cli_verbs VERBS[] = {{CLI_VERBS}, {TUI_VERBS}, {NULL}};

/* Whatever is opened first would take the place of a descriptor that came closed, and output would go into
 * a socket. The null device is opened the wrong way round, so that reading or writing it is an error that
 * is told, and not a success. */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

/* The workers parse in turn, hardly ever at the same time: an arena of malloc for each of them would only
 * keep a free megabyte a thread. */
static void share_arenas(void)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
#endif
}

static int run_screen(const struct cli_globals *g)
{
    struct err e = ERR_INIT;
    struct cli_session session = {0};
    if (!cli_session_open(g, &session, &e)) {
        return cli_fail(&e);
    }
    struct app_options options = {
        .screens = SCREENS,
        .hub = session.hub,
        .http = session.http,
        .place = g->is_demo ? "demo" : hub_is_public(session.hub) ? NULL : hub_host(session.hub),
        .label = g->is_demo ? "demo hub" : NULL,
        .theme = g->theme,
        .config = g->config,
        .is_readonly = g->is_readonly,
        .is_ascii = g->is_ascii,
        .is_plain = g->is_plain,
        .no_mouse = g->no_mouse,
    };
    int status = app_run(&options, &e);
    cli_session_close(&session);
    return e.code == ERR_NONE ? status : cli_fail(&e);
}

int main(int argc, char **argv)
{
    fill_standard_descriptors();
    share_arenas();
    text_use_locale();
    struct cli_globals globals = {0};
    struct err e = ERR_INIT;
    int first = 0;
    if (!cli_parse_globals(argc, argv, &globals, &first, &e)) {
        return cli_fail(&e);
    }
    if (first < argc || globals.wants_help || globals.wants_version) {
        return cli_main(VERBS, &globals, argc - first, argv + first);
    }
    return run_screen(&globals);
}
