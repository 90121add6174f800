/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "core/localhub/sidecar.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"

static const size_t SIDECAR_MAX = 16 << 20;
static const char HIDDEN_NUL[] = "\xEF\x80\x80";

/* "\u0000" to "\uF000". A backslash before it would make it plain text; then it stays. */
static void hide_nul(struct buf *text)
{
    for (size_t i = 0; i + 6 <= text->n; i++) {
        if (text->p[i] != '\\') {
            continue;
        }
        if (memcmp(text->p + i, "\\u0000", 6) == 0) {
            text->p[i + 2] = 'F';
        }
        i++; /* what follows a backslash is no backslash of its own */
    }
}

cJSON *lh_sidecar_read(const char *path, struct err *e)
{
    struct buf text = BUF_INIT;
    cJSON *json = NULL;
    if (!file_read(path, &text, SIDECAR_MAX, e)) {
        goto done;
    }
    size_t bad_at = 0;
    if (!text_is_utf8(buf_str(&text), text.n, &bad_at)) {
        err_set(e, ERR_DAMAGED, "%s: not UTF-8 at byte %zu", path, bad_at);
        goto done;
    }
    hide_nul(&text);
    json = json_parse(buf_str(&text), text.n, e);
    if (json && !cJSON_IsObject(json)) {
        cJSON_Delete(json);
        json = NULL;
        err_set(e, ERR_DAMAGED, "not a JSON object");
    }
    if (!json) {
        err_wrap(e, "%s", path);
    }
done:
    buf_done(&text);
    return json;
}

void lh_sidecar_show_nul(struct buf *json)
{
    if (!memmem(buf_str(json), json->n, HIDDEN_NUL, 3)) {
        return;
    }
    struct buf out = BUF_INIT;
    const char *at = json->p;
    const char *end = json->p + json->n;
    const char *hit = NULL;
    while ((hit = memmem(at, (size_t)(end - at), HIDDEN_NUL, 3))) {
        buf_append(&out, at, (size_t)(hit - at));
        buf_puts(&out, "\\u0000");
        at = hit + 3;
    }
    buf_append(&out, at, (size_t)(end - at));
    buf_done(json);
    *json = out;
}
