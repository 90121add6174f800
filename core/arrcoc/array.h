/* SPDX-License-Identifier: Apache-2.0 */
/* array.h - the 40-channel array: everything that needs the dense picture.
 *
 * Input is the 512 x 512 picture of arr_resize_dense (grid 32 only). Dense planes are floats of
 * 8-bit values / 255; box filters use integer integral images on values quantised to 1/65535, so
 * that they do not depend on the order of summation; SLIC, block matching and jump flooding work on
 * integers and are the same on every back end. The algorithms and constants stand in
 * docs/engine.md, the stages and their files in array_parts.h, formulas of one pixel in
 * pixel_math.h.
 *
 * Threads: no shared state; n_threads are used inside.
 */
#ifndef HFTERM_CORE_ARRCOC_ARRAY_H
#define HFTERM_CORE_ARRCOC_ARRAY_H

#include <stdbool.h>

#include "core/arrcoc/types.h"

struct err;

enum arr_saliency { ARR_CENTRE_SURROUND, ARR_SPECTRAL };
/* How motion is found: whole mid pixels, at most ARR_FLOW_MAX; or parts of one, by gradients. */
enum arr_flow_kind { ARR_FLOW_MATCH, ARR_FLOW_LK };

struct arr_array_options {
    unsigned want; /* of enum arr_want */
    enum arr_saliency saliency;
    enum arr_flow_kind flow;
    bool literal_edges; /* channel 4 = channel 3, as the first dialogue's text has it */
    int n_threads;      /* 0: one; more than three make no difference */
};

/* Fills what `want` asks for. Channels 0 to 14, 34, 38 and 39 (and 7 with `previous`) become
 * present; 15 to 17, 35 to 37 stay absent (arr_temporal_*, the engine fill them). previous NULL:
 * a still or the first frame. ERR_LIMIT without memory. */
bool arr_array_make(const uint8_t *dense_rgb, const struct arr_previous *previous,
                    const struct arr_array_options *options, struct arr_array *out, struct err *e);

/* ---- frames in a row: channels 15 to 17 ---- */

enum {
    ARR_KEYFRAME = 30, /* everything is computed anew every so many frames */
    ARR_REUSED = 14,   /* channels that may be taken over from the frame before */
};

struct arr_temporal {
    bool has_previous;
    int since_keyframe;
    struct arr_previous previous;
    float relevance[ARR_CELLS];
    float saliency[ARR_CELLS];
    float fixations[ARR_CELLS];
    float reused[ARR_REUSED][ARR_CELLS];
};

/* After arr_array_make of a frame: warps the maps of the frame before along its flow into channels
 * 15 to 17. A scene cut (mean_sad > 38) resets them to first frame.
 *
 * reuses: cells that were relevant (channel 15 at least 0.3) take channels 0 to 6, 8, 12 to 14, 34,
 * 38 and 39 from the frame before, warped likewise, cluster numbers from the nearest cell. Then a
 * result depends on all frames back to the last key frame or cut, where everything is new. The
 * frame's own array was made in full: this follows a rule of the dialogues, it saves no time. */
void arr_temporal_apply(const struct arr_temporal *t, struct arr_array *array, bool reuses);
/* After balancing the frame: keeps the picture, the relevance, the channels; fixations decay. */
void arr_temporal_keep(struct arr_temporal *t, const uint8_t *dense_rgb,
                       const struct arr_array *array, const float *balanced);

/* ---- facts for display ---- */

const char *arr_array_channel_name(int channel);
/* The second dialogue's order by class: d28[i] is the channel of its place i, -1 for reserved. */
extern const int ARR_D28_ORDER[ARR_ARRAY_CHANNELS];

#endif
