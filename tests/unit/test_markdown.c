/* SPDX-License-Identifier: Apache-2.0 */
/* Markdown cards: golden pages at three widths, and what text cannot show: styles, links, anchors,
 * pieces (hostile input: test_markdown_hostile.c). Golden files are in tests/golden/markdown; HFTERM_GOLDEN=write rewrites
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/doc/markdown.h"
#include "tests/unit/markdown_help.h"

static struct rich render(const char *text, int width)
{
    struct rich r = RICH_INIT;
    markdown_render(&r, text, strlen(text), width, NULL);
    return r;
}

static void check(const char *text, int width, const char *want)
{
    struct rich r = render(text, width);
    struct buf out = BUF_INIT;
    rich_put_plain(&r, 0, r.n_lines, &out);
    assert_string_equal(buf_str(&out), want);
    buf_done(&out);
    rich_done(&r);
}

/* ---- golden pages ---- */

/* The page, then its links and its outline. */
static void put_page(const struct rich *r, struct buf *out)
{
    rich_put_plain(r, 0, r->n_lines, out);
    buf_puts(out, "== links\n");
    for (size_t i = 0; i < r->n_links; i++) {
        buf_printf(out, "[%zu] %s%s | %s | line %zu\n", i + 1, r->links[i].is_image ? "image " : "",
                   r->links[i].url, r->links[i].text, r->links[i].line + 1);
    }
    buf_puts(out, "== outline\n");
    for (size_t i = 0; i < r->n_headings; i++) {
        const struct rich_heading *h = &r->headings[i];
        buf_printf(out, "%d %s | line %zu\n", h->level, h->text, h->line + 1);
    }
}

static void check_golden(const char *name, int width, bool is_ascii)
{
    char source[128];
    char golden[128];
    snprintf(source, sizeof source, "tests/golden/markdown/%s.md", name);
    snprintf(golden, sizeof golden, "tests/golden/markdown/%s.%d%s.txt", name, width,
             is_ascii ? ".ascii" : "");
    struct buf text = BUF_INIT;
    struct buf got = BUF_INIT;
    struct buf want = BUF_INIT;
    struct err e = ERR_INIT;
    if (!file_read(source, &text, 1 << 20, &e)) {
        fail_msg("%s", e.msg);
    }
    const struct markdown_options options = {.is_ascii = is_ascii};
    struct rich r = RICH_INIT;
    markdown_render(&r, text.p, text.n, width, &options);
    check_sound(&r, width);
    put_page(&r, &got);
    const char *mode = getenv("HFTERM_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        assert_true(file_write_atomic(golden, got.p, got.n, 0644, &e));
    }
    if (!file_read(golden, &want, 1 << 20, &e)) {
        fail_msg("%s", e.msg);
    }
    assert_string_equal(buf_str(&got), buf_str(&want));
    rich_done(&r);
    buf_done(&text);
    buf_done(&got);
    buf_done(&want);
}

static void pages_look_as_they_did(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"card", "html", "tables", "blocks", "unicode"};
    static const int WIDTHS[] = {38, 78, 118};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        for (size_t k = 0; k < sizeof WIDTHS / sizeof *WIDTHS; k++) {
            check_golden(NAMES[i], WIDTHS[k], false);
        }
    }
}

static void ascii_pages_use_ascii_marks(void **state)
{
    (void)state;
    check_golden("card", 78, true);
    check_golden("blocks", 78, true);
    struct rich r = RICH_INIT;
    const char *text = "# H\n- a\n  - [x] b\n\n> q\n\n|a|b|\n|-|-|\n|1|2|\n\n```c\nx\n```\n***\n"
                       "![p](u)\n<details><summary>s</summary>\n";
    const struct markdown_options options = {.is_ascii = true};
    markdown_render(&r, text, strlen(text), 20, &options);
    for (size_t i = 0; i < r.n_lines; i++) {
        for (const char *p = r.lines[i].text; *p; p++) {
            assert_true((unsigned char)*p < 0x80);
        }
    }
    rich_done(&r);
}

