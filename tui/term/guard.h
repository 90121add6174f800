/* SPDX-License-Identifier: Apache-2.0 */
/* guard.h - the terminal given back as it was, whatever ends the program: signals, crashes, exit; and what
 * libraries write to stderr kept off the screen. Private to tui/term, which has one terminal. */
#ifndef HFTERM_TUI_TERM_GUARD_H
#define HFTERM_TUI_TERM_GUARD_H

#include <stdbool.h>

/* Note how the terminal is set and what signals do; before ncurses sets them. */
void guard_note(int tty_fd);
/* From now on what is set is taken back, and stderr goes to a file. */
void guard_begin(void);
/* After ncurses' own end: the settings, stderr with the tail of what was written to it, and the signals that
 * end a program, which end it at once again. */
void guard_end(void);

/* While another program has the terminal. False: stderr was not taken. */
bool guard_lend_stderr(void);
void guard_take_stderr(void);

/* A signal waits for term_take_signal. */
bool guard_has_signal(void);

#endif
