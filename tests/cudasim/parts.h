/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - between the two halves of the simulator: fibers.cpp runs kernels, runtime.cpp calls. */
#ifndef HFTERM_TESTS_CUDASIM_PARTS_H
#define HFTERM_TESTS_CUDASIM_PARTS_H

#include "tests/cudasim/cuda_runtime.h"

/* Runs every thread of every block. False: a block never ended; trouble says why. */
bool cudasim_run_grid(dim3 grid, dim3 block, size_t shared_bytes,
                      const std::function<void()> &thread);

#endif