/* ---- styles, links, outline ---- */

static void check_spans(const char *text, const char *want)
{
    struct rich r = render(text, 60);
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < r.n_lines; i++) {
        for (size_t k = 0; k < r.lines[i].n_spans; k++) {
            const struct rich_span *s = &r.lines[i].spans[k];
            buf_printf(&out, "%s(", rich_style_name(s->style));
            buf_append(&out, r.lines[i].text + s->at, s->n);
            buf_puts(&out, ")");
        }
        buf_putc(&out, '\n');
    }
    assert_string_equal(buf_str(&out), want);
    buf_done(&out);
    rich_done(&r);
}

static void text_has_styles(void **state)
{
    (void)state;
    check_spans("a *b* **c** ***d*** ~~e~~ `f`",
                "text(a )italic(b)text( )bold(c)text( )bold-italic(d)text( )strike(e)text( )"
                "code(f)\n");
    check_spans("**[a *b*](x)** c", "link(a b)link-number([1])text( c)\n");
    check_spans("# A `b` *c*", "h1(A )code(b)h1( c)\nh-line(\u2550\u2550\u2550\u2550\u2550)\n");
    check_spans("### C\n#### D", "h3(C)\n\nh4(D)\n");
    check_spans("> q **b**", "quote-bar(\u258C )quote(q )bold(b)\n");
    check_spans("- [x] d\n- [ ] o", "task-done(\u2611 )text(d)\ntask-open(\u2610 )text(o)\n");
    check_spans("```c\nx\n```", "code-bar(\u250C )code-lang(c)\ncode-bar(\u2502 )code-block(x)\n");
    check_spans("![a](u)", "image(\u25A8\u00A0a\u00A0)link-number([1])\n");
    check_spans("|a|\n|-|\n|b|", "table-head(a)\ntable-border(\u2500)\ntext(b)\n");
    check_spans("<b>a<i>b</b>c</i>d", "bold(a)bold-italic(b)italic(c)text(d)\n");
}

static void links_are_numbered_once(void **state)
{
    (void)state;
    struct rich r = render("[a](u) [b](v) [c](u) ![p](w) [![q](x)](u)\n", 60);
    assert_string_equal(r.lines[0].text,
                        "a[1] b[2] c[1] \u25A8\u00A0p\u00A0[3] \u25A8\u00A0q[1]");
    assert_int_equal(r.n_links, 3);
    assert_string_equal(rich_link(&r, 1)->url, "u");
    assert_string_equal(rich_link(&r, 1)->text, "a");
    assert_true(rich_link(&r, 3)->is_image);
    assert_false(rich_link(&r, 2)->is_image);
    assert_null(rich_link(&r, 0));
    assert_null(rich_link(&r, 4));
    assert_int_equal(rich_link_at(&r, 0, 0), 1);
    assert_int_equal(rich_link_at(&r, 0, 3), 1);
    assert_int_equal(rich_link_at(&r, 0, 4), 0);
    assert_int_equal(rich_link_at(&r, 0, 6), 2);
    assert_int_equal(rich_link_at(&r, 0, 999), 0);
    assert_int_equal(rich_link_at(&r, 7, 0), 0);
    rich_done(&r);
}

static void addresses_are_harmless_and_bounded(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_puts(&text, "[a](http://x/\xE2\x80\xAE&#27;]52;c&#7;) [b](http://");
    buf_pad(&text, 'y', 5000);
    buf_puts(&text, ") [c](data:text/html,x)");
    struct rich r = RICH_INIT;
    markdown_render(&r, text.p, text.n, 60, NULL);
    assert_int_equal(r.n_links, 1);
    assert_string_equal(r.links[0].url, "http://x/^[]52;c^G");
    assert_string_equal(r.lines[0].text, "a[1] b c");
    rich_done(&r);
    buf_done(&text);
}

