/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - what a verb and the screen need to talk to the Hub, opened from the global options.
 *
 * With --demo a local hub is started on the demo content and the client points at it, with the
 * demo's own token and a cache of its own; the user's token is not even looked up.
 */
#ifndef HFTERM_CORE_CLI_SESSION_H
#define HFTERM_CORE_CLI_SESSION_H

#include <stdbool.h>
#include <stddef.h>

struct cli_globals;
struct cli_watch;
struct err;
struct http;
struct httpcache;
struct hub;
struct localhub;

struct cli_session {
    struct http *http;
    struct httpcache *cache;
    struct hub *hub;
    struct localhub *localhub; /* NULL without --demo */
    struct cli_watch *watch;   /* NULL without cli_session_wait */
};

/* Also opens the log of --log. On failure nothing stays open. Pass a zeroed struct. */
bool cli_session_open(const struct cli_globals *g, struct cli_session *s, struct err *e);
/* For a verb that asks at most so many questions, and ends: on a terminal it says while it waits
 * (watch.h), and it has two minutes for each of them in all. */
void cli_session_wait(struct cli_session *s, size_t questions);
void cli_session_close(struct cli_session *s);

#endif
