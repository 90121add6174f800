/* SPDX-License-Identifier: Apache-2.0 */
/* show.h - the sections of the verb show: each asks, prints and returns the exit code. */
#ifndef HFTERM_CORE_CLI_SHOW_H
#define HFTERM_CORE_CLI_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/hub/hub.h"

struct cli_globals;
struct cli_out;

struct cli_show {
    const struct cli_globals *globals;
    struct hub *hub;
    enum hub_kind kind;
    const char *id, *revision; /* revision NULL: the default branch */
    const char *path;          /* of --file */
    size_t limit;
    uint64_t discussion; /* of cli_show_discussion */
    bool wants_json;
};

int cli_show_file(const struct cli_show *s);
int cli_show_files(const struct cli_show *s);
int cli_show_commits(const struct cli_show *s);
int cli_show_refs(const struct cli_show *s);
int cli_show_discussions(const struct cli_show *s);
int cli_show_discussion(const struct cli_show *s);

/* "3 days ago" on a terminal, ISO 8601 elsewhere. Appends. */
void cli_put_date(struct buf *text, const struct cli_out *out, int64_t unix_s);

#endif
