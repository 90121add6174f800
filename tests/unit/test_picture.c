/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of every kind the libraries write: turned every way, cut short, altered and refused. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/picture_make.h"

#include "core/format/picture.h"
#include "core/format/picture_parts.h"

enum { SIDE = 33 }; /* of the test picture; no multiple of 8 */

/* Smooth, so that lossy codecs keep it, with a corner of each colour. */
static uint8_t sample(int x, int y, int c)
{
    return (uint8_t)(c == 0   ? x * 7
                     : c == 1 ? y * 7
                     : c == 2 ? 255 - 4 * (x + y) / 2
                              : 255 - x * 3);
}

static uint8_t *make_pixels(int channels)
{
    uint8_t *p = xmalloc((size_t)SIDE * SIDE * (size_t)channels);
    uint8_t *to = p;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            for (int c = 0; c < channels; c++) {
                *to++ = sample(x, y, c);
            }
        }
    }
    return p;
}

static struct picture decode(const struct buf *b)
{
    struct picture p;
    struct err e = ERR_INIT;
    if (!picture_decode((const uint8_t *)b->p, b->n, &p, &e)) {
        fail_msg("%s", e.msg);
    }
    return p;
}

static enum err_code refusal(const void *bytes, size_t n, struct err *e)
{
    struct picture p;
    err_clear(e);
    if (picture_decode(bytes, n, &p, e)) {
        picture_done(&p);
        return ERR_NONE;
    }
    assert_null(p.rgb);
    return e->code;
}

/* ---- PNG ---- */

/* Packs samples of `depth` bits, `channels` a pixel. */
static void pack_row(uint8_t *row, const unsigned *samples, size_t n, int depth)
{
    for (size_t i = 0; i < n; i++) {
        if (depth == 16) {
            row[2 * i] = (uint8_t)(samples[i] >> 8);
            row[2 * i + 1] = (uint8_t)samples[i];
        } else {
            const size_t bit = i * (size_t)depth;
            const unsigned shift = 8 - (unsigned)depth - (unsigned)(bit % 8);
            row[bit / 8] = (uint8_t)(row[bit / 8] | samples[i] << shift);
        }
    }
}

static unsigned to_8_bits(unsigned v, int depth)
{
    const unsigned most = (1U << depth) - 1;
    return (v * 255 + most / 2) / most;
}

/* What RGB the samples s of one pixel mean. */
static void expect_pixel(const struct png_kind *k, const unsigned *s, uint8_t rgb[3])
{
    unsigned v[3];
    unsigned a = 255;
    const bool is_gray = !(k->type & PNG_COLOR_MASK_COLOR);
    for (int c = 0; c < 3; c++) {
        v[c] = to_8_bits(s[k->type & PNG_COLOR_MASK_PALETTE || is_gray ? 0 : c], k->depth);
    }
    if (k->type == PNG_COLOR_TYPE_PALETTE) {
        v[0] = 255 - s[0];
        v[1] = s[0] * 7 % 256;
        v[2] = s[0];
        a = (int)s[0] < k->n_trns ? s[0] * 10 % 256 : 255;
    } else if (k->type & PNG_COLOR_MASK_ALPHA) {
        a = to_8_bits(s[is_gray ? 1 : 3], k->depth);
    } else if (k->key > 0) {
        const unsigned key = (unsigned)k->key;
        a = s[0] == key && (is_gray || (s[1] == key && s[2] == key)) ? 0 : 255;
    }
    for (int c = 0; c < 3; c++) {
        rgb[c] = picture_over_white(v[c], a);
    }
}

static int channels_of(int type)
{
    return type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_PALETTE ? 1
           : type == PNG_COLOR_TYPE_GRAY_ALPHA                           ? 2
           : type == PNG_COLOR_TYPE_RGB                                  ? 3
                                                                         : 4;
}

static void check_png_kind(const struct png_kind *k, const char *mode)
{
    const int channels = channels_of(k->type);
    const size_t stride = ((size_t)(k->width * channels * k->depth) + 7) / 8;
    uint8_t *rows = xcalloc(stride, (size_t)k->height);
    uint8_t *want = xmalloc((size_t)(k->width * k->height * 3));
    unsigned *row = xcalloc((size_t)(k->width * channels), sizeof *row);
    unsigned random = 12345;
    for (int y = 0; y < k->height; y++) {
        for (int x = 0; x < k->width; x++) {
            unsigned *s = row + x * channels;
            for (int c = 0; c < channels; c++) {
                random = random * 1664525 + 1013904223;
                s[c] = random >> (32 - k->depth);
                if (k->n_palette > 0) {
                    s[c] %= (unsigned)k->n_palette;
                }
                if (k->key > 0 && random % 3 == 0) {
                    s[c] = (unsigned)k->key;
                }
            }
            expect_pixel(k, s, want + 3 * (y * k->width + x));
        }
        pack_row(rows + (size_t)y * stride, row, (size_t)(k->width * channels), k->depth);
    }
    struct buf b = BUF_INIT;
    make_png(&b, k, rows, stride);
    struct picture p = decode(&b);
    assert_int_equal(p.width, k->width);
    assert_int_equal(p.height, k->height);
    assert_string_equal(p.format, "PNG");
    assert_string_equal(p.mode, mode);
    assert_int_equal(p.had_alpha,
                     (k->type & PNG_COLOR_MASK_ALPHA) != 0 || k->n_trns > 0 || k->key > 0);
    assert_int_equal(p.orientation, 1);
    assert_int_equal(p.frames, 1);
    assert_memory_equal(p.rgb, want, (size_t)(k->width * k->height * 3));
    picture_done(&p);
    buf_done(&b);
    free(row);
    free(want);
    free(rows);
}

