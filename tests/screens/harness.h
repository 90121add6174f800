/* SPDX-License-Identifier: Apache-2.0 */
/* harness.h - screen tests: start a program, press keys, wait until it is idle, look at the screen.
 *
 *     struct harness *h = h_start(&(struct h_options){.args = ARGS("--demo")});
 *     h_wait_idle(h);
 *     h_keys(h, "/ qwen <Enter>");
 *     h_expect_text(h, "Qwen/Qwen3-VL-2B-Instruct");
 *     h_golden(h, "hub-search");
 *     h_stop_with(h, "q", 0);
 *
 * Every call that finds something wrong prints what it wanted and the whole screen, then fails the
 * cmocka test at the caller's line. A failed test leaves its program to h_teardown.
 *
 * Each start gets an empty HOME of its own, which is also where it runs, and an environment that
 * names nothing of the machine; the clock stands still at H_NOW. Screens are compared with
 * tests/golden/screens/.
 *
 * Environment: HFTERM_PROGRAM   what is tested (default build/asan/hfterm)
 *              HFTERM_GOLDEN=write   rewrite the golden screens instead of comparing
 *              HFTERM_TEST_TRACE=1   print the screen after every h_wait_idle
 */
#ifndef HFTERM_TESTS_SCREENS_HARNESS_H
#define HFTERM_TESTS_SCREENS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/screens/ptyterm.h"

/* 2026-08-20 12:04:00 UTC, in Unix seconds and as HFTERM_TEST_NOW. */
#define H_NOW 1787227440
#define H_NOW_TEXT "1787227440"

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

struct harness;

struct h_options {
    const char *program;     /* NULL: HFTERM_PROGRAM */
    const char *const *args; /* without argv[0]; NULL: none */
    const char *const *env;  /* "NAME=value", replaces or adds; "NAME" removes; NULL: none */
    const char *home;        /* an existing folder to keep, of h_home; NULL: a new empty one */
    int rows, cols;          /* 0: 24 x 80 */
};

/* Owned: h_stop, h_free or, after a failure, h_teardown. Fails the test when it cannot start. */
#define h_start(...) h_start_((__VA_ARGS__), __FILE__, __LINE__)
/* Kill it if it runs, remove its HOME. */
void h_free(struct harness *h);
/* A cmocka teardown that ends every harness a test left behind. */
int h_teardown(void **state);

/* The HOME of the program; with h_keep_home it outlives the harness and belongs to the caller. */
const char *h_home(const struct harness *h);
char *h_keep_home(struct harness *h);
struct ptyterm *h_terminal(struct harness *h);

/* Keys separated by blanks: <Enter> <Esc> <Tab> <S-Tab> <Space> <BS> <Del> <Insert> <Up> <Down>
 * <Left> <Right> <Home> <End> <PgUp> <PgDn> <F1>..<F12> <C-x> <M-x> <C-Up>.. <S-Up>.. <M-Up>..
 * <lt>; any other word is typed as it is. Waits until the program is idle again. */
#define h_keys(h, keys) h_keys_(h, keys, __FILE__, __LINE__)
/* The same without waiting, for programs without the idle signal. */
#define h_press(h, keys) h_press_(h, keys, __FILE__, __LINE__)
/* Type text as it is, blanks included, and wait. */
#define h_text(h, text) h_text_(h, text, __FILE__, __LINE__)
#define h_paste(h, text) h_paste_(h, text, __FILE__, __LINE__)
#define h_mouse(h, what, row, col) h_mouse_(h, what, row, col, __FILE__, __LINE__)
#define h_resize(h, rows, cols) h_resize_(h, rows, cols, __FILE__, __LINE__)

/* At most 10 s: a limit against hangs, not a measure of speed. */
#define h_wait_idle(h) h_wait_idle_(h, __FILE__, __LINE__)
#define h_wait_text(h, text) h_wait_text_(h, text, __FILE__, __LINE__)

/* Row i without the blanks at its end. Borrowed until the next h_row. */
const char *h_row(struct harness *h, int i);
bool h_find(struct harness *h, const char *text, int *row, int *col);
struct ptyterm_style h_style(struct harness *h, int row, int col);

#define h_expect_row(h, i, text) h_expect_row_(h, i, text, __FILE__, __LINE__)
#define h_expect_in_row(h, i, part) h_expect_in_row_(h, i, part, __FILE__, __LINE__)
#define h_expect_text(h, text) h_expect_text_(h, text, true, __FILE__, __LINE__)
#define h_expect_no_text(h, text) h_expect_text_(h, text, false, __FILE__, __LINE__)
/* Compare with tests/golden/screens/<name>.txt and <name>.style. */
#define h_golden(h, name) h_golden_(h, name, __FILE__, __LINE__)

/* All bytes written so far. */
size_t h_bytes_written(struct harness *h);
/* True when the program ever wrote this text to the terminal (tokens, escape sequences). */
bool h_wrote(struct harness *h, const char *text);
/* Let ms pass without touching the program; returns the bytes it wrote meanwhile. */
size_t h_bytes_in(struct harness *h, int64_t ms);

/* Press keys that end the program ("" when something else did), wait for its exit, and check that
 * it exited with this code, left no sanitizer report and gave the terminal back. Frees h. */
#define h_stop_with(h, keys, code) h_stop_(h, keys, code, __FILE__, __LINE__)
/* The same for a program that must die of a signal sent before. */
#define h_stop_killed(h, sig) h_stop_(h, "", 128 + (sig), __FILE__, __LINE__)

struct harness *h_start_(const struct h_options *options, const char *file, int line);
void h_keys_(struct harness *h, const char *keys, const char *file, int line);
void h_press_(struct harness *h, const char *keys, const char *file, int line);
void h_text_(struct harness *h, const char *text, const char *file, int line);
void h_paste_(struct harness *h, const char *text, const char *file, int line);
void h_mouse_(struct harness *h, enum ptyterm_mouse what, int row, int col, const char *file,
              int line);
void h_resize_(struct harness *h, int rows, int cols, const char *file, int line);
void h_wait_idle_(struct harness *h, const char *file, int line);
void h_wait_text_(struct harness *h, const char *text, const char *file, int line);
void h_expect_row_(struct harness *h, int i, const char *text, const char *file, int line);
void h_expect_in_row_(struct harness *h, int i, const char *part, const char *file, int line);
void h_expect_text_(struct harness *h, const char *text, bool is_wanted, const char *file,
                    int line);
void h_golden_(struct harness *h, const char *name, const char *file, int line);
void h_stop_(struct harness *h, const char *keys, int code, const char *file, int line);

#endif
