/* SPDX-License-Identifier: Apache-2.0 */
/* webp_api.h - libwebp and libwebpdemux as a table of their functions, loaded by the first WebP
 * (core/base/library.h); for core/format/webp.c, and core/cli/doctor_machine.c, which tells their
 * version. The names with Internal are the ones that the inline functions of the headers call.
 */
#ifndef HFTERM_CORE_FORMAT_WEBP_API_H
#define HFTERM_CORE_FORMAT_WEBP_API_H

#include <webp/decode.h>
#include <webp/demux.h>

struct err;

#define WEBP_API_DECODE(X)                                                                         \
    X(Decode)                                                                                      \
    X(FreeDecBuffer)                                                                               \
    X(GetDecoderVersion)                                                                           \
    X(GetFeaturesInternal)                                                                         \
    X(GetInfo)                                                                                     \
    X(InitDecoderConfigInternal)

#define WEBP_API_DEMUX(X)                                                                          \
    X(DemuxDelete)                                                                                 \
    X(DemuxGetChunk)                                                                               \
    X(DemuxGetFrame)                                                                               \
    X(DemuxGetI)                                                                                   \
    X(DemuxInternal)                                                                               \
    X(DemuxReleaseChunkIterator)                                                                   \
    X(DemuxReleaseIterator)

struct webp_api {
#define WEBP_API_MEMBER(name) __typeof__(&WebP##name) name;
    WEBP_API_DECODE(WEBP_API_MEMBER)
    WEBP_API_DEMUX(WEBP_API_MEMBER)
#undef WEBP_API_MEMBER
};

/* NULL (ERR_UNSUPPORTED, with what to install) when this machine lacks one of the two. */
const struct webp_api *webp_api(struct err *e);

#endif
