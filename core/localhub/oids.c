/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/oids.h"

#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/localhub/hashes.h"
#include "core/localhub/pointer.h"

bool lh_oid_of_file(const struct lh_file *file, struct lh_hashes *hashes, struct lh_oid *out,
                    struct err *e)
{
    *out = (struct lh_oid){0};
    struct lh_hash hash = {0};
    if (file->absent) {
        memcpy(hash.sha256, file->absent, sizeof hash.sha256);
    } else if (file->blob) {
        snprintf(file->is_lfs ? hash.sha256 : hash.git_sha1,
                 file->is_lfs ? sizeof hash.sha256 : sizeof hash.git_sha1, "%s", file->blob);
    } else {
        const struct lh_hash_key key = {file->real, file->size, file->inode, file->mtime_ns};
        if (!lh_hashes_get(hashes, &key, &hash, e)) {
            return false;
        }
    }
    if (!file->is_lfs) {
        memcpy(out->git_sha1, hash.git_sha1, sizeof out->git_sha1);
        memcpy(out->etag, hash.git_sha1, sizeof hash.git_sha1);
        return true;
    }
    struct buf pointer = BUF_INIT;
    lh_pointer_text(&pointer, hash.sha256, file->size);
    hash_git_blob(pointer.p, pointer.n, out->git_sha1);
    out->pointer_bytes = pointer.n;
    memcpy(out->sha256, hash.sha256, sizeof out->sha256);
    memcpy(out->etag, hash.sha256, sizeof out->etag);
    buf_done(&pointer);
    return true;
}

static void put_entry(struct buf *object, const char *mode, const char *name, size_t name_len,
                      const char *hex)
{
    buf_puts(object, mode);
    buf_append(object, name, name_len);
    buf_putc(object, '\0');
    for (size_t i = 0; i < 40; i += 2) {
        unsigned int byte = 0;
        const char pair[3] = {hex[i], hex[i + 1], '\0'};
        sscanf(pair, "%2x", &byte);
        buf_putc(object, (char)byte);
    }
}

bool lh_oid_of_folder(const struct lh_tree *tree, size_t first, size_t end, size_t skip,
                      struct lh_hashes *hashes, char oid[HASH_SHA1_HEX], struct err *e)
{
    struct buf entries = BUF_INIT;
    bool ok = true;
    for (size_t i = first; ok && i < end;) {
        const char *name = tree->files[i].path + skip;
        const char *slash = strchr(name, '/');
        if (!slash) {
            struct lh_oid file;
            ok = lh_oid_of_file(&tree->files[i], hashes, &file, e);
            put_entry(&entries, "100644 ", name, strlen(name), file.git_sha1);
            i++;
            continue;
        }
        const size_t with_slash = (size_t)(slash - name) + 1;
        size_t next = i + 1;
        while (next < end && strncmp(tree->files[next].path + skip, name, with_slash) == 0) {
            next++;
        }
        char below[HASH_SHA1_HEX] = "";
        ok = lh_oid_of_folder(tree, i, next, skip + with_slash, hashes, below, e);
        put_entry(&entries, "40000 ", name, with_slash - 1, below);
        i = next;
    }
    struct buf object = BUF_INIT;
    buf_printf(&object, "tree %zu", entries.n);
    buf_putc(&object, '\0');
    buf_append(&object, buf_str(&entries), entries.n);
    hash_sha1(object.p, object.n, oid);
    buf_done(&object);
    buf_done(&entries);
    return ok;
}
