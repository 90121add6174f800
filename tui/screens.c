/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens.h"

#include <stddef.h>

#include "tui/frame/screen.h"

/* A screen is a folder of tui/ and a line here. */
#define EACH_SCREEN(DO) \
    DO(SCREEN_HUB)      \
    DO(SCREEN_CARD)     \
    DO(SCREEN_SPACES)   \
    DO(SCREEN_GPU)      \
    DO(SCREEN_CONSOLE)  \
    DO(SCREEN_TRANSFERS)

#define DECLARE(screen) extern const struct screen_ops screen;
#define LIST(screen) &screen,

EACH_SCREEN(DECLARE)

const struct screen_ops *const SCREENS[] = {EACH_SCREEN(LIST) NULL};
