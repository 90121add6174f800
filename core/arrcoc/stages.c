/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of a run. Each asks the device first, when there is one, and the CPU otherwise. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/engine_parts.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

/* ---- device, else CPU ---- */

void arr_note_failure(struct arr *a, enum arr_status status, const char *why)
{
    if (status == ARR_NOT_DONE) {
        return; /* nothing failed */
    }
    a->fell_back = true;
    snprintf(a->notice, sizeof a->notice, "%s: %s; the CPU took over", a->device->name,
             *why                      ? why
             : status == ARR_NO_MEMORY ? "out of device memory"
                                       : "the device is lost");
    if (status == ARR_LOST) {
        a->device->close(a->device_state);
        a->device = NULL;
        a->device_state = NULL;
    }
}

/* Whether the CPU has to do what the device was asked for. */
static bool needs_cpu(struct arr *a, enum arr_status status, const char *why)
{
    if (status == ARR_OK || status == ARR_BAD_PICTURE) {
        return false;
    }
    if (a->device) {
        arr_note_failure(a, status, why);
    }
    return true;
}

static bool status_ok(enum arr_status status, const char *what, const char *why, struct err *e)
{
    switch (status) {
    case ARR_OK:
        return true;
    case ARR_BAD_PICTURE:
        return err_set(e, ERR_DAMAGED, "%s: %s", what, why);
    case ARR_NO_MEMORY:
        return err_set(e, ERR_LIMIT, "%s: %s", what, why);
    default:
        return err_set(e, ERR_UNSUPPORTED, "%s: %s", what, why);
    }
}

static bool resize_images(struct arr *a, const struct arr_image *images, size_t n, int grid,
                          uint8_t *const *dst, struct err *e)
{
    char why[160] = "";
    enum arr_status status = ARR_NOT_DONE;
    if (a->device) {
        status = a->device->resize(a->device_state, images, n, grid, dst, why, sizeof why);
    }
    if (needs_cpu(a, status, why)) {
        status = a->cpu->resize(a->cpu_state, images, n, grid, dst, why, sizeof why);
    }
    return status_ok(status, "resizing the picture", why, e);
}

static bool sample_images(struct arr *a, const struct arr_image *images, size_t n, int grid,
                          struct arr_texture *const *out, struct err *e)
{
    char why[160] = "";
    enum arr_status status = ARR_NOT_DONE;
    if (a->device) {
        status = a->device->sample(a->device_state, images, n, grid, out, why, sizeof why);
    }
    if (needs_cpu(a, status, why)) {
        status = a->cpu->sample(a->cpu_state, images, n, grid, out, why, sizeof why);
    }
    return status_ok(status, "reading the picture", why, e);
}

static bool make_array(struct arr *a, const uint8_t *dense, const struct arr_previous *previous,
                       const struct arr_array_options *options, struct arr_array *out,
                       struct err *e)
{
    char why[160] = "";
    enum arr_status status = ARR_NOT_DONE;
    const bool tracks = previous && options->flow == ARR_FLOW_LK; /* devices only match blocks */
    if (a->device && !tracks) {
        status = a->device->array(a->device_state, dense, previous, options, out, why, sizeof why);
    }
    if (needs_cpu(a, status, why)) {
        status = a->cpu->array(a->cpu_state, dense, previous, options, out, why, sizeof why);
    }
    return status_ok(status, "computing the 40 channels", why, e);
}

static bool score_slots(struct arr *a, const struct arr_score_in *in, size_t n,
                        struct arr_score_out *const *out, struct err *e)
{
    char why[160] = "";
    enum arr_status status = ARR_NOT_DONE;
    if (a->device) {
        status = a->device->score(a->device_state, in, n, out, why, sizeof why);
    }
    if (needs_cpu(a, status, why)) {
        status = a->cpu->score(a->cpu_state, in, n, out, why, sizeof why);
    }
    return status_ok(status, "scoring the cells", why, e);
}

static void note_time(struct arr_slot *const *slots, size_t n, enum arr_stage stage, int64_t start)
{
    for (size_t i = 0; i < n; i++) {
        slots[i]->stage_ns[stage] = (clock_mono_ns() - start) / (int64_t)n;
        slots[i]->was_computed[stage] = true;
    }
}

/* ---- picture to 512 x 512 ---- */

