/* SPDX-License-Identifier: Apache-2.0 */
/* hub_script.h - a client of core/hub and a server that answers by a table, for tests of what the Hub
 * may send. Included by one .c file a program.
 */
#ifndef HFTERM_TESTS_UNIT_HUB_SCRIPT_H
#define HFTERM_TESTS_UNIT_HUB_SCRIPT_H

#include "core/hub/internal.h"
#include "core/net/http.h"
#include "tests/unit/tiny_server.h"

/* The first row whose text stands in "METHOD PATH" answers; a table ends with text NULL. */
struct script_row {
    const char *text;
    int status;
    const char *headers; /* lines, each with "\r\n"; NULL: none */
    const char *body;
};

static _Atomic(const struct script_row *) script_rows;
/* Answers instead of the table; NULL: the table. */
static _Atomic(tiny_answer *) script_other;

static inline bool script_answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    tiny_answer *other = atomic_load(&script_other);
    if (other) {
        return other(s, fd, r);
    }
    char *line = xasprintf("%s %s", r->method, r->path);
    const struct script_row *row = atomic_load(&script_rows);
    while (row && row->text && !strstr(line, row->text)) {
        row++;
    }
    free(line);
    if (!row || !row->text) {
        return tiny_reply(s, fd, 404, "", "{}", 2);
    }
    return tiny_reply(s, fd, row->status, row->headers ? row->headers : "", row->body, strlen(row->body));
}

struct script_room {
    struct tiny *server;
    struct http *http;
    struct hub *hub;
    char endpoint[64];
};

static inline int script_set_up(void **state)
{
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    atomic_store(&script_rows, NULL);
    atomic_store(&script_other, NULL);
    struct script_room *room = xcalloc(1, sizeof *room);
    room->server = tiny_start(script_answer);
    snprintf(room->endpoint, sizeof room->endpoint, "http://127.0.0.1:%d", room->server->port);
    room->http = http_new(&(struct http_options){.retry_ms = 1}, NULL);
    room->hub = hub_new(room->http, NULL, &(struct hub_options){.endpoint = room->endpoint, .token = ""}, NULL);
    *state = room;
    return room->hub ? 0 : -1;
}

static inline int script_tear_down(void **state)
{
    struct script_room *room = *state;
    hub_free(room->hub);
    http_free(room->http);
    tiny_stop(room->server);
    free(room);
    return 0;
}

#define SCRIPT_TEST(fn) cmocka_unit_test_setup_teardown(fn, script_set_up, script_tear_down)

#endif
