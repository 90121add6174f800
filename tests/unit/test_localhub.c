/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* A served folder over loopback: layouts, lists, files, rights, changes, load. */
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/localhub_help.h"

#include "core/base/clock.h"

struct world {
    char *root;
    struct localhub *hub;
};

static int set_up(void **state)
{
    struct world *w = xcalloc(1, sizeof *w);
    w->root = new_folder();
    put_fixture(w->root);
    const struct localhub_options options = {.dir = w->root};
    w->hub = serve(&options);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    localhub_stop(w->hub);
    remove_folder(w->root);
    free(w);
    return 0;
}

static void lists_filter_and_sort(void **state)
{
    const struct world *w = *state;
    check_list(w->hub, "/api/models", "id", "bob/nothing bob/off lab/gated lab/plain lab/small");
    check_list(w->hub, "/api/models?sort=likes", "id",
               "lab/small bob/nothing bob/off lab/gated lab/plain");
    check_list(w->hub, "/api/models?sort=downloads&direction=1", "id",
               "bob/nothing bob/off lab/gated lab/plain lab/small");
    check_list(w->hub, "/api/models?sort=id&direction=1", "id",
               "bob/nothing bob/off lab/gated lab/plain lab/small");
    check_list(w->hub, "/api/models?filter=license%3Amit&filter=nice", "id", "lab/small");
    check_list(w->hub, "/api/models?filter=language:en", "id", "lab/small");
    check_list(w->hub, "/api/models?filter=arxiv:2401.01234", "id", "lab/small");
    check_list(w->hub, "/api/models?filter=nice&filter=other", "id", "");
    check_list(w->hub, "/api/models?author=lab&search=PLA", "id", "lab/plain");
    check_list(w->hub, "/api/models?pipeline_tag=text-generation", "id", "lab/small");
    check_list(w->hub, "/api/models?num_parameters=min:12,max:12", "id", "lab/small");
    check_list(w->hub, "/api/models?gated=true", "id", "lab/gated");
    check_list(w->hub, "/api/models?inference=warm", "id", "");
    check_list(w->hub, "/api/datasets?filter=task_categories:qa", "id", "lab/rows");
    check_list(w->hub, "/api/spaces?models=lab/small&linked=true", "id", "lab/app");
    assert_int_equal(status_of(w->hub, "/api/models?sort=nonsense", NULL), 400);
    assert_int_equal(status_of(w->hub, "/api/models?expand=nonsense", NULL), 400);
    assert_int_equal(status_of(w->hub, "/api/models?limit=0", NULL), 400);
    assert_int_equal(status_of(w->hub, "/api/models?cursor=xyz", NULL), 400);
    assert_int_equal(status_of(w->hub, "/api/models?num_parameters=7B", NULL), 400);
}

static void private_repos_are_for_members(void **state)
{
    const struct world *w = *state;
    const struct ask alice = {.header = {ALICE}};
    struct answer a = http_ask(w->hub, "/api/models?sort=likes&limit=1", &alice);
    assert_non_null(strstr(buf_str(&a.body), "alice/private"));
    check_header(&a, "X-Total-Count", "6");
    answer_done(&a);
    a = http_get(w->hub, "/api/models/alice/private");
    assert_int_equal(a.status, 401);
    check_header(&a, "X-Error-Code", "RepoNotFound");
    check_header(&a, "X-Error-Message", "Invalid username or password.");
    answer_done(&a);
    const struct ask bob = {.header = {BOB}};
    a = http_ask(w->hub, "/api/models/alice/private", &bob);
    assert_int_equal(a.status, 404);
    check_header(&a, "X-Error-Code", "RepoNotFound");
    answer_done(&a);
    assert_int_equal(status_of(w->hub, "/api/models/alice/private", ALICE), 200);
    const struct ask wrong = {.header = {"Authorization: Bearer hf_wrong"}};
    a = http_ask(w->hub, "/api/models/lab/plain", &wrong);
    assert_int_equal(a.status, 401);
    check_header(&a, "X-Error-Message", "Invalid credentials in Authorization header");
    answer_done(&a);
}

