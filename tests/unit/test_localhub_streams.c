/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* localhub: the events of a Space and the stream of requests. */
#include <ifaddrs.h>

#include "tests/unit/localhub_wire.h"

static const char REQUESTS[] = "/api/hfterm/requests";

struct world {
    char *root;
    struct localhub *hub;
};

static struct world open_world(struct localhub_options options)
{
    struct world w = {.root = new_folder()};
    put_fixture(w.root);
    put(w.root, "spaces/alice/mover/README.md", "---\nsdk: gradio\n---\n");
    put(w.root, ".hub/spaces/alice/mover.json",
        "{\"runtime\":{\"stage\":\"BUILD_ERROR\",\"errorMessage\":\"no\",\"hardware\":{\"current\":"
        "null,\"requested\":\"t4-small\"},\"replicas\":{\"current\":0,\"requested\":1},\"domains\":"
        "[{\"domain\":\"m.example\",\"stage\":\"READY\"}]},\"stages\":["
        "{\"stage\":\"BUILD_ERROR\",\"seconds\":1},{\"stage\":\"RUNNING\",\"seconds\":1}]}");
    put(w.root, "spaces/alice/hidden/README.md", "---\nsdk: gradio\n---\n");
    put(w.root, ".hub/spaces/alice/hidden.json", "{\"private\":true}");
    put(w.root, "spaces/alice/gated/README.md", "---\nsdk: gradio\n---\n");
    put(w.root, ".hub/spaces/alice/gated.json", "{\"gated\":\"auto\"}");
    options.dir = w.root;
    w.hub = serve(&options);
    return w;
}

static void close_world(struct world *w)
{
    localhub_stop(w->hub);
    remove_folder(w->root);
}

/* ---- Spaces ---- */

static void check_stage(const struct localhub *hub, const char *want)
{
    cJSON *one = json_of(hub, "/api/spaces/alice/mover/runtime");
    cJSON *list = json_of(hub, "/api/spaces?author=alice&search=mover&expand=runtime");
    const cJSON *listed = json_obj(list->child, "runtime");
    assert_string_equal(json_str(one, "stage"), want);
    assert_string_equal(json_str(listed, "stage"), want);
    cJSON_Delete(one);
    cJSON_Delete(list);
}

static void the_state_comes_first(void **state)
{
    (void)state;
    struct world w = open_world((struct localhub_options){0});
    struct buf got = BUF_INIT;
    const int fd = wire_get(w.hub, "/api/spaces/alice/mover/events", NULL);
    assert_true(wire_until(fd, &got, "\"domains\":", 5000));
    assert_non_null(strstr(got.p, "Content-Type: text/event-stream"));
    assert_non_null(strstr(got.p, "event: stage\ndata: BUILD_ERROR\n\n"));
    assert_non_null(strstr(
        got.p, "event: space\ndata: {\"compute\":{\"current\":{\"spec\":{\"sdk\":\"gradio\","
               "\"hardwareFlavor\":\"t4-small\"},\"status\":{\"stage\":\"BUILD_ERROR\","
               "\"readyReplicas\":0,\"targetReplicas\":1}},\"status\":{\"message\":\"no\"}},"
               "\"service\":{\"status\":{\"domains\":[{\"domain\":\"m.example\"}]}}}\n\n"));
    /* A folder that is only served stays as its sidecar says. */
    assert_false(wire_until(fd, &got, "RUNNING", 1500));
    check_stage(w.hub, "BUILD_ERROR");
    buf_done(&got);
    close(fd);
    close_world(&w);
}

static void a_followed_space_moves(void **state)
{
    (void)state;
    struct world w = open_world((struct localhub_options){.moves_spaces = true});
    struct buf got = BUF_INIT;
    clock_sleep_ms(1200);
    check_stage(w.hub, "BUILD_ERROR"); /* nobody has followed it */
    const int fd = wire_get(w.hub, "/api/spaces/alice/mover/events", NULL);
    assert_true(wire_until(fd, &got, "data: BUILD_ERROR\n", 900));
    assert_true(wire_until(fd, &got, "data: RUNNING\n", 5000));
    check_stage(w.hub, "RUNNING");
    assert_true(wire_until(fd, &got, "\"readyReplicas\":1", 1000));
    buf_clear(&got);
    assert_true(wire_until(fd, &got, "data: BUILD_ERROR\n", 5000));
    assert_null(strstr(got.p, "RUNNING"));
    buf_done(&got);
    close(fd);
    close_world(&w);
}

