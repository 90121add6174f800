/* SPDX-License-Identifier: Apache-2.0 */
/* realize_help.h - running the verb realize as a script does; from the root of the source tree. */
#ifndef HFTERM_TESTS_REALIZE_HELP_H
#define HFTERM_TESTS_REALIZE_HELP_H

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/cli/cli.h"
#include "core/cli/run.h"
#include "core/cli/verb.h"
#include "tests/unit/capture_help.h"

#define KITCHEN "tests/fixtures/pictures/kitchen.png"
#define FILM "tests/fixtures/pictures/ball.y4m"
#define WEIGHTS "tests/golden/arrcoc/weights2048.safetensors"
#define VECTOR "tests/golden/arrcoc/query2048.safetensors"

enum { MAX_WORDS = 24 };

struct result {
    int code;
    char *out, *err;
};

struct room {
    char *home;
};

static inline int set_up(void **state)
{
    struct room *room = xcalloc(1, sizeof *room);
    const char *tmp = getenv("TMPDIR");
    room->home = xasprintf("%s/hfterm-realize-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(room->home)) {
        return -1;
    }
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

/* The words behind "hfterm realize", NULL at the end. A leading @ stands for the test's folder. */
static inline struct result run(const struct room *room, const char *const *words)
{
    char *argv[MAX_WORDS + 2];
    int n = 0;
    argv[n++] = xstrdup("realize");
    for (; words[n - 1]; n++) {
        const char *w = words[n - 1];
        assert_true(n < MAX_WORDS);
        argv[n] = *w == '@' ? xasprintf("%s/%s", room->home, w + 1) : xstrdup(w);
    }
    argv[n] = NULL;
    char *out_path = xasprintf("%s/stdout", room->home),
         *err_path = xasprintf("%s/stderr", room->home);
    const int out = capture_start(stdout, out_path), err = capture_start(stderr, err_path);
    const struct cli_globals globals = {0};
    const struct cli_verbs rooms[] = {{CLI_VERBS}, {NULL}};
    struct result r = {.code = cli_main(rooms, &globals, n, argv)};
    r.out = capture_end(stdout, out, out_path);
    r.err = capture_end(stderr, err, err_path);
    for (int i = 0; i < n; i++) {
        free(argv[i]);
    }
    free(out_path);
    free(err_path);
    return r;
}

#define RUN(room, ...) run(room, (const char *const[]){__VA_ARGS__, NULL})

static inline void done(struct result *r)
{
    free(r->out);
    free(r->err);
}

static inline cJSON *parse(const struct result *r)
{
    if (r->code) {
        fail_msg("exit code %d: %s", r->code, r->err);
    }
    cJSON *j = json_parse(r->out, strlen(r->out), NULL);
    assert_non_null(j);
    return j;
}

static inline double number(const cJSON *o, const char *key)
{
    double v = 0.0;
    if (!json_num(o, key, &v)) {
        fail_msg("there is no number \"%s\"", key);
    }
    return v;
}

#endif
