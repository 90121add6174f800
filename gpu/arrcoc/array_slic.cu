/* SPDX-License-Identifier: Apache-2.0 */
/* SLIC and what the clusters say. An iteration is one launch: every block forms the centres out of
 * the sums that the launch before left, assigns its pixels and adds them to this launch's sums. All
 * integers, so the order of the additions does not matter. Between the last iteration and
 * clusters_kernel the host cleans the labels (core/arrcoc/slic_clean.c).
 */
#include "gpu/arrcoc/array.h"
#include "gpu/arrcoc/block.h"

enum {
    THREADS = 256,
    SIDE = ARR_MID,
    SEEDS = 7,
    ALIKE = 12 * 256,
    VALUES = ARR_CLUSTERS * GPU_FEATURES
};

/* ---- where clusters start ---- */

static __device__ int gradient_at(const int16_t (*lab)[ARR_MID_PX], int x, int y)
{
    int sum = 0;
    for (int c = 0; c < 3; c++) {
        const int16_t *p = lab[c];
        sum += arr_slic_square(p[y * SIDE + gpu_inside(x + 1, SIDE)] -
                               p[y * SIDE + gpu_inside(x - 1, SIDE)]) +
               arr_slic_square(p[gpu_inside(y + 1, SIDE) * SIDE + x] -
                               p[gpu_inside(y - 1, SIDE) * SIDE + x]);
    }
    return sum;
}

/* The middle of a cell of the lattice, moved to where the picture is smoothest nearby. */
static __device__ void put_seed(gpu_room *room, int id)
{
    const int x0 = (2 * (id % SEEDS) + 1) * SIDE / (2 * SEEDS);
    const int y0 = (2 * (id / SEEDS) + 1) * SIDE / (2 * SEEDS);
    int best = gradient_at(room->mid_lab, x0 - 1, y0 - 1), best_x = x0 - 1, best_y = y0 - 1;
    for (int k = 1; k < 9; k++) {
        const int x = x0 - 1 + k % 3, y = y0 - 1 + k / 3;
        const int g = gradient_at(room->mid_lab, x, y);
        if (g < best) {
            best = g;
            best_x = x;
            best_y = y;
        }
    }
    int *v = room->centres[0][id];
    for (int c = 0; c < 3; c++) {
        v[c] = room->mid_lab[c][best_y * SIDE + best_x];
    }
    v[3] = ARR_SLIC_PX * best_x;
    v[4] = ARR_SLIC_PX * best_y;
}

static __global__ void __launch_bounds__(THREADS) start_kernel(gpu_room *room)
{
    const int i = (int)(blockIdx.x * THREADS + threadIdx.x);
    room->label[i] = (uint8_t)(i / SIDE * SEEDS / SIDE * SEEDS + i % SIDE * SEEDS / SIDE);
    if (i < ARR_CLUSTERS) {
        put_seed(room, i);
    }
}

/* ---- an iteration ---- */

/* A cluster without pixels stays where it is. */
static __device__ int centre_of(const gpu_room *room, int iteration, int id, int f)
{
    if (iteration == 0) {
        return room->centres[0][id][f];
    }
    const gpu_sums &s = room->sums[iteration - 1][id];
    const int64_t scale = f < 3 ? 1 : ARR_SLIC_PX;
    return s.count > 0 ? arr_slic_mean(s.feature[f] * scale, s.count)
                       : room->centres[iteration - 1][id][f];
}

/* Clusters in ascending order: of equally near ones the first stays. */
static __device__ int nearest(const int (*centres)[GPU_FEATURES], const int *v, int label)
{
    int best = 0x7fffffff;
    for (int id = 0; id < ARR_CLUSTERS; id++) {
        const int *c = centres[id];
        const int dx = v[3] - c[3], dy = v[4] - c[4];
        if (dx > ARR_SLIC_REACH || dx < -ARR_SLIC_REACH || dy > ARR_SLIC_REACH ||
            dy < -ARR_SLIC_REACH) {
            continue;
        }
        const int d = arr_slic_distance(v[0] - c[0], v[1] - c[1], v[2] - c[2], dx, dy);
        label = d < best ? id : label;
        best = d < best ? d : best;
    }
    return label;
}

static __device__ void add_pixel(gpu_sums &s, const int *v, int x, int y)
{
    const int feature[GPU_FEATURES] = {v[0], v[1], v[2], x, y};
    for (int f = 0; f < GPU_FEATURES; f++) {
        atomicAdd(&s.feature[f], feature[f]);
    }
    atomicAdd(&s.count, 1);
}

