/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/session.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/cli/cli.h"
#include "core/cli/watch.h"
#include "core/hub/hub.h"
#include "core/localhub/localhub.h"
#include "core/net/http.h"
#include "core/net/httpcache.h"

enum {
    CACHE_BYTES = 64 * 1024 * 1024,
    TOKEN_FILE_MAX = 64 * 1024,
    QUESTION_MS = 120 * 1000,
};

static bool start_demo(struct cli_session *s, struct err *e)
{
    char *dir = paths_data("demo");
    if (!dir) {
        err_set(e, ERR_NOT_FOUND, "the demo content is not installed");
        return err_remedy(
            e, "Set HFTERM_DATA_DIR to the folder that holds demo/, or run make install.");
    }
    const struct localhub_options options = {
        .dir = dir, .with_hostile_repo = true, .moves_spaces = true, .in_background = true};
    s->localhub = localhub_start(&options, e);
    free(dir);
    return s->localhub || err_wrap(e, "starting the demo hub");
}

/* Every demo has another port, so nothing stored by an earlier one is of use: see
 * cli_session_close. */
static void open_cache(const struct cli_globals *g, struct cli_session *s)
{
    if (!g->is_demo) {
        s->cache = httpcache_new(NULL, CACHE_BYTES);
        return;
    }
    char *dir = paths_cache("demo");
    s->cache = httpcache_new(dir, CACHE_BYTES);
    free(dir);
}

static bool open_hub(const struct cli_globals *g, struct cli_session *s, struct err *e)
{
    struct hub_options options = {.endpoint = g->endpoint, .is_readonly = g->is_readonly};
    struct buf token = BUF_INIT;
    char *source = NULL;
    if (s->localhub) {
        const char *demo_token = localhub_demo_token(s->localhub);
        options.endpoint = localhub_url(s->localhub);
        options.token = demo_token ? demo_token : "";
        options.token_source = "the demo";
    } else if (g->token_file) {
        if (!file_read_any(g->token_file, &token, TOKEN_FILE_MAX, e)) {
            buf_done(&token);
            return err_wrap(e, "--token-file");
        }
        source = xasprintf("--token-file %s", g->token_file);
        options.token = buf_str(&token);
        options.token_source = source;
    }
    s->hub = hub_new(s->http, s->cache, &options, e);
    if (token.p) {
        OPENSSL_cleanse(token.p, token.cap);
    }
    buf_done(&token);
    free(source);
    return s->hub != NULL;
}

static bool open_all(const struct cli_globals *g, struct cli_session *s, struct err *e)
{
    if (g->log && !log_open(g->log, e)) {
        return err_wrap(e, "--log");
    }
    if (g->is_demo && !start_demo(s, e)) {
        return false;
    }
    const struct http_options options = {.is_offline = cli_is_offline(g)};
    s->http = http_new(&options, e);
    if (!s->http) {
        return false;
    }
    open_cache(g, s);
    return open_hub(g, s, e);
}

bool cli_session_open(const struct cli_globals *g, struct cli_session *s, struct err *e)
{
    *s = (struct cli_session){0};
    if (open_all(g, s, e)) {
        return true;
    }
    cli_session_close(s);
    return false;
}

void cli_session_wait(struct cli_session *s, size_t questions)
{
    http_end_within(s->http, (int64_t)questions * QUESTION_MS);
    s->watch = cli_watch_start(s->http);
}

void cli_session_close(struct cli_session *s)
{
    cli_watch_stop(s->watch);
    hub_free(s->hub);
    http_free(s->http);
    if (s->localhub && s->cache) { /* also what a demo that crashed has left */
        httpcache_clear(s->cache, NULL);
    }
    httpcache_free(s->cache);
    localhub_stop(s->localhub);
    *s = (struct cli_session){0};
    log_close();
}
