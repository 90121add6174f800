/* SPDX-License-Identifier: Apache-2.0 */
/* localhub.h - a folder of repos (or the official local cache) served over the Hub's HTTP API.
 *
 * Serves our client, the official Python client, curl and browsers' downloads. docs/localhub.md
 * tells the folder's layout, every route, and what a local hub cannot know (it then leaves the key
 * out).
 *
 * Ownership: localhub_start returns an owned handle; localhub_stop ends it and its threads.
 * Threads:   one for all connections and up to eight that answer, started when they are needed; the
 *            handle's functions from any thread.
 */
#ifndef HFTERM_CORE_LOCALHUB_LOCALHUB_H
#define HFTERM_CORE_LOCALHUB_LOCALHUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct localhub;

/* Faults for tests, applied to requests whose path contains `match` (NULL: all). Counts say how
 * many requests are hit: 0 none, -1 all. Parsed from "--fault 'latency=300 match=/api/models
 * count=2'". */
struct localhub_fault {
    enum localhub_fault_kind {
        LOCALHUB_LATENCY,    /* wait value ms before answering */
        LOCALHUB_STATUS_429, /* with Retry-After: value */
        LOCALHUB_RATE_LIMIT, /* 429 with RateLimit r=0;t=value */
        LOCALHUB_STATUS_500,
        LOCALHUB_STATUS_503,
        LOCALHUB_CUT,          /* close after value body bytes */
        LOCALHUB_SLOW,         /* value bytes a second */
        LOCALHUB_BAD_JSON,     /* a body that ends in the middle of a string */
        LOCALHUB_WRONG_LENGTH, /* fewer bytes than Content-Length */
        LOCALHUB_WRONG_TYPES,  /* numbers where strings belong and so on */
        LOCALHUB_NO_RANGE,     /* GET ignores Range */
        LOCALHUB_NO_LENGTH,    /* HEAD without Content-Length */
        LOCALHUB_HTML,         /* a 200 HTML page, as a captive portal sends */
        LOCALHUB_FOREIGN_LINK, /* Link: next to another host */
        LOCALHUB_HUGE,         /* a valid list padded to value bytes */
    } kind;
    int64_t value;
    const char *match;
    int count;
};

/* "kind[=value] [match=SUBSTRING] [count=N]". text must outlive out (match points into it: copied
 * by localhub_start). ERR_USAGE names the word that is wrong and lists the kinds. */
bool localhub_fault_parse(char *text, struct localhub_fault *out, struct err *e);

struct localhub_options {
    const char *dir;          /* folder of repos, or a hub cache (recognised by models--*) */
    const char *bind;         /* NULL: 127.0.0.1 */
    const char *const *names; /* more names that clients may call it by, see docs/localhub.md */
    size_t n_names;
    uint16_t port;          /* 0: any free port */
    bool with_hostile_repo; /* add "hostile/escape-artist", written to a temporary folder when it is
                             * first listed or asked for; left out when there is no room */
    bool moves_spaces;  /* Spaces go through the "stages" of their sidecar once they are followed;
                         * never under HFTERM_TEST_NOW */
    bool in_background; /* return as soon as connections can wait: the folder is looked at, and
                         * libmicrohttpd loaded, by the hub's own thread. Without that library
                         * every request is then answered with 501 and the reason */
    bool split_storage; /* serve LFS content from a second port: tests of token stripping */
    const struct localhub_fault *faults;
    size_t n_faults;
    bool log_requests;   /* one line a request on stderr */
    int max_connections; /* 0: 1024, or what RLIMIT_NOFILE leaves; more wait in the listen queue */
    int head_ms;         /* 0: 10 s; a request line and headers have to be there by then */
};

/* ERR_NOT_FOUND: no such folder, or no libmicrohttpd. ERR_USAGE, ERR_IO: the address, the port,
 * a name. */
struct localhub *localhub_start(const struct localhub_options *options, struct err *e);
/* Cuts streams and answers under way; waits for a worker that is reading a file. NULL is fine. */
void localhub_stop(struct localhub *hub);

/* "http://127.0.0.1:8123". Borrowed. */
const char *localhub_url(const struct localhub *hub);
/* A test token of the folder's first user, NULL when it defines none. Borrowed. */
const char *localhub_demo_token(const struct localhub *hub);
/* Repos of all kinds. Waits until the folder was looked at. */
size_t localhub_repo_count(struct localhub *hub);

/* Who is told what localhub_look_through finds. */
struct localhub_listener {
    void (*tell)(void *ctx, const char *sentence); /* not yet clean for a terminal */
    bool (*is_over)(void *ctx);                    /* asked between two repos; may be NULL */
    void *ctx;
};

struct localhub_total {
    size_t repos, files;
    uint64_t bytes; /* on the disk; what repos share counts once */
};

/* Tells what of the folder is left out or cannot be read, and why: links that lead out of it, names
 * that the Hub would not allow, cards, configs and sidecars that cannot be read, git-lfs pointers
 * without their file, parts of snapshots. Reads every repo once, which can take a while; answers go
 * on meanwhile. */
void localhub_look_through(struct localhub *hub, const struct localhub_listener *listener,
                           struct localhub_total *out);

/* "0.9.75": of libmicrohttpd, loading it. NULL (ERR_NOT_FOUND) when it is not installed. Borrowed.
 */
const char *localhub_server_version(struct err *e);

#endif
