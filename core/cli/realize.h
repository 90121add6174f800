/* SPDX-License-Identifier: Apache-2.0 */
/* realize.h - the verb realize in parts: options, pictures, what is printed, what is written. */
#ifndef HFTERM_CORE_CLI_REALIZE_H
#define HFTERM_CORE_CLI_REALIZE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arrcoc/arrcoc.h"
#include "core/arrcoc/views.h"
#include "core/arrcoc/weights.h"
#include "core/cli/out.h"
#include "core/format/picture.h"

struct cli_args;
struct cli_globals;
struct err;

enum { REALIZE_QUERIES_MAX = 16 };

struct realize {
    const struct cli_globals *globals;
    const struct cli_args *args;
    struct cli_out out;
    bool wants_json;

    const char *queries[REALIZE_QUERIES_MAX];
    size_t n_queries;
    struct arr_options options;
    struct arr_vlm vlm; /* the model's numbers, as changed by --min-pixels and --max-pixels */
    struct arr_setup setup;
    struct arr_lexicon *lexicon; /* of --lexicon; NULL: the built-in one */
    struct arr_weights *weights;
    float *vector; /* the query's embedding */
    int dim;
    enum arr_query_dtype dtype;
    struct arr *engine;

    enum arr_view view;
    struct arr_view_options view_options;
    const char *view_path, *crops, *dump;
    unsigned long bench;
};

/* ---- realize_options.c ---- */

/* Reads options and files and opens the engine. realize_done also after a failure. */
bool realize_init(struct realize *r, struct err *e);
void realize_done(struct realize *r);

/* ---- realize_hub.c ---- */

/* The mean of embedding rows of a checkpoint on the Hub: hf://OWNER/NAME/PATH (hf://datasets/...
 * too). Only the header and those rows travel. Owned: free. */
float *realize_hub_embed(const struct cli_globals *g, const char *address, const uint32_t *ids,
                         size_t n, enum arr_query_dtype dtype, int *dim, struct err *e);

/* ---- realize_input.c ---- */

/* One picture on its way through the verb. */
struct realize_item {
    char *name; /* path, or "clip.y4m#12" */
    struct picture picture;
};
void realize_item_done(struct realize_item *item);

struct realize_input; /* opaque: the pictures of the operands, one after the other */

/* Files, folders (their PNG, JPEG and WebP files by name) and Y4M files. ERR_NOT_FOUND. */
struct realize_input *realize_input_open(const char *const *operands, size_t n, struct err *e);
void realize_input_close(struct realize_input *in);
/* How many pictures there are as far as is known without reading them; Y4M counts as 2. */
size_t realize_input_count(const struct realize_input *in);
bool realize_input_has_video(const struct realize_input *in);
/* 1: a picture, 0: no more, -1: this one cannot be read (the next call goes on behind it). */
int realize_input_next(struct realize_input *in, struct realize_item *item, struct err *e);

/* ---- realize_json.c, realize_table.c ---- */

cJSON *realize_json(const struct realize *r, const struct realize_item *item, const char *query,
                    const struct arr_result *result);
void realize_print(struct realize *r, const struct realize_item *item, const char *query,
                   const struct arr_result *result);
/* One row a picture, for many. */
struct cli_table *realize_rows_new(void);
void realize_rows_add(struct cli_table *t, const struct realize_item *item,
                      const struct arr_result *result);

/* The rows, with the question and how it was understood (of the last picture) before them. */
void realize_print_many(struct realize *r, const char *query, const struct arr_result *last,
                        const struct cli_table *rows);

/* What was understood of the query in one line: "lexical: red -> colour; ignored: mug". */
struct buf;
void realize_reading(const struct arr_result *result, bool is_ascii, struct buf *out);
/* The words for the flags, one line each, "" when all is well. */
void realize_remarks(const struct arr_result *result, struct buf *out);

/* ---- realize_files.c ---- */

/* --view with -o, --crops, --dump. */
bool realize_write(const struct realize *r, const struct realize_item *item, const char *query,
                   const struct arr_result *result, struct err *e);

/* ---- realize_compare.c, realize_bench.c ---- */

/* --compare-queries: how far the maps of the questions are apart. Returns the exit code. */
int realize_compare(struct realize *r, const struct realize_item *item);
/* --bench N: times of the stages, cold and by what a slider touches. Returns the exit code. */
int realize_bench(struct realize *r, const struct realize_item *item);

struct arr_image realize_image(const struct picture *p);

#endif