static bool round_floats(const struct arr_image *im, uint8_t *rgb8, struct err *e)
{
    const size_t w = (size_t)im->width, h = (size_t)im->height;
    for (size_t c = 0; c < 3; c++) {
        for (size_t y = 0; y < h; y++) {
            const float *row = (const float *)(const void *)((const char *)im->pixels +
                                                             (c * h + y) * im->stride_bytes);
            for (size_t x = 0; x < w; x++) {
                if (!(row[x] >= 0.0F && row[x] <= 1.0F)) {
                    return err_set(
                        e, ERR_DAMAGED,
                        "the picture holds %g at column %zu, row %zu; values go from 0 to 1",
                        (double)row[x], x, y);
                }
                rgb8[(y * w + x) * 3 + c] = (uint8_t)(row[x] * 255.0F + 0.5F);
            }
        }
    }
    return true;
}

/* Path B is defined on bytes. */
static bool make_bytes(struct arr_slot *slot, struct arr_image *out, struct err *e)
{
    const struct arr_image *im = &slot->image;
    *out = *im;
    if (im->format == ARR_RGB8) {
        return true;
    }
    const size_t w = (size_t)im->width, h = (size_t)im->height;
    if (!slot->rgb8) {
        uint8_t *rgb8 = try_alloc(w * h, 3);
        if (!rgb8) {
            return err_set(e, ERR_LIMIT, "no memory for a picture of %zu x %zu", w, h);
        }
        if (!round_floats(im, rgb8, e)) {
            free(rgb8);
            return false;
        }
        slot->rgb8 = rgb8;
    }
    *out = (struct arr_image){.format = ARR_RGB8,
                              .pixels = slot->rgb8,
                              .width = im->width,
                              .height = im->height,
                              .stride_bytes = w * 3,
                              .id = im->id};
    return true;
}

bool arr_stage_resize(struct arr *a, const struct arr_job *job, struct arr_slot *const *slots,
                      size_t n, struct err *e)
{
    const int64_t start = clock_mono_ns();
    const size_t side = (size_t)job->grid * ARR_CELL_PX;
    struct arr_image *images = try_alloc(n, sizeof *images);
    uint8_t **dst = try_alloc(n, sizeof *dst);
    bool has_room = images && dst;
    for (size_t i = 0; has_room && i < n; i++) {
        free(slots[i]->dense);
        slots[i]->dense = try_alloc(side * side, 3);
        dst[i] = slots[i]->dense;
        has_room = dst[i] != NULL;
    }
    bool ok = has_room || err_set(e, ERR_LIMIT, "no memory for %zu picture%s of %zu x %zu", n,
                                  n == 1 ? "" : "s", side, side);
    for (size_t i = 0; ok && i < n; i++) {
        ok = make_bytes(slots[i], &images[i], e);
    }
    ok = ok && resize_images(a, images, n, job->grid, dst, e);
    for (size_t i = 0; !ok && i < n; i++) { /* what is there would have the size of another grid */
        free(slots[i]->dense);
        slots[i]->dense = NULL;
    }
    free(images);
    free(dst);
    note_time(slots, n, ARR_STAGE_RESIZE, start);
    return ok;
}

/* ---- texture ---- */

/* What the texture is read from: the dense picture of path B, or the picture itself. A float
 * picture always takes path A, which is exact on floats. */
static struct arr_image texture_source(const struct arr_job *job, const struct arr_slot *slot,
                                       uint64_t id)
{
    if (job->o->resize == ARR_PATH_A || slot->image.format == ARR_RGB_PLANAR) {
        return slot->image;
    }
    const int side = job->grid * ARR_CELL_PX;
    return (struct arr_image){.format = ARR_RGB8,
                              .pixels = slot->dense,
                              .width = side,
                              .height = side,
                              .stride_bytes = (size_t)side * 3,
                              .id = id};
}

bool arr_stage_texture(struct arr *a, const struct arr_job *job, struct arr_slot *const *slots,
                       size_t n, struct err *e)
{
    const int64_t start = clock_mono_ns();
    struct arr_image *images = try_alloc(n, sizeof *images);
    struct arr_texture **out = try_alloc(n, sizeof *out);
    bool ok = images && out;
    if (!ok) {
        err_set(e, ERR_LIMIT, "no memory for a batch of %zu pictures", n);
    }
    for (size_t i = 0; ok && i < n; i++) {
        images[i] = texture_source(job, slots[i], ++a->last_id);
        out[i] = &slots[i]->texture;
        slots[i]->texture_id = ++a->last_id;
    }
    ok = ok && sample_images(a, images, n, job->grid, out, e);
    if (ok) {
        const struct arr_texture_finish how = {.batch_statistics = job->o->compat_batch_norm,
                                               .no_flat_guard = job->o->compat_flat};
        arr_texture_finish(out, n, &how);
    }
    for (size_t i = 0; ok && job->o->texture == ARR_TEXTURE_V2 && i < n; i++) {
        arr_texture_set_v2(out[i], &slots[i]->array);
    }
    free(images);
    free(out);
    note_time(slots, n, ARR_STAGE_TEXTURE, start);
    return ok;
}