/* The demo's two begin where their runtime says. */
static void the_demo_has_two_that_move(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"gguf-inspector", "lab-notebook"};
    const struct localhub_options options = {.dir = "tests/fixtures/demo", .moves_spaces = true};
    struct localhub *hub = serve(&options);
    for (size_t i = 0; i < 2; i++) {
        struct buf text = BUF_INIT;
        struct buf got = BUF_INIT;
        char *file = xasprintf("tests/fixtures/demo/.hub/spaces/alice/%s.json", NAMES[i]);
        char *target = xasprintf("/api/spaces/alice/%s/events", NAMES[i]);
        assert_true(file_read(file, &text, 1 << 20, NULL));
        cJSON *sidecar = json_parse(text.p, text.n, NULL);
        const char *first = json_str(json_obj(sidecar, "runtime"), "stage");
        assert_string_equal(json_str(json_arr(sidecar, "stages")->child, "stage"), first);
        char *event = xasprintf("event: stage\ndata: %s\n\n", first);
        const int fd = wire_get(hub, target, "Authorization: Bearer hf_demo_alice_write\r\n");
        assert_true(wire_until(fd, &got, event, 5000));
        assert_true(wire_until(fd, &got, "data: BUILDING\n", 10000));
        close(fd);
        free(event);
        cJSON_Delete(sidecar);
        free(target);
        free(file);
        buf_done(&got);
        buf_done(&text);
    }
    localhub_stop(hub);
}

static void a_fixed_clock_holds_spaces_still(void **state)
{
    (void)state;
    assert_int_equal(setenv("HFTERM_TEST_NOW", "1780000000", 1), 0);
    struct world w = open_world((struct localhub_options){.moves_spaces = true});
    unsetenv("HFTERM_TEST_NOW");
    struct buf got = BUF_INIT;
    const int fd = wire_get(w.hub, "/api/spaces/alice/mover/events", NULL);
    assert_true(wire_until(fd, &got, "data: BUILD_ERROR\n", 900));
    assert_false(wire_until(fd, &got, "data: RUNNING\n", 1500));
    buf_done(&got);
    close(fd);
    close_world(&w);
}

static void events_keep_the_rules(void **state)
{
    (void)state;
    struct world w = open_world((struct localhub_options){0});
    assert_int_equal(status_of(w.hub, "/api/spaces/alice/hidden/events", NULL), 401);
    assert_int_equal(status_of(w.hub, "/api/spaces/alice/hidden/events", BOB), 404);
    assert_int_equal(status_of(w.hub, "/api/spaces/alice/gated/events", NULL), 401);
    assert_int_equal(status_of(w.hub, "/api/spaces/alice/gated/events", BOB), 403);
    assert_int_equal(status_of(w.hub, "/api/spaces/alice/none/events", ALICE), 404);
    struct buf got = BUF_INIT;
    const int fd = wire_get(w.hub, "/api/spaces/alice/hidden/events", ALICE "\r\n");
    assert_true(wire_until(fd, &got, "data: STOPPED\n", 5000));
    buf_done(&got);
    close(fd);
    close_world(&w);
}

static void streams_can_be_cut(void **state)
{
    (void)state;
    struct localhub_fault fault = {.kind = LOCALHUB_CUT, .value = 21, .match = "/events", .count = 1};
    struct world w = open_world((struct localhub_options){.faults = &fault, .n_faults = 1});
    struct buf got = BUF_INIT;
    const int fd = wire_get(w.hub, "/api/spaces/alice/mover/events", NULL);
    assert_true(wire_ends(fd, &got, 5000));
    assert_non_null(strstr(got.p, "event: stage\ndata: BU"));
    assert_null(strstr(got.p, "BUILD_ERROR"));
    buf_done(&got);
    close(fd);
    close_world(&w);
}

/* ---- requests ---- */

