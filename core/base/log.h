/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - a debug log in a file, off until log_open. Tokens are masked on every line.
 *
 * Threads: any thread may log; lines are written whole. Callers pass only sanitised or numeric
 * text of the outside world, or accept that the file shows it with controls made visible.
 */
#ifndef HFTERM_CORE_BASE_LOG_H
#define HFTERM_CORE_BASE_LOG_H

#include <stdbool.h>

struct err;

bool log_open(const char *path, struct err *e); /* appends; file mode 0600 */
void log_close(void);
bool log_is_open(void);
void log_line(const char *room, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