static void gated_and_disabled_repos_say_so(void **state)
{
    const struct world *w = *state;
    assert_int_equal(status_of(w->hub, "/api/models/lab/gated", NULL), 200);
    assert_int_equal(status_of(w->hub, "/api/models/lab/gated/tree/main", NULL), 200);
    struct answer a = http_get(w->hub, "/lab/gated/resolve/main/w.txt");
    assert_int_equal(a.status, 401);
    check_header(&a, "X-Error-Code", "GatedRepo");
    answer_done(&a);
    assert_int_equal(status_of(w->hub, "/lab/gated/resolve/main/w.txt", BOB), 403);
    assert_int_equal(status_of(w->hub, "/lab/gated/raw/main/w.txt", BOB), 403);
    assert_int_equal(status_of(w->hub, "/lab/gated/raw/main/w.txt", ALICE), 200);
    a = http_get(w->hub, "/api/models/bob/off");
    assert_int_equal(a.status, 403);
    check_header(&a, "X-Error-Message", "Access to this resource is disabled.");
    char *code = header_of(&a, "X-Error-Code");
    assert_null(code);
    answer_done(&a);
}

static void pages_follow_link(void **state)
{
    const struct world *w = *state;
    struct buf seen = BUF_INIT;
    char *next = xstrdup("/api/models?sort=id&limit=2&expand=likes");
    int pages = 0;
    while (next && pages++ < 10) {
        struct answer a = http_get(w->hub, next);
        free(next);
        cJSON *json = json_parse(buf_str(&a.body), a.body.n, NULL);
        char *words = words_of(json, "id");
        buf_printf(&seen, "%s ", words);
        free(words);
        cJSON_Delete(json);
        char *link = header_of(&a, "Link");
        next = NULL;
        if (link) {
            assert_true(str_ends(link, ">; rel=\"next\""));
            assert_true(str_starts(link + 1, localhub_url(w->hub)));
            next = xstrndup(link + 1, strcspn(link, ">") - 1);
        }
        free(link);
        answer_done(&a);
    }
    assert_string_equal(buf_str(&seen), "lab/small lab/plain lab/gated bob/off bob/nothing ");
    buf_done(&seen);
}

static void an_unchanged_listing_is_304(void **state)
{
    const struct world *w = *state;
    struct answer a = http_get(w->hub, "/api/models");
    char *etag = header_of(&a, "ETag");
    char *id = header_of(&a, "X-Request-Id");
    assert_non_null(etag);
    assert_non_null(id);
    char *condition = xasprintf("If-None-Match: %s", etag);
    const struct ask again = {.header = {condition}};
    struct answer b = http_ask(w->hub, "/api/models", &again);
    assert_int_equal(b.status, 304);
    assert_int_equal(b.body.n, 0);
    check_header(&b, "ETag", etag);
    free(condition);
    free(etag);
    free(id);
    answer_done(&a);
    answer_done(&b);
}

static void infos_hold_what_the_files_say(void **state)
{
    const struct world *w = *state;
    cJSON *m = json_of(w->hub, "/api/models/lab/small?blobs=true");
    assert_string_equal(json_str(m, "sha"), HEAD_SHA);
    assert_string_equal(json_str(m, "pipeline_tag"), "text-generation");
    assert_string_equal(json_str(json_obj(m, "transformersInfo"), "auto_model"),
                        "AutoModelForCausalLM");
    assert_string_equal(json_str(json_obj(m, "cardData"), "license"), "mit");
    assert_null(cJSON_GetObjectItem(json_obj(m, "config"), "hidden_size"));
    uint64_t n = 0;
    assert_true(json_u64(json_obj(json_obj(m, "safetensors"), "parameters"), "F32", &n));
    assert_int_equal(n, 12);
    char *files = words_of(json_arr(m, "siblings"), "rfilename");
    assert_string_equal(files, "README.md config.json model.safetensors sub/notes file.txt");
    char *spaces = words_of(json_arr(m, "spaces"), NULL);
    assert_string_equal(spaces, "lab/app");
    free(spaces);
    free(files);
    cJSON_Delete(m);
    cJSON *plain = json_of(w->hub, "/api/models/lab/plain");
    assert_null(cJSON_GetObjectItem(plain, "likes"));
    assert_null(cJSON_GetObjectItem(plain, "downloads"));
    assert_int_equal(strlen(json_str(plain, "sha")), 40);
    cJSON_Delete(plain);
    check_list(w->hub, "/api/models/bob/nothing/tree/main", "path", "");
    cJSON *space = json_of(w->hub, "/api/spaces/lab/app/runtime");
    assert_string_equal(json_str(space, "stage"), "STOPPED");
    cJSON_Delete(space);
}

