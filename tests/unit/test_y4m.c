/* SPDX-License-Identifier: Apache-2.0 */
/* Films of every sampling, both matrices and ranges, and broken ones. */
#include <math.h>

#include "tests/unit/format_help.h"

#include "core/format/picture.h"
#include "core/format/y4m.h"

enum { W = 5, H = 3 };

static struct y4m *open_film(void **state, const struct buf *film, struct err *e)
{
    char *path = put_file(state, "film.y4m", film->p, film->n);
    struct y4m *y = y4m_open(path, e);
    free(path);
    return y;
}

static uint8_t sample_of(int plane, size_t i, int frame)
{
    return (uint8_t)((size_t)(16 + 40 * plane + 29 * frame) + i * 23);
}

static void put_frame(struct buf *b, const char *line, const size_t sizes[3], int frame)
{
    buf_puts(b, line);
    for (int plane = 0; plane < 3; plane++) {
        for (size_t i = 0; i < sizes[plane]; i++) {
            buf_putc(b, (char)sample_of(plane, i, frame));
        }
    }
}

/* The formulas of the standards, in floating point. */
static void expect_rgb(double y, double u, double v, bool is_hd, bool is_full, int rgb[3])
{
    const double kr = is_hd ? 0.2126 : 0.299;
    const double kb = is_hd ? 0.0722 : 0.114;
    const double light = is_full ? y / 255 : (y - 16) / 219;
    const double cb = (u - 128) / (is_full ? 255 : 224);
    const double cr = (v - 128) / (is_full ? 255 : 224);
    const double r = light + 2 * (1 - kr) * cr;
    const double b = light + 2 * (1 - kb) * cb;
    const double g = (light - kr * r - kb * b) / (1 - kr - kb);
    const double values[3] = {r, g, b};
    for (int c = 0; c < 3; c++) {
        const double scaled = values[c] * 255;
        rgb[c] = (int)lround(scaled < 0 ? 0 : scaled > 255 ? 255 : scaled);
    }
}

struct film_kind {
    const char *tags;
    int x_step, y_step; /* pixels for one chroma sample; 0: no chroma */
    bool is_full;
};

static void check_frame(const struct film_kind *k, const uint8_t *rgb, int frame)
{
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            int want[3];
            double u = 128;
            double v = 128;
            if (k->x_step > 0) {
                const int columns = (W + k->x_step - 1) / k->x_step;
                const size_t at = (size_t)(y / k->y_step * columns + x / k->x_step);
                u = sample_of(1, at, frame);
                v = sample_of(2, at, frame);
            }
            expect_rgb(sample_of(0, (size_t)(y * W + x), frame), u, v, false, k->is_full, want);
            for (int c = 0; c < 3; c++) {
                assert_in_range(abs(rgb[3 * (y * W + x) + c] - want[c]), 0, 1);
            }
        }
    }
}

static void every_sampling_becomes_rgb(void **state)
{
    static const struct film_kind KINDS[] = {
        {"", 2, 2, false},
        {" C420jpeg", 2, 2, false},
        {" F30:1 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2", 2, 2, false},
        {" C420paldv", 2, 2, false},
        {" C420", 2, 2, false},
        {" C422", 2, 1, false},
        {" C444", 1, 1, false},
        {" C411", 4, 1, false},
        {" Cmono", 0, 0, false},
        {" C444 XCOLORRANGE=FULL", 1, 1, true},
        {" Cmono XCOLORRANGE=FULL", 0, 0, true},
        {"  C444 XCOLORRANGE=LIMITED ", 1, 1, false},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        struct buf film = BUF_INIT;
        struct err e = ERR_INIT;
        const struct film_kind *k = &KINDS[i];
        size_t chroma = 0;
        if (k->x_step > 0) {
            chroma = (size_t)((W + k->x_step - 1) / k->x_step * ((H + k->y_step - 1) / k->y_step));
        }
        const size_t sizes[3] = {(size_t)W * H, chroma, chroma};
        buf_printf(&film, "YUV4MPEG2 W%d H%d%s\n", W, H, k->tags);
        put_frame(&film, "FRAME\n", sizes, 0);
        put_frame(&film, "FRAME Ixyz\n", sizes, 1);
        put_frame(&film, "FRAME\n", sizes, 2);
        struct y4m *y = open_film(state, &film, &e);
        assert_non_null(y);
        int width = 0;
        int height = 0;
        y4m_size(y, &width, &height);
        assert_int_equal(width, W);
        assert_int_equal(height, H);
        uint8_t rgb[W * H * 3];
        for (int frame = 0; frame < 3; frame++) {
            assert_int_equal(y4m_next(y, rgb, &e), 1);
            check_frame(k, rgb, frame);
        }
        assert_int_equal(y4m_next(y, rgb, &e), 0);
        assert_int_equal(y4m_next(y, rgb, &e), 0);
        y4m_close(y);
        buf_done(&film);
    }
}

