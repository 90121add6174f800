/* SPDX-License-Identifier: Apache-2.0 */
/* parallel.h - one loop over several threads; the calling thread works too.
 *
 * The result must not depend on the split: every item writes its own place. With one thread, or
 * when no thread can be started, the loop runs here.
 */
#ifndef HFTERM_CORE_ARRCOC_PARALLEL_H
#define HFTERM_CORE_ARRCOC_PARALLEL_H

#include <stddef.h>

/* Calls work(arg, first, last) for disjoint ranges that cover [0, n_items). */
void arr_parallel(int n_threads, size_t n_items, void (*work)(void *arg, size_t first, size_t last),
                  void *arg);

/* The cores this process may use, at least 1. */
int arr_cores(void);

#endif
