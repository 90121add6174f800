/* SPDX-License-Identifier: Apache-2.0 */
/* view_bytes.c - the bytes of a viewer: appended, their encoding, the mode they are shown in, copied. */
#include "tui/widget/viewer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/widget/view_state.h"

enum {
    MAX_BYTES = 256 * 1024 * 1024,
    PROBE_BYTES = 8 * 1024,      /* enough to tell text from bytes */
    LINE_PROBE_BYTES = 1024 * 1024, /* a longer first line is one that was not broken */
    JSON_NOW_BYTES = 128 * 1024, /* read at once when the file is finished */
    WORK_BYTES = 256 * 1024,     /* between two looks at the clock */
};

const char *viewer_mode_name(enum viewer_mode mode)
{
    static const char *const NAMES[] = {"text", "json", "hex"};
    return NAMES[mode];
}

struct viewer *viewer_new(const char *name)
{
    struct viewer *v = xcalloc(1, sizeof *v);
    v->name = xstrdup(name ? name : "");
    v->width = 80;
    v->height = 24;
    v->search.now = SIZE_MAX;
    return v;
}

void viewer_free(struct viewer *v)
{
    if (v) {
        view_search_done(v);
        lines_done(&v->lines);
        tree_done(&v->tree);
        rich_done(&v->rows);
        flow_done(&v->flow);
        buf_done(&v->raw);
        buf_done(&v->text);
        free(v->name);
        free(v);
    }
}

/* ---- bytes ---- */

static bool is_utf16(const struct viewer *v)
{
    return v->encoding == ENC_UTF16LE || v->encoding == ENC_UTF16BE;
}

static uint32_t unit_at(const struct viewer *v, size_t i)
{
    const unsigned char *p = (const unsigned char *)v->raw.p + i;
    return v->encoding == ENC_UTF16LE ? (uint32_t)p[1] << 8 | p[0] : (uint32_t)p[0] << 8 | p[1];
}

/* Convert what arrived; half a unit or half a pair waits for the rest. */
static void convert_utf16(struct viewer *v)
{
    while (v->raw.n - v->converted >= 2) {
        uint32_t cp = unit_at(v, v->converted);
        size_t used = 2;
        if (cp >= 0xD800 && cp < 0xDC00) {
            const bool has_low = v->raw.n - v->converted >= 4;
            if (!has_low && !v->is_finished) {
                return;
            }
            const uint32_t low = has_low ? unit_at(v, v->converted + 2) : 0;
            if (low >= 0xDC00 && low < 0xE000) {
                cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
                used = 4;
            }
        }
        char bytes[4];
        buf_append(&v->text, bytes, text_encode(cp, bytes));
        v->converted += used;
    }
}

/* Text holds no NUL, and few control characters and few bytes that are no UTF-8. */
static bool looks_like_text(const char *s, size_t n)
{
    size_t odd = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        i += text_decode(s + i, n - i, &cp);
        if (cp == 0) {
            return false;
        }
        const bool is_control = cp < 0x20 && !strchr("\t\n\r\f\b\033", (int)cp);
        odd += is_control || (cp == 0xFFFD && i < n);
    }
    return odd * 10 <= n;
}

static void decide_kind(struct viewer *v)
{
    const unsigned char *p = (const unsigned char *)buf_str(&v->raw);
    const size_t n = v->raw.n;
    v->is_kind_known = n >= PROBE_BYTES || v->is_finished;
    v->encoding = ENC_UTF8;
    if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE) {
        v->encoding = ENC_UTF16LE;
    } else if (n >= 2 && p[0] == 0xFE && p[1] == 0xFF) {
        v->encoding = ENC_UTF16BE;
    } else if (!looks_like_text((const char *)p, n < PROBE_BYTES ? n : PROBE_BYTES)) {
        v->encoding = ENC_BYTES;
    }
    const char *newline = memchr(p, '\n', n < PROBE_BYTES ? n : PROBE_BYTES);
    v->has_crlf = newline && newline > (const char *)p && newline[-1] == '\r';
    if (!v->is_mode_chosen) {
        v->mode = v->encoding == ENC_BYTES ? VIEWER_HEX : VIEWER_TEXT;
    }
}

/* While little is here the decision may change; what was built on the text is built again. */
static void look_again(struct viewer *v)
{
    const bool was_utf16 = is_utf16(v);
    const enum viewer_mode was_mode = v->mode;
    if (!v->is_kind_known) {
        decide_kind(v);
    }
    if (was_utf16 != is_utf16(v)) {
        lines_done(&v->lines);
        buf_clear(&v->text);
        v->converted = 0;
    }
    if (was_utf16 != is_utf16(v) || was_mode != v->mode) {
        v->top = v->cursor = (struct view_pos){0};
        view_search_restart(v);
    }
    if (is_utf16(v)) {
        convert_utf16(v);
    }
}

