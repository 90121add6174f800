/* SPDX-License-Identifier: Apache-2.0 */
#include "core/transfer/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"

char *target_of(const char *to, const char *repo_path)
{
    const char *slash = strrchr(repo_path, '/');
    const char *name = slash ? slash + 1 : repo_path;
    if (!to || !*to) {
        return xstrdup(name);
    }
    if (str_ends(to, "/")) {
        return xasprintf("%s%s", to, name);
    }
    return file_is_dir(to) ? paths_join(to, name) : xstrdup(to);
}

char *target_folder(const char *target)
{
    const char *slash = strrchr(target, '/');
    if (!slash) {
        return xstrdup(".");
    }
    return slash == target ? xstrdup("/") : xstrndup(target, (size_t)(slash - target));
}

static bool check_folder(const char *target, struct err *e)
{
    char *folder = target_folder(target);
    struct stat st;
    bool ok = true;
    if (stat(folder, &st) != 0) {
        err_set_sys(e, ERR_IO, errno, "cannot save in the folder %s", folder);
        ok = err_remedy(e, "Make it first (mkdir -p), or name another place.");
    } else if (!S_ISDIR(st.st_mode)) {
        err_set_sys(e, ERR_IO, ENOTDIR, "cannot save in %s", folder);
        ok = err_remedy(e, "It is no folder: name another place.");
    }
    free(folder);
    return ok;
}

bool target_check(const char *target, bool may_replace, struct err *e)
{
    struct stat st;
    if (!check_folder(target, e)) {
        return false;
    }
    if (lstat(target, &st) != 0) {
        return errno == ENOENT || err_set_sys(e, ERR_IO, errno, "cannot save as %s", target);
    }
    if (S_ISDIR(st.st_mode)) {
        err_set_sys(e, ERR_IO, EISDIR, "cannot save as %s", target);
        return err_remedy(e, "A folder has that name: name a file, or another folder.");
    }
    if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
        err_set_sys(e, ERR_IO, EINVAL, "cannot save as %s", target);
        return err_remedy(e, "It is no regular file: name another place.");
    }
    if (!may_replace) {
        err_set_sys(e, ERR_IO, EEXIST, "cannot save as %s", target);
        return err_remedy(e,
                          "Nothing was changed. Replace it with --force, or name another place.");
    }
    return true;
}
