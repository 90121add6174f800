/* SPDX-License-Identifier: Apache-2.0 */
/* behind.h - what the reader of keys tells about answers to term_mark; private to tui/term. */
#ifndef HFTERM_TUI_TERM_BEHIND_H
#define HFTERM_TUI_TERM_BEHIND_H

/* The terminal's answer came. */
void behind_answered(void);
/* How long to wait for an answer before the terminal is given back; 0: none is due, or no longer. */
int behind_last_wait_ms(void);

#endif