static void revisions_are_told_apart(void **state)
{
    const struct world *w = *state;
    static const char *const GOOD[] = {"main", "refs%2Fheads%2Fmain", HEAD_SHA, "aaaaaaa"};
    static const char *const BAD[] = {"nope", OLD_SHA, "aaaaaa", "refs%2Fpr%2F1"};
    for (size_t i = 0; i < 4; i++) {
        char *good = xasprintf("/api/models/lab/small/revision/%s", GOOD[i]);
        char *bad = xasprintf("/api/models/lab/small/revision/%s", BAD[i]);
        assert_int_equal(status_of(w->hub, good, NULL), 200);
        struct answer a = http_get(w->hub, bad);
        assert_int_equal(a.status, 404);
        check_header(&a, "X-Error-Code", "RevisionNotFound");
        answer_done(&a);
        free(good);
        free(bad);
    }
}

static void trees_take_both_encodings(void **state)
{
    const struct world *w = *state;
    check_list(w->hub, "/api/models/lab/small/tree/main", "path",
               "sub README.md config.json model.safetensors");
    check_list(w->hub, "/api/models/lab/small/tree/main/sub", "path", "sub/notes file.txt");
    check_list(w->hub, "/api/models/lab/small/tree/main?recursive=true", "path",
               "README.md config.json model.safetensors sub sub/notes file.txt");
    check_list(w->hub, "/api/models/lab/small/tree/main?recursive=true&limit=2&cursor=2", "path",
               "model.safetensors sub");
    const struct ask json = {.body = "{\"paths\":[\"sub\",\"config.json\",\"no\"],\"expand\":true}",
                             .header = {"Content-Type: application/json"}};
    struct answer a = http_ask(w->hub, "/api/models/lab/small/paths-info/main", &json);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body.p, "\"title\":\"One\""));
    answer_done(&a);
    const struct ask form = {.body = "paths=sub%2Fnotes+file.txt&paths=x&expand=false"};
    a = http_ask(w->hub, "/api/models/lab/small/paths-info/main", &form);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body.p, "sub/notes file.txt"));
    answer_done(&a);
    struct buf many = BUF_INIT;
    for (int i = 0; i < 1001; i++) {
        buf_printf(&many, "%spaths=x", i ? "&" : "");
    }
    const struct ask too_many = {.body = many.p};
    a = http_ask(w->hub, "/api/models/lab/small/paths-info/main", &too_many);
    assert_int_equal(a.status, 413);
    answer_done(&a);
    buf_done(&many);
    assert_int_equal(status_of(w->hub, "/api/models/lab/small/tree/main/none", NULL), 404);
}

static void regular_files_take_both_ways(void **state)
{
    const struct world *w = *state;
    const struct ask head = {.method = "HEAD"};
    struct answer a = http_ask(w->hub, "/lab/small/resolve/main/config.json", &head);
    assert_int_equal(a.status, 307);
    char *location = header_of(&a, "Location");
    assert_true(str_starts(location, "/api/resolve-cache/models/lab/small/" HEAD_SHA "/"));
    assert_non_null(strchr(location, '?'));
    check_header(&a, "X-Repo-Commit", HEAD_SHA);
    struct answer b = http_ask(w->hub, location, &head);
    assert_int_equal(b.status, 200);
    check_header(&b, "Accept-Ranges", "bytes");
    check_header(&b, "Content-Length", "67");
    char *one = header_of(&a, "ETag");
    check_header(&b, "ETag", one);
    assert_int_equal(strlen(one), 42);
    free(one);
    free(location);
    answer_done(&a);
    answer_done(&b);
    const struct ask part = {.header = {"Range: bytes=2-4"}};
    a = http_ask(w->hub, "/lab/small/resolve/" HEAD_SHA "/sub/notes%20file.txt", &part);
    assert_int_equal(a.status, 206);
    assert_string_equal(a.body.p, "234");
    check_header(&a, "Content-Range", "bytes 2-4/10");
    answer_done(&a);
    a = http_get(w->hub, "/lab/small/resolve/main/none.txt");
    assert_int_equal(a.status, 404);
    check_header(&a, "X-Error-Code", "EntryNotFound");
    check_header(&a, "X-Repo-Commit", HEAD_SHA);
    answer_done(&a);
}

static void lfs_files_redirect_to_signed_storage(void **state)
{
    const struct world *w = *state;
    struct answer a = http_get(w->hub, "/lab/small/resolve/main/model.safetensors");
    assert_int_equal(a.status, 302);
    char *location = header_of(&a, "Location");
    assert_true(str_starts(location, localhub_url(w->hub)));
    struct answer b = http_get(w->hub, location);
    assert_int_equal(b.status, 200);
    char *size = xasprintf("%zu", b.body.n);
    check_header(&a, "X-Linked-Size", size);
    free(size);
    answer_done(&b);
    char *bent = xstrdup(location);
    bent[strlen(bent) - 1] = bent[strlen(bent) - 1] == '0' ? '1' : '0';
    assert_int_equal(status_of(w->hub, bent, NULL), 403);
    free(bent);
    free(location);
    answer_done(&a);
    a = http_get(w->hub, "/lab/small/raw/main/model.safetensors");
    assert_true(str_starts(a.body.p, "version https://git-lfs.github.com/spec/v1\noid sha256:"));
    answer_done(&a);
}

