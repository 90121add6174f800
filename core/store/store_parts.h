/* SPDX-License-Identifier: Apache-2.0 */
/* store_parts.h - the inside of a store: the file (store_file.c) and the calls on it (store.c).
 * Everything here is called with the lock held. */
#ifndef HFTERM_CORE_STORE_STORE_PARTS_H
#define HFTERM_CORE_STORE_STORE_PARTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/err.h"
#include "core/store/sqlite_api.h"

enum store_statement { STORE_GET, STORE_EACH, STORE_SET, STORE_UNSET, STORE_STATEMENTS };

enum store_kind { STORE_CANNOT, STORE_NEWER, STORE_DAMAGED, STORE_BUSY, STORE_KINDS };

struct store_news {
    struct err err; /* ERR_NONE: never happened */
    bool is_told;
};

struct store {
    pthread_mutex_t lock; /* recursive */
    char *path;           /* NULL until the first use of a store in the state folder */
    const struct sqlite_api *sql;
    sqlite3 *db; /* NULL: not open */
    sqlite3_stmt *statements[STORE_STATEMENTS];
    dev_t dev; /* which file db is */
    ino_t ino;
    bool is_shared;   /* that of the state folder: what is told of it is told once a process */
    bool is_hopeless; /* not tried again in this run */
    bool is_newer;    /* only read */
    bool in_change, is_change_bad, is_change_damaged;
    int64_t deadline_ms;     /* until when this call may wait for another process */
    int64_t patient_from_ms; /* before it no call waits */
    struct store_news news[STORE_KINDS];
};

/* Opens the file, making, mending or replacing what has to be; true: it can be used. Cheap when it is
 * open already. Why not is told. */
bool store_file_open(struct store *s);
void store_file_shut(struct store *s);
/* SQL without parameters and rows on the open file. The code of SQLite. */
int store_file_exec(struct store *s, const char *text);

/* Is this code of SQLite that of a damaged file? */
bool store_file_is_damage(int code);
/* Shuts the file and puts it out of the way. true: store_file_open may try again. */
bool store_file_move_aside(struct store *s);

/* Something to tell; only the first of a kind counts. */
void store_tell(struct store *s, enum store_kind kind, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Tells why a call ended with this code. */
void store_tell_code(struct store *s, int code);

#endif
