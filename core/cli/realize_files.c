/* SPDX-License-Identifier: Apache-2.0 */
/* What realize writes: a view, the crops with their prompt, every tensor of the run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/realize.h"
#include "core/format/safetensors.h"

/* A picture is never overwritten by what is made of it. */
static bool check_target(const char *path, const struct realize_item *item, struct err *e)
{
    struct stat target, source;
    if (stat(path, &target) != 0 || stat(item->name, &source) != 0 ||
        target.st_dev != source.st_dev || target.st_ino != source.st_ino) {
        return true;
    }
    err_set(e, ERR_USAGE, "%s is the picture itself", path);
    return err_remedy(e, "Write to another place.");
}

/* ---- --view ---- */

static bool write_view(const struct realize *r, const struct realize_item *item,
                       const struct arr_result *result, struct err *e)
{
    struct arr_canvas canvas = {0};
    const struct picture *p = &item->picture;
    const bool ok =
        check_target(r->view_path, item, e) &&
        arr_view_draw(r->view, result, p->rgb, p->width, p->height, &r->view_options, &canvas, e) &&
        picture_write_png(r->view_path, canvas.rgba, canvas.width, canvas.height, 4, e);
    arr_canvas_done(&canvas);
    return ok;
}

/* ---- --crops ---- */

static bool write_crop(const struct realize *r, const struct realize_item *item,
                       const struct arr_result *result, const struct arr_region *region,
                       const char *name, struct err *e)
{
    int w = 0, h = 0;
    const struct picture *p = &item->picture;
    uint8_t *rgb = arr_crop(p->rgb, p->width, p->height, result->plan.vlm, region, &w, &h, e);
    char *path = xasprintf("%s/%s", r->crops, name);
    const bool ok = rgb && picture_write_png(path, rgb, w, h, 3, e);
    free(path);
    free(rgb);
    return ok;
}

/* File names and questions may be any bytes; what is written is UTF-8. */
static char *as_utf8(const char *text)
{
    return text_is_utf8(text, strlen(text), NULL) ? xstrdup(text) : text_clean(text);
}

static bool write_prompt(const struct realize *r, const struct arr_result *result,
                         const char *query, struct err *e)
{
    char names[ARR_REGIONS_MAX + 1][40];
    const char *urls[ARR_REGIONS_MAX + 1];
    struct buf prompt = BUF_INIT;
    for (size_t i = 0; i <= result->plan.n_regions; i++) {
        snprintf(names[i], sizeof names[i], i ? "region-%02zu.png" : "overview.png", i);
        urls[i] = names[i];
    }
    char *question = as_utf8(query ? query : "");
    arr_plan_prompt(&result->plan, urls, question, &prompt);
    free(question);
    char *path = xasprintf("%s/prompt.json", r->crops);
    const bool ok = file_write_atomic(path, buf_str(&prompt), prompt.n, 0644, e);
    free(path);
    buf_done(&prompt);
    return ok;
}

/* Regions of an earlier run must not be sent with those of this one. */
static bool remove_old_crops(const char *folder, const struct realize_item *item, struct err *e)
{
    bool ok = true;
    for (int i = 0; ok && i < 2 * (ARR_REGIONS_MAX + 1); i++) { /* look at all before taking any */
        const int at = i % (ARR_REGIONS_MAX + 1);
        char *path =
            at ? xasprintf("%s/region-%02d.png", folder, at) : xasprintf("%s/overview.png", folder);
        if (i <= ARR_REGIONS_MAX) {
            ok = check_target(path, item, e);
        } else {
            unlink(path);
        }
        free(path);
    }
    return ok;
}

static bool write_crops(const struct realize *r, const struct realize_item *item, const char *query,
                        const struct arr_result *result, struct err *e)
{
    if (!result->has_plan) {
        return err_set(e, ERR_USAGE, "there are no regions to cut out: %s", result->plan_why);
    }
    bool ok = file_mkdirs(r->crops, 0755, e) && remove_old_crops(r->crops, item, e) &&
              write_crop(r, item, result, &result->plan.overview, "overview.png", e);
    for (size_t i = 0; ok && i < result->plan.n_regions; i++) {
        char name[40];
        snprintf(name, sizeof name, "region-%02zu.png", i + 1);
        ok = write_crop(r, item, result, &result->plan.regions[i], name, e);
    }
    return ok && write_prompt(r, result, query, e);
}

