/* SPDX-License-Identifier: Apache-2.0 */
/* Verb tables of several rooms joined: whatever is said of every verb knows all of them, and the screen's
 * own verb is one like others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/cli/cli.h"
#include "core/cli/completion.h"
#include "core/cli/run.h"
#include "core/cli/verb.h"
#include "tests/unit/capture_help.h"
#include "tui/verbs.h"

static int probe_runs;
static const struct cli_verbs *probe_rooms;

static int run_probe(const struct cli_globals *g, const struct cli_args *args)
{
    (void)g;
    probe_runs++;
    probe_rooms = args->rooms;
    printf("probed %zu\n", args->n_operands);
    return 7;
}

static int run_wrong(const struct cli_globals *g, const struct cli_args *args)
{
    (void)g;
    (void)args;
    return 99;
}

static const struct cli_option NO_OPTIONS[] = {{.name = NULL}};
static const struct cli_verb PROBE = {.name = "probe",
                                      .operands = "[THING...]",
                                      .summary = "look closely",
                                      .about = "",
                                      .options = NO_OPTIONS,
                                      .max_operands = -1,
                                      .run = run_probe};
/* A name that the first table has already. */
static const struct cli_verb SECOND_DOCTOR = {.name = "doctor",
                                              .operands = "",
                                              .summary = "never reached",
                                              .about = "",
                                              .options = NO_OPTIONS,
                                              .is_hidden = true,
                                              .run = run_wrong};
static const struct cli_verb *const OWN[] = {&PROBE, &SECOND_DOCTOR, NULL};
static const struct cli_verb *const NOBODY[] = {NULL};
static const struct cli_verbs ROOMS[] = {{CLI_VERBS}, {NOBODY}, {TUI_VERBS}, {OWN}, {NULL}};

struct result {
    int code;
    char *out, *err;
};

static char path[2][64] = {"/tmp/hfterm-rooms-out-XXXXXX", "/tmp/hfterm-rooms-err-XXXXXX"};

static struct result run(int argc, const char *const *words)
{
    char *argv[8];
    struct cli_globals g = {.wants_help = false};
    struct result r;
    memcpy(argv, words, (size_t)argc * sizeof *argv);
    const int out = capture_start(stdout, path[0]), err = capture_start(stderr, path[1]);
    r.code = cli_main(ROOMS, &g, argc, argv);
    r.err = capture_end(stderr, err, path[1]);
    r.out = capture_end(stdout, out, path[0]);
    return r;
}

static struct result run1(const char *a)
{
    return run(1, (const char *[]){a});
}

static struct result run2(const char *a, const char *b)
{
    return run(2, (const char *[]){a, b});
}

static void result_done(struct result *r)
{
    free(r->out);
    free(r->err);
}

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const int fd = mkstemp(path[i]);
        if (fd < 0) {
            return -1;
        }
        close(fd);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path[0]);
    unlink(path[1]);
    return 0;
}

static void test_joined_in_order(void **state)
{
    (void)state;
    size_t n = 0, first_own = 0;
    for (const struct cli_verb *v; (v = cli_verb_at(ROOMS, n)); n++) {
        if (v == &PROBE) {
            first_own = n;
        }
    }
    size_t n_core = 0, n_tui = 0;
    while (CLI_VERBS[n_core]) {
        n_core++;
    }
    while (TUI_VERBS[n_tui]) {
        n_tui++;
    }
    assert_int_equal(first_own, n_core + n_tui);
    assert_int_equal(n, n_core + n_tui + 2);
    assert_null(cli_verb_at(ROOMS, n));
    assert_null(cli_verb_at(ROOMS, n + 5));
    assert_ptr_equal(cli_find_verb(ROOMS, "probe"), &PROBE);
    assert_ptr_equal(cli_find_verb(ROOMS, "doctor"), &CLI_VERB_DOCTOR);
    assert_null(cli_find_verb(ROOMS, "prob"));
    const struct cli_verbs none[] = {{NULL}};
    assert_null(cli_verb_at(none, 0));
    assert_null(cli_find_verb(none, "doctor"));
}