static void every_png_kind_becomes_rgb(void **state)
{
    (void)state;
    static const struct {
        int type, depth, n_palette, n_trns, key;
        const char *mode;
    } KINDS[] = {
        {PNG_COLOR_TYPE_GRAY, 1, 0, 0, 0, "gray 1-bit"},
        {PNG_COLOR_TYPE_GRAY, 2, 0, 0, 0, "gray 2-bit"},
        {PNG_COLOR_TYPE_GRAY, 4, 0, 0, 0, "gray 4-bit"},
        {PNG_COLOR_TYPE_GRAY, 8, 0, 0, 0, "gray"},
        {PNG_COLOR_TYPE_GRAY, 16, 0, 0, 0, "gray 16-bit"},
        {PNG_COLOR_TYPE_GRAY, 4, 0, 0, 7, "gray 4-bit"},
        {PNG_COLOR_TYPE_GRAY, 8, 0, 0, 100, "gray"},
        {PNG_COLOR_TYPE_GRAY, 16, 0, 0, 40000, "gray 16-bit"},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, 0, 0, "gray with alpha"},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 16, 0, 0, 0, "gray with alpha 16-bit"},
        {PNG_COLOR_TYPE_PALETTE, 1, 2, 0, 0, "palette"},
        {PNG_COLOR_TYPE_PALETTE, 2, 4, 3, 0, "palette"},
        {PNG_COLOR_TYPE_PALETTE, 4, 13, 0, 0, "palette"},
        {PNG_COLOR_TYPE_PALETTE, 8, 256, 0, 0, "palette"},
        {PNG_COLOR_TYPE_PALETTE, 8, 200, 100, 0, "palette"},
        {PNG_COLOR_TYPE_RGB, 8, 0, 0, 0, "RGB"},
        {PNG_COLOR_TYPE_RGB, 16, 0, 0, 0, "RGB 16-bit"},
        {PNG_COLOR_TYPE_RGB, 8, 0, 0, 9, "RGB"},
        {PNG_COLOR_TYPE_RGB, 16, 0, 0, 1000, "RGB 16-bit"},
        {PNG_COLOR_TYPE_RGB_ALPHA, 8, 0, 0, 0, "RGBA"},
        {PNG_COLOR_TYPE_RGB_ALPHA, 16, 0, 0, 0, "RGBA 16-bit"},
    };
    for (size_t i = 0; i < 2 * sizeof KINDS / sizeof *KINDS; i++) {
        const size_t k = i / 2;
        const struct png_kind kind = {.width = SIDE,
                                      .height = 21,
                                      .type = KINDS[k].type,
                                      .depth = KINDS[k].depth,
                                      .is_interlaced = i % 2,
                                      .n_palette = KINDS[k].n_palette,
                                      .n_trns = KINDS[k].n_trns,
                                      .key = KINDS[k].key};
        check_png_kind(&kind, KINDS[k].mode);
    }
}

/* All 65,536 values: the nearest of v * 255 / 65535. */
static void sixteen_bits_are_rounded(void **state)
{
    (void)state;
    uint8_t *rows = xmalloc((size_t)256 * 512);
    for (unsigned v = 0; v < 65536; v++) {
        rows[2 * v] = (uint8_t)(v >> 8);
        rows[2 * v + 1] = (uint8_t)v;
    }
    struct buf b = BUF_INIT;
    const struct png_kind kind = {256, 256, PNG_COLOR_TYPE_GRAY, 16, false, 0, 0, 0, 0};
    make_png(&b, &kind, rows, 512);
    struct picture p = decode(&b);
    for (unsigned v = 0; v < 65536; v++) {
        assert_int_equal(p.rgb[3 * v], (v + 128) / 257);
    }
    picture_done(&p);
    buf_done(&b);
    free(rows);
}

