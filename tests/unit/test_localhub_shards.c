/* SPDX-License-Identifier: Apache-2.0 */
/* localhub: the headers of all shards in one answer (news.md 15). */
#include "tests/unit/localhub_help.h"

static const char INDEX[] = "/api/models/o/x/safetensors-metadata/model.safetensors.index.json";

static void put_shards(const char *root)
{
    put_safetensors(root, "models/o/x/a.safetensors",
                    "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2],"
                    "\"data_offsets\":[0,8]}}",
                    8);
    put_safetensors(root, "models/o/x/b.safetensors",
                    "{\"v\":{\"dtype\":\"BF16\",\"shape\":[3,1],\"data_offsets\":[0,6]}}", 6);
    put(root, "models/o/x/model.safetensors.index.json",
        "{\"metadata\":{\"total_size\":14},\"weight_map\":{\"w\":\"a.safetensors\",\"v\":"
        "\"b.safetensors\"}}");
    put_safetensors(root, "models/o/x/unet/c.safetensors",
                    "{\"u\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[0,2]}}", 2);
    put(root, "models/o/x/unet/diffusion.safetensors.index.json",
        "{\"weight_map\":{\"u\":\"c.safetensors\"}}");
}

static void one_answer_has_all_headers(void **state)
{
    (void)state;
    char *root = new_folder();
    put_shards(root);
    const struct localhub_options options = {.dir = root};
    struct localhub *hub = serve(&options);
    cJSON *json = json_of(hub, INDEX);
    const cJSON *headers = json_obj(json, "headers");
    double size = 0;
    assert_true(json_num(json_obj(json_obj(json, "index"), "metadata"), "total_size", &size));
    assert_int_equal((int)size, 14);
    assert_null(json_obj(json_obj(json, "index"), "weight_map"));
    assert_int_equal(cJSON_GetArraySize(headers), 2);
    assert_string_equal(
        json_str(json_obj(json_obj(headers, "a.safetensors"), "__metadata__"), "format"), "pt");
    assert_string_equal(json_str(json_obj(json_obj(headers, "b.safetensors"), "v"), "dtype"), "BF16");
    cJSON_Delete(json);
    json = json_of(hub, "/api/models/o/x/safetensors-metadata/unet/diffusion.safetensors.index.json");
    assert_non_null(json_obj(json_obj(json_obj(json, "headers"), "c.safetensors"), "u"));
    cJSON_Delete(json);
    localhub_stop(hub);
    remove_folder(root);
}

static void what_is_no_index_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *index;
        long status;
    } CASES[] = {
        {"{\"weight_map\":{\"w\":\"missing.safetensors\"}}", 404},
        {"{\"weight_map\":{\"w\":\"../y/secret.safetensors\"}}", 404},
        {"{\"weight_map\":{\"w\":\"text.txt\"}}", 422},
        {"{\"weight_map\":{\"w\":7}}", 200},
        {"{\"weight_map\":[]}", 422},
        {"[]", 422},
        {"{", 422},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *root = new_folder();
        put_shards(root);
        put(root, "models/o/x/text.txt", "no weights");
        put_safetensors(root, "models/o/y/secret.safetensors", "{}", 0);
        put(root, "models/o/x/model.safetensors.index.json", CASES[i].index);
        const struct localhub_options options = {.dir = root};
        struct localhub *hub = serve(&options);
        const long status = status_of(hub, INDEX, NULL);
        if (status != CASES[i].status) {
            fail_msg("%s: %ld", CASES[i].index, status);
        }
        assert_int_equal(status_of(hub, "/api/models/o/x/safetensors-metadata/none.json", NULL), 404);
        localhub_stop(hub);
        remove_folder(root);
    }
}

static void gated_headers_are_closed(void **state)
{
    (void)state;
    char *root = new_folder();
    put_accounts(root);
    put_shards(root);
    put(root, ".hub/models/o/x.json", "{\"gated\":\"auto\"}");
    const struct localhub_options options = {.dir = root};
    struct localhub *hub = serve(&options);
    assert_int_equal(status_of(hub, INDEX, NULL), 401);
    assert_int_equal(status_of(hub, INDEX, BOB), 403);
    localhub_stop(hub);
    remove_folder(root);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_answer_has_all_headers),
        cmocka_unit_test(what_is_no_index_is_refused),
        cmocka_unit_test(gated_headers_are_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
