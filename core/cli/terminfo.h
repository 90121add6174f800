/* SPDX-License-Identifier: Apache-2.0 */
/* terminfo.h - is this terminal type described on this machine, and how many colours does it have?
 *
 * Reads the compiled file alone, without curses, which lives in tui. Format: term(5), both number
 * sizes (magic 0432 and 01036).
 */
#ifndef HFTERM_CORE_CLI_TERMINFO_H
#define HFTERM_CORE_CLI_TERMINFO_H

#include <stdbool.h>
#include <stddef.h>

/* The max_colors of a compiled description, false when it names none or the bytes are no
 * description. */
bool terminfo_parse_colors(const void *bytes, size_t n, int *colors);

/* Path of the description of term, looked for where ncurses looks; NULL when there is none. Owned.
 */
char *terminfo_find(const char *term);

#endif