/* All pairs of value and alpha: Pillow's formula, which is the exact one rounded. */
static void alpha_goes_over_white(void **state)
{
    (void)state;
    uint8_t *rows = xmalloc((size_t)256 * 1024);
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned v = 0; v < 256; v++) {
            const uint8_t px[4] = {(uint8_t)v, (uint8_t)(255 - v), 0, (uint8_t)a};
            memcpy(rows + 4 * (a * 256 + v), px, 4);
        }
    }
    struct buf b = BUF_INIT;
    struct err e = ERR_INIT;
    assert_true(picture_encode_png(rows, 256, 256, 4, &b, &e));
    struct picture p = decode(&b);
    assert_true(p.had_alpha);
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned v = 0; v < 256; v++) {
            const unsigned t = v * a + 255 * (255 - a) + 128;
            const uint8_t *px = p.rgb + 3 * (a * 256 + v);
            assert_int_equal(px[0], ((t >> 8) + t) >> 8);
            assert_true(abs(2 * 255 * (int)px[0] - 2 * (int)(t - 128)) <= 255);
            assert_int_equal(px[1], picture_over_white(255 - v, a));
            assert_int_equal(px[2], 255 - a);
        }
    }
    picture_done(&p);
    buf_done(&b);
    free(rows);
}

static void what_is_written_reads_the_same(void **state)
{
    struct err e = ERR_INIT;
    uint8_t *rgb = make_pixels(3);
    char *path = xasprintf("%s/out.png", (const char *)*state);
    assert_true(picture_write_png(path, rgb, SIDE, SIDE, 3, &e));
    struct picture p;
    assert_true(picture_read(path, &p, &e));
    assert_memory_equal(p.rgb, rgb, SIDE * SIDE * 3);
    assert_string_equal(p.mode, "RGB");
    picture_done(&p);
    picture_done(&p);
    struct buf b = BUF_INIT;
    buf_puts(&b, "before");
    assert_true(picture_encode_png(rgb, 3, 2, 3, &b, &e));
    assert_memory_equal(b.p, "before\x89PNG", 10);
    static const int WRONG[][3] = {{0, 1, 3},     {1, 0, 3}, {-1, 1, 3},
                                   {65536, 1, 3}, {1, 1, 2}, {65535, 65535, 3}};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_false(picture_encode_png(rgb, WRONG[i][0], WRONG[i][1], WRONG[i][2], &b, &e));
        assert_int_equal(e.code, ERR_USAGE);
    }
    assert_false(picture_write_png("/no/such/folder/x.png", rgb, SIDE, SIDE, 3, &e));
    assert_int_equal(e.code, ERR_IO);
    assert_false(picture_read("/no/such/file.png", &p, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_false(picture_read(*state, &p, &e));
    assert_int_equal(e.code, ERR_IO);
    buf_done(&b);
    free(path);
    free(rgb);
}

/* ---- JPEG ---- */

static int difference(const uint8_t *a, const uint8_t *b, size_t n)
{
    int most = 0;
    for (size_t i = 0; i < n; i++) {
        const int d = abs(a[i] - b[i]);
        most = d > most ? d : most;
    }
    return most;
}

static void check_jpeg(const struct jpeg_kind *kind, const uint8_t *pixels, const uint8_t *want,
                       const char *mode)
{
    struct buf b = BUF_INIT;
    make_jpeg(&b, kind, pixels);
    struct picture p = decode(&b);
    assert_string_equal(p.format, "JPEG");
    assert_string_equal(p.mode, mode);
    assert_int_equal(p.width, SIDE);
    assert_int_equal(p.height, SIDE);
    assert_false(p.had_alpha);
    assert_in_range(difference(p.rgb, want, SIDE * SIDE * 3), 0, 12);
    picture_done(&p);
    buf_done(&b);
}

static void jpegs_become_rgb(void **state)
{
    (void)state;
    uint8_t *gray = make_pixels(1);
    uint8_t *rgb = make_pixels(3);
    uint8_t want[SIDE * SIDE * 3];
    for (size_t i = 0; i < sizeof want; i++) {
        want[i] = gray[i / 3];
    }
    check_jpeg(&(struct jpeg_kind){SIDE, SIDE, 1, JCS_GRAYSCALE, .restart = 0}, gray, want, "gray");
    check_jpeg(&(struct jpeg_kind){SIDE, SIDE, 3, JCS_YCbCr, .is_444 = true}, rgb, rgb, "RGB");
    check_jpeg(&(struct jpeg_kind){SIDE, SIDE, 3, JCS_YCbCr, .restart = 2}, rgb, rgb, "RGB");
    check_jpeg(&(struct jpeg_kind){SIDE, SIDE, 3, JCS_RGB, .restart = 0}, rgb, rgb, "RGB");
    check_jpeg(&(struct jpeg_kind){SIDE, SIDE, 3, JCS_YCbCr, .is_progressive = true}, rgb, rgb,
               "RGB");
    free(gray);
    free(rgb);
}

/* Ink to light: 255 - min(255, c + k - c * k / 255); with an Adobe marker the file has 255 - ink.
 */
static void ink_becomes_light(void **state)
{
    (void)state;
    uint8_t *ink = make_pixels(4);
    uint8_t *left = xmalloc(SIDE * SIDE * 4);
    uint8_t want[SIDE * SIDE * 3];
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        for (size_t c = 0; c < 3; c++) {
            const int light = (255 - ink[4 * i + c]) * (255 - ink[4 * i + 3]);
            want[3 * i + c] = (uint8_t)((light + 127) / 255);
        }
    }
    for (size_t i = 0; i < SIDE * SIDE * 4; i++) {
        left[i] = (uint8_t)(255 - ink[i]);
    }
    check_jpeg(&(struct jpeg_kind){SIDE, SIDE, 4, JCS_CMYK, .has_no_adobe = true}, ink, want,
               "CMYK");
    check_jpeg(&(struct jpeg_kind){SIDE, SIDE, 4, JCS_CMYK, .restart = 0}, left, want, "CMYK");
    check_jpeg(&(struct jpeg_kind){SIDE, SIDE, 4, JCS_YCCK, .is_444 = true}, left, want, "YCCK");
    free(left);
    free(ink);
}