static void headings_make_an_outline_and_anchors(void **state)
{
    (void)state;
    struct rich r = render("intro\n\n# Getting [started](x)!\n\ntext\n\n## Usage\n\n## Usage\n\n"
                           "## \u00DCber `uns`\n\n<a id=\"Own\"></a>\n\nend\n",
                           60);
    assert_int_equal(r.n_headings, 4);
    assert_string_equal(r.headings[0].text, "Getting started!");
    assert_int_equal(r.headings[0].level, 1);
    assert_int_equal(r.headings[0].line, 2);
    size_t line = 0;
    assert_true(rich_find_anchor(&r, "#getting-started", &line));
    assert_int_equal(line, 2);
    assert_true(rich_find_anchor(&r, "usage", &line));
    assert_int_equal(line, r.headings[1].line);
    assert_true(rich_find_anchor(&r, "#Usage-1", &line));
    assert_int_equal(line, r.headings[2].line);
    assert_true(rich_find_anchor(&r, "#%C3%BCber-uns", &line));
    assert_int_equal(line, r.headings[3].line);
    assert_true(rich_find_anchor(&r, "#own", &line));
    assert_false(rich_find_anchor(&r, "#nowhere", &line));
    assert_false(rich_find_anchor(&r, "", &line));
    size_t heading = 9;
    assert_false(rich_heading_at(&r, 1, &heading));
    assert_true(rich_heading_at(&r, 2, &heading));
    assert_int_equal(heading, 0);
    assert_true(rich_heading_at(&r, 1000, &heading));
    assert_int_equal(heading, 3);
    rich_done(&r);
}

static void formulas_keep_their_characters(void **state)
{
    (void)state;
    check("Let $\\{x_1*y\\}$ be *it*, $a\\,b_*$.\n", 60, "Let $\\{x_1*y\\}$ be it, $a\\,b_*$.\n");
    check("$$\n\\begin{a} a_{1}*b \\\\ c\n\\_x &amp; [y]\n$$\nand *so* on\n", 60,
          "$$ \\begin{a} a_{1}*b \\\\ c \\_x &amp; [y] $$ and so on\n");
    check("It costs $5 or *$10*.\n\nNo \\$a*b*\\$.\n", 60, "It costs $5 or $10.\n\nNo $ab$.\n");
    check("`$\\{a\\}$` and\n\n    $\\{b\\}$\n\n```\n$\\{c\\}$\n```\n", 60,
          "$\\{a\\}$ and\n\n\u2502 $\\{b\\}$\n\n\u2502 $\\{c\\}$\n");
    check("<p>\n$\\{d\\}$\n</p>\n\n|$a$|\n|-|\n|$\\|b\\|$|\n", 60,
          "$\\{d\\}$\n\n$a$\n\u2500\u2500\u2500\u2500\u2500\n$|b|$\n");
}

/* ---- breaking lines ---- */

static void words_wrap_at_columns(void **state)
{
    (void)state;
    check("aaaa bbbb cccc dddd eeee\n", 20, "aaaa bbbb cccc dddd\neeee\n");
    check("aaaa bbbb cccc ddddd eeee\n", 20, "aaaa bbbb cccc ddddd\neeee\n");
    check("aaaaaaaaaaaaaaaaaaaaaaaaa b\n", 20, "aaaaaaaaaaaaaaaaaaaa\naaaaa b\n");
    check("state-of-the-art results-first\n", 20, "state-of-the-art\nresults-first\n");
    check("one state-of-the-art\n", 20, "one state-of-the-art\n");
    check("some state-of-the-art\n", 20, "some state-of-the-\nart\n");
    check("a `--long-option-name --x`\n", 20, "a --long-option-name\n--x\n");
    /* nothing starts with a closing mark or ends with an opening one */
    check("\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u3002\u6F22\n", 20,
          "\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u6F22\n\u5B57\u3002\u6F22\n");
    check("\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u6F22\u300C\u6F22\u300D\n", 20,
          "\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u6F22\u5B57\u6F22\n\u300C\u6F22\u300D\n");
    check("aaaaaaaaaaaaaaaaaaa\u6F22\n", 20, "aaaaaaaaaaaaaaaaaaa\n\u6F22\n");
    check("\u6F22\n\u5B57\n", 20, "\u6F22\u5B57\n"); /* a line end between them is no blank */
    check("a\u00A0b\u00A0c\u00A0d\u00A0e\u00A0f\u00A0g\u00A0h\u00A0i j\n", 20,
          "a\u00A0b\u00A0c\u00A0d\u00A0e\u00A0f\u00A0g\u00A0h\u00A0i j\n");
    check("a  \nb\\\nc<br>d\n", 20, "a\nb\nc\nd\n");
}

