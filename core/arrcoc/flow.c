/* SPDX-License-Identifier: Apache-2.0 */
/* Motion between two frames: how much each cell changed, and where its blocks came from. */
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/simd.h"

/* ---- channel 7 ---- */

ARR_CLONES static void add_motion(const uint8_t *restrict now, const uint8_t *restrict before,
                                  int32_t *restrict columns)
{
    int32_t squares[3 * ARR_DENSE];
    for (int i = 0; i < 3 * ARR_DENSE; i++) {
        const int32_t d = now[i] - before[i];
        squares[i] = d * d;
    }
    for (int i = 0; i < ARR_DENSE; i++) {
        columns[i] += arr_motion_q(squares[3 * i] + squares[3 * i + 1] + squares[3 * i + 2]);
    }
}

/* One row of cells: 16 of pixels, 4 of the mid plane. */
static void motion_row(struct arr_room *room, const uint8_t *before, size_t row, float *cells)
{
    int32_t columns[ARR_DENSE] = {0};
    uint32_t gray[ARR_MID_CELL * ARR_MID] = {0};
    for (size_t i = 0; i < ARR_CELL_PX; i++) {
        const size_t at = (row * ARR_CELL_PX + i) * 3 * ARR_DENSE;
        uint16_t line[ARR_DENSE];
        add_motion(room->rgb + at, before + at, columns);
        arr_gray_row(before + at, line, ARR_DENSE);
        arr_add_fours(line, gray + i / 4 * ARR_MID, ARR_MID);
    }
    uint8_t *mid = room->mid_gray_before + row * ARR_MID_CELL * ARR_MID;
    for (size_t i = 0; i < ARR_MID_CELL * ARR_MID; i++) {
        mid[i] = arr_gray_mid(gray[i]);
    }
    arr_cells_of_columns(columns, (double)ARR_UNIT * ARR_CELL_PX * ARR_CELL_PX,
                         cells + row * ARR_GRID);
}

void arr_motion(struct arr_room *room, const uint8_t *before, struct arr_array *out)
{
    for (size_t row = 0; row < ARR_GRID; row++) {
        motion_row(room, before, row, out->c[ARR_C_MOTION]);
    }
}

/* ---- block matching ---- */

enum {
    BLOCK = ARR_MID / ARR_FLOW_BLOCKS,
    REACH = ARR_FLOW_MAX,
    PADDED = ARR_MID + 2 * REACH,
};

struct flow_work {
    const uint8_t *now;
    const uint8_t *before; /* PADDED rows, borders replicated */
    float (*flow)[2];      /* before the median */
    int32_t *sad;          /* what is left of each block */
};

static void take_block(const uint8_t *restrict px, size_t stride, uint8_t *restrict block)
{
    for (size_t y = 0; y < BLOCK; y++) {
        memcpy(block + y * BLOCK, px + y * stride, BLOCK);
    }
}

static inline int32_t difference(const uint8_t *restrict a, const uint8_t *restrict b)
{
    int32_t sum = 0;
    for (int i = 0; i < BLOCK * BLOCK; i++) {
        sum += abs(a[i] - b[i]);
    }
    return sum;
}

/* Smaller difference, then shorter, then less down, then less to the right. */
static bool is_better(int32_t sad, int dx, int dy, int32_t best, int best_dx, int best_dy)
{
    if (sad != best) {
        return sad < best;
    }
    const int length = dx * dx + dy * dy, best_length = best_dx * best_dx + best_dy * best_dy;
    if (length != best_length) {
        return length < best_length;
    }
    return dy != best_dy ? dy < best_dy : dx < best_dx;
}

/* A block moved by (dx, dy) was at (x - dx, y - dy) before. Motion has to explain a tenth more than
 * rest does. */
ARR_CLONES static void match_block(const struct flow_work *w, int index)
{
    const int x = index % ARR_FLOW_BLOCKS * BLOCK, y = index / ARR_FLOW_BLOCKS * BLOCK;
    uint8_t now[BLOCK * BLOCK], before[BLOCK * BLOCK];
    take_block(w->now + y * ARR_MID + x, ARR_MID, now);
    const uint8_t *origin = w->before + (y + REACH) * PADDED + x + REACH;
    take_block(origin, PADDED, before);
    const int32_t rest = difference(now, before);
    int32_t best = rest;
    int best_dx = 0, best_dy = 0;
    for (int dy = -REACH; dy <= REACH; dy++) {
        for (int dx = -REACH; dx <= REACH; dx++) {
            take_block(origin - dy * PADDED - dx, PADDED, before);
            const int32_t sad = difference(now, before);
            if (sad <= best && is_better(sad, dx, dy, best, best_dx, best_dy)) {
                best = sad;
                best_dx = dx;
                best_dy = dy;
            }
        }
    }
    const bool moves = 10 * best < 9 * rest;
    w->flow[index][0] = (float)(moves ? best_dx : 0);
    w->flow[index][1] = (float)(moves ? best_dy : 0);
    w->sad[index] = moves ? best : rest;
}

static void pad_plane(const uint8_t *plane, uint8_t *padded)
{
    for (int y = 0; y < PADDED; y++) {
        const int inside = y < REACH ? 0 : y >= ARR_MID + REACH ? ARR_MID - 1 : y - REACH;
        const uint8_t *row = plane + inside * ARR_MID;
        uint8_t *out = padded + y * PADDED;
        memset(out, row[0], REACH);
        memcpy(out + REACH, row, ARR_MID);
        memset(out + REACH + ARR_MID, row[ARR_MID - 1], REACH);
    }
}

/* ---- median ---- */

static float median_of(float v[9])
{
    for (int i = 1; i < 9; i++) {
        const float moving = v[i];
        int k = i;
        for (; k > 0 && v[k - 1] > moving; k--) {
            v[k] = v[k - 1];
        }
        v[k] = moving;
    }
    return v[4];
}

static float median_at(float flow[][2], int x, int y, int axis)
{
    float v[9];
    int n = 0;
    for (int j = y - 1; j <= y + 1; j++) {
        for (int i = x - 1; i <= x + 1; i++) {
            const int last = ARR_FLOW_BLOCKS - 1;
            const int in_y = j < 0 ? 0 : j > last ? last : j;
            const int in_x = i < 0 ? 0 : i > last ? last : i;
            v[n++] = flow[in_y * ARR_FLOW_BLOCKS + in_x][axis];
        }
    }
    return median_of(v);
}

void arr_flow_median(float found[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2],
                     float out[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2])
{
    for (int i = 0; i < ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS; i++) {
        for (int axis = 0; axis < 2; axis++) {
            out[i][axis] = median_at(found, i % ARR_FLOW_BLOCKS, i / ARR_FLOW_BLOCKS, axis);
        }
    }
}

float arr_flow(const uint8_t *now, const uint8_t *before,
               int8_t flow[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2])
{
    enum { BLOCKS = ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS };
    uint8_t padded[PADDED * PADDED];
    float found[BLOCKS][2], smooth[BLOCKS][2];
    int32_t sad[BLOCKS];
    pad_plane(before, padded);
    const struct flow_work w = {now, padded, found, sad};
    int32_t sum = 0;
    for (int i = 0; i < BLOCKS; i++) {
        match_block(&w, i);
    }
    arr_flow_median(found, smooth);
    for (int i = 0; i < BLOCKS; i++) {
        sum += sad[i];
        flow[i][0] = (int8_t)smooth[i][0];
        flow[i][1] = (int8_t)smooth[i][1];
    }
    return (float)sum / (float)ARR_MID_PX;
}
