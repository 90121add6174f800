/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "core/arrcoc/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

enum { MAX_THREADS = 64 };

struct part {
    void (*work)(void *arg, size_t first, size_t last);
    void *arg;
    size_t first, last;
};

static void *run_part(void *p)
{
    const struct part *part = p;
    part->work(part->arg, part->first, part->last);
    return NULL;
}

void arr_parallel(int n_threads, size_t n_items, void (*work)(void *arg, size_t first, size_t last),
                  void *arg)
{
    size_t n = n_threads < 1 ? 1 : (size_t)n_threads;
    n = n > MAX_THREADS ? MAX_THREADS : n;
    n = n > n_items ? n_items : n;
    if (n <= 1) {
        if (n_items > 0) {
            work(arg, 0, n_items);
        }
        return;
    }
    struct part parts[MAX_THREADS];
    pthread_t threads[MAX_THREADS];
    bool is_running[MAX_THREADS] = {false};
    /* The first n_items % n parts get one item more; no product that could overflow. */
    const size_t each = n_items / n, rest = n_items % n;
    size_t first = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t last = first + each + (i < rest ? 1 : 0);
        parts[i] = (struct part){.work = work, .arg = arg, .first = first, .last = last};
        first = last;
    }
    for (size_t i = 1; i < n; i++) {
        is_running[i] = pthread_create(&threads[i], NULL, run_part, &parts[i]) == 0;
    }
    run_part(&parts[0]);
    for (size_t i = 1; i < n; i++) {
        if (is_running[i]) {
            pthread_join(threads[i], NULL);
        } else {
            run_part(&parts[i]);
        }
    }
}

int arr_cores(void)
{
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        const int n = CPU_COUNT(&set);
        return n < 1 ? 1 : n;
    }
#endif
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 1024 ? 1024 : (int)n;
}
