/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/arrcoc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/engine_parts.h"
#include "core/arrcoc/parallel.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

/* ---- keys ---- */

void arr_key_put(struct arr_key *k, uint64_t v)
{
    if (k->n < sizeof k->v / sizeof *k->v) {
        k->v[k->n++] = v;
    }
}

void arr_key_put_f(struct arr_key *k, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    arr_key_put(k, bits);
}

bool arr_key_same(const struct arr_key *a, const struct arr_key *b)
{
    return a->n == b->n && a->n > 0 && memcmp(a->v, b->v, a->n * sizeof *a->v) == 0;
}

/* ---- the handle ---- */

static bool open_cpu(struct arr *a, struct err *e)
{
    char why[160] = "";
    a->cpu = &ARR_BACKEND_CPU;
    a->cpu_state = a->cpu->open(0, a->threads, why, sizeof why);
    return a->cpu_state || err_set(e, ERR_LIMIT, "opening the engine: %s", why);
}

bool arr_open_device(struct arr *a, size_t n, struct err *e)
{
    const bool is_wanted =
        a->setup.backend == ARR_CUDA || (a->setup.backend == ARR_AUTO && n >= ARR_BATCH_DEVICE);
    if (a->device || a->device_tried || !is_wanted) {
        return true;
    }
    a->device_tried = true;
    char why[160] = "";
    const struct arr_backend_ops *ops = arr_backend_load_cuda(why, sizeof why);
    void *state = ops ? ops->open(a->setup.device, a->threads, why, sizeof why) : NULL;
    if (state) {
        a->device = ops;
        a->device_state = state;
        return true;
    }
    snprintf(a->notice, sizeof a->notice, "no CUDA: %s", why);
    if (a->setup.backend == ARR_AUTO) {
        return true;
    }
    err_set(e, ERR_UNSUPPORTED, "the CUDA back end cannot be used: %s", why);
    return err_remedy(e, "The CPU does the same: leave --backend out, or say --backend cpu.");
}

struct arr *arr_new(const struct arr_setup *setup, struct err *e)
{
    struct arr *a = xcalloc(1, sizeof *a);
    a->born_ns = clock_mono_ns();
    pthread_mutex_init(&a->lock, NULL);
    a->setup = *setup;
    a->threads = setup->threads > 0 ? setup->threads : arr_cores();
    a->lexicon = setup->lexicon;
    if (!a->lexicon) {
        a->own_lexicon = arr_lexicon_builtin();
        a->lexicon = a->own_lexicon;
    }
    if (!open_cpu(a, e) || !arr_open_device(a, 1, e)) {
        arr_free(a);
        return NULL;
    }
    return a;
}

void arr_slot_done(struct arr_slot *slot)
{
    free(slot->owned);
    free(slot->rgb8);
    free(slot->dense);
    slot->owned = NULL;
    slot->rgb8 = slot->dense = NULL;
}

