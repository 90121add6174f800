/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/blobs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/localhub/paths.h"

static const char MARK[] = ".huggingface-shared-blobs";
static const char VERSION[] = "1\n";
enum { HASH_DIGITS = 64, STAGE_DIGITS = 8 };

bool lh_is_hex(const char *text, size_t n)
{
    return strlen(text) == n && strspn(text, "0123456789abcdef") == n;
}

static bool has_mark(const char *store)
{
    struct stat st;
    struct buf text = BUF_INIT;
    char *path = xasprintf("%s/%s", store, MARK);
    const bool has = lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
                     file_read(path, &text, 16, NULL) && strcmp(buf_str(&text), VERSION) == 0;
    buf_done(&text);
    free(path);
    return has;
}

char *lh_shared_store(const char *blobs)
{
    char *store = xasprintf("%s/../../blobs", blobs);
    char *real = realpath(store, NULL);
    const char *slash = strrchr(blobs, '/');
    size_t n = (size_t)(slash - blobs);
    while (n > 0 && blobs[n - 1] != '/') {
        n--;
    }
    /* CACHE/blobs itself, and not what it may be a link to. */
    const bool is_own = real && strncmp(real, blobs, n) == 0 && strcmp(real + n, "blobs") == 0;
    free(store);
    if (is_own && has_mark(real)) {
        return real;
    }
    free(real);
    return NULL;
}

bool lh_is_shared_blob(const char *store, const char *real)
{
    const size_t n = store ? strlen(store) : 0;
    if (n == 0 || strncmp(real, store, n) != 0 || real[n] != '/' || strlen(real + n) < 4) {
        return false;
    }
    const char *shelf = real + n + 1;
    return shelf[2] == '/' && lh_is_hex(shelf + 3, HASH_DIGITS) && strncmp(shelf, shelf + 3, 2) == 0;
}

/* A link's target with the folder of the link before it, owned. */
static char *target_of(const char *link)
{
    char to[PATH_MAX];
    const ssize_t n = readlink(link, to, sizeof to - 1);
    if (n <= 0 || (size_t)n >= sizeof to - 1) {
        return NULL;
    }
    to[n] = '\0';
    const char *slash = strrchr(link, '/');
    return *to == '/' || !slash ? xstrdup(to) : xasprintf("%.*s/%s", (int)(slash - link), link, to);
}

char *lh_blob_name(const char *link, const char *blobs)
{
    char *target = target_of(link);
    char *slash = target ? strrchr(target, '/') : NULL;
    char *name = NULL;
    if (slash && slash > target) {
        *slash = '\0';
        char *folder = realpath(target, NULL);
        const bool is_here = folder && strcmp(folder, blobs) == 0;
        name = is_here && slash[1] && slash[1] != '.' && !str_ends(slash + 1, ".incomplete")
                   ? xstrdup(slash + 1)
                   : NULL;
        free(folder);
    }
    free(target);
    return name;
}

bool lh_is_staged_name(const char *name)
{
    const size_t n = strlen(name);
    if (*name != '.' || n < 1 + 1 + STAGE_DIGITS + 5 ||
        (!str_ends(name, ".new") && !str_ends(name, ".old"))) {
        return false;
    }
    const char *digits = name + n - 4 - STAGE_DIGITS;
    return digits[-1] == '.' && strspn(digits, "0123456789abcdef") == STAGE_DIGITS;
}
