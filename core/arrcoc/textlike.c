/* SPDX-License-Identifier: Apache-2.0 */
/* Text-like texture: thin strokes, many changes along a row, steep flanks. Two polarities and two
 * scales; the better one counts. It knows nothing of letters: brick walls score too. */
#include <string.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/simd.h"

enum { MARGIN = ARR_TEXT_W / 2, WIDE = ARR_DENSE + 2 * MARGIN + 1 };

/* ---- strokes ---- */

/* Takes out runs of more than 12. Both polarities at once, a bit each: what 13 neighbours have in
 * common is eroded from the left, then spread back over the 13. The buffers have 16 zeros at both
 * ends. */
ARR_CLONES static void drop_runs(const uint8_t *restrict stroke, uint8_t *restrict out, int side)
{
    enum { END = 16, N = ARR_DENSE + 2 * END };
    uint8_t in[N + END] = {0}, two[N + END] = {0}, four[N + END] = {0}, all[N + END] = {0};
    const int n = side + 2 * END;
    memcpy(in + END, stroke, (size_t)side);
    for (int i = 0; i < n; i++) {
        two[i] = in[i] & in[i + 1];
    }
    for (int i = 0; i < n; i++) {
        four[i] = two[i] & two[i + 2];
    }
    for (int i = 0; i < n; i++) {
        all[i] = four[i] & four[i + 4] & four[i + 8] & in[i + 12];
    }
    for (int i = 1; i < n; i++) {
        two[i] = all[i] | all[i - 1];
    }
    for (int i = 3; i < n; i++) {
        four[i] = two[i] | two[i - 2];
    }
    for (int i = 0; i < side; i++) {
        const int k = i + END;
        const int run = four[k] | four[k - 4] | four[k - 8] | all[k - 12];
        out[i] = (uint8_t)(in[k] & ~run);
    }
}

ARR_CLONES static void mark(const int32_t *restrict diff, const int32_t *restrict gx,
                            uint8_t *restrict stroke, uint16_t *restrict steep, int side)
{
    for (int i = 0; i < side; i++) {
        stroke[i] = arr_stroke_bits(diff[i]);
        steep[i] = arr_steepness(gx[i]);
    }
}

void arr_marks_row(const struct arr_marks *m, int y, const int32_t *diff, const int32_t *gx)
{
    uint8_t stroke[ARR_DENSE];
    const size_t at = (size_t)y * (size_t)m->side;
    mark(diff, gx, stroke, m->steep + at, m->side);
    drop_runs(stroke, m->stroke + at, m->side);
}

static void mark_half(struct arr_room *room)
{
    struct arr_columns columns;
    arr_columns_start(&room->half, 0, &columns);
    for (int y = 0; y < ARR_HALF; y++) {
        int32_t diff[ARR_DENSE], gx[ARR_DENSE], gy[ARR_DENSE];
        arr_sobel_row(&room->half, y, gx, gy);
        arr_columns_next(&room->half, &columns, diff);
        arr_marks_row(&room->half_marks, y, diff, gx);
    }
}

/* ---- windows of 31 x 9 ---- */

/* Sums of 9 rows, one for each column, with room for 15 replicated ones at both ends. */
struct window {
    uint8_t dark[WIDE], dark_changes[WIDE], light[WIDE], light_changes[WIDE];
    int32_t steep[WIDE];
};

/* A stroke's change is counted at the pixel before it; the last column has none. */
ARR_CLONES static void add_row(struct window *restrict w, const uint8_t *restrict stroke,
                               const uint16_t *restrict steep, int side, int sign)
{
    uint8_t next[ARR_DENSE];
    memcpy(next, stroke + 1, (size_t)side - 1);
    next[side - 1] = stroke[side - 1];
    for (int i = 0; i < side; i++) {
        const int k = i + MARGIN, s = stroke[i], change = s ^ next[i];
        w->dark[k] = (uint8_t)(w->dark[k] + sign * (s & 1));
        w->light[k] = (uint8_t)(w->light[k] + sign * (s >> 1));
        w->dark_changes[k] = (uint8_t)(w->dark_changes[k] + sign * (change & 1));
        w->light_changes[k] = (uint8_t)(w->light_changes[k] + sign * (change >> 1));
        w->steep[k] += sign * steep[i];
    }
}

static void add_line(struct window *w, const struct arr_marks *m, int y, int sign)
{
    const int inside = y < 0 ? 0 : y >= m->side ? m->side - 1 : y;
    const size_t at = (size_t)inside * (size_t)m->side;
    add_row(w, m->stroke + at, m->steep + at, m->side, sign);
}

static void window_start(struct window *w, const struct arr_marks *m)
{
    memset(w, 0, sizeof *w);
    for (int k = -(ARR_TEXT_H / 2); k <= ARR_TEXT_H / 2; k++) {
        add_line(w, m, k, 1);
    }
}

static void window_slide(struct window *w, const struct arr_marks *m, int y)
{
    add_line(w, m, y - ARR_TEXT_H / 2, -1);
    add_line(w, m, y + ARR_TEXT_H / 2 + 1, 1);
}

