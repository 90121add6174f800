/* SPDX-License-Identifier: Apache-2.0 */
/* input_history.h - the lines that the editor goes back to, and the file that keeps them: a line each, the
 * newest last. Of a file the last lines are taken, however long it is; one that cannot be read, or that is
 * a pipe, a device or a folder, is never written over. A link to a file stays one.
 *
 * readline has one history: these functions fill it. Threads: ui only.
 */
#ifndef HFTERM_TUI_TERM_INPUT_HISTORY_H
#define HFTERM_TUI_TERM_INPUT_HISTORY_H

#include <stdbool.h>

enum { INPUT_HISTORY_LINES = 500 };

/* readline's history is what the file holds, nothing when there is none. False: there is something that cannot
 * be read. */
bool input_history_load(const char *path);

/* Put a line behind what the file holds now (another hfterm may have written meanwhile), a token in it masked;
 * the folder of the file is made. readline's history is then what the file holds. */
void input_history_add(const char *path, const char *line);

#endif
