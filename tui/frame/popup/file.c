/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - a file of this machine in the viewer: ":open PATH" and ":open PATH:LINE". */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/reader.h"
#include "tui/widget/viewer.h"

enum { PART_BYTES = 64 * 1024, POLL_MS = 50, FILE_ROWS = 1000, FILE_COLS = 1000 };

struct file {
    struct reader reader;
    struct task *task; /* reads it; NULL: all is here */
    uint64_t line;     /* wanted, as soon as it is read; 0: none */
    struct err err;
};

/* ---- reading, on a thread of its own: a pipe may take its time ---- */

struct source {
    int fd;
};

static void free_source(void *arg)
{
    struct source *s = arg;
    close(s->fd);
    free(s);
}

static void free_part(void *value)
{
    struct buf *part = value;
    buf_done(part);
    free(part);
}

static void *read_parts(struct task *t, void *arg, struct err *e)
{
    const struct source *s = arg;
    char *bytes = xmalloc(PART_BYTES);
    while (!task_is_cancelled(t)) {
        struct pollfd ready = {.fd = s->fd, .events = POLLIN};
        if (poll(&ready, 1, POLL_MS) == 0) {
            continue;
        }
        const ssize_t n = read(s->fd, bytes, PART_BYTES);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (n < 0) {
            err_set_sys(e, ERR_IO, errno, "the file cannot be read");
        }
        if (n <= 0) {
            break;
        }
        struct buf *part = xcalloc(1, sizeof *part);
        buf_append(part, bytes, (size_t)n);
        task_emit(t, 0, part, free_part);
    }
    free(bytes);
    return NULL;
}

/* ---- the pane ---- */

static unsigned file_result(struct pane *p, struct task_result *r)
{
    struct file *f = p->state;
    const struct buf *part = r->value;
    struct err e = ERR_INIT;
    bool is_full = part && !viewer_append(f->reader.viewer, part->p, part->n, &e);
    if (is_full) {
        pane_say(p, APP_WARN, "%s", e.msg);
        app_task_done(p->app, &f->task);
    }
    if (r->is_last && f->task) {
        f->err = r->err;
        task_unref(f->task);
        f->task = NULL;
    }
    if (!f->task) {
        viewer_finish(f->reader.viewer);
    }
    if (f->line && (viewer_goto(f->reader.viewer, f->line) || !f->task)) {
        f->line = 0;
    }
    return REACT_DIRTY;
}

static struct reader *file_reader(struct pane *p)
{
    return &((struct file *)p->state)->reader;
}

static unsigned file_move(struct pane *p, enum move move)
{
    return reader_move(file_reader(p), move);
}

static unsigned file_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    (void)col;
    return reader_mouse(file_reader(p), what, row - 1);
}

static bool file_work(struct pane *p)
{
    return reader_work(file_reader(p));
}

static bool file_cursor(const struct pane *p, int *row, int *col)
{
    bool has = reader_cursor(&((const struct file *)p->state)->reader, row, col);
    *row += 1;
    *col += 1;
    return has;
}

static void file_draw(struct pane *p, const struct canvas *c)
{
    struct file *f = p->state;
    struct canvas in = draw_box(c, "file of this machine", "Esc closes", true);
    reader_draw(&f->reader, &in, f->task ? "reading  " : "");
    if (f->err.code != ERR_NONE) {
        draw_printf(&in, in.rect.rows - 1, 1, -1, STYLE_ERROR, "%s", f->err.msg);
    }
}

static void file_close(struct pane *p)
{
    struct file *f = p->state;
    app_task_done(p->app, &f->task);
    reader_close(&f->reader);
    free(f);
}

static const struct pane_ops FILE_OPS = {
    .sets = {&READER_ACTIONS},
    .draw = file_draw,
    .move = file_move,
    .result = file_result,
    .mouse = file_mouse,
    .work = file_work,
    .cursor = file_cursor,
    .reader = file_reader,
    .close = file_close,
};

/* "PATH:LINE" to PATH and LINE, unless there is a file of the whole name. */
static char *split_line(const char *name, uint64_t *line)
{
    char *path = paths_expand(name);
    char *colon = strrchr(path, ':');
    unsigned long long n = 0;
    if (colon && access(path, F_OK) != 0 && str_to_u64(colon + 1, 1ULL << 52, &n) && n > 0) {
        *line = n;
        *colon = '\0';
    }
    return path;
}

static int open_readable(const char *path, struct err *e)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        err_set_sys(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "%s cannot be opened", path);
        return -1;
    }
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        err_set(e, ERR_USAGE, "%s is a folder", path);
        close(fd);
        return -1;
    }
    return fd;
}

bool popup_file(struct app *app, const char *name, struct err *e)
{
    uint64_t line = 0;
    char *path = split_line(name, &line);
    const int fd = open_readable(path, e);
    if (fd >= 0) {
        struct file *f = xcalloc(1, sizeof *f);
        struct source *source = xcalloc(1, sizeof *source);
        source->fd = fd;
        f->line = line;
        struct pane *p = pane_new(app, &FILE_OPS, f);
        reader_open(&f->reader, p, path);
        struct job job = {
            .name = "reading the file",
            .lane = LANE_LONG,
            .run = read_parts,
            .arg = source,
            .free_arg = free_source,
        };
        app_push(app, p, FILE_ROWS, FILE_COLS);
        f->task = app_start(app, p, &job);
    }
    free(path);
    return fd >= 0;
}