/* All 2^24 colours would take long; a grid of them with the ends does. Above 576 lines it is
 * BT.709. */
static void colours_are_those_of_the_standards(void **state)
{
    for (int kind = 0; kind < 4; kind++) {
        const bool is_hd = kind & 1;
        const bool is_full = kind & 2;
        enum { GRID = 18, LINES = 577 };
        const int height = is_hd ? LINES : LINES - 1;
        const size_t n = (size_t)GRID * (size_t)height;
        struct buf film = BUF_INIT;
        struct err e = ERR_INIT;
        buf_printf(&film, "YUV4MPEG2 W%d H%d C444%s\nFRAME\n", GRID, height,
                   is_full ? " XCOLORRANGE=FULL" : "");
        for (size_t plane = 0; plane < 3; plane++) {
            for (size_t i = 0; i < n; i++) {
                const size_t step = plane == 0   ? i % GRID
                                    : plane == 1 ? i / GRID % GRID
                                                 : i / GRID / GRID % GRID;
                buf_putc(&film, (char)(step * 15));
            }
        }
        struct y4m *y = open_film(state, &film, &e);
        assert_non_null(y);
        uint8_t *rgb = xmalloc(n * 3);
        assert_int_equal(y4m_next(y, rgb, &e), 1);
        for (size_t i = 0; i < n; i++) {
            int want[3];
            expect_rgb((double)(i % GRID * 15), (double)(i / GRID % GRID * 15),
                       (double)(i / GRID / GRID % GRID * 15), is_hd, is_full, want);
            for (size_t c = 0; c < 3; c++) {
                assert_in_range(abs(rgb[3 * i + c] - want[c]), 0, 1);
            }
        }
        free(rgb);
        y4m_close(y);
        buf_done(&film);
    }
}

static void black_and_white_are_exact(void **state)
{
    static const char FILM[] = "YUV4MPEG2 W2 H1 C444\nFRAME\n\x10\xeb\x80\x80\x80\x80";
    const struct buf film = {xstrdup(FILM), sizeof FILM - 1, 0};
    struct err e = ERR_INIT;
    struct y4m *y = open_film(state, &film, &e);
    uint8_t rgb[6];
    assert_int_equal(y4m_next(y, rgb, &e), 1);
    assert_memory_equal(rgb, "\0\0\0\xff\xff\xff", 6);
    y4m_close(y);
    free(film.p);
}

