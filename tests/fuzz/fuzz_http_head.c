/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of answers line by line as libcurl gives them, and the headers that have numbers in them. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/net/http_head.h"
#include "core/net/http_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What is stored may be shown line by line: one "name: value" each, nothing that ends it early. */
static void check_lines(const struct buf *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        const unsigned char c = (unsigned char)lines->p[i];
        if (c != '\n' && (c < ' ' || c == 0x7f)) {
            abort();
        }
    }
    if (lines->n > 0 && lines->p[lines->n - 1] != '\n') {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct http_head head = {0};
    const char *const text = (const char *)bytes;
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        const size_t len = end ? (size_t)(end + 1 - text) - at : n - at;
        if (!http_head_line(&head, text + at, len)) {
            break;
        }
        at += len;
    }
    check_lines(&head.lines);
    struct http_rate rate;
    if (http_head_rate(buf_str(&head.lines), &rate) &&
        (rate.remaining < -1 || rate.quota < -1 || rate.reset_s < -1)) {
        abort();
    }
    if (http_head_wait_s(buf_str(&head.lines), 429) < -1) {
        abort();
    }
    char *location = http_head_get(buf_str(&head.lines), "location");
    char *url = location ? http_url_join("https://h/a/b?c", location) : NULL;
    struct buf shown = BUF_INIT;
    if (url) {
        http_url_put_host(&shown, url);
        http_url_put_path(&shown, url);
    }
    buf_done(&shown);
    free(url);
    free(location);
    http_head_done(&head);
    return 0;
}
