/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Downloads from a local hub that cuts, stalls, refuses and miscounts: what arrives is always the
 * whole file or nothing under its name, and what came is gone on with. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "core/localhub/localhub.h"
#include "tests/unit/download_help.h"

#define REPO "lab/files"

enum { BIG = 300 * 1000, SMALL = 20 * 1000, PATIENCE_MS = 250 };

struct room {
    char *served, *dir; /* the hub's folder; where we save */
    char *big, *small;  /* content of big.safetensors (LFS) and small.txt (git) */
    struct http *http;
    struct localhub *local;
    struct hub *hub;
};

static int set_up(void **state)
{
    struct room *room = xcalloc(1, sizeof *room);
    clear_environment();
    room->served = make_folder();
    room->dir = make_folder();
    room->big = make_bytes(BIG, 1);
    room->small = make_bytes(SMALL, 2);
    char *files = xasprintf("%s/models/%s/sub", room->served, REPO);
    assert_true(file_mkdirs(files, 0700, NULL));
    put_file(files, "../big.safetensors", room->big, BIG);
    put_file(files, "../small.txt", room->small, SMALL);
    put_file(files, "../empty.txt", "", 0);
    put_file(files, "in it.txt", "deep", 4);
    free(files);
    room->http = http_new(&(struct http_options){.retry_ms = 1}, NULL);
    *state = room;
    return 0;
}

static void unserve(struct room *room)
{
    hub_free(room->hub);
    localhub_stop(room->local);
    room->hub = NULL;
    room->local = NULL;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    unserve(room);
    http_free(room->http);
    file_remove_tree(room->served, NULL);
    file_remove_tree(room->dir, NULL);
    free(room->served);
    free(room->dir);
    free(room->big);
    free(room->small);
    free(room);
    return 0;
}

/* fault NULL: none. */
static void serve(struct room *room, const char *fault)
{
    struct err e = ERR_INIT;
    struct localhub_fault parsed;
    char *text = fault ? xstrdup(fault) : NULL;
    unserve(room);
    if (text && !localhub_fault_parse(text, &parsed, &e)) {
        fail_msg("%s", e.msg);
    }
    const struct localhub_options options = {
        .dir = room->served, .faults = &parsed, .n_faults = text ? 1 : 0, .split_storage = true};
    room->local = localhub_start(&options, &e);
    assert_non_null(room->local);
    const struct hub_options hub = {.endpoint = localhub_url(room->local), .token = ""};
    room->hub = hub_new(room->http, NULL, &hub, &e);
    free(text);
}

static struct download_spec spec_of(const struct room *room, const char *path)
{
    return (struct download_spec){
        .kind = HUB_MODEL, .id = REPO, .path = path, .to = room->dir, .retry_ms = 1};
}

static bool get(struct room *room, const char *path, struct download_result *out, struct err *e)
{
    const struct download_spec spec = spec_of(room, path);
    *e = (struct err)ERR_INIT;
    return download_run(room->hub, &spec, NULL, out, e);
}

static void expect_big(struct room *room, const char *what)
{
    struct err e;
    struct download_result out;
    char hex[HASH_SHA256_HEX];
    if (!get(room, "big.safetensors", &out, &e)) {
        fail_msg("%s: %s", what, e.msg);
    }
    hash_sha256(room->big, BIG, hex);
    assert_int_equal(out.bytes, BIG);
    assert_int_equal(out.proof, DOWNLOAD_BY_SHA256);
    assert_string_equal(out.sha256, hex);
    expect_file(room->dir, "big.safetensors", room->big, BIG);
    expect_tidy(room->dir, "big.safetensors");
    download_result_done(&out);
}

static void remove_saved(struct room *room, const char *name)
{
    char *path = xasprintf("%s/%s", room->dir, name);
    unlink(path);
    free(path);
}

/* ---- whole files ---- */

