/* SPDX-License-Identifier: Apache-2.0 */
/* The 40-channel array is the CPU's: this back end says so. */
#include "gpu/arrcoc/device.h"

enum arr_status gpu_array_make(struct arr_gpu *, const uint8_t *, const struct arr_previous *,
                               const struct arr_array_options *, struct arr_array *)
{
    return ARR_NOT_DONE;
}

void gpu_array_done(struct gpu_array *)
{
}
