/* SPDX-License-Identifier: Apache-2.0 */
/* types.h - the shapes that every stage of the ARR-COC engine shares.
 *
 * The picture is seen as a grid of G x G cells (G = 32; 14 in the seed variant), whatever its
 * aspect. A map is one float a cell, row-major: n = y * G + x, y down, x right. Planes of maps keep
 * the stride ARR_CELLS for every G, so that t[channel][n] is always right; cells from G * G on are
 * unused.
 *
 *   picture -> texture (13 channels, sparse) \
 *           -> array   (40 channels, dense)  -> three ways of knowing -> balance -> attend ->
 * realize
 *
 * Everything here is plain data without pointers (arr_image excepted), so that back ends can copy
 * it between machines and libraries. No stage keeps hidden state.
 */
#ifndef HFTERM_CORE_ARRCOC_TYPES_H
#define HFTERM_CORE_ARRCOC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ARR_GRID = 32,
    ARR_GRID_SEED = 14,
    ARR_CELLS = ARR_GRID * ARR_GRID, /* the most cells any grid has */
    ARR_CELL_PX = 16,                /* a cell's side in the intermediate picture */
    ARR_DENSE = ARR_GRID * ARR_CELL_PX,
    ARR_DENSE_PX = ARR_DENSE * ARR_DENSE,
    ARR_MID = 128, /* side of the mid plane: 4 x 4 box means of the dense one */
    ARR_MID_PX = ARR_MID * ARR_MID,
    ARR_TEXTURE_CHANNELS = 13,
    ARR_ARRAY_CHANNELS = 40,
    ARR_SIDE_MAX = 65535,
};

/* ---- pictures ---- */

enum arr_pixels {
    ARR_RGB8,       /* interleaved, 3 bytes a pixel */
    ARR_RGB_PLANAR, /* float [3][height][width] in [0, 1], as torch has it */
    ARR_RGBA8,      /* interleaved, 4 bytes; the engine puts it over white, stages do not take it */
};

/* Borrowed pixels, upright (core/format/picture.h settles EXIF). */
struct arr_image {
    enum arr_pixels format;
    const void *pixels;
    int width, height;   /* 1 to ARR_SIDE_MAX */
    size_t stride_bytes; /* of a row; of a plane's row for ARR_RGB_PLANAR */
    /* Not 0: names these very pixels, so that a back end may keep them on its device. */
    uint64_t id;
};

/* ---- the 13-channel texture ---- */

enum arr_texture_channel {
    ARR_T_R,
    ARR_T_G,
    ARR_T_B,
    ARR_T_L,         /* L* / 100 */
    ARR_T_A,         /* (a* + 128) / 255 */
    ARR_T_SOBEL_X,   /* min-max over the map */
    ARR_T_SOBEL_Y,   /* min-max over the map */
    ARR_T_EDGES,     /* gradient magnitude, min-max over the map */
    ARR_T_Y,         /* 0 at the top row, 1 at the bottom row */
    ARR_T_X,         /* 0 at the left column, 1 at the right column */
    ARR_T_ECC,       /* distance from the centre, 1 at the corners */
    ARR_T_SALIENCY,  /* reference: ARR_T_EDGES again; v2: orientation coherence */
    ARR_T_LUMINANCE, /* reference: ARR_T_L again; v2: RMS contrast */
};

struct arr_texture {
    int grid;
    float t[ARR_TEXTURE_CHANNELS][ARR_CELLS];
    float raw_edges[3][ARR_CELLS]; /* channels 5 to 7 before min-max */
    float aux_b[ARR_CELLS]; /* (b* + 128) / 255: not a channel; the lexical colours need it */
    bool is_flat[3];        /* the flat guard set channel 5 + i to 0 */
};

/* ---- the 40-channel array, and what else needs the dense picture ---- */