static void paths_never_leave_the_repo(void **state)
{
    const struct world *w = *state;
    char *inside = xasprintf("%s/models/lab/plain/in", w->root);
    char *outside = xasprintf("%s/models/lab/plain/out", w->root);
    char *folder = xasprintf("%s/models/lab/plain/folder", w->root);
    char *git = xasprintf("%s/models/lab/small/git", w->root);
    assert_int_equal(symlink("a.txt", inside), 0);
    assert_int_equal(symlink("/etc/passwd", outside), 0);
    assert_int_equal(symlink("/etc", folder), 0);
    assert_int_equal(symlink(".git/config", git), 0);
    clock_sleep_ms(300);
    check_list(w->hub, "/api/models/lab/plain/tree/main?recursive=true", "path", "a.txt in");
    static const char *const BAD[] = {
        "/lab/plain/resolve/main/out",
        "/lab/plain/resolve/main/folder/passwd",
        "/lab/plain/resolve/main/../../small/config.json",
        "/lab/plain/resolve/main/%2e%2e/%2e%2e/small/config.json",
        "/lab/plain/resolve/main/..%2f..%2fsmall%2fconfig.json",
        "/lab/plain/resolve/main//etc/passwd",
        "/lab/plain/resolve/main/%2fetc%2fpasswd",
        "/lab/small/resolve/main/.git/config",
        "/lab/small/resolve/main/git",
        "/lab/small/raw/main/.git/config",
        "/.hub/hub.json/resolve/main/x",
        "/api/models/..%2f..%2f.hub",
        "/api/models/lab/../../.hub/tree/main",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const long status = status_of(w->hub, BAD[i], ALICE);
        if (status != 404) {
            fail_msg("%s: %ld", BAD[i], status);
        }
    }
    free(inside);
    free(outside);
    free(folder);
    free(git);
}

static void commits_refs_and_discussions_read(void **state)
{
    const struct world *w = *state;
    struct answer a = http_get(w->hub, "/api/models/lab/small/commits/main?limit=1");
    check_header(&a, "X-Total-Count", "2");
    char *link = header_of(&a, "Link");
    assert_non_null(strstr(link, "p=1>; rel=\"next\""));
    free(link);
    answer_done(&a);
    a = http_get(w->hub, "/api/models/lab/small/commits/main?limit=1&p=1&expand[]=formatted");
    assert_non_null(strstr(a.body.p, "nul \\u0000 here"));
    assert_non_null(strstr(a.body.p, "\"formatted\""));
    answer_done(&a);
    check_list(w->hub, "/api/models/lab/plain/commits/main", "title", "Files of a folder");
    cJSON *refs = json_of(w->hub, "/api/models/lab/small/refs");
    char *names = words_of(json_arr(refs, "branches"), "targetCommit");
    assert_string_equal(names, HEAD_SHA);
    assert_null(cJSON_GetObjectItem(refs, "pullRequests"));
    free(names);
    cJSON_Delete(refs);
    cJSON *talk = json_of(w->hub, "/api/models/lab/small/discussions");
    assert_int_equal(cJSON_GetArraySize(json_arr(talk, "discussions")), 0);
    cJSON_Delete(talk);
    assert_int_equal(status_of(w->hub, "/api/models/lab/small/discussions/1", NULL), 404);
}

static void unknown_things_are_said_in_words(void **state)
{
    const struct world *w = *state;
    struct answer a = http_get(w->hub, "/api/nothing/at/all");
    assert_int_equal(a.status, 404);
    answer_done(&a);
    /* news.md 13: asked for by the official command line once a day. */
    assert_int_equal(status_of(w->hub, "/api/agent-harnesses", NULL), 404);
    const struct ask post = {.body = "{}"};
    a = http_ask(w->hub, "/api/repos/create", &post);
    assert_int_equal(a.status, 501);
    check_header(&a, "X-Error-Message", "A local hub does not offer new repos.");
    answer_done(&a);
    a = http_ask(w->hub, "/api/models", &post);
    assert_int_equal(a.status, 405);
    answer_done(&a);
    assert_int_equal(status_of(w->hub, "/", NULL), 200);
    assert_int_equal(status_of(w->hub, "/lab/small", NULL), 200);
    assert_int_equal(status_of(w->hub, "/datasets/lab/rows/tree/main", NULL), 200);
    struct buf big = BUF_INIT;
    buf_pad(&big, 'x', 3 << 20);
    const struct ask too_big = {.body = big.p};
    a = http_ask(w->hub, "/api/models/lab/small/paths-info/main", &too_big);
    assert_int_equal(a.status, 413);
    answer_done(&a);
    buf_done(&big);
}

