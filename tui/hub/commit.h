/* SPDX-License-Identifier: Apache-2.0 */
/* commit.h - one commit, laid over the Commits view. */
#ifndef HFTERM_TUI_HUB_COMMIT_H
#define HFTERM_TUI_HUB_COMMIT_H

#include "tui/hub/hub.h"

/* parent: the commit before it, "" for the first one, NULL when nobody knows. All is copied. */
void hub_commit_open(struct hub_screen *h, const struct hub_commit *commit, const char *parent);

#endif
