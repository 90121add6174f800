/* SPDX-License-Identifier: Apache-2.0 */
/* modes.h - which DEC private modes a program has set and not reset, read from its raw bytes,
 * because libvterm does not report the ones it knows.
 */
#ifndef HFTERM_TESTS_SCREENS_MODES_H
#define HFTERM_TESTS_SCREENS_MODES_H

#include <stdbool.h>
#include <stddef.h>

enum { MODES_MAX = 32, MODES_CURSOR = 25 };

/* All zero at the start. */
struct modes {
    enum { SCAN_TEXT, SCAN_ESC, SCAN_CSI, SCAN_PRIVATE } state;
    int numbers[8], n_numbers;
    struct {
        int number;
        bool is_on;
    } seen[MODES_MAX];
    int n_seen;
};

/* Take in the next bytes, split anywhere. */
void modes_scan(struct modes *m, const char *bytes, size_t n);

#endif