/* A block takes 16 x 16 pixels, so that its sums meet few clusters. */
static __global__ void __launch_bounds__(THREADS) iterate_kernel(gpu_room *room, int iteration)
{
    __shared__ int centres[ARR_CLUSTERS][GPU_FEATURES];
    __shared__ gpu_sums sums[ARR_CLUSTERS];
    int *flat_sums = (int *)(void *)sums;
    if (threadIdx.x < VALUES) {
        const int id = (int)threadIdx.x / GPU_FEATURES, f = (int)threadIdx.x % GPU_FEATURES;
        centres[id][f] = centre_of(room, iteration, id, f);
        if (blockIdx.x == 0 && blockIdx.y == 0 && iteration > 0) {
            room->centres[iteration][id][f] = centres[id][f];
        }
    }
    for (int i = (int)threadIdx.x; i < ARR_CLUSTERS * (GPU_FEATURES + 1); i += THREADS) {
        flat_sums[i] = 0;
    }
    __syncthreads();
    const int x = (int)(blockIdx.x * 16 + threadIdx.x % 16);
    const int y = (int)(blockIdx.y * 16 + threadIdx.x / 16), i = y * SIDE + x;
    const int v[GPU_FEATURES] = {room->mid_lab[0][i], room->mid_lab[1][i], room->mid_lab[2][i],
                                 ARR_SLIC_PX * x, ARR_SLIC_PX * y};
    const int label = nearest(centres, v, room->label[i]);
    room->label[i] = (uint8_t)label;
    add_pixel(sums[label], v, x, y);
    __syncthreads();
    int *all = (int *)(void *)room->sums[iteration];
    for (int k = (int)threadIdx.x; k < ARR_CLUSTERS * (GPU_FEATURES + 1); k += THREADS) {
        if (flat_sums[k] != 0) {
            atomicAdd(&all[k], flat_sums[k]);
        }
    }
}

cudaError_t gpu_slic_launch(struct arr_gpu *gpu, struct gpu_room *room)
{
    cudaError_t e = gpu_launch(gpu, start_kernel, ARR_MID_PX / THREADS, THREADS, 0, room);
    for (int i = 0; i < ARR_SLIC_ITERATIONS && e == cudaSuccess; i++) {
        e = gpu_launch(gpu, iterate_kernel, dim3(SIDE / 16, SIDE / 16), THREADS, 0, room, i);
    }
    return e;
}

/* ---- what the clusters say: one block, a cell of 16 mid pixels a thread ---- */

enum { OWN = GPU_MID_CELL * GPU_MID_CELL };
typedef unsigned long long ids; /* a bit a cluster */

struct clusters_shared {
    block_shared block;
    gpu_sums sums[ARR_CLUSTERS];
    int mean[ARR_CLUSTERS][GPU_FEATURES];
    int touch[ARR_CLUSTERS][ARR_CLUSTERS];
    ids alike[ARR_CLUSTERS];
    int object[ARR_CLUSTERS];
};

struct own_px {
    int at[OWN], label[OWN];
};

static __device__ void clear(clusters_shared &s, int n)
{
    int *sums = (int *)(void *)s.sums;
    if (n < ARR_CLUSTERS * (GPU_FEATURES + 1)) {
        sums[n] = 0;
    }
    for (int i = n; i < ARR_CLUSTERS * ARR_CLUSTERS; i += BLOCK_THREADS) {
        s.touch[i / ARR_CLUSTERS][i % ARR_CLUSTERS] = 0;
    }
    __syncthreads();
}

static __device__ void measure(const gpu_room *room, clusters_shared &s, const own_px &px, int n)
{
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        const int i = px.at[k];
        const int v[3] = {room->mid_lab[0][i], room->mid_lab[1][i], room->mid_lab[2][i]};
        add_pixel(s.sums[px.label[k]], v, i % SIDE, i / SIDE);
    }
    __syncthreads();
    if (n < VALUES) {
        const int id = n / GPU_FEATURES, f = n % GPU_FEATURES;
        const gpu_sums &sum = s.sums[id];
        const int64_t scale = f < 3 ? 1 : ARR_SLIC_PX;
        s.mean[id][f] = sum.count > 0 ? arr_slic_mean(sum.feature[f] * scale, sum.count) : 0;
    }
    __syncthreads();
}

static __device__ int distance2(const clusters_shared &s, int at, int label)
{
    const int dx = ARR_SLIC_PX * (at % SIDE) - s.mean[label][3];
    const int dy = ARR_SLIC_PX * (at / SIDE) - s.mean[label][4];
    return dx * dx + dy * dy;
}

/* The largest of the block's integers; they need more bits than a float has. */
static __device__ int most_of(block &b, int v)
{
#pragma unroll
    for (int d = 16; d; d /= 2) {
        v = max(v, __shfl_xor_sync(0xffffffffU, v, d));
    }
    unsigned long long *all = b.s->keys[b.turn ^= 1];
    if (b.n % 32 == 0) {
        all[b.n / 32] = (unsigned long long)v;
    }
    __syncthreads();
    v = (int)all[b.n % 32];
#pragma unroll
    for (int d = 16; d; d /= 2) {
        v = max(v, __shfl_xor_sync(0xffffffffU, v, d));
    }
    return v;
}

