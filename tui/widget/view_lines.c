/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widget/view_lines.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum {
    PIECE_BYTES = 16 * 1024,
    MARK_EVERY = 1024,
    MAX_PIECES = 32 * 1024 * 1024,
    NEED_BYTES = 256 * 1024, /* indexed at a time when somebody waits for a piece */
};

void lines_done(struct lines *l)
{
    free(l->starts);
    free(l->marks);
    *l = (struct lines){0};
}

static bool add_piece(struct lines *l)
{
    void *starts = l->starts;
    void *marks = l->marks;
    if (l->n >= MAX_PIECES || !mem_grow(&starts, &l->cap, l->n + 1, sizeof *l->starts)) {
        l->is_full = true;
        return false;
    }
    l->starts = starts;
    l->n_lines += !l->next_goes_on;
    if (l->n % MARK_EVERY == 0) {
        if (!mem_grow(&marks, &l->cap_marks, l->n_marks + 1, sizeof *l->marks)) {
            l->is_full = true;
            return false;
        }
        l->marks = marks;
        l->marks[l->n_marks++] = l->n_lines;
    }
    l->starts[l->n++] = (uint64_t)l->next * 2 + l->next_goes_on;
    return true;
}

/* Where a piece that starts at `from` and has no line end within PIECE_BYTES is cut: between two
 * characters, behind a line end that follows at once. */
static size_t cut_at(struct str text, size_t from)
{
    size_t at = from + PIECE_BYTES;
    while (at > from + PIECE_BYTES - 4 && ((unsigned char)text.p[at] & 0xC0) == 0x80) {
        at--;
    }
    if (text.p[at] == '\n') {
        return at + 1;
    }
    return text.p[at] == '\r' && text.p[at + 1] == '\n' ? at + 2 : at;
}

/* Find the end of the last piece; false when the text ends before it is known. */
static bool end_piece(struct lines *l, struct str text, bool is_final)
{
    const size_t from = l->next;
    const size_t left = text.n - from;
    const char *newline = memchr(text.p + from, '\n', left < PIECE_BYTES ? left : PIECE_BYTES);
    if (newline) {
        l->next = (size_t)(newline - text.p) + 1;
        l->next_goes_on = false;
        return true;
    }
    if (left < PIECE_BYTES + 2) {
        if (!is_final) {
            return false;
        }
        if (left <= PIECE_BYTES) {
            l->next = text.n;
            return true;
        }
    }
    l->next = cut_at(text, from);
    l->next_goes_on = text.p[l->next - 1] != '\n';
    return true;
}

/* True while the piece at `next` was added already and only its end is not known. */
static bool is_last_open(const struct lines *l)
{
    return l->n > 0 && l->starts[l->n - 1] / 2 == l->next;
}

bool lines_extend(struct lines *l, struct str text, bool is_final, size_t budget)
{
    const size_t stop = text.n - l->next > budget ? l->next + budget : text.n;
    while (l->next < stop && !l->is_full) {
        if (!is_last_open(l) && !add_piece(l)) {
            break;
        }
        if (!end_piece(l, text, is_final)) {
            return false;
        }
    }
    l->is_complete = is_final && (l->next >= text.n || l->is_full);
    return l->next < text.n && !l->is_full;
}

bool lines_need(struct lines *l, struct str text, bool is_final, size_t piece)
{
    while (l->n <= piece && lines_extend(l, text, is_final, NEED_BYTES)) {
    }
    return piece < l->n;
}

void lines_need_byte(struct lines *l, struct str text, bool is_final, size_t byte)
{
    while (l->next <= byte && lines_extend(l, text, is_final, NEED_BYTES)) {
    }
}

void lines_drop(struct lines *l, size_t piece)
{
    if (piece == 0 || piece >= l->n) {
        return;
    }
    const uint64_t bytes = lines_start(l, piece);
    uint64_t number = lines_number(l, piece);
    l->n -= piece;
    l->n_marks = 0;
    for (size_t i = 0; i < l->n; i++) {
        l->starts[i] = l->starts[i + piece] - bytes * 2;
        number += i > 0 && !lines_goes_on(l, i);
        if (i % MARK_EVERY == 0) {
            l->marks[l->n_marks++] = number; /* there were as many or more before */
        }
    }
    l->next -= (size_t)bytes;
    l->is_full = false;
}

size_t lines_start(const struct lines *l, size_t piece)
{
    return (size_t)(l->starts[piece] / 2);
}

bool lines_goes_on(const struct lines *l, size_t piece)
{
    return l->starts[piece] % 2 != 0;
}

size_t lines_end(const struct lines *l, struct str text, size_t piece)
{
    if (piece + 1 < l->n) {
        return lines_start(l, piece + 1);
    }
    const bool is_open = is_last_open(l);
    const size_t end = is_open ? text.n : l->next;
    const size_t limit = lines_start(l, piece) + PIECE_BYTES + 2;
    return end < limit ? end : limit;
}

struct str lines_text(const struct lines *l, struct str text, size_t piece)
{
    const size_t from = lines_start(l, piece);
    size_t end = lines_end(l, text, piece);
    if (end > from && text.p[end - 1] == '\n') {
        end--;
        if (end > from && text.p[end - 1] == '\r') {
            end--;
        }
    }
    return (struct str){text.p + from, end - from};
}

size_t lines_piece_at(const struct lines *l, size_t byte)
{
    size_t low = 0;
    size_t high = l->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (lines_start(l, mid) <= byte) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low > 0 ? low - 1 : 0;
}

uint64_t lines_number(const struct lines *l, size_t piece)
{
    if (piece >= l->n) {
        return l->n_lines;
    }
    const size_t mark = piece / MARK_EVERY;
    uint64_t number = l->marks[mark];
    for (size_t i = mark * MARK_EVERY + 1; i <= piece; i++) {
        number += !lines_goes_on(l, i);
    }
    return number;
}

bool lines_find_number(const struct lines *l, uint64_t number, size_t *piece)
{
    if (l->n == 0 || number < l->marks[0] || number > l->n_lines) {
        return false;
    }
    size_t low = 0; /* the last mark at or before the line; it may stand inside that line */
    size_t high = l->n_marks;
    while (high - low > 1) {
        const size_t mid = low + (high - low) / 2;
        if (l->marks[mid] < number) {
            low = mid;
        } else {
            high = mid;
        }
    }
    size_t at = low * MARK_EVERY;
    uint64_t line = l->marks[low];
    while (line < number) {
        at++;
        line += !lines_goes_on(l, at);
    }
    *piece = at;
    return true;
}
