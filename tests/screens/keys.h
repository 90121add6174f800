/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - the bytes a terminal sends for keys named as in "j j <Enter> <C-p> text". */
#ifndef HFTERM_TESTS_SCREENS_KEYS_H
#define HFTERM_TESTS_SCREENS_KEYS_H

#include <stdbool.h>

struct buf;

/* Append the bytes of all keys (harness.h lists the names) as xterm in application mode sends them.
 * False for an unknown name, which is then what is left in out behind the bytes so far. */
bool keys_to_bytes(const char *keys, struct buf *out);

#endif
