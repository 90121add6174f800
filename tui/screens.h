/* SPDX-License-Identifier: Apache-2.0 */
/* screens.h - the one list of screens, in the order of their tabs. */
#ifndef HFTERM_TUI_SCREENS_H
#define HFTERM_TUI_SCREENS_H

struct screen_ops;

extern const struct screen_ops *const SCREENS[]; /* NULL at the end */

#endif