static void code_is_cut_or_wrapped(void **state)
{
    (void)state;
    const char *text = "```\n0123456789012345678901234567\n```\n";
    check(text, 20, "\u2502 01234567890123456\u2026\n");
    struct rich r = RICH_INIT;
    const struct markdown_options options = {.wrap_code = true};
    markdown_render(&r, text, strlen(text), 20, &options);
    assert_string_equal(r.lines[0].text, "\u2502 012345678901234567");
    assert_string_equal(r.lines[1].text, "\u250A 8901234567");
    rich_done(&r);
    check("```\n```\n", 20, "\u2502\n");
    check("```\n\n\n```\n", 20, "\u2502\n");
}

static void wide_tables_shrink_their_widest_column(void **state)
{
    (void)state;
    const char *text = "|a|b|\n|-|-:|\n|one two three four|1|\n|x|22|\n";
    const struct markdown_options options = {.is_ascii = true};
    struct rich r = RICH_INIT;
    struct buf out = BUF_INIT;
    markdown_render(&r, text, strlen(text), 20, &options);
    rich_put_plain(&r, 0, r.n_lines, &out);
    assert_string_equal(buf_str(&out), "a               |  b\n"
                                       "----------------+---\n"
                                       "one two three   |  1\n"
                                       "four            |\n"
                                       "----------------+---\n"
                                       "x               | 22\n");
    buf_done(&out);
    rich_done(&r);
}

static void narrow_tables_become_records(void **state)
{
    (void)state;
    check("|name|the second|third|\n|-|-|-|\n|one two three|four five six|seven eight|\n|a||c|\n",
          20,
          "name: one two three\nthe second:\n  four five six\nthird: seven eight\n\n"
          "name: a\nthird: c\n");
}

/* ---- footnotes, spans, code in cells ---- */

/* Follow the link that is called so; the line it leads to. */
static const char *line_behind(const struct rich *r, const char *text)
{
    for (size_t i = 0; i < r->n_links; i++) {
        size_t line = 0;
        if (strcmp(r->links[i].text, text) == 0) {
            assert_true(rich_find_anchor(r, r->links[i].url, &line));
            assert_true(line < r->n_lines);
            return r->lines[line].text[0] == '\0' ? r->lines[line + 1].text : r->lines[line].text;
        }
    }
    fail_msg("no link called %s", text);
    return "";
}