static void requests_are_told_without_secrets(void **state)
{
    (void)state;
    struct world w = open_world((struct localhub_options){0});
    struct buf got = BUF_INIT;
    assert_int_equal(status_of(w.hub, "/api/datasets", NULL), 200); /* before anybody followed */
    const int fd = wire_get(w.hub, REQUESTS, "User-Agent: follower\r\n");
    assert_true(wire_until(fd, &got, ": requests", 5000));
    close(wire_get(w.hub, REQUESTS, "User-Agent: another\r\n"));
    const struct ask ask = {.header = {"User-Agent: one \xE2\x80\xAEtwo", ALICE}};
    struct answer a = http_ask(
        w.hub, "/api/models?search=hf_abcdefghijklmnop&signature=abc&limit=1&Access_Token=x", &ask);
    const struct ask head = {.method = "HEAD"};
    struct answer b = http_ask(w.hub, "/api/models/lab/none", &head);
    assert_true(wire_until(fd, &got, "HEAD", 5000));
    assert_true(wire_until(fd, &got, "\"agent\":", 5000));
    assert_non_null(strstr(got.p, "event: request\nid: 2\ndata: {\"id\":2,\"time\":\"2"));
    assert_non_null(strstr(got.p, "\"method\":\"GET\",\"path\":\"/api/models?search=hf_****"
                                  "&signature=****&limit=1&Access_Token=****\",\"status\":200,"));
    char *bytes = xasprintf("\"bytes\":%zu,\"agent\":\"one two\"}", a.body.n);
    assert_non_null(strstr(got.p, bytes));
    assert_non_null(strstr(got.p, "\"id\":3,"));
    assert_non_null(strstr(got.p, "\"status\":401,"));
    assert_null(strstr(got.p, "hf_alice"));
    assert_null(strstr(got.p, "hfterm/requests"));
    assert_null(strstr(got.p, "datasets"));
    free(bytes);
    answer_done(&a);
    answer_done(&b);
    buf_done(&got);
    close(fd);
    close_world(&w);
}

static void followers_go_on_where_they_were(void **state)
{
    (void)state;
    struct world w = open_world((struct localhub_options){0});
    struct buf got = BUF_INIT;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(status_of(w.hub, "/api/datasets", NULL), 200);
    }
    int fd = wire_get(w.hub, REQUESTS, "Last-Event-ID: 3\r\n");
    assert_true(wire_until(fd, &got, "id: 5\n", 5000));
    assert_non_null(strstr(got.p, "id: 4\n"));
    assert_null(strstr(got.p, "id: 3\n"));
    close(fd);
    for (int i = 0; i < 600; i++) {
        assert_int_equal(status_of(w.hub, "/api/datasets", NULL), 200);
    }
    buf_clear(&got);
    fd = wire_get(w.hub, REQUESTS, "Last-Event-ID: 5\r\n");
    assert_true(wire_until(fd, &got, "id: 605\n", 5000));
    assert_non_null(strstr(got.p, "event: lost\ndata: {\"lost\":100}\n\n"));
    assert_non_null(strstr(got.p, "id: 106\n"));
    assert_null(strstr(got.p, "id: 105\n"));
    close(fd);
    buf_done(&got);
    close_world(&w);
}

static void only_this_machine_may_follow(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"hub.example"};
    struct world w = open_world((struct localhub_options){.bind = "0.0.0.0", .names = NAMES, .n_names = 1});
    struct buf got = BUF_INIT;
    int fd = wire_to(w.hub, "127.0.0.1");
    wire_put(fd, "GET /api/hfterm/requests HTTP/1.1\r\nHost: hub.example\r\n\r\n");
    assert_true(wire_until(fd, &got, "HTTP/1.1 404 ", 5000));
    close(fd);
    struct ifaddrs *all = NULL;
    assert_int_equal(getifaddrs(&all), 0);
    for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
        char text[INET_ADDRSTRLEN];
        struct sockaddr_in own;
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET) {
            continue;
        }
        memcpy(&own, i->ifa_addr, sizeof own);
        inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
        buf_clear(&got);
        fd = wire_to(w.hub, text);
        wire_put(fd, "GET /api/hfterm/requests HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_true(wire_until(fd, &got, str_starts(text, "127.") ? " 200 " : " 404 ", 5000));
        close(fd);
    }
    freeifaddrs(all);
    buf_done(&got);
    close_world(&w);
}

static void a_follower_that_left_makes_room(void **state)
{
    (void)state;
    struct world w = open_world((struct localhub_options){.max_connections = 1});
    struct buf got = BUF_INIT;
    const int fd = wire_get(w.hub, "/api/spaces/alice/mover/events", NULL);
    assert_true(wire_until(fd, &got, "\"domains\":", 5000));
    close(fd);
    struct answer a = http_get(w.hub, "/api/models");
    assert_int_equal(a.status, 200);
    assert_true(a.seconds < 5);
    answer_done(&a);
    buf_done(&got);
    close_world(&w);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_comes_first),
        cmocka_unit_test(a_followed_space_moves),
        cmocka_unit_test(the_demo_has_two_that_move),
        cmocka_unit_test(a_fixed_clock_holds_spaces_still),
        cmocka_unit_test(events_keep_the_rules),
        cmocka_unit_test(streams_can_be_cut),
        cmocka_unit_test(requests_are_told_without_secrets),
        cmocka_unit_test(followers_go_on_where_they_were),
        cmocka_unit_test(only_this_machine_may_follow),
        cmocka_unit_test(a_follower_that_left_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
