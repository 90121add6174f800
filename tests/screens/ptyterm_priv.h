/* SPDX-License-Identifier: Apache-2.0 */
/* ptyterm_priv.h - the inside of struct ptyterm, for ptyterm.c and ptyterm_view.c. */
#ifndef HFTERM_TESTS_SCREENS_PTYTERM_PRIV_H
#define HFTERM_TESTS_SCREENS_PTYTERM_PRIV_H

#include <termios.h>
#include <vterm.h>

#include "tests/screens/modes.h"
#include "tests/screens/ptyterm.h"

struct ptyterm {
    pid_t pid;
    int master, slave; /* the slave stays open: its settings outlive the program */
    int idle_fd;
    struct termios before;
    VTerm *vt;
    VTermScreen *screen;
    struct modes modes;
    struct buf raw;
    bool is_idle; /* a byte came after the last input */
    bool has_exited, is_stopped;
    bool is_cursor_visible, is_altscreen;
    int status;
    int rows, cols;
    int64_t throttle;           /* bytes a second; 0: no limit */
    int64_t throttled_since_ns; /* when the bytes taken since began to count */
    int64_t throttled_bytes;
};

#endif
