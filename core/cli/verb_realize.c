/* SPDX-License-Identifier: Apache-2.0 */
/* realize: where a picture matters for a question, and how many visual tokens each part deserves.
 */
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/cli/cli.h"
#include "core/cli/realize.h"
#include "core/cli/verb.h"

#define VALUE(option, name_of_value, text)                                                         \
    {                                                                                              \
        .name = option, .kind = CLI_VALUE, .arg = name_of_value, .help = text                      \
    }

static const struct cli_option REALIZE_OPTIONS[] = {
    {.name = "query",
     .letter = 'q',
     .kind = CLI_LIST,
     .arg = "TEXT",
     .help = "the question; several with --compare-queries"},
    {.name = "mode",
     .kind = CLI_VALUE,
     .arg = "MODE",
     .help = "how to balance, and over which channels (tension)",
     .choices = "tension reference contextual 40"},
    VALUE("total", "N", "tokens for everything together, never more"),
    VALUE("regions", "N", "at most N regions (4)"),
    VALUE("overview", "N", "tokens for the whole picture (256)"),
    {.name = "cells",
     .letter = 'k',
     .kind = CLI_VALUE,
     .arg = "N",
     .help = "choose N of the 1024 cells (200)"},
    VALUE("min-lod", "N", "the fewest tokens of a cell or region (64)"),
    VALUE("max-lod", "N", "the most tokens of a cell or region (400)"),
    VALUE("kappa", "X", "exponent of the curve between them (3.2)"),
    {.name = "small",
     .kind = CLI_VALUE,
     .arg = "POLICY",
     .help = "regions under the model's minimum: raise them to it, or drop them (raise)",
     .choices = "raise drop"},
    {.name = "vlm",
     .kind = CLI_VALUE,
     .arg = "NAME",
     .help = "whose prices count (qwen3-vl)",
     .choices = "qwen3-vl qwen2-vl qwen2-vl-class qwen-utils-28 qwen-utils-32"},
    VALUE("min-pixels", "N", "the processor's least pixels, when the server sets its own"),
    VALUE("max-pixels", "N", "the processor's most pixels, when the server sets its own"),
    VALUE("scale", "I,P,Q", "weight of the three ways, 0 to 30; one number for all (1,1,1)"),
    VALUE("tensions", "C,E,F", "compress, exploit, focus, 0 to 1; else from the question"),
    VALUE("explore", "X", "0 to 1: look where nothing is known"),
    VALUE("cull", "X", "with --mode 40: never choose cells further than X from an edge"),
    {.name = "info",
     .kind = CLI_VALUE,
     .arg = "KIND",
     .help = "information as in the reference, or of the pixels (reference)",
     .choices = "reference visual"},
    {.name = "saliency",
     .kind = CLI_VALUE,
     .arg = "KIND",
     .help = "with --mode 40 (surround)",
     .choices = "surround spectral"},
    {.name = "v2", .help = "use coherence and contrast for the two duplicate channels"},
    {.name = "resize",
     .kind = CLI_VALUE,
     .arg = "PATH",
     .help = "antialiased as the Space, or as the library (space)",
     .choices = "space torch"},
    {.name = "literal-edges", .help = "with --mode 40: channel 4 as the plan's text has it"},
    {.name = "no-flat-guard", .help = "scale even channels without any range, as the reference"},
    {.name = "seed-grid", .help = "14 x 14 cells, every one chosen, 200 tokens on average"},
    {.name = "lexicon",
     .kind = CLI_VALUE,
     .arg = "FILE",
     .help = "words and rules instead of the built-in ones",
     .is_path = true},
    {.name = "weights",
     .kind = CLI_VALUE,
     .arg = "FILE",
     .help = "scorer and balancer of the reference, safetensors",
     .is_path = true},
    {.name = "query-embedding",
     .kind = CLI_VALUE,
     .arg = "FILE",
     .help = "the question as a vector, safetensors",
     .is_path = true},
    {.name = "embeddings",
     .kind = CLI_VALUE,
     .arg = "FILE",
     .help = "take the vector from this model's embedding table; also hf://OWNER/NAME/FILE",
     .is_path = true},
    VALUE("token-ids", "IDS", "the question's tokens for --embeddings: 1,2,3"),
    {.name = "query-dtype",
     .kind = CLI_VALUE,
     .arg = "TYPE",
     .help = "round the vector as the reference's model does (f32)",
     .choices = "f32 bf16"},
    {.name = "sequence", .help = "the pictures are frames of one scene, in this order"},
    {.name = "flow",
     .kind = CLI_VALUE,
     .arg = "KIND",
     .help = "with --mode 40, of frames: motion by matching or by gradients (blocks)",
     .choices = "blocks lk"},
    {.name = "temporal",
     .kind = CLI_VALUE,
     .arg = "RULE",
     .help = "with --mode 40, of frames: keep channels where the last one was relevant (plain)",
     .choices = "plain reuse"},
    {.name = "view",
     .kind = CLI_VALUE,
     .arg = "NAME",
     .help = "which picture -o draws (tokens)",
     .choices = "overview homunculus heatmaps three-ways textures channels false-color comparison "
                "metrics query-impact attribution inspector balanced tokens"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_VALUE,
     .arg = "FILE",
     .help = "draw a picture of the result as PNG",
     .is_path = true},
    {.name = "style",
     .kind = CLI_VALUE,
     .arg = "STYLE",
     .help = "of homunculus (dim borders heatmap) and false-color (semantic edges spatial)",
     .choices = "dim borders heatmap semantic edges spatial"},
    VALUE("triple", "R,G,B", "three channels for --view false-color, 0 to 12"),
    VALUE("cell", "N", "the cell that --view inspector shows (the best)"),
    {.name = "crops",
     .kind = CLI_VALUE,
     .arg = "DIR",
     .help = "write the pictures to send, and prompt.json",
     .is_path = true},
    {.name = "dump",
     .kind = CLI_VALUE,
     .arg = "FILE",
     .help = "write every tensor of the run, safetensors",
     .is_path = true},
    {.name = "compare-queries", .help = "say how much the questions change"},
    {.name = "backend",
     .kind = CLI_VALUE,
     .arg = "NAME",
     .help = "where to compute (auto)",
     .choices = "auto cpu cuda"},
    VALUE("device", "N", "which GPU (0)"),
    VALUE("threads", "N", "of the CPU (all cores)"),
    VALUE("bench", "N", "run N times and print how long the stages take"),
    CLI_OPTION_JSON,
    {.name = NULL},
};

