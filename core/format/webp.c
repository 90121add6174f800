/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/picture_parts.h"
#include "core/format/webp_api.h"

static bool refuse(const struct picture_job *job, VP8StatusCode status)
{
    switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
        return err_set(job->e, ERR_LIMIT, "no memory to decode the WebP");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
        return err_set(job->e, ERR_DAMAGED, "the WebP is broken: the file ends too early");
    default:
        return err_set(job->e, ERR_DAMAGED, "the WebP is broken: its data cannot be decoded");
    }
}

/* A frame of an animation may cover a part of the canvas; the rest of it is transparent. */
static bool decode_frame(const struct webp_api *lib, const struct picture_job *job,
                         const WebPIterator *frame)
{
    struct picture *out = job->out;
    WebPDecoderConfig config;
    if (!lib->InitDecoderConfigInternal(&config, WEBP_DECODER_ABI_VERSION)) {
        return err_set(job->e, ERR_UNSUPPORTED, "libwebp is of another version than it says");
    }
    const VP8StatusCode known = lib->GetFeaturesInternal(
        frame->fragment.bytes, frame->fragment.size, &config.input, WEBP_DECODER_ABI_VERSION);
    if (known != VP8_STATUS_OK) {
        return refuse(job, known);
    }
    const uint64_t right = (uint64_t)frame->x_offset + (uint64_t)config.input.width;
    const uint64_t bottom = (uint64_t)frame->y_offset + (uint64_t)config.input.height;
    if (frame->x_offset < 0 || frame->y_offset < 0 || right > (uint64_t)out->width ||
        bottom > (uint64_t)out->height) {
        return err_set(job->e, ERR_DAMAGED, "the WebP is broken: a frame lies beyond the picture");
    }
    const size_t stride = (size_t)out->width * 4;
    const size_t start = (size_t)frame->y_offset * stride + (size_t)frame->x_offset * 4;
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = out->rgb + start;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * (size_t)out->height - start;
    const VP8StatusCode status = lib->Decode(frame->fragment.bytes, frame->fragment.size, &config);
    lib->FreeDecBuffer(&config.output);
    return status == VP8_STATUS_OK || refuse(job, status);
}

static bool decode_first(const struct webp_api *lib, struct picture_job *job,
                         const WebPDemuxer *demux)
{
    struct picture *out = job->out;
    WebPIterator frame;
    WebPChunkIterator exif;
    if (!picture_begin(job, lib->DemuxGetI(demux, WEBP_FF_CANVAS_WIDTH),
                       lib->DemuxGetI(demux, WEBP_FF_CANVAS_HEIGHT), 4)) {
        return false;
    }
    if (!lib->DemuxGetFrame(demux, 1, &frame)) {
        return err_set(job->e, ERR_DAMAGED, "the WebP is broken: there is no picture in it");
    }
    const bool ok = decode_frame(lib, job, &frame);
    out->had_alpha = frame.has_alpha != 0;
    out->frames = frame.num_frames;
    snprintf(out->mode, sizeof out->mode, "%s", out->had_alpha ? "RGBA" : "RGB");
    lib->DemuxReleaseIterator(&frame);
    if (lib->DemuxGetChunk(demux, "EXIF", 1, &exif)) {
        out->orientation = picture_exif_orientation(exif.chunk.bytes, exif.chunk.size);
        lib->DemuxReleaseChunkIterator(&exif);
    }
    return ok;
}

bool webp_decode(struct picture_job *job)
{
    const struct webp_api *lib = webp_api(job->e);
    const WebPData data = {job->bytes, job->n};
    if (!lib) {
        return false;
    }
    WebPDemuxer *demux = lib->DemuxInternal(&data, 0, NULL, WEBP_DEMUX_ABI_VERSION);
    if (!demux) {
        return refuse(job, VP8_STATUS_NOT_ENOUGH_DATA);
    }
    const bool ok = decode_first(lib, job, demux);
    lib->DemuxDelete(demux);
    if (ok) {
        picture_flatten(job->out);
    }
    return ok;
}

bool webp_probe(const uint8_t *bytes, size_t n, int *width, int *height)
{
    const struct webp_api *lib = webp_api(NULL);
    return lib && lib->GetInfo(bytes, n, width, height);
}