/* The sums of 31 neighbours out of sums of 2, 4, 8 and 16. */
ARR_CLONES static void across_counts(uint8_t *restrict count, int side, int32_t *restrict out)
{
    uint16_t in[WIDE], two[WIDE], four[WIDE], eight[WIDE];
    memset(count, count[MARGIN], MARGIN);
    memset(count + MARGIN + side, count[MARGIN + side - 1], MARGIN + 1);
    const int n = side + 2 * MARGIN;
    for (int i = 0; i < n; i++) {
        in[i] = count[i];
        two[i] = (uint16_t)(count[i] + count[i + 1]);
    }
    for (int i = 0; i < n - 2; i++) {
        four[i] = (uint16_t)(two[i] + two[i + 2]);
    }
    for (int i = 0; i < n - 6; i++) {
        eight[i] = (uint16_t)(four[i] + four[i + 4]);
    }
    for (int i = 0; i < side; i++) {
        out[i] = eight[i] + eight[i + 8] + eight[i + 16] + four[i + 24] + two[i + 28] + in[i + 30];
    }
}

ARR_CLONES static void across_steep(int32_t *restrict in, int side, int32_t *restrict out)
{
    int32_t two[WIDE], four[WIDE], eight[WIDE];
    for (int i = 0; i < MARGIN; i++) {
        in[i] = in[MARGIN];
        in[MARGIN + side + i] = in[MARGIN + side - 1];
    }
    const int n = side + 2 * MARGIN;
    for (int i = 0; i < n - 1; i++) {
        two[i] = in[i] + in[i + 1];
    }
    for (int i = 0; i < n - 3; i++) {
        four[i] = two[i] + two[i + 2];
    }
    for (int i = 0; i < n - 7; i++) {
        eight[i] = four[i] + four[i + 4];
    }
    for (int i = 0; i < side; i++) {
        out[i] = eight[i] + eight[i + 8] + eight[i + 16] + four[i + 24] + two[i + 28] + in[i + 30];
    }
}

struct counts { /* of the windows of one row */
    int32_t dark[ARR_DENSE], dark_changes[ARR_DENSE];
    int32_t light[ARR_DENSE], light_changes[ARR_DENSE];
    int32_t steep[ARR_DENSE];
};

ARR_CLONES static void likelihood(const struct counts *restrict c, int side, int32_t *restrict out)
{
    for (int i = 0; i < side; i++) {
        out[i] = arr_text_q(arr_text_strokes(c->dark[i], c->dark_changes[i]),
                            arr_text_strokes(c->light[i], c->light_changes[i]), c->steep[i]);
    }
}

static void text_row(struct window *w, int side, int32_t *out)
{
    struct counts c;
    across_counts(w->dark, side, c.dark);
    across_counts(w->dark_changes, side, c.dark_changes);
    across_counts(w->light, side, c.light);
    across_counts(w->light_changes, side, c.light_changes);
    across_steep(w->steep, side, c.steep);
    likelihood(&c, side, out);
}

/* ---- two scales ---- */

static void half_text(struct arr_room *room)
{
    struct window w;
    window_start(&w, &room->half_marks);
    for (int y = 0; y < ARR_HALF; y++) {
        int32_t text[ARR_DENSE];
        text_row(&w, ARR_HALF, text);
        for (int i = 0; i < ARR_HALF; i++) {
            room->half_text[y * ARR_HALF + i] = (uint16_t)text[i];
        }
        window_slide(&w, &room->half_marks, y);
    }
}

/* Adds the better of a fine row and the coarse rows next to it. near is the row that covers it. */
ARR_CLONES static void add_better(const int32_t *restrict fine, const uint16_t *near,
                                  const uint16_t *far, int32_t *restrict columns)
{
    int32_t n[ARR_HALF + 2], f[ARR_HALF + 2];
    for (int i = 0; i < ARR_HALF; i++) {
        n[i + 1] = near[i];
        f[i + 1] = far[i];
    }
    n[0] = near[0];
    f[0] = far[0];
    n[ARR_HALF + 1] = near[ARR_HALF - 1];
    f[ARR_HALF + 1] = far[ARR_HALF - 1];
    for (int i = 0; i < ARR_HALF; i++) {
        const int32_t left = arr_text_up(n[i + 1], n[i], f[i + 1], f[i]);
        const int32_t right = arr_text_up(n[i + 1], n[i + 2], f[i + 1], f[i + 2]);
        columns[2 * i] += fine[2 * i] > left ? fine[2 * i] : left;
        columns[2 * i + 1] += fine[2 * i + 1] > right ? fine[2 * i + 1] : right;
    }
}

static const uint16_t *half_text_line(const struct arr_room *room, int y)
{
    const int inside = y < 0 ? 0 : y >= ARR_HALF ? ARR_HALF - 1 : y;
    return room->half_text + inside * ARR_HALF;
}

void arr_text_like(struct arr_room *room, struct arr_array *out)
{
    mark_half(room);
    half_text(room);
    struct window w;
    window_start(&w, &room->marks);
    for (int row = 0; row < ARR_GRID; row++) {
        int32_t columns[ARR_DENSE] = {0};
        for (int y = row * ARR_CELL_PX; y < (row + 1) * ARR_CELL_PX; y++) {
            int32_t text[ARR_DENSE];
            text_row(&w, ARR_DENSE, text);
            add_better(text, half_text_line(room, y / 2),
                       half_text_line(room, y / 2 + (y % 2 ? 1 : -1)), columns);
            window_slide(&w, &room->marks, y);
        }
        arr_cells_of_columns(columns, (double)ARR_UNIT * ARR_CELL_PX * ARR_CELL_PX,
                             out->c[ARR_C_TEXT] + row * ARR_GRID);
    }
}