bool viewer_append(struct viewer *v, const void *bytes, size_t n, struct err *e)
{
    if (v->is_finished) {
        return err_set(e, ERR_USAGE, "bytes behind the end of a file");
    }
    const bool was_at_end = viewer_is_following(v);
    if (!buf_append_limited(&v->raw, bytes, n, MAX_BYTES)) {
        err_set(e, ERR_LIMIT, "files are shown up to 256 MiB");
        return err_remedy(e, "Download the file and open it with a pager.");
    }
    look_again(v);
    view_search_grow(v);
    view_grown(v, was_at_end);
    return true;
}

uint64_t viewer_bytes(const struct viewer *v)
{
    return v->dropped + v->raw.n;
}

void viewer_put_text(const struct viewer *v, struct buf *out)
{
    const struct buf *text = v->text.n ? &v->text : &v->raw;
    text_sanitize(out, buf_str(text), text->n, TEXT_KEEP_NEWLINES);
}

bool viewer_wants_more(const struct viewer *v)
{
    return v->saw_end && !v->is_finished;
}

const char *viewer_encoding(const struct viewer *v)
{
    switch (v->encoding) {
    case ENC_UTF16LE:
        return "UTF-16LE";
    case ENC_UTF16BE:
        return "UTF-16BE";
    case ENC_BYTES:
        return "bytes";
    case ENC_UTF8:
        break;
    }
    return v->has_crlf ? "UTF-8, CRLF" : "UTF-8";
}

/* ---- JSON ---- */

static bool is_named_json(const struct viewer *v)
{
    static const char *const ENDS[] = {".json", ".ipynb", ".geojson", ".webmanifest"};
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        if (str_ends(v->name, ENDS[i])) {
            return true;
        }
    }
    return false;
}

static bool begins_like_json(const struct viewer *v)
{
    const struct str s = view_text(v);
    size_t i = 0;
    while (i < s.n && strchr(" \t\r\n", s.p[i]) && s.p[i] != '\0') {
        i++;
    }
    return i < s.n && (s.p[i] == '{' || s.p[i] == '[');
}

static bool may_be_json(const struct viewer *v)
{
    return is_named_json(v) || begins_like_json(v);
}

bool viewer_expects_json(const struct viewer *v)
{
    const struct str s = view_text(v);
    const size_t n = s.n < LINE_PROBE_BYTES ? s.n : LINE_PROBE_BYTES;
    return v->encoding != ENC_BYTES && v->dropped == 0 &&
           (is_named_json(v) || (begins_like_json(v) && !memchr(s.p, '\n', n)));
}

static void show_mode(struct viewer *v, enum viewer_mode mode)
{
    if (v->mode == mode) {
        return;
    }
    const size_t byte = is_utf16(v) ? 0 : view_cursor_byte(v);
    const bool was_top = v->cursor.row == 0 && v->cursor.sub == 0;
    v->mode = mode;
    v->top = v->cursor = (struct view_pos){0};
    v->left = 0;
    view_search_restart(v);
    if (!was_top) {
        view_show_byte(v, byte);
    }
}

static void read_tree(struct viewer *v, size_t budget)
{
    switch (tree_read(&v->tree, budget, &v->tree_err)) {
    case TREE_MORE:
        break;
    case TREE_READY:
        v->tree_state = TREE_DONE;
        if (!v->is_mode_chosen) {
            show_mode(v, VIEWER_JSON);
        }
        break;
    case TREE_FAILED:
        v->tree_state = TREE_BAD;
        tree_done(&v->tree);
        break;
    }
}

static void begin_tree(struct viewer *v)
{
    if (v->tree_state == TREE_NONE) {
        const bool is_begun = tree_begin(&v->tree, view_text(v), &v->tree_err);
        v->tree_state = is_begun ? TREE_READING : TREE_BAD;
    }
}

void viewer_finish(struct viewer *v)
{
    if (v->is_finished) {
        return;
    }
    v->is_finished = true;
    look_again(v);
    view_search_grow(v);
    if (v->encoding != ENC_BYTES && v->dropped == 0 && may_be_json(v)) {
        begin_tree(v);
        if (v->tree_state == TREE_READING) {
            read_tree(v, JSON_NOW_BYTES);
        }
    }
}

enum viewer_mode viewer_mode(const struct viewer *v)
{
    return v->mode;
}

