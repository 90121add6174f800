/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - a verb when one is named, the full screen otherwise. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/session.h"
#include "core/hub/hub.h"
#include "tui/frame/action.h"
#include "tui/frame/app.h"
#include "tui/screens.h"

/* "keys --markdown" and "keys --man" make docs/keys.md and the man page; they need the action tables,
 * which no verb of core knows. */
static int print_keys(const char *format)
{
    struct buf text = BUF_INIT;
    struct action_sets sets;
    action_sets_collect(SCREENS, &sets);
    bool is_man = format && strcmp(format, "--man") == 0;
    if (is_man) {
        action_write_man(&sets, &text);
    } else {
        action_write_markdown(&sets, &text);
    }
    fputs(buf_str(&text), stdout);
    buf_done(&text);
    action_sets_done(&sets);
    return 0;
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
    share_arenas();
    text_use_locale();
    struct cli_globals globals = {0};
    struct err e = ERR_INIT;
    int first = 0;
    if (!cli_parse_globals(argc, argv, &globals, &first, &e)) {
        return cli_fail(&e);
    }
    if (first < argc && strcmp(argv[first], "keys") == 0) {
        return print_keys(first + 1 < argc ? argv[first + 1] : NULL);
    }
    if (first < argc || globals.wants_help || globals.wants_version) {
        return cli_main(&globals, argc - first, argv + first);
    }
    return run_screen(&globals);
}
