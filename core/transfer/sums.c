/* SPDX-License-Identifier: Apache-2.0 */
#include "core/transfer/sums.h"

#include "core/hub/resolve.h"

static bool wants_git(const char *etag)
{
    return etag && hub_is_hex(etag, 40);
}

void sums_begin(struct sums *s, const char *etag, bool has_size, uint64_t size)
{
    *s = (struct sums){.sha256 = hash_begin_sha256(), .size = size};
    if (has_size && wants_git(etag)) {
        s->git = hash_begin_git_blob(size);
    }
}

void sums_add(struct sums *s, const void *bytes, size_t n)
{
    hash_add(s->sha256, bytes, n);
    if (s->git) {
        hash_add(s->git, bytes, n);
    }
}

void sums_end(struct sums *s, struct sums_hex *out)
{
    if (out) {
        *out = (struct sums_hex){0};
    }
    hash_end(s->sha256, out && s->sha256 ? out->sha256 : NULL);
    hash_end(s->git, out && s->git ? out->git : NULL);
    *s = (struct sums){0};
}

bool sums_fit(const struct sums *s, const char *etag, uint64_t size)
{
    return s->sha256 && (!wants_git(etag) || (s->git && s->size == size));
}
