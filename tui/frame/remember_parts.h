/* SPDX-License-Identifier: Apache-2.0 */
/* remember_parts.h - the inside of what is remembered: entries (remember.c) and their file (remember_file.c). */
#ifndef HFTERM_TUI_FRAME_REMEMBER_PARTS_H
#define HFTERM_TUI_FRAME_REMEMBER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

enum { REMEMBER_VERSION = 1 };

struct remember_entry {
    char *place, *key, *value; /* value "": forgotten, kept until it is saved */
    bool is_changed;           /* and not saved yet */
};

struct remembered {
    struct remember_entry *items;
    size_t n, cap;
    bool is_foreign;   /* the file is not ours to write */
    bool is_told;      /* that it could not be written */
    int64_t due_ms;    /* when it is to be saved; 0: nothing has changed */
    struct buf config; /* keys that the config file sets, a line each */
    struct buf undone; /* lines that it would undo, each behind its key and a tab */
};

#endif
