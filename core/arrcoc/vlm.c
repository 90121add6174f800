/* SPDX-License-Identifier: Apache-2.0 */
/* The sizes that Qwen's image processors give to pictures. All of it is the double arithmetic of
 * their code, operation for operation, so that results agree to the pixel. */
#include <math.h>
#include <string.h>

#include "core/arrcoc/realize.h"
#include "core/base/err.h"

/* Pixel limits: the published preprocessor files for qwen3-vl and qwen2-vl, the processor class's
 * own defaults, and 4 to 16384 tokens in the utilities. Servers may set others. */
static const struct arr_vlm VLMS[] = {
    {.name = "qwen3-vl",
     .about = "Qwen3-VL's preprocessor file: 64 to 16384 tokens of 32 x 32 pixels",
     .factor = 32,
     .min_pixels = 65536,
     .max_pixels = 16777216,
     .max_aspect = 200,
     .delimiters = 2,
     .rounds_to_zero = true},
    {.name = "qwen2-vl",
     .about = "Qwen2-VL's and Qwen2.5-VL's preprocessor files: 4 to 16384 tokens of 28 x 28 pixels",
     .factor = 28,
     .min_pixels = 3136,
     .max_pixels = 12845056,
     .max_aspect = 200,
     .delimiters = 2,
     .rounds_to_zero = true},
    {.name = "qwen2-vl-class",
     .about = "the Qwen2-VL processor without a file: 4 to 1280 tokens of 28 x 28 pixels",
     .factor = 28,
     .min_pixels = 3136,
     .max_pixels = 1003520,
     .max_aspect = 200,
     .delimiters = 2,
     .rounds_to_zero = true},
    {.name = "qwen-utils-28",
     .about = "qwen-vl-utils for Qwen2-VL: 4 to 16384 tokens of 28 x 28 pixels",
     .factor = 28,
     .min_pixels = 3136,
     .max_pixels = 12845056,
     .max_aspect = 200,
     .delimiters = 2},
    {.name = "qwen-utils-32",
     .about = "qwen-vl-utils for Qwen3-VL: 4 to 16384 tokens of 32 x 32 pixels",
     .factor = 32,
     .min_pixels = 4096,
     .max_pixels = 16777216,
     .max_aspect = 200,
     .delimiters = 2},
};

const struct arr_vlm *arr_vlm_at(size_t i)
{
    return i < sizeof VLMS / sizeof *VLMS ? &VLMS[i] : NULL;
}

const struct arr_vlm *arr_vlm_find(const char *name)
{
    for (size_t i = 0; i < sizeof VLMS / sizeof *VLMS; i++) {
        if (strcmp(name, VLMS[i].name) == 0) {
            return &VLMS[i];
        }
    }
    return NULL;
}

static bool check(const struct arr_vlm *vlm, int h, int w, struct err *e)
{
    if (h < 1 || w < 1 || h > ARR_SIDE_MAX || w > ARR_SIDE_MAX) {
        return err_set(e, ERR_USAGE, "sizing %d x %d pixels for %s: sides must be 1 to %d", w, h,
                       vlm->name, ARR_SIDE_MAX);
    }
    const int longer = h > w ? h : w, shorter = h > w ? w : h;
    if (shorter < vlm->min_side) {
        err_set(e, ERR_USAGE, "sizing %d x %d pixels for %s: it refuses sides below %d", w, h,
                vlm->name, vlm->min_side);
        return err_remedy(e, "Enlarge the picture, or pad it.");
    }
    const double aspect = (double)longer / (double)shorter;
    if (aspect > vlm->max_aspect) {
        err_set(e, ERR_USAGE,
                "sizing %d x %d pixels for %s: one side is %.0f times the other, it refuses more "
                "than %.0f",
                w, h, vlm->name, aspect, vlm->max_aspect);
        return err_remedy(e, "Crop the picture, or pad its shorter side to at least %d pixels.",
                          (int)ceil((double)longer / vlm->max_aspect));
    }
    return true;
}

/* Half to even, as Python rounds, whatever the rounding mode; v >= 0. */
static double round_even(double v)
{
    const double low = floor(v), part = v - low;
    const bool goes_up = part > 0.5 || (part >= 0.5 && fmod(low, 2) > 0);
    return goes_up ? low + 1 : low;
}

static double at_least(double v, double least)
{
    return v < least ? least : v;
}

bool arr_smart_resize(const struct arr_vlm *vlm, int h, int w, int *out_h, int *out_w,
                      struct err *e)
{
    if (!check(vlm, h, w, e)) {
        return false;
    }
    const double f = vlm->factor, least = vlm->rounds_to_zero ? 0 : f;
    const double min_px = (double)vlm->min_pixels, max_px = (double)vlm->max_pixels;
    const double height = h, width = w;
    double hh = at_least(round_even(height / f) * f, least);
    double ww = at_least(round_even(width / f) * f, least);
    if (hh * ww > max_px) {
        const double beta = sqrt(height * width / max_px);
        hh = at_least(floor(height / beta / f) * f, f);
        ww = at_least(floor(width / beta / f) * f, f);
    } else if (hh * ww < min_px) {
        const double beta = sqrt(min_px / (height * width));
        hh = ceil(height * beta / f) * f;
        ww = ceil(width * beta / f) * f;
    }
    /* Only without a minimum can a sliver be left that was rounded to 0. */
    *out_h = (int)at_least(hh, f);
    *out_w = (int)at_least(ww, f);
    return true;
}

bool arr_vlm_tokens(const struct arr_vlm *vlm, int h, int w, long *tokens, struct err *e)
{
    int hh = 0, ww = 0;
    if (!arr_smart_resize(vlm, h, w, &hh, &ww, e)) {
        return false;
    }
    *tokens = (long)(hh / vlm->factor) * (long)(ww / vlm->factor);
    return true;
}
