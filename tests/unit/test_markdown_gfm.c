/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown read as cmark-gfm reads it: the files of tests/fixtures/markdown hold inputs for every
 * construct and edge of the dialect; each is given to the program cmark-gfm and to us, and the kind,
 * the containers and the text of all blocks and cells are compared (gfm_want.h, gfm_got.h).
 *
 * A file is a row of inputs, each below a line "=== name". U+2409 stands for a tab, U+2420 for a
 * blank that an editor might drop. hub.md F1, F3, F8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/doc/markdown.h"
#include "tests/unit/gfm_got.h"
#include "tests/unit/gfm_want.h"

enum { WIDTH = 3000 };

/* What cmark-gfm writes about the file. */
static void run_cmark(const char *path, const char *format, struct buf *out)
{
    char command[512];
    char chunk[4096];
    snprintf(command, sizeof command,
             "cmark-gfm -e table -e strikethrough -e autolink -e tasklist -e footnotes -t %s '%s'",
             format, path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        buf_append(out, chunk, n);
    }
    if (pclose(f) != 0) {
        fail_msg("%s", "cmark-gfm does not run: is the Debian package cmark-gfm installed?");
    }
}

/* The program has no names for footnotes in XML. */
static char *name_notes(const char *xml)
{
    static const char *const NAMES[][2] = {
        {"<<unknown> />", "<ref />"},           {"<<unknown>>", "<note>"},
        {"</<unknown>>", "</note>"},            {"<footnote_reference />", "<ref />"},
        {"<footnote_definition>", "<note>"},    {"</footnote_definition>", "</note>"},
    };
    struct buf out = BUF_INIT;
    while (*xml) {
        size_t i = 0;
        while (i < 6 && strncmp(xml, NAMES[i][0], strlen(NAMES[i][0])) != 0) {
            i++;
        }
        if (i < 6) {
            buf_puts(&out, NAMES[i][1]);
            xml += strlen(NAMES[i][0]);
        } else {
            buf_putc(&out, *xml++);
        }
    }
    return buf_steal(&out);
}

static bool equal_lines(const char *want, const char *got)
{
    while (*want && *got) {
        const size_t n = strcspn(want, "\n");
        const bool is_equal = n == strcspn(got, "\n") && strncmp(want + 1, got + 1, n - 1) == 0 &&
                              (want[0] == '?' || want[0] == got[0]);
        if (!is_equal) {
            return false;
        }
        want += n + 1;
        got += n + 1;
    }
    return *want == *got;
}

struct counts {
    int n, wrong;
};

static void compare(const char *name, const struct buf *input, struct counts *c)
{
    static const char TEMP[] = "/tmp/hfterm-gfm-XXXXXX";
    char path[sizeof TEMP];
    struct buf xml = BUF_INIT;
    memcpy(path, TEMP, sizeof TEMP);
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, buf_str(input), input->n), (long)input->n);
    close(fd);
    run_cmark(path, "xml", &xml);
    unlink(path);
    char *named = name_notes(buf_str(&xml));
    char *want = gfm_want_lines(named);
    struct rich r = RICH_INIT;
    markdown_render(&r, buf_str(input), input->n, WIDTH, NULL);
    char *got = gfm_got_lines(&r);
    c->n++;
    if (!equal_lines(want, got)) {
        c->wrong++;
        print_error("%s\n--- input\n%s--- cmark-gfm\n%s--- hfterm\n%s", name, buf_str(input), want,
                    got);
    }
    rich_done(&r);
    free(want);
    free(got);
    free(named);
    buf_done(&xml);
}

/* A line of a file of inputs, tabs and blanks put in. */
static void put_input(struct buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const bool is_mark = n - i >= 3 && memcmp(s + i, "\xE2\x90", 2) == 0;
        if (is_mark && s[i + 2] == '\x89') {
            buf_putc(out, '\t');
            i += 2;
        } else if (is_mark && s[i + 2] == '\xA0') {
            buf_putc(out, ' ');
            i += 2;
        } else {
            buf_putc(out, s[i]);
        }
    }
    buf_putc(out, '\n');
}

static void compare_file(const char *file, int at_least)
{
    char path[128];
    char name[160] = "";
    struct buf text = BUF_INIT;
    struct buf input = BUF_INIT;
    struct counts c = {0};
    struct err e = ERR_INIT;
    snprintf(path, sizeof path, "tests/fixtures/markdown/%s", file);
    if (!file_read(path, &text, 1 << 20, &e)) {
        fail_msg("%s", e.msg);
    }
    for (const char *p = buf_str(&text); *p;) {
        const size_t n = strcspn(p, "\n");
        if (strncmp(p, "=== ", 4) == 0) {
            if (name[0] != '\0') {
                compare(name, &input, &c);
            }
            snprintf(name, sizeof name, "%s: %.*s", file, (int)(n - 4), p + 4);
            buf_clear(&input);
        } else {
            put_input(&input, p, n);
        }
        p += n + (p[n] == '\n' ? 1 : 0);
    }
    compare(name, &input, &c);
    buf_done(&text);
    buf_done(&input);
    print_message("%s: %d inputs, %d read differently\n", file, c.n, c.wrong);
    assert_int_equal(c.wrong, 0);
    assert_true(c.n >= at_least);
}

