/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/texture.h"

#include <math.h>
#include <string.h>

#include "core/arrcoc/color.h"
#include "core/arrcoc/resample.h"
#include "core/arrcoc/simd.h"
#include "core/base/err.h"

/* Of a cell's 16 intermediate rows and columns these are read: FIRST to FIRST + PATCH - 1. The two
 * in the middle are averaged, the outer ones are for the Sobel kernel. */
enum {
    FIRST = 6,
    PATCH = 4,
    CENTRE = 2,
    COLS = PATCH * ARR_GRID,
    CENTRE_PX = CENTRE * CENTRE * ARR_CELLS
};

/* ---- what a picture may be ---- */

bool arr_image_check(const struct arr_image *image, struct err *e)
{
    const bool is_rgb8 = image->format == ARR_RGB8 || image->format == ARR_RGBA8;
    if (!is_rgb8 && image->format != ARR_RGB_PLANAR) {
        return err_set(e, ERR_USAGE, "a picture with an unknown kind of pixels (%d)",
                       (int)image->format);
    }
    if (image->pixels == NULL) {
        return err_set(e, ERR_USAGE, "a picture without pixels");
    }
    if (image->width < 1 || image->height < 1 || image->width > ARR_SIDE_MAX ||
        image->height > ARR_SIDE_MAX) {
        err_set(e, ERR_USAGE, "a picture of %d x %d pixels", image->width, image->height);
        return err_remedy(e, "its sides must be 1 to %d pixels", ARR_SIDE_MAX);
    }
    const size_t row = (size_t)image->width * (image->format == ARR_RGB8 ? 3 : 4);
    const size_t rows = (size_t)image->height * (is_rgb8 ? 1 : 3);
    if (image->stride_bytes < row || image->stride_bytes > SIZE_MAX / rows ||
        (!is_rgb8 && image->stride_bytes % sizeof(float) != 0)) {
        return err_set(e, ERR_USAGE, "a picture of %d x %d pixels with rows of %zu bytes",
                       image->width, image->height, image->stride_bytes);
    }
    if (!is_rgb8 && (uintptr_t)image->pixels % _Alignof(float) != 0) {
        return err_set(e, ERR_USAGE, "a picture of floats at an odd address");
    }
    return true;
}

static bool grid_check(int grid, struct err *e)
{
    if (grid < 2 || grid > ARR_GRID) {
        err_set(e, ERR_USAGE, "a grid of %d x %d cells", grid, grid);
        return err_remedy(e, "its side must be 2 to %d cells", ARR_GRID);
    }
    return true;
}

bool arr_resize_dense(const struct arr_image *image, int grid, uint8_t *dst, int n_threads,
                      struct err *e)
{
    if (!arr_image_check(image, e) || !grid_check(grid, e)) {
        return false;
    }
    if (image->format == ARR_RGBA8) {
        return err_set(e, ERR_USAGE, "resizing a picture with alpha that was put over nothing");
    }
    if (image->format != ARR_RGB8) {
        err_set(e, ERR_USAGE, "resizing a picture of floats with the 8-bit filter");
        return err_remedy(e, "take the resize path for floats (A)");
    }
    const int side = grid * ARR_CELL_PX;
    return arr_resize_rgb8(image->pixels, image->width, image->height, image->stride_bytes, dst,
                           side, side, ARR_TRIANGLE, n_threads, e);
}

/* ---- reading ---- */

struct plane_rows {
    float c[3][COLS];
};

/* A picture while it is sampled. */
struct sampler {
    const struct arr_image *image;
    int grid, cols; /* cells a side; intermediate columns that are read */
    bool is_direct; /* the picture is the intermediate one: nothing to interpolate */
    struct arr_lerp x[COLS], y[COLS];
    float w0[COLS], w1[COLS];
    float unit[256];         /* v / 255 */
    struct plane_rows a, b;  /* pixels left and right of the sampled places, in one row */
    struct plane_rows top;   /* the upper of two rows, interpolated */
    struct plane_rows row;   /* the last one sampled */
    float gray[PATCH][COLS]; /* of the row of cells at hand */
    /* The central pixels of the whole picture: planes of 2 G x 2 G. L, a, b replace R, G, B. */
    float centre[3][CENTRE_PX];
    uint8_t centre8[CENTRE_PX * 3]; /* only when direct and 8 bits */
};

static void sampler_axis(int n_in, int grid, struct arr_lerp *out)
{
    struct arr_lerp all[ARR_DENSE];
    arr_lerp_axis(n_in, grid * ARR_CELL_PX, all);
    for (int i = 0; i < grid; i++) {
        memcpy(out + i * PATCH, all + i * ARR_CELL_PX + FIRST, PATCH * sizeof *out);
    }
}

