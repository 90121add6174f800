/* SPDX-License-Identifier: Apache-2.0 */
/* address.h - what people type, click or paste for a repo or a file in it.
 *
 *   OWNER/NAME   datasets/OWNER/NAME   space/OWNER/NAME      a repo, as its page is called, or with its kind
 *   OWNER/NAME/PATH   OWNER/NAME/PATH:LINE                   a file of it, at a line
 *   OWNER/NAME@REVISION   OWNER/NAME:TAG                     at a revision; TAG as llama.cpp and Ollama name a quantization
 *   https://HOST/OWNER/NAME/blob/REVISION/PATH#L20           the address of a page: blob, blame, edit, resolve and raw
 *   HOST/OWNER/NAME/tree/REVISION   .../commit/ID   .../discussions/3   other pages; /api/models/... as well
 *   hf://datasets/OWNER/NAME@REVISION/PATH                   as the official client writes it
 *   git@hf.co:OWNER/NAME.git                                 as git has it
 *
 * Blanks, quotes and angle brackets around it, and a full stop behind it, are taken off. A user name or a
 * password in an address is neither used nor shown.
 */
#ifndef HFTERM_CORE_HUB_ADDRESS_H
#define HFTERM_CORE_HUB_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/hub/hub.h"

struct hub_address {
    enum hub_kind kind;
    bool has_kind;       /* it was said; else a model */
    bool is_page;        /* it is the address of a page, or of the API */
    char *id;            /* owned */
    char *revision;      /* owned; NULL: main */
    char *path;          /* owned; NULL: the repo, or a folder of it */
    char *tag;           /* owned; NULL */
    uint64_t line;       /* from 1; 0: none */
    uint64_t discussion; /* from 1; 0: none */
};

/* endpoint: an address of this server is one of the Hub, as those of huggingface.co are. ERR_USAGE when text
 * names no repo; out then needs no hub_address_done. */
bool hub_address_parse(const char *text, const char *endpoint, struct hub_address *out, struct err *e);
void hub_address_done(struct hub_address *r);

#endif
