/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/term/input_words.h"

#include <stdlib.h>

#include "core/base/fuzzy.h"
#include "core/base/mem.h"

void input_offer(struct input_candidates *c, const char *word, const char *note)
{
    if (c->n < INPUT_MAX_CANDIDATES) {
        c->words[c->n] = xstrdup(word);
        c->notes[c->n] = xstrdup_opt(note);
        c->n++;
    }
}

void input_words_drop(struct input_candidates *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->words[i]);
        free(c->notes[i]);
    }
    c->n = 0;
}

struct ranked {
    enum fuzzy_rank rank;
    size_t index;
    char *word, *note;
};

/* Best first, equals as they were offered. */
static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

void input_words_rank(struct input_candidates *c, const char *typed)
{
    struct ranked *all = xcalloc(c->n ? c->n : 1, sizeof *all);
    for (size_t i = 0; i < c->n; i++) {
        all[i] = (struct ranked){fuzzy_rank(typed, c->words[i]), i, c->words[i], c->notes[i]};
    }
    qsort(all, c->n, sizeof *all, by_rank);
    for (size_t i = 0; i < c->n; i++) {
        c->words[i] = all[i].word;
        c->notes[i] = all[i].note;
    }
    free(all);
}

void input_words_draw(const struct input_candidates *c, const struct canvas *canvas, int rows, int picked)
{
    const int top = picked >= rows ? picked - rows + 1 : 0;
    const int cols = canvas->rect.cols;
    for (int i = 0; i < rows; i++) {
        const int index = top + i;
        const enum style style = index == picked ? STYLE_SELECTED : STYLE_BAR;
        draw_blank(canvas, i, 0, cols, style);
        if (index == picked) {
            draw_text(canvas, i, 0, 1, style, "▌");
        }
        const int used = draw_text(canvas, i, 1, cols - 2, style, c->words[index]);
        if (c->notes[index]) {
            const int at = used + 3 < cols / 3 ? cols / 3 : used + 3;
            draw_text(canvas, i, at, cols - at, index == picked ? style : STYLE_DIM, c->notes[index]);
        }
        if (i == rows - 1 && (size_t)(top + rows) < c->n) {
            draw_right(canvas, i, STYLE_DIM, "more below ");
        }
    }
}
