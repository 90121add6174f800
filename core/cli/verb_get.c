/* SPDX-License-Identifier: Apache-2.0 */
/* get: one file of a repo, saved. The download runs on a pool thread; this one shows how far it is
 * and waits for Ctrl-C, which keeps what came. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/notes.h"
#include "core/cli/out.h"
#include "core/cli/repo_json.h"
#include "core/cli/repo_name.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"
#include "core/task/pool.h"
#include "core/task/queue.h"
#include "core/task/task.h"
#include "core/transfer/download.h"

enum {
    TICK_MS = 50,
    LINE_MS = 200,
    JSON_MS = 500,
    WAIT_MS = 5000, /* without a byte: said, and again after twice that and so on */
    NOT_FOUND = 4,
    INTERRUPTED = 130,
};

static const struct cli_option GET_OPTIONS[] = {
    {.name = "type",
     .kind = CLI_VALUE,
     .arg = "KIND",
     .help = "what REPO is (model)",
     .choices = "model dataset space"},
    {.name = "revision",
     .letter = 'r',
     .kind = CLI_VALUE,
     .arg = "REV",
     .help = "branch, tag, commit or refs/pr/N"},
    {.name = "force", .letter = 'f', .help = "replace the file that is there"},
    CLI_OPTION_JSON,
    {.name = NULL},
};

struct get {
    struct cli_out *out;
    bool wants_json, shows_line;
    struct hub *hub;
    struct download_spec spec;
    struct download_result result;
    struct task *task;
    uint64_t found;            /* bytes that an earlier run left: read again first, not fetched */
    int64_t began_ms, told_ms; /* told_ms: when progress was last written */
    uint64_t told_bytes, told_total;
    int64_t moved_ms;      /* when bytes last came */
    uint64_t moved_bytes;  /* how many there were then */
    int64_t next_wait_ms;  /* after so long without a byte that is said */
    int line_cols; /* of the progress line that stands on the terminal */
};

static void *run_job(struct task *t, void *arg, struct err *e)
{
    struct get *g = arg;
    return download_run(g->hub, &g->spec, t, &g->result, e) ? g : NULL;
}

/* ---- how far it is ---- */

static void put_rate(const struct get *g, uint64_t done, int64_t now, struct buf *line)
{
    const int64_t ms = now - g->told_ms;
    if (now - g->moved_ms >= WAIT_MS) {
        buf_printf(line, "  no byte for %lld s", (long long)(now - g->moved_ms) / 1000);
    } else if (ms > 0 && done >= g->told_bytes && g->told_bytes >= g->found) {
        buf_puts(line, "  ");
        text_bytes(line, (done - g->told_bytes) * 1000 / (uint64_t)ms);
        buf_puts(line, "/s");
    }
}

static void put_line(struct get *g, uint64_t done, uint64_t total, int64_t now)
{
    struct buf line = BUF_INIT;
    const char *slash = strrchr(g->spec.path, '/');
    char *name = text_clean(slash ? slash + 1 : g->spec.path);
    text_cut_middle(&line, name, 30, g->out->is_ascii);
    buf_puts(&line, "  ");
    text_bytes(&line, done);
    if (total) {
        buf_puts(&line, " of ");
        text_bytes(&line, total);
        buf_printf(&line, "  %d %%", (int)((double)done * 100 / (double)total));
    }
    put_rate(g, done, now, &line);
    const int cols = text_width(buf_str(&line));
    fprintf(stderr, "\r%s%*s", buf_str(&line), g->line_cols > cols ? g->line_cols - cols : 0, "");
    fflush(stderr);
    g->line_cols = cols;
    free(name);
    buf_done(&line);
}

static void end_line(struct get *g)
{
    if (g->line_cols) {
        fprintf(stderr, "\r%*s\r", g->line_cols, "");
    }
    g->line_cols = 0;
}

static void put_event(struct get *g, uint64_t done, uint64_t total)
{
    cJSON *obj = cJSON_CreateObject();
    cli_json_text(obj, "event", "progress");
    cli_json_count(obj, "bytes", true, done);
    cli_json_count(obj, "size", total > 0, total);
    cli_put_json(g->out, obj);
    fflush(g->out->f);
}

