/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* The verb get as a script sees it: exit codes, lines, events, and Ctrl-C in the middle. */
#include <signal.h>

#include "core/base/json.h"
#include "core/cli/cli.h"
#include "core/cli/run.h"
#include "core/cli/verb.h"
#include "core/localhub/localhub.h"
#include "tests/unit/capture_help.h"
#include "tests/unit/download_help.h"

enum { BYTES = 400 * 1000, MAX_WORDS = 12 };

static const struct cli_verbs ROOMS[] = {{CLI_VERBS}, {NULL}};

struct room {
    char *home, *served, *content;
    struct localhub *local;
};

static int set_up(void **state)
{
    struct room *room = xcalloc(1, sizeof *room);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT); /* the server's threads must not take it */
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    clear_environment();
    unsetenv("HF_ENDPOINT");
    room->home = make_folder();
    room->served = make_folder();
    room->content = make_bytes(BYTES, 1);
    static const char *const VARIABLES[] = {"HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"};
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        setenv(VARIABLES[i], room->home, 1);
    }
    char *folder = xasprintf("%s/datasets/lab/rows", room->served);
    assert_true(file_mkdirs(folder, 0700, NULL));
    put_file(folder, "rows.parquet", room->content, BYTES);
    put_file(folder, "a.txt", "a\n", 2);
    char *sub = xasprintf("%s/sub", folder);
    assert_true(file_mkdirs(sub, 0700, NULL));
    put_file(sub, "b.txt", "b\n", 2);
    free(sub);
    free(folder);
    *state = room;
    return 0;
}

static void serve(struct room *room, const char *fault)
{
    struct err e = ERR_INIT;
    struct localhub_fault parsed;
    char *text = xstrdup(fault ? fault : "latency=0");
    localhub_stop(room->local);
    assert_true(localhub_fault_parse(text, &parsed, &e));
    const struct localhub_options options = {.dir = room->served, .faults = &parsed, .n_faults = 1};
    room->local = localhub_start(&options, &e);
    assert_non_null(room->local);
    free(text);
}

static int tear_down(void **state)
{
    struct room *room = *state;
    localhub_stop(room->local);
    file_remove_tree(room->home, NULL);
    file_remove_tree(room->served, NULL);
    free(room->home);
    free(room->served);
    free(room->content);
    free(room);
    return 0;
}

struct result {
    int code;
    char *out, *err;
};

static void result_done(struct result *r)
{
    free(r->out);
    free(r->err);
}

/* line: blank-separated words behind "hfterm --endpoint URL get"; "@" is the folder to save into.
 */
static struct result run(const struct room *room, const char *line)
{
    char *out_path = xasprintf("%s/out", room->served),
         *err_path = xasprintf("%s/err", room->served);
    char *words[MAX_WORDS];
    int n = 0;
    char *all = xasprintf("hfterm --endpoint %s get %s", localhub_url(room->local), line);
    char *rest = all;
    for (char *word = strsep(&rest, " "); word && n < MAX_WORDS; word = strsep(&rest, " ")) {
        words[n++] = strcmp(word, "@") == 0 ? room->home : word;
    }
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
    free(all);
    return r;
}

static void test_exit_codes(void **state)
{
    static const struct {
        const char *line;
        int code;
        const char *err; /* "": nothing may stand there */
    } CASES[] = {
        {"datasets/lab/rows a.txt @", 0, ""},
        {"datasets/lab/rows a.txt @", 1, "File exists\n        Nothing was changed."},
        {"lab/rows a.txt @ --type dataset -f", 0, ""},
        {"datasets/lab/rows a.txt @/no/such/place", 1, "Make it first"},
        {"datasets/lab/rows none.txt @", 4, "none.txt"},
        {"datasets/lab/none a.txt @ -f", 4, "lab/none"},
        {"datasets/lab/rows a.txt @ -f -r nosuch", 4, "revision"},
        {"datasets/lab/rows/sub/b.txt @", 0, ""},
        {"lab/rows/a.txt --type dataset @ -f", 0, ""},
        {"datasets/lab/rows/a.txt @", 1, "File exists"},
        {"datasets/lab/rows/none.txt @", 4, "none.txt"},
        {"datasets/lab/rows", 2, "needs the FILE of datasets/lab/rows"},
        {"datasets/lab/rows/", 2, "needs the FILE"},
        {"https://huggingface.co/datasets/lab/rows", 2, "needs the FILE"},
        {"https://huggingface.co/datasets/lab/rows a.txt @ -f", 0, ""},
        {"datasets/lab/rows ../a.txt @", 2, ""},
        {"a/b/c a.txt @", 2, "names a file already"},
        {"https://huggingface.co/datasets/lab/rows/resolve/main/sub/b.txt?download=true @ -f", 0, ""},
        {"datasets/lab/rows@main/a.txt @ -f", 0, ""},
        {"datasets/lab/rows@nosuch/a.txt @ -f", 4, "no revision \"nosuch\""},
        {"hf.co/datasets/lab/rows/blob/other/a.txt @ -r main -f", 2, "--revision says main"},
        {"--offline datasets/lab/rows a.txt @ -f", 5, "offline"},
    };
    struct room *room = *state;
    serve(room, NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *place = xstrdup(CASES[i].line);
        char *at = strstr(place, "@/");
        char *line = at ? xasprintf("%.*s%s%s", (int)(at - place), place, room->home, at + 1)
                        : xstrdup(place);
        struct result r = run(room, line);
        if (r.code != CASES[i].code || !strstr(r.err, CASES[i].err) ||
            (CASES[i].code == 0) != (r.err[0] == '\0')) {
            fail_msg("%s: code %d: %s", CASES[i].line, r.code, r.err);
        }
        result_done(&r);
        free(line);
        free(place);
    }
    expect_file(room->home, "a.txt", "a\n", 2);
    expect_file(room->home, "b.txt", "b\n", 2);
}

