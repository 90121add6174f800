/* SPDX-License-Identifier: Apache-2.0 */
/* Any card at any width: lines fit and hold nothing that a terminal obeys, spans cover them, links
 * and headings point inside. The first byte chooses width and options. */
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/doc/markdown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C.UTF-8");
    return 0;
}

static void require(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

static void require_harmless(const char *text)
{
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        require(c >= 0x20 && c != 0x7f);
    }
}

static void check_line(const struct rich *r, const struct rich_line *l, int width)
{
    uint32_t at = 0;
    int cols = 0;
    for (size_t i = 0; i < l->n_spans; i++) {
        const struct rich_span *s = &l->spans[i];
        require(s->at == at && s->n > 0 && s->style < RICH_N_STYLES && s->link <= r->n_links);
        require(s->cols == text_width_n(l->text + s->at, s->n));
        at += s->n;
        cols += s->cols;
    }
    require_harmless(l->text);
    require(at == l->n_text && strlen(l->text) == at && cols == l->cols && cols <= width);
}

static void check_page(const struct rich *r, int width)
{
    for (size_t i = 0; i < r->n_lines; i++) {
        check_line(r, &r->lines[i], width);
    }
    for (size_t i = 0; i < r->n_links; i++) {
        require_harmless(r->links[i].url);
        require(r->links[i].url[0] != '\0' && r->links[i].line <= r->n_lines);
    }
    for (size_t i = 0; i < r->n_headings; i++) {
        require(r->headings[i].line < r->n_lines);
        require(i == 0 || r->headings[i].line > r->headings[i - 1].line);
    }
    for (size_t i = 0; i < r->n_anchors; i++) {
        size_t line = 0;
        const char *name = r->anchors[i].name; /* '%' and '#' mean something in an address */
        require(rich_find_anchor(r, name, &line) || strpbrk(name, "%#") || r->n_anchors > 16);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) {
        return 0;
    }
    const int width = 20 + data[0] % 64;
    const struct markdown_options options = {
        .is_ascii = (data[0] & 0x40) != 0,
        .wrap_code = (data[0] & 0x80) != 0,
        .no_anchors = (data[0] & 0x20) != 0,
    };
    struct markdown *md = markdown_begin((const char *)data + 1, n - 1, width, &options);
    markdown_finish(md);
    check_page(markdown_rich(md), width);
    size_t line = markdown_lines_ready(md) / 2;
    markdown_layout(md, 30, NULL, &line);
    require(line < markdown_lines_ready(md) || line == 0);
    markdown_finish(md);
    check_page(markdown_rich(md), 30);
    markdown_free(md);
    return 0;
}