/* ---- WebP ---- */

static void webps_become_rgb(void **state)
{
    (void)state;
    uint8_t *rgba = make_pixels(4);
    uint8_t want[SIDE * SIDE * 3];
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        for (size_t c = 0; c < 3; c++) {
            want[3 * i + c] = picture_over_white(rgba[4 * i + c], rgba[4 * i + 3]);
        }
    }
    struct buf b = BUF_INIT;
    make_webp(&b, rgba, SIDE, SIDE, true);
    struct picture p = decode(&b);
    assert_string_equal(p.format, "WebP");
    assert_string_equal(p.mode, "RGBA");
    assert_true(p.had_alpha);
    assert_memory_equal(p.rgb, want, sizeof want);
    picture_done(&p);
    buf_clear(&b);
    make_webp(&b, rgba, SIDE, SIDE, false);
    p = decode(&b);
    assert_true(p.had_alpha);
    assert_in_range(difference(p.rgb, want, sizeof want), 0, 40);
    picture_done(&p);
    buf_clear(&b);
    uint8_t *bytes = NULL;
    uint8_t *rgb = make_pixels(3);
    const size_t n = WebPEncodeLosslessRGB(rgb, SIDE, SIDE, SIDE * 3, &bytes);
    buf_append(&b, bytes, n);
    p = decode(&b);
    assert_string_equal(p.mode, "RGB");
    assert_false(p.had_alpha);
    assert_memory_equal(p.rgb, rgb, SIDE * SIDE * 3);
    picture_done(&p);
    WebPFree(bytes);
    free(rgb);
    free(rgba);
    buf_done(&b);
}

static void the_first_frame_of_an_animation_is_taken(void **state)
{
    (void)state;
    const uint8_t rgba[2 * 2 * 4] = {255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 9, 9, 0};
    struct buf simple = BUF_INIT;
    struct buf b = BUF_INIT;
    make_webp(&simple, rgba, 2, 2, true);
    make_webp_film(&b, &simple, 2, 2, 8, 10);
    struct picture p = decode(&b);
    assert_int_equal(p.frames, 2);
    assert_int_equal(p.width, 8);
    assert_int_equal(p.height, 10);
    for (int y = 0; y < 10; y++) {
        for (int x = 0; x < 8; x++) {
            const bool is_in = x >= 2 && x < 4 && y >= 4 && y < 6;
            const uint8_t *px = p.rgb + 3 * (y * 8 + x);
            const uint8_t *in = rgba + 4 * ((y - 4) * 2 + x - 2);
            const uint8_t white[3] = {255, 255, 255};
            assert_memory_equal(px, is_in && in[3] ? in : white, 3);
        }
    }
    picture_done(&p);
    buf_clear(&b);
    make_webp_film(&b, &simple, 2, 2, 3, 5); /* it does not fit */
    struct err e = ERR_INIT;
    assert_int_equal(refusal(b.p, b.n, &e), ERR_DAMAGED);
    buf_done(&simple);
    buf_done(&b);
}

static void animated_png_says_its_frames(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct buf film = BUF_INIT;
    const uint8_t px[3] = {1, 2, 3};
    assert_true(picture_encode_png(px, 1, 1, 3, &b, NULL));
    buf_append(&film, b.p, 33); /* signature and IHDR */
    buf_append(&film,
               "\0\0\0\x08"
               "acTL"
               "\0\0\0\x07\0\0\0\0"
               "\x00\x00\x00\x00",
               20);
    buf_append(&film, b.p + 33, b.n - 33);
    struct picture p = decode(&film);
    assert_int_equal(p.frames, 7);
    assert_memory_equal(p.rgb, px, 3);
    picture_done(&p);
    buf_done(&film);
    buf_done(&b);
}

/* ---- orientation ---- */

/* How the stored picture ABC/DEF has to be seen. */
static const char *const UPRIGHT[9] = {NULL,     "ABCDEF", "CBAFED", "FEDCBA", "DEFABC",
                                       "ADBECF", "DAEBFC", "FCEBDA", "CFBEAD"};
