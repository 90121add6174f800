/* SPDX-License-Identifier: Apache-2.0 */
/* input_words.h - the candidates of the line editor: their order, how they are drawn. */
#ifndef HFTERM_TUI_TERM_INPUT_WORDS_H
#define HFTERM_TUI_TERM_INPUT_WORDS_H

#include "tui/term/input.h"

void input_words_drop(struct input_candidates *c);
/* Best first for what was typed (core/base/fuzzy.h), equals as they were offered. */
void input_words_rank(struct input_candidates *c, const char *typed);
/* So many rows from row 0 on, those around the picked one; picked -1: none is. */
void input_words_draw(const struct input_candidates *c, const struct canvas *canvas, int rows, int picked);

#endif
