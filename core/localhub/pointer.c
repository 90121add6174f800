/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/pointer.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

void lh_pointer_text(struct buf *out, const char *sha256, uint64_t size)
{
    buf_printf(out, "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %" PRIu64 "\n",
               sha256, size);
}

static bool is_version(const char *value)
{
    static const char *const KNOWN[] = {
        "https://git-lfs.github.com/spec/v1",
        "https://hawser.github.com/spec/v1", /* before it was called so */
        "http://git-media.io/v/2",
    };
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        if (strcmp(value, KNOWN[i]) == 0) {
            return true;
        }
    }
    return false;
}

struct pointer {
    bool has_oid, has_size;
    char last[64]; /* key */
    char sha256[HASH_SHA256_HEX];
    uint64_t size;
};

static bool take_oid(struct pointer *p, const char *value)
{
    static const char KIND[] = "sha256:";
    const char *digits = value + strlen(KIND);
    if (p->has_oid || !str_starts(value, KIND) || strlen(digits) != HASH_SHA256_HEX - 1 ||
        strspn(digits, "0123456789abcdef") != HASH_SHA256_HEX - 1) {
        return false;
    }
    memcpy(p->sha256, digits, HASH_SHA256_HEX);
    return p->has_oid = true;
}

static bool take_size(struct pointer *p, const char *value)
{
    unsigned long long size = 0;
    if (p->has_size || !str_to_u64(value, INT64_MAX, &size)) {
        return false;
    }
    p->size = size;
    return p->has_size = true;
}

/* "key value"; keys stand in the order of their bytes. */
static bool take_line(struct pointer *p, char *line)
{
    char *space = strchr(line, ' ');
    if (!space || space == line || (size_t)(space - line) >= sizeof p->last) {
        return false;
    }
    *space = '\0';
    const bool is_sorted = strcmp(p->last, line) < 0;
    memcpy(p->last, line, (size_t)(space - line) + 1);
    if (!is_sorted) {
        return false;
    }
    if (strcmp(line, "oid") == 0) {
        return take_oid(p, space + 1);
    }
    if (strcmp(line, "size") == 0) {
        return take_size(p, space + 1);
    }
    return str_starts(line, "ext-");
}

bool lh_pointer_parse(const char *text, size_t n, char sha256[HASH_SHA256_HEX], uint64_t *size)
{
    char copy[LH_POINTER_MAX + 1];
    struct pointer p = {0};
    if (n < LH_POINTER_MIN || n > LH_POINTER_MAX || memchr(text, '\0', n) ||
        strncmp(text, "version ", 8) != 0) {
        return false;
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    char *next = NULL;
    for (char *line = copy; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next) {
            *next++ = '\0';
        }
        const size_t len = strlen(line);
        if (len > 0 && line[len - 1] == '\r') {
            line[len - 1] = '\0';
        }
        if (line == copy ? !is_version(line + 8) : !take_line(&p, line)) {
            return false;
        }
    }
    if (!p.has_oid || !p.has_size) {
        return false;
    }
    memcpy(sha256, p.sha256, HASH_SHA256_HEX);
    *size = p.size;
    return true;
}
