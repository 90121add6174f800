/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/task/child.h"
#include "tests/unit/task_help.h"

enum { KIND_PART = 1, KIND_END = 2 };

struct room {
    struct queue *q;
    struct pool *p;
};

/* What came of one program. */
struct outcome {
    struct buf bytes[2];
    uint64_t dropped[2]; /* as the parts say */
    size_t n_parts;
    struct child_end end;
    struct err err;
};

static int set_up(void **state)
{
    struct room *r = xcalloc(1, sizeof *r);
    r->q = queue_new(1 << 20);
    r->p = pool_new(1, r->q);
    *state = r;
    return 0;
}

/* Nothing of a test may be left: no task, no zombie. */
static int tear_down(void **state)
{
    struct room *r = *state;
    pool_free(r->p);
    queue_free(r->q);
    free(r);
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static struct task *start(struct room *r, struct child_spec spec)
{
    spec.part_kind = KIND_PART;
    struct job job = child_job(&spec);
    job.kind = KIND_END;
    job.owner = 12;
    return pool_start(r->p, &job);
}

static struct task *start_sh(struct room *r, const char *script)
{
    return start(r, (struct child_spec){.argv = (const char *[]){"sh", "-c", script, NULL}});
}

/* Take one result; false when it was the last. */
static bool take(struct room *room, struct outcome *o)
{
    struct task_result *r = wait_result(room->q);
    assert_int_equal(r->owner, 12);
    const bool is_last = r->is_last;
    assert_int_equal(r->kind, is_last ? KIND_END : KIND_PART);
    if (is_last) {
        o->err = r->err;
        assert_true((r->value != NULL) == (r->err.code == ERR_NONE));
        if (r->value) {
            o->end = *(const struct child_end *)r->value;
        }
    } else {
        const struct child_part *part = r->value;
        assert_in_range(part->n, 1, CHILD_PART_MAX);
        buf_append(&o->bytes[part->stream], part->bytes, part->n);
        o->dropped[part->stream] += part->dropped;
        o->n_parts++;
    }
    msg_free(&r->msg);
    return !is_last;
}

/* Takes everything; t is released. Free with outcome_done. */
static struct outcome finish(struct room *r, struct task *t)
{
    struct outcome o = {0};
    while (take(r, &o)) {
    }
    task_unref(t);
    assert_null(queue_take(r->q));
    assert_int_equal(o.end.dropped, o.dropped[0] + o.dropped[1]);
    return o;
}

static void outcome_done(struct outcome *o)
{
    buf_done(&o->bytes[0]);
    buf_done(&o->bytes[1]);
}

/* Wait for `want` on stdout. */
static void wait_for(struct room *r, struct outcome *o, const char *want)
{
    while (!strstr(buf_str(&o->bytes[CHILD_OUT]), want)) {
        assert_true(take(r, o));
    }
}

static bool is_alive(long pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *f = fopen(path, "r");
    char state = 'Z';
    const bool is_there = f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1;
    if (f) {
        fclose(f);
    }
    return is_there && state != 'Z' && state != 'X';
}

/* ---- output, status, input ---- */

static void test_two_streams_and_a_status(void **state)
{
    struct outcome o = finish(*state, start_sh(*state, "printf 'no newline'; echo oops >&2; exit 3"));
    assert_int_equal(o.err.code, ERR_NONE);
    assert_string_equal(buf_str(&o.bytes[CHILD_OUT]), "no newline");
    assert_string_equal(buf_str(&o.bytes[CHILD_ERR]), "oops\n");
    assert_int_equal(o.end.status, 3);
    assert_int_equal(o.end.signal, 0);
    assert_int_equal(o.end.dropped, 0);
    outcome_done(&o);
}

static void test_bytes_are_passed_on_as_they_are(void **state)
{
    struct outcome o = finish(*state, start_sh(*state, "printf 'a\\033[31m\\000\\377b'"));
    assert_int_equal(o.bytes[CHILD_OUT].n, 9);
    assert_memory_equal(o.bytes[CHILD_OUT].p, "a\033[31m\0\377b", 9);
    outcome_done(&o);
}

static void test_no_input_is_the_end_at_once(void **state)
{
    struct outcome o = finish(*state, start(*state, (struct child_spec){
                                                        .argv = (const char *[]){"cat", NULL}}));
    assert_int_equal(o.end.status, 0);
    assert_int_equal(o.n_parts, 0);
    outcome_done(&o);
}

static void test_input_larger_than_a_pipe(void **state)
{
    enum { N = 900000 };
    char *input = xmalloc(N);
    for (size_t i = 0; i < N; i++) {
        input[i] = (char)(i * 7 % 253);
    }
    struct child_spec spec = {.argv = (const char *[]){"cat", NULL}, .input = input, .n_input = N};
    struct outcome o = finish(*state, start(*state, spec));
    assert_int_equal(o.bytes[CHILD_OUT].n + o.dropped[CHILD_OUT], N);
    assert_int_equal(o.dropped[CHILD_OUT], 0);
    assert_memory_equal(o.bytes[CHILD_OUT].p, input, N);
    outcome_done(&o);
    spec.argv = (const char *[]){"true", NULL}; /* reads nothing of it */
    o = finish(*state, start(*state, spec));
    assert_int_equal(o.err.code, ERR_NONE);
    assert_int_equal(o.end.status, 0);
    outcome_done(&o);
    free(input);
}

/* ---- what it starts with ---- */

static void test_folder_and_environment(void **state)
{
    setenv("CHILD_TEST_OLD", "old", 1);
    setenv("CHILD_TEST_KEPT", "kept", 1);
    const char *const script = "pwd; echo $CHILD_TEST_OLD $CHILD_TEST_KEPT $CHILD_TEST_NEW";
    struct outcome o = finish(*state, start(*state, (struct child_spec){
        .argv = (const char *[]){"sh", "-c", script, NULL},
        .cwd = "/",
        .env = (const char *[]){"CHILD_TEST_OLD=other", "CHILD_TEST_NEW=new", NULL},
    }));
    assert_string_equal(buf_str(&o.bytes[CHILD_OUT]), "/\nother kept new\n");
    outcome_done(&o);
}

static void test_a_session_of_its_own(void **state)
{
    struct outcome o = finish(*state, start_sh(*state, "echo $$; cut -d' ' -f5,6 /proc/$$/stat"));
    long pid = 0;
    long group = 0;
    long session = 0;
    assert_int_equal(sscanf(buf_str(&o.bytes[CHILD_OUT]), "%ld %ld %ld", &pid, &group, &session), 3);
    assert_int_equal(group, pid);
    assert_int_equal(session, pid);
    outcome_done(&o);
}

static void test_signals_as_a_program_expects_them(void **state)
{
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    struct outcome o = finish(*state, start_sh(*state, "kill -PIPE $$; exit 4"));
    signal(SIGPIPE, before);
    assert_int_equal(o.end.signal, SIGPIPE);
    assert_int_equal(o.end.status, -1);
    outcome_done(&o);
}

static void test_none_of_our_descriptors(void **state)
{
    const int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(dup2(fd, 9), 9); /* without close-on-exec, as a careless library does */
    struct outcome o = finish(*state, start_sh(*state, "(echo x >&9) 2>/dev/null && exit 1; exit 0"));
#if defined __GLIBC__ && __GLIBC_PREREQ(2, 34)
    assert_int_equal(o.end.status, 0);
#endif
    close(9);
    close(fd);
    outcome_done(&o);
}

/* Runs spec with the first n descriptors of ours closed. */
static struct outcome run_without(struct room *r, int n, struct child_spec spec)
{
    int saved[3];
    for (int i = 0; i < n; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 20);
        close(i);
    }
    struct outcome o = {0};
    struct task *t = start(r, spec);
    while (take(r, &o)) {
    }
    for (int i = 0; i < n; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    task_unref(t);
    return o;
}

static void test_without_standard_descriptors_of_ours(void **state)
{
    struct child_spec spec = {.argv = (const char *[]){"sh", "-c", "cat; echo o; echo e >&2", NULL}};
    for (int n = 1; n <= 3; n++) {
        for (size_t n_input = 0; n_input < 3; n_input += 2) {
            spec.input = "i\n";
            spec.n_input = n_input;
            struct outcome o = run_without(*state, n, spec);
            assert_string_equal(buf_str(&o.bytes[CHILD_OUT]), n_input ? "i\no\n" : "o\n");
            assert_string_equal(buf_str(&o.bytes[CHILD_ERR]), "e\n");
            outcome_done(&o);
        }
    }
}

/* ---- what cannot be started ---- */

static void check_refused(struct room *r, struct child_spec spec, enum err_code code, const char *says)
{
    struct outcome o = finish(r, start(r, spec));
    assert_int_equal(o.err.code, code);
    assert_non_null(strstr(o.err.msg, says));
    assert_true(o.err.remedy[0] != '\0');
    outcome_done(&o);
}

static void test_what_cannot_be_started(void **state)
{
    const char *const none[] = {"hfterm-no-such-program", NULL};
    check_refused(*state, (struct child_spec){.argv = none}, ERR_NOT_FOUND, none[0]);
    check_refused(*state, (struct child_spec){.argv = (const char *[]){"/nowhere/x", NULL}},
                  ERR_NOT_FOUND, "/nowhere/x");
    check_refused(*state, (struct child_spec){.argv = (const char *[]){"true", NULL},
                                              .cwd = "/nowhere/at/all"},
                  ERR_NOT_FOUND, "no such folder");
    check_refused(*state, (struct child_spec){.argv = (const char *[]){"/etc/passwd", NULL}},
                  ERR_FORBIDDEN, "/etc/passwd");
    struct rlimit before;
    getrlimit(RLIMIT_NOFILE, &before);
    const int next = dup(STDERR_FILENO);
    close(next);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)next + 3, before.rlim_max});
    struct outcome o = {0};
    struct task *t = start_sh(*state, "exit 0");
    while (take(*state, &o)) {
    }
    setrlimit(RLIMIT_NOFILE, &before);
    task_unref(t);
    assert_int_equal(o.err.code, ERR_LIMIT);
    const int after = dup(STDERR_FILENO);
    close(after);
    assert_int_equal(after, next); /* what was opened is closed */
}

