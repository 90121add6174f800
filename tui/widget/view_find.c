/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widget/view_find.h"

#include <string.h>
#include <utf8proc.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

enum {
    MAX_PATTERN_BYTES = 4096,
    MATCH_LIMIT = 200000, /* steps a line: about a millisecond */
    DEPTH_LIMIT = 2000,
    HEAP_LIMIT_KB = 8192,
};

struct finder {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
};

/* "\S" and its kind are no capitals. */
static bool has_capital(const char *s, bool is_regex)
{
    const size_t n = strlen(s);
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        i += text_decode(s + i, n - i, &cp);
        if (is_regex && cp == '\\') {
            i += text_decode(s + i, n - i, &cp);
        } else if (utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_LU) {
            return true;
        }
    }
    return false;
}

static bool set_pattern_error(struct err *e, int code, size_t offset)
{
    PCRE2_UCHAR reason[160] = "";
    pcre2_get_error_message(code, reason, sizeof reason);
    return err_set(e, ERR_USAGE, "this is no regular expression: %s, at character %zu",
                   (const char *)reason, offset + 1);
}

struct finder *finder_new(const char *pattern, bool is_utf, struct err *e)
{
    const bool is_regex = str_starts(pattern, "\\v");
    pattern += is_regex ? 2 : 0;
    const size_t n = strlen(pattern);
    if (n == 0 || n > MAX_PATTERN_BYTES) {
        err_set(e, ERR_USAGE, "a search takes 1 to 4096 bytes");
        return NULL;
    }
    uint32_t options = has_capital(pattern, is_regex) ? 0 : PCRE2_CASELESS;
    options |= is_utf ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0;
    if (is_regex) {
        options |= PCRE2_NEVER_BACKSLASH_C | (is_utf ? PCRE2_UCP : PCRE2_NEVER_UTF);
    } else {
        options |= PCRE2_LITERAL;
    }
    int code = 0;
    size_t offset = 0;
    struct finder *f = xcalloc(1, sizeof *f);
    f->code = pcre2_compile((PCRE2_SPTR)pattern, n, options, &code, &offset, NULL);
    if (!f->code) {
        set_pattern_error(e, code, offset);
        finder_free(f);
        return NULL;
    }
    pcre2_jit_compile(f->code, PCRE2_JIT_COMPLETE); /* without it matching is only slower */
    f->data = pcre2_match_data_create_from_pattern(f->code, NULL);
    f->context = pcre2_match_context_create(NULL);
    if (!f->data || !f->context) {
        err_set(e, ERR_LIMIT, "no memory for the search");
        finder_free(f);
        return NULL;
    }
    pcre2_set_match_limit(f->context, MATCH_LIMIT);
    pcre2_set_depth_limit(f->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(f->context, HEAP_LIMIT_KB);
    return f;
}

void finder_free(struct finder *f)
{
    if (f) {
        pcre2_match_context_free(f->context);
        pcre2_match_data_free(f->data);
        pcre2_code_free(f->code);
        free(f);
    }
}

enum finder_result finder_match(struct finder *f, struct str subject, size_t from,
                                bool is_line_start, size_t *at, size_t *n)
{
    const uint32_t options = PCRE2_NOTEMPTY | (is_line_start ? 0 : PCRE2_NOTBOL);
    const int rc = pcre2_match(f->code, (PCRE2_SPTR)subject.p, subject.n, from, options, f->data,
                               f->context);
    if (rc < 0) {
        return rc == PCRE2_ERROR_NOMATCH ? FINDER_NONE : FINDER_GAVE_UP;
    }
    const size_t *range = pcre2_get_ovector_pointer(f->data);
    if (range[1] <= range[0]) { /* \K can put the start behind the end */
        return FINDER_NONE;
    }
    *at = range[0];
    *n = range[1] - range[0];
    return FINDER_MATCH;
}
