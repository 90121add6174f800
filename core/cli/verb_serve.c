/* SPDX-License-Identifier: Apache-2.0 */
/* serve: a folder of repos, or the official cache, over the Hub's own HTTP API. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/out.h"
#include "core/cli/repo_json.h"
#include "core/cli/verb.h"
#include "core/localhub/localhub.h"

enum { MAX_FAULTS = 32, MAX_NAMES = 32, MAX_NOTES = 20, OPEN_FILES = 4096 };

static const struct cli_option SERVE_OPTIONS[] = {
    {.name = "port",
     .letter = 'p',
     .kind = CLI_VALUE,
     .arg = "N",
     .help = "port (0: any free one)"},
    {.name = "bind",
     .kind = CLI_VALUE,
     .arg = "ADDRESS",
     .help = "address to listen on (127.0.0.1)"},
    {.name = "name",
     .kind = CLI_LIST,
     .arg = "NAME",
     .help = "one more name that clients may call it by"},
    {.name = "quiet", .letter = 'q', .help = "do not print a line for every request"},
    {.name = "fault",
     .kind = CLI_LIST,
     .arg = "SPEC",
     .help = "misbehave, for tests: 'latency=300 match=/api count=2'"},
    {.name = "hostile", .help = "add a repo that tries to harm terminals, for tests"},
    {.name = "split-storage", .help = "serve large files from a second port, as the Hub does"},
    CLI_OPTION_JSON,
    {.name = NULL},
};

/* Every --fault, parsed. texts is owned: the faults point into it. */
static bool parse_faults(const struct cli_args *args, struct localhub_fault *faults, char **texts,
                         size_t *n, struct err *e)
{
    const char *specs[MAX_FAULTS];
    const size_t given = cli_values(args, "fault", specs, MAX_FAULTS);
    *n = 0;
    if (given > MAX_FAULTS) {
        return err_set(e, ERR_USAGE, "at most %d faults", MAX_FAULTS);
    }
    for (size_t i = 0; i < given; i++) {
        texts[i] = xstrdup(specs[i]);
        *n = i + 1;
        if (!localhub_fault_parse(texts[i], &faults[i], e)) {
            return err_wrap(e, "--fault");
        }
    }
    return true;
}

static void print_json(struct cli_out *out, struct localhub *hub, const char *dir)
{
    cJSON *obj = cJSON_CreateObject();
    cli_json_text(obj, "url", localhub_url(hub));
    cli_json_text(obj, "dir", dir);
    cli_json_count(obj, "repos", true, localhub_repo_count(hub));
    cli_put_json(out, obj);
}

static void print_hints(struct cli_out *out, struct localhub *hub, const char *dir)
{
    char *clean = text_clean(dir);
    const char *url = localhub_url(hub);
    const size_t n = localhub_repo_count(hub);
    fprintf(out->f, "%s serves %zu %s of %s\n", url, n, n == 1 ? "repository" : "repositories", clean);
    fprintf(out->f, "  hfterm --endpoint %s\n", url);
    fprintf(out->f, "  HF_ENDPOINT=%s hf download OWNER/NAME\n", url);
    fprintf(out->f, "  curl %s/api/models\n", url);
    fputs("Ctrl-C ends it.\n", out->f);
    free(clean);
}

/* ---- what the folder holds that is not served ---- */

struct said {
    const sigset_t *end; /* signals that end the hub */
    size_t n;
    int got; /* the signal that came */
};

static void say(void *ctx, const char *sentence)
{
    struct said *said = ctx;
    if (said->n++ < MAX_NOTES) {
        char *clean = text_clean(sentence);
        fprintf(stderr, "note: %s\n", clean);
        free(clean);
    }
}

static bool is_over(void *ctx)
{
    static const struct timespec AT_ONCE = {0};
    struct said *said = ctx;
    said->got = said->got > 0 ? said->got : sigtimedwait(said->end, NULL, &AT_ONCE);
    return said->got > 0;
}

