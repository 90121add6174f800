/* SPDX-License-Identifier: Apache-2.0 */
/* localhub: folders with git-lfs pointers where the files should be (hub.md F7). */
#include <unistd.h>

#include "tests/unit/localhub_help.h"

#include "core/base/clock.h"
#include "core/localhub/pointer.h"

#define OID "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
#define OTHER "0f5bd1d2a0f2bf2a4b1f2b9c6f7f6f6f3b6d9c3d6c9d5d8d0a5f1e2d3c4b5a69"
static const char POINTER[] =
    "version https://git-lfs.github.com/spec/v1\noid sha256:" OID "\nsize 9800000000\n";

static bool parses(const char *text, const char *oid, uint64_t size)
{
    char got[HASH_SHA256_HEX] = "";
    uint64_t n = 0;
    return lh_pointer_parse(text, strlen(text), got, &n) && strcmp(got, oid) == 0 && n == size;
}

static void what_git_lfs_takes_is_a_pointer(void **state)
{
    (void)state;
    assert_true(parses(POINTER, OID, 9800000000));
    assert_true(parses("version https://git-lfs.github.com/spec/v1\r\noid sha256:" OID
                       "\r\nsize 7\r\n",
                       OID, 7));
    assert_true(parses("version https://hawser.github.com/spec/v1\noid sha256:" OTHER "\nsize 0",
                       OTHER, 0));
    assert_true(parses("version https://git-lfs.github.com/spec/v1\next-0-foo sha256:" OTHER
                       "\next-1-bar sha256:" OTHER "\noid sha256:" OID "\nsize 12\n",
                       OID, 12));
    struct buf own = BUF_INIT;
    lh_pointer_text(&own, OTHER, 12345);
    assert_true(parses(own.p, OTHER, 12345));
    buf_done(&own);
}

static void anything_else_is_a_file(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "",
        "version https://git-lfs.github.com/spec/v1\n",
        "version https://git-lfs.github.com/spec/v9\noid sha256:" OID "\nsize 5\n",
        "version https://git-lfs.github.com/spec/v1\nsize 5\noid sha256:" OID "\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" OID "\nsize -5\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" OID "\nsize 5x\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" OID "0\nsize 5\n",
        "version https://git-lfs.github.com/spec/v1\noid md5:" OID "\nsize 5\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" OID "\nsize 5\nmore text\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" OID "\noid sha256:" OID "\nsize 5",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" OID "\nsize 5\n\nThe format.\n",
        "oid sha256:" OID "\nsize 5\nversion https://git-lfs.github.com/spec/v1\n",
        "A pointer begins so:\nversion https://git-lfs.github.com/spec/v1\noid sha256:" OID
        "\nsize 5\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" OID
        "\nsize 99999999999999999999999\n",
    };
    char oid[HASH_SHA256_HEX];
    uint64_t size = 0;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        if (lh_pointer_parse(BAD[i], strlen(BAD[i]), oid, &size)) {
            fail_msg("%s", BAD[i]);
        }
    }
    char nul[sizeof POINTER];
    memcpy(nul, POINTER, sizeof nul);
    nul[sizeof nul - 3] = '\0';
    assert_false(lh_pointer_parse(nul, sizeof nul - 1, oid, &size));
}

static struct localhub *serve_clone(const char *root)
{
    const struct localhub_options options = {.dir = root};
    put(root, "models/o/x/model.safetensors", POINTER);
    put(root, "models/o/x/pytorch_model.bin",
        "version https://git-lfs.github.com/spec/v1\r\noid sha256:" OTHER "\r\nsize 123456\r\n");
    put(root, "models/o/x/weights.xyz", POINTER); /* no pattern names it */
    put(root, "models/o/x/real.bin", "0123456789");
    put(root, "models/o/x/README.md", "---\nlicense: mit\n---\n");
    return serve(&options);
}

static void sizes_and_ids_are_the_pointers(void **state)
{
    (void)state;
    char *root = new_folder();
    struct localhub *hub = serve_clone(root);
    cJSON *tree = json_of(hub, "/api/models/o/x/tree/main");
    static const struct {
        const char *path, *oid;
        uint64_t size;
    } WANT[] = {{"model.safetensors", OID, 9800000000},
                {"pytorch_model.bin", OTHER, 123456},
                {"weights.xyz", OID, 9800000000}};
    size_t found = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, tree)
    {
        for (size_t i = 0; i < 3; i++) {
            if (strcmp(json_str(item, "path"), WANT[i].path) == 0) {
                uint64_t size = 0;
                assert_true(json_u64(item, "size", &size));
                assert_int_equal(size, WANT[i].size);
                assert_string_equal(json_str(json_obj(item, "lfs"), "oid"), WANT[i].oid);
                found++;
            }
        }
    }
    assert_int_equal(found, 3);
    cJSON_Delete(tree);
    localhub_stop(hub);
    remove_folder(root);
}

