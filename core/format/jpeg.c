/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/jpeg_api.h"
#include "core/format/picture_parts.h"

/* A progressive file may have as many scans as it likes, and each goes over the whole picture; real
 * ones have about ten. */
enum { SCANS_MAX = 200, EXIF_MARKER = JPEG_APP0 + 1 };

/* All that lives across a longjmp of libjpeg, so that nothing of it is a local variable. */
struct jpeg_state {
    struct jpeg_decompress_struct jpeg; /* first: libjpeg hands out a pointer to it */
    const struct jpeg_api *lib;
    struct jpeg_error_mgr manager;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    struct picture_job *job;
    uint8_t *ink; /* one row of CMYK */
    bool is_told; /* the error is set already */
};

static struct jpeg_state *state_of(j_common_ptr jpeg)
{
    return (struct jpeg_state *)jpeg->client_data;
}

static void give_up(struct jpeg_state *s)
{
    char why[JMSG_LENGTH_MAX];
    if (!s->is_told) {
        s->manager.format_message((j_common_ptr)&s->jpeg, why);
        switch (s->manager.msg_code) {
        case JERR_OUT_OF_MEMORY:
            err_set(s->job->e, ERR_LIMIT, "no memory to decode the JPEG");
            break;
        case JERR_BAD_PRECISION:
        case JERR_SOF_UNSUPPORTED:
        case JERR_ARITH_NOTIMPL:
        case JERR_CONVERSION_NOTIMPL:
            err_set(s->job->e, ERR_UNSUPPORTED, "a rare kind of JPEG: %s", why);
            err_remedy(s->job->e, "Save it as an ordinary JPEG of 8 bits, or as PNG.");
            break;
        default:
            err_set(s->job->e, ERR_DAMAGED, "the JPEG is broken: %s", why);
        }
    }
    longjmp(s->escape, 1);
}

static void on_error(j_common_ptr jpeg)
{
    give_up(state_of(jpeg));
}

/* libjpeg fills what is missing with gray and warns; for us that is no picture. Bytes too many
 * between the segments, an odd version number and the like lose nothing. */
static void on_message(j_common_ptr jpeg, int level)
{
    struct jpeg_state *s = state_of(jpeg);
    if (level >= 0) {
        return;
    }
    switch (s->manager.msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
        give_up(s);
        break;
    default:
        s->manager.num_warnings++;
    }
}

static void on_output(j_common_ptr jpeg)
{
    (void)jpeg; /* never to stderr */
}

static void on_progress(j_common_ptr jpeg)
{
    struct jpeg_state *s = state_of(jpeg);
    if (s->jpeg.input_scan_number > SCANS_MAX) {
        s->is_told = true;
        err_set(s->job->e, ERR_LIMIT, "the JPEG has more than %d scans", SCANS_MAX);
        give_up(s);
    }
}

static void read_orientation(struct jpeg_state *s)
{
    for (jpeg_saved_marker_ptr m = s->jpeg.marker_list; m; m = m->next) {
        const int orientation = picture_exif_orientation(m->data, m->data_length);
        if (m->marker == EXIF_MARKER && orientation != 1) {
            s->job->out->orientation = orientation;
            return;
        }
    }
}

static const char *mode_of(J_COLOR_SPACE space)
{
    switch (space) {
    case JCS_GRAYSCALE:
        return "gray";
    case JCS_CMYK:
        return "CMYK";
    case JCS_YCCK:
        return "YCCK";
    default:
        return "RGB";
    }
}

/* Programs that write an Adobe marker store how much light is left instead of how much ink is
 * there. */
static void ink_to_rgb(const uint8_t *ink, uint8_t *rgb, size_t n, bool is_inverted)
{
    const unsigned flip = is_inverted ? 255 : 0;
    for (size_t i = 0; i < n; i++, ink += 4, rgb += 3) {
        const unsigned light = 255 - (ink[3] ^ flip);
        for (size_t c = 0; c < 3; c++) {
            rgb[c] = (uint8_t)(light - picture_scale(ink[c] ^ flip, light));
        }
    }
}

static void read_rows(struct jpeg_state *s)
{
    const size_t width = s->jpeg.output_width;
    const bool is_ink = s->jpeg.out_color_space == JCS_CMYK;
    while (s->jpeg.output_scanline < s->jpeg.output_height) {
        uint8_t *row = s->job->out->rgb + s->jpeg.output_scanline * width * 3;
        JSAMPROW target = is_ink ? s->ink : row;
        s->lib->read_scanlines(&s->jpeg, &target, 1);
        if (is_ink) {
            ink_to_rgb(s->ink, row, width, s->jpeg.saw_Adobe_marker);
        }
    }
}

/* Runs between setjmp and longjmp: all its state is in s. */
static void read_picture(struct jpeg_state *s)
{
    const struct picture_job *job = s->job;
    s->lib->mem_src(&s->jpeg, job->bytes, job->n);
    s->lib->save_markers(&s->jpeg, EXIF_MARKER, 0xFFFF);
    s->lib->read_header(&s->jpeg, TRUE);
    read_orientation(s);
    snprintf(job->out->mode, sizeof job->out->mode, "%s", mode_of(s->jpeg.jpeg_color_space));
    const bool is_ink =
        s->jpeg.jpeg_color_space == JCS_CMYK || s->jpeg.jpeg_color_space == JCS_YCCK;
    s->jpeg.out_color_space = is_ink ? JCS_CMYK : JCS_RGB;
    s->is_told = true; /* by the calls below, if they fail */
    if (!picture_begin(s->job, s->jpeg.image_width, s->jpeg.image_height, 3)) {
        give_up(s);
    }
    s->ink = is_ink ? try_alloc(s->jpeg.image_width, 4) : NULL;
    if (is_ink && !s->ink) {
        err_set(job->e, ERR_LIMIT, "no memory for a row of a picture");
        give_up(s);
    }
    s->is_told = false;
    s->lib->start_decompress(&s->jpeg);
    read_rows(s);
    s->lib->finish_decompress(&s->jpeg);
}

static bool read_guarded(struct jpeg_state *s)
{
    if (setjmp(s->escape)) {
        return false;
    }
    s->jpeg.err = s->lib->std_error(&s->manager);
    s->jpeg.client_data = s;
    s->manager.error_exit = on_error;
    s->manager.emit_message = on_message;
    s->manager.output_message = on_output;
    s->lib->CreateDecompress(&s->jpeg, JPEG_LIB_VERSION, sizeof s->jpeg);
    s->progress.progress_monitor = on_progress;
    s->jpeg.progress = &s->progress;
    read_picture(s);
    return true;
}

bool jpeg_decode(struct picture_job *job)
{
    struct jpeg_state s = {.lib = jpeg_api(job->e), .job = job};
    if (!s.lib) {
        return false;
    }
    const bool ok = read_guarded(&s);
    s.lib->destroy_decompress(&s.jpeg);
    free(s.ink);
    return ok;
}
