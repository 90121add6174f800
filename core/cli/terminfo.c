/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/terminfo.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"

enum {
    MAGIC_16 = 0432,
    MAGIC_32 = 01036,
    HEADER_BYTES = 12,
    MAX_COLORS_AT = 13, /* place of max_colors among the numbers */
};

static unsigned le16(const uint8_t *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

bool terminfo_parse_colors(const void *bytes, size_t n, int *colors)
{
    const uint8_t *p = bytes;
    if (n < HEADER_BYTES || (le16(p) != MAGIC_16 && le16(p) != MAGIC_32)) {
        return false;
    }
    const size_t number_bytes = le16(p) == MAGIC_32 ? 4 : 2;
    size_t at = HEADER_BYTES + le16(p + 2) + le16(p + 4);
    at += at % 2; /* numbers stand on even offsets */
    at += MAX_COLORS_AT * number_bytes;
    if (le16(p + 6) <= MAX_COLORS_AT || at + number_bytes > n) {
        return false;
    }
    uint32_t value = le16(p + at);
    if (number_bytes == 4) {
        value |= (uint32_t)le16(p + at + 2) << 16;
    }
    const uint32_t absent = number_bytes == 4 ? 0x80000000U : 0x8000U;
    if (value >= absent) {
        return false;
    }
    *colors = (int)value;
    return true;
}

/* dir/x/xterm, or dir/78/xterm as on systems that ignore case. */
static char *find_in(const char *dir, const char *term)
{
    if (!dir || !*dir) {
        return NULL;
    }
    char *path = xasprintf("%s/%c/%s", dir, term[0], term);
    if (!file_exists(path)) {
        free(path);
        path = xasprintf("%s/%02x/%s", dir, (unsigned char)term[0], term);
    }
    if (file_exists(path)) {
        return path;
    }
    free(path);
    return NULL;
}

static char *find_in_list(const char *dirs, const char *term)
{
    char *found = NULL;
    for (const char *p = dirs; p && *p && !found;) {
        const size_t n = strcspn(p, ":");
        char *dir = xstrndup(p, n);
        found = find_in(dir, term);
        free(dir);
        p += n + (p[n] == ':');
    }
    return found;
}

char *terminfo_find(const char *term)
{
    if (!*term || strchr(term, '/')) {
        return NULL;
    }
    const char *home = getenv("HOME");
    char *own = home ? xasprintf("%s/.terminfo", home) : NULL;
    char *found = find_in(getenv("TERMINFO"), term);
    found = found ? found : find_in(own, term);
    found = found ? found : find_in_list(getenv("TERMINFO_DIRS"), term);
    found = found ? found
                  : find_in_list("/etc/terminfo:/lib/terminfo:/usr/share/terminfo:"
                                 "/usr/lib/terminfo:/usr/local/share/terminfo:"
                                 "/opt/homebrew/share/terminfo",
                                 term);
    free(own);
    return found;
}
