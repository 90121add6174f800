/* SPDX-License-Identifier: Apache-2.0 */
/* color.h - sRGB to CIE L*a*b* and gray, as kornia computes them (D65, 2 degrees).
 *
 * linear(v) = v > 0.04045 ? ((v + 0.055) / 1.055)^2.4 : v / 12.92; XYZ by the 6-digit matrix;
 * white (0.95047, 1, 1.08883); f(t) = t > 0.008856 ? t^(1/3) : 7.787 t + 4/29;
 * L = 116 fy - 16, a = 500 (fx - fy), b = 200 (fy - fz). White is therefore a little off a = b = 0.
 * Gray is 0.299 R + 0.587 G + 0.114 B of the gamma values.
 *
 * The functions work on planes so that compilers can use vectors; they are within 2 ulp of powf.
 */
#ifndef HFTERM_CORE_ARRCOC_COLOR_H
#define HFTERM_CORE_ARRCOC_COLOR_H

#include <stddef.h>
#include <stdint.h>

/* n values of r, g, b in [0, 1] to L (0 to 100), a, b. Outputs may be the inputs. */
void arr_lab(const float *r, const float *g, const float *b, float *out_l, float *out_a,
             float *out_b, size_t n);
/* The same from 8-bit values through a table of 256 linear values (bit-identical to arr_lab on
 * v / 255.0f). Interleaved RGB. */
void arr_lab_rgb8(const uint8_t *rgb, float *out_l, float *out_a, float *out_b, size_t n);

void arr_gray(const float *r, const float *g, const float *b, float *out, size_t n);

/* One colour of 0 to 255. lab has 3 floats. */
void arr_lab_one(float r255, float g255, float b255, float *lab);

#endif