/* ---- pictures one by one ---- */

static const char *the_query(const struct realize *r)
{
    return r->n_queries ? r->queries[0] : NULL;
}

static void put_result(struct realize *r, struct cli_table *rows, const struct realize_item *item,
                       const struct arr_result *result)
{
    if (r->wants_json) {
        cli_put_json(&r->out, realize_json(r, item, the_query(r), result));
    } else if (rows) {
        realize_rows_add(rows, item, result);
    } else {
        realize_print(r, item, the_query(r), result);
    }
}

static bool do_one(struct realize *r, struct cli_table *rows, const struct realize_item *item,
                   bool is_frame, struct arr_result *result, struct err *e)
{
    const struct arr_image image = realize_image(&item->picture);
    if (!(is_frame ? arr_set_frame : arr_set_image)(r->engine, &image, e) ||
        !arr_run(r->engine, &r->options, result, e)) {
        return err_wrap(e, "%s", item->name);
    }
    put_result(r, rows, item, result);
    return true;
}

/* Files are written of the last picture: of frames, of what all of them led to. */
static int write_last(const struct realize *r, struct realize_item *last,
                      const struct arr_result *result)
{
    struct err e = ERR_INIT;
    int code = 0;
    if (last->name && !realize_write(r, last, the_query(r), result, &e)) {
        err_wrap(&e, "%s", last->name);
        code = cli_fail(&e);
    }
    realize_item_done(last);
    return code;
}