static const uint8_t COLOURS[6][4] = {{255, 0, 0, 255},   {0, 255, 0, 255},   {0, 0, 255, 255},
                                      {255, 255, 0, 255}, {0, 255, 255, 255}, {255, 0, 255, 255}};

static void check_upright(const struct buf *b, int orientation, int block)
{
    struct picture p = decode(b);
    const int columns = orientation >= 5 ? 2 : 3;
    assert_int_equal(p.orientation, orientation);
    assert_int_equal(p.width, columns * block);
    assert_int_equal(p.height, 6 / columns * block);
    for (int i = 0; i < 6; i++) {
        const int x = i % columns * block + block / 2;
        const int y = i / columns * block + block / 2;
        const uint8_t *want = COLOURS[UPRIGHT[orientation][i] - 'A'];
        assert_in_range(difference(p.rgb + 3 * (y * p.width + x), want, 3), 0, block > 1 ? 30 : 0);
    }
    picture_done(&p);
}

static void all_orientations_are_applied(void **state)
{
    (void)state;
    enum { BLOCK = 16 };
    static uint8_t rgba[2 * BLOCK * 3 * BLOCK * 4];
    static uint8_t rgb[2 * BLOCK * 3 * BLOCK * 3];
    uint8_t six[18];
    for (size_t i = 0; i < sizeof rgb / 3; i++) {
        const size_t x = i % ((size_t)3 * BLOCK) / BLOCK;
        const size_t y = i / ((size_t)3 * BLOCK) / BLOCK;
        memcpy(rgb + 3 * i, COLOURS[y * 3 + x], 3);
        memcpy(rgba + 4 * i, COLOURS[y * 3 + x], 4);
    }
    for (size_t i = 0; i < 6; i++) {
        memcpy(six + 3 * i, COLOURS[i], 3);
    }
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct buf b = BUF_INIT;
        struct buf simple = BUF_INIT;
        const struct png_kind png = {.width = 3,
                                     .height = 2,
                                     .type = PNG_COLOR_TYPE_RGB,
                                     .depth = 8,
                                     .orientation = orientation};
        make_png(&b, &png, six, 9);
        check_upright(&b, orientation, 1);
        buf_clear(&b);
        make_webp(&simple, rgba, 3 * BLOCK, 2 * BLOCK, true);
        make_webp_with_exif(&b, &simple, 3 * BLOCK, 2 * BLOCK, orientation);
        check_upright(&b, orientation, BLOCK);
        buf_clear(&b);
        const struct jpeg_kind jpeg = {3 * BLOCK, 2 * BLOCK, 3, JCS_YCbCr,
                                       .orientation = orientation};
        make_jpeg(&b, &jpeg, rgb);
        check_upright(&b, orientation, BLOCK);
        buf_done(&simple);
        buf_done(&b);
    }
}

static void exif_is_not_believed(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    put_exif(&b, 6, true);
    const uint8_t *bytes = (const uint8_t *)b.p;
    assert_int_equal(picture_exif_orientation(bytes, b.n), 6);
    for (size_t cut = 0; cut < 22; cut++) {
        uint8_t *exact = xmalloc(cut);
        memcpy(exact, bytes, cut);
        assert_int_equal(picture_exif_orientation(exact, cut), 1);
        free(exact);
    }
    static const struct {
        size_t at;
        char value;
    } WRONG[] = {{0, 'X'}, {3, 43}, {4, 127}, {7, 25}, {9, 0}, {13, 4}, {19, 9}, {19, 0}, {18, 1}};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct buf wrong = BUF_INIT;
        buf_append(&wrong, b.p, b.n);
        wrong.p[WRONG[i].at] = WRONG[i].value;
        assert_int_equal(picture_exif_orientation((const uint8_t *)wrong.p, wrong.n), 1);
        buf_done(&wrong);
    }
    b.p[8] = 127; /* more entries than there are, the first of them sound */
    assert_int_equal(picture_exif_orientation(bytes, b.n), 6);
    buf_done(&b);
}

/* ---- files that are not what they should be ---- */

enum { N_FILES = 10 };

static void make_files(struct buf files[N_FILES])
{
    uint8_t *rgb = make_pixels(3);
    uint8_t *rgba = make_pixels(4);
    const struct png_kind png[] = {
        {SIDE, SIDE, PNG_COLOR_TYPE_RGB, 8, false, 0, 0, 0, 6},
        {SIDE, SIDE, PNG_COLOR_TYPE_RGB_ALPHA, 8, true, 0, 0, 0, 0},
        {SIDE, SIDE, PNG_COLOR_TYPE_PALETTE, 8, true, 256, 9, 0, 0},
    };
    const struct jpeg_kind jpeg[] = {
        {SIDE, SIDE, 3, JCS_YCbCr, .orientation = 8},
        {SIDE, SIDE, 3, JCS_YCbCr, .is_progressive = true, .restart = 3},
        {SIDE, SIDE, 4, JCS_YCCK, .restart = 1},
    };
    for (size_t i = 0; i < 3; i++) {
        make_png(&files[i], &png[i], rgba, (size_t)SIDE * (i == 2 ? 1 : i + 3));
        make_jpeg(&files[3 + i], &jpeg[i], rgba);
    }
    make_webp(&files[6], rgba, SIDE, SIDE, true);
    make_webp(&files[7], rgba, SIDE, SIDE, false);
    make_webp_with_exif(&files[8], &files[6], SIDE, SIDE, 5);
    make_webp_film(&files[9], &files[6], SIDE, SIDE, SIDE + 3, SIDE + 4);
    free(rgb);
    free(rgba);
}

