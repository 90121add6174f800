/* SPDX-License-Identifier: Apache-2.0 */
/* The host's side of scoring. One picture has its place on the device and keeps there what it was
 * computed from; moving a slider sends a kilobyte, replays a graph of a few nodes and brings back
 * the result. Batches go through in parts and leave that place alone.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu/arrcoc/score.h"

enum { PART = 128 };
typedef float planes[ARR_TEXTURE_CHANNELS][ARR_CELLS];

/* A set of weights on the device. */
struct weights {
    struct gpu_buffer memory;
    uint64_t id; /* 0: unknown, copied every time */
    const struct arr_scorer *scorer;
    const struct arr_balancer *adaptive;
    const struct arr_contextual *contextual;
    bool has_scorer, has_adaptive, has_contextual;
};

/* What one picture's place holds on the device, side by side. */
struct place {
    gpu_score_params params;
    planes texture;
    float given[ARR_WAYS][ARR_CELLS];
    arr_score_out out;
};

/* The same in pinned memory, as far as it goes back and forth. */
struct mirror {
    gpu_score_params params;
    arr_score_out out;
};

struct gpu_score {
    struct weights weights;
    struct place *place;       /* device */
    struct mirror *mirror;     /* pinned */
    cudaGraphExec_t replay[2]; /* without and with the participatory kernel */
    /* What lies in the place: of which texture, and what each way was made from. 0: unknown. */
    int grid;
    uint64_t texture_id;
    uint64_t made_from[ARR_WAYS]; /* a texture */
    uint64_t weights_id;
    struct arr_scorer_query scorer_query;
    bool has_given[ARR_WAYS];
    float given[ARR_WAYS][ARR_CELLS];
    struct gpu_buffer part; /* of batches: params, then textures, given maps and results */
};

/* ---- weights ---- */

static enum arr_status put_weights(struct arr_gpu *gpu, struct weights *w,
                                   const struct arr_score_in *in)
{
    if (in->weights_id == 0 || in->weights_id != w->id) {
        w->has_scorer = w->has_adaptive = w->has_contextual = false;
    }
    const size_t scorer = gpu_round_up(sizeof(struct arr_scorer), 256);
    const size_t adaptive = gpu_round_up(sizeof(struct arr_balancer), 256);
    GPU_PASS(gpu_grow(gpu, &w->memory, scorer + adaptive + sizeof(struct arr_contextual)));
    char *p = w->memory.p;
    w->id = 0; /* until all of it is under way */
    if (in->scorer && !w->has_scorer) {
        struct gpu_writer to = gpu_write(gpu, p);
        GPU_PASS(gpu_put(&to, in->scorer, sizeof *in->scorer));
        GPU_PASS(gpu_flush(&to));
        w->has_scorer = true;
    }
    if (in->adaptive && !w->has_adaptive) {
        struct gpu_writer to = gpu_write(gpu, p + scorer);
        GPU_PASS(gpu_put(&to, in->adaptive, sizeof *in->adaptive));
        GPU_PASS(gpu_flush(&to));
        w->has_adaptive = true;
    }
    if (in->contextual && !w->has_contextual) {
        struct gpu_writer to = gpu_write(gpu, p + scorer + adaptive);
        GPU_PASS(gpu_put(&to, in->contextual, sizeof *in->contextual));
        GPU_PASS(gpu_flush(&to));
        w->has_contextual = true;
    }
    w->id = in->weights_id;
    w->scorer = (const struct arr_scorer *)p;
    w->adaptive = (const struct arr_balancer *)(p + scorer);
    w->contextual = (const struct arr_contextual *)(p + scorer + adaptive);
    return ARR_OK;
}

/* ---- one picture's parameters ---- */

static bool is_possible(const struct arr_score_in *in)
{
    const int grid = in->texture ? in->texture->grid : 0;
    return grid >= 6 && grid <= ARR_GRID &&
           (in->given[ARR_PARTIC] || !in->scorer || in->scorer_query) &&
           (in->balancer == ARR_BALANCE_TENSION ||
            (in->balancer == ARR_BALANCE_ADAPTIVE && in->adaptive && in->query_part) ||
            (in->balancer == ARR_BALANCE_CONTEXTUAL && in->contextual));
}

static bool needs_texture(const struct gpu_score_params *p)
{
    return p->way[ARR_INFO] == GPU_WAY_COMPUTE || p->way[ARR_PERSP] == GPU_WAY_COMPUTE ||
           p->way[ARR_PARTIC] == GPU_WAY_COMPUTE;
}

