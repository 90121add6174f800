/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { LINKS_MAX = 16 }; /* behind each other; a circle has no end */

static bool cannot_open(const char *path, struct err *e)
{
    return err_set_sys(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "%s", path);
}

static const char *kind_word(mode_t mode)
{
    return S_ISDIR(mode) ? "folder" : S_ISFIFO(mode) ? "pipe" : S_ISSOCK(mode) ? "socket" : "device";
}

int file_open(const char *path, int flags, mode_t mode, struct err *e)
{
    const int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode);
    struct stat st;
    if (fd < 0 && errno == ENXIO) {
        err_set(e, ERR_IO, "%s is a pipe or a device, not a file", path);
    } else if (fd < 0 || fstat(fd, &st) != 0) {
        cannot_open(path, e);
    } else if (!S_ISREG(st.st_mode)) {
        err_set(e, ERR_IO, "%s is a %s, not a file", path, kind_word(st.st_mode));
    } else if (fcntl(fd, F_SETFL, flags) == 0) {
        return fd;
    } else {
        cannot_open(path, e);
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static bool read_and_close(int fd, const char *path, struct buf *out, size_t max, struct err *e)
{
    char chunk[16 * 1024];
    size_t start = out->n;
    bool ok = true;
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            ok = err_set_sys(e, ERR_IO, errno, "%s", path);
            break;
        }
        if (got == 0) {
            break;
        }
        if (out->n - start + (size_t)got > max ||
            !buf_append_limited(out, chunk, (size_t)got, (size_t)-2)) {
            ok = err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
            break;
        }
    }
    close(fd);
    return ok;
}

bool file_read(const char *path, struct buf *out, size_t max, struct err *e)
{
    const int fd = file_open(path, O_RDONLY, 0, e);
    return fd >= 0 && read_and_close(fd, path, out, max, e);
}

bool file_read_any(const char *path, struct buf *out, size_t max, struct err *e)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return fd >= 0 ? read_and_close(fd, path, out, max, e) : cannot_open(path, e);
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        p += put;
        n -= (size_t)put;
    }
    return true;
}

bool file_write_atomic(const char *path, const void *bytes, size_t n, mode_t mode, struct err *e)
{
    char *tmp = xasprintf("%s.XXXXXX", path);
    bool ok = false;
    int fd = mkstemp(tmp);
    if (fd < 0) {
        err_set_sys(e, ERR_IO, errno, "cannot write beside %s", path);
        goto done;
    }
    ok = fchmod(fd, mode) == 0 && write_all(fd, bytes, n);
    int sys = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        sys = errno;
    }
    if (ok && rename(tmp, path) != 0) {
        ok = false;
        sys = errno;
    }
    if (!ok) {
        unlink(tmp);
        err_set_sys(e, ERR_IO, sys, "cannot write %s", path);
    }
done:
    free(tmp);
    return ok;
}

char *file_behind_links(const char *path)
{
    char target[PATH_MAX];
    char *at = xstrdup(path);
    ssize_t n = 0;
    for (int i = 0; i < LINKS_MAX && (n = readlink(at, target, sizeof target - 1)) > 0; i++) {
        const char *slash = strrchr(at, '/');
        const int n_dir = *target != '/' && slash ? (int)(slash + 1 - at) : 0;
        char *next = xasprintf("%.*s%.*s", n_dir, at, (int)n, target);
        free(at);
        at = next;
    }
    return at;
}

bool file_mkdirs(const char *path, mode_t mode, struct err *e)
{
    if (!*path) {
        return err_set_sys(e, ERR_IO, ENOENT, "cannot make a folder without a name");
    }
    char *copy = xstrdup(path);
    bool ok = true;
    for (char *p = copy + 1; ok; p++) {
        if (*p != '/' && *p != '\0') {
            continue;
        }
        char keep = *p;
        *p = '\0';
        if (mkdir(copy, mode) != 0 && errno != EEXIST) {
            ok = err_set_sys(e, ERR_IO, errno, "cannot make the folder %s", copy);
        }
        *p = keep;
        if (keep == '\0') {
            break;
        }
    }
    free(copy);
    return ok;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool file_is_regular(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool file_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

bool file_remove_tree(const char *path, struct err *e)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT) {
        return err_set_sys(e, ERR_IO, errno, "cannot remove %s", path);
    }
    return true;
}
