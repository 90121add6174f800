/* SPDX-License-Identifier: Apache-2.0 */
/* Any command line: its words, quoted and put together again, are the same words. And any state file, and any name of a
 * repo. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/frame/command.h"
#include "tui/frame/remember.h"
#include "core/hub/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_words(const char *text)
{
    struct words w;
    struct words again;
    struct buf line = BUF_INIT;
    words_split(text, &w);
    for (size_t i = 0; i < w.n; i++) {
        buf_puts(&line, i ? " " : "");
        words_quote(&line, w.at[i]);
    }
    words_split(buf_str(&line), &again);
    if (again.n != w.n) {
        abort();
    }
    for (size_t i = 0; i < w.n; i++) {
        if (strcmp(w.at[i], again.at[i]) != 0) {
            abort();
        }
    }
    words_done(&again);
    words_done(&w);
    buf_done(&line);
}

static void check_state(const char *text)
{
    unsigned version = 0;
    struct remembered *r = remember_parse(text, &version);
    struct buf once = BUF_INIT;
    struct buf twice = BUF_INIT;
    remember_write(r, &once);
    remember_free(r);
    r = remember_parse(buf_str(&once), &version);
    remember_write(r, &twice);
    remember_free(r);
    if (version != 1 || strcmp(buf_str(&once), buf_str(&twice)) != 0) {
        abort();
    }
    buf_done(&once);
    buf_done(&twice);
}

static void check_address(const char *text)
{
    struct hub_address a;
    if (hub_address_parse(text, "http://127.0.0.1", &a, NULL)) {
        if (!hub_check_repo_id(a.id, NULL) || (a.path && !*a.path)) {
            abort();
        }
        hub_address_done(&a);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = xstrndup((const char *)data, n);
    check_words(text);
    check_state(text);
    check_address(text);
    free(text);
    return 0;
}
