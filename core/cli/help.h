/* SPDX-License-Identifier: Apache-2.0 */
/* help.h - what --help prints, made from the tables. */
#ifndef HFTERM_CORE_CLI_HELP_H
#define HFTERM_CORE_CLI_HELP_H

#include <stdio.h>

struct cli_verb;
struct cli_verbs;

void cli_print_help(const struct cli_verbs *rooms, FILE *f);
void cli_print_verb_help(const struct cli_verb *verb, FILE *f);

#endif
