/* SPDX-License-Identifier: Apache-2.0 */
/* routes.h - from a request to its handler. The table in routes.c is the list of what is served. */
#ifndef HFTERM_CORE_LOCALHUB_ROUTES_H
#define HFTERM_CORE_LOCALHUB_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

struct lh_reply;
struct lh_request;
struct lh_site;

struct lh_route_options {
    bool is_storage_port; /* the second port: storage addresses only, and no token may come */
    bool ignore_range;
    bool is_loopback; /* the client's address */
};

/* Answers the request; always fills reply. */
void lh_route(const struct lh_site *site, struct lh_request *req, struct lh_reply *reply,
              const struct lh_route_options *options);

#endif
