/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* localhub: other layouts, faults, hostile repos, the second port, speed. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/localhub_help.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/text.h"

/* ---- layouts ---- */

static struct localhub *serve_folder(const char *root)
{
    const struct localhub_options options = {.dir = root};
    return serve(&options);
}

static void a_folder_of_namespaces_is_all_models(void **state)
{
    (void)state;
    char *root = new_folder();
    put(root, "me/one/README.md", "---\nsdk: gradio\n---\n");
    put(root, "me/two/config.json", "{}");
    put(root, "me/bad--name/x", "x");
    struct localhub *hub = serve_folder(root);
    check_list(hub, "/api/models?sort=id&direction=1", "id", "me/one me/two");
    check_list(hub, "/api/spaces", "id", "");
    assert_null(localhub_demo_token(hub));
    /* Nobody has an account here, so a token of elsewhere is no error. */
    assert_int_equal(status_of(hub, "/api/models/me/one", "Authorization: Bearer hf_real"), 200);
    assert_int_equal(status_of(hub, "/api/models/me/none", NULL), 404);
    assert_int_equal(status_of(hub, "/api/whoami-v2", NULL), 401);
    localhub_stop(hub);
    remove_folder(root);
}

/* hub.md F4: listed, opened, and paged over. */
static void long_names_are_served(void **state)
{
    (void)state;
    char *root = new_folder();
    struct buf id = BUF_INIT;
    buf_puts(&id, "an-organisation-with-a-long-name/");
    buf_pad(&id, 'g', 92);
    buf_puts(&id, "GGUF");
    char *path = xasprintf("models/%s/a.txt", id.p);
    put(root, path, "a\n");
    put(root, "models/z/z/a.txt", "a\n");
    const struct localhub_options options = {.dir = root};
    struct localhub *hub = serve(&options);
    char *info = xasprintf("/api/models/%s", id.p);
    char *file = xasprintf("/%s/raw/main/a.txt", id.p);
    assert_int_equal(status_of(hub, info, NULL), 200);
    assert_int_equal(status_of(hub, file, NULL), 200);
    struct answer a = http_get(hub, "/api/models?sort=id&direction=1&limit=1");
    char *link = header_of(&a, "Link");
    assert_non_null(link);
    assert_non_null(strstr(a.body.p, id.p));
    link[strcspn(link, ">")] = '\0';
    check_list(hub, link + 1, "id", "z/z");
    free(link);
    answer_done(&a);
    free(file);
    free(info);
    free(path);
    localhub_stop(hub);
    buf_done(&id);
    remove_folder(root);
}

static void one_repo_is_local_and_its_folders_name(void **state)
{
    (void)state;
    char *root = new_folder();
    put(root, "my model (v2)/config.json", "{}");
    put(root, "my model (v2)/w.txt", "w");
    char *dir = xasprintf("%s/my model (v2)", root);
    struct localhub *hub = serve_folder(dir);
    check_list(hub, "/api/models", "id", "local/my-model-v2");
    localhub_stop(hub);
    free(dir);
    remove_folder(root);
}

static void put_snapshot(const char *root, const char *repo, const char *commit, const char *path,
                         const char *text)
{
    char sha[HASH_SHA1_HEX];
    hash_git_blob(text, strlen(text), sha);
    char *blob = xasprintf("%s/blobs/%s", repo, sha);
    char *link = xasprintf("%s/%s/snapshots/%s/%s", root, repo, commit, path);
    char *folder = xasprintf("%s/%s/snapshots/%s", root, repo, commit);
    char *target = xasprintf("../../blobs/%s", sha);
    put(root, blob, text);
    assert_true(file_mkdirs(folder, 0700, NULL));
    assert_int_equal(symlink(target, link), 0);
    free(blob);
    free(link);
    free(folder);
    free(target);
}

