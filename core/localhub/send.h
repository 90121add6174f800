/* SPDX-License-Identifier: Apache-2.0 */
/* send.h - a finished reply onto its connection, with the faults that concern the bytes. */
#ifndef HFTERM_CORE_LOCALHUB_SEND_H
#define HFTERM_CORE_LOCALHUB_SEND_H

#include <stdbool.h>

struct MHD_Connection;
struct lh_effects;
struct lh_reply;

struct lh_sending {
    const struct lh_effects *effects;
    bool is_head;
    const _Atomic bool *is_stopping; /* ends slow sending */
};

/* Takes the reply's body and file, so that lh_reply_done has nothing left to free of them. */
bool lh_send(struct MHD_Connection *connection, struct lh_reply *reply,
             const struct lh_sending *sending);

#endif
