/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - the command language of ":" and the config file: "verb argument...". */
#ifndef HFTERM_TUI_FRAME_COMMAND_H
#define HFTERM_TUI_FRAME_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct buf;
struct err;

/* One line of the config file: only commands that make sense there. Blank lines and "#" are fine. */
bool command_run_config(struct app *app, const char *line, struct err *e);

/* Any command, or the name of an action. */
bool command_run(struct app *app, const char *line, struct err *e);

#endif