static void print_total(struct cli_out *out, const struct localhub_total *total)
{
    struct buf size = BUF_INIT;
    text_bytes(&size, total->bytes);
    fprintf(out->f, "%zu files, %s on the disk, what repositories share counted once\n",
            total->files, buf_str(&size));
    buf_done(&size);
}

/* Tells it while the hub already answers. True when a signal came meanwhile. */
static bool look_through(struct cli_out *out, struct localhub *hub, const sigset_t *end,
                         bool with_total)
{
    struct said said = {.end = end};
    struct localhub_total total;
    const struct localhub_listener listener = {say, is_over, &said};
    localhub_look_through(hub, &listener, &total);
    if (said.n > MAX_NOTES) {
        fprintf(stderr, "note: and %zu more like these\n", said.n - MAX_NOTES);
    }
    if (with_total && said.got <= 0) {
        print_total(out, &total);
    }
    return said.got > 0;
}

/* Blocked before any thread starts, so that only sigwait sees them. */
static void block_end_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* Shells often allow 1024, the hub could then take half as many clients. */
static void allow_many_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < OPEN_FILES) {
        files.rlim_cur = files.rlim_max < OPEN_FILES ? files.rlim_max : OPEN_FILES;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static int serve_until_signal(const struct cli_globals *g, const struct cli_args *args,
                              const struct localhub_options *options)
{
    struct err e = ERR_INIT;
    sigset_t set;
    int got = 0;
    block_end_signals(&set);
    allow_many_files();
    struct localhub *hub = localhub_start(options, &e);
    if (!hub) {
        return cli_fail(&e);
    }
    struct cli_out out;
    cli_out_init(&out, g);
    if (cli_has(args, "json")) {
        print_json(&out, hub, options->dir);
    } else {
        print_hints(&out, hub, options->dir);
    }
    int code = cli_out_done(&out);
    if (code == 0 && !look_through(&out, hub, &set, !cli_has(args, "json"))) {
        code = cli_out_done(&out);
        if (code == 0) {
            sigwait(&set, &got);
        }
    }
    localhub_stop(hub);
    return code;
}

static int run_serve(const struct cli_globals *g, const struct cli_args *args)
{
    struct err e = ERR_INIT;
    struct localhub_fault faults[MAX_FAULTS];
    char *texts[MAX_FAULTS] = {0};
    const char *names[MAX_NAMES];
    const size_t n_names = cli_values(args, "name", names, MAX_NAMES);
    size_t n_faults = 0;
    unsigned long port = 0;
    int code = 0;
    if (n_names > MAX_NAMES) {
        err_set(&e, ERR_USAGE, "at most %d names", MAX_NAMES);
        code = cli_fail(&e);
    } else if (!cli_number(args, "port", 0, 65535, 0, &port, &e) ||
               !parse_faults(args, faults, texts, &n_faults, &e)) {
        code = cli_fail(&e);
    } else {
        const struct localhub_options options = {
            .dir = args->operands[0],
            .bind = cli_value(args, "bind"),
            .names = names,
            .n_names = n_names,
            .port = (uint16_t)port,
            .with_hostile_repo = cli_has(args, "hostile"),
            .split_storage = cli_has(args, "split-storage"),
            .faults = faults,
            .n_faults = n_faults,
            .log_requests = !cli_has(args, "quiet"),
        };
        code = serve_until_signal(g, args, &options);
    }
    for (size_t i = 0; i < n_faults; i++) {
        free(texts[i]);
    }
    return code;
}

const struct cli_verb CLI_VERB_SERVE = {
    .name = "serve",
    .operands = "DIR",
    .summary = "serve a folder of repositories, or the local cache, as a Hub",
    .about = "DIR holds models/OWNER/NAME, datasets/... and spaces/..., or is a cache of the\n"
             "official client (~/.cache/huggingface/hub). hfterm, the official Python client\n"
             "and curl can read from it. docs/localhub.md tells more.",
    .options = SERVE_OPTIONS,
    .min_operands = 1,
    .max_operands = 1,
    .takes_path = true,
    .run = run_serve,
};