/* ---- --dump ---- */

enum { DUMP_MAX = 16 };

/* Maps are stored tight: planes of G * G. */
struct dump {
    struct st_out tensors[DUMP_MAX];
    void *owned[DUMP_MAX];
    size_t n;
};

static void add_planes(struct dump *d, const char *name, const float *planes, int n_planes,
                       int grid)
{
    const size_t cells = (size_t)(grid * grid), n = (size_t)n_planes;
    float *data = xcalloc(n * cells, sizeof *data);
    for (size_t i = 0; i < n; i++) {
        memcpy(data + i * cells, planes + i * ARR_CELLS, cells * sizeof *data);
    }
    const uint64_t g = (uint64_t)grid;
    struct st_out *t = &d->tensors[d->n];
    *t = n_planes > 1 ? (struct st_out){name, ST_F32, 3, {(uint64_t)n_planes, g, g}, data}
                      : (struct st_out){name, ST_F32, 2, {g, g}, data};
    d->owned[d->n++] = data;
}

static void add_list(struct dump *d, const char *name, enum st_dtype dtype, const void *data,
                     size_t n, size_t size)
{
    void *copy = xcalloc(n ? n : 1, size);
    memcpy(copy, data, n * size);
    d->tensors[d->n] = (struct st_out){name, dtype, 1, {n}, copy};
    d->owned[d->n++] = copy;
}

static void add_choice(struct dump *d, const struct arr_result *r)
{
    int32_t topk[ARR_CELLS], budgets[ARR_CELLS];
    for (int i = 0; i < r->k; i++) {
        topk[i] = r->order[i];
    }
    for (int i = 0; i < r->budgets.k; i++) {
        budgets[i] = r->budgets.tokens[i];
    }
    add_list(d, "topk", ST_I32, topk, (size_t)r->k, sizeof *topk);
    add_list(d, "budgets", ST_I32, budgets, (size_t)r->budgets.k, sizeof *budgets);
}

/* The three weights of the learned balancer, or the three tensions of the closed form. */
static void add_weights(struct dump *d, const struct arr_result *r)
{
    const struct arr_balance_out *b = &r->balance;
    const float tensions[3] = {b->tensions.compress, b->tensions.exploit, b->tensions.focus};
    if (b->has_weights) {
        add_list(d, "weights", ST_F32, b->weights, ARR_WAYS, sizeof(float));
    }
    if (b->has_tensions) {
        add_list(d, "tensions", ST_F32, tensions, 3, sizeof(float));
    }
}

static bool write_dump(const struct realize *r, const struct realize_item *item, const char *query,
                       const struct arr_result *result, struct err *e)
{
    struct dump d = {.n = 0};
    char *image = as_utf8(item->name), *question = as_utf8(query ? query : "");
    const struct st_meta meta[] = {
        {"image", image}, {"query", question}, {"backend", result->backend}};
    add_planes(&d, "texture", result->texture.t[0], ARR_TEXTURE_CHANNELS, result->grid);
    add_planes(&d, "raw_edges", result->texture.raw_edges[0], 3, result->grid);
    add_planes(&d, "info", result->way[ARR_INFO], 1, result->grid);
    add_planes(&d, "persp", result->way[ARR_PERSP], 1, result->grid);
    add_planes(&d, "partic", result->way[ARR_PARTIC], 1, result->grid);
    add_planes(&d, "balanced", result->balance.balanced, 1, result->grid);
    add_weights(&d, result);
    add_choice(&d, result);
    if (result->array.have & ARR_WANT_ARRAY) {
        add_planes(&d, "channels40", result->array.c[0], ARR_ARRAY_CHANNELS, result->grid);
        add_list(&d, "channels40_state", ST_U8, result->array.state, ARR_ARRAY_CHANNELS, 1);
    }
    const bool ok = safetensors_write(r->dump, d.tensors, d.n, meta, sizeof meta / sizeof *meta, e);
    for (size_t i = 0; i < d.n; i++) {
        free(d.owned[i]);
    }
    free(image);
    free(question);
    return ok;
}

bool realize_write(const struct realize *r, const struct realize_item *item, const char *query,
                   const struct arr_result *result, struct err *e)
{
    return (!r->view_path || write_view(r, item, result, e)) &&
           (!r->crops || write_crops(r, item, query, result, e)) &&
           (!r->dump || write_dump(r, item, query, result, e));
}
