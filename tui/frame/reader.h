/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h - a viewer in a pane, with the keys to read in it: search, fold, go to a line, copy, follow.
 *
 * A file can have a second face beside its bytes: what its header says, as text. `v` goes through all of them.
 *
 * For every pane that shows a file or a log. The pane puts READER_ACTIONS among its sets, hands its reader out
 * by pane_ops.reader, and calls the functions below from its own ops. The bytes come from the pane.
 */
#ifndef HFTERM_TUI_FRAME_READER_H
#define HFTERM_TUI_FRAME_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/frame/pane.h"

struct viewer;

struct reader {
    struct pane *pane;
    struct viewer *viewer; /* the bytes; owned; NULL: nothing is open */
    struct viewer *header; /* what the header says; owned; NULL: nobody has told */
    char *format;          /* of the header, for the status row: "GGUF"; owned */
    bool shows_header;
    int first_mode;        /* of the bytes: behind it comes the header again; -1: not seen yet */
    char *name;            /* as the status row shows it; owned */
    bool has_size;         /* of the whole file, of which only a part may be here */
    uint64_t size;
};

extern const struct action_set READER_ACTIONS;

/* Begin with nothing; what was open is closed. */
void reader_open(struct reader *r, struct pane *p, const char *name);
void reader_close(struct reader *r);

/* Shows what the header says, in place of the bytes until v is pressed. */
void reader_show_header(struct reader *r, const char *format, const char *text, size_t n);

/* What is looked at, the bytes or the header; NULL: nothing is open. */
struct viewer *reader_shown(const struct reader *r);

unsigned reader_move(struct reader *r, enum move move);
unsigned reader_mouse(struct reader *r, enum term_mouse what, int row); /* row 0: the status row */
/* A slice of idle work; true when more is left. */
bool reader_work(struct reader *r);
/* The status row and below it the text. before: at the left of the status, "⠋ " while more is read. */
void reader_draw(struct reader *r, const struct canvas *c, const char *busy);
bool reader_cursor(const struct reader *r, int *row, int *col);

#endif
