/* SPDX-License-Identifier: Apache-2.0 */
/* paths.c - completion of local paths on the command line. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "tui/frame/command.h"
#include "tui/term/input.h"

enum { MAX_NAMES = INPUT_MAX_CANDIDATES, MAX_READ = 20000 };

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Hidden files when a dot was typed; none with a name that cannot be shown as it is. */
static bool is_wanted(const char *name, const char *begin)
{
    if (!str_starts(name, begin) || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        (name[0] == '.' && begin[0] != '.')) {
        return false;
    }
    char *clean = text_clean(name);
    const bool is_clean = strcmp(clean, name) == 0;
    free(clean);
    return is_clean;
}

/* folder: as it was typed, with its slash. */
static void offer(struct input_candidates *out, const char *folder, const char *at, const char *name)
{
    struct stat st;
    char *full = paths_join(at, name);
    const bool is_folder = stat(full, &st) == 0 && S_ISDIR(st.st_mode);
    char *path = xasprintf("%s%s%s", folder, name, is_folder ? "/" : "");
    struct buf word = BUF_INIT;
    words_quote(&word, path);
    input_offer(out, buf_str(&word), is_folder ? "folder" : "file");
    buf_done(&word);
    free(path);
    free(full);
}

void command_offer_paths(struct input_candidates *out, const char *word)
{
    const char *slash = strrchr(word, '/');
    const char *begin = slash ? slash + 1 : word;
    char *folder = xstrndup(word, (size_t)(begin - word));
    char *at = paths_expand(*folder ? folder : ".");
    char *names[MAX_NAMES];
    size_t n = 0;
    DIR *dir = *word ? opendir(at) : NULL;
    const struct dirent *d = NULL;
    for (int i = 0; dir && i < MAX_READ && n < MAX_NAMES && (d = readdir(dir)); i++) {
        if (is_wanted(d->d_name, begin)) {
            names[n++] = xstrdup(d->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        offer(out, folder, at, names[i]);
        free(names[i]);
    }
    free(at);
    free(folder);
}
