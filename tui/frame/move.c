/* SPDX-License-Identifier: Apache-2.0 */
/* move.c - the keys of the moves that every list and text shares. A pane does them in pane_ops.move;
 * its own keys come first. */
#include "tui/frame/app_priv.h"

#define MOVE(id_, keys_, help_, move_) {.id = id_, .keys = keys_, .help = help_, .move = move_}

static const struct action ACTIONS[] = {
    MOVE("move.down", "j Down", "A line down", MOVE_DOWN),
    MOVE("move.up", "k Up", "A line up", MOVE_UP),
    MOVE("move.page-down", "PgDn C-f Space", "A page down", MOVE_PAGE_DOWN),
    MOVE("move.page-up", "PgUp C-b", "A page up", MOVE_PAGE_UP),
    MOVE("move.half-down", "C-d", "Half a page down", MOVE_HALF_DOWN),
    MOVE("move.half-up", "C-u", "Half a page up", MOVE_HALF_UP),
    MOVE("move.top", "g Home", "To the first line", MOVE_TOP),
    MOVE("move.bottom", "G End", "To the last line there is", MOVE_BOTTOM),
    MOVE("move.left", "h Left", "To the left", MOVE_LEFT),
    MOVE("move.right", "l Right", "To the right", MOVE_RIGHT),
};
const struct action_set MOVE_ACTIONS = {"move", "Moving", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};
