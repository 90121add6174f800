/* SPDX-License-Identifier: Apache-2.0 */
/* follow.h - event streams for panes (core/hub/follow.h): one long task of the app reads all of them.
 *
 * A pane follows a stream and gets its events by pane_ops.event, whether it is shown or not. It has to
 * end what it followed before it is freed.
 */
#ifndef HFTERM_TUI_FRAME_FOLLOW_H
#define HFTERM_TUI_FRAME_FOLLOW_H

#include <stdint.h>

struct app;
struct hub_follow_source;
struct pane;

/* Returns the id of the source. Copies what source points to. */
uint64_t app_follow(struct pane *p, const struct hub_follow_source *source);
/* Nothing more of it reaches the pane; *id becomes 0. 0 is fine. */
void app_unfollow(struct app *app, uint64_t *id);

#endif