static void cut_files_are_damaged(void **state)
{
    (void)state;
    struct buf files[N_FILES] = {{0}};
    make_files(files);
    for (size_t i = 0; i < N_FILES; i++) {
        struct picture p = decode(&files[i]);
        picture_done(&p);
        for (size_t cut = 0; cut < files[i].n; cut += 7) {
            struct err e = ERR_INIT;
            uint8_t *exact = xmalloc(cut);
            memcpy(exact, files[i].p, cut);
            const enum err_code code = refusal(exact, cut, &e);
            if (code != ERR_DAMAGED && !(cut < 12 && code == ERR_UNSUPPORTED)) {
                fail_msg("file %zu cut at %zu of %zu: %s", i, cut, files[i].n, e.msg);
            }
            free(exact);
        }
        struct err e = ERR_INIT;
        const size_t pixels_end = i < 3 ? files[i].n - 12 : files[i].n - 2;
        assert_int_equal(refusal(files[i].p, pixels_end, &e), ERR_DAMAGED);
        buf_puts(&files[i], "something behind the picture");
        p = decode(&files[i]);
        picture_done(&p);
        buf_done(&files[i]);
    }
}

/* Whatever single bytes say, nothing is read or written where it should not be, and nothing leaks:
 * the sanitizers watch. PNG has check sums, so a change in its pixels must not pass. */
static void wrong_bytes_do_no_harm(void **state)
{
    (void)state;
    struct buf files[N_FILES] = {{0}};
    make_files(files);
    size_t passed = 0;
    for (size_t i = 0; i < N_FILES; i++) {
        for (size_t at = 0; at < files[i].n; at += 5) {
            struct picture p;
            struct err e = ERR_INIT;
            const char keep = files[i].p[at];
            files[i].p[at] = (char)(keep ^ (1 << at % 8));
            if (picture_decode_within((const uint8_t *)files[i].p, files[i].n, 1 << 20, &p, &e)) {
                passed++;
                picture_done(&p);
            } else {
                assert_true(e.code == ERR_DAMAGED || e.code == ERR_UNSUPPORTED ||
                            e.code == ERR_LIMIT);
            }
            files[i].p[at] = keep;
        }
        buf_done(&files[i]);
    }
    assert_true(passed > 0);
}

static void a_broken_check_sum_is_damage(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct err e = ERR_INIT;
    uint8_t *rgb = make_pixels(3);
    assert_true(picture_encode_png(rgb, SIDE, SIDE, 3, &b, &e));
    b.p[b.n - 20] = (char)(b.p[b.n - 20] ^ 1); /* within the last bytes of IDAT */
    assert_int_equal(refusal(b.p, b.n, &e), ERR_DAMAGED);
    free(rgb);
    buf_done(&b);
}

/* The end is there, but not all that should come before it. */
static void a_jpeg_without_its_middle_is_damaged(void **state)
{
    (void)state;
    struct buf files[N_FILES] = {{0}};
    make_files(files);
    for (size_t i = 3; i < 6; i++) {
        struct buf b = BUF_INIT;
        struct err e = ERR_INIT;
        buf_append(&b, files[i].p, files[i].n - 60);
        buf_append(&b, "\xff\xd9", 2);
        assert_int_equal(refusal(b.p, b.n, &e), ERR_DAMAGED);
        buf_done(&b);
    }
    for (size_t i = 0; i < N_FILES; i++) {
        buf_done(&files[i]);
    }
}