/* hub.md F8 */
static void footnotes_are_links_there_and_back(void **state)
{
    (void)state;
    struct rich r = render("# Results\n\nHeron wins[^held-out], narrowly[^2].\n\n"
                           "[^2]: By 0.3 points.\n\n    A second paragraph.\n\n"
                           "Last line, again[^held-out].\n\n[^held-out]: On *held out* data.\n",
                           60);
    assert_non_null(strstr(line_behind(&r, "footnote 1"), "1. On held out data. \u21A9["));
    assert_non_null(strstr(line_behind(&r, "footnote 2"), "2. By 0.3 points."));
    assert_non_null(strstr(line_behind(&r, "back from footnote 1"), "Heron wins"));
    assert_non_null(strstr(line_behind(&r, "back from footnote 2"), "Heron wins"));
    rich_done(&r);
    /* notes that refer to each other, and to themselves */
    r = render("A[^a]\n\n[^a]: see [^b] and [^c]\n[^b]: see [^a]\n[^c]: see [^c]\n", 60);
    assert_non_null(strstr(line_behind(&r, "footnote 1"), "1. see"));
    assert_non_null(strstr(line_behind(&r, "footnote 2"), "2. see"));
    assert_non_null(strstr(line_behind(&r, "footnote 3"), "3. see"));
    assert_non_null(strstr(line_behind(&r, "back from footnote 3"), "1. see")); /* the first reference to c */
    rich_done(&r);
    /* in a table, in a list; the number of a note stands where the text refers to it first */
    r = render("|a|\n|-|\n|x[^n]|\n\n- i[^m]\n\n[^m]: M.\n[^n]: N.\n", 60);
    assert_non_null(strstr(line_behind(&r, "back from footnote 1"), "x\u00B9"));
    assert_non_null(strstr(line_behind(&r, "back from footnote 2"), "i\u00B2"));
    rich_done(&r);
    check("Known[^a], unknown[^b].\n\n[^a]: A.\n", 40,
          "Known\u00B9[1], unknown[^b].\n\n"
          "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
          "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
          "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
          "\u2500\n\n1. A. \u21A9[2]\n");
}

/* Where nobody can follow a link there are the numbers alone. */
static void footnotes_without_links_keep_their_numbers(void **state)
{
    (void)state;
    const char *text = "One[^x] two[^y].\n\n[^y]: Y.\n[^x]: X.\n";
    const struct markdown_options options = {.no_anchors = true, .is_ascii = true};
    struct rich r = RICH_INIT;
    markdown_render(&r, text, strlen(text), 20, &options);
    struct buf out = BUF_INIT;
    rich_put_plain(&r, 0, r.n_lines, &out);
    assert_string_equal(buf_str(&out), "One^1 two^2.\n\n--------------------\n\n1. X.\n2. Y.\n");
    assert_int_equal(r.n_links, 0);
    buf_done(&out);
    rich_done(&r);
}

/* A card of many pieces: references far from their notes, in both directions. */
static void footnotes_reach_over_pieces(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_puts(&text, "[^early]: Early note.\n\nfirst[^late]\n\n");
    while (text.n < 300000) {
        buf_printf(&text, "Paragraph %zu with some words.\n\n", text.n);
    }
    buf_puts(&text, "last[^early]\n\n```\n[^late] in code\n```\n\n[^late]: Late note.\n");
    struct rich r = RICH_INIT;
    markdown_render(&r, text.p, text.n, 60, NULL);
    check_sound(&r, 60);
    assert_non_null(strstr(line_behind(&r, "footnote 1"), "1. Late note."));
    assert_non_null(strstr(line_behind(&r, "footnote 2"), "2. Early note."));
    assert_non_null(strstr(line_behind(&r, "back from footnote 1"), "first\u00B9"));
    assert_non_null(strstr(line_behind(&r, "back from footnote 2"), "last\u00B2"));
    rich_done(&r);
    buf_done(&text);
}

static void check_ascii(const char *text, int width, const char *want)
{
    const struct markdown_options options = {.is_ascii = true};
    struct rich r = RICH_INIT;
    struct buf out = BUF_INIT;
    markdown_render(&r, text, strlen(text), width, &options);
    rich_put_plain(&r, 0, r.n_lines, &out);
    assert_string_equal(buf_str(&out), want);
    buf_done(&out);
    rich_done(&r);
}

