/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - what outlives a run, in one SQLite file: small settings by scope and key.
 *
 * Nothing is loaded, opened or made before the first call that needs it. The file is readable by its
 * owner only. A store that cannot be used never stops anything: reading finds nothing, writing
 * returns false, and store_trouble has the reason in words, once a run for each kind, whichever of the
 * handles on the state folder's store.db meets it:
 *   - no SQLite, a folder or disk that takes no writing, a pipe in place of the file: nothing is
 *     remembered;
 *   - a file written by a newer hfterm: it is read and never changed;
 *   - a damaged file: moved aside as store.db.bad-1 (-2, ...), and a new one begun;
 *   - another process holds the file: this one change is not remembered.
 *
 * Threads:   any, also several at once; one handle is enough for a program.
 * Processes: several may use one file. A call waits for another process at most STORE_WAIT_MS, and
 *            not at all for a while after it waited in vain.
 * Secrets:   a value that looks like a token is stored masked.
 */
#ifndef HFTERM_CORE_STORE_STORE_H
#define HFTERM_CORE_STORE_STORE_H

#include <stdbool.h>

struct err;
struct store;

enum {
    STORE_WAIT_MS = 200,
    STORE_VALUE_MAX = 1 << 20, /* bytes of a value */
};

/* path: the file, NULL: store.db in the state folder. Touches nothing. Owned: store_close, which also
 * takes NULL. */
struct store *store_open(const char *path);
void store_close(struct store *s);

/* The value, NULL when there is none. Owned: free. */
char *store_get(struct store *s, const char *scope, const char *key);
/* Replaces. false: not remembered; of a value that is too long nothing is told. */
bool store_set(struct store *s, const char *scope, const char *key, const char *value);
/* true also when there was none. */
bool store_unset(struct store *s, const char *scope, const char *key);

/* Every key of a scope in order of its bytes, until visit returns false. The strings are good during
 * the visit, which may call the store. */
void store_each(struct store *s, const char *scope,
                bool (*visit)(void *ctx, const char *key, const char *value), void *ctx);

/* Runs change, whose calls of the store become one: all are kept when it returns true, none when it
 * returns false or one cannot be written. Other threads wait meanwhile, so it only calls the store.
 * Not nested. Returns whether the changes are kept. */
bool store_together(struct store *s, bool (*change)(struct store *s, void *ctx), void *ctx);

/* true: there is something that was not told yet; e has what and what to do. */
bool store_trouble(struct store *s, struct err *e);

#endif
