/* SPDX-License-Identifier: Apache-2.0 */
/* watch.h - what a verb says on a terminal while it waits for the Hub: that it waits, and what is tried
 * again and why. A thread looks at the requests twice a second.
 */
#ifndef HFTERM_CORE_CLI_WATCH_H
#define HFTERM_CORE_CLI_WATCH_H

#include <stdint.h>

#include "core/net/http.h"

struct buf;
struct cli_watch;

/* NULL, and nothing is ever said, when stderr is no terminal. Owned: cli_watch_stop. */
struct cli_watch *cli_watch_start(struct http *http);
/* Before http is freed. NULL is fine. */
void cli_watch_stop(struct cli_watch *w);

/* What was said of the present wait; zeroed at first. */
struct cli_watch_said {
    int attempt;
    int64_t waited_ms;
};
/* Pure. Appends "huggingface.co: HTTP 503; trying again (2 of 4)" once an attempt, "waiting for
 * huggingface.co (5 s)" after 5, 10, 20, 40... seconds; nothing when there is nothing new. wait NULL:
 * nobody waits. */
void cli_watch_say(struct cli_watch_said *said, const struct http_wait *wait, struct buf *out);

#endif
