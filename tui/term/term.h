/* SPDX-License-Identifier: Apache-2.0 */
/* term.h - the terminal: ncurses on and off, keys in, crash-safe restore, clipboard.
 *
 * The only owner of ncurses' global state. One terminal a process.
 * Threads: ui only, except the crash handler, which writes a prepared byte string and resets the
 * tty with async-signal-safe calls.
 */
#ifndef HFTERM_TUI_TERM_TERM_H
#define HFTERM_TUI_TERM_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

struct term_options {
    bool want_mouse;
    bool is_ascii;    /* --ascii: no character above 126 is written */
    bool is_mono;     /* NO_COLOR or theme: no colours */
};

struct term {
    int cols, rows;
    int colours;        /* 0 (mono), 8, 16, 88, 256 or 16777216 */
    bool is_ascii;      /* asked for, or the locale cannot show more */
    bool has_mouse;     /* captured now */
    const char *name;   /* TERM as used */
    const char *notice; /* what was worked around at start, NULL: nothing */
};

/* Take the terminal over. ERR_UNSUPPORTED when stdin or stdout is no terminal. */
bool term_start(struct term *t, const struct term_options *options, struct err *e);
/* Give it back; idempotent. Prints what libraries wrote to stderr meanwhile. */
void term_stop(struct term *t);
/* Leave the screen, run fn (an editor, a suspend), come back and repaint. */
void term_outside(struct term *t, void (*fn)(void *arg), void *arg);
/* Stop as Ctrl-Z does; returns after SIGCONT. */
void term_suspend(struct term *t);

/* Write every cell again at the next refresh: something else has written on the screen. */
void term_repaint(void);

void term_set_mouse(struct term *t, bool on);
/* Put text on the system clipboard by OSC 52 (through tmux too). False above 74,994 bytes, the
 * limit of the base64 payload that terminals share. */
bool term_copy(struct term *t, const char *text, size_t n);

/* Key codes: Unicode code points, or KEY_BASE + an enum below, plus modifiers. */
enum {
    TKEY_BASE = 0x200000,
    TKEY_UP = TKEY_BASE,
    TKEY_DOWN,
    TKEY_LEFT,
    TKEY_RIGHT,
    TKEY_HOME,
    TKEY_END,
    TKEY_PGUP,
    TKEY_PGDN,
    TKEY_INSERT,
    TKEY_DELETE,
    TKEY_BACKSPACE,
    TKEY_ENTER,
    TKEY_TAB,
    TKEY_BACKTAB,
    TKEY_ESC,
    TKEY_F1, /* F1..F12 follow each other */
    TKEY_F12 = TKEY_F1 + 11,
    TKEY_RESIZE,
    TKEY_PASTE, /* the text is in term_key.paste */
    TKEY_MOUSE,
    TKEY_NONE,
    TKEY_ALT = 0x1000000,
    TKEY_CTRL = 0x2000000,  /* only with TKEY_ codes; Ctrl with a letter is its control code */
    TKEY_SHIFT = 0x4000000, /* only with TKEY_ codes */
};

enum term_mouse { TERM_MOUSE_PRESS, TERM_MOUSE_WHEEL_UP, TERM_MOUSE_WHEEL_DOWN };

struct term_key {
    uint32_t code;
    const char *paste; /* borrowed until the next read */
    enum term_mouse mouse;
    int row, col; /* of the mouse */
};

/* Next key without waiting; false when none is there. Call until false. */
bool term_read(struct term *t, struct term_key *out);

/* After a frame: ask the terminal to tell when it has shown it (device status report). Over a slow line the
 * kernel and the network hold seconds of output, and nothing but the terminal's own answer tells. Nothing
 * is asked while an answer is awaited, nor of a terminal that left three questions unanswered. */
void term_mark(void);
/* What was written last is not shown yet: more of it would only be shown later. */
bool term_is_behind(void);
/* An answer is awaited, so more input will come that is no key. */
bool term_is_asked(void);
/* The terminal answered a mark at least once, so term_is_behind can be relied on. */
bool term_answers(void);

/* The last signal seen since the last call: one that asks the program to end, or SIGTSTP; 0 for none. */
int term_take_signal(void);
/* What a signal handler calls to end the wait (loop_wake). */
void term_on_signal(void (*wake)(void *arg), void *arg);

#endif