/* Everything but the addresses of the picture's own memory. */
static void fill_params(const struct arr_score_in *in, const struct weights *w,
                        struct gpu_score_params *p)
{
    *p = gpu_score_params{};
    p->grid = in->texture->grid;
    p->k = in->k;
    for (int i = 0; i < ARR_WAYS; i++) {
        p->way[i] = in->given[i] ? GPU_WAY_GIVEN : GPU_WAY_COMPUTE;
        p->scale[i] = in->scale[i];
    }
    if (!in->given[ARR_PARTIC] && !in->scorer) {
        p->way[ARR_PARTIC] = GPU_WAY_HALF;
    }
    if (in->scorer && in->scorer_query) {
        p->scorer_query = *in->scorer_query;
    }
    if (in->query_part) {
        memcpy(p->query_part, in->query_part, sizeof p->query_part);
    }
    p->scorer = w->scorer;
    p->adaptive = w->adaptive;
    p->contextual = w->contextual;
    p->balancer = in->balancer;
    p->tensions = in->tensions;
    p->explore = in->explore;
}

/* Cells that a smaller grid does not have stay as the caller left them. */
static void take_result(const struct arr_score_out *from, int grid, struct arr_score_out *to)
{
    const size_t bytes = (size_t)(grid * grid) * sizeof(float);
    for (int w = 0; w < ARR_WAYS; w++) {
        memcpy(to->way[w], from->way[w], bytes);
    }
    memcpy(to->balance.balanced, from->balance.balanced, bytes);
    memcpy(to->balance.raw, from->balance.raw, bytes);
    const size_t small = offsetof(struct arr_balance_out, weights);
    memcpy((char *)&to->balance + small, (const char *)&from->balance + small,
           sizeof to->balance - small);
    to->k = from->k;
    memcpy(to->order, from->order, (size_t)from->k * sizeof *to->order);
}

/* ---- one picture ---- */

static enum arr_status make_place(struct arr_gpu *gpu, struct gpu_score *s)
{
    void *p = NULL;
    if (!s->place) {
        GPU_TRY(gpu, cudaMalloc(&p, sizeof *s->place));
        s->place = (struct place *)p;
    }
    if (!s->mirror) {
        GPU_TRY(gpu, cudaMallocHost(&p, sizeof *s->mirror));
        s->mirror = (struct mirror *)p;
    }
    return ARR_OK;
}

/* Address of a member of the place: computed, never followed, by the host. */
#define PLACE_AT(s, member) ((char *)(s)->place + offsetof(struct place, member))

static enum arr_status enqueue(struct arr_gpu *gpu, struct gpu_score *s, bool has_partic)
{
    gpu_score_params *params = (gpu_score_params *)PLACE_AT(s, params);
    GPU_TRY(gpu, cudaMemcpyAsync(params, &s->mirror->params, sizeof *params, cudaMemcpyHostToDevice,
                                 gpu->stream));
    if (has_partic) {
        GPU_TRY(gpu, gpu_partic_launch(gpu, params, 1));
    }
    GPU_TRY(gpu, gpu_score_launch(gpu, params, 1));
    GPU_TRY(gpu, cudaMemcpyAsync(&s->mirror->out, PLACE_AT(s, out), sizeof s->mirror->out,
                                 cudaMemcpyDeviceToHost, gpu->stream));
    return ARR_OK;
}

static enum arr_status capture(struct arr_gpu *gpu, struct gpu_score *s, bool has_partic)
{
    cudaGraph_t graph = NULL;
    GPU_TRY(gpu, cudaStreamBeginCapture(gpu->stream, cudaStreamCaptureModeThreadLocal));
    const enum arr_status status = enqueue(gpu, s, has_partic);
    const cudaError_t ended = cudaStreamEndCapture(gpu->stream, &graph);
    if (status != ARR_OK || ended != cudaSuccess) {
        if (graph) {
            (void)cudaGraphDestroy(graph);
        }
        return status != ARR_OK ? status : gpu_failed(gpu, ended, "cudaStreamEndCapture");
    }
    const cudaError_t made = cudaGraphInstantiateWithFlags(&s->replay[has_partic], graph, 0);
    const cudaError_t freed = cudaGraphDestroy(graph);
    GPU_TRY(gpu, made);
    GPU_TRY(gpu, freed);
    return ARR_OK;
}

