/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/spaces.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/sidecar.h"
#include "core/localhub/stream.h"

enum { STEPS_MAX = 32, STEP_MAX_S = 3600, STAGE_MAX = 40 };

/* A Space that somebody has followed. */
struct started {
    struct started *next;
    char *id;
    int64_t began_ms;
};

struct lh_spaces {
    bool moves;
    pthread_mutex_t lock;
    struct started *started;
};

/* Where a Space is in its list of stages. */
struct step {
    const char *stage; /* NULL: it does not move */
    uint64_t number;   /* counts up through all rounds */
    int64_t left_ms;   /* until the next one */
};

struct lh_spaces *lh_spaces_new(bool moves)
{
    struct lh_spaces *s = xcalloc(1, sizeof *s);
    s->moves = moves && !getenv("HFTERM_TEST_NOW");
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void lh_spaces_free(struct lh_spaces *s)
{
    if (!s) {
        return;
    }
    for (struct started *next = NULL, *x = s->started; x; x = next) {
        next = x->next;
        free(x->id);
        free(x);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* ---- which stage ---- */

static struct started *find(struct lh_spaces *s, const char *id)
{
    struct started *x = s->started;
    while (x && strcmp(x->id, id) != 0) {
        x = x->next;
    }
    return x;
}

static void start(struct lh_spaces *s, const char *id)
{
    pthread_mutex_lock(&s->lock);
    if (s->moves && !find(s, id)) {
        struct started *x = xcalloc(1, sizeof *x);
        *x = (struct started){s->started, xstrdup(id), clock_mono_ms()};
        s->started = x;
    }
    pthread_mutex_unlock(&s->lock);
}

/* -1: nobody has followed it yet. */
static int64_t moving_ms(struct lh_spaces *s, const char *id)
{
    pthread_mutex_lock(&s->lock);
    const struct started *x = find(s, id);
    const int64_t ms = x ? clock_mono_ms() - x->began_ms : -1;
    pthread_mutex_unlock(&s->lock);
    return ms;
}

static bool is_stage(const char *word)
{
    const size_t n = word ? strlen(word) : 0;
    return n > 0 && n <= STAGE_MAX && strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == n;
}

/* How long a step lasts; 0: not a step. */
static int64_t duration_ms(const cJSON *item)
{
    uint64_t seconds = 0;
    const bool ok = is_stage(json_str(item, "stage")) && json_u64(item, "seconds", &seconds);
    return ok && seconds <= STEP_MAX_S ? (int64_t)seconds * 1000 : 0;
}

static struct step step_of(struct lh_spaces *s, const struct lh_repo *repo)
{
    const cJSON *list = json_arr(repo->sidecar, "stages");
    const int n = cJSON_GetArraySize(list);
    int64_t ms = s && n > 0 && n <= STEPS_MAX ? moving_ms(s, repo->id) : -1;
    int64_t round_ms = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        const int64_t takes = duration_ms(item);
        round_ms += takes;
        ms = takes > 0 ? ms : -1;
    }
    struct step step = {0};
    if (ms < 0) {
        return step;
    }
    step.number = (uint64_t)(ms / round_ms) * (uint64_t)n;
    ms %= round_ms;
    cJSON_ArrayForEach(item, list)
    {
        step.stage = json_str(item, "stage");
        step.left_ms = duration_ms(item) - ms;
        if (step.left_ms > 0) {
            break;
        }
        ms -= duration_ms(item);
        step.number++;
    }
    return step;
}

/* ---- the runtime ---- */

static cJSON *nothing_runs(void)
{
    cJSON *runtime = cJSON_CreateObject();
    cJSON_AddStringToObject(runtime, "stage", "STOPPED");
    cJSON *hardware = cJSON_AddObjectToObject(runtime, "hardware");
    cJSON_AddNullToObject(hardware, "current");
    cJSON_AddNullToObject(hardware, "requested");
    cJSON_AddNullToObject(runtime, "storage");
    cJSON_AddNullToObject(runtime, "gcTimeout");
    cJSON_AddStringToObject(runtime, "errorMessage",
                            "This Space is a folder on a local hub: nothing runs here.");
    return runtime;
}

/* runtime.KEY.current: what was requested while it runs, else null. */
static void set_current(cJSON *runtime, const char *key, bool runs)
{
    cJSON *both = cJSON_GetObjectItemCaseSensitive(runtime, key);
    const cJSON *requested = cJSON_GetObjectItemCaseSensitive(both, "requested");
    if (cJSON_IsObject(both) && requested) {
        cJSON_DeleteItemFromObjectCaseSensitive(both, "current");
        cJSON_AddItemToObject(both, "current",
                              runs ? cJSON_Duplicate(requested, true) : cJSON_CreateNull());
    }
}

static cJSON *runtime_at(const struct lh_repo *repo, const struct step *step)
{
    const cJSON *known = json_obj(repo->sidecar, "runtime");
    cJSON *runtime = known ? cJSON_Duplicate(known, true) : nothing_runs();
    const char *stage = json_str(runtime, "stage");
    if (!step->stage || (stage && strcmp(stage, step->stage) == 0)) {
        return runtime;
    }
    const bool runs = strncmp(step->stage, "RUNNING", 7) == 0;
    cJSON_DeleteItemFromObjectCaseSensitive(runtime, "stage");
    cJSON_DeleteItemFromObjectCaseSensitive(runtime, "errorMessage");
    cJSON_AddStringToObject(runtime, "stage", step->stage);
    set_current(runtime, "hardware", runs);
    set_current(runtime, "replicas", runs);
    return runtime;
}

cJSON *lh_spaces_runtime(struct lh_spaces *s, const struct lh_repo *repo)
{
    const struct step step = step_of(s, repo);
    return runtime_at(repo, &step);
}

/* ---- followers ---- */

struct follower {
    struct lh_stream stream;
    struct lh_spaces *spaces;
    struct lh_repo *repo; /* a reference */
    bool has_begun;
    uint64_t told; /* number of the step that was sent */
};

static void add_copy(cJSON *to, const char *name, const cJSON *from, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(from, key);
    if (value && !cJSON_IsNull(value)) {
        cJSON_AddItemToObject(to, name, cJSON_Duplicate(value, true));
    }
}

static cJSON *compute_json(const struct lh_repo *repo, const cJSON *runtime)
{
    const cJSON *hardware = json_obj(runtime, "hardware");
    const cJSON *replicas = json_obj(runtime, "replicas");
    const char *stage = json_str(runtime, "stage");
    cJSON *compute = cJSON_CreateObject();
    cJSON *current = cJSON_AddObjectToObject(compute, "current");
    cJSON *spec = cJSON_AddObjectToObject(current, "spec");
    if (repo->trees[0]->about.sdk) {
        cJSON_AddStringToObject(spec, "sdk", repo->trees[0]->about.sdk);
    }
    add_copy(spec, "sdkVersion", runtime, "sdkVersion");
    add_copy(spec, "hardwareFlavor", hardware, "requested");
    cJSON *status = cJSON_AddObjectToObject(current, "status");
    cJSON_AddStringToObject(status, "stage", stage ? stage : "STOPPED");
    add_copy(status, "readyReplicas", replicas, "current");
    add_copy(status, "targetReplicas", replicas, "requested");
    cJSON *overall = cJSON_AddObjectToObject(compute, "status");
    add_copy(overall, "message", runtime, "errorMessage");
    return compute;
}

static cJSON *service_json(const cJSON *runtime)
{
    cJSON *service = cJSON_CreateObject();
    cJSON *status = cJSON_AddObjectToObject(service, "status");
    cJSON *domains = cJSON_AddArrayToObject(status, "domains");
    const cJSON *domain = NULL;
    cJSON_ArrayForEach(domain, json_arr(runtime, "domains"))
    {
        cJSON *item = cJSON_CreateObject();
        add_copy(item, "domain", domain, "domain");
        cJSON_AddItemToArray(domains, item);
    }
    return service;
}

static void put_state(struct buf *out, const struct lh_repo *repo, const struct step *step)
{
    cJSON *runtime = runtime_at(repo, step);
    const char *stage = json_str(runtime, "stage");
    cJSON *json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "compute", compute_json(repo, runtime));
    cJSON_AddItemToObject(json, "service", service_json(runtime));
    char *printed = json_print(json, false);
    struct buf text = BUF_INIT;
    buf_puts(&text, printed);
    lh_sidecar_show_nul(&text);
    lh_put_event(out, "stage", 0, is_stage(stage) ? stage : "STOPPED");
    lh_put_event(out, "space", 0, text.p);
    buf_done(&text);
    free(printed);
    cJSON_Delete(json);
    cJSON_Delete(runtime);
}

static void fill(struct lh_stream *stream, struct buf *out)
{
    struct follower *f = (struct follower *)stream;
    const struct step step = step_of(f->spaces, f->repo);
    if (!f->has_begun || step.number != f->told) {
        f->has_begun = true;
        f->told = step.number;
        put_state(out, f->repo, &step);
    }
}

static int64_t wait_ms(const struct lh_stream *stream)
{
    const struct follower *f = (const struct follower *)stream;
    const struct step step = step_of(f->spaces, f->repo);
    return step.stage ? step.left_ms : -1;
}

static void follower_free(struct lh_stream *stream)
{
    struct follower *f = (struct follower *)stream;
    lh_repo_release(f->repo);
    free(f);
}

struct lh_stream *lh_spaces_follow(struct lh_spaces *s, struct lh_repo *repo)
{
    struct follower *f = xcalloc(1, sizeof *f);
    f->stream = (struct lh_stream){fill, wait_ms, follower_free, false};
    f->spaces = s;
    f->repo = repo;
    lh_repo_retain(repo);
    start(s, repo->id);
    return &f->stream;
}
