/* SPDX-License-Identifier: Apache-2.0 */
/* out.h - what verbs print: a table on a terminal, tab-separated lines elsewhere, or JSON.
 *
 * All text is sanitised here. A table fits its width: text columns are cut, then whole columns are
 * left out by their rank; numbers are never cut. Tab-separated output has no header, every column,
 * and exact values. JSON is one value, of a stream one object a line; what could harm a terminal is
 * escaped, nothing is lost.
 */
#ifndef HFTERM_CORE_CLI_OUT_H
#define HFTERM_CORE_CLI_OUT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct buf;
struct cli_globals;

struct cli_out {
    FILE *f;
    bool is_tty;    /* tables and colours make sense */
    bool has_color; /* NO_COLOR is not set and the terminal is not dumb */
    bool is_ascii;
    int cols, rows;
    int failed; /* errno of the first line of a stream that could not be written, 0 */
};

/* stdout, as it is now. */
void cli_out_init(struct cli_out *out, const struct cli_globals *g);
/* Flushes. 0, or the exit code of a write error (said on stderr unless the reader just left). */
int cli_out_done(struct cli_out *out);

enum cli_style { CLI_BOLD, CLI_DIM, CLI_GOOD, CLI_WARN, CLI_BAD };
/* The sequence that starts a style, "" without colours; cli_style_end ends it. */
const char *cli_style(const struct cli_out *out, enum cli_style style);
const char *cli_style_end(const struct cli_out *out);

/* Sanitised text, newlines kept. */
void cli_put_text(struct cli_out *out, const char *text, size_t n);

/* Words in lines of out->cols columns, for a text that begins at column `indent` as do its further lines. A
 * word longer than a line is left whole. No newline at the end. On what is no terminal: as it is. */
void cli_put_wrapped(struct cli_out *out, const char *text, int indent);

/* Prints and deletes json: indented on a terminal, one line elsewhere. */
void cli_put_json(struct cli_out *out, cJSON *json);
/* Prints and deletes json as one line, on a terminal too, and flushes: an object of a stream. false:
 * nothing more can be written (the reader left, the disk is full), so the verb stops its stream and
 * returns cli_out_done(), which is 0 and silent when the reader left. No signal is raised. */
bool cli_put_json_line(struct cli_out *out, cJSON *json);
/* The printed form of JSON with everything a terminal might obey as \uXXXX. */
void cli_escape_json(struct buf *out, const char *printed);

struct cli_column {
    const char *title;
    bool is_right;
    int min_cols; /* may be cut down to this; 0: never cut */
    int rank;     /* columns of a higher rank are left out first; 0: never left out */
    bool cut_middle;
    bool is_repo; /* with cut_middle: "owner/name", of which the owner goes first */
};

struct cli_table;
struct cli_table *cli_table_new(const struct cli_column *columns, size_t n_columns); /* owned */
void cli_table_free(struct cli_table *t);
/* The next cell, rows filled from the left. shown: on a terminal; exact: tab-separated, NULL =
 * shown. Both are copied; NULL shown is an empty cell. */
void cli_table_add(struct cli_table *t, const char *shown, const char *exact);
/* Common cells. has false: an empty cell ("-" on a terminal). */
void cli_table_add_count(struct cli_table *t, bool has, uint64_t n);
void cli_table_add_bytes(struct cli_table *t, bool has, uint64_t n);
void cli_table_add_date(struct cli_table *t, bool has, int64_t unix_s);
void cli_table_print(const struct cli_table *t, struct cli_out *out);

#endif