static char *sha_of(const struct localhub *hub, const char *target)
{
    cJSON *json = json_of(hub, target);
    char *sha = xstrdup(json_str(json, "sha"));
    cJSON_Delete(json);
    return sha;
}

static void changes_are_seen(void **state)
{
    const struct world *w = *state;
    char *before = sha_of(w->hub, "/api/models/lab/plain");
    char *same = sha_of(w->hub, "/api/models/lab/plain");
    assert_string_equal(before, same);
    put(w->root, "models/lab/plain/a.txt", "changed\n");
    put(w->root, "models/lab/plain/new/b.txt", "b\n");
    put(w->root, "models/lab/newcomer/README.md", "---\ntags: [fresh]\n---\n");
    clock_sleep_ms(300);
    char *after = sha_of(w->hub, "/api/models/lab/plain");
    assert_string_not_equal(before, after);
    check_list(w->hub, "/api/models/lab/plain/tree/main?recursive=true", "path",
               "a.txt new new/b.txt");
    check_list(w->hub, "/api/models?filter=fresh", "id", "lab/newcomer");
    struct answer a = http_get(w->hub, "/lab/plain/raw/main/a.txt");
    assert_string_equal(a.body.p, "changed\n");
    answer_done(&a);
    char *gone = xasprintf("%s/models/lab/newcomer", w->root);
    assert_true(file_remove_tree(gone, NULL));
    clock_sleep_ms(300);
    assert_int_equal(status_of(w->hub, "/api/models/lab/newcomer", ALICE), 404);
    free(gone);
    free(before);
    free(same);
    free(after);
}

static void *hammer(void *arg)
{
    static const char *const TARGETS[] = {
        "/api/models?full=true&expand=safetensors",
        "/api/models/lab/small?blobs=true",
        "/api/models/lab/plain/tree/main?recursive=true&expand=true",
        "/lab/plain/raw/main/a.txt",
        "/api/models/lab/small/commits/main",
        "/api/datasets",
        "/api/models-tags-by-type",
        "/api/quicksearch?q=a",
    };
    const struct world *w = arg;
    size_t bad = 0;
    for (size_t i = 0; i < 80; i++) {
        struct answer a = http_get(w->hub, TARGETS[i % 8]);
        /* 500 and 503 say that a file changed under the reader; that is the truth here. */
        bad += a.rc != CURLE_OK || (a.status != 200 && a.status != 500 && a.status != 503);
        answer_done(&a);
    }
    return (void *)(uintptr_t)bad;
}

static void many_at_once_while_files_change(void **state)
{
    struct world *w = *state;
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, w), 0);
    }
    for (int i = 0; i < 40; i++) {
        char text[32];
        snprintf(text, sizeof text, "version %d\n", i);
        put(w->root, "models/lab/plain/a.txt", text);
        put(w->root, i % 2 ? "models/lab/plain/x.txt" : "models/lab/coming/y.txt", text);
        clock_sleep_ms(15);
    }
    for (size_t i = 0; i < 8; i++) {
        void *bad = NULL;
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
#define WITH_HUB(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_HUB(lists_filter_and_sort),
        WITH_HUB(private_repos_are_for_members),
        WITH_HUB(gated_and_disabled_repos_say_so),
        WITH_HUB(pages_follow_link),
        WITH_HUB(an_unchanged_listing_is_304),
        WITH_HUB(infos_hold_what_the_files_say),
        WITH_HUB(revisions_are_told_apart),
        WITH_HUB(trees_take_both_encodings),
        WITH_HUB(regular_files_take_both_ways),
        WITH_HUB(lfs_files_redirect_to_signed_storage),
        WITH_HUB(paths_never_leave_the_repo),
        WITH_HUB(commits_refs_and_discussions_read),
        WITH_HUB(unknown_things_are_said_in_words),
        WITH_HUB(changes_are_seen),
        WITH_HUB(many_at_once_while_files_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
