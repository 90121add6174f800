/* SPDX-License-Identifier: Apache-2.0 */
/* Key names, bindings, and the promises of the action tables that help and docs are made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "tui/frame/action.h"
#include "core/base/fuzzy.h"
#include "tui/frame/keymap.h"
#include "tui/screens.h"
#include "tui/term/term.h"

static struct action_sets sets;

static int collect(void **state)
{
    (void)state;
    action_sets_collect(SCREENS, &sets);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    action_sets_done(&sets);
    return 0;
}

static void test_names_go_both_ways(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t code;
    } KEYS[] = {
        {"j", 'j'},       {"G", 'G'},         {"?", '?'},          {"Space", ' '},
        {"Enter", TKEY_ENTER}, {"C-p", 16},   {"C-\\", 28},        {"F1", TKEY_F1},
        {"F12", TKEY_F12},     {"A-x", 'x' | TKEY_ALT}, {"A-Left", TKEY_LEFT | TKEY_ALT},
        {"C-Right", TKEY_RIGHT | TKEY_CTRL},  {"S-Up", TKEY_UP | TKEY_SHIFT}, {"é", 0xE9},
        {"S-Tab", TKEY_BACKTAB},
    };
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        uint32_t code = 0;
        assert_true(keymap_parse_key(KEYS[i].name, &code));
        assert_int_equal(code, KEYS[i].code);
        struct buf name = BUF_INIT;
        keymap_key_name(KEYS[i].code, &name);
        assert_string_equal(buf_str(&name), KEYS[i].name);
        buf_done(&name);
    }
}

static void test_nonsense_is_no_key(void **state)
{
    (void)state;
    static const char *const WORDS[] = {"", "jj", "F0", "F13", "C-", "C-é", "Entr", "A-", "S-j", "C-1"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        uint32_t code = 0;
        assert_false(keymap_parse_key(WORDS[i], &code));
    }
}

static void test_bind_and_unbind(void **state)
{
    (void)state;
    struct keymap *k = keymap_new(&sets);
    struct err e = ERR_INIT;
    const struct action_set *set = NULL;
    const struct action *quit = action_find(&sets, "app.quit", &set);
    assert_non_null(quit);
    assert_null(keymap_find(k, set, TKEY_F1 + 9));
    assert_true(keymap_bind(k, "global", "F10", "app.quit", &e));
    assert_ptr_equal(keymap_find(k, set, TKEY_F1 + 9), quit);
    assert_true(keymap_bind(k, "global", "F10", "app.help", &e)); /* the later binding wins */
    assert_string_equal(keymap_find(k, set, TKEY_F1 + 9)->id, "app.help");
    assert_true(keymap_unbind(k, "global", "F10", &e));
    assert_null(keymap_find(k, set, TKEY_F1 + 9));
    assert_false(keymap_bind(k, "nowhere", "x", "app.quit", &e));
    assert_non_null(strstr(e.remedy, "global"));
    assert_false(keymap_bind(k, "global", "Entr", "app.quit", &e));
    assert_false(keymap_bind(k, "global", "x", "hub.open", &e)); /* of another context */
    keymap_free(k);
}

static void test_every_default_key_is_valid_and_unique(void **state)
{
    (void)state;
    for (size_t s = 0; s < sets.n; s++) {
        uint32_t seen[256];
        size_t n = 0;
        for (size_t i = 0; i < sets.items[s]->n; i++) {
            char *keys = strdup(sets.items[s]->actions[i].keys);
            char *save = NULL;
            for (char *w = strtok_r(keys, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
                uint32_t code = 0;
                assert_true(keymap_parse_key(w, &code));
                for (size_t j = 0; j < n; j++) {
                    assert_int_not_equal(seen[j], code);
                }
                seen[n++] = code;
            }
            free(keys);
        }
    }
}

static void test_shared_keys_mean_the_same_everywhere(void **state)
{
    (void)state;
    const struct action wrong = {.id = "x.delete"};
    const struct action right = {.id = "x.filter"};
    assert_false(action_may_have("&", &wrong));
    assert_true(action_may_have("&", &right));
    assert_true(action_may_have("d", &wrong));
    for (size_t s = 0; s < sets.n; s++) {
        for (size_t i = 0; i < sets.items[s]->n; i++) {
            const struct action *a = &sets.items[s]->actions[i];
            char *keys = strdup(a->keys);
            char *save = NULL;
            for (char *w = strtok_r(keys, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
                if (!action_may_have(w, a)) {
                    fail_msg("%s may not have the key %s", a->id, w);
                }
            }
            free(keys);
        }
    }
}

static void test_every_action_explains_itself(void **state)
{
    (void)state;
    for (size_t s = 0; s < sets.n; s++) {
        for (size_t i = 0; i < sets.items[s]->n; i++) {
            const struct action *a = &sets.items[s]->actions[i];
            assert_true(strlen(a->help) > 8);
            assert_true(a->help[strlen(a->help) - 1] != '.');
            assert_int_equal((a->run != NULL) + (a->move != MOVE_NONE) + (a->screen != 0), 1);
            assert_ptr_equal(action_find(&sets, a->id, NULL), a); /* ids are unique */
        }
    }
}

static void test_docs_hold_every_action(void **state)
{
    (void)state;
    struct buf markdown = BUF_INIT;
    struct buf man = BUF_INIT;
    action_write_markdown(&sets, &markdown);
    action_write_man(&sets, &man);
    for (size_t s = 0; s < sets.n; s++) {
        for (size_t i = 0; i < sets.items[s]->n; i++) {
            assert_non_null(strstr(buf_str(&markdown), sets.items[s]->actions[i].id));
        }
    }
    assert_non_null(strstr(buf_str(&man), ".SH NAME"));
    buf_done(&markdown);
    buf_done(&man);
}

static void test_fuzzy(void **state)
{
    (void)state;
    assert_true(fuzzy_score("", "anything") >= 0);
    assert_int_equal(fuzzy_score("xyz", "abc"), -1);
    assert_true(fuzzy_score("hs", "hub.sort") >= 0);
    assert_true(fuzzy_score("sort", "hub.sort") > fuzzy_score("sort", "something other right there"));
    assert_true(fuzzy_score("mod", "models") > fuzzy_score("mod", "my old dog"));
    assert_true(fuzzy_score("nano aurora", "lumen-labs/Aurora-VL-Nano") >= 0); /* parts in any order */
    assert_true(fuzzy_score("theme", "app.themes") > fuzzy_score("theme", "go to the me"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_go_both_ways),
        cmocka_unit_test(test_nonsense_is_no_key),
        cmocka_unit_test(test_bind_and_unbind),
        cmocka_unit_test(test_every_default_key_is_valid_and_unique),
        cmocka_unit_test(test_shared_keys_mean_the_same_everywhere),
        cmocka_unit_test(test_every_action_explains_itself),
        cmocka_unit_test(test_docs_hold_every_action),
        cmocka_unit_test(test_fuzzy),
    };
    return cmocka_run_group_tests_name("keymap", tests, collect, drop);
}