/* ---- a reader who does not read ---- */

/* The length of what `seq 1 last` writes. */
static uint64_t seq_length(uint64_t last)
{
    uint64_t n = 0;
    for (uint64_t from = 1, digits = 1; from <= last; from *= 10, digits++) {
        const uint64_t to = from * 10 - 1 < last ? from * 10 - 1 : last;
        n += (to - from + 1) * (digits + 1);
    }
    return n;
}

/* The numbers from the first whole line on go up by one and end with last. */
static void check_numbers(const struct buf *b, uint64_t last)
{
    const char *p = strchr(buf_str(b), '\n');
    assert_non_null(p);
    uint64_t before = 0;
    while (p[1]) {
        char *end = NULL;
        const uint64_t number = strtoull(p + 1, &end, 10);
        assert_int_equal(*end, '\n');
        assert_true(before == 0 || number == before + 1);
        before = number;
        p = end;
    }
    assert_int_equal(before, last);
}

static void test_a_flood_nobody_reads(void **state)
{
    enum { LAST = 3000000 };
    char folder[] = "/tmp/hfterm-child-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char done[64];
    snprintf(done, sizeof done, "%s/done", folder);
    struct task *t = start(*state, (struct child_spec){
        .argv = (const char *[]){"sh", "-c", "seq 1 3000000; : > done", NULL}, .cwd = folder});
    WAIT_UNTIL(access(done, F_OK) == 0); /* at its own pace: nothing was taken yet */
    struct outcome o = finish(*state, t);
    const struct buf *out = &o.bytes[CHILD_OUT];
    assert_int_equal(o.end.status, 0);
    /* What was kept, and what lay in the pipe still when the first part was taken. */
    assert_in_range(out->n, CHILD_UNREAD_MAX - CHILD_PART_MAX, CHILD_UNREAD_MAX + 2 * CHILD_PART_MAX);
    assert_true(o.dropped[CHILD_OUT] > 0);
    assert_int_equal(out->n + o.dropped[CHILD_OUT], seq_length(LAST));
    check_numbers(out, LAST);
    outcome_done(&o);
    unlink(done);
    rmdir(folder);
}