static void a_cache_serves_all_its_snapshots(void **state)
{
    (void)state;
    char *root = new_folder();
    static const char REPO[] = "models--org--name";
    put_snapshot(root, REPO, HEAD_SHA, "a.txt", "new\n");
    put_snapshot(root, REPO, OLD_SHA, "a.txt", "old\n");
    put(root, "models--org--name/refs/main", HEAD_SHA);
    put(root, "models--org--name/refs/refs/pr/3", OLD_SHA);
    put(root, "models--gpt9/refs/main", HEAD_SHA);
    put_snapshot(root, "models--gpt9", HEAD_SHA, "b.txt", "bare\n");
    char *outside = xasprintf("%s/%s/snapshots/" HEAD_SHA "/evil", root, REPO);
    assert_int_equal(symlink("/etc/passwd", outside), 0);
    struct localhub *hub = serve_folder(root);
    check_list(hub, "/api/models?sort=id&direction=1", "id", "gpt9 org/name");
    check_list(hub, "/api/models/org/name/tree/main", "path", "a.txt");
    check_list(hub, "/api/models/gpt9/tree/main", "path", "b.txt");
    check_list(hub, "/api/models/org/name/commits/main", "id", HEAD_SHA " " OLD_SHA);
    static const struct {
        const char *target, *text;
    } CASES[] = {
        {"/org/name/raw/main/a.txt", "new\n"},
        {"/org/name/raw/bbbbbbbb/a.txt", "old\n"},
        {"/org/name/raw/refs%2Fpr%2F3/a.txt", "old\n"},
        {"/org/name/raw/refs/pr/3/a.txt", "old\n"},
        {"/gpt9/raw/main/b.txt", "bare\n"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct answer a = http_get(hub, CASES[i].target);
        assert_int_equal(a.status, 200);
        assert_string_equal(a.body.p, CASES[i].text);
        answer_done(&a);
    }
    assert_int_equal(status_of(hub, "/org/name/raw/main/evil", NULL), 404);
    localhub_stop(hub);
    free(outside);
    remove_folder(root);
}

static void a_missing_folder_is_an_error(void **state)
{
    (void)state;
    const struct localhub_options none = {.dir = "/nonexistent"};
    struct err e = ERR_INIT;
    assert_null(localhub_start(&none, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_true(e.remedy[0] != '\0');
    const struct localhub_options nowhere = {.dir = "/tmp", .bind = "not an address"};
    assert_null(localhub_start(&nowhere, &e));
    assert_int_equal(e.code, ERR_USAGE);
}

/* Part 7, the hub's half: the remaining sorts, and who serves a model. */
static void models_are_found_by_who_serves_them(void **state)
{
    (void)state;
    char *root = new_folder();
    put(root, ".hub/models/o/a.json",
        "{\"likes30d\":2,\"inferenceProviderMapping\":[{\"provider\":\"p1\",\"providerId\":\"x\","
        "\"status\":\"live\",\"task\":\"t\"},{\"provider\":\"p2\",\"status\":\"staging\"}]}");
    put(root, ".hub/models/o/b.json",
        "{\"likes30d\":9,\"inferenceProviderMapping\":[{\"provider\":\"p2\",\"status\":\"live\"}]}");
    put(root, ".hub/models/o/c.json", "{\"inferenceProviderMapping\":[{\"provider\":\"p1\"}]}");
    put(root, ".hub/models/o/d.json", "{\"inferenceProviderMapping\":7,\"likes30d\":\"many\"}");
    put(root, "models/o/b/w.bin", "four");
    struct localhub *hub = serve_folder(root);
    static const struct {
        const char *query, *ids;
    } CASES[] = {
        {"inference=warm", "o/a o/b"},
        {"inference=cold", ""},
        {"inference_provider=p1", "o/a"},
        {"inference_provider=p2", "o/b"},
        {"inference_provider=p1&inference_provider=p2", "o/a o/b"},
        {"inference_provider=p3,p2", "o/b"},
        {"inference_provider=all", "o/a o/b"},
        {"inference=warm&inference_provider=p1", "o/a"},
        {"inference_provider=", ""},
        {"sort=likes30d", "o/b o/a o/c o/d"},
        {"sort=mainSize", "o/b o/a o/c o/d"},
        {"sort=mainSize&direction=1", "o/a o/c o/d o/b"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *target = xasprintf("/api/models?%s", CASES[i].query);
        check_list(hub, target, "id", CASES[i].ids);
        free(target);
    }
    cJSON *list = json_of(hub, "/api/models?sort=id&direction=1&expand=inference&expand="
                               "inferenceProviderMapping&limit=1");
    const cJSON *item = cJSON_GetArrayItem(list, 0);
    assert_string_equal(json_str(item, "inference"), "warm");
    assert_int_equal(cJSON_GetArraySize(json_arr(item, "inferenceProviderMapping")), 2);
    cJSON_Delete(list);
    cJSON *info = json_of(hub, "/api/models/o/a?expand=inferenceProviderMapping");
    const cJSON *p1 = json_obj(json_obj(info, "inferenceProviderMapping"), "p1");
    assert_string_equal(json_str(p1, "providerId"), "x");
    assert_null(json_str(p1, "provider"));
    cJSON_Delete(info);
    localhub_stop(hub);
    remove_folder(root);
}

/* A sidecar is written by hand: whatever stands in it, the answers stay answers. */
static void odd_sidecars_do_no_harm(void **state)
{
    (void)state;
    static const char *const ODD[] = {
        "[]",
        "{",
        "{\"commits\":5,\"refs\":[],\"discussions\":{},\"runtime\":7,\"lastCommits\":[1]}",
        "{\"commits\":[1,{\"id\":5},{\"title\":[]}],\"refs\":{\"branches\":[1,{\"name\":1}]}}",
        "{\"commits\":[{\"id\":\"short\",\"authors\":7,\"date\":\"yesterday\"}],\"lastCommits\":"
        "{\"a.txt\":99999}}",
        "{\"discussions\":[1,null,{\"num\":\"x\"},{\"num\":1,\"events\":[1,{\"author\":[]}]}]}",
        "{\"createdAt\":\"nonsense\",\"lastModified\":5,\"likes\":\"many\",\"downloads\":[]}",
        "{\"gated\":false,\"granted\":{\"x\":1},\"private\":null,\"disabled\":false}",
    };
    static const char *const ROUTES[] = {
        "?blobs=true",   "/tree/main?expand=true", "/refs?include_prs=1",
        "/commits/main", "/discussions",           "/discussions/1",
    };
    char *root = new_folder();
    for (size_t i = 0; i < sizeof ODD / sizeof *ODD; i++) {
        char *file = xasprintf("models/org/m%zu/a.txt", i);
        char *sidecar = xasprintf(".hub/models/org/m%zu.json", i);
        put(root, file, "a\n");
        put(root, sidecar, ODD[i]);
        free(file);
        free(sidecar);
    }
    struct localhub *hub = serve_folder(root);
    cJSON *list = json_of(hub, "/api/models?full=true&sort=likes");
    assert_int_equal(cJSON_GetArraySize(list), sizeof ODD / sizeof *ODD);
    cJSON_Delete(list);
    for (size_t i = 0; i < sizeof ODD / sizeof *ODD; i++) {
        for (size_t k = 0; k < sizeof ROUTES / sizeof *ROUTES; k++) {
            char *target = xasprintf("/api/models/org/m%zu%s", i, ROUTES[k]);
            const long status = status_of(hub, target, NULL);
            if (status != 200 && !(status == 404 && k == 5)) {
                fail_msg("%s: %ld", target, status);
            }
            free(target);
        }
    }
    localhub_stop(hub);
    remove_folder(root);
}

static void a_slip_in_a_sidecar_opens_nothing(void **state)
{
    (void)state;
    char *root = new_folder();
    put_accounts(root);
    put(root, "models/alice/p/a.txt", "a\n");
    put(root, ".hub/models/alice/p.json", "{\"private\":\"yes\"}");
    put(root, "models/alice/g/a.txt", "a\n");
    put(root, ".hub/models/alice/g.json", "{\"gated\":true}");
    struct localhub *hub = serve_folder(root);
    assert_int_equal(status_of(hub, "/api/models/alice/p", NULL), 401);
    assert_int_equal(status_of(hub, "/alice/g/raw/main/a.txt", NULL), 401);
    localhub_stop(hub);
    remove_folder(root);
}

/* ---- faults ---- */

struct faulty {
    char *root;
    struct localhub *hub;
};

static struct faulty serve_fault(const char *text)
{
    struct faulty f = {.root = new_folder()};
    put_fixture(f.root);
    struct localhub_fault fault;
    struct err e = ERR_INIT;
    char *copy = xstrdup(text);
    assert_true(localhub_fault_parse(copy, &fault, &e));
    const struct localhub_options options = {.dir = f.root, .faults = &fault, .n_faults = 1};
    f.hub = serve(&options);
    free(copy);
    return f;
}

static void faulty_done(struct faulty *f)
{
    localhub_stop(f->hub);
    remove_folder(f->root);
}

static void check_fault(const char *text, const char *target, CURLcode rc, long status,
                        const char *header, const char *value)
{
    struct faulty f = serve_fault(text);
    struct answer a = http_get(f.hub, target);
    assert_int_equal(a.rc, rc);
    assert_int_equal(a.status, status);
    if (header) {
        check_header(&a, header, value);
    }
    answer_done(&a);
    faulty_done(&f);
}

static void faults_change_the_answer(void **state)
{
    (void)state;
    check_fault("status-429=3", "/api/models", CURLE_OK, 429, "Retry-After", "3");
    check_fault("rate-limit=60", "/api/models", CURLE_OK, 429, "RateLimit", "\"api\";r=0;t=60");
    check_fault("status-500 match=/datasets", "/api/models", CURLE_OK, 200, NULL, NULL);
    check_fault("status-500", "/api/models", CURLE_OK, 500, NULL, NULL);
    check_fault("status-503", "/api/models", CURLE_OK, 503, NULL, NULL);
    check_fault("cut=10", "/api/models", CURLE_PARTIAL_FILE, 200, NULL, NULL);
    check_fault("wrong-length", "/api/models", CURLE_PARTIAL_FILE, 200, NULL, NULL);
    check_fault("html", "/api/models", CURLE_OK, 200, "Content-Type", "text/html; charset=utf-8");
    check_fault("foreign-link", "/api/models", CURLE_OK, 200, "Link",
                "<http://hub.example.invalid/api/models?cursor=1>; rel=\"next\"");
}

static void a_fault_can_be_used_up(void **state)
{
    (void)state;
    struct faulty f = serve_fault("status-503 match=/api/models count=2");
    assert_int_equal(status_of(f.hub, "/api/models", NULL), 503);
    assert_int_equal(status_of(f.hub, "/api/datasets", NULL), 200);
    assert_int_equal(status_of(f.hub, "/api/models/lab/small", NULL), 503);
    assert_int_equal(status_of(f.hub, "/api/models", NULL), 200);
    faulty_done(&f);
}

static void latency_and_slowness_take_time(void **state)
{
    (void)state;
    struct faulty f = serve_fault("latency=200");
    struct answer a = http_get(f.hub, "/api/models");
    assert_true(a.seconds >= 0.19);
    answer_done(&a);
    faulty_done(&f);
    f = serve_fault("slow=1000 match=/api/datasets");
    a = http_get(f.hub, "/api/datasets?full=true");
    assert_int_equal(a.rc, CURLE_OK);
    assert_true(a.seconds >= (double)a.body.n / 1000.0 * 0.8);
    answer_done(&a);
    faulty_done(&f);
}

static void json_faults_bend_the_body(void **state)
{
    (void)state;
    struct faulty f = serve_fault("bad-json");
    struct answer a = http_get(f.hub, "/api/models");
    assert_null(json_parse(a.body.p, a.body.n, NULL));
    answer_done(&a);
    faulty_done(&f);
    f = serve_fault("wrong-types");
    cJSON *list = json_of(f.hub, "/api/models");
    assert_true(cJSON_IsNumber(cJSON_GetObjectItem(list->child, "id")));
    assert_true(cJSON_IsString(cJSON_GetObjectItem(list->child, "tags")));
    cJSON_Delete(list);
    faulty_done(&f);
    f = serve_fault("huge=5000000");
    a = http_get(f.hub, "/api/models");
    assert_int_equal(a.body.n, 5000000);
    list = json_parse(a.body.p, a.body.n, NULL);
    assert_int_equal(cJSON_GetArraySize(list), 5);
    cJSON_Delete(list);
    answer_done(&a);
    faulty_done(&f);
}

static void file_faults_bend_the_transfer(void **state)
{
    (void)state;
    static const char TARGET[] = "/lab/small/resolve/" HEAD_SHA "/config.json";
    struct faulty f = serve_fault("no-range");
    const struct ask part = {.header = {"Range: bytes=2-4"}};
    struct answer a = http_ask(f.hub, TARGET, &part);
    assert_int_equal(a.status, 200);
    assert_int_equal(a.body.n, 67);
    answer_done(&a);
    faulty_done(&f);
    f = serve_fault("no-length");
    const struct ask head = {.method = "HEAD"};
    a = http_ask(f.hub, TARGET, &head);
    assert_int_equal(a.status, 200);
    char *length = header_of(&a, "Content-Length");
    assert_null(length);
    answer_done(&a);
    faulty_done(&f);
    check_fault("cut=20 match=/resolve/", TARGET, CURLE_PARTIAL_FILE, 200, NULL, NULL);
}

/* ---- the second port ---- */

static void the_second_port_refuses_tokens(void **state)
{
    (void)state;
    char *root = new_folder();
    put_fixture(root);
    const struct localhub_options options = {.dir = root, .split_storage = true};
    struct localhub *hub = serve(&options);
    struct answer a = http_get(hub, "/lab/small/resolve/main/model.safetensors");
    char *location = header_of(&a, "Location");
    assert_false(str_starts(location, localhub_url(hub)));
    assert_int_equal(status_of(hub, location, NULL), 200);
    assert_int_equal(status_of(hub, location, ALICE), 400);
    char *other =
        xasprintf("%.*s/api/models", (int)(strchr(location + 7, '/') - location), location);
    assert_int_equal(status_of(hub, other, NULL), 404);
    free(other);
    free(location);
    answer_done(&a);
    localhub_stop(hub);
    remove_folder(root);
}

/* ---- hostile repos ---- */

static void hostile_repos_come_as_clean_json(void **state)
{
    (void)state;
    char *tmp = new_folder();
    assert_int_equal(setenv("TMPDIR", tmp, 1), 0);
    /* What a server that crashed long ago has left is removed, too. */
    put(tmp, "hfterm-hostile-dead/models/hostile/x.txt", "x");
    char *dead = xasprintf("%s/hfterm-hostile-dead", tmp);
    const struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, dead, long_ago, 0), 0);
    free(dead);
    char *root = new_folder();
    put_fixture(root);
    const struct localhub_options options = {.dir = root, .with_hostile_repo = true};
    struct localhub *hub = serve(&options);
    static const char *const TARGETS[] = {
        "/api/models?author=hostile&full=true&cardData=true",
        "/api/models/hostile/escape-artist?blobs=true",
        "/api/models/hostile/escape-artist/tree/main?recursive=true&expand=true",
        "/api/models/hostile/escape-artist/commits/main",
        "/api/models/hostile/escape-artist/refs",
        "/api/models/hostile/escape-artist/discussions",
        "/api/models/hostile/escape-artist/discussions/2?diff=1",
        "/api/datasets?author=hostile&full=true&cardData=true",
        "/api/models-tags-by-type",
    };
    for (size_t i = 0; i < sizeof TARGETS / sizeof *TARGETS; i++) {
        struct answer a = http_get(hub, TARGETS[i]);
        assert_int_equal(a.status, 200);
        assert_true(text_is_utf8(a.body.p, a.body.n, NULL));
        for (size_t k = 0; k < a.body.n; k++) {
            assert_true((unsigned char)a.body.p[k] >= 0x20);
        }
        cJSON *json = json_parse(a.body.p, a.body.n, NULL);
        assert_non_null(json);
        cJSON_Delete(json);
        answer_done(&a);
    }
    struct answer a = http_get(hub, "/hostile/escape-artist/raw/main/README.md");
    assert_true(a.body.n >= 2 << 20);
    answer_done(&a);
    assert_int_equal(status_of(hub, "/hostile/escape-artist/raw/main/new%0Aline.txt", NULL), 200);
    localhub_stop(hub);
    /* Nothing is left behind. */
    assert_int_equal(rmdir(tmp), 0);
    free(tmp);
    unsetenv("TMPDIR");
    remove_folder(root);
}

/* ---- speed ---- */

/* Sanitizers slow everything down; the limits then only catch what is wrong by an order. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const double SLACK = 20;
#else
static const double SLACK = 4;
#endif

static void sixty_repos_start_and_list_quickly(void **state)
{
    (void)state;
    char *root = new_folder();
    for (int i = 0; i < 60; i++) {
        char *path = xasprintf("models/org/m%02d/README.md", i);
        put(root, path, "---\nlicense: mit\nlanguage: [en, de]\ntags: [a, b, c]\n---\n# Text\n");
        free(path);
        path = xasprintf("models/org/m%02d/config.json", i);
        put(root, path, "{\"model_type\":\"x\"}");
        free(path);
    }
    const int64_t began = clock_mono_ns();
    struct localhub *hub = serve_folder(root);
    const double start_ms = (double)(clock_mono_ns() - began) / 1e6;
    check_list(hub, "/api/models?limit=1", "id", "org/m00");
    struct answer a = http_get(hub, "/api/models?full=true");
    double best_ms = 1e9;
    for (int i = 0; i < 10; i++) {
        struct answer again = http_get(hub, "/api/models?full=true");
        best_ms = again.seconds * 1e3 < best_ms ? again.seconds * 1e3 : best_ms;
        assert_int_equal(again.body.n, a.body.n);
        answer_done(&again);
    }
    if (start_ms > 50 * SLACK || best_ms > 3 * SLACK) {
        fail_msg("start %.1f ms, list %.1f ms", start_ms, best_ms);
    }
    answer_done(&a);
    localhub_stop(hub);
    remove_folder(root);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_of_namespaces_is_all_models),
        cmocka_unit_test(long_names_are_served),
        cmocka_unit_test(one_repo_is_local_and_its_folders_name),
        cmocka_unit_test(a_cache_serves_all_its_snapshots),
        cmocka_unit_test(a_missing_folder_is_an_error),
        cmocka_unit_test(models_are_found_by_who_serves_them),
        cmocka_unit_test(odd_sidecars_do_no_harm),
        cmocka_unit_test(a_slip_in_a_sidecar_opens_nothing),
        cmocka_unit_test(faults_change_the_answer),
        cmocka_unit_test(a_fault_can_be_used_up),
        cmocka_unit_test(latency_and_slowness_take_time),
        cmocka_unit_test(json_faults_bend_the_body),
        cmocka_unit_test(file_faults_bend_the_transfer),
        cmocka_unit_test(the_second_port_refuses_tokens),
        cmocka_unit_test(hostile_repos_come_as_clean_json),
        cmocka_unit_test(sixty_repos_start_and_list_quickly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