static void test_whole(void **state)
{
    struct room *room = *state;
    struct err e;
    struct download_result out;
    struct stat st;
    serve(room, NULL);
    const mode_t old = umask(027);
    expect_big(room, "whole");
    assert_true(get(room, "small.txt", &out, &e));
    umask(old);
    assert_int_equal(out.proof, DOWNLOAD_BY_GIT);
    assert_int_equal(out.found, 0);
    assert_non_null(out.commit);
    assert_true(str_ends(out.path, "/small.txt"));
    assert_int_equal(stat(out.path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    download_result_done(&out);
    expect_file(room->dir, "small.txt", room->small, SMALL);
    assert_true(get(room, "empty.txt", &out, &e));
    assert_int_equal(out.bytes, 0);
    download_result_done(&out);
    expect_file(room->dir, "empty.txt", "", 0);
    expect_tidy(room->dir, "empty.txt");
    assert_true(get(room, "sub/in it.txt", &out, &e));
    download_result_done(&out);
    expect_file(room->dir, "in it.txt", "deep", 4);
}

/* ---- resuming ---- */

/* The first connection of many ends after each of these numbers of bytes. */
static void test_cut_anywhere(void **state)
{
    static const int OFFSETS[] = {0,     1,     2,      4095,   4096,    65535,   65536,
                                  65537, 99999, 131072, 262144, BIG - 2, BIG - 1, BIG};
    struct room *room = *state;
    for (size_t i = 0; i < sizeof OFFSETS / sizeof *OFFSETS; i++) {
        char *fault = xasprintf("cut=%d match=/storage count=1", OFFSETS[i]);
        serve(room, fault);
        expect_big(room, fault);
        remove_saved(room, "big.safetensors");
        free(fault);
    }
}

static void test_faults(void **state)
{
    static const char *const FAULTS[] = {
        "cut=70000",                /* every connection: five of them */
        "cut=70000 match=/storage", /* the redirect stays whole */
        "status-503 count=3",
        "status-503 match=/storage count=4",
        "status-429=0 count=2",
        "no-range",
        "wrong-length match=/storage",
        "slow=3000000",
        "no-length",
        "latency=30",
    };
    struct room *room = *state;
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
        serve(room, FAULTS[i]);
        expect_big(room, FAULTS[i]);
        remove_saved(room, "big.safetensors");
        struct err e;
        struct download_result out;
        if (!get(room, "small.txt", &out, &e)) {
            fail_msg("%s: %s", FAULTS[i], e.msg);
        }
        assert_int_equal(out.proof, DOWNLOAD_BY_GIT);
        download_result_done(&out);
        expect_file(room->dir, "small.txt", room->small, SMALL);
        remove_saved(room, "small.txt");
    }
}

/* A run that gives up keeps what came; the next one goes on there. */
static void test_next_run_goes_on(void **state)
{
    struct room *room = *state;
    struct err e;
    struct download_result out;
    serve(room, "status-503");
    assert_false(get(room, "big.safetensors", &out, &e));
    expect_err(&e, ERR_SERVER, "HTTP 503");
    assert_int_equal(out.bytes, 0);
    download_result_done(&out);
    expect_tidy(room->dir, "big.safetensors"); /* an empty part is none */

    char *part = xasprintf("%s/.big.safetensors.hfterm-part", room->dir);
    serve(room, "slow=200000 match=/storage");
    struct background b = {.hub = room->hub, .spec = spec_of(room, "big.safetensors")};
    background_start(&b);
    background_until(&b, 50000);
    background_cancel(&b);
    assert_true(b.result.bytes >= 50000 && b.result.bytes < BIG);
    assert_true(b.result.has_size);
    assert_int_equal(b.result.size, BIG);
    assert_false(has_file(room->dir, "big.safetensors"));
    struct stat st;
    assert_int_equal(stat(part, &st), 0);
    assert_int_equal(st.st_size, b.result.bytes);
    assert_int_equal(st.st_mode & 07777, 0600);

    serve(room, NULL);
    assert_true(get(room, "big.safetensors", &out, &e));
    assert_int_equal(out.found, b.result.bytes);
    download_result_done(&out);
    download_result_done(&b.result);
    expect_file(room->dir, "big.safetensors", room->big, BIG);
    expect_tidy(room->dir, "big.safetensors");
    free(part);
}

/* Of a resumed file the progress is that of the file, never that of the connection. */
static void test_progress_of_a_resumed_file(void **state)
{
    struct room *room = *state;
    char sha[HASH_SHA256_HEX];
    hash_sha256(room->big, BIG, sha);
    char *note =
        xasprintf("{\"hfterm_part\":1,\"url\":\"x\",\"etag\":\"%s\",\"size\":%d}", sha, BIG);
    put_file(room->dir, ".big.safetensors.hfterm-part", room->big, BIG / 2);
    put_file(room->dir, ".big.safetensors.hfterm-part.json", note, strlen(note));
    serve(room, "slow=300000 match=/storage");
    struct background b = {.hub = room->hub, .spec = spec_of(room, "big.safetensors")};
    background_start(&b);
    background_until(&b, BIG / 2);
    bool is_right = true;
    for (uint64_t done = 0, total = 0; done < BIG && is_right;) {
        task_get_progress(b.task, &done, &total);
        is_right = done >= BIG / 2 && done <= BIG && total == BIG;
    }
    pthread_join(b.thread, NULL);
    task_unref(b.task);
    assert_true(b.ok);
    assert_true(is_right);
    download_result_done(&b.result);
    free(note);
}

/* A part that is whole, too long, without a note, with a note of something else. */
static void test_odd_parts(void **state)
{
    struct room *room = *state;
    char sha[HASH_SHA256_HEX];
    hash_sha256(room->big, BIG, sha);
    char *right =
        xasprintf("{\"hfterm_part\":1,\"url\":\"x\",\"etag\":\"%s\",\"size\":%d}", sha, BIG);
    char *longer = make_bytes(BIG + 10, 1);
    const struct {
        const char *what, *note;
        size_t n;
        uint64_t found;
        bool is_left; /* by download_peek, which does not ask what the file is now */
    } CASES[] = {
        {"half", right, BIG / 2, BIG / 2, true},
        {"whole", right, BIG, BIG - 1, true},
        {"too long", right, BIG + 10, 0, false},
        {"no note", "", BIG / 2, 0, false},
        {"rubbish", "{\"hfterm_part\":1,\"url\":", BIG / 2, 0, false},
        {"future", "{\"hfterm_part\":2,\"url\":\"x\",\"etag\":\"e\"}", BIG / 2, 0, false},
        {"other etag", "{\"hfterm_part\":1,\"url\":\"x\",\"etag\":\"e\"}", BIG / 2, 0, true},
    };
    serve(room, NULL);
    const struct download_spec spec = spec_of(room, "big.safetensors");
    uint64_t bytes = 1, size = 1;
    bool has_size = true;
    assert_false(download_peek(&spec, &bytes, &has_size, &size));
    assert_true(bytes == 0 && !has_size && size == 0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e;
        struct download_result out;
        put_file(room->dir, ".big.safetensors.hfterm-part", longer, CASES[i].n);
        if (CASES[i].note[0]) {
            put_file(room->dir, ".big.safetensors.hfterm-part.json", CASES[i].note,
                     strlen(CASES[i].note));
        }
        const bool is_left = download_peek(&spec, &bytes, &has_size, &size);
        if (is_left != CASES[i].is_left || bytes != (is_left ? CASES[i].n : 0) ||
            size != (has_size ? BIG : 0) || has_size != (CASES[i].note == right && is_left)) {
            fail_msg("%s: peek tells %d of %d", CASES[i].what, (int)bytes, (int)size);
        }
        if (!get(room, "big.safetensors", &out, &e)) {
            fail_msg("%s: %s", CASES[i].what, e.msg);
        }
        if (out.found != CASES[i].found) {
            fail_msg("%s: found %d", CASES[i].what, (int)out.found);
        }
        download_result_done(&out);
        expect_file(room->dir, "big.safetensors", room->big, BIG);
        expect_tidy(room->dir, "big.safetensors");
        remove_saved(room, "big.safetensors");
    }
    free(longer);
    free(right);
}

/* What an earlier run left is damaged: seen by the checksum, removed, and right the next time. */
static void test_damaged_part(void **state)
{
    struct room *room = *state;
    struct err e;
    struct download_result out;
    char sha[HASH_SHA256_HEX];
    hash_sha256(room->big, BIG, sha);
    char *note =
        xasprintf("{\"hfterm_part\":1,\"url\":\"x\",\"etag\":\"%s\",\"size\":%d}", sha, BIG);
    put_file(room->dir, ".big.safetensors.hfterm-part", "not these bytes", 15);
    put_file(room->dir, ".big.safetensors.hfterm-part.json", note, strlen(note));
    serve(room, NULL);
    assert_false(get(room, "big.safetensors", &out, &e));
    expect_err(&e, ERR_DAMAGED, "checksum");
    assert_int_equal(out.bytes, 0);
    download_result_done(&out);
    assert_false(has_file(room->dir, "big.safetensors"));
    expect_tidy(room->dir, "big.safetensors");
    expect_big(room, "after a damaged part");
    free(note);
}

/* ---- places ---- */

static void expect_refusal(struct room *room, const struct download_spec *spec, enum err_code code,
                           int sys, const char *says)
{
    struct err e = ERR_INIT;
    struct download_result out;
    assert_false(download_run(room->hub, spec, NULL, &out, &e));
    expect_err(&e, code, says);
    assert_int_equal(e.sys, sys);
    download_result_done(&out);
}

static void test_existing_target(void **state)
{
    struct room *room = *state;
    struct download_spec spec = spec_of(room, "small.txt");
    struct download_result out;
    struct stat st;
    serve(room, NULL);
    put_file(room->dir, "small.txt", "mine", 4);
    expect_refusal(room, &spec, ERR_IO, EEXIST, "small.txt");
    expect_file(room->dir, "small.txt", "mine", 4);
    spec.may_replace = true;
    assert_true(download_run(room->hub, &spec, NULL, &out, NULL));
    download_result_done(&out);
    expect_file(room->dir, "small.txt", room->small, SMALL);
    /* A link is replaced, what it leads to stays. */
    char *link_path = xasprintf("%s/small.txt", room->dir);
    put_file(room->dir, "other", "other", 5);
    assert_int_equal(unlink(link_path), 0);
    assert_int_equal(symlink("other", link_path), 0);
    spec.may_replace = false;
    expect_refusal(room, &spec, ERR_IO, EEXIST, "small.txt");
    spec.may_replace = true;
    assert_true(download_run(room->hub, &spec, NULL, &out, NULL));
    download_result_done(&out);
    assert_int_equal(lstat(link_path, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    expect_file(room->dir, "other", "other", 5);
    free(link_path);
}

static void test_bad_places(void **state)
{
    struct room *room = *state;
    struct download_spec spec = spec_of(room, "small.txt");
    char *missing = xasprintf("%s/no/such/name", room->dir);
    char *folder = xasprintf("%s/nosuch/", room->dir);
    char *taken = xasprintf("%s/small.txt", room->dir);
    char *below = xasprintf("%s/file/x", room->dir);
    serve(room, NULL);
    spec.to = missing;
    expect_refusal(room, &spec, ERR_IO, ENOENT, "no/such");
    spec.to = folder;
    expect_refusal(room, &spec, ERR_IO, ENOENT, "nosuch");
    put_file(room->dir, "file", "x", 1);
    spec.to = below;
    expect_refusal(room, &spec, ERR_IO, ENOTDIR, "file");
    assert_int_equal(mkdir(taken, 0700), 0);
    spec.to = room->dir;
    spec.may_replace = true;
    expect_refusal(room, &spec, ERR_IO, EISDIR, "small.txt");
    assert_int_equal(rmdir(taken), 0);
    assert_int_equal(mkfifo(taken, 0600), 0);
    expect_refusal(room, &spec, ERR_IO, EINVAL, "small.txt");
    assert_int_equal(unlink(taken), 0);
    static const char *const NO_FILES[] = {"../small.txt", ".", "..", "small.txt/", "/", "a//b"};
    for (size_t i = 0; i < sizeof NO_FILES / sizeof *NO_FILES; i++) {
        spec.path = NO_FILES[i];
        expect_refusal(room, &spec, ERR_USAGE, 0, "cannot be a path");
    }
    spec.path = "";
    expect_refusal(room, &spec, ERR_USAGE, 0, "no file of the repository is named");
    free(missing);
    free(folder);
    free(taken);
    free(below);
}

/* The place of the part is taken by something that is not ours. */
static void test_bad_part_places(void **state)
{
    struct room *room = *state;
    const struct download_spec spec = spec_of(room, "small.txt");
    char *part = xasprintf("%s/.small.txt.hfterm-part", room->dir);
    char *note = xasprintf("%s.json", part);
    char *victim = xasprintf("%s/victim", room->dir);
    serve(room, NULL);
    put_file(room->dir, "victim", "victim", 6);
    assert_int_equal(symlink("victim", part), 0);
    expect_refusal(room, &spec, ERR_IO, ELOOP, "cannot write");
    unlink(part);
    assert_int_equal(link(victim, part), 0);
    expect_refusal(room, &spec, ERR_IO, EPERM, "not a part that hfterm has made");
    unlink(part);
    assert_int_equal(mkfifo(part, 0600), 0);
    expect_refusal(room, &spec, ERR_IO, EPERM, "not a part that hfterm has made");
    unlink(part);
    assert_int_equal(mkdir(part, 0700), 0);
    expect_refusal(room, &spec, ERR_IO, EISDIR, "cannot write");
    rmdir(part);
    assert_int_equal(mkdir(note, 0700), 0);
    struct download_result out;
    struct err why = ERR_INIT;
    assert_false(download_run(room->hub, &spec, NULL, &out, &why));
    expect_err(&why, ERR_IO, ".small.txt.hfterm-part.json");
    assert_non_null(strstr(why.remedy, ".small.txt.hfterm-part.json: move it away"));
    download_result_done(&out);
    assert_false(has_file(room->dir, ".small.txt.hfterm-part"));
    rmdir(note);
    expect_file(room->dir, "victim", "victim", 6);
    /* Somebody else is at it. */
    const int fd = open(part, O_RDWR | O_CREAT, 0600);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    expect_refusal(room, &spec, ERR_CONFLICT, 0, "being downloaded already");
    struct err e = ERR_INIT;
    assert_false(download_forget(&spec, &e));
    assert_int_equal(e.code, ERR_CONFLICT);
    close(fd);
    assert_true(download_forget(&spec, &e));
    assert_false(has_file(room->dir, ".small.txt.hfterm-part"));
    assert_true(download_forget(&spec, &e)); /* nothing there is fine */
    assert_false(has_file(room->dir, ".small.txt.hfterm-part"));
    if (geteuid() != 0) {
        chmod(room->dir, 0500);
        expect_refusal(room, &spec, ERR_IO, EACCES, "cannot write");
        chmod(room->dir, 0700);
    }
    free(part);
    free(note);
    free(victim);
}

static void test_long_name(void **state)
{
    struct room *room = *state;
    struct download_spec spec = spec_of(room, "small.txt");
    struct download_result out;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    char *to = xasprintf("%s/%s", room->dir, name);
    serve(room, NULL);
    spec.to = to;
    assert_true(download_run(room->hub, &spec, NULL, &out, NULL));
    download_result_done(&out);
    expect_file(room->dir, name, room->small, SMALL);
    free(to);
}

/* ---- the disk ---- */

static void test_full_disk(void **state)
{
    struct room *room = *state;
    struct err e;
    struct download_result out;
    struct rlimit old;
    serve(room, NULL);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    const struct rlimit low = {.rlim_cur = 100000, .rlim_max = old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    const bool ok = get(room, "big.safetensors", &out, &e);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(ok);
    expect_err(&e, ERR_IO, "cannot write to the disk");
    assert_int_equal(e.sys, EFBIG);
    assert_non_null(strstr(e.remedy, "Make room"));
    assert_int_equal(out.bytes, 100000);
    download_result_done(&out);
    assert_true(get(room, "big.safetensors", &out, &e));
    assert_int_equal(out.found, 100000);
    download_result_done(&out);
    expect_file(room->dir, "big.safetensors", room->big, BIG);
}

/* ---- cancelling ---- */

static void test_cancel_everywhere(void **state)
{
    static const struct {
        const char *fault;
        int64_t retry_ms;
        uint64_t done;
    } CASES[] = {
        {"latency=20000", 1, 0},                /* before the first answer */
        {"latency=20000 match=/storage", 1, 0}, /* between the two */
        {"slow=100000", 1, 1},                  /* while bytes come */
        {"cut=1000", 60000, 1000},              /* in the wait before the next attempt */
        {"status-429=300", 1, 0},               /* in the wait that the server asks for */
    };
    struct room *room = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        serve(room, CASES[i].fault);
        struct background b = {.hub = room->hub, .spec = spec_of(room, "big.safetensors")};
        b.spec.retry_ms = CASES[i].retry_ms;
        background_start(&b);
        background_until(&b, CASES[i].done);
        clock_sleep_ms(100);
        const int64_t took = background_cancel(&b);
        if (took > PATIENCE_MS) {
            fail_msg("%s: %d ms", CASES[i].fault, (int)took);
        }
        download_result_done(&b.result);
    }
}

/* A part of 6 GB, all holes, is read for its checksum: that ends at once too. */
static void test_cancel_in_the_part(void **state)
{
    struct room *room = *state;
    char sha[HASH_SHA256_HEX];
    hash_sha256("x", 1, sha);
    char *note = xasprintf("{\"hfterm_part\":1,\"url\":\"x\",\"etag\":\"%s\"}", sha);
    char *part = xasprintf("%s/.big.safetensors.hfterm-part", room->dir);
    put_file(room->dir, ".big.safetensors.hfterm-part", "", 0);
    put_file(room->dir, ".big.safetensors.hfterm-part.json", note, strlen(note));
    assert_int_equal(truncate(part, (off_t)6 << 30), 0);
    serve(room, NULL);
    struct background b = {.hub = room->hub, .spec = spec_of(room, "big.safetensors")};
    background_start(&b);
    background_until(&b, 1 << 20);
    const int64_t took = background_cancel(&b);
    assert_true(took <= PATIENCE_MS);
    assert_int_equal(b.result.bytes, 6ULL << 30);
    download_result_done(&b.result);
    free(note);
    free(part);
}

/* A wait that is too long to sit out is told. */
static void test_long_wait(void **state)
{
    struct room *room = *state;
    struct err e;
    struct download_result out;
    serve(room, "status-429=86000");
    assert_false(get(room, "small.txt", &out, &e));
    expect_err(&e, ERR_RATE_LIMIT, "rate limit");
    assert_true(e.retry_after_s > 80000);
    download_result_done(&out);
}

static void test_no_file(void **state)
{
    struct room *room = *state;
    struct err e;
    struct download_result out;
    serve(room, NULL);
    assert_false(get(room, "none.txt", &out, &e));
    expect_err(&e, ERR_NOT_FOUND, "downloading " REPO "/none.txt: ");
    download_result_done(&out);
    expect_tidy(room->dir, "none.txt");
    serve(room, "html");
    assert_false(get(room, "small.txt", &out, &e));
    expect_err(&e, ERR_SERVER, "web page");
    download_result_done(&out);
    struct http *offline = http_new(&(struct http_options){.is_offline = true}, NULL);
    const struct hub_options options = {.endpoint = "http://127.0.0.1:1", .token = ""};
    struct hub *hub = hub_new(offline, NULL, &options, NULL);
    const struct download_spec spec = spec_of(room, "small.txt");
    assert_false(download_run(hub, &spec, NULL, &out, &e));
    expect_err(&e, ERR_OFFLINE, "");
    download_result_done(&out);
    hub_free(hub);
    http_free(offline);
}

#define ROOM_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_whole),
        ROOM_TEST(test_cut_anywhere),
        ROOM_TEST(test_faults),
        ROOM_TEST(test_next_run_goes_on),
        ROOM_TEST(test_progress_of_a_resumed_file),
        ROOM_TEST(test_odd_parts),
        ROOM_TEST(test_damaged_part),
        ROOM_TEST(test_existing_target),
        ROOM_TEST(test_bad_places),
        ROOM_TEST(test_bad_part_places),
        ROOM_TEST(test_long_name),
        ROOM_TEST(test_full_disk),
        ROOM_TEST(test_cancel_everywhere),
        ROOM_TEST(test_cancel_in_the_part),
        ROOM_TEST(test_long_wait),
        ROOM_TEST(test_no_file),
    };
    return cmocka_run_group_tests_name("download", tests, NULL, NULL);
}
