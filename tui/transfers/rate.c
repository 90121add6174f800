/* SPDX-License-Identifier: Apache-2.0 */
/* rate.c - the numbers of a download while it runs: how far, how fast, how long still. */
#include "core/task/task.h"
#include "core/transfer/download.h"
#include "tui/transfers/transfers.h"

enum { SAMPLE_MS = 250, STALL_MS = 5000 };

struct transfers_found transfers_peek(const struct transfers_order *o)
{
    const struct download_spec spec = {.kind = o->kind, .id = o->repo, .path = o->file, .to = o->to};
    struct transfers_found found = {0};
    bool has_size = false;
    download_peek(&spec, &found.bytes, &has_size, &found.size);
    return found;
}

void transfers_pace_begin(struct transfers_item *item, int64_t now_ms)
{
    item->pace = (struct transfers_pace){.moved_ms = now_ms};
}

void transfers_pace_found(struct transfers_item *item, const struct transfers_found *found, int64_t now_ms)
{
    item->pace = (struct transfers_pace){.has_begun = true, .base = found->bytes, .moved_ms = now_ms};
    item->done = found->bytes;
    item->total = found->size;
}

/* Half of what is told comes from the last one and a half seconds. The first reading only says where to count
 * from. */
static void sample(struct transfers_pace *p, uint64_t done, int64_t now_ms)
{
    int64_t ms = now_ms - p->rate_ms;
    if (p->rate_ms == 0 || p->is_reading || done < p->rate_from) {
        p->rate = 0;
    } else if (ms < SAMPLE_MS) {
        return;
    } else {
        uint64_t now_rate = (done - p->rate_from) * 1000 / (uint64_t)ms;
        p->rate = p->rate ? (3 * p->rate + now_rate) / 4 : now_rate;
    }
    p->rate_from = done;
    p->rate_ms = now_ms;
}

void transfers_pace_read(struct transfers_item *item, int64_t now_ms)
{
    struct transfers_pace *p = &item->pace;
    uint64_t told = 0;
    uint64_t total = 0;
    if (!p->has_begun) {
        return;
    }
    task_get_progress(item->task, &told, &total);
    if (told < p->told) {
        p->base = 0; /* the file has changed: it begins anew */
    }
    if (told != p->told) {
        p->moved_ms = now_ms;
    }
    p->told = told;
    p->is_reading = told < p->base;
    item->done = p->is_reading ? p->base : told;
    item->total = total ? total : item->total;
    sample(p, item->done, now_ms);
    if (transfers_stalled_s(item, now_ms)) {
        p->rate = 0;
    }
}

int64_t transfers_stalled_s(const struct transfers_item *item, int64_t now_ms)
{
    int64_t ms = now_ms - item->pace.moved_ms;
    return ms >= STALL_MS ? ms / 1000 : 0;
}

int64_t transfers_left_s(const struct transfers_item *item)
{
    uint64_t rate = item->pace.rate;
    return rate && item->total > item->done ? (int64_t)((item->total - item->done + rate - 1) / rate) : -1;
}
