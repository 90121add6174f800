/* SPDX-License-Identifier: Apache-2.0 */
/* homes.h - a HOME with files in it, kept over several starts of the program. */
#ifndef HFTERM_TESTS_SCREENS_HOMES_H
#define HFTERM_TESTS_SCREENS_HOMES_H

#include "tests/screens/harness.h"

/* Start in a HOME that stays (NULL: an empty one of its own) and wait until it is idle. */
struct harness *start_in(const char *home, int rows, int cols, const char *const *args);

char *new_home(void); /* owned: remove_home */
void remove_home(char *home);

/* A file by its path inside home; its folders are made. */
void write_in(const char *home, const char *leaf, const char *text);
/* Fails the test when the file holds something else. */
void expect_file(const char *home, const char *leaf, const char *text);
/* The same, of a file that another program writes: it gets 10 s. */
void wait_file(const char *home, const char *leaf, const char *text);

#endif
