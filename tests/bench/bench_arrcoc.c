/* SPDX-License-Identifier: Apache-2.0 */
/* The ARR-COC engine on the CPU: whole pictures, sliders, the 40 channels, and the Python reference
 * on the same machine in the same run.
 *
 *     bench_arrcoc HFTERM [PYTHON PEER REFERENCE]
 *
 * PYTHON has torch and kornia; PEER is tests/bench/peer_arrcoc.py; REFERENCE is a checkout of the
 * reference. Without them the ratio is skipped, with the reason in BENCH_ARRCOC_REASON.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/arrcoc.h"
#include "core/arrcoc/metrics.h"
#include "core/arrcoc/weights.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "tests/bench/measure.h"

enum { REPEAT = 400, REPEAT_LONG = 30 };

static uint8_t *picture(int w, int h)
{
    uint64_t seed = 7;
    uint8_t *rgb = xmalloc((size_t)w * (size_t)h * 3);
    for (size_t i = 0; i < (size_t)w * (size_t)h * 3; i++) {
        rgb[i] = (uint8_t)((arr_splitmix64(&seed) >> 58) + i / 3 % (size_t)w * 190 / (size_t)w);
    }
    return rgb;
}

static struct arr_image image_of(const uint8_t *rgb, int w, int h)
{
    return (struct arr_image){
        .format = ARR_RGB8, .pixels = rgb, .width = w, .height = h, .stride_bytes = (size_t)w * 3};
}

struct setting {
    const char *name, *goal;
    int width, height, threads, repeat;
    const char *query;
    struct arr_options options;
};

/* Median microseconds of arr_run on a picture that is new each time (the copy into the handle is
 * not counted). Negative: it failed. */
static double whole(const struct setting *s, double *worst)
{
    const struct arr_setup setup = {.backend = ARR_CPU, .threads = s->threads};
    struct err e = ERR_INIT;
    struct samples us = {0};
    struct arr *a = arr_new(&setup, &e);
    struct arr_result *r = arr_result_new();
    uint8_t *rgb = picture(s->width, s->height);
    const struct arr_image image = image_of(rgb, s->width, s->height);
    bool ok = a && arr_set_query(a, s->query, &e);
    for (int i = -3; ok && i < s->repeat; i++) {
        ok = arr_set_image(a, &image, &e) && arr_run(a, &s->options, r, &e);
        if (i >= 0) {
            samples_add(&us, (double)r->total_ns / 1e3);
        }
    }
    const double median = ok ? samples_percentile(&us, 50) : -1.0;
    *worst = samples_percentile(&us, 99);
    samples_done(&us);
    free(rgb);
    arr_result_free(r);
    arr_free(a);
    return median;
}

static void whole_row(const struct setting *s)
{
    double worst = 0.0;
    const double us = whole(s, &worst);
    if (us < 0.0) {
        row_skip(s->name, "the run failed");
        return;
    }
    row_value(s->name, us / 1e3, "ms", s->goal, "median of %d, p99 %.2f, %d thread%s", s->repeat,
              worst / 1e3, s->threads, s->threads == 1 ? "" : "s");
}

static struct arr_options path(enum arr_resize_path resize, enum arr_texture_kind texture)
{
    struct arr_options o = ARR_OPTIONS_INIT;
    o.resize = resize;
    o.texture = texture;
    return o;
}

static void whole_rows(void)
{
    const struct setting settings[] = {
        {"engine: 512x512, 13 channels and allocation", "0.3", 512, 512, 1, REPEAT, NULL,
         path(ARR_PATH_A, ARR_TEXTURE_13)},
        {"engine: 3840x2160, the same, path A", "1", 3840, 2160, 1, REPEAT, NULL,
         path(ARR_PATH_A, ARR_TEXTURE_13)},
        {"engine: 512x512 with a question, path B", "", 512, 512, 1, REPEAT,
         "where is the red mug left of the sink", path(ARR_PATH_B, ARR_TEXTURE_13)},
        {"engine: 3840x2160 with a question, path B", "", 3840, 2160, 2, REPEAT_LONG,
         "where is the red mug left of the sink", path(ARR_PATH_B, ARR_TEXTURE_13)},
        {"engine: 512x512, 40 channels", "25", 512, 512, 2, REPEAT_LONG, NULL,
         path(ARR_PATH_B, ARR_TEXTURE_40)},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        whole_row(&settings[i]);
    }
}

/* ---- sliders ---- */