static void tell_waiting(const struct get *g, int64_t seconds)
{
    fprintf(stderr, "hfterm: no byte for %lld s\n", (long long)seconds);
    if (g->wants_json) {
        cJSON *obj = cJSON_CreateObject();
        cli_json_text(obj, "event", "waiting");
        cli_json_count(obj, "seconds", true, (uint64_t)seconds);
        cli_put_json(g->out, obj);
        fflush(g->out->f);
    }
}

static void tell_progress(struct get *g)
{
    const int64_t now = clock_mono_ms();
    uint64_t done = 0, total = 0;
    task_get_progress(g->task, &done, &total);
    if (done != g->moved_bytes) {
        g->moved_bytes = done;
        g->moved_ms = now;
        g->next_wait_ms = WAIT_MS;
    }
    if (!g->shows_line && now - g->moved_ms >= g->next_wait_ms) {
        tell_waiting(g, (now - g->moved_ms) / 1000);
        g->next_wait_ms *= 2;
    }
    const bool is_new = done != g->told_bytes || total != g->told_total;
    if (g->wants_json && is_new && now - g->told_ms >= JSON_MS) {
        put_event(g, done, total);
    } else if (g->shows_line && now - g->told_ms >= LINE_MS) {
        put_line(g, done, total, now);
    } else {
        return;
    }
    g->told_ms = now;
    g->told_bytes = done;
    g->told_total = total;
}

/* ---- running ---- */

/* Blocked before any thread starts, so that only sigtimedwait sees them. */
static void block_end_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* True when it was saved. *was_told: a signal asked to stop. */
static bool wait_for(struct get *g, struct queue *results, const sigset_t *set, bool *was_told,
                     struct err *e)
{
    const struct timespec at_once = {0};
    struct task_result *r = NULL;
    while (!r) {
        r = (struct task_result *)queue_wait(results, TICK_MS);
        if (sigtimedwait(set, NULL, &at_once) > 0) {
            *was_told = true;
            task_cancel(g->task);
        }
        if (!r) {
            tell_progress(g);
        }
    }
    const bool ok = r->value != NULL;
    *e = r->err;
    r->value = NULL;
    msg_free(&r->msg);
    return ok;
}

static bool download(struct get *g, const sigset_t *set, bool *was_told, struct err *e)
{
    struct queue *results = queue_new(1 << 20);
    struct pool *pool = pool_new(1, results);
    const struct job job = {.name = "downloading", .run = run_job, .arg = g};
    bool has_size = false;
    uint64_t size = 0;
    download_peek(&g->spec, &g->found, &has_size, &size);
    g->began_ms = g->told_ms = g->moved_ms = clock_mono_ms();
    g->next_wait_ms = WAIT_MS;
    g->task = pool_start(pool, &job);
    const bool ok = wait_for(g, results, set, was_told, e);
    end_line(g);
    task_unref(g->task);
    pool_free(pool);
    queue_free(results);
    return ok;
}

/* ---- what came of it ---- */

static void print_done(struct get *g)
{
    static const char *const PROOFS[] = {
        [DOWNLOAD_UNPROVEN] = "not checked: the server tells neither checksum nor size",
        [DOWNLOAD_BY_SIZE] = "size checked only: the server names no checksum",
        [DOWNLOAD_BY_GIT] = "checksum right (git)",
        [DOWNLOAD_BY_SHA256] = "checksum right (SHA-256)"};
    const struct download_result *r = &g->result;
    struct buf size = BUF_INIT;
    char *path = text_clean(r->path);
    text_bytes(&size, r->bytes);
    if (g->wants_json) {
        cJSON *obj = cJSON_CreateObject();
        cli_json_text(obj, "event", "done");
        cli_json_text(obj, "path", r->path);
        cli_json_count(obj, "bytes", true, r->bytes);
        cli_json_count(obj, "found", true, r->found);
        cli_json_text(obj, "sha256", r->sha256);
        cli_json_text(obj, "verified", download_proof_name(r->proof));
        cli_json_text(obj, "commit", r->commit);
        cli_json_count(obj, "ms", true, (uint64_t)(clock_mono_ms() - g->began_ms));
        cli_put_json(g->out, obj);
    } else if (g->out->is_tty) {
        fprintf(g->out->f, "%s  %s, %s\n", path, buf_str(&size), PROOFS[r->proof]);
    } else {
        fprintf(g->out->f, "%s\t%llu\t%s\t%s\n", path, (unsigned long long)r->bytes, r->sha256,
                download_proof_name(r->proof));
    }
    free(path);
    buf_done(&size);
}

