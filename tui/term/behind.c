/* SPDX-License-Identifier: Apache-2.0 */
/* behind.c - how far the terminal is: marks in the output that it answers when it has shown what stands
 * before them. */
#include "tui/term/behind.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "tui/term/term.h"

enum {
    BACKLOG_BYTES = 4096, /* a serial line still chews the last frame */
    UNANSWERED_MAX = 3,   /* after so many marks a terminal counts as one that does not answer */
    LOST_MS = 3000,       /* an answer that took longer does not come any more */
    LAST_MS = 500,        /* the wait at the end */
    LAST_FIRST_MS = 50,   /* the same when no answer ever came */
};

/* There is one terminal, so there is one of these. */
static struct {
    int64_t since_ms; /* an answer is awaited since; 0: it is not */
    int unanswered;   /* marks in a row without an answer */
    bool has_answered;
    int64_t last_ms;  /* when the wait at the end began; 0: it did not */
} marks;

void term_mark(void)
{
    static const char STATUS[] = "\033[5n"; /* "how are you" */
    if (marks.since_ms == 0 && marks.unanswered < UNANSWERED_MAX &&
        write(STDOUT_FILENO, STATUS, sizeof STATUS - 1) == sizeof STATUS - 1) {
        marks.since_ms = clock_mono_ms();
    }
}

/* An answer that did not come for long does not come any more. */
static void forget_lost(void)
{
    if (marks.since_ms != 0 && clock_mono_ms() - marks.since_ms > LOST_MS) {
        marks.since_ms = 0;
        marks.unanswered++;
    }
}

bool term_is_asked(void)
{
    forget_lost();
    return marks.since_ms != 0;
}

bool term_is_behind(void)
{
    int queued = 0;
    if (ioctl(STDOUT_FILENO, TIOCOUTQ, &queued) == 0 && queued > BACKLOG_BYTES) {
        return true; /* a serial line; a pseudo-terminal always says 0 */
    }
    struct pollfd tty = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (poll(&tty, 1, 0) == 0) {
        return true; /* the kernel takes no more */
    }
    forget_lost();
    return marks.since_ms != 0 && marks.has_answered;
}

bool term_answers(void)
{
    return marks.has_answered;
}

void behind_answered(void)
{
    marks.since_ms = 0;
    marks.unanswered = 0;
    marks.has_answered = true;
}

int behind_last_wait_ms(void)
{
    const int64_t now = clock_mono_ms();
    if (marks.since_ms == 0) {
        marks.last_ms = 0;
        return 0;
    }
    marks.last_ms = marks.last_ms ? marks.last_ms : now;
    const int64_t left = marks.last_ms + (marks.has_answered ? LAST_MS : LAST_FIRST_MS) - now;
    if (left <= 0) {
        marks.since_ms = 0;
        marks.last_ms = 0;
    }
    return left > 0 ? (int)left : 0;
}