static void other_formats_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *word;
    } OTHERS[] = {
        {"GIF89a\1\0\1\0", 10, "GIF"},
        {"GIF87a\1\0\1\0", 10, "GIF"},
        {"\0\0\0\x1c"
         "ftypavif\0\0\0\0",
         16, "AVIF"},
        {"\0\0\0\x18"
         "ftypheic\0\0\0\0",
         16, "HEIC"},
        {"\0\0\0\x18"
         "ftypmif1\0\0\0\0",
         16, "HEIF"},
        {"\0\0\0\x18"
         "ftypisom\0\0\0\0",
         16, "MP4"},
        {"BM\x36\0\0\0\0\0\0\0", 10, "BMP"},
        {"II*\0\x08\0\0\0", 8, "TIFF"},
        {"MM\0*\0\0\0\x08", 8, "TIFF"},
        {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 41, "SVG"},
        {"<?xml version=\"1.0\"?>\n<!-- x -->\n<svg/>", 39, "SVG"},
        {"\0\0\0\x0cJXL \r\n\x87\n", 12, "JPEG XL"},
        {"%PDF-1.7", 8, "PDF"},
        {"YUV4MPEG2 W2 H2\n", 16, "Y4M"},
        {"version https://git-lfs.github.com/spec/v1\n", 43, "Git LFS"},
        {"<!DOCTYPE html>", 15, "web page"},
        {"RIFF\x24\0\0\0WAVEfmt ", 16, "no picture"},
        {"hello", 5, "no picture"},
        {"\x89PN", 3, "no picture"},
    };
    struct err e = ERR_INIT;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        assert_int_equal(refusal(OTHERS[i].bytes, OTHERS[i].n, &e), ERR_UNSUPPORTED);
        if (!strstr(e.msg, OTHERS[i].word) || !e.remedy[0]) {
            fail_msg("%s: \"%s\" \"%s\"", OTHERS[i].word, e.msg, e.remedy);
        }
    }
    assert_int_equal(refusal("", 0, &e), ERR_DAMAGED);
    assert_int_equal(refusal(NULL, 0, &e), ERR_DAMAGED);
}

/* ---- sizes ---- */

/* The head of a PNG of that size, up to its first pixel. */
static void put_png_head(struct buf *b, png_uint_32 width, png_uint_32 height)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, b, png_to_buf, png_no_flush);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, 0, 0, 0);
    png_write_info(png, info);
    png_destroy_write_struct(&png, &info);
    buf_append(b, "\0\0\0\x0aIDAT0123456789", 18);
}

/* Where the first such marker of a JPEG lies, from `from` on. */
static size_t find_marker(const struct buf *b, size_t from, uint8_t marker)
{
    while (from + 1 < b->n && !((uint8_t)b->p[from] == 0xFF && (uint8_t)b->p[from + 1] == marker)) {
        from++;
    }
    assert_true(from + 1 < b->n);
    return from;
}

static void check_limit(const struct buf *b, int width, int height, const char *format)
{
    struct err e = ERR_INIT;
    char size[64];
    int w = 0;
    int h = 0;
    const char *found = NULL;
    assert_int_equal(refusal(b->p, b->n, &e), ERR_LIMIT);
    snprintf(size, sizeof size, "%d x %d", width, height);
    assert_non_null(strstr(e.msg, size));
    assert_non_null(strstr(e.msg, "134217728"));
    assert_true(e.remedy[0]);
    assert_true(picture_probe((const uint8_t *)b->p, b->n, &w, &h, &found));
    assert_int_equal(w, width);
    assert_int_equal(h, height);
    assert_string_equal(found, format);
}

static void too_large_is_refused_before_it_costs_anything(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    put_png_head(&b, 20000, 20000);
    check_limit(&b, 20000, 20000, "PNG");
    buf_clear(&b);
    put_png_head(&b, 65536, 1);
    check_limit(&b, 65536, 1, "PNG");
    buf_clear(&b);
    put_png_head(&b, 1, 0x7FFFFFFF);
    check_limit(&b, 1, 0x7FFFFFFF, "PNG");
    buf_clear(&b);
    const uint8_t px[4] = {1, 2, 3, 4};
    make_jpeg(&b, &(struct jpeg_kind){1, 1, 1, JCS_GRAYSCALE, .restart = 0}, px);
    memcpy(b.p + find_marker(&b, 0, 0xC0) + 5, "\x4e\x20\x4e\x20", 4);
    check_limit(&b, 20000, 20000, "JPEG");
    buf_clear(&b);
    struct buf simple = BUF_INIT;
    make_webp(&simple, px, 1, 1, true);
    make_webp_film(&b, &simple, 1, 1, 20000, 20000);
    check_limit(&b, 20000, 20000, "WebP");
    buf_done(&simple);
    buf_done(&b);
}

static void thin_pictures_are_fine(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{1, 1}, {1, 10000}, {10000, 1}, {65535, 1}, {1, 65535}};
    uint8_t *rgba = xmalloc((size_t)65535 * 4);
    for (size_t i = 0; i < (size_t)65535 * 4; i++) {
        rgba[i] = (uint8_t)(i * 31 >> 3);
    }
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        struct buf b = BUF_INIT;
        assert_true(picture_encode_png(rgba, SIZES[i][0], SIZES[i][1], 3, &b, NULL));
        struct picture p = decode(&b);
        assert_int_equal(p.width, SIZES[i][0]);
        assert_int_equal(p.height, SIZES[i][1]);
        assert_memory_equal(p.rgb, rgba, (size_t)SIZES[i][0] * (size_t)SIZES[i][1] * 3);
        picture_done(&p);
        buf_clear(&b);
        if (SIZES[i][0] <= 16383 && SIZES[i][1] <= 16383) {
            make_webp(&b, rgba, SIZES[i][0], SIZES[i][1], true);
            p = decode(&b);
            assert_int_equal(p.height, SIZES[i][1]);
            picture_done(&p);
            buf_clear(&b);
        }
        if (SIZES[i][0] <= 65500 && SIZES[i][1] <= 65500) {
            const struct jpeg_kind kind = {SIZES[i][0], SIZES[i][1], 1, JCS_GRAYSCALE,
                                           .restart = 0};
            make_jpeg(&b, &kind, rgba);
            p = decode(&b);
            assert_int_equal(p.height, SIZES[i][1]);
            picture_done(&p);
        }
        buf_done(&b);
    }
    free(rgba);
}

