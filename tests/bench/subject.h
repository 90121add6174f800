/* SPDX-License-Identifier: Apache-2.0 */
/* subject.h - the programs under the clock: hfterm and its peers, each in a pty with a home folder
 * of its own.
 *
 * What a clock waits for is looked up in single rows of the emulated screen, which costs
 * microseconds; ptyterm_find reads all rows.
 *
 * Units:     milliseconds of now_ms; rows and columns count from 0.
 * Threads:   one thread.
 */
#ifndef HFTERM_TESTS_BENCH_SUBJECT_H
#define HFTERM_TESTS_BENCH_SUBJECT_H

#include <stdbool.h>

#include "tests/screens/ptyterm.h"

/* ---- a program ---- */

struct subject_options {
    const char *argv[6];
    const char *env[3]; /* "NAME=value", besides HOME (empty), PATH, LANG and TERM */
    int rows, cols;
};

struct subject {
    struct ptyterm *term;
    char home[40];
    double started_ms; /* just before the fork */
};

/* False when it cannot be started. subject_end in both cases: it kills the program and removes its
 * home. */
bool subject_start(struct subject *s, const struct subject_options *o);
void subject_end(struct subject *s);

/* Takes in what the program writes for so long. */
void subject_rest(struct subject *s, double ms);

bool subject_row_has(const struct subject *s, int row, const char *text);
/* Waits until text stands in the row; the time now, or -1 when it did not come. */
double subject_wait_row(struct subject *s, int row, const char *text, double max_ms);

/* ---- hfterm's list ---- */

/* Left edge of the results and the mark of the selected row, as one text. */
extern const char SUBJECT_MARK[];
/* The row of the mark; -1 when there is none. */
int subject_marked_row(const struct subject *s);
/* The repo in a row of the list: what stands before the first blank behind the edge or the mark.
 * Owned; "" when the row has none. */
char *subject_repo_in_row(const struct subject *s, int row);

/* ---- tig ---- */

/* Subject of the nth commit, 0 the newest, at most 40 bytes. NULL, with the reason, when tig or git
 * is missing or this is no repository with so many commits. Owned. */
char *subject_tig_commit(int nth, const char **reason);

#endif
