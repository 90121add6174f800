/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h - a token that cannot be printed by accident.
 *
 * The bytes are reachable only through secret_reveal, so that `grep secret_reveal` lists every
 * place that handles one. Zeroed on secret_done.
 */
#ifndef HFTERM_CORE_BASE_SECRET_H
#define HFTERM_CORE_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret {
    char *hidden; /* NULL: no secret */
};

#define SECRET_INIT {0}

/* Copies s without CR, LF and surrounding blanks; "" or NULL is no secret. */
void secret_set(struct secret *sec, const char *s);
void secret_done(struct secret *sec);
bool secret_present(const struct secret *sec);
/* The bytes, NULL when there is none. Borrowed; hand them to libcurl and nowhere else. */
const char *secret_reveal(const struct secret *sec);
/* 16 hex digits of a SHA-256: tells accounts apart in cache keys. "anonymous" when none. */
void secret_fingerprint(const struct secret *sec, char out[17]);

/* Replace what looks like a Hub token (hf_..., api_org_..., "Bearer ...") by "hf_****" in place. */
void secret_mask(char *s);

#endif
