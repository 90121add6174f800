/* SPDX-License-Identifier: Apache-2.0 */
/* localhub: nothing outside the served folder is served, whatever links lie in it, at any level. */
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/localhub_help.h"

#include "core/localhub/paths.h"

static const char SHA[] = "cccccccccccccccccccccccccccccccccccccccc";
static const char BLOB[] = "78981922613b2afb6025042ff6bd878ac1994e85";

/* A folder to serve, and beside it one that nobody may read. */
struct world {
    char *base, *root, *outside;
    struct localhub *hub;
};

static struct world new_world(void)
{
    struct world w = {.base = new_folder()};
    w.root = xasprintf("%s/served", w.base);
    w.outside = xasprintf("%s/outside", w.base);
    put(w.root, "models/o/open/a.txt", "open\n");
    put(w.outside, "secret.txt", "TOPSECRET\n");
    put(w.outside, "x/secret.txt", "TOPSECRET\n");
    put(w.outside, "o/x/secret.txt", "TOPSECRET\n");
    return w;
}

static void link_to(const char *root, const char *path, const char *target)
{
    char *full = xasprintf("%s/%s", root, path);
    char *slash = strrchr(full, '/');
    *slash = '\0';
    assert_true(file_mkdirs(full, 0700, NULL));
    *slash = '/';
    assert_int_equal(symlink(target, full), 0);
    free(full);
}

static void start(struct world *w)
{
    const struct localhub_options options = {.dir = w->root};
    w->hub = serve(&options);
}

static void end(struct world *w)
{
    localhub_stop(w->hub);
    free(w->root);
    free(w->outside);
    remove_folder(w->base);
}

/* No answer to any of the questions a client has for o/x holds a word of it. */
static void check_closed(const struct localhub *hub, const char *kind)
{
    static const char *const ASKS[] = {
        "/api/%s/o/x",
        "/api/%s/o/x/tree/main?recursive=true",
        "/api/%s?full=true",
        "/%s/o/x/resolve/main/secret.txt",
        "/%s/o/x/raw/main/secret.txt",
        "/%s/o/x/resolve/cccccccccccccccccccccccccccccccccccccccc/secret.txt",
    };
    for (size_t i = 0; i < sizeof ASKS / sizeof *ASKS; i++) {
        const bool is_web = ASKS[i][1] == '%';
        struct buf target = BUF_INIT;
        const char *mark = strstr(ASKS[i], "%s");
        buf_append(&target, ASKS[i], (size_t)(mark - ASKS[i]));
        buf_puts(&target, is_web && strcmp(kind, "models") == 0 ? "" : kind);
        buf_puts(&target, is_web && strcmp(kind, "models") == 0 ? mark + 3 : mark + 2);
        const struct ask ask = {.follow = true};
        struct answer a = http_ask(hub, target.p, &ask);
        if (strstr(buf_str(&a.body), "SECRET") || strstr(buf_str(&a.body), "secret.txt\",") ||
            (is_web && a.status == 200)) {
            fail_msg("%s: %ld %s", target.p, a.status, buf_str(&a.body));
        }
        answer_done(&a);
        buf_done(&target);
    }
}