static enum arr_status send(struct arr_gpu *gpu, void *to, const void *from, size_t n)
{
    struct gpu_writer w = gpu_write(gpu, to);
    GPU_PASS(gpu_put(&w, from, n));
    return gpu_flush(&w);
}

/* What the place already has need not be computed or sent again. */
static enum arr_status update_place(struct arr_gpu *gpu, struct gpu_score *s,
                                    const struct arr_score_in *in, struct gpu_score_params *p)
{
    const size_t bytes = (size_t)(p->grid * p->grid) * sizeof(float);
    const bool same_scorer = in->weights_id != 0 && in->weights_id == s->weights_id &&
                             !memcmp(&p->scorer_query, &s->scorer_query, sizeof p->scorer_query);
    for (int w = 0; w < ARR_WAYS; w++) {
        const bool is_kept = in->texture_id != 0 && s->made_from[w] == in->texture_id &&
                             s->grid == p->grid && (w != ARR_PARTIC || same_scorer);
        const bool is_same = s->has_given[w] && s->grid == p->grid && in->given[w] &&
                             memcmp(s->given[w], in->given[w], bytes) == 0;
        if (p->way[w] == GPU_WAY_COMPUTE && is_kept) {
            p->way[w] = GPU_WAY_KEEP;
        } else if (p->way[w] == GPU_WAY_GIVEN && !is_same) {
            s->has_given[w] = false;
            memcpy(s->given[w], in->given[w], bytes);
            GPU_PASS(send(gpu, PLACE_AT(s, given) + sizeof s->given[w] * (size_t)w, in->given[w],
                          bytes));
        }
    }
    if (needs_texture(p) && (in->texture_id == 0 || in->texture_id != s->texture_id)) {
        s->texture_id = 0;
        GPU_PASS(send(gpu, PLACE_AT(s, texture), in->texture->t, sizeof(planes)));
        s->texture_id = in->texture_id;
    }
    return ARR_OK;
}

/* Until a run is through, nobody knows what the ways in the place are. */
static void forget_ways(struct gpu_score *s)
{
    for (int w = 0; w < ARR_WAYS; w++) {
        s->made_from[w] = 0;
        s->has_given[w] = false;
    }
}

static void remember_ways(struct gpu_score *s, const struct arr_score_in *in,
                          const struct gpu_score_params *p)
{
    for (int w = 0; w < ARR_WAYS; w++) {
        const bool is_made = p->way[w] == GPU_WAY_COMPUTE || p->way[w] == GPU_WAY_KEEP;
        s->made_from[w] = is_made ? in->texture_id : 0;
        s->has_given[w] = p->way[w] == GPU_WAY_GIVEN;
    }
    s->grid = p->grid;
    s->weights_id = in->weights_id;
    s->scorer_query = p->scorer_query;
}

static enum arr_status score_one(struct arr_gpu *gpu, struct gpu_score *s,
                                 const struct arr_score_in *in, struct arr_score_out *out)
{
    GPU_PASS(make_place(gpu, s));
    GPU_PASS(put_weights(gpu, &s->weights, in));
    struct gpu_score_params *p = &s->mirror->params;
    fill_params(in, &s->weights, p);
    p->texture = (const float(*)[ARR_CELLS])PLACE_AT(s, texture);
    for (int w = 0; w < ARR_WAYS; w++) {
        p->given[w] = (const float *)(PLACE_AT(s, given) + sizeof s->given[w] * (size_t)w);
    }
    p->out = (struct arr_score_out *)PLACE_AT(s, out);
    const enum arr_status status = update_place(gpu, s, in, p);
    forget_ways(s);
    GPU_PASS(status);
    const bool has_partic = p->way[ARR_PARTIC] == GPU_WAY_COMPUTE;
    if (!s->replay[has_partic]) {
        GPU_PASS(capture(gpu, s, has_partic));
    }
    GPU_TRY(gpu, cudaGraphLaunch(s->replay[has_partic], gpu->stream));
    GPU_TRY(gpu, cudaStreamSynchronize(gpu->stream));
    take_result(&s->mirror->out, p->grid, out);
    remember_ways(s, in, p);
    return ARR_OK;
}

/* ---- batches ---- */

/* The device memory of one part: params, then these for every picture. */
struct row {
    planes texture;
    float given[ARR_WAYS][ARR_CELLS];
};