static void test_it_runs(void **state)
{
    (void)state;
    struct result r = run2("probe", "it");
    assert_int_equal(r.code, 7);
    assert_string_equal(r.out, "probed 1\n");
    assert_int_equal(probe_runs, 1);
    assert_ptr_equal(probe_rooms, ROOMS);
    result_done(&r);
    r = run2("probe", "--help");
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "hfterm probe [THING...] - look closely"));
    assert_int_equal(probe_runs, 1);
    result_done(&r);
}

static void test_help_and_refusal(void **state)
{
    (void)state;
    struct result r = run(0, (const char *[]){NULL});
    assert_int_equal(r.code, 0);
    const char *doctor = strstr(r.out, "  doctor "), *keys = strstr(r.out, "  keys "),
               *probe = strstr(r.out, "  probe ");
    assert_true(doctor && keys && probe && doctor < keys && keys < probe);
    assert_null(strstr(r.out, "never reached"));
    result_done(&r);
    r = run1("prob");
    assert_int_equal(r.code, 2);
    assert_non_null(strstr(r.err, "there is no verb \"prob\""));
    assert_non_null(strstr(r.err, "doctor, keys, probe."));
    result_done(&r);
}

static void test_completion(void **state)
{
    (void)state;
    static const char *const WANTED[][2] = {
        {"bash", "  probe)\n"}, {"zsh", "'probe:look closely'"}, {"fish", "-a probe -d 'look closely'"}};
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++) {
        struct result r = run2("completion", WANTED[i][0]);
        assert_int_equal(r.code, 0);
        assert_non_null(strstr(r.out, WANTED[i][1]));
        assert_null(strstr(r.out, "never reached"));
        result_done(&r);
    }
}

/* ---- keys ---- */

/* hub.md 45: a verb that is there is listed, and prints as the others do. */
static void test_keys_table(void **state)
{
    (void)state;
    struct result r = run1("keys");
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "global\t? F1\tapp.help\t"));
    result_done(&r);
    r = run2("keys", "--help");
    assert_non_null(strstr(r.out, "hfterm keys [OPTIONS] - list the keys of the screen"));
    assert_non_null(strstr(r.out, "--markdown"));
    result_done(&r);
}

static void test_keys_json(void **state)
{
    (void)state;
    struct result r = run2("keys", "--json");
    struct err e = ERR_INIT;
    cJSON *all = json_parse(r.out, strlen(r.out), &e);
    assert_non_null(all);
    const cJSON *first = cJSON_GetArrayItem(all, 0);
    assert_string_equal(cJSON_GetObjectItem(first, "context")->valuestring, "global");
    assert_string_equal(cJSON_GetObjectItem(first, "action")->valuestring, "app.help");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(first, "keys")), 2);
    assert_true(cJSON_GetArraySize(all) > 50);
    cJSON_Delete(all);
    result_done(&r);
}

static void test_keys_documents(void **state)
{
    (void)state;
    struct result r = run2("keys", "--markdown");
    assert_memory_equal(r.out, "# Keys\n", 7);
    result_done(&r);
    r = run2("keys", "--man");
    assert_memory_equal(r.out, ".TH HFTERM", 10);
    result_done(&r);
    r = run(3, (const char *[]){"keys", "--man", "--json"});
    assert_int_equal(r.code, 2);
    assert_string_equal(r.out, "");
    result_done(&r);
    r = run2("keys", "now");
    assert_int_equal(r.code, 2);
    result_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joined_in_order), cmocka_unit_test(test_it_runs),
        cmocka_unit_test(test_help_and_refusal), cmocka_unit_test(test_completion),
        cmocka_unit_test(test_keys_table),      cmocka_unit_test(test_keys_json),
        cmocka_unit_test(test_keys_documents),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
