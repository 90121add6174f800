/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/hub/follow_internal.h"

void hub_follow_batch_free(void *batch)
{
    struct hub_follow_batch *b = batch;
    if (!b) {
        return;
    }
    arena_done(&b->arena);
    free(b->events);
    free(b);
}

void follow_out_flush(struct follow_out *out)
{
    if (!out->batch) {
        return;
    }
    struct hub_follow_batch *batch = out->batch;
    out->batch = NULL;
    out->bytes = 0;
    out->emit(out->ctx, batch);
    out->emitted_ms = clock_mono_ms();
}

/* A place for one more event of so many bytes. */
static struct hub_follow_event *add(struct follow_out *out, size_t bytes)
{
    bytes += sizeof(struct hub_follow_event);
    if (out->batch && out->bytes + bytes > FOLLOW_BATCH_BYTES) {
        follow_out_flush(out);
    }
    if (!out->batch) {
        out->batch = xcalloc(1, sizeof *out->batch);
    }
    struct hub_follow_batch *b = out->batch;
    if (b->n == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 8;
        b->events = xrealloc(b->events, b->cap * sizeof *b->events);
    }
    out->bytes += bytes;
    return &b->events[b->n++];
}

void follow_out_event(struct follow_out *out, const struct hub_follow_event *event)
{
    struct hub_follow_event *to = add(out, event->len);
    struct arena *arena = &out->batch->arena;
    *to = *event;
    to->news = HUB_FOLLOW_EVENT;
    to->name = arena_strdup(arena, event->name);
    to->data = arena_strndup(arena, event->data, event->len);
    to->err = NULL;
}

void follow_out_news(struct follow_out *out, uint64_t source, enum hub_follow_news news,
                     int64_t wait_ms, const struct err *err)
{
    struct hub_follow_event *to = add(out, sizeof *err);
    *to = (struct hub_follow_event){.source = source, .news = news, .wait_ms = wait_ms};
    to->name = to->data = "";
    to->err = arena_alloc(&out->batch->arena, 1, sizeof *to->err);
    if (err) {
        *to->err = *err;
    }
}
