/* SPDX-License-Identifier: Apache-2.0 */
/* verb_help.h - run a verb as a script does and read what it left: exit code and both outputs. Included
 * by one .c file a program; HOME and the XDG folders are a new folder a test program.
 */
#ifndef HFTERM_TESTS_UNIT_VERB_HELP_H
#define HFTERM_TESTS_UNIT_VERB_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/cli/cli.h"
#include "core/cli/run.h"
#include "core/cli/verb.h"
#include "tests/unit/capture_help.h"

enum { MAX_WORDS = 12 };

static const struct cli_verbs ROOMS[] = {{CLI_VERBS}, {NULL}};

struct room {
    char *home;
};

/* What a verb left: exit code and both outputs. */
struct result {
    int code;
    char *out, *err;
};

static inline int set_up(void **state)
{
    static const char *const VARIABLES[] = {
        "http_proxy",           "all_proxy", "ALL_PROXY",  "HF_HUB_OFFLINE",
        "TRANSFORMERS_OFFLINE", "HF_TOKEN",  "HF_ENDPOINT"};
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        unsetenv(VARIABLES[i]);
    }
    struct room *room = xcalloc(1, sizeof *room);
    const char *tmp = getenv("TMPDIR");
    room->home = xasprintf("%s/hfterm-verbs-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(room->home)) {
        return -1;
    }
    setenv("HOME", room->home, 1);
    setenv("XDG_CACHE_HOME", room->home, 1);
    setenv("XDG_STATE_HOME", room->home, 1);
    setenv("XDG_CONFIG_HOME", room->home, 1);
    *state = room;
    return 0;
}

static inline int tear_down(void **state)
{
    struct room *room = *state;
    file_remove_tree(room->home, NULL);
    free(room->home);
    free(room);
    return 0;
}

static inline char *path_in(const struct room *room, const char *name)
{
    return xasprintf("%s/%s", room->home, name);
}

/* line: blank-separated words behind "hfterm". */
static inline struct result run(const struct room *room, const char *line)
{
    char *copy = xstrdup(line);
    char program[] = "hfterm";
    char *words[MAX_WORDS + 1] = {program};
    int n = 1;
    for (char *p = copy; *p && n < MAX_WORDS;) {
        const size_t len = strcspn(p, " ");
        words[n++] = p;
        p += len;
        if (*p) {
            *p++ = '\0';
        }
    }
    char *out_path = path_in(room, "out"), *err_path = path_in(room, "err");
    const int out = capture_start(stdout, out_path), err = capture_start(stderr, err_path);
    struct result r = {0};
    struct cli_globals g;
    struct err e = ERR_INIT;
    int first = 0;
    r.code = cli_parse_globals(n, words, &g, &first, &e) ? cli_main(ROOMS, &g, n - first, words + first)
                                                         : cli_fail(&e);
    r.err = capture_end(stderr, err, err_path);
    r.out = capture_end(stdout, out, out_path);
    free(out_path);
    free(err_path);
    free(copy);
    return r;
}

static inline void result_done(struct result *r)
{
    free(r->out);
    free(r->err);
}

#endif
