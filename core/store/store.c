/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/store/store_parts.h"

/* What any handle on the file of the state folder has told. */
static atomic_bool was_told[STORE_KINDS];

/* One call: what is asked, and room for what is found. */
struct call {
    enum store_statement statement;
    const char *texts[3]; /* scope, key, value; NULL at the end of those used */
    char **found;         /* owned strings, n_found of them */
    size_t n_found, cap;
};

struct store *store_open(const char *path)
{
    struct store *s = xcalloc(1, sizeof *s);
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&s->lock, &kind);
    pthread_mutexattr_destroy(&kind);
    s->path = xstrdup_opt(path);
    s->is_shared = !path;
    return s;
}

void store_close(struct store *s)
{
    if (s) {
        store_file_shut(s);
        pthread_mutex_destroy(&s->lock);
        free(s->path);
        free(s);
    }
}

/* ---- one call ---- */

static void keep(struct call *c, const char *text)
{
    if (c->n_found == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 8;
        c->found = xrealloc(c->found, c->cap * sizeof *c->found);
    }
    c->found[c->n_found++] = xstrdup(text ? text : "");
}

static void call_done(struct call *c)
{
    for (size_t i = 0; i < c->n_found; i++) {
        free(c->found[i]);
    }
    free(c->found);
    c->found = NULL;
    c->n_found = c->cap = 0;
}

static int run(struct store *s, struct call *c)
{
    sqlite3_stmt *stmt = s->statements[c->statement];
    const int columns = c->statement == STORE_EACH ? 2 : 1;
    int code = SQLITE_OK;
    for (int i = 0; i < 3 && c->texts[i] && code == SQLITE_OK; i++) {
        code = s->sql->bind_text(stmt, i + 1, c->texts[i], -1, SQLITE_STATIC);
    }
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = s->sql->step(stmt);
        for (int i = 0; i < columns && code == SQLITE_ROW; i++) {
            keep(c, (const char *)s->sql->column_text(stmt, i));
        }
    }
    s->sql->reset(stmt);
    s->sql->clear_bindings(stmt);
    return code;
}

static void set_deadline(struct store *s)
{
    const int64_t now = clock_mono_ms();
    s->deadline_ms = now + (now < s->patient_from_ms ? 0 : STORE_WAIT_MS);
}

/* With the lock held. A file found damaged is replaced and the call made again on the new one; within
 * a change that is left to its end. */
static bool attempt(struct store *s, struct call *c)
{
    const bool writes = c->statement == STORE_SET || c->statement == STORE_UNSET;
    if (writes && c->texts[2] && strlen(c->texts[2]) > STORE_VALUE_MAX) {
        return false;
    }
    set_deadline(s);
    for (int tries = 0; tries < 2; tries++) {
        if (!store_file_open(s) || (writes && s->is_newer)) {
            return false;
        }
        const int code = run(s, c);
        if (code == SQLITE_DONE) {
            return true;
        }
        call_done(c);
        if (!store_file_is_damage(code)) {
            store_tell_code(s, code);
            return false;
        }
        if (s->in_change) {
            s->is_change_damaged = true;
            return false;
        }
        if (!store_file_move_aside(s)) {
            return false;
        }
    }
    return false;
}

static bool perform(struct store *s, struct call *c)
{
    pthread_mutex_lock(&s->lock);
    const bool ok = attempt(s, c);
    if (!ok && s->in_change) {
        s->is_change_bad = true;
    }
    pthread_mutex_unlock(&s->lock);
    return ok;
}

/* ---- the calls ---- */

char *store_get(struct store *s, const char *scope, const char *key)
{
    struct call c = {.statement = STORE_GET, .texts = {scope, key}};
    char *value = NULL;
    if (perform(s, &c) && c.n_found > 0) {
        value = c.found[0];
        c.found[0] = NULL;
    }
    call_done(&c);
    return value;
}

bool store_set(struct store *s, const char *scope, const char *key, const char *value)
{
    char *masked = xstrdup(value);
    secret_mask(masked);
    struct call c = {.statement = STORE_SET, .texts = {scope, key, masked}};
    const bool ok = perform(s, &c);
    call_done(&c);
    free(masked);
    return ok;
}

bool store_unset(struct store *s, const char *scope, const char *key)
{
    struct call c = {.statement = STORE_UNSET, .texts = {scope, key}};
    const bool ok = perform(s, &c);
    call_done(&c);
    return ok;
}

void store_each(struct store *s, const char *scope,
                bool (*visit)(void *ctx, const char *key, const char *value), void *ctx)
{
    struct call c = {.statement = STORE_EACH, .texts = {scope}};
    if (perform(s, &c)) {
        for (size_t i = 0; i + 1 < c.n_found && visit(ctx, c.found[i], c.found[i + 1]); i += 2) {
        }
    }
    call_done(&c);
}

/* ---- several calls as one ---- */

static bool begin(struct store *s)
{
    assert(!s->in_change && "a change within a change");
    set_deadline(s);
    s->is_change_bad = s->is_change_damaged = false;
    int code = SQLITE_CORRUPT;
    for (int tries = 0; tries < 2 && store_file_is_damage(code); tries++) {
        if (!store_file_open(s) || s->is_newer) {
            return false;
        }
        code = store_file_exec(s, "BEGIN IMMEDIATE");
        if (store_file_is_damage(code) && !store_file_move_aside(s)) {
            return false;
        }
    }
    s->in_change = code == SQLITE_OK;
    if (!s->in_change) {
        store_tell_code(s, code);
    }
    return s->in_change;
}

static bool end(struct store *s, bool is_wanted)
{
    s->in_change = false;
    bool ok = is_wanted && !s->is_change_bad;
    if (ok) {
        const int code = store_file_exec(s, "COMMIT");
        ok = code == SQLITE_OK;
        if (!ok) {
            store_tell_code(s, code);
        }
    }
    if (!ok) {
        store_file_exec(s, "ROLLBACK");
    }
    if (s->is_change_damaged) {
        store_file_move_aside(s);
    }
    return ok;
}

bool store_together(struct store *s, bool (*change)(struct store *s, void *ctx), void *ctx)
{
    pthread_mutex_lock(&s->lock);
    const bool ok = begin(s) && end(s, change(s, ctx));
    pthread_mutex_unlock(&s->lock);
    return ok;
}

bool store_trouble(struct store *s, struct err *e)
{
    bool has = false;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < STORE_KINDS && !has; i++) {
        if (s->news[i].err.code == ERR_NONE || s->news[i].is_told) {
            continue;
        }
        s->news[i].is_told = true;
        has = !s->is_shared || !atomic_exchange(&was_told[i], true);
        if (has) {
            *e = s->news[i].err;
        }
    }
    pthread_mutex_unlock(&s->lock);
    return has;
}
