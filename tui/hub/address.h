/* SPDX-License-Identifier: Apache-2.0 */
/* address.h - what people type or click for a repo or a file in it.
 *
 *   OWNER/NAME   datasets/OWNER/NAME   spaces/OWNER/NAME     a repo, as its page is called
 *   OWNER/NAME/PATH   OWNER/NAME/PATH:LINE                   a file of it, at a line
 *   https://HOST/OWNER/NAME/blob/REVISION/PATH#L20           the address of a page; resolve and raw, too
 *   hf://datasets/OWNER/NAME@REVISION/PATH                   as Python libraries write it
 */
#ifndef HFTERM_TUI_HUB_ADDRESS_H
#define HFTERM_TUI_HUB_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/hub/hub.h"

struct hub_address {
    enum hub_kind kind;
    bool has_kind;  /* it was said; else a model */
    char *id;       /* owned */
    char *revision; /* owned; NULL: main */
    char *path;     /* owned; NULL: the repo */
    uint64_t line;  /* from 1; 0: none */
};

/* endpoint: an address of this server is one of the Hub, as those of huggingface.co are. ERR_USAGE when text
 * names no repo; out then needs no hub_address_done. */
bool hub_address_parse(const char *text, const char *endpoint, struct hub_address *out, struct err *e);
void hub_address_done(struct hub_address *r);

#endif