static void sampler_init(struct sampler *s, const struct arr_image *image, int grid)
{
    const int side = grid * ARR_CELL_PX;
    s->image = image;
    s->grid = grid;
    s->cols = grid * PATCH;
    s->is_direct = image->width == side && image->height == side;
    sampler_axis(image->width, grid, s->x);
    sampler_axis(image->height, grid, s->y);
    for (int i = 0; i < s->cols; i++) {
        s->w1[i] = s->x[i].w1;
        s->w0[i] = 1.0f - s->w1[i];
    }
    for (int v = 0; v < 256; v++) {
        s->unit[v] = (float)v / 255.0f;
    }
}

static const uint8_t *image_row(const struct arr_image *image, int y)
{
    return (const uint8_t *)image->pixels + (size_t)y * image->stride_bytes;
}

static void read_bytes(const struct sampler *s, int y, bool is_right, struct plane_rows *out)
{
    const uint8_t *row = image_row(s->image, y);
    for (int i = 0; i < s->cols; i++) {
        const uint8_t *p = row + (size_t)(is_right ? s->x[i].i1 : s->x[i].i0) * 3;
        out->c[0][i] = s->unit[p[0]];
        out->c[1][i] = s->unit[p[1]];
        out->c[2][i] = s->unit[p[2]];
    }
}

static void read_floats(const struct sampler *s, int y, bool is_right, struct plane_rows *out)
{
    for (int c = 0; c < 3; c++) {
        const float *row =
            (const float *)(const void *)image_row(s->image, y + c * s->image->height);
        for (int i = 0; i < s->cols; i++) {
            out->c[c][i] = row[is_right ? s->x[i].i1 : s->x[i].i0];
        }
    }
}

/* NaN is in no range. */
static bool all_in_range(const struct plane_rows *p, int n)
{
    int bad = 0;
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < n; i++) {
            bad |= !(p->c[c][i] >= 0.0f) | !(p->c[c][i] <= 1.0f);
        }
    }
    return bad == 0;
}

static bool read_pixels(const struct sampler *s, int y, bool is_right, struct plane_rows *out)
{
    if (s->image->format == ARR_RGB8) {
        read_bytes(s, y, is_right, out);
        return true;
    }
    read_floats(s, y, is_right, out);
    return all_in_range(out, s->cols);
}

/* Across, then down: v = h0 (w0 a + w1 b) + h1 (w0 a' + w1 b'). */
ARR_CLONES static void lerp_rows(const struct sampler *s, struct plane_rows *restrict out)
{
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < s->cols; i++) {
            out->c[c][i] = s->w0[i] * s->a.c[c][i] + s->w1[i] * s->b.c[c][i];
        }
    }
}

ARR_CLONES static void blend_rows(const struct plane_rows *restrict top, float h1, int n,
                                  struct plane_rows *restrict out)
{
    const float h0 = 1.0f - h1;
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < n; i++) {
            out->c[c][i] = h0 * top->c[c][i] + h1 * out->c[c][i];
        }
    }
}

/* Row k of the 4 G that are read, interpolated, to s->row. */
static bool sample_row(struct sampler *s, int k)
{
    const struct arr_lerp *y = &s->y[k];
    if (s->is_direct) {
        return read_pixels(s, y->i0, false, &s->row);
    }
    if (!read_pixels(s, y->i0, false, &s->a) || !read_pixels(s, y->i0, true, &s->b)) {
        return false;
    }
    lerp_rows(s, &s->top);
    if (!read_pixels(s, y->i1, false, &s->a) || !read_pixels(s, y->i1, true, &s->b)) {
        return false;
    }
    lerp_rows(s, &s->row);
    blend_rows(&s->top, y->w1, s->cols, &s->row);
    return true;
}

/* Keeps the two middle columns of each cell of the row just read, as row `to` of the centres. */
static void keep_centre(struct sampler *s, int to, int y)
{
    const int base = to * s->grid * CENTRE;
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < s->grid; i++) {
            memcpy(&s->centre[c][base + i * CENTRE], &s->row.c[c][i * PATCH + 1],
                   CENTRE * sizeof(float));
        }
    }
    if (s->is_direct && s->image->format == ARR_RGB8) {
        const uint8_t *row = image_row(s->image, y) + (FIRST + 1) * 3;
        for (int i = 0; i < s->grid; i++) {
            memcpy(&s->centre8[(base + i * CENTRE) * 3], row + i * ARR_CELL_PX * 3, CENTRE * 3);
        }
    }
}

