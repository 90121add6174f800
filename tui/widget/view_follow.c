/* SPDX-License-Identifier: Apache-2.0 */
/* A viewer over bytes without end: keeping the last row in sight, and dropping the oldest bytes. */
#include "core/base/text.h"
#include "tui/widget/view_state.h"

enum { MIN_LIMIT = 64 * 1024 };

static bool is_converted(const struct viewer *v)
{
    return v->encoding == ENC_UTF16LE || v->encoding == ENC_UTF16BE;
}

/* Bytes of the file that n bytes of converted text were made of. */
static size_t source_bytes(const char *text, size_t n)
{
    size_t units = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        i += text_decode(text + i, n - i, &cp);
        units += cp >= 0x10000 ? 2 : 1;
    }
    return units * 2;
}

/* A piece to begin with, at or behind a byte: the first that begins a line, else the first. */
static size_t piece_behind(struct viewer *v, size_t byte)
{
    lines_need(&v->lines, view_text(v), v->is_finished, SIZE_MAX - 1);
    size_t first = lines_piece_at(&v->lines, byte);
    first += first + 1 < v->lines.n && lines_start(&v->lines, first) < byte;
    size_t piece = first;
    while (piece < v->lines.n && lines_goes_on(&v->lines, piece)) {
        piece++;
    }
    return piece < v->lines.n ? piece : first;
}

static void move_up(struct view_pos *pos, size_t rows)
{
    *pos = pos->row >= rows ? (struct view_pos){pos->row - rows, pos->sub} : (struct view_pos){0};
}

/* Rows of hex that begin `bytes` later hold what they held, as far as they are there. */
static void move_up_hex(struct view_pos *pos, size_t bytes, size_t row_bytes)
{
    const size_t at = pos->row * row_bytes;
    *pos = (struct view_pos){.row = at > bytes ? (at - bytes) / row_bytes : 0};
}

/* Take the first bytes away: of raw, and of the text that is made of them. */
static void drop(struct viewer *v, size_t bytes, size_t text_bytes, size_t pieces)
{
    const bool is_hex = v->mode == VIEWER_HEX;
    view_search_drop(v, is_hex ? bytes : text_bytes, pieces);
    if (is_hex) {
        move_up_hex(&v->top, bytes, view_hex_bytes(v));
        move_up_hex(&v->cursor, bytes, view_hex_bytes(v));
    } else {
        move_up(&v->top, pieces);
        move_up(&v->cursor, pieces);
    }
    buf_consume(&v->raw, bytes);
    if (is_converted(v)) {
        buf_consume(&v->text, text_bytes);
        v->converted -= bytes;
    }
    v->dropped += bytes;
    v->dropped_text += text_bytes;
}

/* Above the limit: keep what comes to half of it. */
static void keep_half(struct viewer *v)
{
    const struct str text = view_text(v);
    const size_t kept = (size_t)((uint64_t)text.n * (v->limit / 2) / v->raw.n);
    const size_t piece = piece_behind(v, text.n - kept);
    if (piece > 0 && piece < v->lines.n) {
        const size_t text_bytes = lines_start(&v->lines, piece);
        const size_t bytes = is_converted(v) ? source_bytes(text.p, text_bytes) : text_bytes;
        lines_drop(&v->lines, piece);
        drop(v, bytes, text_bytes, piece);
    }
}

void view_grown(struct viewer *v, bool was_at_end)
{
    if (v->limit > 0 && v->raw.n > v->limit && !v->is_finished) {
        keep_half(v);
    }
    if (was_at_end && !view_is_at_end(v)) {
        viewer_end(v);
    }
}

void viewer_limit(struct viewer *v, size_t bytes)
{
    v->limit = bytes > 0 && bytes < MIN_LIMIT ? MIN_LIMIT : bytes;
    view_grown(v, viewer_is_following(v));
}

void viewer_follow(struct viewer *v, bool follows)
{
    v->follows = follows;
    if (follows) {
        viewer_end(v);
    }
}

bool viewer_is_following(struct viewer *v)
{
    const bool is_searching = v->search.now != SIZE_MAX || v->search.wanted != 0;
    return v->follows && !is_searching && view_is_at_end(v);
}
