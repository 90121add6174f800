/* SPDX-License-Identifier: Apache-2.0 */
/* Frames in a row: motion and what is kept from one to the next. */
#include <string.h>

#include "tests/unit/engine_help.h"
#include "tests/unit/stub_backend.h"

static void test_frames(void **state)
{
    (void)state;
    struct made first = noise(512, 512, 3), second = noise(512, 512, 3);
    /* The second frame is the first one moved right by 12 dense pixels, 3 mid pixels. */
    for (size_t y = 0; y < 512; y++) {
        memmove(second.rgb + (y * 512 + 12) * 3, first.rgb + y * 512 * 3, (512 - 12) * 3);
    }
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.texture = ARR_TEXTURE_40;
    struct arr_image image = image_of(&first);
    assert_true(arr_set_frame(a, &image, NULL));
    run(a, &o, r);
    assert_int_equal(r->array.state[ARR_C_MOTION], ARR_FIRST_FRAME);
    assert_int_equal(r->array.state[ARR_C_PREV_RELEVANCE], ARR_FIRST_FRAME);
    image = image_of(&second);
    assert_true(arr_set_frame(a, &image, NULL));
    run(a, &o, r);
    assert_int_equal(r->array.state[ARR_C_MOTION], ARR_PRESENT);
    assert_int_equal(r->array.state[ARR_C_PREV_RELEVANCE], ARR_PRESENT);
    assert_int_equal(r->array.flow[8 * ARR_FLOW_BLOCKS + 8][0], 3);
    assert_int_equal(r->array.flow[8 * ARR_FLOW_BLOCKS + 8][1], 0);
    look_at(a, &first); /* a still ends the sequence */
    run(a, &o, r);
    assert_int_not_equal(r->array.state[ARR_C_MOTION], ARR_PRESENT);
    arr_result_free(r);
    arr_free(a);
    free(first.rgb);
    free(second.rgb);
}

/* Waves that move by 10 dense pixels a frame, two and a half of the mid plane. */
static struct made waves(int frame)
{
    struct made m = {512, 512, xmalloc((size_t)512 * 512 * 3)};
    for (int y = 0; y < 512; y++) {
        for (int x = 0; x < 512; x++) {
            const double u = (x - 10 * frame) * 0.07, v = y * 0.06;
            uint8_t *p = m.rgb + (y * 512 + x) * 3;
            p[0] = (uint8_t)(128 + 60 * sin(u + sin(v)) + 50 * cos(v - 0.3 * u));
            p[1] = (uint8_t)(128 + 110 * sin(u));
            p[2] = (uint8_t)(128 + 110 * sin(v));
        }
    }
    return m;
}

static void show_frame(struct arr *a, int number)
{
    struct made m = waves(number);
    const struct arr_image image = image_of(&m);
    assert_true(arr_set_frame(a, &image, NULL));
    free(m.rgb);
}

static void test_flow_kinds(void **state)
{
    (void)state;
    const int block = 8 * ARR_FLOW_BLOCKS + 8;
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.texture = ARR_TEXTURE_40;
    show_frame(a, 0);
    run(a, &o, r);
    show_frame(a, 1);
    run(a, &o, r);
    assert_in_range(r->array.flow[block][0], 2, 3);
    assert_true(r->array.flow_part[block][0] == 0.0F);
    o.flow = ARR_FLOW_LK; /* the same frame again */
    run(a, &o, r);
    assert_true(r->was_computed[ARR_STAGE_ARRAY]);
    assert_true(fabsf((float)r->array.flow[block][0] + r->array.flow_part[block][0] - 2.5F) < 0.1F);
    o.flow = ARR_FLOW_MATCH;
    run(a, &o, r);
    assert_true(r->array.flow_part[block][0] == 0.0F);
    arr_result_free(r);
    arr_free(a);
}

/* Cells where the balanced map of the frame before was high take its channels; without the option,
 * and once a still was shown, nothing of it is left. */
static void test_temporal_reuse(void **state)
{
    (void)state;
    struct arr *a = open_cpu();
    struct arr_result *plain = arr_result_new(), *reused = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.texture = ARR_TEXTURE_40;
    o.temporal_reuse = true;
    show_frame(a, 0);
    run(a, &o, reused); /* the first frame has nothing to take */
    o.temporal_reuse = false;
    run(a, &o, plain);
    assert_memory_equal(reused->array.c, plain->array.c, sizeof plain->array.c);
    show_frame(a, 1);
    run(a, &o, plain);
    o.temporal_reuse = true;
    run(a, &o, reused);
    assert_true(reused->was_computed[ARR_STAGE_ARRAY]);
    int n_kept = 0, n_new = 0;
    for (int i = 0; i < ARR_CELLS; i++) {
        const bool is_kept = plain->array.c[ARR_C_PREV_RELEVANCE][i] >= 0.3F;
        const bool is_same = reused->array.c[ARR_C_R][i] == plain->array.c[ARR_C_R][i];
        n_kept += is_kept && !is_same;
        n_new += !is_kept;
        assert_true(is_kept || is_same);
    }
    assert_true(n_kept > 100 && n_new > 30);
    assert_memory_equal(reused->array.c[ARR_C_MOTION], plain->array.c[ARR_C_MOTION],
                        sizeof plain->array.c[0]);
    float before[ARR_CELLS];
    memcpy(before, plain->array.c[ARR_C_R], sizeof before);
    o.temporal_reuse = false;
    run(a, &o, plain);
    assert_memory_equal(plain->array.c[ARR_C_R], before, sizeof before);
    arr_result_free(plain);
    arr_result_free(reused);
    arr_free(a);
}

/* ---- what a device is not asked ---- */

/* Devices match blocks only; what does not look at motion is theirs whatever the option says. */
static void test_device_does_not_track(void **state)
{
    (void)state;
    struct stub stub = {.status = ARR_NOT_DONE};
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.texture = ARR_TEXTURE_40;
    o.flow = ARR_FLOW_LK;
    a->device = &STUB_BACKEND;
    a->device_state = &stub;
    show_frame(a, 0);
    run(a, &o, r);
    assert_int_equal(stub.n_arrays, 1);
    show_frame(a, 1);
    run(a, &o, r);
    assert_int_equal(stub.n_arrays, 1);
    assert_false(r->flags & ARR_R_FELL_BACK);
    o.flow = ARR_FLOW_MATCH;
    run(a, &o, r);
    assert_int_equal(stub.n_arrays, 2);
    arr_result_free(r);
    arr_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_flow_kinds),
        cmocka_unit_test(test_temporal_reuse),
        cmocka_unit_test(test_device_does_not_track),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
