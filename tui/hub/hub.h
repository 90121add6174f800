/* SPDX-License-Identifier: Apache-2.0 */
/* hub.h - the Hub screen from outside: what the command line and the palette may ask of it.
 *
 * The screen is three panes: the query row, the results, the detail of one repo. All state hangs on
 * struct hub_screen (screen.h of this folder). The Hub screen is opened before these are called.
 */
#ifndef HFTERM_TUI_HUB_HUB_H
#define HFTERM_TUI_HUB_HUB_H

#include <stdbool.h>

#include "core/hub/hub.h"
#include "tui/frame/action.h"

struct app;
struct err;
struct input_candidates;

extern const struct action_set HUB_RESULTS_ACTIONS, HUB_DETAIL_ACTIONS, HUB_LIST_ACTIONS,
    HUB_DOC_ACTIONS, HUB_VIEWER_ACTIONS;

void hub_screen_open_repo(struct app *app, enum hub_kind kind, const char *id);
/* words: the search text, may be "". */
void hub_screen_search(struct app *app, enum hub_kind kind, const char *words);
/* text: "task:... license:..." as in the filter bar; "" clears. */
bool hub_screen_filter(struct app *app, const char *text, struct err *e);
void hub_screen_sort(struct app *app, enum hub_sort sort);

/* Bookmarks first, then visited repos, newest first. kind is "model", "dataset" or "space". */
void hub_places_each(struct app *app,
                     void (*fn)(void *ctx, const char *kind, const char *id, bool is_bookmark), void *ctx);

/* Candidates for one word of a filter. */
void hub_filter_complete(const char *word, struct input_candidates *out);

#endif
