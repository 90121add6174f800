/* SPDX-License-Identifier: Apache-2.0 */
/* keymap.h - keys to actions: the defaults of the action tables plus the user's "bind" lines.
 *
 * Key names: a character ("j", "G", "?"), or Enter Esc Tab Space Up Down Left Right Home End PgUp PgDn
 * Insert Delete Backspace F1-F12, with C- (control), A- (alt) and S- (shift) before: C-p, A-Left, S-Tab.
 */
#ifndef HFTERM_TUI_FRAME_KEYMAP_H
#define HFTERM_TUI_FRAME_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/frame/action.h"

struct buf;
struct err;
struct keymap;

/* With the defaults of the sets, which are borrowed. Owned: keymap_free. */
struct keymap *keymap_new(const struct action_sets *sets);
void keymap_free(struct keymap *k);

/* ERR_USAGE for an unknown context, key or action. */
bool keymap_bind(struct keymap *k, const char *context, const char *key, const char *action,
                 struct err *e);
bool keymap_unbind(struct keymap *k, const char *context, const char *key, struct err *e);

/* The action of a key in a set, NULL when it has none there. */
const struct action *keymap_find(const struct keymap *k, const struct action_set *set, uint32_t key);
/* Names of the keys of an action, "Enter l", in order of binding; appends nothing when it has none.
 * max: at most so many keys. */
void keymap_keys_of(const struct keymap *k, const struct action *action, int max, struct buf *out);

bool keymap_parse_key(const char *name, uint32_t *key);
void keymap_key_name(uint32_t key, struct buf *out);

#endif
