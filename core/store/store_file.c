/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a store: found or made, brought to our version, or put out of the way. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/store/store.h"
#include "core/store/store_parts.h"

enum {
    LENGTH_MAX = 4 << 20, /* of any value in the file, whatever it claims */
    IMPATIENT_MS = 2000,  /* after a wait in vain */
    BAD_MAX = 999,
};

/* Step i brings a file of version i to i + 1. Steps are added at the end and never changed. */
static const char *const STEPS[] = {
    "CREATE TABLE setting (scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (scope, key)) WITHOUT ROWID",
};
enum { VERSION = sizeof STEPS / sizeof *STEPS };

static const char *const STATEMENTS[STORE_STATEMENTS] = {
    [STORE_GET] = "SELECT value FROM setting WHERE scope = ?1 AND key = ?2",
    [STORE_EACH] = "SELECT key, value FROM setting WHERE scope = ?1 ORDER BY key",
    [STORE_SET] = "INSERT INTO setting (scope, key, value) VALUES (?1, ?2, ?3)"
                  " ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value",
    [STORE_UNSET] = "DELETE FROM setting WHERE scope = ?1 AND key = ?2",
};

static const char FREE_PLACE[] = "hfterm works without; make room or allow writing there to have it remember.";

/* ---- telling ---- */

void store_tell(struct store *s, enum store_kind kind, const char *remedy, const char *fmt, ...)
{
    struct err *e = &s->news[kind].err;
    if (e->code != ERR_NONE) {
        return;
    }
    char msg[sizeof e->msg];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    err_set(e, kind == STORE_DAMAGED ? ERR_DAMAGED : ERR_IO, "%s", msg);
    err_remedy(e, "%s", remedy);
}

void store_tell_code(struct store *s, int code)
{
    if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) {
        s->patient_from_ms = clock_mono_ms() + IMPATIENT_MS;
        store_tell(s, STORE_BUSY, "Another program holds it; nothing else is affected.",
                   "a change was not remembered: %s is in use", s->path);
    } else if ((code & 0xff) == SQLITE_FULL) {
        store_tell(s, STORE_CANNOT, FREE_PLACE, "changes are not remembered: no room left for %s",
                   s->path);
    } else {
        store_tell(s, STORE_CANNOT, FREE_PLACE, "changes are not remembered: %s: %s", s->path,
                   s->db ? s->sql->errmsg(s->db) : "cannot be opened");
    }
}

/* ---- one connection ---- */

bool store_file_is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

static int wait_for_others(void *arg, int tries)
{
    const struct store *s = arg;
    if (clock_mono_ms() >= s->deadline_ms) {
        return 0;
    }
    clock_sleep_ms(tries < 5 ? 1 : 5);
    return 1;
}

static int connect(struct store *s, int flags)
{
    const int code = s->sql->open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        s->sql->limit(s->db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
        s->sql->busy_handler(s->db, wait_for_others, s);
    }
    return code;
}

void store_file_shut(struct store *s)
{
    for (int i = 0; i < STORE_STATEMENTS; i++) {
        if (s->statements[i]) {
            s->sql->finalize(s->statements[i]);
            s->statements[i] = NULL;
        }
    }
    if (s->db) {
        s->sql->close(s->db);
        s->db = NULL;
    }
    s->is_newer = false;
}

int store_file_exec(struct store *s, const char *text)
{
    return s->sql->exec(s->db, text, NULL, NULL, NULL);
}

static int read_version(struct store *s, int64_t *version)
{
    sqlite3_stmt *stmt = NULL;
    int code = s->sql->prepare_v3(s->db, "PRAGMA user_version", -1, 0, &stmt, NULL);
    if (code == SQLITE_OK) {
        code = s->sql->step(stmt);
        *version = code == SQLITE_ROW ? s->sql->column_int64(stmt, 0) : 0;
        code = code == SQLITE_ROW ? SQLITE_OK : code;
    }
    s->sql->finalize(stmt);
    return code;
}

/* What is no error of the machine but of what stands in the file: a table that is missing or there
 * already. */
static int as_damage(int code)
{
    return code == SQLITE_ERROR || code == SQLITE_SCHEMA ? SQLITE_CORRUPT : code;
}

/* Every page, before anything is said to be remembered in a file that a later call would find damaged
 * and move away. The file is small. */
