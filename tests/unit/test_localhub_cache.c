/* SPDX-License-Identifier: Apache-2.0 */
/* localhub: the cache of a current client, whose repos share blobs (hub.md 3, news.md 1 and 2). */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/localhub_help.h"

#include "core/localhub/blobs.h"

/* Made by the official client: tests/fixtures/make_cache.py. */
static const char FIXTURE[] = "tests/fixtures/cache";
static const char COMMIT[] = "dddddddddddddddddddddddddddddddddddddddd";
static const char ETAG[] = "9c73253b2c6b18df3ad5c14407ce81b2376fa94785b6f688281f9320b6762ab3";
static const char HASH[] = "6200000000000000000000000000000000000000000000000000000000000528";

static struct localhub *serve_folder(const char *dir)
{
    const struct localhub_options options = {.dir = dir};
    return serve(&options);
}

static void check_file(const struct localhub *hub, const char *target, const char *begins, size_t n)
{
    const struct ask ask = {.follow = true};
    struct answer a = http_ask(hub, target, &ask);
    if (a.status != 200 || a.body.n != n || !str_starts(buf_str(&a.body), begins)) {
        fail_msg("%s: %ld, %zu bytes", target, a.status, a.body.n);
    }
    answer_done(&a);
}

static void the_clients_own_cache_is_whole(void **state)
{
    (void)state;
    struct localhub *hub = serve_folder(FIXTURE);
    check_list(hub, "/api/models?sort=id&direction=1", "id", "lab/base lab/tuned");
    check_list(hub, "/api/models/lab/base/tree/main?recursive=1", "path",
               "README.md model.safetensors");
    check_list(hub, "/api/models/lab/tuned/tree/main?recursive=1", "path",
               "README.md adapter adapter/adapter_model.safetensors config.json model.safetensors");
    check_list(hub, "/api/datasets/lab/rows/tree/main/data", "path", "data/part.parquet");
    check_file(hub, "/lab/base/resolve/main/model.safetensors", "weights that", 1320);
    check_file(hub, "/lab/tuned/resolve/main/model.safetensors", "weights that", 1320);
    check_file(hub, "/lab/tuned/resolve/main/adapter/adapter_model.safetensors", "an adapter", 220);
    check_file(hub, "/datasets/lab/rows/resolve/main/data/part.parquet", "weights that", 1320);
    localhub_stop(hub);
}

/* The ETag is the link's name: the store's is another kind of hash. */
static void shared_files_keep_their_etag(void **state)
{
    (void)state;
    struct localhub *hub = serve_folder(FIXTURE);
    struct answer a = http_get(hub, "/lab/tuned/resolve/main/model.safetensors");
    char *want = xasprintf("\"%s\"", ETAG);
    check_header(&a, "X-Linked-Etag", want);
    check_header(&a, "X-Linked-Size", "1320");
    cJSON *info = json_of(hub, "/api/models/lab/tuned?blobs=true");
    char *names = words_of(json_arr(info, "siblings"), "rfilename");
    assert_string_equal(
        names, "README.md adapter/adapter_model.safetensors config.json model.safetensors");
    /* What a repo takes: its files, shared or not. */
    double used = 0;
    assert_true(json_num(info, "usedStorage", &used));
    assert_true(used > 1320 + 220 && used < 1320 + 220 + 200);
    free(names);
    cJSON_Delete(info);
    free(want);
    answer_done(&a);
    localhub_stop(hub);
}

/* ---- stores by hand ---- */

