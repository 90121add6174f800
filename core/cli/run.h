/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - running one verb of the joined tables. main's business alone. */
#ifndef HFTERM_CORE_CLI_RUN_H
#define HFTERM_CORE_CLI_RUN_H

struct cli_globals;
struct cli_verbs;

/* Runs the verb argv[0] of rooms (or prints help and version when g asks). Returns the exit code. */
int cli_main(const struct cli_verbs *rooms, const struct cli_globals *g, int argc, char **argv);

#endif