static void slider_rows(void)
{
    const struct arr_setup setup = {.backend = ARR_CPU, .threads = 1};
    struct samples budget = {0}, scale = {0};
    struct arr_options o = ARR_OPTIONS_INIT;
    struct arr *a = arr_new(&setup, NULL);
    struct arr_result *r = arr_result_new();
    uint8_t *rgb = picture(1024, 768);
    const struct arr_image image = image_of(rgb, 1024, 768);
    bool ok = a && arr_set_image(a, &image, NULL) && arr_set_query(a, "small red things", NULL) &&
              arr_run(a, &o, r, NULL);
    for (int i = 0; ok && i < REPEAT; i++) {
        o.budget.max_lod = 256 + 16 * (i % 10);
        o.k = 100 + 16 * (i % 40);
        ok = arr_run(a, &o, r, NULL);
        samples_add(&budget, (double)r->total_ns / 1e6);
        o.scale[ARR_INFO] = 0.5F + (float)(i % 5);
        ok = ok && arr_run(a, &o, r, NULL);
        samples_add(&scale, (double)r->total_ns / 1e6);
    }
    if (ok) {
        row_value("engine: slider to new budgets", samples_percentile(&budget, 50), "ms", "0.2",
                  "K and max tokens move; median of %d, p99 %.3f, 1 thread", REPEAT,
                  samples_percentile(&budget, 99));
        row_value("engine: slider to a new map", samples_percentile(&scale, 50), "ms", "",
                  "a scale moves; p99 %.3f, 1 thread", samples_percentile(&scale, 99));
    } else {
        row_skip("engine: slider to new budgets", "the run failed");
    }
    samples_done(&budget);
    samples_done(&scale);
    free(rgb);
    arr_result_free(r);
    arr_free(a);
}

/* ---- the reference ---- */

static struct arr_weights *golden_weights(float **query, int *dim)
{
    struct err e = ERR_INIT;
    struct arr_weights *w = arr_weights_load("tests/golden/arrcoc/weights2048.safetensors", &e);
    *query = w ? arr_query_read("tests/golden/arrcoc/query2048.safetensors", dim, &e) : NULL;
    if (!*query) {
        fprintf(stderr, "bench_arrcoc: %s\n", e.msg);
    }
    return w;
}

/* The same work as the reference's four stages: trained scorer, learned balancer, top 200. */
static double reference_work_us(void)
{
    const struct arr_setup setup = {.backend = ARR_CPU, .threads = 1};
    struct samples us = {0};
    struct arr_options o = path(ARR_PATH_A, ARR_TEXTURE_13);
    float *query = NULL;
    int dim = 0;
    struct arr_weights *w = golden_weights(&query, &dim);
    struct arr *a = arr_new(&setup, NULL);
    struct arr_result *r = arr_result_new();
    uint8_t *rgb = picture(512, 512);
    const struct arr_image image = image_of(rgb, 512, 512);
    o.balancer = ARR_BALANCER_ADAPTIVE;
    bool ok = query && arr_set_weights(a, w, query, dim, ARR_QUERY_F32, NULL);
    for (int i = -3; ok && i < REPEAT; i++) {
        ok = arr_set_image(a, &image, NULL) && arr_run(a, &o, r, NULL);
        if (i >= 0) {
            samples_add(&us, (double)r->total_ns / 1e3);
        }
    }
    const double median = ok ? samples_percentile(&us, 50) : -1.0;
    samples_done(&us);
    free(query);
    free(rgb);
    arr_result_free(r);
    arr_free(a);
    arr_weights_free(w);
    return median;
}

/* The faster of the peer's thread counts in microseconds; negative with the reason in why. */
static double peer_us(char **argv, char *why, size_t n_why)
{
    struct buf command = BUF_INIT;
    char line[4096] = "";
    double best = -1.0;
    buf_printf(&command, "'%s' '%s' '%s' 2>/dev/null", argv[0], argv[1], argv[2]);
    FILE *f = popen(buf_str(&command), "r");
    buf_done(&command);
    const bool got = f && fgets(line, sizeof line, f);
    if (f) {
        pclose(f);
    }
    cJSON *json = got ? json_parse(line, strlen(line), NULL) : NULL;
    const char *skipped = json_str(json, "skipped");
    snprintf(why, n_why, "%s", skipped ? skipped : "the peer printed no times");
    const cJSON *us = json_obj(json, "us"), *one = NULL;
    cJSON_ArrayForEach(one, us)
    {
        double total = 0.0;
        if (json_num(one, "total", &total) && (best < 0.0 || total < best)) {
            best = total;
        }
    }
    cJSON_Delete(json);
    return best;
}

static void reference_rows(int argc, char **argv)
{
    char why[128];
    snprintf(why, sizeof why, "%s",
             getenv("BENCH_ARRCOC_REASON") ? getenv("BENCH_ARRCOC_REASON") : "no reference");
    const double ours = reference_work_us();
    const double theirs = argc > 4 ? peer_us(argv + 2, why, sizeof why) : -1.0;
    if (ours < 0.0) {
        row_skip("engine: the reference's four stages", "the golden weights cannot be read");
        return;
    }
    row_value("engine: the reference's four stages", ours / 1e3, "ms", "",
              "512x512, scorer and balancer with D = 2048, 1 thread");
    if (theirs < 0.0) {
        row_skip("engine: as part of the reference's time", "%s", why);
        return;
    }
    row_value("engine: as part of the reference's time", ours / theirs, "times", "0.0333",
              "PyTorch %.2f ms, %.0f times ours", theirs / 1e3, theirs / ours);
}

int main(int argc, char **argv)
{
    whole_rows();
    slider_rows();
    reference_rows(argc, argv);
    return 0;
}
