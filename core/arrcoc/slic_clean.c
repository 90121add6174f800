/* SPDX-License-Identifier: Apache-2.0 */
/* Small pieces of clusters go to a neighbour, one after the other: each merge decides what the next
 * one sees, so this is no work for a device. The CUDA back end compiles this file in and calls it
 * between its kernels. */
#include <string.h>

#include "core/arrcoc/array_parts.h"

enum { SIDE = ARR_MID, NO_PIXEL = 0xffff };

/* The pixels left of, right of, above and below pixel i; returns how many there are. */
static int neighbours_of(int i, int out[4])
{
    int n = 0;
    if (i >= SIDE) {
        out[n++] = i - SIDE;
    }
    if (i % SIDE > 0) {
        out[n++] = i - 1;
    }
    if (i % SIDE < SIDE - 1) {
        out[n++] = i + 1;
    }
    if (i < ARR_MID_PX - SIDE) {
        out[n++] = i + SIDE;
    }
    return n;
}

/* All pixels of one label that hang together with `start`, as a list. The list is also the queue of
 * what has still to be looked at. */
static void flood_component(const uint8_t *label, struct arr_components *c, int id, int start)
{
    c->label[id] = label[start];
    c->parent[id] = (uint16_t)id;
    c->head[id] = c->tail[id] = (uint16_t)start;
    c->of[start] = (uint16_t)id;
    c->size[id] = 0;
    for (int i = start; i != NO_PIXEL; i = c->next[i]) {
        c->size[id]++;
        int near[4];
        const int n = neighbours_of(i, near);
        for (int k = 0; k < n; k++) {
            if (c->of[near[k]] == NO_PIXEL && label[near[k]] == label[start]) {
                c->of[near[k]] = (uint16_t)id;
                c->next[c->tail[id]] = (uint16_t)near[k];
                c->tail[id] = (uint16_t)near[k];
            }
        }
    }
}

static int root_of(struct arr_components *c, int id)
{
    while (c->parent[id] != id) {
        c->parent[id] = c->parent[c->parent[id]];
        id = c->parent[id];
    }
    return id;
}

/* The component that shares most sides of pixels with `id`; of equal ones that of the lower
 * cluster, then the earlier one. -1 when there is no other. */
static int best_neighbour(struct arr_components *c, int id)
{
    int found[4 * ARR_SLIC_SMALLEST], n_found = 0;
    for (int i = c->head[id]; i != NO_PIXEL; i = c->next[i]) {
        int near[4];
        const int n = neighbours_of(i, near);
        for (int k = 0; k < n; k++) {
            const int other = root_of(c, c->of[near[k]]);
            if (other != id && c->border[other]++ == 0) {
                found[n_found++] = other;
            }
        }
    }
    int best = -1;
    for (int k = 0; k < n_found; k++) {
        const int f = found[k];
        const int more = best < 0 ? 1 : c->border[f] - c->border[best];
        const int lower = best < 0 ? 1 : c->label[best] - c->label[f];
        if (more > 0 || (more == 0 && (lower > 0 || (lower == 0 && f < best)))) {
            best = f;
        }
    }
    for (int k = 0; k < n_found; k++) {
        c->border[found[k]] = 0;
    }
    return best;
}

static void merge_components(struct arr_components *c, int from, int into)
{
    c->parent[from] = (uint16_t)into;
    c->next[c->tail[into]] = c->head[from];
    c->tail[into] = c->tail[from];
    c->size[into] = (uint16_t)(c->size[into] + c->size[from]);
}

void arr_slic_clean(uint8_t *label, struct arr_components *c)
{
    memset(c->of, 0xff, sizeof c->of);
    memset(c->next, 0xff, sizeof c->next);
    memset(c->border, 0, sizeof c->border);
    int n = 0;
    for (int i = 0; i < ARR_MID_PX; i++) {
        if (c->of[i] == NO_PIXEL) {
            flood_component(label, c, n++, i);
        }
    }
    for (int id = 0; id < n; id++) {
        if (c->parent[id] != id || c->size[id] >= ARR_SLIC_SMALLEST) {
            continue;
        }
        const int into = best_neighbour(c, id);
        if (into >= 0) {
            merge_components(c, id, into);
        }
    }
    for (int i = 0; i < ARR_MID_PX; i++) {
        label[i] = c->label[root_of(c, c->of[i])];
    }
}