static void test_a_reader_who_keeps_up_loses_nothing(void **state)
{
    struct outcome o = finish(*state, start(*state, (struct child_spec){
        .argv = (const char *[]){"sh", "-c", "echo 0; seq 1 300000", NULL}, .max_unread = 8 << 20}));
    assert_int_equal(o.end.dropped, 0);
    assert_int_equal(o.bytes[CHILD_OUT].n, 2 + seq_length(300000));
    check_numbers(&o.bytes[CHILD_OUT], 300000);
    outcome_done(&o);
}

static void test_an_endless_flood_is_cancelled(void **state)
{
    struct task *t = start(*state, (struct child_spec){.argv = (const char *[]){"yes", NULL}});
    struct outcome o = {0};
    assert_true(take(*state, &o));
    clock_sleep_ms(50);
    task_cancel(t);
    while (take(*state, &o)) {
    }
    task_unref(t);
    assert_int_equal(o.err.code, ERR_CANCELLED);
    outcome_done(&o);
}

/* ---- its end ---- */

static void test_one_that_ignores_the_polite_signal(void **state)
{
    struct outcome o = {0};
    struct task *t = start_sh(*state, "trap '' TERM; sleep 1000 & echo $$ $! ready; "
                                      "while :; do sleep 0.05; done");
    wait_for(*state, &o, "ready");
    long pid = 0;
    long other = 0;
    assert_int_equal(sscanf(buf_str(&o.bytes[CHILD_OUT]), "%ld %ld", &pid, &other), 2);
    assert_true(is_alive(pid) && is_alive(other));
    const int64_t start_ms = clock_mono_ms();
    task_cancel(t);
    while (take(*state, &o)) {
    }
    assert_true(clock_mono_ms() - start_ms >= 1900);
    assert_int_equal(o.err.code, ERR_CANCELLED);
    WAIT_UNTIL(!is_alive(pid) && !is_alive(other));
    task_unref(t);
    outcome_done(&o);
}

