/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/weights.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/realize.h"
#include "core/cli/verb.h"

/* ---- numbers ---- */

static bool read_float(const char *text, const char *option, float *out, struct err *e)
{
    char *end = NULL;
    const double v = strtod(text, &end);
    if (end == text || *end || !(v >= -1e9 && v <= 1e9)) {
        return err_set(e, ERR_USAGE, "--%s takes a number, not \"%.40s\"", option, text);
    }
    *out = (float)v;
    return true;
}

/* "A,B,C" or, where one may stand for all, "A". */
static bool read_three(const char *text, const char *option, bool one_for_all, float out[3],
                       struct err *e)
{
    char *copy = xstrdup(text), *p = copy;
    int n = 0;
    bool ok = true;
    for (; ok && n < 3 && p; n++) {
        char *comma = strchr(p, ',');
        if (comma) {
            *comma = '\0';
        }
        ok = read_float(p, option, &out[n], e);
        p = comma ? comma + 1 : NULL;
    }
    if (ok && n == 1 && one_for_all) {
        out[1] = out[2] = out[0];
    } else if (ok && (n != 3 || p)) {
        ok = err_set(e, ERR_USAGE,
                     "--%s takes three numbers with commas between them, not \"%.60s\"", option,
                     text);
    }
    free(copy);
    return ok;
}

static bool read_int(const struct cli_args *args, const char *name, unsigned long min,
                     unsigned long max, int *out, struct err *e)
{
    unsigned long n = 0;
    if (!cli_number(args, name, min, max, (unsigned long)*out, &n, e)) {
        return false;
    }
    *out = (int)n;
    return true;
}

static bool is_word(const struct cli_args *args, const char *name, const char *word)
{
    const char *value = cli_value(args, name);
    return value && strcmp(value, word) == 0;
}

/* ---- groups of options ---- */

static bool read_mode(const struct cli_args *args, struct arr_options *o, struct err *e)
{
    if (is_word(args, "mode", "reference")) {
        o->balancer = ARR_BALANCER_ADAPTIVE;
    } else if (is_word(args, "mode", "tension")) {
        o->balancer = ARR_BALANCER_TENSION;
    } else if (is_word(args, "mode", "contextual")) {
        o->balancer = ARR_BALANCER_CONTEXTUAL;
    } else if (is_word(args, "mode", "40")) {
        o->texture = ARR_TEXTURE_40;
        o->balancer = ARR_BALANCER_TENSION;
    }
    if (cli_has(args, "v2") && o->texture == ARR_TEXTURE_40) {
        return err_set(e, ERR_USAGE,
                       "--v2 changes two of the 13 channels, --mode 40 looks at none");
    }
    o->texture = cli_has(args, "v2") ? ARR_TEXTURE_V2 : o->texture;
    o->resize = is_word(args, "resize", "torch") ? ARR_PATH_A : ARR_PATH_B;
    o->info = is_word(args, "info", "visual") ? ARR_INFO_VISUAL : ARR_INFO_REFERENCE;
    o->saliency = is_word(args, "saliency", "spectral") ? ARR_SPECTRAL : ARR_CENTRE_SURROUND;
    o->flow = is_word(args, "flow", "lk") ? ARR_FLOW_LK : ARR_FLOW_MATCH;
    o->temporal_reuse = is_word(args, "temporal", "reuse");
    o->literal_edges = cli_has(args, "literal-edges");
    o->compat_flat = cli_has(args, "no-flat-guard");
    return true;
}

