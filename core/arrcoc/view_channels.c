/* SPDX-License-Identifier: Apache-2.0 */
/* The channels that relevance was made from, by what they mean. */
#include "core/arrcoc/array.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/view_parts.h"

enum { COLOR, EDGES, SPATIAL, DERIVED, TEXTURE_GROUPS };
enum { CLUSTERS = DERIVED, CONTENT, HISTORY, ARRAY_GROUPS };

static const char *const TEXTURE_NAMES[TEXTURE_GROUPS] = {"Color", "Edges", "Spatial", "Derived"};
static const char *const ARRAY_NAMES[ARRAY_GROUPS] = {"Color",    "Edges",   "Spatial",
                                                      "Clusters", "Content", "History"};

/* The v2 set has other contents in the last two channels. */
const char *arr_channel_name(const struct arr_result *r, int channel)
{
    if (r->options.texture == ARR_TEXTURE_V2 && channel == ARR_T_SALIENCY) {
        return "coherence";
    }
    if (r->options.texture == ARR_TEXTURE_V2 && channel == ARR_T_LUMINANCE) {
        return "contrast";
    }
    return arr_texture_channel_name(channel);
}

static int texture_group(int channel)
{
    return channel <= ARR_T_A       ? COLOR
           : channel <= ARR_T_EDGES ? EDGES
           : channel <= ARR_T_ECC   ? SPATIAL
                                    : DERIVED;
}

static int array_group(int channel)
{
    switch (channel) {
    case ARR_C_R:
    case ARR_C_G:
    case ARR_C_B:
    case ARR_C_LOW_PASS:
        return COLOR;
    case ARR_C_EDGES_DARK:
    case ARR_C_EDGES_LIGHT:
    case ARR_C_HIGH_PASS:
    case ARR_C_DISTANCE:
    case ARR_C_BOUNDARIES:
        return EDGES;
    case ARR_C_X:
    case ARR_C_Y:
    case ARR_C_ECC:
        return SPATIAL;
    case ARR_C_CLUSTER:
    case ARR_C_CLUSTER_DISTANCE:
    case ARR_C_CLUSTER_SIZE:
        return CLUSTERS;
    case ARR_C_MOTION:
    case ARR_C_PREV_RELEVANCE:
    case ARR_C_PREV_SALIENCY:
    case ARR_C_FIXATIONS:
    case ARR_C_PREV_QUERY:
    case ARR_C_GAZE:
        return HISTORY;
    default: /* saliency, what looks like text, the embedding */
        return CONTENT;
    }
}

static void add(struct arr_channel_set *set, int group, int channel, const char *name,
                const float *map)
{
    set->group[set->n] = group;
    set->channel[set->n] = channel;
    set->name[set->n] = name;
    set->map[set->n++] = map;
}

static void add_array(const struct arr_array *array, bool measures_only,
                      struct arr_channel_set *out)
{
    for (int group = 0; group < ARRAY_GROUPS; group++) {
        out->group_name[group] = ARRAY_NAMES[group];
        for (int c = 0; c < ARR_ARRAY_CHANNELS; c++) {
            const bool is_left_out = c == ARR_C_BALANCED || (measures_only && c == ARR_C_CLUSTER);
            if (array_group(c) == group && array->state[c] == ARR_PRESENT && !is_left_out) {
                add(out, group, c, arr_array_channel_name(c), array->c[c]);
            }
        }
    }
}

void arr_channel_set_of(const struct arr_result *r, bool measures_only, struct arr_channel_set *out)
{
    *out = (struct arr_channel_set){.is_array = (r->array.have & ARR_WANT_ARRAY) != 0};
    if (out->is_array) {
        out->n_groups = ARRAY_GROUPS;
        add_array(&r->array, measures_only, out);
        return;
    }
    out->n_groups = TEXTURE_GROUPS;
    for (int group = 0; group < TEXTURE_GROUPS; group++) {
        out->group_name[group] = TEXTURE_NAMES[group];
    }
    for (int c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        add(out, texture_group(c), c, arr_channel_name(r, c), r->texture.t[c]);
    }
}

float arr_channel_part(const struct arr_channel_set *set, int i, float value)
{
    const int c = set->channel[i];
    if (set->is_array && c == ARR_C_CLUSTER) {
        value /= (float)(ARR_CLUSTERS - 1);
    } else if (set->is_array && c >= ARR_C_CLIP && c < ARR_C_DISTANCE) {
        value = (value + 1.0F) / 2.0F;
    }
    return value < 0.0F ? 0.0F : value > 1.0F ? 1.0F : value;
}

int arr_channel_name_width(const struct arr_channel_set *set, const struct arr_font *font)
{
    int widest = 0;
    for (int i = 0; i < set->n; i++) {
        const int width = arr_text_width(font, set->name[i]);
        widest = width > widest ? width : widest;
    }
    return widest;
}
