/* SPDX-License-Identifier: Apache-2.0 */
/* golden_pictures.h - the pictures of the golden cases, by integer arithmetic alone.
 *
 * tests/golden/arrcoc/pictures.py makes the same bytes in Python; neither stores a pixel.
 */
#ifndef HFTERM_TESTS_UNIT_GOLDEN_PICTURES_H
#define HFTERM_TESTS_UNIT_GOLDEN_PICTURES_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/types.h"
#include "core/base/mem.h"

/* splitmix64, written out here so that the pictures do not rest on the code under test. */
static inline uint64_t golden_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline int golden_below(uint64_t *state, int n)
{
    return (int)(golden_random(state) % (uint64_t)n);
}

static inline uint8_t *golden_new_rgb8(int width, int height)
{
    return xmalloc((size_t)width * (size_t)height * 3);
}

/* Byte k is the top 8 bits of the k-th output. */
static inline uint8_t *golden_noise(uint64_t seed, int width, int height)
{
    uint8_t *const rgb = golden_new_rgb8(width, height);
    const size_t n = (size_t)width * (size_t)height * 3;
    for (size_t k = 0; k < n; k++) {
        rgb[k] = (uint8_t)(golden_random(&seed) >> 56);
    }
    return rgb;
}

struct golden_wave {
    int step_x, step_y, start, amplitude;
};

/* A turn is two parabolas of opposite sign and height 32768. */
static inline int golden_wave_at(const struct golden_wave *wave, int x, int y)
{
    const int phase = (wave->step_x * x + wave->step_y * y + wave->start) % 65536;
    const int half = phase % 32768;
    const int value = (half * (32768 - half)) >> 13;
    return wave->amplitude * (phase < 32768 ? value : -value);
}

static inline void golden_waves(uint64_t *state, uint8_t *rgb, int width, int height, int channel)
{
    struct golden_wave waves[3];
    for (int i = 0; i < 3; i++) {
        waves[i].step_x = golden_below(state, 1200) + 100;
        waves[i].step_y = golden_below(state, 1200) + 100;
        waves[i].start = golden_below(state, 65536);
        waves[i].amplitude = golden_below(state, 24) + 13;
    }
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int total = 128 * 32768;
            for (int i = 0; i < 3; i++) {
                total += golden_wave_at(&waves[i], x, y);
            }
            rgb[((size_t)y * (size_t)width + (size_t)x) * 3 + (size_t)channel] =
                (uint8_t)(total >> 15);
        }
    }
}

static inline void golden_rectangle(uint64_t *state, uint8_t *rgb, int width, int height)
{
    const int left = golden_below(state, width);
    const int top = golden_below(state, height);
    int right = left + width / 32 + golden_below(state, width / 6);
    int bottom = top + height / 32 + golden_below(state, height / 6);
    uint8_t color[3];
    for (int i = 0; i < 3; i++) {
        color[i] = (uint8_t)(golden_random(state) >> 56);
    }
    right = right < width ? right : width;
    bottom = bottom < height ? bottom : height;
    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
            memcpy(&rgb[((size_t)y * (size_t)width + (size_t)x) * 3], color, 3);
        }
    }
}

/* Three waves a channel, then 40 rectangles. */
static inline uint8_t *golden_smooth(uint64_t seed, int width, int height)
{
    uint8_t *const rgb = golden_new_rgb8(width, height);
    for (int channel = 0; channel < 3; channel++) {
        golden_waves(&seed, rgb, width, height, channel);
    }
    for (int i = 0; i < 40; i++) {
        golden_rectangle(&seed, rgb, width, height);
    }
    return rgb;
}

/* 4096 colours, one a pixel, in the order of the tiles of pictures.py. */
static inline uint8_t *golden_colours(void)
{
    static const uint8_t LEVELS[16] = {0,  1,  10, 11,  12,  22,  23,  24,
                                       25, 48, 80, 112, 144, 176, 216, 255};
    uint8_t *const rgb = golden_new_rgb8(64, 64);
    for (size_t t = 0; t < 4096; t++) {
        rgb[t * 3] = LEVELS[t & 15];
        rgb[t * 3 + 1] = LEVELS[t >> 4 & 15];
        rgb[t * 3 + 2] = LEVELS[t >> 8];
    }
    return rgb;
}

/* 512 x 512: an edge in every cell at phase (row + column) mod 16; upright ones in the upper half,
 * level ones in the lower, odd columns turned around. */
static inline uint8_t *golden_steps(void)
{
    uint8_t *const rgb = golden_new_rgb8(512, 512);
    for (int y = 0; y < 512; y++) {
        for (int x = 0; x < 512; x++) {
            const int row = y / 16, column = x / 16;
            const int at = row < 16 ? x % 16 : y % 16;
            const bool is_beyond = at >= (row + column) % 16;
            const bool is_turned = column % 2 == 1;
            memset(&rgb[(y * 512 + x) * 3], is_beyond != is_turned ? 200 : 50, 3);
        }
    }
    return rgb;
}

/* ---- as the engine takes them ---- */

static inline struct arr_image golden_rgb8(const uint8_t *rgb, int width, int height)
{
    return (struct arr_image){.format = ARR_RGB8,
                              .pixels = rgb,
                              .width = width,
                              .height = height,
                              .stride_bytes = (size_t)width * 3};
}

static inline struct arr_image golden_planar(const float *planes, int width, int height)
{
    return (struct arr_image){.format = ARR_RGB_PLANAR,
                              .pixels = planes,
                              .width = width,
                              .height = height,
                              .stride_bytes = (size_t)width * sizeof *planes};
}

static inline float *golden_new_planes(int width, int height)
{
    return xmalloc((size_t)width * (size_t)height * 3 * sizeof(float));
}

/* byte / 255, plane by plane. */
static inline float *golden_to_planes(const uint8_t *rgb, int width, int height)
{
    float *const planes = golden_new_planes(width, height);
    const size_t n = (size_t)width * (size_t)height;
    for (size_t i = 0; i < n; i++) {
        for (size_t channel = 0; channel < 3; channel++) {
            planes[channel * n + i] = (float)rgb[i * 3 + channel] / 255.0f;
        }
    }
    return planes;
}

static inline float *golden_constant(float value, int width, int height)
{
    float *const planes = golden_new_planes(width, height);
    const size_t n = (size_t)width * (size_t)height * 3;
    for (size_t i = 0; i < n; i++) {
        planes[i] = value;
    }
    return planes;
}

/* Red grows with x, green with y, blue is 0.5. */
static inline float *golden_ramp(int width, int height)
{
    float *const planes = golden_constant(0.5f, width, height);
    const size_t n = (size_t)width * (size_t)height;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            const size_t at = (size_t)y * (size_t)width + (size_t)x;
            planes[at] = (float)x / (float)(width - 1);
            planes[n + at] = (float)y / (float)(height - 1);
        }
    }
    return planes;
}

#endif
