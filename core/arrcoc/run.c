/* SPDX-License-Identifier: Apache-2.0 */
/* Runs: one picture with what is known of it kept, or many at once. */
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/engine_parts.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

/* ---- what each stage depends on ---- */

static struct arr_key resize_key(const struct arr *a, const struct arr_job *job)
{
    struct arr_key k = {0};
    arr_key_put(&k, a->slot.image.id);
    arr_key_put(&k, (uint64_t)job->grid);
    return k;
}

static struct arr_key texture_key(const struct arr *a, const struct arr_job *job)
{
    struct arr_key k = resize_key(a, job);
    arr_key_put(&k, (uint64_t)job->o->resize);
    arr_key_put(&k, job->o->texture == ARR_TEXTURE_V2);
    arr_key_put(&k, job->o->compat_flat);
    return k;
}

static struct arr_key array_key(const struct arr *a, const struct arr_job *job)
{
    struct arr_key k = resize_key(a, job);
    arr_key_put(&k, job->want);
    arr_key_put(&k, (uint64_t)job->o->saliency);
    arr_key_put(&k, (uint64_t)job->o->flow);
    arr_key_put(&k, job->o->temporal_reuse);
    arr_key_put(&k, job->o->literal_edges);
    return k;
}

static struct arr_key partic_key(const struct arr *a)
{
    struct arr_key k = {0};
    arr_key_put(&k, a->query_id);
    arr_key_put(&k, a->query != NULL);
    arr_key_put(&k, a->slot.texture_id);
    arr_key_put(&k, a->slot.array_id);
    return k;
}

static struct arr_key score_key(const struct arr *a, const struct arr_job *job)
{
    const struct arr_options *o = job->o;
    struct arr_key k = partic_key(a);
    arr_key_put(&k, a->weights_id);
    arr_key_put(&k, a->map_id);
    arr_key_put(&k, (uint64_t)o->texture);
    arr_key_put(&k, (uint64_t)o->info);
    arr_key_put(&k, (uint64_t)job->balancer);
    arr_key_put(&k, (uint64_t)o->k);
    for (int i = 0; i < ARR_WAYS; i++) {
        arr_key_put_f(&k, o->scale[i]);
    }
    arr_key_put_f(&k, o->explore);
    arr_key_put_f(&k, o->tensions.compress);
    arr_key_put_f(&k, o->tensions.exploit);
    arr_key_put_f(&k, o->tensions.focus);
    arr_key_put_f(&k, o->cull);
    return k;
}

/* True when the stage has to be computed; its key is then the new one. */
static bool is_stale(struct arr_slot *slot, enum arr_stage stage, const struct arr_key *now)
{
    if (arr_key_same(&slot->key[stage], now)) {
        return false;
    }
    slot->key[stage] = *now;
    return true;
}

/* A stage that failed has to be computed next time. */
static bool keep_or_drop(struct arr_slot *slot, enum arr_stage stage, bool ok)
{
    if (!ok) {
        slot->key[stage].n = 0;
    }
    return ok;
}

/* ---- channels 35 to 37 ---- */

static void put_channel(struct arr_array *array, int channel, const float *map, bool is_present)
{
    array->state[channel] = is_present ? ARR_PRESENT : ARR_ABSENT;
    if (is_present) {
        memcpy(array->c[channel], map, sizeof array->c[channel]);
    } else {
        memset(array->c[channel], 0, sizeof array->c[channel]);
    }
}

static void add_history(const struct arr *a, struct arr_slot *slot)
{
    if (!(slot->array.have & ARR_WANT_ARRAY)) {
        return;
    }
    put_channel(&slot->array, ARR_C_PREV_QUERY, a->prev_query, a->has_prev_query);
    put_channel(&slot->array, ARR_C_BALANCED, slot->score.balance.balanced, true);
    put_channel(&slot->array, ARR_C_GAZE, a->gaze, a->has_gaze);
}

/* ---- one picture ---- */

static bool run_array(struct arr *a, const struct arr_job *job, struct arr_slot *slot,
                      struct err *e)
{
    const struct arr_key key = array_key(a, job);
    if (!is_stale(slot, ARR_STAGE_ARRAY, &key)) {
        return true;
    }
    if (!job->want) {
        slot->array.have = 0;
        slot->array_id = ++a->last_id;
        return true;
    }
    const bool has_previous = a->is_sequence && a->temporal->has_previous;
    const bool ok = arr_stage_array(a, job, slot, has_previous ? &a->temporal->previous : NULL, e);
    if (ok && a->is_sequence && (job->want & ARR_WANT_ARRAY)) {
        arr_temporal_apply(a->temporal, &slot->array, job->o->temporal_reuse);
    }
    return keep_or_drop(slot, ARR_STAGE_ARRAY, ok);
}