static int check_whole(struct store *s)
{
    sqlite3_stmt *stmt = NULL;
    int code = s->sql->prepare_v3(s->db, "PRAGMA integrity_check(1)", -1, 0, &stmt, NULL);
    if (code == SQLITE_OK) {
        code = s->sql->step(stmt);
        if (code == SQLITE_ROW) {
            const char *found = (const char *)s->sql->column_text(stmt, 0);
            code = found && strcmp(found, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
        }
    }
    s->sql->finalize(stmt);
    return as_damage(code);
}

static int prepare(struct store *s, int n)
{
    int code = SQLITE_OK;
    for (int i = 0; i < n && code == SQLITE_OK; i++) {
        code = s->sql->prepare_v3(s->db, STATEMENTS[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  &s->statements[i], NULL);
    }
    return code;
}

/* Another process may do the same: the version is looked at again with the lock held. */
static int migrate(struct store *s)
{
    int64_t version = 0;
    char set[64];
    int code = store_file_exec(s, "BEGIN IMMEDIATE");
    if (code != SQLITE_OK) {
        return code;
    }
    code = read_version(s, &version);
    for (int64_t i = version; i >= 0 && i < VERSION && code == SQLITE_OK; i++) {
        code = as_damage(store_file_exec(s, STEPS[i]));
    }
    if (code == SQLITE_OK && version < VERSION) {
        snprintf(set, sizeof set, "PRAGMA user_version = %d", VERSION);
        code = store_file_exec(s, set);
    }
    if (code == SQLITE_OK) {
        code = store_file_exec(s, "COMMIT");
    }
    if (code != SQLITE_OK) {
        store_file_exec(s, "ROLLBACK");
    }
    return code;
}

/* ---- opening ---- */

/* Looked at by name and not opened: closing a descriptor would drop the locks that another handle of
 * this process has on the file. */
static bool find_or_make(struct store *s)
{
    struct err e = ERR_INIT;
    struct stat st;
    char *slash = strrchr(s->path, '/');
    char *dir = slash ? xstrndup(s->path, (size_t)(slash - s->path)) : NULL;
    bool ok = !dir || !*dir || file_mkdirs(dir, 0700, &e);
    free(dir);
    if (ok && stat(s->path, &st) != 0) {
        const int fd = file_open(s->path, O_RDWR | O_CREAT, 0600, &e);
        ok = fd >= 0 && fstat(fd, &st) == 0;
        if (fd >= 0) {
            close(fd);
        }
    } else if (ok && !S_ISREG(st.st_mode)) {
        ok = err_set(&e, ERR_IO, "%s is not a file", s->path);
    }
    if (!ok) {
        store_tell(s, STORE_CANNOT, FREE_PLACE, "changes are not remembered: %s", e.msg);
        return false;
    }
    if (st.st_mode & 077) {
        chmod(s->path, 0600);
    }
    s->dev = st.st_dev;
    s->ino = st.st_ino;
    return true;
}

static int use_newer(struct store *s)
{
    s->is_newer = true;
    store_tell(s, STORE_NEWER, "Use that version, or move the file away to begin a new one.",
               "%s was written by a newer hfterm: it is read, and changes are not remembered", s->path);
    return prepare(s, STORE_SET) == SQLITE_OK ? SQLITE_OK : SQLITE_MISMATCH;
}

/* Without a right to write first, so that a file of a newer version is not touched at all. */
static int open_once(struct store *s)
{
    int64_t version = 0;
    int code = connect(s, SQLITE_OPEN_READONLY);
    if (code == SQLITE_OK) {
        code = read_version(s, &version);
    }
    if (code != SQLITE_OK || version > VERSION) {
        return code != SQLITE_OK ? code : use_newer(s);
    }
    code = version < 0 ? SQLITE_CORRUPT : check_whole(s);
    if (code != SQLITE_OK) {
        return code;
    }
    store_file_shut(s);
    code = connect(s, SQLITE_OPEN_READWRITE);
    if (code == SQLITE_OK) {
        code = store_file_exec(s, "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -256;"
                                  " PRAGMA synchronous = NORMAL");
    }
    if (code == SQLITE_OK) {
        code = store_file_exec(s, "PRAGMA journal_mode = WAL");
        code = (code & 0xff) == SQLITE_BUSY ? SQLITE_OK : code; /* the next start tries again */
    }
    if (code == SQLITE_OK && version < VERSION) {
        code = migrate(s);
    }
    return code == SQLITE_OK ? as_damage(prepare(s, STORE_STATEMENTS)) : code;
}

bool store_file_open(struct store *s)
{
    struct err e = ERR_INIT;
    if (s->db || s->is_hopeless) {
        return s->db != NULL;
    }
    s->path = s->path ? s->path : paths_state("store.db");
    s->sql = sqlite_api(&e);
    if (!s->sql) {
        store_tell(s, STORE_CANNOT, e.remedy, "changes are not remembered: %s", e.msg);
        s->is_hopeless = true;
        return false;
    }
    int code = SQLITE_CORRUPT;
    for (int tries = 0; tries < 2 && store_file_is_damage(code); tries++) {
        if (!find_or_make(s)) {
            s->is_hopeless = true;
            return false;
        }
        code = open_once(s);
        if (store_file_is_damage(code) && !store_file_move_aside(s)) {
            break;
        }
    }
    if (code == SQLITE_OK) {
        return true;
    }
    s->is_hopeless = (code & 0xff) != SQLITE_BUSY;
    if (code != SQLITE_MISMATCH) {
        store_tell_code(s, code);
    }
    store_file_shut(s);
    return false;
}

/* ---- a damaged file ---- */

static bool was_replaced(const struct store *s)
{
    struct stat st;
    return stat(s->path, &st) != 0 || st.st_dev != s->dev || st.st_ino != s->ino;
}

static char *free_name(const struct store *s)
{
    for (int i = 1; i <= BAD_MAX; i++) {
        char *name = xasprintf("%s.bad-%d", s->path, i);
        if (!file_exists(name)) {
            return name;
        }
        free(name);
    }
    return NULL;
}

/* Its log of changes goes first: beside a new file it would be taken for the new one's. */
static bool rename_all(const struct store *s, const char *to)
{
    char *log = xasprintf("%s-wal", s->path), *log_to = xasprintf("%s-wal", to);
    char *index = xasprintf("%s-shm", s->path);
    rename(log, log_to);
    unlink(index);
    free(log);
    free(log_to);
    free(index);
    return rename(s->path, to) == 0 || errno == ENOENT;
}

bool store_file_move_aside(struct store *s)
{
    store_file_shut(s);
    if (was_replaced(s)) {
        return true; /* another process was first */
    }
    char *to = free_name(s);
    const bool ok = to && rename_all(s, to);
    if (ok) {
        store_tell(s, STORE_DAMAGED, "Delete that file when nothing in it is of use.",
                   "what was remembered is damaged; it is now in %s, and a new file was begun", to);
    } else {
        store_tell(s, STORE_CANNOT, FREE_PLACE,
                   "changes are not remembered: %s is damaged and cannot be moved away", s->path);
        s->is_hopeless = true;
    }
    free(to);
    return ok;
}
