/* SPDX-License-Identifier: Apache-2.0 */
/* What the clusters say: channels 12 to 14, and the boundaries between unlike ones. */
#include <math.h>

#include "core/arrcoc/array_parts.h"

enum { SIDE = ARR_MID };

/* Clusters of mean colours nearer than this are one object. */
enum { ALIKE = 12 * 256 };

struct clusters {
    int32_t count[ARR_CLUSTERS];
    int32_t x[ARR_CLUSTERS], y[ARR_CLUSTERS]; /* centroids in 1/140 pixels */
    int32_t lab[3][ARR_CLUSTERS];
};

static void measure(const struct arr_room *room, const uint8_t *label, struct clusters *k)
{
    int64_t x[ARR_CLUSTERS] = {0}, y[ARR_CLUSTERS] = {0}, lab[3][ARR_CLUSTERS] = {0};
    *k = (struct clusters){0};
    for (int i = 0; i < ARR_MID_PX; i++) {
        k->count[label[i]]++;
        x[label[i]] += i % SIDE;
        y[label[i]] += i / SIDE;
        for (int c = 0; c < 3; c++) {
            lab[c][label[i]] += room->mid_lab[c * ARR_MID_PX + i];
        }
    }
    for (int id = 0; id < ARR_CLUSTERS; id++) {
        if (k->count[id] > 0) {
            k->x[id] = arr_slic_mean(x[id] * ARR_SLIC_PX, k->count[id]);
            k->y[id] = arr_slic_mean(y[id] * ARR_SLIC_PX, k->count[id]);
            for (int c = 0; c < 3; c++) {
                k->lab[c][id] = arr_slic_mean(lab[c][id], k->count[id]);
            }
        }
    }
}

/* ---- channels 12 to 14 ---- */

static void put_ids(const uint8_t *label, float *cells)
{
    for (int i = 0; i < ARR_CELLS; i++) {
        const int x = i % ARR_GRID * ARR_MID_CELL + ARR_MID_CELL / 2;
        const int y = i / ARR_GRID * ARR_MID_CELL + ARR_MID_CELL / 2;
        cells[i] = (float)label[y * SIDE + x];
    }
}

/* Distance on the plane, not in colour, to the centroid; its largest value is 1. */
static void put_distances(const struct clusters *k, const uint8_t *label, int32_t *plane,
                          float *cells)
{
    int32_t most = 0;
    for (int i = 0; i < ARR_MID_PX; i++) {
        const int32_t dx = ARR_SLIC_PX * (i % SIDE) - k->x[label[i]];
        const int32_t dy = ARR_SLIC_PX * (i / SIDE) - k->y[label[i]];
        plane[i] = dx * dx + dy * dy;
        most = plane[i] > most ? plane[i] : most;
    }
    for (int i = 0; most > 0 && i < ARR_MID_PX; i++) {
        plane[i] = arr_distance_q(plane[i], most);
    }
    arr_cells_of_mid(plane, ARR_UNIT * 16.0, cells);
}

static void put_sizes(const struct clusters *k, const uint8_t *label, int32_t *plane, float *cells)
{
    for (int i = 0; i < ARR_MID_PX; i++) {
        plane[i] = k->count[label[i]];
    }
    arr_cells_of_mid(plane, ARR_MID_PX * 16.0, cells);
}

/* ---- boundaries ---- */

static bool are_alike(const struct clusters *k, int a, int b)
{
    int64_t sum = 0;
    for (int c = 0; c < 3; c++) {
        const int64_t d = k->lab[c][a] - k->lab[c][b];
        sum += d * d;
    }
    return sum < (int64_t)ALIKE * ALIKE;
}

/* Neighbours that are alike get one name. Means stay those of the clusters, so the order of merging
 * makes no difference; the name is the lowest of the ids. */
static void name_objects(const struct clusters *k, const uint8_t *label, uint8_t *object)
{
    bool touch[ARR_CLUSTERS][ARR_CLUSTERS] = {0};
    for (int i = 0; i < ARR_MID_PX; i++) {
        const int right = i % SIDE < SIDE - 1 ? label[i + 1] : label[i];
        const int below = i < ARR_MID_PX - SIDE ? label[i + SIDE] : label[i];
        touch[label[i]][right] = touch[right][label[i]] = true;
        touch[label[i]][below] = touch[below][label[i]] = true;
    }
    for (int id = 0; id < ARR_CLUSTERS; id++) {
        object[id] = (uint8_t)id;
    }
    for (int a = 0; a < ARR_CLUSTERS; a++) {
        for (int b = a + 1; b < ARR_CLUSTERS; b++) {
            if (!touch[a][b] || object[a] == object[b] || !are_alike(k, a, b)) {
                continue;
            }
            const uint8_t keep = object[a] < object[b] ? object[a] : object[b];
            const uint8_t drop = object[a] < object[b] ? object[b] : object[a];
            for (int id = 0; id < ARR_CLUSTERS; id++) {
                object[id] = object[id] == drop ? keep : object[id];
            }
        }
    }
}

static void put_boundaries(const uint8_t *object, const uint8_t *label, int32_t *plane,
                           float *cells)
{
    for (int i = 0; i < ARR_MID_PX; i++) {
        const int o = object[label[i]];
        const bool right = i % SIDE < SIDE - 1 && object[label[i + 1]] != o;
        const bool below = i < ARR_MID_PX - SIDE && object[label[i + SIDE]] != o;
        plane[i] = right || below;
    }
    arr_cells_of_mid(plane, 16.0, cells);
}

void arr_clusters(const struct arr_room *room, struct arr_array *out)
{
    struct clusters k;
    uint8_t object[ARR_CLUSTERS];
    int32_t plane[ARR_MID_PX];
    measure(room, out->cluster, &k);
    put_ids(out->cluster, out->c[ARR_C_CLUSTER]);
    put_distances(&k, out->cluster, plane, out->c[ARR_C_CLUSTER_DISTANCE]);
    put_sizes(&k, out->cluster, plane, out->c[ARR_C_CLUSTER_SIZE]);
    name_objects(&k, out->cluster, object);
    put_boundaries(object, out->cluster, plane, out->c[ARR_C_BOUNDARIES]);
}