/* A model whose one file is a link to its blob, and the blob a link to `target`. */
static char *new_cache(const char *mark, const char *target)
{
    char *root = new_folder();
    put(root, "models--o--x/refs/main", COMMIT);
    put(root, "outside/thing", "TOPSECRET");
    char *payload = xasprintf("blobs/62/%s", HASH);
    char *blob = xasprintf("%s/models--o--x/blobs/%s", root, ETAG);
    char *snapshot = xasprintf("%s/models--o--x/snapshots/%s", root, COMMIT);
    char *file = xasprintf("%s/w.bin", snapshot);
    char *to = xasprintf("../../blobs/%s", ETAG);
    put(root, payload, "payload");
    if (mark) {
        put(root, "blobs/.huggingface-shared-blobs", mark);
    }
    assert_true(file_mkdirs(snapshot, 0700, NULL));
    char *blobs = xasprintf("%s/models--o--x/blobs", root);
    assert_true(file_mkdirs(blobs, 0700, NULL));
    assert_int_equal(symlink(target, blob), 0);
    assert_int_equal(symlink(to, file), 0);
    free(blobs);
    free(to);
    free(file);
    free(snapshot);
    free(blob);
    free(payload);
    return root;
}

static void only_the_clients_store_is_followed(void **state)
{
    (void)state;
    static const char GOOD[] =
        "../../blobs/62/6200000000000000000000000000000000000000000000000000000000000528";
    static const struct {
        const char *mark, *target;
        long status;
    } CASES[] = {
        {"1\n", GOOD, 200},
        {NULL, GOOD, 404},
        {"2\n", GOOD, 404},
        {"1", GOOD, 404},
        {"1\n2\n", GOOD, 404},
        {"1\n", "../../outside/thing", 404},
        {"1\n", "../../blobs/.huggingface-shared-blobs", 404},
        {"1\n", "../../blobs/62/thing", 404},
        {"1\n", "../../blobs/00/6200000000000000000000000000000000000000000000000000000000000528",
         404},
        {"1\n", "/etc/passwd", 404},
        {"1\n", "../../models--o--y/blobs/thing", 404},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *root = new_cache(CASES[i].mark, CASES[i].target);
        put(root, "blobs/62/thing", "TOPSECRET");
        put(root, "blobs/00/6200000000000000000000000000000000000000000000000000000000000528",
            "TOPSECRET");
        put(root, "models--o--y/blobs/thing", "TOPSECRET");
        struct localhub *hub = serve_folder(root);
        const struct ask ask = {.follow = true};
        struct answer a = http_ask(hub, "/o/x/resolve/main/w.bin", &ask);
        if (a.status != CASES[i].status) {
            fail_msg("%zu: %ld %s", i, a.status, buf_str(&a.body));
        }
        answer_done(&a);
        localhub_stop(hub);
        remove_folder(root);
    }
}

/* The store, its mark and its shelves are never links. */
static void stores_behind_links_are_foreign(void **state)
{
    (void)state;
    static const char TARGET[] =
        "../../blobs/62/6200000000000000000000000000000000000000000000000000000000000528";
    static const char *const MOVED[] = {"blobs", "blobs/.huggingface-shared-blobs", "blobs/62"};
    for (size_t i = 0; i < 3; i++) {
        char *root = new_cache("1\n", TARGET);
        char *from = xasprintf("%s/%s", root, MOVED[i]);
        char *to = xasprintf("%s/outside/moved", root);
        assert_int_equal(rename(from, to), 0);
        assert_int_equal(symlink(to, from), 0);
        struct localhub *hub = serve_folder(root);
        assert_int_equal(status_of(hub, "/api/models/o/x", NULL), 200);
        check_list(hub, "/api/models/o/x/tree/main", "path", "");
        localhub_stop(hub);
        free(to);
        free(from);
        remove_folder(root);
    }
}