static void test_one_whose_helper_ignores_the_polite_signal(void **state)
{
    struct outcome o = {0};
    struct task *t = start_sh(*state, "(trap '' TERM; echo ready >&2; exec sleep 1000) & "
                                      "echo $! .; wait");
    wait_for(*state, &o, " .");
    while (o.bytes[CHILD_ERR].n == 0) {
        assert_true(take(*state, &o));
    }
    const long helper = strtol(buf_str(&o.bytes[CHILD_OUT]), NULL, 10);
    assert_true(is_alive(helper));
    task_cancel(t);
    while (take(*state, &o)) {
    }
    WAIT_UNTIL(!is_alive(helper));
    task_unref(t);
    outcome_done(&o);
}

static void test_cancel_is_polite_first(void **state)
{
    struct outcome o = {0};
    struct task *t = start_sh(*state, "trap 'echo bye; exit 0' TERM; echo ready; "
                                      "while :; do sleep 0.05; done");
    wait_for(*state, &o, "ready");
    const int64_t start_ms = clock_mono_ms();
    task_cancel(t);
    while (take(*state, &o)) {
    }
    assert_true(clock_mono_ms() - start_ms < HANG_MS / 2);
    assert_non_null(strstr(buf_str(&o.bytes[CHILD_OUT]), "bye"));
    task_unref(t);
    outcome_done(&o);
}

