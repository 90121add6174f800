/* SPDX-License-Identifier: Apache-2.0 */
/* completion.h - shell completion made from the verb table; docs/completion/ holds its output. */
#ifndef HFTERM_CORE_CLI_COMPLETION_H
#define HFTERM_CORE_CLI_COMPLETION_H

#include <stdbool.h>

struct buf;

/* shell: "bash", "zsh" or "fish"; false for another one. Appends the whole script. */
bool cli_completion(const char *shell, struct buf *out);

#endif
