/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - what a verb and the screen need to talk to the Hub, opened from the global options.
 *
 * With --demo a local hub is started on the demo content and the client points at it, with the
 * demo's own token and a cache of its own; the user's token is not even looked up.
 */
#ifndef HFTERM_CORE_CLI_SESSION_H
#define HFTERM_CORE_CLI_SESSION_H

#include <stdbool.h>

struct cli_globals;
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
};

/* Also opens the log of --log. On failure nothing stays open. Pass a zeroed struct. */
bool cli_session_open(const struct cli_globals *g, struct cli_session *s, struct err *e);
void cli_session_close(struct cli_session *s);

#endif
