/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures that are cut short, altered, too large, of other formats or hostile. */
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/picture_samples.h"

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
