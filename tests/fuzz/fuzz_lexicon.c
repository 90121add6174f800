/* SPDX-License-Identifier: Apache-2.0 */
/* The first line is a query, for the built-in lexicon and, when what follows is one, for that: maps
 * stay in [0, 1], a reading holds valid words within its limits, a fault has words and a line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/lexical.h"
#include "core/arrcoc/texture.h"
#include "core/base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_words(const char *word)
{
    const size_t len = strlen(word);
    if (len == 0 || len >= ARR_WORD_MAX) {
        abort();
    }
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)word[i];
        if (c < ' ' || c == 0x7f || c == 0xc0 || c == 0xc1 || c > 0xf4 || (c >= 'A' && c <= 'Z')) {
            abort();
        }
    }
}

static void ask(const struct arr_lexicon *lexicon, const char *query,
                const struct arr_evidence *evidence)
{
    static float map[ARR_CELLS];
    struct arr_reading r;
    arr_lexical(lexicon, query, evidence, map, &r);
    if (r.n_hits > ARR_HITS_MAX || r.n_ignored > ARR_HITS_MAX) {
        abort();
    }
    for (size_t i = 0; i < r.n_hits; i++) {
        check_words(r.hits[i].words);
        check_words(r.hits[i].group);
    }
    for (size_t i = 0; i < r.n_ignored; i++) {
        check_words(r.ignored[i]);
    }
    for (int i = 0; i < evidence->texture->grid * evidence->texture->grid; i++) {
        if (!(map[i] >= 0 && map[i] <= 1)) {
            abort();
        }
    }
}

/* The same picture always: every channel of a small grid has some range. */
static void make_texture(struct arr_texture *t)
{
    t->grid = ARR_GRID_SEED;
    const int cells = t->grid * t->grid;
    arr_coordinates(t->grid, t->t[ARR_T_Y], t->t[ARR_T_X], t->t[ARR_T_ECC]);
    for (int i = 0; i < cells; i++) {
        t->t[ARR_T_L][i] = (float)(i * 7 % cells) / (float)cells;
        t->t[ARR_T_A][i] = (float)(i * 11 % cells) / (float)cells;
        t->aux_b[i] = (float)(i * 13 % cells) / (float)cells;
        t->t[ARR_T_EDGES][i] = (float)(i * 17 % cells) / (float)cells;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct arr_lexicon *builtin;
    static struct arr_texture texture;
    if (!builtin) {
        builtin = arr_lexicon_builtin();
        make_texture(&texture);
    }
    const struct arr_evidence evidence = {.texture = &texture};
    const uint8_t *end = n ? memchr(data, '\n', n) : NULL;
    const size_t len = end ? (size_t)(end - data) : n;
    char *query = calloc(len + 1, 1);
    if (!query) {
        return 0;
    }
    memcpy(query, data, len);
    ask(builtin, query, &evidence);
    if (end) {
        struct err e = ERR_INIT;
        const char *text = (const char *)end + 1;
        struct arr_lexicon *own = arr_lexicon_parse(text, n - len - 1, "own", &e);
        if (own) {
            ask(own, query, &evidence);
        } else if (!strstr(e.msg, "own:") || !e.remedy[0]) {
            abort();
        }
        arr_lexicon_free(own);
    }
    free(query);
    return 0;
}
