/* SPDX-License-Identifier: Apache-2.0 */
/* When a stored answer will do: the whole table of decisions, and asking twice as a screen does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/hub/policy.h"

enum { FRESH_S = 60 };

/* What is stored: nothing, young, old, from a clock that went back. */
enum stored { NONE, YOUNG, OLD, FUTURE };

static struct hub_policy policy(enum hub_fresh fresh, bool is_offline, enum stored stored)
{
    static const int64_t AGES[] = {[NONE] = 0, [YOUNG] = 59, [OLD] = 60, [FUTURE] = -1};
    return (struct hub_policy){.fresh = fresh,
                               .is_offline = is_offline,
                               .has_entry = stored != NONE,
                               .age_s = AGES[stored],
                               .fresh_s = FRESH_S};
}

#define STORED HUB_STEP_STORED
#define ASK HUB_STEP_ASK
#define REFUSE HUB_STEP_REFUSE

static void test_first_step(void **state)
{
    (void)state;
    static const struct {
        enum hub_fresh fresh;
        bool is_offline;
        enum hub_step want[4]; /* NONE, YOUNG, OLD, FUTURE */
    } TABLE[] = {
        {HUB_NORMAL, false, {ASK, STORED, ASK, ASK}},
        {HUB_NORMAL, true, {REFUSE, STORED, ASK, ASK}},
        {HUB_CACHED, false, {REFUSE, STORED, STORED, STORED}},
        {HUB_CACHED, true, {REFUSE, STORED, STORED, STORED}},
        {HUB_RELOAD, false, {ASK, ASK, ASK, ASK}},
        {HUB_RELOAD, true, {REFUSE, ASK, ASK, ASK}},
    };
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
        for (int stored = NONE; stored <= FUTURE; stored++) {
            const struct hub_policy p =
                policy(TABLE[i].fresh, TABLE[i].is_offline, (enum stored)stored);
            if (hub_policy_first(&p) != TABLE[i].want[stored]) {
                fail_msg("row %zu, stored %d: %d", i, stored, hub_policy_first(&p));
            }
            assert_int_equal(hub_policy_is_young(&p), stored == YOUNG);
        }
    }
}

static void test_exceptions(void **state)
{
    (void)state;
    struct hub_policy p = policy(HUB_NORMAL, false, OLD);
    p.is_fixed = true;
    p.age_s = 1 << 30;
    assert_true(hub_policy_is_young(&p));
    assert_int_equal(hub_policy_first(&p), STORED);
    p.fresh = HUB_RELOAD;
    assert_int_equal(hub_policy_first(&p), ASK);
    p = policy(HUB_CACHED, false, OLD);
    p.no_stale = true;
    assert_int_equal(hub_policy_first(&p), REFUSE);
    p.age_s = 0;
    assert_int_equal(hub_policy_first(&p), STORED);
}

static void test_entry_that_does_not_decode(void **state)
{
    (void)state;
    struct hub_policy p = policy(HUB_NORMAL, false, YOUNG);
    assert_int_equal(hub_policy_without_entry(&p), ASK);
    p.is_offline = true;
    assert_int_equal(hub_policy_without_entry(&p), REFUSE);
    p = policy(HUB_CACHED, false, YOUNG);
    assert_int_equal(hub_policy_without_entry(&p), REFUSE);
}

static void test_outage(void **state)
{
    (void)state;
    for (int code = ERR_NONE; code <= ERR_UNSUPPORTED; code++) {
        const bool is_outage = code == ERR_NETWORK || code == ERR_OFFLINE ||
                               code == ERR_RATE_LIMIT || code == ERR_SERVER;
        for (int stored = NONE; stored <= FUTURE; stored++) {
            struct hub_policy p = policy(HUB_NORMAL, false, (enum stored)stored);
            assert_int_equal(hub_policy_may_be_stale(&p, (enum err_code)code),
                             is_outage && stored != NONE);
            p.no_stale = true;
            assert_false(hub_policy_may_be_stale(&p, (enum err_code)code));
            p.no_stale = false;
            p.fresh = HUB_RELOAD;
            assert_false(hub_policy_may_be_stale(&p, (enum err_code)code));
        }
    }
}

