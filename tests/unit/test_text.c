/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, widths, and the one function that makes outside text harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

static void check_clean(const char *in, size_t n, enum text_flags flags, const char *want)
{
    struct buf out = BUF_INIT;
    text_sanitize(&out, in, n, flags);
    assert_string_equal(buf_str(&out), want);
    buf_done(&out);
}

static void line(const char *in, const char *want)
{
    check_clean(in, strlen(in), TEXT_LINE, want);
}

static void decodes_utf8_and_replaces_what_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n, used;
        uint32_t cp;
    } CASES[] = {
        {"a", 1, 1, 'a'},
        {"\xC3\xA9", 2, 2, 0xE9},
        {"\xE2\x82\xAC", 3, 3, 0x20AC},
        {"\xF0\x9F\x98\x80", 4, 4, 0x1F600},
        {"\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF},
        {"\x80", 1, 1, 0xFFFD},             /* a continuation byte alone */
        {"\xC0\xAF", 2, 1, 0xFFFD},         /* overlong '/' */
        {"\xE0\x80\xAF", 3, 3, 0xFFFD},     /* overlong again */
        {"\xED\xA0\x80", 3, 3, 0xFFFD},     /* half a surrogate pair */
        {"\xF4\x90\x80\x80", 4, 4, 0xFFFD}, /* beyond the last code point */
        {"\xFF", 1, 1, 0xFFFD},
        {"\xE2\x82", 2, 2, 0xFFFD}, /* cut off */
        {"\xE2(", 2, 1, 0xFFFD},    /* the bracket is not eaten */
        {"", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t cp = 1;
        assert_int_equal(text_decode(CASES[i].bytes, CASES[i].n, &cp), CASES[i].used);
        assert_int_equal(cp, CASES[i].cp);
    }
}

static void encodes_what_it_decodes(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 251) {
        char bytes[4];
        uint32_t back = 0;
        const size_t n = text_encode(cp, bytes);
        const bool is_surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        assert_int_equal(text_decode(bytes, n, &back), n);
        assert_int_equal(back, is_surrogate ? 0xFFFD : cp);
    }
}

static void knows_widths(void **state)
{
    (void)state;
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("\u6F22\u5B57"), 4);
    assert_int_equal(text_width("e\u0301"), 1);
    assert_int_equal(text_width("\U0001F600"), 2);
    assert_int_equal(text_width("\u00A0"), 1);
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_cp_width('\n'), -1);
    assert_int_equal(text_cp_width(0x9B), -1);
    assert_int_equal(text_cp_width(0xE0FFF), -1); /* not assigned */
    assert_int_equal(text_width_n("abcdef", 4), 4);
}

static void shows_controls_and_never_sends_them(void **state)
{
    (void)state;
    line("a\033[31mred\033[0m", "a^[[31mred^[[0m");
    line("bell\a, back\b, del\x7F", "bell^G, back^H, del^?");
    line("\xC2\x9B" "31m", "<9b>31m"); /* the 8-bit escape */
    line("\033]52;c;aGk=\a", "^[]52;c;aGk=^G");
    check_clean("a\0b", 3, TEXT_LINE, "a^@b");
    line("a\nb\tc\r\nd", "a b c d");
    line("a\rb", "a^Mb");
    line("\xFF\xFE", "\uFFFD\uFFFD");
}

static void drops_what_hides_or_reorders(void **state)
{
    (void)state;
    line("abc\u202Etxt.exe", "abctxt.exe");
    line("\u2066a\u2069\u200B\u200E\uFEFF\u00AD" "b", "ab");
    line("a\U000E0041\uFE0F" "b", "ab");
    line("\u3164\uFFA0x", "x"); /* Hangul fillers: blanks that look like nothing */
    line("a\u2028b", "a b");
}

static void keeps_two_marks_a_cell(void **state)
{
    (void)state;
    line("e\u0301", "e\u0301");
    line("e\u0301\u0302\u0303\u0304x", "e\u0301\u0302x");
    line("\u0301x", "x"); /* a mark needs something to stand on */
    line("a\n\u0301", "a ");
}

