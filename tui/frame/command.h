/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - the command language of ":" and the config file: "verb argument...".
 *
 * Words are separated by blanks; "..." and '...' keep blanks together, a backslash takes the next
 * character as it is. The frame has commands of its own, every screen may bring more.
 */
#ifndef HFTERM_TUI_FRAME_COMMAND_H
#define HFTERM_TUI_FRAME_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct app;
struct buf;
struct err;
struct input_candidates;
struct screen;

enum { COMMAND_MAX_WORDS = 16 };

struct words {
    char *copy;
    char *at[COMMAND_MAX_WORDS]; /* at[0]: the command */
    size_t n;
    const char *rest; /* of the line behind the first word, as typed */
};

struct command {
    const char *name; /* NULL ends a table */
    const char *usage;
    bool in_config; /* makes sense in the config file */
    /* s: the screen that brings it, opened; NULL for the frame's own. */
    bool (*run)(struct app *app, struct screen *s, const struct words *w, struct err *e);
    /* Candidates for a word behind the first. May be NULL. */
    void (*complete)(struct app *app, struct screen *s, const char *word, struct input_candidates *out);
    /* Several commands may share a name; the first that takes the words runs. NULL: takes all. */
    bool (*takes)(const struct words *w);
};

void words_split(const char *line, struct words *w);
void words_done(struct words *w);
/* A word so that words_split gives it back whole. */
void words_quote(struct buf *out, const char *word);

/* One line of the config file: only commands that make sense there. Blank lines and "#" are fine. */
bool command_run_config(struct app *app, const char *line, struct err *e);

/* Any command, or the name of an action. */
bool command_run(struct app *app, const char *line, struct err *e);

typedef bool command_fn(void *ctx, const struct command *c, struct screen *s);
/* The commands of the frame, then those of each screen, until fn returns true. */
bool command_each(struct app *app, command_fn *fn, void *ctx);
/* Names for set, from 0 on; NULL behind the last. */
const char *command_setting(size_t i);

/* Offer text when it holds the letters of word in order, or when word is empty. */
void command_offer(struct input_candidates *out, const char *word, const char *text, const char *note);
/* Offer the files and folders whose path begins with word; nothing for an empty word (paths.c). */
void command_offer_paths(struct input_candidates *out, const char *word);

#endif
