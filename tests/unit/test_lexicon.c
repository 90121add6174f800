/* SPDX-License-Identifier: Apache-2.0 */
/* Lexicons: the shipped one, a user's own, and what is said about a wrong one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/arrcoc/lexical.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"

static void faults_name_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"# fine\n\nnonsense\n", "mine:3: no colon"},
        {"colour 1 2 : red", "mine:1: wrong number of arguments: colour"},
        {"colour 1 2 300 : red", "mine:1: not a number, or out of range: 300"},
        {"colour 1 2 -3 : red", "mine:1: not a number, or out of range: -3"},
        {"colour 1 2 x : red", "mine:1: not a number, or out of range: x"},
        {"colour 1 2 . : red", "mine:1: not a number, or out of range: ."},
        {"colour 1,5 2 3 : red", "mine:1: not a number, or out of range: 1,5"},
        {"shade 2 : light", "mine:1: not a number, or out of range: 2"},
        {"\nmap a nowhere : x", "mine:2: no such map: nowhere"},
        {"map Big left : x", "mine:1: a group is at most 23 small letters, digits, - and _: Big"},
        {"map relation left : x", "mine:1: this group is made by relations: relation"},
        {"relation inside : x", "mine:1: no such relation: inside"},
        {"tension 1 2 3 : x", "mine:1: a tension is a number from 0 to 1, or -: 2"},
        {"guess x : y", "mine:1: no such keyword: guess"},
        {": y", "mine:1: no such keyword: nothing before the colon"},
        {"stop 1 2 3 4 5 6 : y", "mine:1: too many arguments: 5 6 "},
        {"stop : a,,b", "mine:1: a term without a letter"},
        {"stop :", "mine:1: a term without a letter"},
        {"stop : ?", "mine:1: a term without a letter"},
        {"stop : a(b", "mine:1: a ( without )"},
        {"stop : one two three four", "mine:1: a term has at most three words"},
        {"tension 1 1 1 : a b c d e f g", "mine:1: a term of a tension has at most six words"},
        {"stop : aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "mine:1: a term has at most 47 bytes"},
        {"stop : a\n\nstop : b, A", "mine:3: a term is listed twice: a (first in line 1)"},
        {"map a left : x\nmap a right : x(s)",
         "mine:2: a term is listed twice: x (first in line 1)"},
        {"stop : red\ncolour 1 2 3 : red",
         "mine:2: a stop word cannot mean something too: red (first in line 1)"},
        {"tension 1 1 1 : @text", "mine:1: no term is in this group: text"},
        {"stop : @text", "mine:1: @ names a group, in tensions only"},
        {"stop : caf\xe9", "mine:1: not UTF-8"},
        {"map a left:x\nmap b left:x\nmap c left:x\nmap d left:x\nmap e left:x\nmap f left:x\n"
         "map g left:x\nmap h left:x\nmap i left:x",
         "mine:9: a term has too many meanings: x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = ERR_INIT;
        struct arr_lexicon *x = arr_lexicon_parse(cases[i].text, strlen(cases[i].text), "mine", &e);
        assert_null(x);
        assert_int_equal(e.code, ERR_DAMAGED);
        assert_string_equal(e.msg, cases[i].want);
        assert_true(e.remedy[0]);
    }
}

/* "rote/colour !linke seite/ort | auto" */
static void assert_reading(const struct arr_lexicon *x, const char *query, const char *want)
{
    struct arr_texture *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->grid = 32;
    const struct arr_evidence evidence = {.texture = t};
    float map[ARR_CELLS];
    struct arr_reading r;
    arr_lexical(x, query, &evidence, map, &r);
    struct buf got = BUF_INIT;
    for (size_t i = 0; i < r.n_hits; i++) {
        buf_printf(&got, "%s%s/%s ", r.hits[i].is_negated ? "!" : "", r.hits[i].words,
                   r.hits[i].group);
    }
    buf_puts(&got, "|");
    for (size_t i = 0; i < r.n_ignored; i++) {
        buf_printf(&got, " %s", r.ignored[i]);
    }
    buf_printf(&got, "; %s %.2f %.2f %.2f", r.tension_rule, (double)r.tensions.compress,
               (double)r.tensions.exploit, (double)r.tensions.focus);
    assert_string_equal(buf_str(&got), want);
    buf_done(&got);
    free(t);
}

static void a_lexicon_of_ones_own(void **state)
{
    (void)state;
    static const char text[] = "\r\n"
                               "color 255 0 0 : Rot, rote(s) # German\r\n"
                               "map ort left : links, linke Seite\r\n"
                               "map ort right : rechts\r\n"
                               "relation left : links von\r\n"
                               "stop : der, die, das, wo, ist\r\n"
                               "not : nicht\r\n"
                               "tension .3 - 1 : wo ist, @ort";
    struct err e = ERR_INIT;
    struct arr_lexicon *x = arr_lexicon_parse(text, sizeof text - 1, "mine", &e);
    assert_non_null(x);
    assert_reading(x, "Wo ist das rote Auto?", "rote/colour | auto; wo ist 0.30 0.50 1.00");
    assert_reading(x, "nicht die linke Seite", "!linke seite/ort |;  0.50 0.50 0.50");
    assert_reading(x, "rechts", "rechts/ort |; rechts 0.30 0.50 1.00");
    assert_reading(x, "links von rot", "links von/relation rot/colour |;  0.50 0.50 0.50");
    arr_lexicon_free(x);
    /* Nothing but comments: knows nothing, and says so. */
    x = arr_lexicon_parse("# nothing", 9, "mine", &e);
    assert_non_null(x);
    assert_reading(x, "the red mug", "| the red mug;  0.50 0.50 0.50");
    arr_lexicon_free(x);
    arr_lexicon_free(NULL);
}

static void a_lexicon_from_a_file(void **state)
{
    (void)state;
    char folder[] = "/tmp/hfterm-lexicon-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/words", folder);
    struct err e = ERR_INIT;
    assert_null(arr_lexicon_load(path, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_true(file_write_atomic(path, "stop : a\nstop\n", 14, 0600, &e));
    assert_null(arr_lexicon_load(path, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    assert_non_null(strstr(e.msg, "words:2: no colon"));
    assert_true(file_write_atomic(path, "stop : a\n", 9, 0600, &e));
    struct arr_lexicon *x = arr_lexicon_load(path, &e);
    assert_non_null(x);
    arr_lexicon_free(x);
    /* The shipped file is what is compiled in, and is sound. */
    x = arr_lexicon_load("core/arrcoc/lexicon.txt", &e);
    assert_non_null(x);
    arr_lexicon_free(x);
    assert_true(file_remove_tree(folder, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_name_their_line),
        cmocka_unit_test(a_lexicon_of_ones_own),
        cmocka_unit_test(a_lexicon_from_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
