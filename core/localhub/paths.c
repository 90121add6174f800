/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/paths.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

bool lh_is_plainly_below(const char *real, const char *root)
{
    const size_t n = strlen(root);
    return strncmp(real, root, n) == 0 && real[n] == '/' && !strstr(real + n, "/.");
}

bool lh_is_inside(const char *root, const char *path)
{
    char *real_root = realpath(root, NULL);
    char *real = realpath(path, NULL);
    char *hub = xasprintf("%s/.hub", real_root ? real_root : "");
    const bool is_inside = real_root && real &&
                           (lh_is_plainly_below(real, real_root) || lh_is_plainly_below(real, hub));
    free(hub);
    free(real);
    free(real_root);
    return is_inside;
}

bool lh_is_beside(const char *path, const char *real)
{
    const size_t n = (size_t)(strrchr(path, '/') - path);
    return strncmp(path, real, n + 1) == 0 && !strchr(real + n + 1, '/');
}

bool lh_is_real(const char *path)
{
    char *real = realpath(path, NULL);
    const bool is_real = real && strcmp(real, path) == 0;
    free(real);
    return is_real;
}

char *lh_id_of_cache_folder(const char *name, enum lh_kind *kind)
{
    for (*kind = 0; *kind < LH_KINDS; (*kind)++) {
        const char *plural = lh_kind_plural(*kind);
        const size_t n = strlen(plural);
        if (!str_starts(name, plural) || strncmp(name + n, "--", 2) != 0) {
            continue;
        }
        char *id = xstrdup(name + n + 2);
        char *between = strstr(id, "--");
        if (between) {
            *between = '/';
            memmove(between + 1, between + 2, strlen(between + 2) + 1);
        }
        return id;
    }
    return NULL;
}