/* hub.md F5: a cell stands in its place, whatever reaches into its row from above. */
static void cells_over_rows_and_columns_keep_their_place(void **state)
{
    (void)state;
    check_ascii("<table><tr><th>Lang</th><th>Dev</th><th>Test</th></tr>"
                "<tr><td>fr</td><td rowspan='2'>81</td><td>80</td></tr>"
                "<tr><td>it</td><td>79</td></tr><tr><td>de</td><td>78</td><td>77</td></tr></table>",
                60, "Lang | Dev | Test\n-----+-----+-----\nfr   | 81  | 80\nit   |     | 79\n"
                    "de   | 78  | 77\n");
    check_ascii("<table><tr><td rowspan=3>a</td><td colspan=2 rowspan=2>b</td><td>c</td></tr>"
                "<tr><td>d</td></tr><tr><td>e</td><td>f</td><td>g</td></tr>"
                "<tr><td>h</td></tr></table>",
                60, "a | b |   | c\n  |   |   | d\n  | e | f | g\nh |   |   |\n");
    check_ascii("<table>\n<tr><td rowspan=0>all</td><td>1</td></tr>\n<tr><td>2</td></tr>\n"
                "<tr><td>3</td></tr>\n</table>\n",
                60, "all | 1\n    | 2\n    | 3\n");
    /* two rows of heads; as records each line names both, and what reaches down is said again */
    const char *text = "<table><thead><tr><th rowspan=2>Model</th><th colspan=2>XNLI score</th></tr>"
                       "<tr><th>french</th><th>swahili</th></tr></thead><tbody>"
                       "<tr><td rowspan=2>heron-base</td><td>seventy one</td><td>6</td></tr>"
                       "<tr><td>eighty</td><td></td></tr></tbody></table>";
    check_ascii(text, 60, "Model      | XNLI score  |\n           | french      | swahili\n"
                          "-----------+-------------+--------\n"
                          "heron-base | seventy one | 6\n           | eighty      |\n");
    check_ascii(text, 24, "Model: heron-base\nXNLI score french:\n  seventy one\n"
                          "XNLI score swahili:\n  6\n\n"
                          "Model: heron-base\nXNLI score french:\n  eighty\n");
}

/* Which rows name the columns, without <thead>. */
static void rows_of_heads_are_told_from_others(void **state)
{
    (void)state;
    check_ascii("<table><tr><th rowspan=2>Task</th><th colspan=2>F1</th></tr><tr><th>dev</th>"
                "<th>test</th></tr><tr><td>NER</td><td>90</td><td>89</td></tr></table>",
                40, "Task | F1  |\n     | dev | test\n-----+-----+-----\nNER  | 90  | 89\n");
    /* names of rows are no head */
    check_ascii("<table><tr><th>Layers</th><td>12</td></tr><tr><th>Heads</th><td>8</td></tr></table>",
                40, "Layers | 12\nHeads  | 8\n");
    check_ascii("<table><tr><th rowspan=2>Czech</th><td>wer</td><td>7.1</td></tr>"
                "<tr><td>cer</td><td>2.0</td></tr></table>",
                40, "Czech | wer | 7.1\n      | cer | 2.0\n");
}

/* A table so long that it is drawn in parts names its columns in each of them. */
static void a_long_html_table_keeps_its_heads(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_puts(&text, "<table><tr><th>step of the run</th><th>loss on the held out part</th>"
                    "<th>and one more</th></tr>\n");
    for (int i = 0; i < 40000; i++) {
        buf_printf(&text, "<tr><td>step %d</td><td>loss %d</td></tr>\n", i, i * 7);
    }
    buf_puts(&text, "</table>\n");
    struct rich r = RICH_INIT;
    markdown_render(&r, text.p, text.n, 20, NULL);
    check_sound(&r, 20);
    size_t steps = 0;
    for (size_t i = 0; i + 3 < r.n_lines; i++) {
        unsigned step = 0;
        unsigned loss = 0;
        if (sscanf(r.lines[i].text, "step of the run: step %u", &step) == 1) {
            fail_msg("step %u stands behind its head", step);
        }
        if (sscanf(r.lines[i].text, "  step %u", &step) == 1) {
            assert_int_equal(step, steps++);
            assert_string_equal(r.lines[i - 1].text, "step of the run:");
            assert_string_equal(r.lines[i + 2].text, "out part:");
            assert_int_equal(sscanf(r.lines[i + 3].text, "  loss %u", &loss), 1);
            assert_int_equal(loss, step * 7);
        }
    }
    assert_int_equal(steps, 40000);
    rich_done(&r);
    buf_done(&text);
}