/* ---- the dense array ---- */

bool arr_stage_array(struct arr *a, const struct arr_job *job, struct arr_slot *slot,
                     const struct arr_previous *previous, struct err *e)
{
    const int64_t start = clock_mono_ns();
    const struct arr_array_options options = {.want = job->want,
                                              .saliency = job->o->saliency,
                                              .flow = job->o->flow,
                                              .literal_edges = job->o->literal_edges,
                                              .n_threads = a->threads};
    slot->array_id = ++a->last_id;
    const bool ok = make_array(a, slot->dense, previous, &options, &slot->array, e);
    note_time((struct arr_slot *const[]){slot}, 1, ARR_STAGE_ARRAY, start);
    return ok;
}

/* ---- participatory ---- */

void arr_stage_partic(const struct arr *a, struct arr_slot *slot)
{
    const int64_t start = clock_mono_ns();
    const struct arr_evidence evidence = {&slot->texture, slot->array.have ? &slot->array : NULL};
    arr_lexical(a->lexicon, a->query ? a->query : "", &evidence, slot->lexical, &slot->reading);
    note_time((struct arr_slot *const[]){slot}, 1, ARR_STAGE_PARTIC, start);
}

enum arr_ladder arr_slot_ladder(const struct arr *a, const struct arr_job *job,
                                const struct arr_slot *slot)
{
    if (a->map_grid == job->grid) {
        return ARR_PARTIC_MAP;
    }
    if (job->has_scorer) {
        return ARR_PARTIC_TRAINED;
    }
    return slot->reading.has_evidence ? ARR_PARTIC_LEXICAL : ARR_PARTIC_NONE;
}

bool arr_slot_understood(const struct arr_slot *slot)
{
    const struct arr_reading *r = &slot->reading;
    return r->has_evidence || (r->n_hits == 0 && r->n_ignored == 0);
}

struct arr_tensions arr_slot_tensions(const struct arr_options *o, const struct arr_slot *slot)
{
    struct arr_tensions t = {0.5F, 0.5F, 0.5F};
    if (arr_slot_understood(slot)) {
        t = slot->reading.tensions;
    }
    t.compress = o->tensions.compress >= 0.0F ? o->tensions.compress : t.compress;
    t.exploit = o->tensions.exploit >= 0.0F ? o->tensions.exploit : t.exploit;
    t.focus = o->tensions.focus >= 0.0F ? o->tensions.focus : t.focus;
    return t;
}

/* ---- information and salience from the array ---- */

/* I = 0.4 max(c3, c4) + 0.3 c5 + 0.3 (1 - c34); P = (0.6 c8 + 0.4 c7)(1 - 0.5 c11), where motion's
 * weight goes to saliency when there is no motion. */
static void array_ways(const struct arr_array *array, size_t cells, float *info, float *persp)
{
    const bool has_motion = array->state[ARR_C_MOTION] == ARR_PRESENT;
    const float saliency_weight = has_motion ? 0.6F : 1.0F;
    const float motion_weight = has_motion ? 0.4F : 0.0F;
    for (size_t i = 0; i < cells; i++) {
        info[i] = 0.4F * fmaxf(array->c[ARR_C_EDGES_DARK][i], array->c[ARR_C_EDGES_LIGHT][i]) +
                  0.3F * array->c[ARR_C_HIGH_PASS][i] + 0.3F * (1.0F - array->c[ARR_C_DISTANCE][i]);
        persp[i] = (saliency_weight * array->c[ARR_C_SALIENCY][i] +
                    motion_weight * array->c[ARR_C_MOTION][i]) *
                   (1.0F - 0.5F * array->c[ARR_C_ECC][i]);
    }
    arr_min_max(info, cells, true);
    arr_min_max(persp, cells, true);
}

void arr_given_ways(const struct arr_job *job, struct arr_slot *slot)
{
    const size_t cells = (size_t)job->cells;
    if (job->o->texture == ARR_TEXTURE_40) {
        array_ways(&slot->array, cells, slot->given[ARR_INFO], slot->given[ARR_PERSP]);
    }
    if (job->o->info == ARR_INFO_VISUAL) {
        memcpy(slot->given[ARR_INFO], slot->array.visual_info, cells * sizeof(float));
        arr_min_max(slot->given[ARR_INFO], cells, true);
    }
}

/* ---- score ---- */

