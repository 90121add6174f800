/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memrchr */
#include "tui/term/input_history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/secret.h"

enum {
    TAIL_BYTES = 1 << 20, /* of the file, from its end */
    LINE_BYTES = 4096,    /* longer ones were typed by nobody */
};

/* The end of the file, from the beginning of a line on. */
static bool read_tail(int fd, struct buf *out)
{
    const off_t size = lseek(fd, 0, SEEK_END);
    off_t at = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
    const bool is_cut = at > 0;
    char chunk[16 * 1024];
    while (at < size) {
        const size_t left = (size_t)(size - at);
        const ssize_t got = pread(fd, chunk, left < sizeof chunk ? left : sizeof chunk, at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0; /* shorter now */
        }
        buf_append(out, chunk, (size_t)got);
        at += got;
    }
    if (is_cut) {
        const char *first = memchr(out->p, '\n', out->n);
        buf_consume(out, first ? (size_t)(first + 1 - out->p) : out->n);
    }
    return size >= 0;
}

static void take_line(const char *line, size_t n)
{
    if (n > 0 && n <= LINE_BYTES) {
        char *text = xstrndup(line, n);
        add_history(text);
        free(text);
    }
}

/* Where the last lines begin. */
static const char *last_lines(const struct buf *text)
{
    const char *from = text->p + text->n;
    for (int i = 0; from && i <= INPUT_HISTORY_LINES; i++) {
        from = memrchr(text->p, '\n', (size_t)(from - text->p));
    }
    return from ? from + 1 : text->p;
}

bool input_history_load(const char *path)
{
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    rl_clear_history();
    const int fd = file_open(path, O_RDONLY, 0, &e);
    const bool ok = fd >= 0 && read_tail(fd, &text);
    if (fd >= 0) {
        close(fd);
    }
    const char *end = NULL;
    for (const char *p = ok && text.n > 0 ? last_lines(&text) : NULL; p && p < text.p + text.n; p = end + 1) {
        end = memchr(p, '\n', (size_t)(text.p + text.n - p));
        end = end ? end : text.p + text.n;
        take_line(p, (size_t)(end - p));
    }
    buf_done(&text);
    using_history();
    return ok || e.code == ERR_NOT_FOUND;
}

static void write_lines(const char *path)
{
    struct buf text = BUF_INIT;
    const int first = history_length > INPUT_HISTORY_LINES ? history_length - INPUT_HISTORY_LINES : 0;
    HIST_ENTRY *const *all = history_list();
    for (int i = first; all && i < history_length; i++) {
        buf_printf(&text, "%s\n", all[i]->line);
    }
    char *file = file_behind_links(path);
    const char *slash = strrchr(path, '/');
    char *dir = xstrndup(path, slash ? (size_t)(slash - path) : 0);
    if (!*dir || file_mkdirs(dir, 0700, NULL)) {
        file_write_atomic(file, buf_str(&text), text.n, 0600, NULL);
    }
    free(dir);
    free(file);
    buf_done(&text);
}

void input_history_add(const char *path, const char *line)
{
    char *masked = xstrdup(line);
    secret_mask(masked); /* a token typed by mistake is not kept */
    if (input_history_load(path)) {
        HIST_ENTRY *const *all = history_list();
        if (!all || history_length == 0 || strcmp(all[history_length - 1]->line, masked) != 0) {
            add_history(masked);
        }
        write_lines(path);
    }
    free(masked);
}
