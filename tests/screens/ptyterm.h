/* SPDX-License-Identifier: Apache-2.0 */
/* ptyterm.h - a program in a terminal that exists only in memory: a pty, a libvterm screen and the
 * idle signal.
 *
 * The program runs as leader of its own session on a real pty, so that raw mode, SIGWINCH and job
 * control are those of a terminal. What it writes is kept as raw bytes and drawn on a libvterm
 * screen, which also answers the program's questions (device attributes, cursor position).
 *
 * Idle signal: the program inherits a pipe, its number in HFTERM_TEST_FD, and writes one byte
 * whenever no task runs, no input is pending and nothing waits to be drawn. Bytes that came before
 * the last keys or resize are dropped, and so is one that arrives while the program has not read
 * all its input.
 *
 * Units:     rows and columns count from 0; times in milliseconds.
 * Ownership: ptyterm_start returns an owned handle, ptyterm_free kills what still runs.
 * Threads:   one thread. Makes no assertions, so that benchmarks can use it too (harness.h does).
 */
#ifndef HFTERM_TESTS_SCREENS_PTYTERM_H
#define HFTERM_TESTS_SCREENS_PTYTERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/buf.h"

struct err;
struct ptyterm; /* opaque */

struct ptyterm_options {
    const char *const *argv; /* NULL at the end; argv[0] is looked up in PATH */
    const char *const *env;  /* the whole environment, NULL at the end; HFTERM_TEST_FD is added */
    const char *dir;         /* NULL: where the caller is */
    int rows, cols;
};

/* A colour of a cell: COLOUR_DEFAULT, a palette index 0..255, or COLOUR_RGB + 0xRRGGBB. */
enum { COLOUR_DEFAULT = -1, COLOUR_RGB = 0x1000000 };

struct ptyterm_style {
    bool is_bold, is_underlined, is_italic, is_reverse, is_blinking;
    int fg, bg;
};

struct ptyterm *ptyterm_start(const struct ptyterm_options *options, struct err *e);
void ptyterm_free(struct ptyterm *t);

/* ---- to the program ---- */

/* Type bytes. Idle bytes seen so far are forgotten. */
void ptyterm_send(struct ptyterm *t, const char *bytes, size_t n);
/* Press the left button, or turn the wheel, as the terminal would report it in the mouse mode the
 * program asked for; nothing is sent when it asked for none. */
enum ptyterm_mouse { PTYTERM_CLICK = 1, PTYTERM_WHEEL_UP = 4, PTYTERM_WHEEL_DOWN = 5 };
void ptyterm_mouse(struct ptyterm *t, enum ptyterm_mouse what, int row, int col);
/* Paste as the terminal would: bracketed when the program asked for it. */
void ptyterm_paste(struct ptyterm *t, const char *text);
void ptyterm_resize(struct ptyterm *t, int rows, int cols);
void ptyterm_signal(struct ptyterm *t, int sig);
/* From now on be a slow terminal: take in at most so many bytes a second, spread evenly, while
 * ptyterm_pump is called. The rest waits in the pty, and blocks the program once that is full.
 * 0: as fast as they come. */
void ptyterm_throttle(struct ptyterm *t, int bytes_per_s);

/* ---- waiting ---- */

/* Take in what the program wrote; wait at most max_ms when there is nothing. False when nothing
 * came. */
bool ptyterm_pump(struct ptyterm *t, int64_t max_ms);
/* True once the program is idle after the last input; false on time-out or exit. */
bool ptyterm_wait_idle(struct ptyterm *t, int64_t max_ms);
/* True once it has exited and all its output is in. */
bool ptyterm_wait_exit(struct ptyterm *t, int64_t max_ms);
/* True once a signal has stopped it (Ctrl-Z). */
bool ptyterm_wait_stopped(struct ptyterm *t, int64_t max_ms);
/* True once text stands in one row of the screen: for programs without the idle signal. */
bool ptyterm_wait_text(struct ptyterm *t, const char *text, int64_t max_ms);

/* ---- what can be seen ---- */

pid_t ptyterm_pid(const struct ptyterm *t);
bool ptyterm_has_exited(const struct ptyterm *t);
bool ptyterm_is_stopped(const struct ptyterm *t);
/* As of waitpid; only after the exit. */
int ptyterm_status(const struct ptyterm *t);
int ptyterm_rows(const struct ptyterm *t);
int ptyterm_cols(const struct ptyterm *t);
/* Append row i as UTF-8 without the blanks at its end. */
void ptyterm_row(const struct ptyterm *t, int i, struct buf *out);
/* All rows, each with a newline. */
void ptyterm_screen(const struct ptyterm *t, struct buf *out);
/* First place of text, reading rows downwards from the given one. */
bool ptyterm_find(const struct ptyterm *t, const char *text, int from_row, int *row, int *col);
struct ptyterm_style ptyterm_style(const struct ptyterm *t, int row, int col);
void ptyterm_cursor(const struct ptyterm *t, int *row, int *col, bool *is_visible);
/* Every byte the program ever wrote. Borrowed until the next pump. */
struct str ptyterm_output(const struct ptyterm *t);

/* Append one line for each thing that is not as it was before the program started: tty settings,
 * the alternate screen, the cursor, private modes. False when there was any. */
bool ptyterm_is_restored(const struct ptyterm *t, struct buf *out);

#endif
