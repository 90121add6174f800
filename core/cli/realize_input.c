/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of the operands: files, folders of files, frames of videos. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/cli/realize.h"
#include "core/format/y4m.h"

struct realize_input {
    char **paths;
    size_t n, cap, at;
    bool has_video;
    struct y4m *video; /* of paths[at], while its frames are read */
    size_t frame;
};

static void add_path(struct realize_input *in, char *path)
{
    if (mem_grow((void **)&in->paths, &in->cap, in->n + 1, sizeof *in->paths)) {
        in->paths[in->n++] = path;
    } else {
        free(path);
    }
}

static bool is_picture_name(const char *name)
{
    static const char *const ENDS[] = {".png", ".jpg", ".jpeg", ".webp"};
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        const size_t end = strlen(ENDS[i]);
        if (name[0] != '.' && n > end && strcasecmp(name + n - end, ENDS[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* As people number frames: f2 before f10. */
static int by_name(const void *a, const void *b)
{
    const char *p = *(char *const *)a, *q = *(char *const *)b;
    while (*p && *q) {
        const size_t n = strspn(p, "0123456789"), m = strspn(q, "0123456789");
        if (n && m) {
            const size_t skip_p = strspn(p, "0"), skip_q = strspn(q, "0");
            const size_t left = n - skip_p, right = m - skip_q;
            const int order =
                left != right ? (left < right ? -1 : 1) : memcmp(p + skip_p, q + skip_q, left);
            if (order) {
                return order;
            }
            p += n;
            q += m;
        } else if (*p != *q) {
            return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
        } else {
            p++;
            q++;
        }
    }
    return (*p != '\0') - (*q != '\0');
}

static bool add_folder(struct realize_input *in, const char *folder, struct err *e)
{
    DIR *dir = opendir(folder);
    const size_t first = in->n;
    if (!dir) {
        return err_set_sys(e, ERR_IO, errno, "reading the folder %s", folder);
    }
    for (const struct dirent *d = readdir(dir); d; d = readdir(dir)) {
        if (is_picture_name(d->d_name)) {
            add_path(in, xasprintf("%s/%s", folder, d->d_name));
        }
    }
    closedir(dir);
    if (in->n == first) {
        err_set(e, ERR_NOT_FOUND, "there is no picture in %s", folder);
        return err_remedy(e, "Files ending in .png, .jpg, .jpeg and .webp are taken.");
    }
    qsort(in->paths + first, in->n - first, sizeof *in->paths, by_name);
    return true;
}

static bool is_video(const char *path)
{
    uint8_t head[16];
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        return false; /* a look at the head of a pipe would take it away */
    }
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;
    if (fd >= 0) {
        close(fd);
    }
    return n > 0 && y4m_is(head, (size_t)n);
}

struct realize_input *realize_input_open(const char *const *operands, size_t n, struct err *e)
{
    struct realize_input *in = xcalloc(1, sizeof *in);
    for (size_t i = 0; i < n; i++) {
        if (file_is_dir(operands[i])) {
            if (!add_folder(in, operands[i], e)) {
                realize_input_close(in);
                return NULL;
            }
        } else {
            const char *path = strcmp(operands[i], "-") == 0 ? "/dev/stdin" : operands[i];
            in->has_video = in->has_video || is_video(path);
            add_path(in, xstrdup(path));
        }
    }
    return in;
}

void realize_input_close(struct realize_input *in)
{
    if (!in) {
        return;
    }
    y4m_close(in->video);
    for (size_t i = 0; i < in->n; i++) {
        free(in->paths[i]);
    }
    free(in->paths);
    free(in);
}

size_t realize_input_count(const struct realize_input *in)
{
    return in->n + in->has_video;
}

bool realize_input_has_video(const struct realize_input *in)
{
    return in->has_video;
}

/* ---- one after the other ---- */

static void leave_video(struct realize_input *in)
{
    y4m_close(in->video);
    in->video = NULL;
    in->at++;
}

static int next_frame(struct realize_input *in, struct realize_item *item, struct err *e)
{
    int w = 0, h = 0;
    y4m_size(in->video, &w, &h);
    uint8_t *rgb = try_alloc((size_t)w * (size_t)h, 3);
    int got = -1;
    if (rgb) {
        got = y4m_next(in->video, rgb, e);
    } else {
        err_set(e, ERR_LIMIT, "no memory for a frame of %d x %d", w, h);
    }
    if (got <= 0) {
        free(rgb);
        if (got == 0 && in->frame == 0) {
            err_set(e, ERR_DAMAGED, "%s: the film has no frames", in->paths[in->at]);
            got = -1;
        }
        leave_video(in);
        return got;
    }
    item->name = xasprintf("%s#%zu", in->paths[in->at], in->frame++);
    item->picture = (struct picture){.width = w,
                                     .height = h,
                                     .rgb = rgb,
                                     .format = "Y4M",
                                     .mode = "YUV",
                                     .orientation = 1,
                                     .frames = 1};
    return 1;
}

int realize_input_next(struct realize_input *in, struct realize_item *item, struct err *e)
{
    *item = (struct realize_item){0};
    while (in->video || in->at < in->n) {
        if (in->video) {
            const int got = next_frame(in, item, e);
            if (got) {
                return got;
            }
            continue;
        }
        const char *path = in->paths[in->at];
        if (is_video(path)) {
            in->frame = 0;
            in->video = y4m_open(path, e);
            if (!in->video) {
                in->at++;
                return -1;
            }
            continue;
        }
        in->at++;
        item->name = xstrdup(path);
        if (picture_read(path, &item->picture, e)) {
            return 1;
        }
        realize_item_done(item);
        return -1;
    }
    return 0;
}

void realize_item_done(struct realize_item *item)
{
    free(item->name);
    picture_done(&item->picture);
    *item = (struct realize_item){0};
}

struct arr_image realize_image(const struct picture *p)
{
    return (struct arr_image){.format = ARR_RGB8,
                              .pixels = p->rgb,
                              .width = p->width,
                              .height = p->height,
                              .stride_bytes = (size_t)p->width * 3};
}