static bool read_sliders(const struct cli_args *args, struct arr_options *o, struct err *e)
{
    const char *scale = cli_value(args, "scale"), *tensions = cli_value(args, "tensions");
    const char *explore = cli_value(args, "explore"), *cull = cli_value(args, "cull");
    float t[3] = {0};
    if ((scale && !read_three(scale, "scale", true, o->scale, e)) ||
        (tensions && !read_three(tensions, "tensions", false, t, e)) ||
        (explore && !read_float(explore, "explore", &o->explore, e)) ||
        (cull && !read_float(cull, "cull", &o->cull, e))) {
        return false;
    }
    if (tensions) {
        o->tensions = (struct arr_tensions){t[0], t[1], t[2]};
    }
    if (explore && o->explore < 0.0F) {
        return err_set(e, ERR_USAGE, "--explore goes from 0 to 1");
    }
    if (tensions && (t[0] < 0 || t[1] < 0 || t[2] < 0)) {
        return err_set(e, ERR_USAGE, "a tension goes from 0 to 1");
    }
    return true;
}

/* An option that would do nothing is told, not swallowed. */
static bool check_mode(const struct cli_args *args, const struct arr_options *o, struct err *e)
{
    static const char *const OF_40[] = {"cull", "saliency", "flow", "temporal", "literal-edges"};
    for (size_t i = 0; o->texture != ARR_TEXTURE_40 && i < sizeof OF_40 / sizeof *OF_40; i++) {
        if (cli_has(args, OF_40[i])) {
            err_set(e, ERR_USAGE, "--%s is about the 40 channels", OF_40[i]);
            return err_remedy(e, "Add --mode 40.");
        }
    }
    return true;
}

static bool read_budget(const struct cli_args *args, struct arr_options *o, struct err *e)
{
    const char *kappa = cli_value(args, "kappa");
    float exponent = (float)o->budget.kappa;
    int total = 0;
    if (!read_int(args, "cells", 1, (unsigned long)(o->grid * o->grid), &o->k, e) ||
        !read_int(args, "min-lod", 1, 65536, &o->budget.min_lod, e) ||
        !read_int(args, "max-lod", 2, 65536, &o->budget.max_lod, e) ||
        !read_int(args, "regions", 1, ARR_REGIONS_MAX, &o->region.max_regions, e) ||
        !read_int(args, "overview", 1, 65536, &o->region.overview, e) ||
        !read_int(args, "total", 1, 100000000, &total, e) ||
        (kappa && !read_float(kappa, "kappa", &exponent, e))) {
        return false;
    }
    if (kappa) {
        o->budget.kappa = (double)exponent;
    }
    o->region.min_lod = o->budget.min_lod;
    o->region.max_lod = o->budget.max_lod;
    o->region.kappa = o->budget.kappa;
    o->region.small = is_word(args, "small", "drop") ? ARR_SMALL_DROP : ARR_SMALL_RAISE;
    if (total) {
        o->budget.policy = ARR_EXACT;
        o->budget.total = total;
        o->region.total = total;
    }
    return true;
}

static bool read_vlm(struct realize *r, struct err *e)
{
    const char *name = cli_value(r->args, "vlm");
    const struct arr_vlm *vlm = arr_vlm_find(name ? name : "qwen3-vl");
    unsigned long min = 0, max = 0;
    if (!vlm) {
        return err_set(e, ERR_USAGE, "no processor is called \"%.40s\"", name);
    }
    r->vlm = *vlm;
    if (!cli_number(r->args, "min-pixels", 1, 1UL << 30, (unsigned long)vlm->min_pixels, &min, e) ||
        !cli_number(r->args, "max-pixels", 1, 1UL << 30, (unsigned long)vlm->max_pixels, &max, e)) {
        return false;
    }
    if (min > max) {
        return err_set(e, ERR_USAGE, "--min-pixels %lu is above --max-pixels %lu", min, max);
    }
    r->vlm.min_pixels = (long)min;
    r->vlm.max_pixels = (long)max;
    r->options.vlm = &r->vlm;
    return true;
}

