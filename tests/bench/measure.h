/* SPDX-License-Identifier: Apache-2.0 */
/* measure.h - what the benchmarks share: samples, rows of the table, and facts about a process.
 *
 * A benchmark prints one row a figure, "name TAB value TAB unit TAB goal TAB note";
 * tests/bench/run.sh makes the table. Goals are upper bounds, or lower ones when they begin with
 * ">= " ("" when there is none).
 */
#ifndef HFTERM_TESTS_BENCH_MEASURE_H
#define HFTERM_TESTS_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Growing list of figures. */
struct samples {
    double *v;
    size_t n, cap;
};

void samples_add(struct samples *s, double v);
void samples_done(struct samples *s);
/* 0 < p <= 100, nearest rank; sorts. 0 when there are no samples. */
double samples_percentile(struct samples *s, double p);

void row_value(const char *name, double value, const char *unit, const char *goal,
               const char *note_fmt, ...) __attribute__((format(printf, 5, 6)));
/* What could not be measured here, and why. */
void row_skip(const char *name, const char *reason_fmt, ...) __attribute__((format(printf, 2, 3)));

double now_ms(void);

/* CPU time of all threads so far, nanosecond resolution; -1 when it cannot be read. */
double process_cpu_ms(pid_t pid);
/* Resident memory now; -1 when it cannot be read. */
double process_rss_mib(pid_t pid);
/* The most it ever had resident, since its exec; -1 when it cannot be read. */
double process_peak_mib(pid_t pid);

/* Is there such a program in PATH (or at this path)? */
bool program_exists(const char *name);

#endif