enum arr_array_channel { /* the first dialogue's order; arr_array_d28_order() has the other */
                         ARR_C_R,
                         ARR_C_G,
                         ARR_C_B,
                         ARR_C_EDGES_DARK,
                         ARR_C_EDGES_LIGHT,
                         ARR_C_HIGH_PASS,
                         ARR_C_LOW_PASS,
                         ARR_C_MOTION,
                         ARR_C_SALIENCY,
                         ARR_C_X,
                         ARR_C_Y,
                         ARR_C_ECC,
                         ARR_C_CLUSTER,
                         ARR_C_CLUSTER_DISTANCE,
                         ARR_C_CLUSTER_SIZE,
                         ARR_C_PREV_RELEVANCE,
                         ARR_C_PREV_SALIENCY,
                         ARR_C_FIXATIONS,
                         ARR_C_CLIP, /* 16 of them */
                         ARR_C_DISTANCE = 34,
                         ARR_C_PREV_QUERY,
                         ARR_C_BALANCED,
                         ARR_C_GAZE,
                         ARR_C_BOUNDARIES,
                         ARR_C_TEXT,
};

enum arr_state {
    ARR_ABSENT, /* all 0, left out of scores and statistics */
    ARR_PRESENT,
    ARR_FIRST_FRAME, /* all 0 because nothing came before; left out likewise */
};

enum arr_want { /* what to compute from the dense picture */
                ARR_WANT_ARRAY = 1 << 0,
                ARR_WANT_VISUAL = 1 << 1, /* visual_info */
                ARR_WANT_V2 = 1 << 2,     /* coherence, contrast */
                ARR_WANT_QUADS = 1 << 3,  /* quads, roughness */
};

enum {
    ARR_FLOW_BLOCKS = 16, /* blocks of 8 mid pixels a side */
    ARR_FLOW_MAX = 7,
    ARR_CLUSTERS = 49,
};

enum arr_array_flag {
    ARR_NO_EDGES = 1 << 0,      /* nothing passed the edge threshold: channel 34 is 1 everywhere */
    ARR_SCENE_CUT = 1 << 1,     /* the previous frame is another scene */
    ARR_FLAT_EDGES = 1 << 2,    /* the flat guard acted on channels 3 and 4 */
    ARR_FLAT_SALIENCY = 1 << 3, /* the flat guard acted on channel 8 */
};

struct arr_array {
    unsigned have; /* of enum arr_want: which members below are filled */
    unsigned flags;
    float c[ARR_ARRAY_CHANNELS][ARR_CELLS];
    uint8_t state[ARR_ARRAY_CHANNELS]; /* enum arr_state */
    float visual_info[ARR_CELLS];      /* entropy of a 16-bin histogram of gray, 0 to 1 */
    float coherence[ARR_CELLS];        /* of the structure tensor, 0 to 1 */
    float contrast[ARR_CELLS];         /* RMS of gray times 2, at most 1 */
    float quads[3][4][ARR_CELLS];      /* L*, a*, b* of the mean colour of a cell's 8 x 8 quarters:
                                          top left, top right, bottom left, bottom right */
    float roughness[ARR_CELLS];        /* standard deviation of gray in the cell */
    uint8_t cluster[ARR_MID_PX];       /* SLIC label of every mid pixel, 0 to 48 */
    int8_t flow[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS]
               [2]; /* dx, dy in whole mid pixels, from the last frame */
    /* What Lucas-Kanade adds to them, -0.5 to 0.5; 0 from block matching. */
    float flow_part[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2];
    float mean_sad; /* mean absolute difference a pixel to the last frame, 0-255 */
};

/* What of the frame before is needed to see motion. */
struct arr_previous {
    uint8_t rgb[ARR_DENSE_PX * 3]; /* the dense picture */
};

/* ---- relevance ---- */

enum arr_way { ARR_INFO, ARR_PERSP, ARR_PARTIC, ARR_WAYS };

struct arr_tensions { /* 1 is the left pole */
    float compress;   /* compress - particularize */
    float exploit;    /* exploit - explore */
    float focus;      /* focus - diversify */
};

/* Where participatory knowing comes from. */
enum arr_ladder {
    ARR_PARTIC_NONE,    /* no query, or no word of it is known */
    ARR_PARTIC_LEXICAL, /* the lexicon: no weights */
    ARR_PARTIC_TRAINED, /* the reference's scorer with the user's weights */
    ARR_PARTIC_MAP,     /* a map given from outside (CLIP similarity) */
};

#endif
