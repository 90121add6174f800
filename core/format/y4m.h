/* SPDX-License-Identifier: Apache-2.0 */
/* y4m.h - frames of a YUV4MPEG2 file, one at a time, as 8-bit RGB.
 *
 * Reads 4:2:0 (jpeg, mpeg2 and paldv siting alike), 4:2:2, 4:4:4, 4:1:1 and mono, 8 bits. The
 * matrix is BT.601 up to 576 lines and BT.709 above; the range is limited unless XCOLORRANGE=FULL.
 * Chroma is repeated, not interpolated.
 *
 * Ownership: y4m_close. Errors: ERR_DAMAGED with the byte offset; ERR_UNSUPPORTED for deeper
 * pixels; ERR_LIMIT.
 */
#ifndef HFTERM_CORE_FORMAT_Y4M_H
#define HFTERM_CORE_FORMAT_Y4M_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct y4m; /* opaque */

bool y4m_is(const uint8_t *head, size_t n); /* "YUV4MPEG2 " */
struct y4m *y4m_open(const char *path, struct err *e);
void y4m_close(struct y4m *y);
void y4m_size(const struct y4m *y, int *width, int *height);
/* The next frame into rgb (width * height * 3). 1: a frame, 0: the end, -1: an error. */
int y4m_next(struct y4m *y, uint8_t *rgb, struct err *e);

#endif
