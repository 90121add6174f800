/* SPDX-License-Identifier: Apache-2.0 */
/* What of a replay is new. A log has no ids: its place is told by counting, as long as the log begins
 * with the event it began with and the last events counted are those that were seen. When that fails
 * (a tail, a restarted program, a server that forgot its oldest lines) the last event seen is looked
 * for, with those before it; and what is later than it by its own time is new in any case. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/hub/follow_internal.h"
#include "core/net/sse.h"

/* FNV-1a, over the parts of an event that make it itself. */
static uint64_t hash_bytes(uint64_t h, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        h = (h ^ (unsigned char)p[i]) * 1099511628211ULL;
    }
    return h;
}

static uint64_t hash_of(const struct sse_event *event, bool with_id)
{
    uint64_t h = hash_bytes(14695981039346656037ULL, event->name, strlen(event->name) + 1);
    if (with_id) {
        h = hash_bytes(h, event->id, strlen(event->id) + 1);
    }
    return hash_bytes(h, event->data, event->data_len);
}

static void ring_put(struct follow_ring *ring, uint64_t hash)
{
    ring->hash[ring->n++ % FOLLOW_KNOWN] = hash;
}

/* The hash of the back-th last, counted from 0. back is below ring_len. */
static uint64_t ring_back(const struct follow_ring *ring, uint64_t back)
{
    return ring->hash[(ring->n - 1 - back) % FOLLOW_KNOWN];
}

static uint64_t ring_len(const struct follow_ring *ring)
{
    return ring->n < FOLLOW_KNOWN ? ring->n : FOLLOW_KNOWN;
}

int64_t follow_time_us(const char *iso)
{
    int64_t s = 0;
    if (!iso || !clock_parse_iso(iso, &s)) {
        return 0;
    }
    int64_t us = 0;
    int64_t unit = 100000;
    const char *dot = strchr(iso, '.');
    for (const char *p = dot ? dot + 1 : ""; *p >= '0' && *p <= '9'; p++) {
        us += (*p - '0') * unit;
        unit /= 10;
    }
    return s * 1000000 + us;
}

void follow_resume_connect(struct follow_resume *r)
{
    r->arrived = 0;
    r->replayed.n = 0;
    r->is_repeat = false;
    r->mode = FOLLOW_PASS;
    if (r->kind == HUB_FOLLOW_LOG && r->seen.n > 0) {
        r->mode = !r->knows_place ? FOLLOW_MATCH : r->place > 0 ? FOLLOW_COUNT : FOLLOW_PASS;
    }
    if (r->seen.n == 0) {
        r->knows_place = !r->has_tail;
        r->place = 0;
    }
}

bool follow_resume_asks_tail(const struct follow_resume *r)
{
    return r->has_tail && r->seen.n == 0;
}

/* The events of the replay end as those seen do, as far as both are known. A replay that is shorter
 * than what we know may begin in its midst, which only a time can make sure of. */
static bool is_match(const struct follow_resume *r)
{
    const uint64_t known = ring_len(&r->seen);
    const uint64_t here = ring_len(&r->replayed);
    const uint64_t n = here < known ? here : known;
    if (n < known && r->last_us == 0) {
        return false;
    }
    for (uint64_t i = 0; i < n; i++) {
        if (ring_back(&r->replayed, i) != ring_back(&r->seen, i)) {
            return false;
        }
    }
    return true;
}

/* The place in the log is known from here on: right behind what was replayed, `passed` of it. */
static void set_place(struct follow_resume *r, uint64_t passed, uint64_t first_hash)
{
    r->mode = FOLLOW_PASS;
    r->knows_place = true;
    r->place = passed;
    r->first_hash = first_hash;
}

/* A hash that contradicts the count: it is not the log that was counted. */
static bool is_other_log(const struct follow_resume *r, uint64_t hash, uint64_t at)
{
    const uint64_t back = r->place - 1 - at;
    return (at == 0 && hash != r->first_hash) ||
           (back < ring_len(&r->seen) && hash != ring_back(&r->seen, back));
}

