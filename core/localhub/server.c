/* SPDX-License-Identifier: Apache-2.0 */
/* localhub_start: what has to be there at once, the sockets and who may log in. The rest is the
 * loop's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/localhub/hashes.h"
#include "core/localhub/hosts.h"
#include "core/localhub/journal.h"
#include "core/localhub/listen.h"
#include "core/localhub/localhub.h"
#include "core/localhub/notes.h"
#include "core/localhub/serving.h"
#include "core/localhub/spaces.h"
#include "core/localhub/store.h"

enum { CONNECTIONS_DEFAULT = 1024, HEAD_MS_DEFAULT = 10 * 1000 };

static bool open_socket(struct localhub *hub, struct lh_port *port,
                        const struct localhub_options *o, uint16_t number, char **url,
                        struct err *e)
{
    struct lh_socket listening;
    const char *address = o->bind ? o->bind : "127.0.0.1";
    if (!lh_listen(address, number, &listening, e)) {
        return false;
    }
    if (!hub->hosts) {
        hub->hosts = lh_hosts_new(address, listening.is_loopback, o->names, o->n_names);
    }
    port->hub = hub;
    port->listen_fd = listening.fd;
    port->is_ipv6 = listening.is_ipv6;
    port->max_connections =
        o->max_connections > 0 ? (unsigned)o->max_connections : CONNECTIONS_DEFAULT;
    *url = listening.url;
    return true;
}

static void put_hex(char *out, const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
}

/* Not hashed: the first hash of a process costs a start of the TLS library. */
static bool make_secret(struct localhub *hub, struct err *e)
{
    unsigned char noise[sizeof hub->secret / 2];
    unsigned char other[sizeof hub->run_id / 2];
    if (getrandom(noise, sizeof noise, 0) != sizeof noise ||
        getrandom(other, sizeof other, 0) != sizeof other) {
        return err_set(e, ERR_IO, "this machine gives no random numbers");
    }
    put_hex(hub->secret, noise, sizeof noise);
    put_hex(hub->run_id, other, sizeof other);
    return true;
}

static struct localhub *new_hub(const struct localhub_options *options)
{
    struct localhub *hub = xcalloc(1, sizeof *hub);
    hub->dir = xstrdup(options->dir);
    hub->with_hostile_repo = options->with_hostile_repo;
    hub->head_ms = options->head_ms > 0 ? options->head_ms : HEAD_MS_DEFAULT;
    hub->faults = lh_faults_new(options->faults, options->n_faults);
    hub->epoll_fd = hub->event_fd = -1;
    hub->ports[0].listen_fd = hub->ports[1].listen_fd = -1;
    hub->ports[1].is_storage = true;
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->changed, NULL);
    hub->site.hashes = lh_hashes_new();
    hub->site.spaces = lh_spaces_new(options->moves_spaces);
    hub->site.journal = lh_journal_new(options->log_requests);
    hub->site.accounts = lh_accounts_new(options->dir);
    return hub;
}

struct localhub *localhub_start(const struct localhub_options *options, struct err *e)
{
    if (!file_is_dir(options->dir)) {
        err_set(e, ERR_NOT_FOUND, "%s is no folder", options->dir);
        err_remedy(e, "name a folder of repos, one repo, or the Hub's cache");
        return NULL;
    }
    for (size_t i = 0; i < options->n_names; i++) {
        if (!lh_host_is_name(options->names[i])) {
            err_set(e, ERR_USAGE, "\"%s\" is no name of a machine", options->names[i]);
            err_remedy(e, "give it as in hub.example.org, without a port");
            return NULL;
        }
    }
    struct localhub *hub = new_hub(options);
    if (!make_secret(hub, e) ||
        (options->split_storage &&
         !open_socket(hub, &hub->ports[1], options, 0, &hub->storage_url, e)) ||
        !open_socket(hub, &hub->ports[0], options, options->port, &hub->url, e)) {
        localhub_stop(hub);
        return NULL;
    }
    hub->site.secret = hub->secret;
    hub->site.url = hub->url;
    hub->site.storage_url = hub->storage_url;
    if (!lh_loop_start(hub, e) || (!options->in_background && !lh_loop_wait(hub, e))) {
        localhub_stop(hub);
        return NULL;
    }
    return hub;
}

void localhub_stop(struct localhub *hub)
{
    if (!hub) {
        return;
    }
    lh_loop_stop(hub);
    lh_store_free(hub->site.store);
    lh_accounts_free(hub->site.accounts);
    lh_hashes_free(hub->site.hashes);
    lh_spaces_free(hub->site.spaces);
    lh_journal_free(hub->site.journal);
    lh_faults_free(hub->faults);
    lh_hosts_free(hub->hosts);
    lh_hostile_free(&hub->hostile);
    pthread_cond_destroy(&hub->changed);
    pthread_mutex_destroy(&hub->lock);
    free(hub->dir);
    free(hub->url);
    free(hub->storage_url);
    free(hub);
}

const char *localhub_url(const struct localhub *hub)
{
    return hub->url;
}

const char *localhub_demo_token(const struct localhub *hub)
{
    return lh_accounts_first_token(hub->site.accounts);
}

size_t localhub_repo_count(struct localhub *hub)
{
    return lh_loop_wait(hub, NULL) ? lh_store_count(hub->site.store) : 0;
}

void localhub_look_through(struct localhub *hub, const struct localhub_listener *listener,
                           struct localhub_total *out)
{
    *out = (struct localhub_total){0};
    if (lh_loop_wait(hub, NULL)) {
        lh_look_through(hub->site.store, hub->site.hashes, listener, out);
    }
}

const char *localhub_server_version(struct err *e)
{
    const struct mhd_api *api = lh_mhd(e);
    return api ? api->get_version() : NULL;
}
