/* SPDX-License-Identifier: Apache-2.0 */
/* simd.h - hot loops compiled twice: for the plain machine and for one with AVX2.
 *
 * Write ARR_CLONES in front of a function with a long loop; the loader then takes the version that
 * the machine can run. Both give the same bits: the engine is built without contraction, so the
 * wider version does the same operations on more values at a time. Keep it to functions called a
 * few times a picture: clones are not inlined and the call goes through a pointer.
 *
 * Empty where the loader cannot choose (not glibc, not x86-64), where the compiler cannot write
 * both (clang) and under sanitizers, whose runtime is not up yet when the choice is made.
 */
#ifndef HFTERM_CORE_ARRCOC_SIMD_H
#define HFTERM_CORE_ARRCOC_SIMD_H

#include <stdlib.h> /* says whether this is glibc */

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    __GNUC__ >= 12 && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ARR_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define ARR_CLONES
#endif

#endif
