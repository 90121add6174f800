/* SPDX-License-Identifier: Apache-2.0 */
/* send.h - a finished reply onto its connection, with the faults that concern the bytes. */
#ifndef HFTERM_CORE_LOCALHUB_SEND_H
#define HFTERM_CORE_LOCALHUB_SEND_H

#include <stdbool.h>

struct lh_conn;
struct lh_effects;
struct lh_reply;

/* Takes the reply's body, file and stream, so that lh_reply_done has nothing left to free of them.
 * Threads: the loop's. */
bool lh_send(struct lh_conn *conn, struct lh_reply *reply, const struct lh_effects *effects,
             bool is_head);

#endif
