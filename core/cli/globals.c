/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/paths.h"
#include "core/cli/cli.h"
#include "core/cli/options.h"
#include "core/cli/verb.h"

const struct cli_option CLI_GLOBAL_OPTIONS[] = {
    {.name = "demo", .help = "use the demo hub inside hfterm: no network, no account"},
    {.name = "endpoint",
     .kind = CLI_VALUE,
     .arg = "URL",
     .help = "the Hub to talk to (HF_ENDPOINT)"},
    {.name = "offline", .help = "open no connection; show what is stored (HF_HUB_OFFLINE)"},
    {.name = "token-file",
     .kind = CLI_VALUE,
     .arg = "FILE",
     .is_path = true,
     .help = "read the token from FILE"},
    {.name = "theme", .kind = CLI_VALUE, .arg = "NAME", .help = "colours of the screen"},
    {.name = "graphics",
     .kind = CLI_VALUE,
     .arg = "MODE",
     .help = "how pictures are drawn",
     .choices = "auto sixel kitty blocks none"},
    {.name = "readonly", .help = "refuse everything that changes something"},
    {.name = "ascii", .help = "draw with plain ASCII characters"},
    {.name = "plain", .help = "for screen readers: no boxes, words instead of marks"},
    {.name = "no-mouse", .help = "leave the mouse to the terminal"},
    {.name = "config",
     .kind = CLI_VALUE,
     .arg = "FILE",
     .is_path = true,
     .help = "read this configuration file"},
    {.name = "log",
     .kind = CLI_VALUE,
     .arg = "FILE",
     .is_path = true,
     .help = "write a debug log (tokens are masked)"},
    {.name = "help", .letter = 'h', .help = "print help and end"},
    {.name = "version", .help = "print the version and end"},
    {.name = NULL},
};

/* Where each option is kept; exactly one of the two is set. */
static const struct {
    const char *name;
    size_t flag_at, value_at; /* offsets into struct cli_globals */
} PLACES[] = {
    {"demo", offsetof(struct cli_globals, is_demo), 0},
    {"endpoint", 0, offsetof(struct cli_globals, endpoint)},
    {"offline", offsetof(struct cli_globals, is_offline), 0},
    {"token-file", 0, offsetof(struct cli_globals, token_file)},
    {"theme", 0, offsetof(struct cli_globals, theme)},
    {"graphics", 0, offsetof(struct cli_globals, graphics)},
    {"readonly", offsetof(struct cli_globals, is_readonly), 0},
    {"ascii", offsetof(struct cli_globals, is_ascii), 0},
    {"plain", offsetof(struct cli_globals, is_plain), 0},
    {"no-mouse", offsetof(struct cli_globals, no_mouse), 0},
    {"config", 0, offsetof(struct cli_globals, config)},
    {"log", 0, offsetof(struct cli_globals, log)},
    {"help", offsetof(struct cli_globals, wants_help), 0},
    {"version", offsetof(struct cli_globals, wants_version), 0},
};

bool cli_set_global(struct cli_globals *g, const struct cli_given *given)
{
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        if (strcmp(PLACES[i].name, given->option->name) != 0) {
            continue;
        }
        if (given->option->kind == CLI_FLAG) {
            *(bool *)((char *)g + PLACES[i].flag_at) = true;
        } else {
            *(const char **)(void *)((char *)g + PLACES[i].value_at) = given->value;
        }
    }
    return true;
}

bool cli_parse_globals(int argc, char **argv, struct cli_globals *g, int *first, struct err *e)
{
    *g = (struct cli_globals){0};
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        struct cli_given given;
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        if (!cli_next_option(CLI_GLOBAL_OPTIONS, argc, argv, &i, &given, e)) {
            if (e && !e->remedy[0]) {
                err_remedy(e, "See hfterm --help; options of a verb stand behind the verb.");
            }
            return false;
        }
        cli_set_global(g, &given);
    }
    *first = i;
    return true;
}

bool cli_is_offline(const struct cli_globals *g)
{
    return g->is_offline || (!g->is_demo && (paths_env_true("HF_HUB_OFFLINE") ||
                                             paths_env_true("TRANSFORMERS_OFFLINE")));
}
