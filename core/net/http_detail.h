/* SPDX-License-Identifier: Apache-2.0 */
/* http_detail.h - what a request said and was told, for the request log; private to core/net. */
#ifndef HFTERM_CORE_NET_HTTP_DETAIL_H
#define HFTERM_CORE_NET_HTTP_DETAIL_H

#include "core/net/http.h"
#include "core/net/http_transfer.h"

/* Of a transfer whose attempt just ended, before its headers are wiped. Net thread. Owned: http_log_detail_done. */
void http_detail_make(const struct transfer *t, struct http_log_detail *out);

#endif
