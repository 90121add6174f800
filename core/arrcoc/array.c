/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/array.h"

#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/parallel.h"
#include "core/arrcoc/texture.h"
#include "core/base/err.h"
#include "core/base/mem.h"

const int ARR_D28_ORDER[ARR_ARRAY_CHANNELS] = {
    0,  1,  2,  9,  10, 11, 3,  4,  5,  6,  7,  8,  34, 12, 13, 14, 39, 18, 19, 20,
    21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 15, 16, 17, 35, 36, 37, -1,
};

const char *arr_array_channel_name(int channel)
{
    static const char *const names[ARR_ARRAY_CHANNELS] = {
        "R",
        "G",
        "B",
        "edges, dark side",
        "edges, light side",
        "high-pass",
        "low-pass",
        "motion",
        "saliency",
        "x",
        "y",
        "eccentricity",
        "cluster",
        "distance in cluster",
        "cluster size",
        "previous relevance",
        "previous saliency",
        "fixation history",
        "CLIP 1",
        "CLIP 2",
        "CLIP 3",
        "CLIP 4",
        "CLIP 5",
        "CLIP 6",
        "CLIP 7",
        "CLIP 8",
        "CLIP 9",
        "CLIP 10",
        "CLIP 11",
        "CLIP 12",
        "CLIP 13",
        "CLIP 14",
        "CLIP 15",
        "CLIP 16",
        "distance to edges",
        "previous query",
        "balanced",
        "cursor history",
        "boundaries",
        "text-like",
    };
    return channel >= 0 && channel < ARR_ARRAY_CHANNELS ? names[channel] : "";
}

/* ---- three strands ---- */

struct job {
    struct arr_room *room;
    const struct arr_previous *previous;
    const struct arr_array_options *options;
    struct arr_array *out;
    bool ok; /* of saliency, which alone can fail */
    struct err error;
    unsigned texture_flags, distance_flags;
};

static void texture_strand(struct job *job)
{
    arr_text_like(job->room, job->out);
    job->ok = job->options->saliency == ARR_SPECTRAL
                  ? arr_saliency_spectral(job->room, job->out, &job->texture_flags, &job->error)
                  : arr_saliency_contrast(job->room, job->out, &job->texture_flags, &job->error);
}

static void find_flow(struct arr_room *room, enum arr_flow_kind kind, struct arr_array *out)
{
    const uint8_t *now = room->mid_gray, *before = room->mid_gray_before;
    out->mean_sad = kind == ARR_FLOW_LK
                        ? arr_flow_lk(now, before, &room->flow_levels, out->flow, out->flow_part)
                        : arr_flow(now, before, out->flow);
}

static void object_strand(struct job *job)
{
    struct arr_array *out = job->out;
    arr_planes_lab(job->room);
    arr_slic_run(job->room->mid_lab, out->cluster);
    arr_slic_clean(out->cluster, &job->room->components);
    arr_clusters(job->room, out);
    if (job->previous) {
        arr_motion(job->room, job->previous->rgb, out);
        find_flow(job->room, job->options->flow, out);
    }
}

/* Distance takes as long as the others together: with two threads the other one does it. */
static void run_strands(void *arg, size_t first, size_t last)
{
    struct job *job = arg;
    for (size_t i = first; i < last; i++) {
        if (i == 0) {
            texture_strand(job);
        } else if (i == 1) {
            object_strand(job);
        } else {
            job->distance_flags = arr_distance(job->room, job->out);
        }
    }
}

/* ---- the array ---- */

static void set_present(struct arr_array *out, int first, int last)
{
    memset(out->state + first, ARR_PRESENT, (size_t)(last - first + 1));
}

static bool make_channels(struct job *job, struct err *e)
{
    struct arr_array *out = job->out;
    arr_cells_rgb(job->room, out);
    arr_coordinates(ARR_GRID, out->c[ARR_C_Y], out->c[ARR_C_X], out->c[ARR_C_ECC]);
    out->flags = arr_edges(job->room, job->options->literal_edges, out);
    arr_parallel(job->options->n_threads, 3, run_strands, job);
    if (!job->ok) {
        if (e) {
            *e = job->error;
        }
        return false;
    }
    out->flags |= job->texture_flags | job->distance_flags;
    set_present(out, ARR_C_R, ARR_C_LOW_PASS);
    set_present(out, ARR_C_SALIENCY, ARR_C_CLUSTER_SIZE);
    set_present(out, ARR_C_DISTANCE, ARR_C_DISTANCE);
    set_present(out, ARR_C_BOUNDARIES, ARR_C_TEXT);
    if (job->previous) {
        set_present(out, ARR_C_MOTION, ARR_C_MOTION);
        out->flags |= arr_is_scene_cut(out->mean_sad) ? ARR_SCENE_CUT : 0U;
    }
    return true;
}

static void make_statistics(const struct arr_room *room, unsigned want, struct arr_array *out)
{
    if (want & ARR_WANT_VISUAL) {
        arr_cells_entropy(room, out);
    }
    if (want & (ARR_WANT_V2 | ARR_WANT_QUADS)) {
        arr_cells_roughness(room, out);
    }
    if (want & ARR_WANT_V2) {
        arr_cells_coherence(room, out);
    }
    if (want & ARR_WANT_QUADS) {
        arr_cells_quads(room, out);
    }
}

bool arr_array_make(const uint8_t *dense_rgb, const struct arr_previous *previous,
                    const struct arr_array_options *options, struct arr_array *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    struct arr_room *room = try_alloc(1, sizeof *room);
    if (!room) {
        err_set(e, ERR_LIMIT, "no memory for %zu bytes", sizeof *room);
        return err_remedy(e, "use the 13-channel texture, or free memory");
    }
    room->rgb = dense_rgb;
    arr_planes_make(room);
    make_statistics(room, options->want, out);
    struct job job = {room, previous, options, out, .error = ERR_INIT};
    const bool ok = !(options->want & ARR_WANT_ARRAY) || make_channels(&job, e);
    free(room);
    out->have = ok ? options->want : 0;
    return ok;
}
