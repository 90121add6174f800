/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/paths.h"

#include <ctype.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"

#ifndef HFTERM_DATADIR
#define HFTERM_DATADIR "/usr/local/share/hfterm"
#endif

static const char *env_set(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

static const char *home_dir(void)
{
    const char *home = env_set("HOME");
    if (home) {
        return home;
    }
    const struct passwd *pw = getpwuid(getuid());
    return pw ? pw->pw_dir : "/";
}

char *paths_join(const char *dir, const char *leaf)
{
    if (!*leaf) {
        return xstrdup(dir);
    }
    return xasprintf("%s%s%s", dir, str_ends(dir, "/") ? "" : "/", leaf);
}

static char *xdg(const char *variable, const char *fallback, const char *leaf)
{
    const char *base = env_set(variable);
    /* The XDG rules: a relative path in these variables is to be ignored. */
    char *dir = base && *base == '/' ? xasprintf("%s/hfterm", base)
                                     : xasprintf("%s/%s/hfterm", home_dir(), fallback);
    char *path = paths_join(dir, leaf);
    free(dir);
    return path;
}

char *paths_config(const char *leaf)
{
    return xdg("XDG_CONFIG_HOME", ".config", leaf);
}

char *paths_state(const char *leaf)
{
    return xdg("XDG_STATE_HOME", ".local/state", leaf);
}

char *paths_cache(const char *leaf)
{
    return xdg("XDG_CACHE_HOME", ".cache", leaf);
}

char *paths_expand(const char *path)
{
    struct buf out = BUF_INIT;
    if (path[0] == '~' && (path[1] == '/' || path[1] == '\0')) {
        buf_puts(&out, home_dir());
        path++;
    }
    while (*path) {
        if (*path != '$') {
            buf_putc(&out, *path++);
            continue;
        }
        const char *start = path + 1;
        bool has_brace = *start == '{';
        start += has_brace;
        size_t n = 0;
        while (isalnum((unsigned char)start[n]) || start[n] == '_') {
            n++;
        }
        char *name = xstrndup(start, n);
        const char *value = n && (!has_brace || start[n] == '}') ? getenv(name) : NULL;
        free(name);
        if (value) {
            buf_puts(&out, value);
            path = start + n + has_brace;
        } else {
            buf_putc(&out, *path++);
        }
    }
    return buf_steal(&out);
}

static bool is_staging(void)
{
    return paths_env_true("HUGGINGFACE_CO_STAGING");
}

char *paths_hf_home(void)
{
    if (is_staging()) {
        return paths_expand("~/.cache/huggingface_staging");
    }
    if (env_set("HF_HOME")) {
        return paths_expand(getenv("HF_HOME"));
    }
    const char *xdg_cache = env_set("XDG_CACHE_HOME");
    char *base = paths_expand(xdg_cache ? xdg_cache : "~/.cache");
    char *home = paths_join(base, "huggingface");
    free(base);
    return home;
}

static char *under_hf_home(const char *leaf)
{
    char *home = paths_hf_home();
    char *path = paths_join(home, leaf);
    free(home);
    return path;
}

char *paths_hf_hub_cache(void)
{
    const char *dir = env_set("HF_HUB_CACHE");
    dir = dir ? dir : env_set("HUGGINGFACE_HUB_CACHE");
    return dir ? paths_expand(dir) : under_hf_home("hub");
}

char *paths_hf_token(void)
{
    const char *path = env_set("HF_TOKEN_PATH");
    return path ? paths_expand(path) : under_hf_home("token");
}

/* The folder of the running program, NULL when it cannot be told. Owned. */
static char *program_dir(void)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) {
        return NULL;
    }
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash) {
        return NULL;
    }
    *slash = '\0';
    return xstrdup(path);
}

static char *existing(char *path)
{
    if (file_exists(path)) {
        return path;
    }
    free(path);
    return NULL;
}

/* Where the data lies in a source tree, seen from build/ and build/asan/. */
static char *data_in_tree(const char *leaf)
{
    static const char *const UP[] = {"..", "../..", "../../.."};
    char *dir = program_dir();
    char *found = NULL;
    const char *tree_leaf = strcmp(leaf, "demo") == 0 ? "tests/fixtures/demo" : leaf;
    for (size_t i = 0; dir && !found && i < sizeof UP / sizeof *UP; i++) {
        char *mark = existing(xasprintf("%s/%s/core/base/paths.h", dir, UP[i]));
        if (mark) {
            found = existing(xasprintf("%s/%s/%s", dir, UP[i], tree_leaf));
        }
        free(mark);
    }
    free(dir);
    return found;
}

char *paths_data(const char *leaf)
{
    const char *env = env_set("HFTERM_DATA_DIR");
    char *found = env ? existing(paths_join(env, leaf)) : NULL;
    if (!found) {
        found = data_in_tree(leaf);
    }
    if (!found) {
        char *dir = program_dir();
        found = dir ? existing(xasprintf("%s/../share/hfterm/%s", dir, leaf)) : NULL;
        free(dir);
    }
    return found ? found : existing(paths_join(HFTERM_DATADIR, leaf));
}

bool paths_env_true(const char *name)
{
    static const char *const YES[] = {"1", "ON", "YES", "TRUE"};
    const char *v = getenv(name);
    for (size_t i = 0; v && i < sizeof YES / sizeof *YES; i++) {
        if (strcasecmp(v, YES[i]) == 0) {
            return true;
        }
    }
    return false;
}
