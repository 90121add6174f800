/* SPDX-License-Identifier: Apache-2.0 */
/* completion.h - shell completion made from the verb tables; docs/completion/ holds its output. */
#ifndef HFTERM_CORE_CLI_COMPLETION_H
#define HFTERM_CORE_CLI_COMPLETION_H

#include <stdbool.h>

struct buf;
struct cli_verbs;

/* shell: "bash", "zsh" or "fish"; false for another one. Appends the whole script. */
bool cli_completion(const struct cli_verbs *rooms, const char *shell, struct buf *out);

#endif