static void reduces_joined_emoji(void **state)
{
    (void)state;
    line("\U0001F469\u200D\U0001F4BB!", "\U0001F469!");                         /* woman, laptop */
    line("\U0001F468\u200D\U0001F469\u200D\U0001F467.", "\U0001F468.");         /* a family */
    line("\U0001F44D\U0001F3FD", "\U0001F44D");                                 /* skin tone */
    line("\U0001F3F3\uFE0F\u200D\U0001F308", "\U0001F3F3");                     /* a flag */
    line("\u0915\u094D\u200D\u0937", "\u0915\u094D\u0937"); /* joiner inside a script */
    line("a\u200D\U0001F600", "a\U0001F600");
}

static void keeps_newlines_and_stops_tabs(void **state)
{
    (void)state;
    const char *in = "a\tb\r\nlong\tc\n\td\n";
    check_clean(in, strlen(in), TEXT_KEEP_NEWLINES, "a   b\nlong    c\n    d\n");
    const char *wide = "\u6F22\tx";
    check_clean(wide, strlen(wide), TEXT_KEEP_NEWLINES, "\u6F22  x");
}

static void cleaning_twice_changes_nothing(void **state)
{
    (void)state;
    unsigned seed = 12345;
    for (int round = 0; round < 2000; round++) {
        struct buf raw = BUF_INIT;
        for (int i = 0; i < 24; i++) {
            static const uint32_t ODD[] = {0x1B, 0x200D, 0x1F469, 0x1F3FD, 0x301, 0x202E, 0x6F22,
                                           'a',  ' ',    '\n',    0xFE0F,  0x9B,  0x1F1E6, 0xAD};
            seed = seed * 1103515245U + 12345U;
            char bytes[4];
            const uint32_t cp = ODD[(seed >> 16) % (sizeof ODD / sizeof *ODD)];
            buf_append(&raw, bytes, text_encode(cp, bytes));
        }
        struct buf once = BUF_INIT;
        struct buf twice = BUF_INIT;
        text_sanitize(&once, raw.p, raw.n, TEXT_KEEP_NEWLINES);
        text_sanitize(&twice, buf_str(&once), once.n, TEXT_KEEP_NEWLINES);
        assert_string_equal(buf_str(&once), buf_str(&twice));
        buf_done(&raw);
        buf_done(&once);
        buf_done(&twice);
    }
}

