/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - a file of this machine in the viewer: ":open PATH" and ":open PATH:LINE"; e opens it in the editor. */
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
    char *path;
    bool is_pipe;      /* or a device: read once, nothing to edit */
    uint32_t reading;  /* counts how often it was read: parts of an earlier time are dropped */
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
    if (r->generation != f->reading) {
        return REACT_HANDLED;
    }
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
    free(f->path);
    free(f);
}

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

bool popup_file_exists(const char *name)
{
    struct stat st;
    uint64_t line = 0;
    char *path = *name ? split_line(name, &line) : xstrdup("");
    const bool exists = *path && stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
    free(path);
    return exists;
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

/* Read it from the start; takes fd. */
static void begin(struct pane *p, int fd, uint64_t line)
{
    struct file *f = p->state;
    struct source *source = xcalloc(1, sizeof *source);
    struct stat st;
    source->fd = fd;
    app_task_done(p->app, &f->task);
    f->line = line;
    f->is_pipe = fstat(fd, &st) != 0 || !S_ISREG(st.st_mode);
    f->err = (struct err)ERR_INIT;
    reader_open(&f->reader, p, f->path);
    struct job job = {
        .name = "reading the file",
        .lane = LANE_LONG,
        .generation = ++f->reading,
        .run = read_parts,
        .arg = source,
        .free_arg = free_source,
    };
    f->task = app_start(p->app, p, &job);
}

/* ---- editing ---- */

static const char *editor(void)
{
    const char *const names[] = {getenv("VISUAL"), getenv("EDITOR")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i] && *names[i]) {
            return names[i];
        }
    }
    return "vi";
}

static const char *needs_regular(struct pane *p)
{
    const struct file *f = p->state;
    return f->is_pipe ? "a pipe or a device has nothing to edit" : NULL;
}

/* The shell splits the editor's words, as every program does that starts one; the path is an argument of its
 * own and no shell reads it. In front of it "+LINE", which vi, nano, emacs and less take; nothing for the first. */
static bool run_editor(struct app *app, const char *path, uint64_t line, struct err *e)
{
    char *words = xasprintf("exec %s \"$@\"", editor());
    char *name = *path == '-' ? xasprintf("./%s", path) : xstrdup(path);
    char *at = xasprintf("+%llu", (unsigned long long)line);
    const char *const argv[] = {"sh", "-c", words, "sh", line > 1 ? at : name, line > 1 ? name : NULL, NULL};
    int status = app_hand_over(app, argv, e);
    free(at);
    free(name);
    free(words);
    if (status == 126 || status == 127) {
        err_set(e, ERR_NOT_FOUND, "the editor \"%s\" could not be started", editor());
        err_remedy(e, "set VISUAL or EDITOR to one that is installed");
    } else if (status > 0) {
        err_set(e, ERR_IO, "the editor \"%s\" ended with status %d", editor(), status);
    }
    return status == 0;
}

static unsigned do_edit(struct pane *p)
{
    struct file *f = p->state;
    struct err e = ERR_INIT;
    const uint64_t line = viewer_place(f->reader.viewer).line;
    if (!run_editor(p->app, f->path, line, &e)) {
        app_say(p->app, APP_ERROR, "%s%s%s", e.msg, e.remedy[0] ? ". " : "", e.remedy);
    }
    err_clear(&e);
    const int fd = open_readable(f->path, &e);
    if (fd >= 0) {
        begin(p, fd, line);
    } else {
        app_say(p->app, APP_ERROR, "%s", e.msg);
    }
    return REACT_DIRTY;
}

static const struct action ACTIONS[] = {
    ACTION("file.edit", "e", "edit", "Edit the file in $VISUAL or $EDITOR, at this line", needs_regular, do_edit),
};
const struct action_set LOCAL_FILE_ACTIONS = {"local-file", "File of this machine", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

static const struct pane_ops FILE_OPS = {
    .sets = {&LOCAL_FILE_ACTIONS, &READER_ACTIONS},
    .draw = file_draw,
    .move = file_move,
    .result = file_result,
    .mouse = file_mouse,
    .work = file_work,
    .cursor = file_cursor,
    .reader = file_reader,
    .close = file_close,
};

bool popup_file(struct app *app, const char *name, struct err *e)
{
    uint64_t line = 0;
    char *path = split_line(name, &line);
    const int fd = open_readable(path, e);
    if (fd < 0) {
        free(path);
        return false;
    }
    struct file *f = xcalloc(1, sizeof *f);
    f->path = path;
    struct pane *p = pane_new(app, &FILE_OPS, f);
    app_push(app, p, FILE_ROWS, FILE_COLS);
    begin(p, fd, line);
    return true;
}
