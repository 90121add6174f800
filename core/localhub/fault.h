/* SPDX-License-Identifier: Apache-2.0 */
/* fault.h - what localhub.h calls faults: which hit a request, and what they do to its answer. */
#ifndef HFTERM_CORE_LOCALHUB_FAULT_H
#define HFTERM_CORE_LOCALHUB_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/localhub/localhub.h"

struct lh_faults;
struct lh_reply;

enum { LH_FAULT_KINDS = LOCALHUB_HUGE + 1 };

/* The faults of one request, by kind. */
struct lh_effects {
    bool has[LH_FAULT_KINDS];
    int64_t value[LH_FAULT_KINDS];
};

/* Copies. Owned: lh_faults_free. */
struct lh_faults *lh_faults_new(const struct localhub_fault *faults, size_t n);
void lh_faults_free(struct lh_faults *f);

/* Counts down the faults that match the target's path. Threads: any. */
void lh_faults_take(struct lh_faults *f, const char *target, struct lh_effects *out);

/* Status, headers and JSON; cutting, slowness and lengths are the sender's. */
void lh_effects_apply(const struct lh_effects *effects, struct lh_reply *reply);

#endif