enum { EMPTY_PLAN = 1 }; /* the exit code */

/* The tokens that were allowed buy nothing: a script must not go on with that. */
static bool is_empty(const struct realize *r, const struct arr_result *result)
{
    return r->options.region.total > 0 && !result->has_plan && result->budgets.k == 0;
}

static int one_by_one(struct realize *r, struct realize_input *in, bool is_sequence)
{
    const bool is_many = realize_input_count(in) > 1;
    struct cli_table *rows = is_many && !r->wants_json ? realize_rows_new() : NULL;
    struct arr_result *result = arr_result_new();
    struct realize_item item, last = {0};
    bool is_refused = false;
    int code = 0, got = 1;
    while (got && !is_refused) {
        struct err e = ERR_INIT;
        got = realize_input_next(in, &item, &e);
        if (got > 0) {
            realize_item_done(&last);
            last = item;
        }
        if (got > 0 && !do_one(r, rows, &item, is_sequence, result, &e)) {
            is_refused = e.code == ERR_USAGE; /* the options: all others would fare the same */
            realize_item_done(&last);
        }
        code = e.code ? cli_fail(&e) : code;
        if (got > 0 && !e.code && is_empty(r, result)) {
            code = code ? code : EMPTY_PLAN;
        }
    }
    const int write_code = write_last(r, &last, result);
    if (rows) {
        realize_print_many(r, the_query(r), result, rows);
        cli_table_free(rows);
    }
    arr_result_free(result);
    return write_code ? write_code : code;
}

/* ---- many pictures at once ---- */

enum { AT_ONCE = ARR_BATCH_DEVICE, PX_AT_ONCE = 64 * 1024 * 1024 };

struct batch {
    struct realize_item items[AT_ONCE];
    struct arr_image images[AT_ONCE];
    struct arr_result *results[AT_ONCE];
    size_t n;
};

static void fill_batch(struct batch *b, struct realize_input *in, bool *is_end, int *code)
{
    int64_t px = 0;
    b->n = 0;
    while (b->n < AT_ONCE && px < PX_AT_ONCE && !*is_end) {
        struct err e = ERR_INIT;
        const int got = realize_input_next(in, &b->items[b->n], &e);
        *is_end = got == 0;
        if (got < 0) {
            *code = cli_fail(&e);
        } else if (got > 0) {
            b->images[b->n] = realize_image(&b->items[b->n].picture);
            px += (int64_t)b->images[b->n].width * b->images[b->n].height;
            b->n++;
        }
    }
}

/* Together; when that takes more memory than there is, one after the other. */
static int do_batch(struct realize *r, struct cli_table *rows, struct batch *b, bool *is_end)
{
    struct err e = ERR_INIT;
    int code = 0;
    if (arr_run_batch(r->engine, b->images, b->n, &r->options, b->results, &e)) {
        for (size_t i = 0; i < b->n; i++) {
            put_result(r, rows, &b->items[i], b->results[i]);
        }
        return 0;
    }
    if (e.code == ERR_USAGE) {
        *is_end = true; /* the options: as in one_by_one */
        return cli_fail(&e);
    }
    for (size_t i = 0; i < b->n; i++) {
        err_clear(&e);
        if (!do_one(r, rows, &b->items[i], false, b->results[i], &e)) {
            code = cli_fail(&e);
        }
    }
    return code;
}

static int in_batches(struct realize *r, struct realize_input *in)
{
    struct cli_table *rows = r->wants_json ? NULL : realize_rows_new();
    struct batch *b = xcalloc(1, sizeof *b);
    bool is_end = false;
    int code = 0;
    for (size_t i = 0; i < AT_ONCE; i++) {
        b->results[i] = arr_result_new();
    }
    while (!is_end) {
        fill_batch(b, in, &is_end, &code);
        const int batch_code = do_batch(r, rows, b, &is_end);
        code = batch_code ? batch_code : code;
        for (size_t i = 0; i < b->n; i++) {
            realize_item_done(&b->items[i]);
        }
    }
    if (rows) {
        realize_print_many(r, the_query(r), b->results[0], rows);
        cli_table_free(rows);
    }
    for (size_t i = 0; i < AT_ONCE; i++) {
        arr_result_free(b->results[i]);
    }
    free(b);
    return code;
}

