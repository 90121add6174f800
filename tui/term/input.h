/* SPDX-License-Identifier: Apache-2.0 */
/* input.h - one line of text edited with GNU readline: prompts, search boxes, the filter bar.
 *
 * readline's state is global, so there is one editor; beginning a new line ends the old one as
 * cancelled. Completion shows its candidates while the user types, best first: what begins with the word, then what
 * holds it, then what holds its letters (core/base/fuzzy.h). Tab, Down and Up put them into the line in turn; Tab on
 * the only one that begins so, when it ends in ':', takes it and shows what can stand behind it.
 * Ctrl-R shows the lines of the history that hold what is typed; Ctrl-R or Tab takes the next one.
 * Emacs and vi editing come from the user's inputrc. In vi insert mode the first Esc goes to command
 * mode as vi users expect; the second cancels.
 */
#ifndef HFTERM_TUI_TERM_INPUT_H
#define HFTERM_TUI_TERM_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/term/term.h"
#include "tui/term/draw.h"

struct input;

enum { INPUT_MAX_CANDIDATES = 1000, INPUT_MAX_KEYS = 5 };

/* Filled by a completer: whole words that may replace the word at the cursor. */
struct input_candidates {
    size_t n;
    char *words[INPUT_MAX_CANDIDATES]; /* owned by the editor */
    char *notes[INPUT_MAX_CANDIDATES]; /* shown beside, NULL: none */
};
/* note may be NULL; ignores words beyond the limit. Copies. */
void input_offer(struct input_candidates *c, const char *word, const char *note);

struct input_spec {
    const char *prompt;  /* static text */
    const char *initial; /* copied; NULL: empty */
    const char *history; /* name of the history, kept in the folder as history-NAME; NULL: none */
    /* The text changed. May be NULL. */
    void (*change)(void *ctx, const char *text);
    /* Enter (text) or cancelled (NULL). The editor is closed already: a new line may be begun. */
    void (*done)(void *ctx, const char *text);
    /* Candidates for the word [start, cursor) of line. May be NULL. */
    void (*complete)(void *ctx, const char *line, size_t start, const char *word,
                     struct input_candidates *out);
    bool is_ranked;          /* complete offers the best first; else what fits the word best comes first */
    const char *word_breaks; /* characters that end a word, NULL: blank */
    const char *enter;       /* what Enter does, a word or two; NULL: "keep" */
    void *ctx;
};

/* One a process. folder: where histories are kept, made when the first line is; copied. Owned: input_free */
struct input *input_new(const char *folder);
void input_free(struct input *in);

void input_begin(struct input *in, const struct input_spec *spec);
void input_cancel(struct input *in); /* calls done(NULL) */
bool input_is_active(const struct input *in);
/* Whether Alt with this key edits (readline has a function for it). True for keys without Alt. */
bool input_takes(const struct input *in, uint32_t code);

/* False when the key means nothing here (function keys...). */
bool input_key(struct input *in, const struct term_key *key);

/* The keys that work in the prompt now, for the row of keys. Constant texts. */
struct input_key {
    const char *key, *label;
};
size_t input_keys(const struct input *in, struct input_key out[INPUT_MAX_KEYS]);

/* Draw prompt and text into one row of c. */
void input_draw(struct input *in, const struct canvas *c, int row, int col, int cols);
/* Put the cursor where it belongs; after everything else is drawn. */
void input_place_cursor(const struct input *in);
/* Rows wanted for candidates, 0 when there are none. */
int input_candidate_rows(const struct input *in);
/* Draw them into c from row 0 on. */
void input_draw_candidates(struct input *in, const struct canvas *c);

#endif