/* hub.md F16 */
static void code_in_a_cell_keeps_its_indentation(void **state)
{
    (void)state;
    check_ascii("<table><tr><td>\n\n```python\ndef f(x):\n    return x\n```\n\n</td><td>out</td>"
                "</tr></table>\n",
                40, "def f(x):    | out\n    return x |\n");
    check_ascii("<table><tr><td><pre>a:\n  - b\n      c</pre></td><td><pre><code>{\n  1\n}"
                "</code></pre></td></tr></table>\n",
                40, "a:      | {\n  - b   |   1\n      c | }\n");
    check_ascii("<table><tr><td>\n\n    top\n      sub\n\n</td></tr></table>\n", 40,
                "top\n  sub\n");
}

/* ---- pieces ---- */

static void the_first_screen_does_not_wait_for_the_rest(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    while (text.n < (size_t)2 << 20) {
        buf_printf(&text, "## Part %zu\n\nSome words with a [link][last] in them.\n\n", text.n);
    }
    buf_puts(&text, "[last]: https://example.org/last\n");
    struct markdown *md = markdown_begin(text.p, text.n, 80, NULL);
    assert_true(markdown_need(md, 200));
    const size_t ready = markdown_lines_ready(md);
    assert_in_range(ready, 201, 10000);
    assert_false(markdown_is_done(md));
    /* the definition at the very end is known already */
    assert_string_equal(rich_link(markdown_rich(md), 1)->url, "https://example.org/last");
    const size_t guess = markdown_lines_guess(md);
    markdown_finish(md);
    assert_true(markdown_is_done(md));
    assert_false(markdown_step(md));
    const size_t all = markdown_lines_ready(md);
    assert_in_range(guess, all / 2, all * 2);
    assert_int_equal(markdown_lines_guess(md), all);
    assert_false(markdown_need(md, all));
    assert_int_equal(markdown_rich(md)->n_links, 1);
    check_sound(markdown_rich(md), 80);
    markdown_free(md);
    buf_done(&text);
}

/* Blocks larger than a piece: repeat `row` between head and tail, render, count a line. */
static size_t render_large(const char *head, const char *row, const char *tail, const char *line)
{
    struct buf text = BUF_INIT;
    buf_puts(&text, head);
    while (text.n < 300000) {
        buf_puts(&text, row);
    }
    buf_puts(&text, tail);
    struct rich r = RICH_INIT;
    markdown_render(&r, text.p, text.n, 60, NULL);
    check_sound(&r, 60);
    const size_t n = count_lines(&r, line);
    rich_done(&r);
    buf_done(&text);
    return n;
}

static void blocks_longer_than_a_piece_go_on(void **state)
{
    (void)state;
    const size_t rows = 300000 / 10 + 1;
    size_t n = render_large("```\n", "# no head\n", "```\n# H\n", "\u2502 # no head");
    assert_in_range(n, rows - 2, rows);
    assert_int_equal(render_large("```\n", "# no head\n", "```\n# H\n", "H"), 1);
    assert_int_equal(render_large("<!--\n", "hidden **x**\n\n", "-->\nshown\n", "shown"), 1);
    assert_int_equal(render_large("<!--\n", "hidden **x**\n\n", "-->\nshown\n", "hidden x"), 0);
    assert_int_equal(render_large("<style>\n", "p { x }\n\n", "</style>\n\nshown\n", "p { x }"), 0);
    n = render_large("|head|b|\n|-|-|\n", "|cell|2|\n", "\nend\n", "head \u2502 b");
    assert_in_range(n, 4, 8);
    n = render_large("|head|b|\n|-|-|\n", "|cell|2|\n", "\nend\n", "cell \u2502 2");
    assert_in_range(n, 33300, 33340);
    n = render_large("", "- item a\n\n", "", "\u2022 item a");
    assert_in_range(n, rows - 2, rows);
}

