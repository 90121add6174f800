/* SPDX-License-Identifier: Apache-2.0 */
/* markdown_help.h - what the tests of cards share. */
#ifndef HFTERM_TESTS_UNIT_MARKDOWN_HELP_H
#define HFTERM_TESTS_UNIT_MARKDOWN_HELP_H

#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/doc/rich.h"

/* Spans cover their line without gaps, know their width, and nothing in it harms a terminal. */
static inline void check_sound(const struct rich *r, int width)
{
    for (size_t i = 0; i < r->n_lines; i++) {
        const struct rich_line *l = &r->lines[i];
        uint32_t at = 0;
        int cols = 0;
        for (size_t k = 0; k < l->n_spans; k++) {
            const struct rich_span *s = &l->spans[k];
            assert_int_equal(s->at, at);
            assert_true(s->n > 0);
            assert_true(s->style < RICH_N_STYLES);
            assert_true(s->link <= r->n_links);
            assert_int_equal(s->cols, text_width_n(l->text + s->at, s->n));
            at += s->n;
            cols += s->cols;
        }
        assert_int_equal(at, l->n_text);
        assert_int_equal(cols, l->cols);
        assert_true(cols <= width);
        struct buf clean = BUF_INIT;
        text_sanitize(&clean, l->text, l->n_text, TEXT_LINE);
        assert_string_equal(buf_str(&clean), l->text);
        buf_done(&clean);
    }
}

static inline size_t count_lines(const struct rich *r, const char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_lines; i++) {
        n += strcmp(r->lines[i].text, text) == 0;
    }
    return n;
}

#endif