static void probing_reads_the_head_alone(void **state)
{
    (void)state;
    struct buf files[N_FILES] = {{0}};
    make_files(files);
    for (size_t i = 0; i < N_FILES; i++) {
        static const char *const NAMES[] = {"PNG", "JPEG", "WebP"};
        int w = 0;
        int h = 0;
        const char *format = NULL;
        const uint8_t *bytes = (const uint8_t *)files[i].p;
        assert_true(picture_probe(bytes, files[i].n, &w, &h, &format));
        assert_string_equal(format, NAMES[i < 3 ? 0 : i < 6 ? 1 : 2]);
        assert_int_equal(w, i == 9 ? SIDE + 3 : SIDE);
        assert_int_equal(h, i == 9 ? SIDE + 4 : SIDE);
        for (size_t cut = 0; cut < 20; cut++) {
            assert_false(picture_probe(bytes, cut, &w, &h, &format));
        }
        buf_done(&files[i]);
    }
    int w = 0;
    int h = 0;
    const char *format = "?";
    assert_false(picture_probe((const uint8_t *)"GIF89a", 6, &w, &h, &format));
    assert_null(format);
}

/* A progressive JPEG with hundreds of scans would keep us busy for as long as it likes. */
static void endless_scans_are_refused(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    struct buf many = BUF_INIT;
    struct err e = ERR_INIT;
    uint8_t *rgb = make_pixels(3);
    make_jpeg(&b, &(struct jpeg_kind){SIDE, SIDE, 3, JCS_YCbCr, .is_progressive = true}, rgb);
    const size_t scan = find_marker(&b, 0, 0xDA);
    const size_t next = find_marker(&b, scan, 0xC4);
    buf_append(&many, b.p, scan);
    for (int i = 0; i < 300; i++) {
        buf_append(&many, b.p + scan, next - scan);
    }
    buf_append(&many, b.p + next, b.n - next);
    assert_int_equal(refusal(many.p, many.n, &e), ERR_LIMIT);
    buf_done(&many);
    buf_done(&b);
    free(rgb);
}

static void the_libraries_do_not_print(void **state)
{
    struct buf files[N_FILES] = {{0}};
    char *path = xasprintf("%s/stderr", (const char *)*state);
    make_files(files);
    fflush(stderr);
    const int keep = dup(STDERR_FILENO);
    const int quiet = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    assert_true(keep >= 0 && quiet >= 0 && dup2(quiet, STDERR_FILENO) >= 0);
    for (size_t i = 0; i < N_FILES; i++) {
        for (size_t at = 8; at < files[i].n; at += 13) {
            struct picture p;
            files[i].p[at] = (char)(files[i].p[at] ^ 0x55);
            picture_decode_within((const uint8_t *)files[i].p, files[i].n, 1 << 20, &p, NULL);
            picture_done(&p);
            files[i].p[at] = (char)(files[i].p[at] ^ 0x55);
        }
        buf_done(&files[i]);
    }
    fflush(stderr);
    dup2(keep, STDERR_FILENO);
    close(keep);
    close(quiet);
    struct buf said = BUF_INIT;
    assert_true(file_read(path, &said, 4096, NULL));
    assert_int_equal(said.n, 0);
    buf_done(&said);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_png_kind_becomes_rgb),
        cmocka_unit_test(sixteen_bits_are_rounded),
        cmocka_unit_test(alpha_goes_over_white),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(jpegs_become_rgb),
        cmocka_unit_test(ink_becomes_light),
        cmocka_unit_test(webps_become_rgb),
        cmocka_unit_test(the_first_frame_of_an_animation_is_taken),
        cmocka_unit_test(animated_png_says_its_frames),
        cmocka_unit_test(all_orientations_are_applied),
        cmocka_unit_test(exif_is_not_believed),
        cmocka_unit_test(cut_files_are_damaged),
        cmocka_unit_test(wrong_bytes_do_no_harm),
        cmocka_unit_test(a_broken_check_sum_is_damage),
        cmocka_unit_test(a_jpeg_without_its_middle_is_damaged),
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test(too_large_is_refused_before_it_costs_anything),
        cmocka_unit_test(thin_pictures_are_fine),
        cmocka_unit_test(probing_reads_the_head_alone),
        cmocka_unit_test(endless_scans_are_refused),
        cmocka_unit_test(the_libraries_do_not_print),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