static int64_t cpu_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void test_one_that_closes_its_output_and_lives_on(void **state)
{
    const int64_t start_ms = clock_mono_ms();
    const int64_t start_cpu_ms = cpu_ms();
    struct outcome o = finish(*state, start_sh(*state, "exec >&- 2>&-; sleep 0.6; exit 7"));
    assert_int_equal(o.end.status, 7);
    assert_true(clock_mono_ms() - start_ms >= 600);
    assert_true(cpu_ms() - start_cpu_ms < 100); /* asleep meanwhile */
    outcome_done(&o);
}

static void test_one_that_leaves_another_with_its_output(void **state)
{
    struct outcome o = finish(*state, start_sh(*state, "sleep 1000 & echo $!"));
    assert_int_equal(o.end.status, 0);
    const long other = strtol(buf_str(&o.bytes[CHILD_OUT]), NULL, 10);
    assert_true(is_alive(other));
    kill((pid_t)other, SIGKILL);
    outcome_done(&o);
}

static void test_many_started_and_dropped(void **state)
{
    struct room *r = *state;
    for (int i = 0; i < 20; i++) {
        struct task *t = start_sh(r, "sleep 1000");
        if (i % 2) {
            clock_sleep_ms(3);
        }
        task_cancel(t);
        task_unref(t);
    }
    WAIT_UNTIL(pool_long(r->p) == 0);
}

static void test_pool_free_ends_it(void **state)
{
    struct room *r = *state;
    struct outcome o = {0};
    task_unref(start_sh(r, "echo $$ ready; exec sleep 1000"));
    task_unref(start(r, (struct child_spec){.argv = (const char *[]){"yes", NULL}}));
    const struct job never = child_job(&(struct child_spec){.argv = (const char *[]){"x", NULL}});
    never.free_arg(never.arg); /* one that is never started */
    wait_for(r, &o, "ready");
    const char *at = strstr(buf_str(&o.bytes[CHILD_OUT]), " ready");
    while (at > o.bytes[CHILD_OUT].p && at[-1] >= '0' && at[-1] <= '9') {
        at--;
    }
    const long pid = strtol(at, NULL, 10);
    pool_free(r->p);
    r->p = NULL;
    assert_false(is_alive(pid));
    outcome_done(&o);
}

#define CHILD_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHILD_TEST(test_two_streams_and_a_status),
        CHILD_TEST(test_bytes_are_passed_on_as_they_are),
        CHILD_TEST(test_no_input_is_the_end_at_once),
        CHILD_TEST(test_input_larger_than_a_pipe),
        CHILD_TEST(test_folder_and_environment),
        CHILD_TEST(test_a_session_of_its_own),
        CHILD_TEST(test_signals_as_a_program_expects_them),
        CHILD_TEST(test_none_of_our_descriptors),
        CHILD_TEST(test_without_standard_descriptors_of_ours),
        CHILD_TEST(test_what_cannot_be_started),
        CHILD_TEST(test_a_flood_nobody_reads),
        CHILD_TEST(test_a_reader_who_keeps_up_loses_nothing),
        CHILD_TEST(test_an_endless_flood_is_cancelled),
        CHILD_TEST(test_one_that_ignores_the_polite_signal),
        CHILD_TEST(test_one_whose_helper_ignores_the_polite_signal),
        CHILD_TEST(test_cancel_is_polite_first),
        CHILD_TEST(test_one_that_closes_its_output_and_lives_on),
        CHILD_TEST(test_one_that_leaves_another_with_its_output),
        CHILD_TEST(test_many_started_and_dropped),
        CHILD_TEST(test_pool_free_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