static __device__ void put_numbers(gpu_room *room, block &b, const clusters_shared &s,
                                   const own_px &px)
{
    int far = 0, distances = 0, sizes = 0;
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        far = max(far, distance2(s, px.at[k], px.label[k]));
        sizes += s.sums[px.label[k]].count;
    }
    const int most = most_of(b, far);
    for (int k = 0; most > 0 && k < OWN; k++) {
        distances += arr_distance_q(distance2(s, px.at[k], px.label[k]), most);
    }
    const int middle = GPU_MID_CELL / 2 * GPU_MID_CELL + GPU_MID_CELL / 2;
    room->out.c[ARR_C_CLUSTER][b.n] = (float)px.label[middle];
    room->out.c[ARR_C_CLUSTER_DISTANCE][b.n] = (float)(distances / (ARR_UNIT * 16.0));
    room->out.c[ARR_C_CLUSTER_SIZE][b.n] = (float)(sizes / (ARR_MID_PX * 16.0));
}

/* ---- boundaries between unlike objects ---- */

static __device__ int right_of(const gpu_room *room, int at, int label)
{
    return at % SIDE < SIDE - 1 ? room->label[at + 1] : label;
}

static __device__ int below(const gpu_room *room, int at, int label)
{
    return at < ARR_MID_PX - SIDE ? room->label[at + SIDE] : label;
}

static __device__ bool are_alike(const clusters_shared &s, int a, int b)
{
    int64_t sum = 0;
    for (int c = 0; c < 3; c++) {
        const int64_t d = s.mean[a][c] - s.mean[b][c];
        sum += d * d;
    }
    return sum < (int64_t)ALIKE * ALIKE;
}

/* Neighbours that are alike are one object, named after its lowest id. */
static __device__ void name_objects(const gpu_room *room, clusters_shared &s, const own_px &px,
                                    int n)
{
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        const int a = px.label[k];
        const int near_by[2] = {right_of(room, px.at[k], a), below(room, px.at[k], a)};
        for (int i = 0; i < 2; i++) {
            if (near_by[i] != a) {
                atomicOr(&s.touch[a][near_by[i]], 1);
                atomicOr(&s.touch[near_by[i]][a], 1);
            }
        }
    }
    __syncthreads();
    if (n < ARR_CLUSTERS) {
        ids mask = 1ULL << n;
        for (int b = 0; b < ARR_CLUSTERS; b++) {
            mask |= s.touch[n][b] && are_alike(s, n, b) ? 1ULL << b : 0;
        }
        s.alike[n] = mask;
    }
    __syncthreads();
    if (n < ARR_CLUSTERS) {
        ids seen = s.alike[n], done = 0;
        while (seen != done) {
            const ids next = seen & ~done;
            done = seen;
            for (int b = 0; b < ARR_CLUSTERS; b++) {
                seen |= next >> b & 1 ? s.alike[b] : 0;
            }
        }
        int name = 0;
        while (!(seen >> name & 1)) {
            name++;
        }
        s.object[n] = name;
    }
    __syncthreads();
}

static __device__ void put_boundaries(gpu_room *room, const clusters_shared &s, const own_px &px,
                                      int n)
{
    int sum = 0;
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        const int label = px.label[k], o = s.object[label];
        sum += s.object[right_of(room, px.at[k], label)] != o ||
               s.object[below(room, px.at[k], label)] != o;
    }
    room->out.c[ARR_C_BOUNDARIES][n] = (float)(sum / 16.0);
}

static __global__ void __launch_bounds__(BLOCK_THREADS) clusters_kernel(gpu_room *room)
{
    __shared__ clusters_shared s;
    block b = {&s.block, (int)threadIdx.x, ARR_CELLS, 0};
    own_px px;
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        const int x = b.n % ARR_GRID * GPU_MID_CELL + k % GPU_MID_CELL;
        const int y = b.n / ARR_GRID * GPU_MID_CELL + k / GPU_MID_CELL;
        px.at[k] = y * SIDE + x;
        px.label[k] = room->label[px.at[k]];
        room->out.cluster[px.at[k]] = (uint8_t)px.label[k];
    }
    clear(s, b.n);
    measure(room, s, px, b.n);
    put_numbers(room, b, s, px);
    name_objects(room, s, px, b.n);
    put_boundaries(room, s, px, b.n);
}

cudaError_t gpu_clusters_launch(struct arr_gpu *gpu, struct gpu_room *room)
{
    return gpu_launch(gpu, clusters_kernel, 1, BLOCK_THREADS, 0, room);
}