static bool run_slot(struct arr *a, const struct arr_job *job, struct err *e)
{
    struct arr_slot *slot = &a->slot, *const slots[] = {slot};
    memset(slot->was_computed, 0, sizeof slot->was_computed);
    struct arr_key key = resize_key(a, job);
    if (job->wants_dense && is_stale(slot, ARR_STAGE_RESIZE, &key) &&
        !keep_or_drop(slot, ARR_STAGE_RESIZE, arr_stage_resize(a, job, slots, 1, e))) {
        return false;
    }
    if (!run_array(a, job, slot, e)) {
        return false;
    }
    key = texture_key(a, job);
    if (is_stale(slot, ARR_STAGE_TEXTURE, &key) &&
        !keep_or_drop(slot, ARR_STAGE_TEXTURE, arr_stage_texture(a, job, slots, 1, e))) {
        return false;
    }
    key = partic_key(a);
    if (is_stale(slot, ARR_STAGE_PARTIC, &key)) {
        arr_stage_partic(a, slot);
    }
    key = score_key(a, job);
    if (is_stale(slot, ARR_STAGE_SCORE, &key) &&
        !keep_or_drop(slot, ARR_STAGE_SCORE, arr_stage_score(a, job, slots, 1, e))) {
        return false;
    }
    a->has_balanced = true;
    add_history(a, slot);
    return true;
}

bool arr_run(struct arr *a, const struct arr_options *o, struct arr_result *out, struct err *e)
{
    const int64_t start = clock_mono_ns();
    struct arr_options options = *o;
    struct arr_job job;
    pthread_mutex_lock(&a->lock);
    a->fell_back = false;
    bool ok = a->has_image || err_set(e, ERR_USAGE, "there is no picture to look at");
    ok = ok && arr_options_check(&options, e) && arr_job_init(a, &options, &job, e) &&
         run_slot(a, &job, e) && arr_result_fill(a, &job, &a->slot, out, e);
    out->total_ns = clock_mono_ns() - start;
    pthread_mutex_unlock(&a->lock);
    return ok;
}

/* ---- many pictures ---- */

/* As many at once as fit a device and a cache well; results do not depend on it. */
enum { BATCH_AT_ONCE = 64 };

static bool run_slots(struct arr *a, const struct arr_job *job, struct arr_slot *const *slots,
                      size_t n, struct err *e)
{
    bool ok = !job->wants_dense || arr_stage_resize(a, job, slots, n, e);
    for (size_t i = 0; ok && job->want && i < n; i++) {
        ok = arr_stage_array(a, job, slots[i], NULL, e);
    }
    ok = ok && arr_stage_texture(a, job, slots, n, e);
    for (size_t i = 0; ok && i < n; i++) {
        arr_stage_partic(a, slots[i]);
    }
    ok = ok && arr_stage_score(a, job, slots, n, e);
    for (size_t i = 0; ok && i < n; i++) {
        if (slots[i]->array.have & ARR_WANT_ARRAY) {
            put_channel(&slots[i]->array, ARR_C_BALANCED, slots[i]->score.balance.balanced, true);
        }
    }
    return ok;
}

static bool run_part(struct arr *a, const struct arr_job *job, const struct arr_image *images,
                     size_t n, struct arr_result *const *results, struct err *e)
{
    struct arr_slot *all = try_alloc(n, sizeof *all);
    struct arr_slot **slots = try_alloc(n, sizeof *slots);
    bool ok = (all && slots) || err_set(e, ERR_LIMIT, "no memory for a batch of %zu pictures", n);
    for (size_t i = 0; ok && i < n; i++) {
        slots[i] = &all[i];
        ok = arr_image_flatten(&images[i], &all[i].image, &all[i].owned, e) ||
             err_wrap(e, "picture %zu of the batch", i + 1);
        all[i].image.id = ++a->last_id;
    }
    ok = ok && run_slots(a, job, slots, n, e);
    for (size_t i = 0; ok && i < n; i++) {
        results[i]->filled_by = 0;
        ok = arr_result_fill(a, job, slots[i], results[i], e);
        results[i]->total_ns = 0;
        for (int s = 0; s < ARR_STAGES; s++) {
            results[i]->total_ns += results[i]->stage_ns[s];
        }
    }
    for (size_t i = 0; all && i < n; i++) {
        arr_slot_done(&all[i]);
    }
    free(slots);
    free(all);
    return ok;
}

bool arr_run_batch(struct arr *a, const struct arr_image *images, size_t n,
                   const struct arr_options *o, struct arr_result *const *results, struct err *e)
{
    struct arr_options options = *o;
    struct arr_job job;
    pthread_mutex_lock(&a->lock);
    a->fell_back = false;
    bool ok = arr_options_check(&options, e) && arr_open_device(a, n, e) &&
              arr_job_init(a, &options, &job, e);
    const size_t at_once = options.compat_batch_norm ? n : BATCH_AT_ONCE;
    for (size_t i = 0; ok && i < n; i += at_once) {
        const size_t part = n - i < at_once ? n - i : at_once;
        ok = run_part(a, &job, &images[i], part, &results[i], e);
    }
    pthread_mutex_unlock(&a->lock);
    return ok;
}