static void long_data_addresses_are_not_text(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_puts(&text, "before ![plot](data:image/png;base64,");
    for (int i = 0; i < 100000; i++) {
        buf_puts(&text, "QUJD");
    }
    buf_puts(&text, ") after\n");
    struct rich r = RICH_INIT;
    markdown_render(&r, text.p, text.n, 60, NULL);
    assert_int_equal(r.n_lines, 1);
    assert_string_equal(r.lines[0].text, "before \u25A8\u00A0plot after");
    rich_done(&r);
    buf_done(&text);
}

static void a_new_width_shows_the_same_place(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    for (int i = 0; i < 3000; i++) {
        buf_printf(&text, "Paragraph number%d with a good many words that wrap.\n\n", i);
    }
    struct markdown *md = markdown_begin(text.p, text.n, 120, NULL);
    assert_true(markdown_need(md, 4000));
    size_t line = 4000; /* paragraph 2000 */
    assert_non_null(strstr(markdown_rich(md)->lines[line].text, "number2000 "));
    markdown_layout(md, 30, NULL, &line);
    assert_non_null(strstr(markdown_rich(md)->lines[line].text, "number2000 "));
    check_sound(markdown_rich(md), 30);
    markdown_layout(md, 120, NULL, &line);
    assert_int_equal(line, 4000);
    size_t beyond = 1000000;
    markdown_layout(md, 60, NULL, &beyond);
    assert_true(beyond < markdown_lines_ready(md));
    markdown_free(md);
    buf_done(&text);
}

static void an_empty_card_is_empty(void **state)
{
    (void)state;
    check("", 60, "");
    check("\n\n   \n", 60, "");
    check("<!-- nothing -->\n", 60, "");
    struct markdown *md = markdown_begin("", 0, 0, NULL);
    size_t line = 5;
    markdown_layout(md, -3, NULL, &line);
    assert_int_equal(line, 0);
    assert_false(markdown_need(md, 0));
    assert_int_equal(markdown_lines_guess(md), 0);
    markdown_free(md);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_look_as_they_did),
        cmocka_unit_test(ascii_pages_use_ascii_marks),
        cmocka_unit_test(text_has_styles),
        cmocka_unit_test(links_are_numbered_once),
        cmocka_unit_test(addresses_are_harmless_and_bounded),
        cmocka_unit_test(headings_make_an_outline_and_anchors),
        cmocka_unit_test(formulas_keep_their_characters),
        cmocka_unit_test(words_wrap_at_columns),
        cmocka_unit_test(code_is_cut_or_wrapped),
        cmocka_unit_test(wide_tables_shrink_their_widest_column),
        cmocka_unit_test(narrow_tables_become_records),
        cmocka_unit_test(footnotes_are_links_there_and_back),
        cmocka_unit_test(footnotes_without_links_keep_their_numbers),
        cmocka_unit_test(footnotes_reach_over_pieces),
        cmocka_unit_test(cells_over_rows_and_columns_keep_their_place),
        cmocka_unit_test(rows_of_heads_are_told_from_others),
        cmocka_unit_test(a_long_html_table_keeps_its_heads),
        cmocka_unit_test(code_in_a_cell_keeps_its_indentation),
        cmocka_unit_test(the_first_screen_does_not_wait_for_the_rest),
        cmocka_unit_test(blocks_longer_than_a_piece_go_on),
        cmocka_unit_test(long_data_addresses_are_not_text),
        cmocka_unit_test(a_new_width_shows_the_same_place),
        cmocka_unit_test(an_empty_card_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
