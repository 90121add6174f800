/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - the full-screen program from outside: started by main, with everything it works on. */
#ifndef HFTERM_TUI_FRAME_RUN_H
#define HFTERM_TUI_FRAME_RUN_H

#include "tui/frame/options.h"

struct err;

/* Runs until the user quits. Returns the exit status; e is set when it could not start. */
int app_run(const struct app_options *options, struct err *e);

#endif
