/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what every verb and the screen take from the command line, and how an error ends them.
 *
 * Exit codes (docs/verbs.md): 0 ok, 1 negative answer, 2 usage, 3 authentication, 4 not found,
 * 5 network or rate limit, 6 damaged or hostile input, 130 interrupted.
 */
#ifndef HFTERM_CORE_CLI_CLI_H
#define HFTERM_CORE_CLI_CLI_H

#include <stdbool.h>

struct cli_given;
struct err;

/* Strings are borrowed from argv; NULL when not given. */
struct cli_globals {
    bool is_demo;
    const char *endpoint;
    bool is_offline; /* as given; cli_is_offline also looks at the environment */
    const char *token_file;
    const char *theme;
    const char *graphics; /* auto, sixel, kitty, blocks, none */
    bool is_readonly;
    bool is_ascii;
    bool is_plain;
    bool no_mouse;
    const char *config;
    const char *log;
    bool wants_help, wants_version;
};

/* Reads the options before the verb. argv[0] is the program; *first becomes the index of the verb,
 * argc when there is none. ERR_USAGE. */
bool cli_parse_globals(int argc, char **argv, struct cli_globals *g, int *first, struct err *e);

/* Sets what one option says. Always true: given was checked against CLI_GLOBAL_OPTIONS. */
bool cli_set_global(struct cli_globals *g, const struct cli_given *given);

/* --offline, HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE. The demo needs no network, so with --demo only
 * the option counts. */
bool cli_is_offline(const struct cli_globals *g);

/* The error on stderr: what failed, the remedy, the request id. Returns its exit code. */
int cli_fail(const struct err *e);

#endif