bool viewer_set_mode(struct viewer *v, enum viewer_mode mode, struct err *e)
{
    if (mode == VIEWER_JSON) {
        if (!v->is_finished) {
            return err_set(e, ERR_UNSUPPORTED, "a tree needs the whole file; it is still loading");
        }
        if (v->dropped > 0) {
            return err_set(e, ERR_UNSUPPORTED, "a tree needs the whole text; its beginning was dropped");
        }
        begin_tree(v);
        while (v->tree_state == TREE_READING) {
            read_tree(v, JSON_TREE_MAX_BYTES);
        }
        if (v->tree_state == TREE_BAD) {
            return err_set(e, ERR_UNSUPPORTED, "%s", v->tree_err.msg);
        }
    }
    v->is_mode_chosen = true;
    show_mode(v, mode);
    return true;
}

/* ---- rows and work ---- */

const struct rich *viewer_rows(struct viewer *v)
{
    view_make_rows(v);
    return &v->rows;
}

bool viewer_work(struct viewer *v, int64_t budget_ns)
{
    const int64_t deadline = clock_mono_ns() + budget_ns;
    while (v->tree_state == TREE_READING) {
        read_tree(v, WORK_BYTES);
        if (clock_mono_ns() >= deadline) {
            return true;
        }
    }
    if (view_search_work(v, deadline)) {
        return true;
    }
    bool has_more = v->mode != VIEWER_HEX;
    while (has_more && clock_mono_ns() < deadline) {
        has_more = lines_extend(&v->lines, view_text(v), v->is_finished, WORK_BYTES);
    }
    return has_more;
}

/* All bytes of the line that a piece belongs to. */
static struct str whole_line(struct viewer *v, size_t piece)
{
    const struct str text = view_text(v);
    size_t first = piece;
    while (first > 0 && lines_goes_on(&v->lines, first)) {
        first--;
    }
    size_t last = piece;
    while (lines_need(&v->lines, text, v->is_finished, last + 1) &&
           lines_goes_on(&v->lines, last + 1)) {
        last++;
    }
    const struct str end = lines_text(&v->lines, text, last);
    const size_t from = lines_start(&v->lines, first);
    return (struct str){text.p + from, (size_t)(end.p - text.p) + end.n - from};
}

void viewer_copy(struct viewer *v, struct buf *out)
{
    if (!view_row_exists(v, v->cursor.row)) {
        return;
    }
    if (v->mode == VIEWER_TEXT) {
        const struct str line = whole_line(v, v->cursor.row);
        buf_append(out, line.p, line.n);
    } else if (v->mode == VIEWER_JSON) {
        const struct tree_node *node = &v->tree.nodes[v->tree.rows[v->cursor.row]];
        buf_append(out, view_text(v).p + node->value, node->n_value);
    } else {
        const size_t from = v->cursor.row * view_hex_bytes(v);
        const size_t left = v->raw.n - from;
        buf_append(out, v->raw.p + from, left < view_hex_bytes(v) ? left : view_hex_bytes(v));
    }
}

/* ---- folding ---- */

static bool cursor_node(const struct viewer *v, uint32_t *node)
{
    if (v->mode != VIEWER_JSON || v->cursor.row >= v->tree.n_rows) {
        return false;
    }
    *node = v->tree.rows[v->cursor.row];
    return true;
}

static void put_cursor_on(struct viewer *v, uint32_t node)
{
    v->cursor.row = tree_row_of(&v->tree, node);
    v->top.row = v->top.row < v->tree.n_rows ? v->top.row : v->cursor.row;
    view_moved(v);
}

bool viewer_fold(struct viewer *v)
{
    uint32_t node = 0;
    if (!cursor_node(v, &node)) {
        return false;
    }
    if (v->tree.nodes[node].n_children == 0) {
        if (node == v->tree.nodes[node].parent) {
            return false;
        }
        node = v->tree.nodes[node].parent;
    }
    tree_set_folded(&v->tree, node, !v->tree.nodes[node].is_folded);
    put_cursor_on(v, node);
    return true;
}

void viewer_fold_all(struct viewer *v, int depth)
{
    uint32_t node = 0;
    if (cursor_node(v, &node)) {
        tree_fold_all(&v->tree, depth);
        put_cursor_on(v, node);
    }
}

bool viewer_parent(struct viewer *v)
{
    uint32_t node = 0;
    if (!cursor_node(v, &node) || node == v->tree.nodes[node].parent) {
        return false;
    }
    put_cursor_on(v, v->tree.nodes[node].parent);
    return true;
}

void viewer_path(struct viewer *v, struct buf *out)
{
    uint32_t node = 0;
    if (cursor_node(v, &node)) {
        struct buf path = BUF_INIT;
        tree_put_path(&v->tree, node, &path);
        text_sanitize(out, buf_str(&path), path.n, TEXT_LINE);
        buf_done(&path);
    }
}
