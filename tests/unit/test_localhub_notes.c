/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* localhub: what is left out or cannot be read is told, at the start and in the answers (hub.md F2b,
 * F7, robustness S2). */
#include <pthread.h>
#include <unistd.h>

#include "tests/unit/localhub_help.h"

struct heard {
    struct buf text; /* a line each */
    int asked, stop_at;
};

static void hear(void *ctx, const char *sentence)
{
    struct heard *h = ctx;
    buf_printf(&h->text, "%s\n", sentence);
}

static bool is_over(void *ctx)
{
    struct heard *h = ctx;
    return ++h->asked == h->stop_at;
}

static struct localhub_total look_through(struct localhub *hub, struct heard *h)
{
    struct localhub_total total;
    const struct localhub_listener listener = {hear, is_over, h};
    localhub_look_through(hub, &listener, &total);
    return total;
}

static struct localhub *serve_folder(const char *dir)
{
    const struct localhub_options options = {.dir = dir};
    return serve(&options);
}

/* Blocks that PyYAML and js-yaml refuse as well, with the line of the file where readers agree. */
static const struct {
    const char *card;
    int line;
} BROKEN[] = {
    {"---\nlicense: mit\ntags: [a]\nlicense: mit\n---\n# Card\n", 4},
    {"---\nlicense: mit\n\ttags: a\n---\n", 0},
    {"\n\n---\nlanguage: en\na: b: c\n---\n", 5},
    {"---\r\nlicense: mit\r\ntags: [a\r\nlibrary_name: x\r\n---\r\n", 0},
    {"---\nlicense: {a: 1\n---\n", 0},
    {"---\n- a\n- list\n---\n", 0},
};
enum { N_BROKEN = sizeof BROKEN / sizeof *BROKEN };

static void check_card_error(const cJSON *item, int line)
{
    const cJSON *error = json_obj(item, "cardError");
    double got = 0;
    if (!error || !json_str(error, "message") || !*json_str(error, "message")) {
        fail_msg("%s: no cardError", json_str(item, "id"));
    }
    if (line && (!json_num(error, "line", &got) || (int)got != line)) {
        fail_msg("%s: line %d instead of %d: %s", json_str(item, "id"), (int)got, line,
                 json_str(error, "message"));
    }
    assert_null(strstr(json_str(error, "message"), "metadata block: "));
}

/* F2b */
static void a_broken_card_says_why(void **state)
{
    (void)state;
    char *root = new_folder();
    for (int i = 0; i < N_BROKEN; i++) {
        char *path = xasprintf("models/o/c%d/README.md", i);
        put(root, path, BROKEN[i].card);
        free(path);
    }
    struct localhub *hub = serve_folder(root);
    static const char *const LISTS[] = {
        "/api/models?sort=id&direction=1",
        "/api/models?sort=id&direction=1&full=true&cardData=true",
        "/api/models?sort=id&direction=1&expand=tags&expand=likes",
        "/api/models?sort=id&direction=1&expand=cardData",
    };
    for (size_t l = 0; l < sizeof LISTS / sizeof *LISTS; l++) {
        cJSON *list = json_of(hub, LISTS[l]);
        for (int i = 0; i < N_BROKEN; i++) {
            check_card_error(cJSON_GetArrayItem(list, i), BROKEN[i].line);
        }
        cJSON_Delete(list);
    }
    struct heard heard = {0};
    look_through(hub, &heard);
    for (int i = 0; i < N_BROKEN; i++) {
        char *target = xasprintf("/api/models/o/c%d", i);
        char *said = xasprintf("model o/c%d: the metadata of its README.md cannot be read", i);
        cJSON *info = json_of(hub, target);
        check_card_error(info, BROKEN[i].line);
        assert_non_null(strstr(buf_str(&heard.text), said));
        cJSON_Delete(info);
        free(said);
        free(target);
    }
    assert_non_null(strstr(heard.text.p, "o/c0: the metadata of its README.md cannot be read, line 4: "));
    buf_done(&heard.text);
    localhub_stop(hub);
    remove_folder(root);
}

static void whole_cards_say_nothing(void **state)
{
    (void)state;
    char *root = new_folder();
    put(root, "models/o/a/README.md", "---\nlicense: mit\n---\n");
    put(root, "models/o/b/README.md", "# No block\n");
    put(root, "models/o/c/README.md", "---\n---\n");
    put(root, "models/o/d/w.txt", "w");
    put(root, "models/o/a/config.json", "{\"model_type\":\"x\"}");
    struct localhub *hub = serve_folder(root);
    struct heard heard = {0};
    const struct localhub_total total = look_through(hub, &heard);
    assert_string_equal(buf_str(&heard.text), "");
    assert_int_equal(total.repos, 4);
    assert_int_equal(total.files, 5);
    static const char *const IDS[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++) {
        char *target = xasprintf("/api/models/o/%s", IDS[i]);
        cJSON *info = json_of(hub, target);
        assert_null(json_obj(info, "cardError"));
        cJSON_Delete(info);
        free(target);
    }
    localhub_stop(hub);
    remove_folder(root);
}

