/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - time: monotonic for waiting, Unix seconds for people and the Hub's ISO dates. */
#ifndef HFTERM_CORE_BASE_CLOCK_H
#define HFTERM_CORE_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

int64_t clock_mono_ns(void);
int64_t clock_mono_ms(void);

/* Unix seconds. HFTERM_TEST_NOW (Unix seconds) replaces the wall clock for tests and screenshots. */
int64_t clock_unix_s(void);

/* "2026-08-20T09:30:00.000Z" with 0, 3 or 6 fractional digits to Unix seconds. */
bool clock_parse_iso(const char *s, int64_t *unix_s);
/* Appends "2026-08-20T09:30:00.000Z". */
void clock_put_iso(struct buf *out, int64_t unix_s);

void clock_sleep_ms(int64_t ms);

#endif
