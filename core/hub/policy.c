/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub/policy.h"

bool hub_policy_is_young(const struct hub_policy *p)
{
    return p->has_entry && p->age_s >= 0 && (p->is_fixed || p->age_s < p->fresh_s);
}

enum hub_step hub_policy_without_entry(const struct hub_policy *p)
{
    return p->fresh == HUB_CACHED || p->is_offline ? HUB_STEP_REFUSE : HUB_STEP_ASK;
}

enum hub_step hub_policy_first(const struct hub_policy *p)
{
    const bool is_young = hub_policy_is_young(p);
    const bool will_do = p->fresh == HUB_CACHED   ? p->has_entry && (is_young || !p->no_stale)
                         : p->fresh == HUB_NORMAL ? is_young
                                                  : false;
    if (will_do) {
        return HUB_STEP_STORED;
    }
    if (p->fresh == HUB_CACHED || !p->has_entry) {
        return hub_policy_without_entry(p);
    }
    return HUB_STEP_ASK; /* offline it fails at once, and then what is stored answers as stale */
}

bool hub_policy_may_be_stale(const struct hub_policy *p, enum err_code why)
{
    const bool is_outage =
        why == ERR_NETWORK || why == ERR_OFFLINE || why == ERR_RATE_LIMIT || why == ERR_SERVER;
    return is_outage && p->has_entry && p->fresh == HUB_NORMAL && !p->no_stale;
}

bool hub_policy_refuse(const struct hub_policy *p, const char *what, struct err *e)
{
    err_set(e, ERR_OFFLINE, "%s stored from earlier%s", what,
            p->is_offline ? " and hfterm is offline" : "");
    return err_remedy(e, "%s",
                      p->is_offline ? "Start without --offline (and without HF_HUB_OFFLINE) to ask "
                                      "the Hub."
                                    : "Reload to ask the Hub.");
}

void *hub_ask_twice(hub_question *ask, hub_early *early, void *ctx, struct hub_get *get,
                    struct err *e)
{
    if (get->fresh == HUB_NORMAL) {
        struct hub_get stored = {.fresh = HUB_CACHED, .task = get->task};
        void *value = ask(ctx, &stored, NULL);
        if (value && !stored.is_stale) {
            stored.fresh = HUB_NORMAL;
            *get = stored;
            return value;
        }
        if (value) {
            early(ctx, value, &stored);
        }
    }
    return ask(ctx, get, e);
}