static bool read_cell_row(struct sampler *s, int cell_row)
{
    for (int k = 0; k < PATCH; k++) {
        const int row = cell_row * PATCH + k;
        if (!sample_row(s, row)) {
            return false;
        }
        arr_gray(s->row.c[0], s->row.c[1], s->row.c[2], s->gray[k], (size_t)s->cols);
        if (k == 1 || k == 2) {
            keep_centre(s, cell_row * CENTRE + k - 1, s->y[row].i0);
        }
    }
    return true;
}

/* ---- cells ---- */

/* The bilinear rule at a weight of one half. a, b: the upper and lower pair. */
static inline float mean4(const float *a, const float *b)
{
    return 0.5f * (0.5f * a[0] + 0.5f * a[1]) + 0.5f * (0.5f * b[0] + 0.5f * b[1]);
}

/* out = mean of the centres, plus `add`, divided by `by`. */
static void centre_means(const struct sampler *s, const float *plane, float add, float by,
                         float *out)
{
    const int stride = s->grid * CENTRE;
    for (int row = 0; row < s->grid; row++) {
        const float *p = plane + row * CENTRE * stride;
        for (int i = 0; i < s->grid; i++) {
            out[row * s->grid + i] = (mean4(p + i * CENTRE, p + stride + i * CENTRE) + add) / by;
        }
    }
}

static void centre_channels(struct sampler *s, struct arr_texture *out)
{
    for (int c = 0; c < 3; c++) {
        centre_means(s, s->centre[c], 0.0f, 1.0f, out->t[ARR_T_R + c]);
    }
    float *l = s->centre[0], *a = s->centre[1], *b = s->centre[2];
    const size_t n = (size_t)(s->grid * s->grid * CENTRE * CENTRE);
    if (s->is_direct && s->image->format == ARR_RGB8) {
        arr_lab_rgb8(s->centre8, l, a, b, n);
    } else {
        arr_lab(l, a, b, l, a, b, n);
    }
    centre_means(s, l, 0.0f, 100.0f, out->t[ARR_T_L]);
    centre_means(s, a, 128.0f, 255.0f, out->t[ARR_T_A]);
    centre_means(s, b, 128.0f, 255.0f, out->aux_b);
}

/* Every column but the first and the last; those between two cells are computed in vain, which
 * costs less than leaving them out. */
ARR_CLONES static void sobel_row(const float *restrict up, const float *restrict mid,
                                 const float *restrict down, float *restrict gx, float *restrict gy,
                                 float *restrict mag, int n)
{
    for (int i = 1; i < n - 1; i++) {
        const float x = ((up[i + 1] - up[i - 1]) + 2.0f * (mid[i + 1] - mid[i - 1])) +
                        (down[i + 1] - down[i - 1]);
        const float y =
            ((down[i - 1] - up[i - 1]) + 2.0f * (down[i] - up[i])) + (down[i + 1] - up[i + 1]);
        gx[i] = 0.125f * x;
        gy[i] = 0.125f * y;
        mag[i] = sqrtf((gx[i] * gx[i] + gy[i] * gy[i]) + 1e-8f);
    }
}

static void edge_channels(const struct sampler *s, int cell_row, struct arr_texture *out)
{
    float edges[3][CENTRE][COLS];
    for (int k = 0; k < CENTRE; k++) {
        sobel_row(s->gray[k], s->gray[k + 1], s->gray[k + 2], edges[0][k], edges[1][k], edges[2][k],
                  s->cols);
    }
    for (int c = 0; c < 3; c++) {
        float *row = out->raw_edges[c] + cell_row * s->grid;
        for (int i = 0; i < s->grid; i++) {
            const int col = i * PATCH + 1;
            row[i] = mean4(&edges[c][0][col], &edges[c][1][col]);
        }
    }
}

bool arr_texture_sample(const struct arr_image *image, int grid, struct arr_texture *out,
                        struct err *e)
{
    if (!arr_image_check(image, e) || !grid_check(grid, e)) {
        return false;
    }
    if (image->format == ARR_RGBA8) {
        return err_set(e, ERR_USAGE, "reading a picture with alpha that was put over nothing");
    }
    struct sampler s;
    sampler_init(&s, image, grid);
    *out = (struct arr_texture){.grid = grid};
    for (int row = 0; row < grid; row++) {
        if (!read_cell_row(&s, row)) {
            err_set(e, ERR_DAMAGED, "a picture of floats with a value that is not 0 to 1");
            return err_remedy(e, "divide 8-bit values by 255, and leave out what is not a number");
        }
        edge_channels(&s, row, out);
    }
    centre_channels(&s, out);
    return true;
}