/* Other errors that were known and swallowed. */
static void whatever_cannot_be_read_is_told(void **state)
{
    (void)state;
    char *root = new_folder();
    put(root, "models/o/config/config.json", "{\"a\":");
    put(root, "models/o/list/config.json", "[1]");
    put(root, "models/o/latin/config.json", "{\"a\":\"\xE9\"}");
    put(root, "models/o/side/a.txt", "a");
    put(root, ".hub/models/o/side.json", "{\"likes\":");
    struct buf big = BUF_INIT;
    buf_puts(&big, "---\nlicense: mit\n---\n");
    buf_pad(&big, 'x', (10 << 20) + 1);
    put(root, "models/o/large/README.md", big.p);
    buf_done(&big);
    struct localhub *hub = serve_folder(root);
    struct heard heard = {0};
    look_through(hub, &heard);
    static const char *const WANT[] = {
        "model o/config: its config.json cannot be read: not valid JSON",
        "model o/list: its config.json cannot be read: it is no JSON object",
        "model o/latin: its config.json cannot be read: it is not UTF-8",
        "model o/side: its sidecar cannot be read: ",
        "model o/large: the metadata of its README.md cannot be read: it is larger than this hub",
    };
    for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
        if (!strstr(buf_str(&heard.text), WANT[i])) {
            fail_msg("%s: %s", WANT[i], heard.text.p);
        }
    }
    buf_done(&heard.text);
    cJSON *info = json_of(hub, "/api/models/o/large");
    check_card_error(info, 0);
    cJSON_Delete(info);
    localhub_stop(hub);
    remove_folder(root);
}

static void link_to(const char *root, const char *path, const char *target)
{
    char *full = xasprintf("%s/%s", root, path);
    assert_int_equal(symlink(target, full), 0);
    free(full);
}

/* S2, F7, F4 */
static void what_is_left_out_is_told(void **state)
{
    (void)state;
    static const char POINTER[] =
        "version https://git-lfs.github.com/spec/v1\noid sha256:"
        "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 5\n";
    char *root = new_folder();
    put(root, "models/o/x/a.bin", POINTER);
    put(root, "models/o/x/b.bin", POINTER);
    put(root, "models/o/y/a.bin", POINTER);
    put(root, "models/o/bad--name/a.txt", "a");
    put(root, "models/p/z/a.txt", "a");
    put(root, ".hub/models/p/w.json", "{}");
    link_to(root, "models/o/x/out", "/etc/hostname");
    link_to(root, "models/o/away", "/etc");
    link_to(root, "models/q", "../..");
    link_to(root, "models/r", "p");
    link_to(root, ".hub/models/p/z.json", "/nowhere.json");
    struct localhub *hub = serve_folder(root);
    struct heard heard = {0};
    look_through(hub, &heard);
    static const char *const WANT[] = {
        "model o/x: 2 files, a.bin the first: only its git-lfs pointer is in this folder",
        "model o/y: a.bin: only its git-lfs pointer is in this folder",
        "models/o/bad--name has a name that the Hub does not allow",
        "model o/x: out is a link that leads out of it",
        "models/o/away is a link that leads out of the served folder; it is not followed",
        "models/q is a link that leads out of the served folder; it is not followed",
        "models/r is a link to where other repositories lie; it is not followed",
        "models/p/z is left out: its file below .hub is behind a link that leads elsewhere",
    };
    for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
        if (!strstr(buf_str(&heard.text), WANT[i])) {
            fail_msg("%s: %s", WANT[i], heard.text.p);
        }
    }
    buf_done(&heard.text);
    localhub_stop(hub);
    remove_folder(root);
}

/* hub.md 3: what repos share takes its room once. */
static void shared_content_counts_once(void **state)
{
    (void)state;
    struct localhub *hub = serve_folder("tests/fixtures/cache");
    struct heard heard = {0};
    const struct localhub_total total = look_through(hub, &heard);
    assert_string_equal(buf_str(&heard.text), "");
    assert_int_equal(total.repos, 3);
    assert_int_equal(total.files, 8);
    assert_true(total.bytes >= 1320 + 220 && total.bytes < 1320 + 220 + 300);
    localhub_stop(hub);
}

/* Answers go on while the folder is looked through. */
static void *ask_on(void *arg)
{
    for (int i = 0; i < 5; i++) {
        assert_int_equal(status_of(arg, "/api/models?full=true", NULL), 200);
    }
    return NULL;
}

static void the_hub_answers_meanwhile(void **state)
{
    (void)state;
    struct localhub *hub = serve_folder("tests/fixtures/demo");
    pthread_t asker;
    assert_int_equal(pthread_create(&asker, NULL, ask_on, hub), 0);
    for (int i = 0; i < 3; i++) {
        struct heard heard = {0};
        look_through(hub, &heard);
        buf_done(&heard.text);
    }
    pthread_join(asker, NULL);
    localhub_stop(hub);
}

static void looking_can_be_ended(void **state)
{
    (void)state;
    struct localhub *hub = serve_folder("tests/fixtures/demo");
    struct heard heard = {.stop_at = 2};
    assert_int_equal(look_through(hub, &heard).repos >= 1, true);
    struct heard all = {0};
    assert_int_equal(look_through(hub, &all).repos, localhub_repo_count(hub));
    assert_string_equal(buf_str(&all.text), "");
    localhub_stop(hub);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_card_says_why),
        cmocka_unit_test(whole_cards_say_nothing),
        cmocka_unit_test(whatever_cannot_be_read_is_told),
        cmocka_unit_test(what_is_left_out_is_told),
        cmocka_unit_test(shared_content_counts_once),
        cmocka_unit_test(the_hub_answers_meanwhile),
        cmocka_unit_test(looking_can_be_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
