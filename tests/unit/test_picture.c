/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of every kind that the libraries write, and turned in every way. */
#include "tests/unit/picture_samples.h"

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
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
