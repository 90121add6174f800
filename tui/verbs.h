/* SPDX-License-Identifier: Apache-2.0 */
/* verbs.h - the verbs that need the screen's own tables. */
#ifndef HFTERM_TUI_VERBS_H
#define HFTERM_TUI_VERBS_H

struct cli_verb;

/* NULL at the end. */
extern const struct cli_verb *const TUI_VERBS[];

#endif
