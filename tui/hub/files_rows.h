/* SPDX-License-Identifier: Apache-2.0 */
/* files_rows.h - a row of the Files view: drawn, and in words. */
#ifndef HFTERM_TUI_HUB_FILES_ROWS_H
#define HFTERM_TUI_HUB_FILES_ROWS_H

#include "tui/hub/files_tree.h"

/* Draw the rows in sight. */
void hub_files_draw_rows(struct hub_files *f, const struct canvas *c, bool has_focus, bool only_moved);
/* Append the selected row in words. */
void hub_files_say_row(const struct hub_files *f, struct buf *out);

#endif