/* news.md 2: what the client is about to put in place is no file yet. */
static void unfinished_files_are_passed_over(void **state)
{
    (void)state;
    char *root = new_folder();
    put(root, "models--o--x/refs/main", COMMIT);
    put(root, "models--o--x/refs/main.0123abcd.tmp", COMMIT);
    put(root, "models--o--x/blobs/aa.incomplete", "half");
    char *folder = xasprintf("models--o--x/snapshots/%s", COMMIT);
    static const char *const NAMES[] = {"a.txt", ".a.txt.0123abcd.new", ".b.bin.00ff00ff.old",
                                        ".keep.txt", ".a.new"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char *path = xasprintf("%s/%s", folder, NAMES[i]);
        put(root, path, "x\n");
        free(path);
    }
    char *half = xasprintf("%s/%s/half.bin", root, folder);
    assert_int_equal(symlink("../../blobs/aa.incomplete", half), 0);
    struct localhub *hub = serve_folder(root);
    check_list(hub, "/api/models/o/x/tree/main", "path", ".a.new .keep.txt a.txt");
    cJSON *refs = json_of(hub, "/api/models/o/x/refs");
    char *names = words_of(json_arr(refs, "branches"), "name");
    assert_string_equal(names, "main");
    free(names);
    cJSON_Delete(refs);
    localhub_stop(hub);
    free(half);
    free(folder);
    remove_folder(root);
}

struct heard {
    struct buf text;
};

static void hear(void *ctx, const char *sentence)
{
    struct heard *h = ctx;
    buf_printf(&h->text, "%s\n", sentence);
}

/* news.md 7: a filtered download is a part, and is not taken for the whole in silence. */
static void parts_of_snapshots_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *tree, *want;
    } CASES[] = {
        {"{\"format_version\":1,\"files\":{\"a.txt\":{},\"b.txt\":{},\"c.txt\":{}}}",
         "model o/x: 1 of its 3 files were downloaded; the others are not listed\n"},
        {"{\"format_version\":1,\"files\":{\"a.txt\":{},\"d/e.bin\":{\"size\":5}}}",
         "model o/x: 1 of its 2 files were downloaded; the others are not listed\n"},
        {"{\"files\":{\"a.txt\":{}}}", ""},
        {"{\"files\":7}", ""},
        {"{", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *root = new_folder();
        char *file = xasprintf("models--o--x/snapshots/%s/a.txt", COMMIT);
        char *tree = xasprintf("models--o--x/trees/%s.json", COMMIT);
        put(root, "models--o--x/refs/main", COMMIT);
        put(root, file, "a");
        put(root, tree, CASES[i].tree);
        struct localhub *hub = serve_folder(root);
        struct heard heard = {0};
        struct localhub_total total;
        const struct localhub_listener listener = {.tell = hear, .ctx = &heard};
        localhub_look_through(hub, &listener, &total);
        assert_string_equal(buf_str(&heard.text), CASES[i].want);
        buf_done(&heard.text);
        localhub_stop(hub);
        free(tree);
        free(file);
        remove_folder(root);
    }
}

static void names_are_told_apart(void **state)
{
    (void)state;
    assert_true(lh_is_staged_name(".w.0123abcd.new"));
    assert_true(lh_is_staged_name(".config.json.00000000.old"));
    assert_false(lh_is_staged_name("w.0123abcd.new"));
    assert_false(lh_is_staged_name(".w.0123abcX.new"));
    assert_false(lh_is_staged_name(".0123abcd.new"));
    assert_false(lh_is_staged_name(".new"));
    assert_true(lh_is_hex("0af", 3));
    assert_false(lh_is_hex("0aF", 3));
    char *path = xasprintf("/c/blobs/62/%s", HASH);
    assert_true(lh_is_shared_blob("/c/blobs", path));
    assert_false(lh_is_shared_blob("/c", path));
    assert_false(lh_is_shared_blob(NULL, path));
    assert_false(lh_is_shared_blob("/c/blobs", "/c/blobs/6"));
    free(path);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clients_own_cache_is_whole),
        cmocka_unit_test(shared_files_keep_their_etag),
        cmocka_unit_test(only_the_clients_store_is_followed),
        cmocka_unit_test(stores_behind_links_are_foreign),
        cmocka_unit_test(unfinished_files_are_passed_over),
        cmocka_unit_test(parts_of_snapshots_are_told),
        cmocka_unit_test(names_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
