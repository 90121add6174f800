/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/measure.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

void samples_add(struct samples *s, double v)
{
    if (!mem_grow((void **)&s->v, &s->cap, s->n + 1, sizeof *s->v)) {
        abort();
    }
    s->v[s->n++] = v;
}

void samples_done(struct samples *s)
{
    free(s->v);
    *s = (struct samples){0};
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

double samples_percentile(struct samples *s, double p)
{
    if (s->n == 0) {
        return 0;
    }
    qsort(s->v, s->n, sizeof *s->v, compare);
    size_t rank = (size_t)ceil(p / 100 * (double)s->n);
    return s->v[rank > 0 ? rank - 1 : 0];
}

void row_value(const char *name, double value, const char *unit, const char *goal,
               const char *note_fmt, ...)
{
    printf("%s\t%.*f\t%s\t%s\t", name, value < 10 ? 2 : 1, value, unit, goal);
    va_list ap;
    va_start(ap, note_fmt);
    vprintf(note_fmt, ap);
    va_end(ap);
    printf("\n");
    fflush(stdout);
}

void row_skip(const char *name, const char *reason_fmt, ...)
{
    printf("%s\t-\t\t\tskipped: ", name);
    va_list ap;
    va_start(ap, reason_fmt);
    vprintf(reason_fmt, ap);
    va_end(ap);
    printf("\n");
    fflush(stdout);
}

double now_ms(void)
{
    return (double)clock_mono_ns() / 1e6;
}

/* The first number of /proc/PID/task/TID/schedstat is the time on a CPU in nanoseconds; the ticks
 * of /proc/PID/stat are 10 ms and too coarse for an idle program. */
double process_cpu_ms(pid_t pid)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    if (!dir) {
        return -1;
    }
    double total = 0;
    for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
        if (d->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof path, "/proc/%d/task/%.32s/schedstat", (int)pid, d->d_name);
        FILE *f = fopen(path, "r");
        double ns = 0;
        if (f && fscanf(f, "%lf", &ns) == 1) {
            total += ns / 1e6;
        }
        if (f) {
            fclose(f);
        }
    }
    closedir(dir);
    return total;
}

double process_rss_mib(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *f = fopen(path, "r");
    long size = 0;
    long resident = 0;
    bool is_read = f && fscanf(f, "%ld %ld", &size, &resident) == 2;
    if (f) {
        fclose(f);
    }
    return is_read ? (double)resident * (double)sysconf(_SC_PAGESIZE) / (1 << 20) : -1;
}

double process_peak_mib(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    char line[256];
    double kib = -1;
    while (f && kib < 0 && fgets(line, sizeof line, f)) {
        sscanf(line, "VmHWM: %lf", &kib);
    }
    if (f) {
        fclose(f);
    }
    return kib < 0 ? -1 : kib / 1024;
}

bool program_exists(const char *name)
{
    if (strchr(name, '/')) {
        return access(name, X_OK) == 0;
    }
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t n = strcspn(path, ":");
        char *full = xasprintf("%.*s/%s", (int)n, path, name);
        bool is_there = access(full, X_OK) == 0;
        free(full);
        if (is_there) {
            return true;
        }
        path += n + (path[n] == ':');
    }
    return false;
}
