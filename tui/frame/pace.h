/* SPDX-License-Identifier: Apache-2.0 */
/* pace.h - when the next frame is drawn.
 *
 * What a key changed is drawn at once. What arrived (results, streams) is drawn 30 times a second on the long
 * run, and up to PACE_BURST frames at once after a key or a rest: the few answers that follow a key do not wait
 * for each other. Frames of other causes do not count. While the terminal is behind nothing is drawn, so that a
 * held key is joined into one picture instead of a queue of them; a terminal that never says how far it is gets at
 * most 8 frames a second from a held key.
 *
 * Pure: times are given, in monotonic milliseconds.
 */
#ifndef HFTERM_TUI_FRAME_PACE_H
#define HFTERM_TUI_FRAME_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PACE_FRAME_MS = 33, PACE_BURST = 4, PACE_HELD_MS = 125 };

/* Why something is to be drawn. The clock is the spinner, the minute, a notice whose time is over. */
enum pace_cause { PACE_KEY = 1, PACE_CLOCK = 2, PACE_RESULT = 4 };

struct pace {
    unsigned causes;     /* of what is to be drawn: bits of enum pace_cause */
    int64_t drawn_ms;    /* the last frame */
    int64_t paid_ms;     /* until then the frames of results are used up, one each PACE_FRAME_MS */
    int64_t key_ms;      /* the last key */
    uint32_t key;
    int run;             /* how often it was repeated as a held key is */
};

struct pace_terminal {
    bool is_behind, answers;
};

void pace_key(struct pace *p, uint32_t key, int64_t now_ms);
void pace_cause(struct pace *p, enum pace_cause cause);
/* Milliseconds until something that changed is to be drawn; 0: now. */
int64_t pace_wait(const struct pace *p, struct pace_terminal t, int64_t now_ms);
/* A frame was drawn. True when it followed another one so soon that the terminal should be asked how
 * far it is. */
bool pace_drew(struct pace *p, int64_t now_ms);

#endif
