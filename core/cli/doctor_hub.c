/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/cli/cli.h"
#include "core/cli/doctor.h"
#include "core/cli/session.h"
#include "core/hub/hub.h"

static bool is_loopback(const char *endpoint)
{
    return str_starts(endpoint, "http://127.") || str_starts(endpoint, "http://localhost") ||
           str_starts(endpoint, "http://[::1]");
}

static void check_token_file(struct doctor *d)
{
    char *path = paths_hf_token();
    struct stat st;
    if (stat(path, &st) == 0 && (st.st_mode & 077) != 0) {
        char *remedy = xasprintf("chmod 600 %s", path);
        doctor_add(d, "token file", DOCTOR_WARNING, remedy, "%s can be read by others (mode %03o)",
                   path, (unsigned)st.st_mode & 0777);
        free(remedy);
    }
    free(path);
}

static void check_token(struct doctor *d, const struct hub *hub)
{
    const char *endpoint = hub_endpoint(hub);
    if (!hub_has_token(hub)) {
        doctor_add(
            d, "token", DOCTOR_WARNING,
            "Public repositories need none. For private and gated ones: hf auth login, or set "
            "HF_TOKEN.",
            "%s", hub_token_source(hub));
    } else if (str_starts(endpoint, "http://") && !is_loopback(endpoint)) {
        doctor_add(d, "token", DOCTOR_WARNING,
                   "Use an https endpoint: anybody on the way can read it.",
                   "from %s, sent without encryption", hub_token_source(hub));
    } else {
        doctor_add(d, "token", DOCTOR_OK, "", "from %s", hub_token_source(hub));
    }
    if (!d->globals->is_demo) {
        check_token_file(d);
    }
}

/* One small request that needs no account: reachable, how fast, and is it a Hub at all? */
static bool check_endpoint(struct doctor *d, struct hub *hub)
{
    struct err e = ERR_INIT;
    struct hub_get get = {.fresh = HUB_RELOAD};
    const struct hub_query q = {.kind = HUB_MODEL, .limit = 1};
    const int64_t start_ms = clock_mono_ms();
    struct hub_page *page = hub_list(hub, &q, &get, &e);
    const int64_t took_ms = clock_mono_ms() - start_ms;
    if (page) {
        doctor_add(d, "endpoint", DOCTOR_OK, "", "%s answers in %lld ms", hub_endpoint(hub),
                   (long long)took_ms);
    } else {
        doctor_add(d, "endpoint", DOCTOR_MISSING, e.remedy, "%s: %s", hub_endpoint(hub), e.msg);
    }
    hub_page_free(page);
    return page != NULL;
}

static void check_account(struct doctor *d, struct hub *hub)
{
    struct err e = ERR_INIT;
    struct hub_get get = {.fresh = HUB_NORMAL};
    struct hub_account *a = hub_whoami(hub, &get, &e);
    if (a) {
        doctor_add(d, "account", DOCTOR_OK, "", "%s%s%s%s%s", a->name,
                   a->token_name ? ", token " : "", a->token_name ? a->token_name : "",
                   a->token_role ? ", right to " : "", a->token_role ? a->token_role : "");
    } else {
        doctor_add(d, "account", DOCTOR_MISSING, e.remedy, "%s", e.msg);
    }
    hub_account_free(a);
}

void doctor_check_hub(struct doctor *d)
{
    struct err e = ERR_INIT;
    struct cli_session s;
    if (!cli_session_open(d->globals, &s, &e)) {
        doctor_add(d, "client", DOCTOR_MISSING, e.remedy, "%s", e.msg);
        return;
    }
    cli_session_wait(&s, 2);
    check_token(d, s.hub);
    if (cli_is_offline(d->globals)) {
        doctor_add(d, "endpoint", DOCTOR_WARNING,
                   "Unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE, or leave out --offline.",
                   "%s is not asked: offline", hub_endpoint(s.hub));
    } else if (check_endpoint(d, s.hub) && hub_has_token(s.hub)) {
        check_account(d, s.hub);
    }
    cli_session_close(&s);
}