/* robustness S2: the folder of kinds, of an owner, of a repo, deeper. */
static void no_link_out_of_a_folder_is_followed(void **state)
{
    (void)state;
    static const struct {
        const char *path, *target;
        const char *kind;
    } CASES[] = {
        {"models/o/x", "../../../outside", "models"},
        {"models/o/x", "../../../outside/x", "models"},
        {"datasets", "../outside", "datasets"},
        {"spaces/o", "../../outside/o", "spaces"},
        {"datasets/o", "../../outside", "datasets"},
        {"models/o/x/secret.txt", "../../../../outside/secret.txt", "models"},
        {"models/o/x/folder", "../../../../outside", "models"},
        {"models/o/x", "../../..", "models"},
        {"models/o/x", "..", "models"},
        {"models/o/x", "../../.hub", "models"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct world w = new_world();
        link_to(w.root, CASES[i].path, CASES[i].target);
        start(&w);
        check_closed(w.hub, CASES[i].kind);
        assert_int_equal(status_of(w.hub, "/api/models/o/open", NULL), 200);
        end(&w);
    }
}

/* robustness S2, by absolute targets and through a second link. */
static void no_chain_of_links_leads_out(void **state)
{
    (void)state;
    struct world w = new_world();
    char *absolute = xasprintf("%s/x", w.outside);
    link_to(w.root, "models/o/x", absolute);
    link_to(w.root, "datasets/o/x", "../../store/away");
    link_to(w.root, "store/away", "../../outside/x");
    link_to(w.root, "spaces/o", "../way");
    link_to(w.root, "way", absolute);
    start(&w);
    check_closed(w.hub, "models");
    check_closed(w.hub, "datasets");
    check_closed(w.hub, "spaces");
    free(absolute);
    end(&w);
}

/* robustness S2 in a cache: the repo, its snapshots, one snapshot, its blobs, a file. */
static void no_link_out_of_a_cache_is_followed(void **state)
{
    (void)state;
    static const struct {
        const char *path, *target;
    } CASES[] = {
        {"models--o--x", "../outside/cached"},
        {"models--o--x/snapshots", "../../outside/cached/snapshots"},
        {"models--o--x/snapshots/cccccccccccccccccccccccccccccccccccccccc",
         "../../../outside/cached/snapshots/cccccccccccccccccccccccccccccccccccccccc"},
        {"models--o--x/snapshots/cccccccccccccccccccccccccccccccccccccccc/secret.txt",
         "../../../../outside/secret.txt"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct world w = new_world();
        char *snapshot = xasprintf("cached/snapshots/%s/secret.txt", SHA);
        put(w.outside, snapshot, "TOPSECRET\n");
        put(w.outside, "cached/refs/main", SHA);
        link_to(w.root, CASES[i].path, CASES[i].target);
        if (i > 0) {
            put(w.root, "models--o--x/refs/main", SHA);
        }
        start(&w);
        check_closed(w.hub, "models");
        free(snapshot);
        end(&w);
    }
}

static void blobs_elsewhere_are_not_followed(void **state)
{
    (void)state;
    struct world w = new_world();
    char *blob = xasprintf("blobs/%s", BLOB);
    char *target = xasprintf("../../blobs/%s", BLOB);
    char *file = xasprintf("models--o--x/snapshots/%s/secret.txt", SHA);
    put(w.outside, blob, "TOPSECRET\n");
    put(w.root, "models--o--x/refs/main", SHA);
    link_to(w.root, "models--o--x/blobs", "../../outside/blobs");
    link_to(w.root, file, target);
    start(&w);
    check_closed(w.hub, "models");
    free(file);
    free(target);
    free(blob);
    end(&w);
}

/* A sidecar that is not read must not open what it closes. */
static void sidecars_elsewhere_close_their_repo(void **state)
{
    (void)state;
    static const struct {
        const char *path, *target;
    } CASES[] = {
        {".hub/models/o/x.json", "../../../../outside/x.json"},
        {".hub/models/o", "../../../outside/sidecars"},
        {".hub/models", "../../outside/owners"},
        {".hub/models/o/x.json", "nowhere.json"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct world w = new_world();
        put(w.root, "models/o/x/secret.txt", "TOPSECRET\n");
        put(w.outside, "x.json", "{\"private\":true}");
        put(w.outside, "sidecars/x.json", "{\"private\":true}");
        put(w.outside, "owners/o/x.json", "{\"private\":true}");
        link_to(w.root, CASES[i].path, CASES[i].target);
        start(&w);
        check_closed(w.hub, "models");
        assert_int_equal(status_of(w.hub, "/api/models/o/open", NULL), 200);
        end(&w);
    }
}

static void accounts_elsewhere_are_not_read(void **state)
{
    (void)state;
    struct world w = new_world();
    put_accounts(w.outside);
    link_to(w.root, ".hub", "../outside/.hub");
    start(&w);
    assert_null(localhub_demo_token(w.hub));
    assert_int_equal(status_of(w.hub, "/api/whoami-v2", ALICE), 401);
    assert_int_equal(status_of(w.hub, "/api/models/o/open", NULL), 200);
    end(&w);
}

/* Links that stay inside go on working, and open nothing that is closed under its own name. */
static void links_inside_are_followed(void **state)
{
    (void)state;
    struct world w = new_world();
    put(w.root, "store/kept/b.txt", "kept\n");
    put(w.root, "models/p/closed/secret.txt", "TOPSECRET\n");
    put(w.root, "models/o/hidden/secret.txt", "TOPSECRET\n");
    put(w.root, ".hub/models/p/closed.json", "{\"private\":true}");
    put(w.root, ".hub/models/o/hidden.json", "{\"private\":true}");
    link_to(w.root, "models/o/latest", "open");
    link_to(w.root, "models/o/kept", "../../store/kept");
    link_to(w.root, "models/q", "../store");
    link_to(w.root, "models/o/x", "../p/closed");
    link_to(w.root, "models/o/y", "hidden");
    link_to(w.root, "models/r", "p");
    link_to(w.root, "datasets", "models");
    start(&w);
    check_list(w.hub, "/api/models?sort=id&direction=1", "id", "o/kept o/latest o/open q/kept");
    check_list(w.hub, "/api/datasets", "id", "");
    assert_int_equal(status_of(w.hub, "/o/latest/raw/main/a.txt", NULL), 200);
    assert_int_equal(status_of(w.hub, "/o/kept/raw/main/b.txt", NULL), 200);
    assert_int_equal(status_of(w.hub, "/o/y/raw/main/secret.txt", NULL), 404);
    assert_int_equal(status_of(w.hub, "/r/closed/raw/main/secret.txt", NULL), 404);
    check_closed(w.hub, "models");
    end(&w);
}

/* The folder that is named may itself be a link: it is what the user named. */
static void the_folder_itself_may_be_a_link(void **state)
{
    (void)state;
    struct world w = new_world();
    link_to(w.base, "way", "served");
    char *way = xasprintf("%s/way", w.base);
    const struct localhub_options options = {.dir = way};
    w.hub = serve(&options);
    assert_int_equal(status_of(w.hub, "/o/open/raw/main/a.txt", NULL), 200);
    free(way);
    end(&w);
}

/* A folder that becomes a link while the hub runs. */
static void a_link_made_later_is_not_followed(void **state)
{
    (void)state;
    struct world w = new_world();
    put(w.root, "models/o/x/other.txt", "fine\n");
    start(&w);
    assert_int_equal(status_of(w.hub, "/o/x/raw/main/other.txt", NULL), 200);
    char *path = xasprintf("%s/models/o/x", w.root);
    assert_true(file_remove_tree(path, NULL));
    assert_int_equal(symlink(w.outside, path), 0);
    free(path);
    for (int i = 0; i < 3; i++) {
        check_closed(w.hub, "models");
        usleep(150 * 1000);
    }
    end(&w);
}

static void paths_are_judged_by_where_they_lead(void **state)
{
    (void)state;
    assert_true(lh_is_plainly_below("/a/b/c", "/a/b"));
    assert_false(lh_is_plainly_below("/a/b", "/a/b"));
    assert_false(lh_is_plainly_below("/a/bc", "/a/b"));
    assert_false(lh_is_plainly_below("/a/b/.git/c", "/a/b"));
    assert_true(lh_is_beside("/a/b", "/a/c"));
    assert_false(lh_is_beside("/a/b", "/a/c/d"));
    assert_false(lh_is_real("/nonexistent"));
    assert_true(lh_is_real("/"));
    enum lh_kind kind = LH_MODEL;
    char *id = lh_id_of_cache_folder("datasets--a--b--c", &kind);
    assert_string_equal(id, "a/b--c");
    assert_int_equal(kind, LH_DATASET);
    free(id);
    assert_null(lh_id_of_cache_folder("kernels--a--b", &kind));
    assert_null(lh_id_of_cache_folder("models", &kind));
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_link_out_of_a_folder_is_followed),
        cmocka_unit_test(no_chain_of_links_leads_out),
        cmocka_unit_test(no_link_out_of_a_cache_is_followed),
        cmocka_unit_test(blobs_elsewhere_are_not_followed),
        cmocka_unit_test(sidecars_elsewhere_close_their_repo),
        cmocka_unit_test(accounts_elsewhere_are_not_read),
        cmocka_unit_test(links_inside_are_followed),
        cmocka_unit_test(the_folder_itself_may_be_a_link),
        cmocka_unit_test(a_link_made_later_is_not_followed),
        cmocka_unit_test(paths_are_judged_by_where_they_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