static bool read_style(struct realize *r, struct err *e)
{
    static const char *const STYLE[] = {
        "dim",      "borders", "heatmap",  /* enum arr_homunculus */
        "semantic", "edges",   "spatial"}; /* enum arr_false_color */
    struct arr_view_options *o = &r->view_options;
    const char *triple = cli_value(r->args, "triple");
    float t[3] = {0};
    for (int i = 0; i < 6; i++) {
        if (is_word(r->args, "style", STYLE[i]) && i < 3) {
            o->homunculus = (enum arr_homunculus)i;
        } else if (is_word(r->args, "style", STYLE[i])) {
            o->false_color = (enum arr_false_color)(i - 3);
        }
    }
    if (triple && !read_three(triple, "triple", false, t, e)) {
        return false;
    }
    for (int i = 0; triple && i < 3; i++) {
        o->triple[i] = (int)t[i];
        if (!(t[i] >= 0.0F && t[i] < ARR_TEXTURE_CHANNELS)) {
            return err_set(e, ERR_USAGE, "--triple takes channels from 0 to 12, not \"%.40s\"",
                           triple);
        }
    }
    o->false_color = triple ? ARR_FALSE_CUSTOM : o->false_color;
    return true;
}

static bool read_view(struct realize *r, struct err *e)
{
    const char *view = cli_value(r->args, "view");
    r->view_path = cli_value(r->args, "output");
    r->view = ARR_VIEW_TOKENS;
    const bool is_png =
        r->view_path && (str_ends(r->view_path, ".png") || str_ends(r->view_path, ".PNG"));
    if (r->view_path && !is_png) {
        err_set(e, ERR_USAGE, "-o writes a PNG file, and \"%.60s\" is no name of one",
                r->view_path);
        return err_remedy(e, "Let the name end in .png.");
    }
    r->view_options.cell = -1;
    if (view && !arr_view_find(view, &r->view)) {
        return err_set(e, ERR_USAGE, "there is no view \"%.40s\"", view);
    }
    if (view && !r->view_path) {
        err_set(e, ERR_USAGE, "--view draws a picture and needs a place for it");
        return err_remedy(e, "Add -o FILE.png.");
    }
    const unsigned long last = (unsigned long)(r->options.grid * r->options.grid) - 1;
    if (!read_style(r, e)) {
        return false;
    }
    return !cli_has(r->args, "cell") ||
           read_int(r->args, "cell", 0, last, &r->view_options.cell, e);
}

/* ---- files ---- */

/* "1,2,3" to numbers; owned. */
static uint32_t *read_ids(const char *text, size_t *n, struct err *e)
{
    uint32_t *ids = xcalloc(strlen(text) / 2 + 1, sizeof *ids);
    bool ok = true;
    *n = 0;
    for (const char *p = text + strspn(text, ", "); ok && *p; p += strspn(p, ", ")) {
        const size_t len = strcspn(p, ", ");
        char *word = xstrndup(p, len);
        unsigned long long v = 0;
        ok = str_to_u64(word, UINT32_MAX, &v) ||
             err_set(e, ERR_USAGE, "--token-ids takes whole numbers, not \"%.40s\"", word);
        ids[(*n)++] = (uint32_t)v;
        free(word);
        p += len;
    }
    if (ok && *n > 0) {
        return ids;
    }
    if (ok) {
        err_set(e, ERR_USAGE, "--token-ids is empty");
    }
    free(ids);
    return NULL;
}

static bool read_vector(struct realize *r, struct err *e)
{
    const char *file = cli_value(r->args, "query-embedding");
    const char *checkpoint = cli_value(r->args, "embeddings"),
               *ids = cli_value(r->args, "token-ids");
    if (file && (checkpoint || ids)) {
        return err_set(e, ERR_USAGE,
                       "the question's vector comes from --query-embedding or from "
                       "--embeddings, not from both");
    }
    if (file) {
        r->vector = arr_query_read(file, &r->dim, e);
        return r->vector != NULL;
    }
    if (!checkpoint != !ids) {
        return err_set(e, ERR_USAGE, "--embeddings and --token-ids belong together");
    }
    if (checkpoint) {
        size_t n = 0;
        uint32_t *rows = read_ids(ids, &n, e);
        if (rows && str_starts(checkpoint, "hf://")) {
            r->vector = realize_hub_embed(r->globals, checkpoint, rows, n, r->dtype, &r->dim, e);
        } else if (rows) {
            r->vector = arr_query_embed(checkpoint, rows, n, r->dtype, &r->dim, e);
        }
        free(rows);
        return r->vector != NULL;
    }
    return true;
}