/* An event of a replay; true when it is new after all. */
static bool pass_over(struct follow_resume *r, uint64_t hash, int64_t time_us)
{
    const uint64_t at = r->arrived - 1;
    if (at == 0) {
        r->replayed.n = 0;
    }
    ring_put(&r->replayed, hash);
    if (r->mode == FOLLOW_COUNT && is_other_log(r, hash, at)) {
        if (r->last_us == 0 || time_us == 0) {
            /* Without times a log that begins otherwise is another one: rather twice than lost. */
            set_place(r, at, at == 0 ? hash : r->first_hash);
            return true;
        }
        r->mode = FOLLOW_MATCH;
    }
    const uint64_t first_hash = at == 0 ? hash : r->first_hash;
    if (r->mode == FOLLOW_COUNT) {
        if (at + 1 == r->place) {
            r->mode = FOLLOW_PASS;
        }
        return false;
    }
    r->first_hash = first_hash;
    if (is_match(r)) {
        set_place(r, at + 1, first_hash);
        return false;
    }
    if (time_us > r->last_us && r->last_us > 0) {
        set_place(r, at, first_hash);
        return true;
    }
    return false;
}

static bool take_log(struct follow_resume *r, const struct sse_event *event, int64_t time_us)
{
    const uint64_t hash = hash_of(event, false);
    r->arrived++;
    if (r->mode != FOLLOW_PASS && !pass_over(r, hash, time_us)) {
        return false;
    }
    if (r->place == 0) {
        r->first_hash = hash;
    }
    r->place++;
    ring_put(&r->seen, hash);
    r->last_us = time_us > r->last_us ? time_us : r->last_us;
    return true;
}

static bool is_known(const struct follow_ring *ring, uint64_t hash)
{
    for (uint64_t i = 0; i < ring_len(ring); i++) {
        if (ring->hash[i] == hash) {
            return true;
        }
    }
    return false;
}

/* An id that can be sent back as a header. */
static bool is_sendable(const char *id)
{
    const size_t n = strlen(id);
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)id[i] < ' ' || id[i] == 0x7f) {
            return false;
        }
    }
    return n > 0 && n < FOLLOW_ID_MAX;
}

static bool take_id(struct follow_resume *r, const struct sse_event *event)
{
    const uint64_t hash = hash_of(event, true);
    const bool is_first = r->arrived++ == 0;
    if (!is_sendable(event->id)) {
        return true;
    }
    unsigned long long id = 0, last = 0;
    const bool is_behind = str_to_u64(event->id, UINT64_MAX, &id) &&
                           str_to_u64(r->last_id, UINT64_MAX, &last) && id <= last;
    if (is_first) {
        r->is_repeat = r->seen.n > 0 && hash == r->first_hash;
    }
    /* A lower id that is not one of those seen is that of a server that counts anew. */
    if (is_known(&r->seen, hash) || (is_behind && r->is_repeat)) {
        return false;
    }
    if (r->seen.n == 0 || is_behind) {
        r->first_hash = hash;
    }
    ring_put(&r->seen, hash);
    memcpy(r->last_id, event->id, strlen(event->id) + 1);
    return true;
}

bool follow_resume_take(struct follow_resume *r, const struct sse_event *event, int64_t time_us)
{
    switch (r->kind) {
    case HUB_FOLLOW_LOG:
        return take_log(r, event, time_us);
    case HUB_FOLLOW_IDS:
        return take_id(r, event);
    case HUB_FOLLOW_STATE:
    default:
        return true;
    }
}

void follow_resume_drained(struct follow_resume *r)
{
    if (r->mode == FOLLOW_MATCH && r->last_us == 0) {
        set_place(r, r->arrived, r->first_hash);
    }
}