void arr_free(struct arr *a)
{
    if (!a) {
        return;
    }
    if (a->device) {
        a->device->close(a->device_state);
    }
    if (a->cpu_state) {
        a->cpu->close(a->cpu_state);
    }
    arr_slot_done(&a->slot);
    arr_lexicon_free(a->own_lexicon);
    free(a->temporal);
    free(a->query);
    free(a->query_vector);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

void arr_about(struct arr *a, const char **backend, struct arr_backend_about *about, char *notice,
               size_t n_notice)
{
    pthread_mutex_lock(&a->lock);
    const struct arr_backend_ops *ops = a->device ? a->device : a->cpu;
    *backend = ops->name;
    ops->about(a->device ? a->device_state : a->cpu_state, about);
    snprintf(notice, n_notice, "%s", a->notice);
    pthread_mutex_unlock(&a->lock);
}

/* ---- what is looked at ---- */

/* Behind the last row nothing is the picture's: it may be a part of a larger one. */
static size_t image_bytes(const struct arr_image *im)
{
    const bool is_planar = im->format == ARR_RGB_PLANAR;
    const size_t rows = (size_t)im->height * (is_planar ? 3 : 1);
    return (rows - 1) * im->stride_bytes + (size_t)im->width * (is_planar ? sizeof(float) : 3);
}

/* History on this picture ends with it. */
static void forget_picture(struct arr *a)
{
    a->has_prev_query = a->has_balanced = a->has_gaze = false;
    memset(a->gaze, 0, sizeof a->gaze);
}

/* The handle's own pixels, without alpha; *kept describes them. NULL: e says why. */
static void *copy_pixels(const struct arr_image *image, struct arr_image *kept, struct err *e)
{
    void *pixels = NULL;
    if (!arr_image_flatten(image, kept, &pixels, e) || pixels) {
        return pixels;
    }
    pixels = try_alloc(image_bytes(image), 1);
    if (pixels) {
        memcpy(pixels, image->pixels, image_bytes(image));
    } else {
        err_set(e, ERR_LIMIT, "no memory for a picture of %d x %d", image->width, image->height);
    }
    return pixels;
}

static void take_image(struct arr *a, const struct arr_image *image, void *pixels)
{
    arr_slot_done(&a->slot);
    a->slot.owned = pixels;
    a->slot.image = *image;
    a->slot.image.pixels = pixels;
    a->slot.image.id = ++a->last_id;
    a->has_image = true;
    forget_picture(a);
}

bool arr_set_image(struct arr *a, const struct arr_image *image, struct err *e)
{
    pthread_mutex_lock(&a->lock);
    struct arr_image kept;
    void *pixels = copy_pixels(image, &kept, e);
    if (pixels) {
        take_image(a, &kept, pixels);
        a->is_sequence = false;
    }
    if (pixels && a->temporal) {
        a->temporal->has_previous = false;
    }
    pthread_mutex_unlock(&a->lock);
    return pixels != NULL;
}

bool arr_set_frame(struct arr *a, const struct arr_image *image, struct err *e)
{
    pthread_mutex_lock(&a->lock);
    if (!a->temporal) {
        a->temporal = try_alloc(1, sizeof *a->temporal);
    }
    struct arr_image kept;
    void *pixels = NULL;
    if (a->temporal) {
        pixels = copy_pixels(image, &kept, e);
    } else {
        err_set(e, ERR_LIMIT, "no memory for the frame before");
    }
    const bool has_last =
        a->is_sequence && a->has_balanced && a->slot.dense && (a->slot.array.have & ARR_WANT_ARRAY);
    if (pixels && has_last) {
        arr_temporal_keep(a->temporal, a->slot.dense, &a->slot.array,
                          a->slot.score.balance.balanced);
    } else if (pixels) {
        a->temporal->has_previous = false; /* nothing is known of the frame before this one */
    }
    if (pixels) {
        take_image(a, &kept, pixels);
        a->is_sequence = true;
    }
    pthread_mutex_unlock(&a->lock);
    return pixels != NULL;
}

bool arr_set_query(struct arr *a, const char *query, struct err *e)
{
    (void)e;
    pthread_mutex_lock(&a->lock);
    const char *wanted = query && *query ? query : NULL;
    const bool is_same =
        (!wanted && !a->query) || (wanted && a->query && !strcmp(wanted, a->query));
    if (!is_same) {
        free(a->query);
        a->query = wanted ? xstrdup(wanted) : NULL;
        a->query_id = ++a->last_id;
        /* The next turn about the same picture; channel 35 has cells of the full grid only. */
        if (a->has_balanced && a->slot.texture.grid == ARR_GRID) {
            memcpy(a->prev_query, a->slot.score.balance.balanced, sizeof a->prev_query);
            a->has_prev_query = true;
        }
        for (int i = 0; i < ARR_CELLS; i++) {
            a->gaze[i] *= 0.9F;
        }
    }
    pthread_mutex_unlock(&a->lock);
    return true;
}

static bool check_vector(const struct arr_weights *w, const float *query, int dim, struct err *e)
{
    const int want = w->has_scorer ? w->scorer.dim : w->has_balancer ? w->balancer.dim : dim;
    if (query && (dim != want || dim < 1)) {
        return err_set(e, ERR_USAGE, "the query vector has %d numbers, the weights want %d", dim,
                       want);
    }
    for (int i = 0; query && i < dim; i++) {
        if (!(fabsf(query[i]) <= (float)ARR_WEIGHT_MAX)) {
            return err_set(e, ERR_DAMAGED, "number %d of the query vector is %g; they go to %d", i,
                           (double)query[i], ARR_WEIGHT_MAX);
        }
    }
    return true;
}

/* The balancer takes the vector as it is, the scorer at length 1. */
static void take_vector(struct arr *a, const float *query, size_t dim, enum arr_query_dtype dtype)
{
    const struct arr_weights *w = a->weights;
    float *unit = xcalloc(dim, sizeof *unit);
    a->query_vector = xcalloc(dim, sizeof *a->query_vector);
    a->query_dim = (int)dim;
    memcpy(a->query_vector, query, dim * sizeof *query);
    if (dtype == ARR_QUERY_BF16) {
        arr_round_bf16(a->query_vector, dim);
    }
    memcpy(unit, a->query_vector, dim * sizeof *unit);
    if (w->has_scorer && dtype == ARR_QUERY_BF16) {
        arr_round_unit_bf16(unit, dim);
        arr_scorer_set_unit_query(&w->scorer, unit, &a->scorer_query);
    } else if (w->has_scorer) {
        arr_scorer_set_query(&w->scorer, unit, &a->scorer_query);
    }
    if (w->has_balancer) {
        arr_balancer_set_query(&w->balancer, a->query_vector, a->query_part);
    }
    free(unit);
}

bool arr_set_weights(struct arr *a, const struct arr_weights *weights, const float *query, int dim,
                     enum arr_query_dtype dtype, struct err *e)
{
    pthread_mutex_lock(&a->lock);
    const bool ok = !weights || check_vector(weights, query, dim, e);
    if (ok) {
        free(a->query_vector);
        a->query_vector = NULL;
        a->weights = weights;
        a->weights_id = ++a->last_id;
        a->query_id = ++a->last_id;
    }
    if (ok && weights && query) {
        take_vector(a, query, (size_t)dim, dtype);
    }
    pthread_mutex_unlock(&a->lock);
    return ok;
}

bool arr_set_partic_map(struct arr *a, const float *map, int grid, struct err *e)
{
    if (map && grid != ARR_GRID && grid != ARR_GRID_SEED) {
        return err_set(e, ERR_USAGE, "a map of %d x %d cells fits no grid", grid, grid);
    }
    const int cells = map ? grid * grid : 0;
    for (int i = 0; map && i < cells; i++) {
        if (!(map[i] >= 0.0F && map[i] <= 1.0F)) {
            return err_set(e, ERR_DAMAGED, "cell %d of the map is %g; maps go from 0 to 1", i,
                           (double)map[i]);
        }
    }
    pthread_mutex_lock(&a->lock);
    a->map_grid = map ? grid : 0;
    if (map) {
        memcpy(a->map, map, (size_t)cells * sizeof(float));
    }
    a->map_id = ++a->last_id;
    pthread_mutex_unlock(&a->lock);
    return true;
}

/* A splat of sigma 1.5 cells with peak 1. */
void arr_mark_gaze(struct arr *a, int cell_x, int cell_y)
{
    pthread_mutex_lock(&a->lock);
    for (int y = 0; y < ARR_GRID; y++) {
        for (int x = 0; x < ARR_GRID; x++) {
            const float dx = (float)x - (float)cell_x, dy = (float)y - (float)cell_y;
            float *g = &a->gaze[y * ARR_GRID + x];
            *g = fminf(1.0F, *g + expf(-(dx * dx + dy * dy) / (2.0F * 1.5F * 1.5F)));
        }
    }
    a->has_gaze = true;
    pthread_mutex_unlock(&a->lock);
}