static void test_line(void **state)
{
    struct room *room = *state;
    char hex[HASH_SHA256_HEX];
    hash_sha256(room->content, BYTES, hex);
    serve(room, NULL);
    struct result r = run(room, "datasets/lab/rows rows.parquet @");
    char *want = xasprintf("%s/rows.parquet\t%d\t%s\tsha256\n", room->home, BYTES, hex);
    assert_string_equal(r.out, want);
    assert_string_equal(r.err, "");
    expect_file(room->home, "rows.parquet", room->content, BYTES);
    free(want);
    result_done(&r);
}

static void check_progress(const cJSON *event, uint64_t *last)
{
    uint64_t bytes = 0, size = 0;
    assert_string_equal(json_str(event, "event"), "progress");
    assert_true(json_u64(event, "bytes", &bytes));
    assert_true(bytes >= *last && bytes <= BYTES);
    if (bytes > 0) {
        assert_true(json_u64(event, "size", &size));
        assert_int_equal(size, BYTES);
    }
    *last = bytes;
}

static void test_events(void **state)
{
    struct room *room = *state;
    uint64_t last = 0, bytes = 0, ms = 0;
    int n = 0;
    serve(room, "slow=200000");
    struct result r = run(room, "datasets/lab/rows rows.parquet @ --json");
    assert_int_equal(r.code, 0);
    char *rest = r.out;
    cJSON *event = NULL;
    for (char *line = strsep(&rest, "\n"); line && *line; line = strsep(&rest, "\n")) {
        struct err e = ERR_INIT;
        if (event) {
            check_progress(event, &last);
        }
        cJSON_Delete(event);
        event = json_parse(line, strlen(line), &e);
        assert_non_null(event);
        n++;
    }
    assert_string_equal(json_str(event, "event"), "done");
    assert_string_equal(json_str(event, "verified"), "sha256");
    assert_true(str_ends(json_str(event, "path"), "/rows.parquet"));
    assert_int_equal(strlen(json_str(event, "sha256")), 64);
    assert_true(json_u64(event, "bytes", &bytes) && json_u64(event, "ms", &ms));
    assert_int_equal(bytes, BYTES);
    assert_true(n >= 3);                      /* it took 2 s */
    assert_true((uint64_t)n <= ms / 500 + 1); /* at most two a second, and the last */
    cJSON_Delete(event);
    result_done(&r);
}

/* The same number is not told twice; that nothing comes is. */
static void test_waiting(void **state)
{
    struct room *room = *state;
    serve(room, "latency=6500 match=/resolve/");
    struct result r = run(room, "datasets/lab/rows rows.parquet @ --json");
    assert_int_equal(r.code, 0);
    assert_true(str_starts(r.out, "{\"event\":\"waiting\",\"seconds\":5}\n"));
    assert_null(strstr(r.out + 20, "waiting"));
    assert_null(strstr(r.out, "\"bytes\":0,"));
    assert_string_equal(r.err, "hfterm: no byte for 5 s\n");
    result_done(&r);
    r = run(room, "datasets/lab/rows rows.parquet @ --force");
    assert_int_equal(r.code, 0);
    assert_string_equal(r.err, "hfterm: no byte for 5 s\n");
    assert_null(strstr(r.out, "no byte"));
    result_done(&r);
}

static void *interrupt(void *arg)
{
    (void)arg;
    clock_sleep_ms(1000);
    kill(getpid(), SIGINT);
    return NULL;
}

static void test_interrupted(void **state)
{
    struct room *room = *state;
    pthread_t thread;
    serve(room, "slow=100000");
    assert_int_equal(pool_spawn(&thread, "interrupt", interrupt, NULL), 0);
    const int64_t began = clock_mono_ms();
    struct result r = run(room, "datasets/lab/rows rows.parquet @");
    const int64_t took = clock_mono_ms() - began;
    pthread_join(thread, NULL);
    assert_int_equal(r.code, 130);
    assert_true(took >= 900 && took < 2500);
    assert_non_null(strstr(r.err, " of 400 kB are kept\n"));
    assert_non_null(strstr(r.err, "The same command goes on there."));
    assert_string_equal(r.out, "");
    assert_false(has_file(room->home, "rows.parquet"));
    assert_true(has_file(room->home, ".rows.parquet.hfterm-part"));
    result_done(&r);
    serve(room, NULL);
    r = run(room, "datasets/lab/rows rows.parquet @ --json");
    assert_int_equal(r.code, 0);
    assert_null(strstr(r.out, "\"found\":0,"));
    expect_file(room->home, "rows.parquet", room->content, BYTES);
    expect_tidy(room->home, "rows.parquet");
    result_done(&r);
}

#define ROOM_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_exit_codes),
        ROOM_TEST(test_line),
        ROOM_TEST(test_events),
        ROOM_TEST(test_waiting),
        ROOM_TEST(test_interrupted),
    };
    return cmocka_run_group_tests_name("get", tests, NULL, NULL);
}