static bool read_files(struct realize *r, struct err *e)
{
    const char *lexicon = cli_value(r->args, "lexicon"), *weights = cli_value(r->args, "weights");
    if (lexicon) {
        r->lexicon = arr_lexicon_load(lexicon, e);
        r->setup.lexicon = r->lexicon;
    }
    if (weights) {
        r->weights = arr_weights_load(weights, e);
    }
    if ((lexicon && !r->lexicon) || (weights && !r->weights) || !read_vector(r, e)) {
        return false;
    }
    if (r->vector && !r->weights) {
        err_set(e, ERR_USAGE, "a query vector means nothing without the scorer's weights");
        return err_remedy(e, "Add --weights FILE.safetensors.");
    }
    const bool is_contextual = r->options.balancer == ARR_BALANCER_CONTEXTUAL;
    if (r->weights && !r->vector && !is_contextual) {
        err_set(e, ERR_USAGE, "the weights need the question as a vector");
        return err_remedy(e, "Add --query-embedding FILE, or --embeddings FILE --token-ids IDS.");
    }
    return true;
}

/* ---- all ---- */

static bool open_engine(struct realize *r, struct err *e)
{
    int device = 0, threads = 0;
    if (!read_int(r->args, "device", 0, 255, &device, e) ||
        (cli_has(r->args, "threads") && !read_int(r->args, "threads", 1, 1024, &threads, e))) {
        return false;
    }
    r->setup.device = device;
    r->setup.threads = threads;
    r->setup.backend = is_word(r->args, "backend", "cpu")    ? ARR_CPU
                       : is_word(r->args, "backend", "cuda") ? ARR_CUDA
                                                             : ARR_AUTO;
    r->engine = arr_new(&r->setup, e);
    return r->engine &&
           (!r->weights || arr_set_weights(r->engine, r->weights, r->vector, r->dim, r->dtype, e));
}

bool realize_init(struct realize *r, struct err *e)
{
    r->options = cli_has(r->args, "seed-grid") ? ARR_OPTIONS_SEED : ARR_OPTIONS_INIT;
    r->wants_json = cli_has(r->args, "json");
    r->n_queries = cli_values(r->args, "query", r->queries, REALIZE_QUERIES_MAX);
    r->crops = cli_value(r->args, "crops");
    r->dump = cli_value(r->args, "dump");
    if (r->n_queries > REALIZE_QUERIES_MAX) {
        return err_set(e, ERR_USAGE, "more than %d questions at once", REALIZE_QUERIES_MAX);
    }
    r->dtype = is_word(r->args, "query-dtype", "bf16") ? ARR_QUERY_BF16 : ARR_QUERY_F32;
    if (r->crops && !*r->crops) {
        return err_set(e, ERR_USAGE, "--crops needs the name of a folder");
    }
    return read_mode(r->args, &r->options, e) &&
           cli_number(r->args, "bench", 1, 1000000, 0, &r->bench, e) &&
           read_sliders(r->args, &r->options, e) && check_mode(r->args, &r->options, e) &&
           read_budget(r->args, &r->options, e) && read_vlm(r, e) && read_view(r, e) &&
           read_files(r, e) && open_engine(r, e);
}

void realize_done(struct realize *r)
{
    arr_free(r->engine);
    arr_weights_free(r->weights);
    arr_lexicon_free(r->lexicon);
    free(r->vector);
}