static void broken_headers_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum err_code code;
        const char *why;
    } HEADERS[] = {
        {"", ERR_DAMAGED, "byte 0"},
        {"\n", ERR_DAMAGED, "no Y4M"},
        {"YUV4MPEG2\n", ERR_DAMAGED, "no Y4M"},
        {"YUV4MPEG2 ", ERR_DAMAGED, "does not end"},
        {"YUV4MPEG2 \n", ERR_DAMAGED, "no width or height"},
        {"YUV4MPEG2 W2\n", ERR_DAMAGED, "no width or height"},
        {"YUV4MPEG2 H2\n", ERR_DAMAGED, "no width or height"},
        {"YUV4MPEG2 W0 H2\n", ERR_DAMAGED, "no number of pixels"},
        {"YUV4MPEG2 W-2 H2\n", ERR_DAMAGED, "no number of pixels"},
        {"YUV4MPEG2 W+2 H2\n", ERR_DAMAGED, "no number of pixels"},
        {"YUV4MPEG2 W2x H2\n", ERR_DAMAGED, "no number of pixels"},
        {"YUV4MPEG2 W H2\n", ERR_DAMAGED, "no number of pixels"},
        {"YUV4MPEG2 W99999999999999999999 H2\n", ERR_DAMAGED, "no number of pixels"},
        {"YUV4MPEG2 W65536 H2\n", ERR_LIMIT, "65535"},
        {"YUV4MPEG2 W20000 H20000\n", ERR_LIMIT, "134217728"},
        {"YUV4MPEG2 W2 H2 C420p10\n", ERR_UNSUPPORTED, "420p10"},
        {"YUV4MPEG2 W2 H2 Cmono16\n", ERR_UNSUPPORTED, "mono16"},
        {"YUV4MPEG2 W2 H2 C444alpha\n", ERR_UNSUPPORTED, "444alpha"},
        {"YUV4MPEG2 W2 H2 C\n", ERR_UNSUPPORTED, "\"\""},
        {"\x89PNG\r\n\x1a\n", ERR_DAMAGED, "no Y4M"},
    };
    for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++) {
        struct buf film = BUF_INIT;
        struct err e = ERR_INIT;
        buf_puts(&film, HEADERS[i].text);
        struct y4m *y = open_film(state, &film, &e);
        if (y || e.code != HEADERS[i].code || !strstr(e.msg, HEADERS[i].why)) {
            fail_msg("%s: %s", HEADERS[i].text, y ? "opened" : e.msg);
        }
        buf_done(&film);
    }
    struct buf film = BUF_INIT;
    struct err e = ERR_INIT;
    buf_puts(&film, "YUV4MPEG2 W2 H2 X");
    buf_pad(&film, 'x', 5000);
    buf_puts(&film, "\n");
    assert_null(open_film(state, &film, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    buf_done(&film);
    assert_null(y4m_open("/no/such/film.y4m", &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void broken_frames_are_refused_where_they_lie(void **state)
{
    static const char HEADER[] = "YUV4MPEG2 W4 H2 C420jpeg\n"; /* frames of 12 bytes */
    static const struct {
        const char *tail;
        const char *why;
    } TAILS[] = {
        {"FRAME", "the header at byte 43 does not end"},
        {"FRAM\n123456789012", "no frame begins at byte 43"},
        {"FRAMES\n123456789012", "no frame begins at byte 43"},
        {"\n123456789012", "no frame begins at byte 43"},
        {"FRAME\n12345678901", "the frame at byte 43 is cut off at byte 60"},
        {"FRAME\n", "the frame at byte 43 is cut off at byte 49"},
    };
    for (size_t i = 0; i < sizeof TAILS / sizeof *TAILS; i++) {
        struct buf film = BUF_INIT;
        struct err e = ERR_INIT;
        uint8_t rgb[4 * 2 * 3];
        buf_printf(&film, "%sFRAME\nabcdefghijkl%s", HEADER, TAILS[i].tail);
        struct y4m *y = open_film(state, &film, &e);
        assert_non_null(y);
        assert_int_equal(y4m_next(y, rgb, &e), 1);
        assert_int_equal(y4m_next(y, rgb, &e), -1);
        assert_int_equal(e.code, ERR_DAMAGED);
        if (!strstr(e.msg, TAILS[i].why)) {
            fail_msg("wanted \"%s\", got \"%s\"", TAILS[i].why, e.msg);
        }
        y4m_close(y);
        buf_done(&film);
    }
}

static void the_first_bytes_tell_a_film(void **state)
{
    (void)state;
    assert_true(y4m_is((const uint8_t *)"YUV4MPEG2 W1", 12));
    assert_true(y4m_is((const uint8_t *)"YUV4MPEG2 ", 10));
    assert_false(y4m_is((const uint8_t *)"YUV4MPEG2 ", 9));
    assert_false(y4m_is((const uint8_t *)"YUV4MPEG1 ", 10));
    y4m_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sampling_becomes_rgb),
        cmocka_unit_test(colours_are_those_of_the_standards),
        cmocka_unit_test(black_and_white_are_exact),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(broken_frames_are_refused_where_they_lie),
        cmocka_unit_test(the_first_bytes_tell_a_film),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
