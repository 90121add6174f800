/* SPDX-License-Identifier: Apache-2.0 */
/* When the next frame is drawn: at once for keys, paced for results, joined while the terminal is behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/frame/pace.h"

static const struct pace_terminal QUICK = {.is_behind = false, .answers = true};
static const struct pace_terminal SLOW = {.is_behind = true, .answers = true};
static const struct pace_terminal MUTE = {.is_behind = false, .answers = false};

static void a_key_is_drawn_at_once(void **state)
{
    (void)state;
    struct pace p = {0};
    for (int i = 0; i < 100; i++) {
        pace_key(&p, 'j', 1000 + i);
        assert_int_equal(pace_wait(&p, QUICK, 1000 + i), 0);
        pace_drew(&p, 1000 + i);
    }
}

static void the_first_answers_do_not_wait(void **state)
{
    (void)state;
    struct pace p = {0};
    pace_key(&p, 'j', 1000);
    pace_drew(&p, 1000);
    for (int i = 0; i < PACE_BURST; i++) {
        pace_cause(&p, PACE_RESULT);
        assert_int_equal(pace_wait(&p, QUICK, 1001), 0);
        pace_drew(&p, 1001);
    }
    pace_cause(&p, PACE_RESULT);
    assert_true(pace_wait(&p, QUICK, 1002) > 0);
    pace_key(&p, 'k', 1003); /* the next key has its own answers */
    pace_drew(&p, 1003);
    pace_cause(&p, PACE_RESULT);
    assert_int_equal(pace_wait(&p, QUICK, 1003), 0);
}

static void results_are_drawn_thirty_times_a_second(void **state)
{
    (void)state;
    struct pace p = {0};
    int frames = 0;
    for (int64_t now = 5000; now < 15000; now++) {
        pace_cause(&p, PACE_RESULT);
        if (pace_wait(&p, QUICK, now) == 0) {
            pace_drew(&p, now);
            frames++;
        }
    }
    assert_in_range(frames, 295, 310);
}

static void the_spinner_takes_nothing_from_results(void **state)
{
    (void)state;
    struct pace p = {0};
    for (int i = 0; i < 50; i++) {
        pace_cause(&p, PACE_CLOCK);
        assert_int_equal(pace_wait(&p, QUICK, 2000), 0);
        pace_drew(&p, 2000);
    }
    pace_cause(&p, PACE_RESULT);
    assert_int_equal(pace_wait(&p, QUICK, 2000), 0);
}

static void keys_are_joined_while_the_terminal_is_behind(void **state)
{
    (void)state;
    struct pace p = {0};
    pace_key(&p, 'j', 1000);
    assert_true(pace_wait(&p, SLOW, 1000) > 0);
    assert_int_equal(pace_wait(&p, QUICK, 1010), 0);
}

/* Frames of a key pressed every `gap` ms for 4 s on a terminal that answers nothing. */
static int frames_of(int64_t gap, bool alternates)
{
    struct pace p = {0};
    int frames = 0;
    int64_t next = 10000;
    uint32_t key = 'j';
    for (int64_t now = 10000; now < 14000; now++) {
        if (now == next) {
            next += gap;
            key = alternates && key == 'j' ? 'k' : 'j';
            pace_key(&p, key, now);
        }
        if (p.causes && pace_wait(&p, MUTE, now) == 0) {
            pace_drew(&p, now);
            frames++;
        }
    }
    return frames;
}

static void a_held_key_is_joined_where_nothing_tells(void **state)
{
    (void)state;
    assert_in_range(frames_of(33, false), 25, 45);
    assert_int_equal(frames_of(33, true), 122);  /* two keys in turn are not held */
    assert_int_equal(frames_of(16, false), 250); /* faster than a keyboard repeats */
    assert_int_equal(frames_of(80, false), 50);  /* somebody who types */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_drawn_at_once),
        cmocka_unit_test(the_first_answers_do_not_wait),
        cmocka_unit_test(results_are_drawn_thirty_times_a_second),
        cmocka_unit_test(the_spinner_takes_nothing_from_results),
        cmocka_unit_test(keys_are_joined_while_the_terminal_is_behind),
        cmocka_unit_test(a_held_key_is_joined_where_nothing_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