static void fill_score_in(const struct arr *a, const struct arr_job *job,
                          const struct arr_slot *slot, struct arr_score_in *in)
{
    const struct arr_options *o = job->o;
    const enum arr_ladder ladder = arr_slot_ladder(a, job, slot);
    const bool is_40 = o->texture == ARR_TEXTURE_40;
    *in = (struct arr_score_in){.texture = &slot->texture,
                                .texture_id = slot->texture_id,
                                .weights_id = a->weights_id,
                                .query_id = a->query_id,
                                .balancer = job->balancer,
                                .tensions = arr_slot_tensions(o, slot),
                                .explore = o->explore,
                                .k = o->k};
    in->given[ARR_INFO] = is_40 || o->info == ARR_INFO_VISUAL ? slot->given[ARR_INFO] : NULL;
    in->given[ARR_PERSP] = is_40 ? slot->given[ARR_PERSP] : NULL;
    in->given[ARR_PARTIC] = ladder == ARR_PARTIC_LEXICAL ? slot->lexical
                            : ladder == ARR_PARTIC_MAP   ? a->map
                                                         : NULL;
    memcpy(in->scale, o->scale, sizeof in->scale);
    if (ladder == ARR_PARTIC_TRAINED) {
        in->scorer = &a->weights->scorer;
        in->scorer_query = &a->scorer_query;
    } else if (ladder == ARR_PARTIC_NONE) {
        in->scale[ARR_PARTIC] = 0.0F; /* the way is missing: it takes no part */
    }
    if (job->balancer == ARR_BALANCE_ADAPTIVE) {
        in->adaptive = &a->weights->balancer;
        in->query_part = a->query_part;
    } else if (job->balancer == ARR_BALANCE_CONTEXTUAL) {
        in->contextual = &a->weights->contextual;
    }
    if (job->balancer != ARR_BALANCE_TENSION && in->explore < 0.0F) {
        in->explore = 0.0F;
    }
    if (o->cull < 1.0F && is_40) {
        in->k = job->cells; /* all ranks, so that culled cells can be passed over */
    }
}

/* Statistics over the batch, as the reference has them: entropy first. */
static bool share_information(const struct arr_job *job, struct arr_slot *const *slots, size_t n,
                              struct arr_score_in *in, struct err *e)
{
    float **raw = try_alloc(n, sizeof *raw), **info = try_alloc(n, sizeof *info);
    const bool ok = raw && info;
    for (size_t i = 0; ok && i < n; i++) {
        raw[i] = slots[i]->info_raw;
        info[i] = slots[i]->given[ARR_INFO];
        arr_information(&slots[i]->texture, info[i], raw[i]);
        in[i].given[ARR_INFO] = info[i];
    }
    if (ok) {
        arr_information_batch(raw, n, (size_t)job->cells, info);
    }
    free(raw);
    free(info);
    return ok || err_set(e, ERR_LIMIT, "no memory for a batch of %zu pictures", n);
}

static void share_balance(const struct arr_job *job, struct arr_slot *const *slots, size_t n)
{
    float lo = slots[0]->score.balance.raw[0], hi = lo;
    for (size_t i = 0; i < n; i++) {
        for (int j = 0; j < job->cells; j++) {
            lo = fminf(lo, slots[i]->score.balance.raw[j]);
            hi = fmaxf(hi, slots[i]->score.balance.raw[j]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        struct arr_score_out *s = &slots[i]->score;
        for (int j = 0; j < job->cells; j++) {
            s->balance.balanced[j] = (s->balance.raw[j] - lo) / (hi - lo + 1e-8F);
        }
        s->k = arr_top_k(s->balance.balanced, job->cells, job->o->k, s->order);
    }
}

bool arr_stage_score(struct arr *a, const struct arr_job *job, struct arr_slot *const *slots,
                     size_t n, struct err *e)
{
    const int64_t start = clock_mono_ns();
    const bool is_shared = job->o->compat_batch_norm && n > 1;
    struct arr_score_in *in = try_alloc(n, sizeof *in);
    struct arr_score_out **out = try_alloc(n, sizeof *out);
    bool ok = in && out;
    if (!ok) {
        err_set(e, ERR_LIMIT, "no memory for a batch of %zu pictures", n);
    }
    for (size_t i = 0; ok && i < n; i++) {
        arr_given_ways(job, slots[i]);
        fill_score_in(a, job, slots[i], &in[i]);
        out[i] = &slots[i]->score;
    }
    const bool is_given = job->o->texture == ARR_TEXTURE_40 || job->o->info == ARR_INFO_VISUAL;
    ok = ok && (!is_shared || is_given || share_information(job, slots, n, in, e));
    ok = ok && score_slots(a, in, n, out, e);
    const bool has_evidence = ok && !(out[0]->balance.flags & ARR_NO_EVIDENCE);
    if (has_evidence && is_shared && job->balancer == ARR_BALANCE_ADAPTIVE) {
        share_balance(job, slots, n);
    }
    free(in);
    free(out);
    note_time(slots, n, ARR_STAGE_SCORE, start);
    return ok;
}
