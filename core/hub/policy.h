/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - when a stored answer will do, when the Hub is asked, and when an outage is answered
 * from the store. Private to core/hub; the only place that decides it, for JSON and for files.
 *
 * Pure: facts in, a decision out. Threads: no shared state.
 */
#ifndef HFTERM_CORE_HUB_POLICY_H
#define HFTERM_CORE_HUB_POLICY_H

#include "core/hub/hub.h"

struct hub_policy {
    enum hub_fresh fresh;
    bool is_offline; /* no socket may be opened */
    bool has_entry;  /* something is stored */
    int64_t age_s;   /* of what is stored; negative: the clock went back, so nobody knows */
    int64_t fresh_s; /* below this age it counts as young */
    bool is_fixed;   /* what a commit holds never changes: young at any age */
    bool no_stale;   /* never answer with what is not young */
};

enum hub_step {
    HUB_STEP_STORED, /* answer from the store; it is stale when it is not young */
    HUB_STEP_ASK,    /* ask the Hub, with the ETag of what is stored */
    HUB_STEP_REFUSE, /* nothing stored will do and the Hub may not be asked: hub_policy_refuse */
};

bool hub_policy_is_young(const struct hub_policy *p);

enum hub_step hub_policy_first(const struct hub_policy *p);
/* When what is stored turned out not to decode: HUB_STEP_ASK or HUB_STEP_REFUSE. */
enum hub_step hub_policy_without_entry(const struct hub_policy *p);

/* The Hub was asked and failed with `why`: may what is stored answer instead, marked stale? */
bool hub_policy_may_be_stale(const struct hub_policy *p, enum err_code why);

/* ERR_OFFLINE with the remedy that fits. what: "nothing is", "the file is not". Always false. */
bool hub_policy_refuse(const struct hub_policy *p, const char *what, struct err *e);

#endif