static void test_words(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct hub_policy p = policy(HUB_CACHED, false, NONE);
    assert_false(hub_policy_refuse(&p, "nothing is", &e));
    assert_int_equal(e.code, ERR_OFFLINE);
    assert_string_equal(e.msg, "nothing is stored from earlier");
    assert_string_equal(e.remedy, "Reload to ask the Hub.");
    p.is_offline = true;
    hub_policy_refuse(&p, "the file is not", &e);
    assert_string_equal(e.msg, "the file is not stored from earlier and hfterm is offline");
    assert_non_null(strstr(e.remedy, "--offline"));
}

/* ---- asking twice ---- */

struct play {
    enum stored stored;
    bool hub_fails;
    int asked, asked_hub, early;
    int64_t early_age;
};

static void *question(void *ctx, struct hub_get *get, struct err *e)
{
    struct play *play = ctx;
    play->asked++;
    if (get->fresh == HUB_CACHED) {
        get->from_cache = play->stored != NONE;
        get->is_stale = play->stored == OLD;
        get->fetched_s = 7;
        return play->stored != NONE ? xstrdup("stored") : NULL;
    }
    play->asked_hub++;
    if (play->hub_fails) {
        err_set(e, ERR_NETWORK, "no network");
        return NULL;
    }
    get->from_cache = false;
    return xstrdup("new");
}

static void take_early(void *ctx, void *value, const struct hub_get *get)
{
    struct play *play = ctx;
    assert_string_equal(value, "stored");
    assert_true(get->from_cache && get->is_stale);
    play->early++;
    play->early_age = get->fetched_s;
    free(value);
}

static void expect_twice(struct play *play, enum hub_fresh fresh, const char *want, int early,
                         int asked, int asked_hub)
{
    struct err e = ERR_INIT;
    struct hub_get get = {.fresh = fresh};
    char *value = hub_ask_twice(question, take_early, play, &get, &e);
    if (want) {
        assert_non_null(value);
        assert_string_equal(value, want);
        assert_int_equal(get.from_cache, strcmp(want, "stored") == 0);
    } else {
        assert_null(value);
        assert_int_equal(e.code, fresh == HUB_CACHED ? ERR_NONE : ERR_NETWORK);
    }
    assert_int_equal(get.fresh, fresh);
    assert_int_equal(play->early, early);
    assert_int_equal(play->asked, asked);
    assert_int_equal(play->asked_hub, asked_hub);
    free(value);
}

static void test_twice(void **state)
{
    (void)state;
    expect_twice(&(struct play){.stored = NONE}, HUB_NORMAL, "new", 0, 2, 1);
    expect_twice(&(struct play){.stored = YOUNG}, HUB_NORMAL, "stored", 0, 1, 0);
    expect_twice(&(struct play){.stored = OLD}, HUB_NORMAL, "new", 1, 2, 1);
    expect_twice(&(struct play){.stored = OLD, .hub_fails = true}, HUB_NORMAL, NULL, 1, 2, 1);
    expect_twice(&(struct play){.stored = YOUNG}, HUB_RELOAD, "new", 0, 1, 1);
    expect_twice(&(struct play){.stored = OLD}, HUB_CACHED, "stored", 0, 1, 0);
    expect_twice(&(struct play){.stored = NONE}, HUB_CACHED, NULL, 0, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_step),
        cmocka_unit_test(test_exceptions),
        cmocka_unit_test(test_entry_that_does_not_decode),
        cmocka_unit_test(test_outage),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_twice),
    };
    return cmocka_run_group_tests_name("hub_policy", tests, NULL, NULL);
}