static void blocks_of_text_and_code(void **state)
{
    (void)state;
    compare_file("leaves.txt", 150);
}

static void quotes_and_lists(void **state)
{
    (void)state;
    compare_file("containers.txt", 115);
}

/* hub.md F1, F3 */
static void tables(void **state)
{
    (void)state;
    compare_file("tables.txt", 65);
}

/* hub.md F8 among them */
static void spans_and_footnotes(void **state)
{
    (void)state;
    compare_file("spans.txt", 145);
}

static void html(void **state)
{
    (void)state;
    compare_file("html.txt", 45);
}

/* A table after text, list, quote, heading and HTML, and inside a list item. */
static void whole_cards(void **state)
{
    (void)state;
    compare_file("cards.txt", 40);
}

/* ---- mixtures ---- */

struct pool {
    struct buf text;
    const char *lines[4000];
    size_t n;
};

/* Lines without tags, which are ours to draw as we like. */
static void fill_pool(struct pool *pool)
{
    static const char *const FILES[] = {"leaves", "containers", "tables", "spans"};
    for (size_t i = 0; i < 4; i++) {
        char path[128];
        struct err e = ERR_INIT;
        snprintf(path, sizeof path, "tests/fixtures/markdown/%s.txt", FILES[i]);
        assert_true(file_read(path, &pool->text, 1 << 20, &e));
        buf_putc(&pool->text, '\n');
    }
    for (char *p = pool->text.p; *p && pool->n < 4000;) {
        char *end = strchr(p, '\n');
        *end = '\0';
        if (strncmp(p, "=== ", 4) != 0 && !strchr(p, '<')) {
            pool->lines[pool->n++] = p;
        }
        p = end + 1;
    }
}

static unsigned draw(unsigned *state, size_t below)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 8) % (unsigned)below;
}

/* Lines of all files under each other, in quotes and items, as nobody wrote them. */
static void mixtures_of_lines(void **state)
{
    (void)state;
    static const char *const BEFORE[] = {"", "", "", "", "", "> ", "- ", "  ", "   ", "    ",
                                         "1. ", ">", "> > ", "- > ", "* "};
    static struct pool pool;
    struct counts c = {0};
    unsigned seed = 8;
    fill_pool(&pool);
    assert_true(pool.n > 1000);
    while (c.n < 200) {
        struct buf input = BUF_INIT;
        char name[32];
        snprintf(name, sizeof name, "mixture %d", c.n + 1);
        for (unsigned n = 2 + draw(&seed, 7); n > 0; n--) {
            const char *line = pool.lines[draw(&seed, pool.n)];
            buf_puts(&input, BEFORE[draw(&seed, sizeof BEFORE / sizeof *BEFORE)]);
            put_input(&input, line, strlen(line));
        }
        compare(name, &input, &c);
        buf_done(&input);
    }
    buf_done(&pool.text);
    assert_int_equal(c.wrong, 0);
}

/* The comparison itself sees a difference in kind, place, mark, gap and text. */
static void differences_are_seen(void **state)
{
    (void)state;
    assert_true(equal_lines("? P 0 |a\n- P 2 *|b\n", "- P 0 |a\n- P 2 *|b\n"));
    assert_false(equal_lines("? P 0 |a\n", "- P 0 |b\n"));
    assert_false(equal_lines("? P 0 |a\n", "- H1 0 |a\n"));
    assert_false(equal_lines("? P 0 |a\n", "- P 2 |a\n"));
    assert_false(equal_lines("+ P 2 *|a\n", "- P 2 *|a\n"));
    assert_false(equal_lines("? P 2 *|a\n", "? P 2 >|a\n"));
    assert_false(equal_lines("? P 0 |a\n", ""));
    assert_false(equal_lines("", "? P 0 |a\n"));
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_seen), cmocka_unit_test(blocks_of_text_and_code),
        cmocka_unit_test(quotes_and_lists),     cmocka_unit_test(tables),
        cmocka_unit_test(spans_and_footnotes),  cmocka_unit_test(html),
        cmocka_unit_test(whole_cards),          cmocka_unit_test(mixtures_of_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