static void check_refusal(const struct localhub *hub, const char *target)
{
    const struct ask get = {.follow = true};
    struct answer a = http_ask(hub, target, &get);
    char *why = header_of(&a, "X-Error-Message");
    assert_int_equal(a.status, 404);
    assert_non_null(why);
    assert_non_null(strstr(why, "git-lfs pointer"));
    assert_non_null(strstr(why, "git lfs pull"));
    free(why);
    answer_done(&a);
}

static void the_text_is_never_sent_as_the_file(void **state)
{
    (void)state;
    char *root = new_folder();
    struct localhub *hub = serve_clone(root);
    check_refusal(hub, "/o/x/resolve/main/model.safetensors");
    check_refusal(hub, "/o/x/resolve/main/pytorch_model.bin");
    check_refusal(hub, "/o/x/resolve/main/weights.xyz");
    check_refusal(hub, "/api/resolve-cache/models/o/x/main/weights.xyz");
    const struct ask head = {.method = "HEAD"};
    struct answer a = http_ask(hub, "/o/x/resolve/main/model.safetensors", &head);
    assert_int_equal(a.status, 302);
    check_header(&a, "X-Linked-Size", "9800000000");
    check_header(&a, "X-Linked-Etag", "\"" OID "\"");
    char *location = header_of(&a, "Location");
    struct answer stored = http_ask(hub, location, &head);
    assert_int_equal(stored.status, 200);
    check_header(&stored, "Content-Length", "9800000000");
    check_refusal(hub, location);
    answer_done(&stored);
    free(location);
    answer_done(&a);
    struct answer raw = http_get(hub, "/o/x/raw/main/model.safetensors");
    assert_int_equal(raw.status, 200);
    assert_string_equal(raw.body.p, POINTER);
    answer_done(&raw);
    assert_int_equal(status_of(hub, "/o/x/resolve/main/real.bin", NULL), 302);
    localhub_stop(hub);
    remove_folder(root);
}

/* Headers, cards and configs of pointers are nothing to read. */
static void nothing_is_read_from_a_pointer(void **state)
{
    (void)state;
    char *root = new_folder();
    const struct localhub_options options = {.dir = root};
    put(root, "models/o/x/model.safetensors", POINTER);
    put(root, "models/o/x/a.gguf", POINTER);
    put(root, "models/o/x/config.json", POINTER);
    put(root, "models/o/x/README.md", POINTER);
    struct localhub *hub = serve(&options);
    cJSON *info = json_of(hub, "/api/models/o/x");
    assert_null(json_obj(info, "safetensors"));
    assert_null(json_obj(info, "gguf"));
    assert_null(json_obj(info, "config"));
    double used = 0;
    assert_true(json_num(info, "usedStorage", &used));
    assert_true(used > 4 * 9.7e9);
    cJSON_Delete(info);
    localhub_stop(hub);
    remove_folder(root);
}

/* Whoever downloaded from a hub that took pointers for files has them as blobs, by any name. */
static void pointers_in_a_cache_are_told_apart(void **state)
{
    (void)state;
    static const char *const BLOBS[] = {OTHER, OID, "1111111111111111111111111111111111111111"};
    for (size_t i = 0; i < 3; i++) {
        char *root = new_folder();
        char *blob = xasprintf("models--o--x/blobs/%s", BLOBS[i]);
        char *folder = xasprintf("%s/models--o--x/snapshots/" HEAD_SHA, root);
        char *link = xasprintf("%s/w.bin", folder);
        char *to = xasprintf("../../blobs/%s", BLOBS[i]);
        put(root, "models--o--x/refs/main", HEAD_SHA);
        put(root, blob, POINTER);
        assert_true(file_mkdirs(folder, 0700, NULL));
        assert_int_equal(symlink(to, link), 0);
        const struct localhub_options options = {.dir = root};
        struct localhub *hub = serve(&options);
        check_refusal(hub, "/o/x/resolve/main/w.bin");
        localhub_stop(hub);
        free(to);
        free(link);
        free(folder);
        free(blob);
        remove_folder(root);
    }
}

static void pulled_files_are_served(void **state)
{
    (void)state;
    char *root = new_folder();
    struct localhub *hub = serve_clone(root);
    assert_int_equal(status_of(hub, "/o/x/resolve/main/model.safetensors", NULL), 404);
    put(root, "models/o/x/model.safetensors", "the weights");
    clock_sleep_ms(300);
    const struct ask get = {.follow = true};
    struct answer a = http_ask(hub, "/o/x/resolve/main/model.safetensors", &get);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body.p, "the weights");
    answer_done(&a);
    localhub_stop(hub);
    remove_folder(root);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_git_lfs_takes_is_a_pointer),
        cmocka_unit_test(anything_else_is_a_file),
        cmocka_unit_test(sizes_and_ids_are_the_pointers),
        cmocka_unit_test(the_text_is_never_sent_as_the_file),
        cmocka_unit_test(nothing_is_read_from_a_pointer),
        cmocka_unit_test(pointers_in_a_cache_are_told_apart),
        cmocka_unit_test(pulled_files_are_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
