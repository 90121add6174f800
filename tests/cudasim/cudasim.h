/* SPDX-License-Identifier: Apache-2.0 */
/* cudasim.h - what a test may ask of the simulated device; exported by the simulated library, found
 * with dlsym. Device and stream behaviour: see cuda_runtime.h beside this.
 */
#ifndef HFTERM_TESTS_CUDASIM_CUDASIM_H
#define HFTERM_TESTS_CUDASIM_CUDASIM_H

#ifdef __cplusplus
extern "C" {
#pragma GCC visibility push(default)
#endif

/* The first broken rule since the last call of cudasim_forget; "" when all is well. */
const char *cudasim_trouble(void);
/* Forgets trouble, failures asked for and the last error, as after a restart of the device. */
void cudasim_forget(void);

/* 0: threads and blocks in ascending order, all in step; 1: descending, one warp as far ahead of
 * the others as barriers let it; more: shuffled with this seed. */
void cudasim_set_order(unsigned order);

/* The nth call from now of the named function ("cudaMalloc"; "*": of any) fails with this CUDA
 * error number. Errors of 700 and more stay, as they do on a device: every later call fails. */
void cudasim_fail_at(const char *call, int nth, int error);
/* How many calls that can fail were made since the start. */
long cudasim_calls(void);

/* Blocks of device memory, pinned memory, streams, events and graphs that nobody gave back. */
int cudasim_live(void);

#ifdef __cplusplus
#pragma GCC visibility pop
}
#endif
#endif
