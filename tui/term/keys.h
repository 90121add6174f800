/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - what reading keys needs at the start and at the end; private to tui/term. */
#ifndef HFTERM_TUI_TERM_KEYS_H
#define HFTERM_TUI_TERM_KEYS_H

/* Name to ncurses what it does not know. After keypad(), which lays the keys of terminfo over ours. */
void keys_define(void);
/* Wait for an answer to term_mark that is still on its way, lest it is typed into the shell. */
void keys_last_answer(void);

#endif