static enum arr_status upload_row(struct gpu_writer *w, const struct arr_score_in *in)
{
    GPU_PASS(gpu_put(w, in->texture->t, sizeof(planes)));
    for (int i = 0; i < ARR_WAYS; i++) {
        const float *map = in->given[i] ? in->given[i] : in->texture->t[0];
        GPU_PASS(gpu_put(w, map, (size_t)ARR_CELLS * sizeof(float)));
    }
    return ARR_OK;
}

static enum arr_status score_part(struct arr_gpu *gpu, struct gpu_score *s,
                                  const struct arr_score_in *in, size_t n,
                                  struct arr_score_out *const *out)
{
    const size_t head = gpu_round_up(n * sizeof(gpu_score_params), 256);
    const size_t rows = head + n * sizeof(struct row);
    GPU_PASS(gpu_grow(gpu, &s->part, rows + n * sizeof(struct arr_score_out)));
    GPU_PASS(gpu_grow_pinned(gpu, &gpu->result, n * sizeof(struct arr_score_out)));
    struct gpu_writer to = gpu_write(gpu, s->part.p);
    bool has_partic = false;
    for (size_t i = 0; i < n; i++) {
        struct gpu_score_params p;
        char *row = s->part.p + head + i * sizeof(struct row);
        fill_params(&in[i], &s->weights, &p);
        p.texture = (const float(*)[ARR_CELLS])row;
        for (size_t w = 0; w < ARR_WAYS; w++) {
            p.given[w] = (const float *)(row + offsetof(struct row, given)) + w * ARR_CELLS;
        }
        p.out = (struct arr_score_out *)(s->part.p + rows) + i;
        has_partic = has_partic || p.way[ARR_PARTIC] == GPU_WAY_COMPUTE;
        GPU_PASS(gpu_put(&to, &p, sizeof p));
    }
    GPU_PASS(gpu_pad(&to, 256));
    for (size_t i = 0; i < n; i++) {
        GPU_PASS(upload_row(&to, &in[i]));
    }
    GPU_PASS(gpu_flush(&to));
    const gpu_score_params *params = (const gpu_score_params *)s->part.p;
    if (has_partic) {
        GPU_TRY(gpu, gpu_partic_launch(gpu, params, n));
    }
    GPU_TRY(gpu, gpu_score_launch(gpu, params, n));
    GPU_TRY(gpu, cudaMemcpyAsync(gpu->result.p, s->part.p + rows, n * sizeof(struct arr_score_out),
                                 cudaMemcpyDeviceToHost, gpu->stream));
    GPU_TRY(gpu, cudaStreamSynchronize(gpu->stream));
    for (size_t i = 0; i < n; i++) {
        take_result((const struct arr_score_out *)gpu->result.p + i, in[i].texture->grid, out[i]);
    }
    return ARR_OK;
}

/* The weights of a batch are those of its first picture. */
static bool share_weights(const struct arr_score_in *in, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (in[i].weights_id != in[0].weights_id || in[i].scorer != in[0].scorer ||
            in[i].adaptive != in[0].adaptive || in[i].contextual != in[0].contextual) {
            return false;
        }
    }
    return true;
}

enum arr_status gpu_score_all(struct arr_gpu *gpu, const struct arr_score_in *in, size_t n,
                              struct arr_score_out *const *out)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_possible(&in[i])) {
            return ARR_NOT_DONE;
        }
    }
    if (!gpu->score) {
        gpu->score = (struct gpu_score *)calloc(1, sizeof *gpu->score);
        if (!gpu->score) {
            return ARR_NOT_DONE;
        }
    }
    const bool is_batch = n > 1 && share_weights(in, n);
    if (is_batch) {
        GPU_PASS(put_weights(gpu, &gpu->score->weights, in));
    }
    for (size_t i = 0; i < n;) {
        const size_t part = !is_batch ? 1 : n - i < PART ? n - i : (size_t)PART;
        GPU_PASS(is_batch ? score_part(gpu, gpu->score, in + i, part, out + i)
                          : score_one(gpu, gpu->score, in + i, out[i]));
        i += part;
    }
    return ARR_OK;
}

void gpu_score_done(struct gpu_score *s)
{
    if (!s) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        if (s->replay[i]) {
            (void)cudaGraphExecDestroy(s->replay[i]);
        }
    }
    gpu_release(&s->weights.memory);
    gpu_release(&s->part);
    (void)cudaFree(s->place);
    (void)cudaFreeHost(s->mirror);
    free(s);
}
