/* SPDX-License-Identifier: Apache-2.0 */
/* curl_api.h - libcurl as one table of functions, loaded when the network is first used; private to
 * core/net, and core/cli/doctor_machine.c, which tells its version.
 *
 * libcurl and what it needs are half of the time and of the memory of a start, and most starts ask
 * nothing of it before the first paint. So the program is not linked with it: the first request
 * opens it. The headers of libcurl are there for its types and numbers.
 *
 * Threads: any thread. Ownership: the table lives until the program ends, as libcurl does: it is
 * never unloaded, for its threads and TLS may outlive a request.
 */
#ifndef HFTERM_CORE_NET_CURL_API_H
#define HFTERM_CORE_NET_CURL_API_H

#include <curl/curl.h>
#include <stdbool.h>

struct err;

/* What core/net calls of libcurl; a member has the type of its function. */
#define CURL_API_FUNCTIONS(X) \
    X(easy_cleanup)           \
    X(easy_getinfo)           \
    X(easy_init)              \
    X(easy_pause)             \
    X(easy_reset)             \
    X(easy_setopt)            \
    X(easy_strerror)          \
    X(free)                   \
    X(global_init)            \
    X(multi_add_handle)       \
    X(multi_cleanup)          \
    X(multi_info_read)        \
    X(multi_init)             \
    X(multi_perform)          \
    X(multi_poll)             \
    X(multi_remove_handle)    \
    X(multi_setopt)           \
    X(multi_strerror)         \
    X(multi_wakeup)           \
    X(slist_append)           \
    X(slist_free_all)         \
    X(url)                    \
    X(url_cleanup)            \
    X(url_get)                \
    X(url_set)                \
    X(version_info)

struct curl_api {
#define CURL_API_MEMBER(name) __typeof__(&curl_##name) name;
    CURL_API_FUNCTIONS(CURL_API_MEMBER)
#undef CURL_API_MEMBER
};

/* The table, libcurl loaded and initialised by the first call of the process (a few milliseconds).
 * NULL with ERR_UNSUPPORTED and a remedy when this machine has none that will do; every later call
 * says the same. */
const struct curl_api *curl_api_load(struct err *e);

/* False while nothing has asked for it: what a start without network is measured by. */
bool curl_api_is_loaded(void);

#endif