/* ---- the verb ---- */

static bool check_together(const struct realize *r, const struct realize_input *in,
                           bool is_sequence, struct err *e)
{
    const bool compares = cli_has(r->args, "compare-queries");
    if (compares && r->n_queries < 2) {
        return err_set(e, ERR_USAGE, "--compare-queries needs two questions: -q ONE -q OTHER");
    }
    if (!compares && r->n_queries > 1) {
        err_set(e, ERR_USAGE, "more than one question");
        return err_remedy(e, "Add --compare-queries to see how much they change.");
    }
    const bool only_prints = compares || r->bench;
    const bool writes = r->view_path || r->crops || r->dump;
    const bool is_many = realize_input_count(in) > 1;
    if (compares && r->bench) {
        return err_set(e, ERR_USAGE, "--bench and --compare-queries exclude each other");
    }
    if (only_prints && writes) {
        return err_set(e, ERR_USAGE,
                       "with --%s nothing is written: leave out -o, --crops and "
                       "--dump",
                       compares ? "compare-queries" : "bench");
    }
    if (only_prints && is_many) {
        return err_set(e, ERR_USAGE, "--%s takes one picture",
                       compares ? "compare-queries" : "bench");
    }
    if (writes && is_many && !is_sequence) {
        err_set(e, ERR_USAGE, "-o, --crops and --dump take one picture");
        return err_remedy(e, "Of frames (--sequence) they show the last one.");
    }
    return true;
}

static int do_single(struct realize *r, struct realize_input *in)
{
    struct realize_item item;
    struct err e = ERR_INIT;
    if (realize_input_next(in, &item, &e) < 0) {
        return cli_fail(&e);
    }
    const int code = r->bench ? realize_bench(r, &item) : realize_compare(r, &item);
    realize_item_done(&item);
    return code;
}

static int do_input(struct realize *r, struct realize_input *in)
{
    const bool is_sequence = cli_has(r->args, "sequence") || realize_input_has_video(in);
    struct err e = ERR_INIT;
    if (!check_together(r, in, is_sequence, &e) || !arr_set_query(r->engine, the_query(r), &e)) {
        return cli_fail(&e);
    }
    if (r->bench || cli_has(r->args, "compare-queries")) {
        return do_single(r, in);
    }
    return is_sequence || realize_input_count(in) == 1 ? one_by_one(r, in, is_sequence)
                                                       : in_batches(r, in);
}

static int run(const struct cli_globals *g, const struct cli_args *args)
{
    struct realize r = {.globals = g, .args = args};
    struct err e = ERR_INIT;
    int code = 0;
    cli_out_init(&r.out, g);
    struct realize_input *in =
        realize_init(&r, &e) ? realize_input_open(args->operands, args->n_operands, &e) : NULL;
    if (in) {
        code = do_input(&r, in);
        const int out_code = cli_out_done(&r.out);
        code = code ? code : out_code;
    } else {
        code = cli_fail(&e);
    }
    realize_input_close(in);
    realize_done(&r);
    return code;
}

const struct cli_verb CLI_VERB_REALIZE = {
    .name = "realize",
    .operands = "IMAGE...",
    .summary = "say where a picture matters for a question, in visual tokens",
    .about = "IMAGE is a PNG, JPEG or WebP file (- for stdin), a folder, or a Y4M video. The\n"
             "ARR-COC engine rates every cell of a 32 x 32 grid by information, salience\n"
             "and what the question names, and gives regions tokens by what they deserve.\n"
             "Nothing is downloaded; words that it does not know are told, not guessed.",
    .options = REALIZE_OPTIONS,
    .min_operands = 1,
    .max_operands = -1,
    .takes_path = true,
    .run = run,
};
