/* SPDX-License-Identifier: Apache-2.0 */
/* golden.h - screens kept as files: <name>.txt is the text, <name>.style one letter a cell.
 *
 * In the style file '.' is the terminal's own look; other letters are given in the order in which
 * looks appear on the screen, and lines at the end say what each stands for ("a bold fg=4").
 */
#ifndef HFTERM_TESTS_SCREENS_GOLDEN_H
#define HFTERM_TESTS_SCREENS_GOLDEN_H

#include <stdbool.h>

struct buf;
struct ptyterm;

/* Append the style file of what is on the screen. */
void golden_styles(const struct ptyterm *t, struct buf *out);

/* Compare the screen with the files (HFTERM_GOLDEN=write: write them, true). Where they differ, the
 * lines are appended to why, '-' as kept and '+' as drawn. Folder: HFTERM_GOLDEN_DIR, default
 * tests/golden/screens. */
bool golden_check(const struct ptyterm *t, const char *name, struct buf *why);

#endif