static int fail_stopped(const struct get *g)
{
    struct buf kept = BUF_INIT;
    text_bytes(&kept, g->result.bytes);
    if (g->result.bytes && g->result.has_size) {
        buf_puts(&kept, " of ");
        text_bytes(&kept, g->result.size);
    }
    fflush(stdout);
    if (g->result.bytes) {
        fprintf(stderr, "hfterm: stopped; %s are kept\n        The same command goes on there.\n",
                buf_str(&kept));
    } else {
        fputs("hfterm: stopped before anything came\n", stderr);
    }
    buf_done(&kept);
    return INTERRUPTED;
}

static int get_file(struct get *g, const sigset_t *set)
{
    struct err e = ERR_INIT;
    bool was_told = false;
    int code = 0;
    if (download(g, set, &was_told, &e)) {
        print_done(g);
        code = cli_out_done(g->out);
    } else {
        code = was_told && e.code == ERR_CANCELLED ? fail_stopped(g) : cli_fail(&e);
        if (code == NOT_FOUND) {
            cli_note_other_kind(g->hub, g->spec.kind, g->spec.id, "get");
        }
    }
    download_result_done(&g->result);
    return code;
}

/* ---- what is asked for ---- */

/* REPO FILE [TO], or both in one word and [TO]. a has to be done with in both cases. */
static bool take_operands(struct get *g, const struct cli_args *args, struct hub_address *a, struct err *e)
{
    const char *name = args->operands[0];
    if (!cli_parse_repo(name, cli_value(args, "type"), cli_value(args, "revision"), hub_endpoint(g->hub), a, e)) {
        return false;
    }
    const size_t n_taken = a->path ? 1 : 2;
    if (a->path && args->n_operands > 2) {
        return err_set(e, ERR_USAGE, "%.100s names a file already; behind it stands where it goes", name);
    }
    if (!a->path && args->n_operands < 2) {
        err_set(e, ERR_USAGE, "hfterm get needs the FILE of %.100s to save", name);
        return err_remedy(e, "hfterm show %.100s --files lists them.", name);
    }
    g->spec.kind = a->kind;
    g->spec.id = a->id;
    g->spec.path = a->path ? a->path : args->operands[1];
    g->spec.to = args->n_operands > n_taken ? args->operands[n_taken] : NULL;
    g->spec.revision = a->revision;
    g->spec.may_replace = cli_has(args, "force");
    return true;
}

static int run_get(const struct cli_globals *globals, const struct cli_args *args)
{
    struct err e = ERR_INIT;
    struct cli_session session;
    struct cli_out out;
    sigset_t set;
    struct hub_address address = {0};
    struct get g = {.out = &out, .wants_json = cli_has(args, "json")};
    cli_out_init(&out, globals);
    out.is_tty = out.is_tty && !g.wants_json; /* an object a line, wherever it goes */
    g.shows_line = isatty(STDERR_FILENO) && !g.wants_json;
    block_end_signals(&set);
    if (!cli_session_open(globals, &session, &e)) {
        return cli_fail(&e);
    }
    cli_note_token(session.hub);
    g.hub = session.hub;
    const int code = take_operands(&g, args, &address, &e) ? get_file(&g, &set) : cli_fail(&e);
    hub_address_done(&address);
    cli_session_close(&session);
    return code;
}

const struct cli_verb CLI_VERB_GET = {
    .name = "get",
    .operands = "REPO FILE [TO]",
    .summary = "save one file of a repository, resumed and checked",
    .about = "REPO is named as with show, FILE as show REPO --files lists it; both may be one\n"
             "word, OWNER/NAME/FILE. TO is a file or a folder; without it the file goes into\n"
             "the current folder. What Ctrl-C or a broken connection leaves is kept beside\n"
             "it, and the same command goes on there.",
    .options = GET_OPTIONS,
    .min_operands = 1,
    .max_operands = 3,
    .takes_path = true,
    .run = run_get,
};
