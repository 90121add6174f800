/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/pace.h"

enum {
    HELD_MIN_MS = 24, /* keyboards repeat a held key 25 to 40 times a second */
    HELD_MAX_MS = 48,
    HELD_RUN = 4,
    BUSY_MS = 250, /* frames closer than this are many */
};

void pace_key(struct pace *p, uint32_t key, int64_t now_ms)
{
    const int64_t gap = now_ms - p->key_ms;
    const bool is_repeat = key == p->key && gap >= HELD_MIN_MS && gap <= HELD_MAX_MS;
    p->run = is_repeat ? p->run + 1 : 0;
    p->key = key;
    p->key_ms = now_ms;
    p->paid_ms = 0; /* what comes next answers this key */
    p->causes |= PACE_KEY;
}

void pace_cause(struct pace *p, enum pace_cause cause)
{
    p->causes |= cause;
}

/* What a timer changed counts as a result: nobody waits for it. */
static bool is_result(const struct pace *p)
{
    return !(p->causes & PACE_KEY) && p->causes != PACE_CLOCK;
}

int64_t pace_wait(const struct pace *p, struct pace_terminal t, int64_t now_ms)
{
    if (t.is_behind) {
        return PACE_FRAME_MS;
    }
    int64_t due = now_ms;
    if (!t.answers && p->run >= HELD_RUN) {
        due = p->drawn_ms + PACE_HELD_MS;
    } else if (is_result(p)) {
        due = p->paid_ms - (PACE_BURST - 1) * PACE_FRAME_MS;
    }
    return due > now_ms ? due - now_ms : 0;
}

bool pace_drew(struct pace *p, int64_t now_ms)
{
    const bool is_busy = now_ms - p->drawn_ms < BUSY_MS;
    if (is_result(p)) {
        p->paid_ms = (p->paid_ms > now_ms ? p->paid_ms : now_ms) + PACE_FRAME_MS;
    }
    p->drawn_ms = now_ms;
    p->causes = 0;
    return is_busy;
}