static void fits_and_cuts_by_columns(void **state)
{
    (void)state;
    int used = 9;
    assert_int_equal(text_fit("a\u6F22b", 2, &used), 1); /* the wide one does not fit */
    assert_int_equal(used, 1);
    assert_int_equal(text_fit("e\u0301x", 1, &used), 3); /* with its mark */
    static const struct {
        const char *in;
        int cols;
        bool ascii;
        const char *end, *middle;
    } CASES[] = {
        {"abcdef", 6, false, "abcdef", "abcdef"},
        {"abcdef", 5, false, "abcd\u2026", "a\u2026def"},
        {"abcdef", 4, true, "abc~", "a~ef"},
        {"abcdef", 1, false, "\u2026", "\u2026"},
        {"abcdef", 0, false, "", ""},
        {"\u6F22\u5B57\u6F22", 4, false, "\u6F22\u2026", "\u2026\u6F22"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf end = BUF_INIT;
        struct buf middle = BUF_INIT;
        text_cut_end(&end, CASES[i].in, CASES[i].cols, CASES[i].ascii);
        text_cut_middle(&middle, CASES[i].in, CASES[i].cols, CASES[i].ascii);
        assert_string_equal(buf_str(&end), CASES[i].end);
        assert_string_equal(buf_str(&middle), CASES[i].middle);
        buf_done(&end);
        buf_done(&middle);
    }
}

/* hub.md 9: of a repo's name the owner is cut before the name. */
static void cuts_the_owner_first(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        int cols;
        bool ascii;
        const char *want;
    } CASES[] = {
        {"owner/name", 10, false, "owner/name"},    {"owner/name", 9, false, "own…/name"},
        {"owner/name", 8, true, "ow~/name"},        {"owner/name", 7, false, "ow…name"},
        {"name-alone", 7, false, "na…lone"},   {"a/b/c-deep-file", 8, false, "a/…-file"},
        {"/api/models", 8, false, "/a…odels"}, {"owner/", 4, false, "o…r/"},
        {"漢字漢/n", 7, false, "漢字…/n"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf out = BUF_INIT;
        text_cut_name(&out, CASES[i].in, CASES[i].cols, CASES[i].ascii);
        assert_string_equal(buf_str(&out), CASES[i].want);
        buf_done(&out);
    }
}

static void pads_to_exact_columns(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        int cols;
        bool right;
        const char *want;
    } CASES[] = {
        {"ab", 4, false, "ab  "}, {"ab", 4, true, "  ab"},          {"abcdef", 4, false, "abcd"},
        {"", 2, false, "  "},     {"a\u6F22", 2, false, "a "}, {"x", 0, false, ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf out = BUF_INIT;
        text_pad(&out, CASES[i].in, CASES[i].cols, CASES[i].right);
        assert_string_equal(buf_str(&out), CASES[i].want);
        buf_done(&out);
    }
}

static void writes_counts_in_four_columns(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        const char *want;
    } CASES[] = {
        {0, "0"},          {999, "999"},        {1000, "1.0k"},  {9949, "9.9k"},
        {9950, "10k"},     {402000, "402k"},    {999499, "999k"}, {999500, "1.0M"},
        {1900000, "1.9M"}, {1234567890, "1.2G"}, {999500000000000000, "1.0E"},
        {UINT64_MAX, "18E"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf out = BUF_INIT;
        text_count(&out, CASES[i].n);
        assert_string_equal(buf_str(&out), CASES[i].want);
        assert_in_range(out.n, 1, 4);
        buf_done(&out);
    }
}

static void writes_sizes(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        const char *want;
    } CASES[] = {
        {0, "0 B"},           {12, "12 B"},          {999, "999 B"},
        {1000, "1.0 kB"},     {17200, "17.2 kB"},    {99949, "99.9 kB"},
        {99950, "100 kB"},    {999499, "999 kB"},    {999500, "1.0 MB"},
        {4300000000, "4.3 GB"}, {UINT64_MAX, "18.4 EB"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf out = BUF_INIT;
        text_bytes(&out, CASES[i].n);
        assert_string_equal(buf_str(&out), CASES[i].want);
        buf_done(&out);
    }
}

static void writes_ages(void **state)
{
    (void)state;
    static const struct {
        int64_t age;
        const char *want, *in_short;
    } CASES[] = {
        {-5, "just now", "0m"},         {59, "just now", "0m"},
        {60, "1 minute ago", "1m"},     {7200, "2 hours ago", "2h"},
        {86400, "1 day ago", "1d"},     {3 * 86400, "3 days ago", "3d"},
        {61 * 86400, "2 months ago", "2mo"}, {800 * 86400, "2 years ago", "2y"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf out = BUF_INIT;
        struct buf in_short = BUF_INIT;
        text_age(&out, 1000000000 - CASES[i].age, 1000000000);
        text_age_short(&in_short, 1000000000 - CASES[i].age, 1000000000);
        assert_string_equal(buf_str(&out), CASES[i].want);
        assert_string_equal(buf_str(&in_short), CASES[i].in_short);
        buf_done(&out);
        buf_done(&in_short);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_utf8_and_replaces_what_is_none),
        cmocka_unit_test(encodes_what_it_decodes),
        cmocka_unit_test(knows_widths),
        cmocka_unit_test(shows_controls_and_never_sends_them),
        cmocka_unit_test(drops_what_hides_or_reorders),
        cmocka_unit_test(keeps_two_marks_a_cell),
        cmocka_unit_test(reduces_joined_emoji),
        cmocka_unit_test(keeps_newlines_and_stops_tabs),
        cmocka_unit_test(cleaning_twice_changes_nothing),
        cmocka_unit_test(fits_and_cuts_by_columns),
        cmocka_unit_test(cuts_the_owner_first),
        cmocka_unit_test(pads_to_exact_columns),
        cmocka_unit_test(writes_counts_in_four_columns),
        cmocka_unit_test(writes_sizes),
        cmocka_unit_test(writes_ages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
