/* SPDX-License-Identifier: Apache-2.0 */
/* Positions in a viewer: moving the cursor and keeping it in the window. */
#include "tui/widget/view_state.h"

enum {
    GOTO_BYTES = 256 * 1024, /* indexed at a time on the way to a line */
    SHIFT_COLS = 8,
};

/* Is there such a row? Indexes what it needs. */
bool view_row_exists(struct viewer *v, size_t row)
{
    switch (v->mode) {
    case VIEWER_TEXT:
        return lines_need(&v->lines, view_text(v), v->is_finished, row);
    case VIEWER_JSON:
        return row < v->tree.n_rows;
    case VIEWER_HEX:
        return row < (v->raw.n + view_hex_bytes(v) - 1) / view_hex_bytes(v);
    }
    return false;
}

static size_t count_rows(struct viewer *v)
{
    switch (v->mode) {
    case VIEWER_TEXT:
        lines_need(&v->lines, view_text(v), v->is_finished, SIZE_MAX - 1);
        return v->lines.n;
    case VIEWER_JSON:
        return v->tree.n_rows;
    case VIEWER_HEX:
        break;
    }
    return (v->raw.n + view_hex_bytes(v) - 1) / view_hex_bytes(v);
}

static bool is_wrapped(const struct viewer *v)
{
    return v->mode == VIEWER_TEXT && v->look.wrap;
}

static bool is_before(struct view_pos a, struct view_pos b)
{
    return a.row < b.row || (a.row == b.row && a.sub < b.sub);
}

/* Move pos by rows as far as it goes; returns the rows moved. */
static int64_t step(struct viewer *v, struct view_pos *pos, int64_t rows)
{
    if (!is_wrapped(v)) {
        const size_t from = pos->row;
        if (rows < 0) {
            const uint64_t up = (uint64_t)-rows;
            pos->row = up < pos->row ? pos->row - (size_t)up : 0;
        } else if (rows > 0) {
            const size_t want = pos->row + (size_t)rows;
            const size_t n = view_row_exists(v, want) ? want + 1 : count_rows(v);
            pos->row = n > 0 ? n - 1 : 0;
        }
        return (int64_t)pos->row - (int64_t)from;
    }
    int64_t moved = 0;
    uint32_t n_sub = rows > 0 && view_row_exists(v, pos->row) ? view_piece_rows(v, pos->row) : 1;
    while (moved < rows) {
        if (pos->sub + 1 < n_sub) {
            pos->sub++;
        } else if (view_row_exists(v, pos->row + 1)) {
            *pos = (struct view_pos){pos->row + 1, 0};
            n_sub = view_piece_rows(v, pos->row);
        } else {
            break;
        }
        moved++;
    }
    while (moved > rows && (pos->row > 0 || pos->sub > 0)) {
        if (pos->sub > 0) {
            pos->sub--;
        } else {
            pos->row--;
            pos->sub = view_piece_rows(v, pos->row) - 1;
        }
        moved--;
    }
    return moved;
}

static void last_pos(struct viewer *v, struct view_pos *pos)
{
    const size_t n = count_rows(v);
    *pos = (struct view_pos){.row = n > 0 ? n - 1 : 0};
    if (is_wrapped(v) && n > 0) {
        pos->sub = view_piece_rows(v, pos->row) - 1;
    }
}

/* Rows from a to b when b is not before a and at most `limit` below it; -1 otherwise. */
static int rows_between(struct viewer *v, struct view_pos a, struct view_pos b, int limit)
{
    if (is_before(b, a)) {
        return -1;
    }
    if (!is_wrapped(v)) {
        return b.row - a.row <= (size_t)limit ? (int)(b.row - a.row) : -1;
    }
    for (int rows = 0; rows <= limit; rows++) {
        if (!is_before(a, b)) {
            return rows;
        }
        if (step(v, &a, 1) == 0) {
            return -1;
        }
    }
    return -1;
}

bool view_is_at_end(struct viewer *v)
{
    struct view_pos pos = v->cursor;
    return step(v, &pos, 1) == 0;
}

/* Keep the cursor on a row that exists and in the window. */
static void follow_cursor(struct viewer *v)
{
    if (!view_row_exists(v, v->cursor.row)) {
        last_pos(v, &v->cursor);
    }
    if (is_wrapped(v) && view_row_exists(v, v->cursor.row)) {
        const uint32_t n = view_piece_rows(v, v->cursor.row);
        v->cursor.sub = v->cursor.sub < n ? v->cursor.sub : n - 1;
    }
    if (is_before(v->cursor, v->top)) {
        v->top = v->cursor;
    } else if (rows_between(v, v->top, v->cursor, v->height - 1) < 0) {
        v->top = v->cursor;
        step(v, &v->top, 1 - (int64_t)v->height);
    }
}

void view_moved(struct viewer *v)
{
    v->search.now = SIZE_MAX;
    v->search.wanted = 0;
    follow_cursor(v);
}

size_t view_cursor_byte(struct viewer *v)
{
    switch (v->mode) {
    case VIEWER_TEXT:
        return view_row_exists(v, v->cursor.row) ? view_row_byte(v, v->cursor) : 0;
    case VIEWER_JSON: {
        if (v->cursor.row >= v->tree.n_rows) {
            return 0;
        }
        const struct tree_node *node = &v->tree.nodes[v->tree.rows[v->cursor.row]];
        return node->n_key > 0 ? node->key : node->value;
    }
    case VIEWER_HEX:
        break;
    }
    return v->cursor.row * view_hex_bytes(v);
}

/* Shift sideways so that a column is visible, with some room behind it. */
static void show_column(struct viewer *v, int col)
{
    const int cols = view_text_cols(v);
    if (v->mode == VIEWER_HEX || is_wrapped(v)) {
        v->left = 0;
    } else if (col < v->left + 1 || col >= v->left + cols - 8) {
        v->left = col > cols - 8 ? col - cols / 2 : 0;
        v->left = v->left > 0 ? v->left : 0;
    }
}

void view_show_byte(struct viewer *v, size_t byte)
{
    int col = 0;
    v->cursor.sub = 0;
    switch (v->mode) {
    case VIEWER_TEXT:
        lines_need_byte(&v->lines, view_text(v), v->is_finished, byte);
        v->cursor.row = lines_piece_at(&v->lines, byte);
        if (v->cursor.row < v->lines.n) {
            view_byte_place(v, v->cursor.row, byte, &v->cursor.sub, &col);
        }
        break;
    case VIEWER_JSON: {
        const uint32_t node = tree_node_at(&v->tree, byte);
        tree_reveal(&v->tree, node);
        v->cursor.row = tree_row_of(&v->tree, node);
        col = view_tree_col(v, node, byte);
        break;
    }
    case VIEWER_HEX:
        v->cursor.row = byte / view_hex_bytes(v);
        break;
    }
    show_column(v, col);
    follow_cursor(v);
}

/* ---- looks ---- */

void viewer_set_look(struct viewer *v, const struct viewer_look *look)
{
    const size_t byte = view_cursor_byte(v);
    v->look = *look;
    if (v->look.wrap) {
        v->left = 0;
    }
    v->top.sub = 0;
    view_show_byte(v, byte);
}

struct viewer_look viewer_look(const struct viewer *v)
{
    return v->look;
}

void viewer_set_size(struct viewer *v, int width, int height)
{
    const int new_width = width > 1 ? width : 1;
    const int new_height = height > 1 ? height : 1;
    if (v->width == new_width && v->height == new_height) {
        return;
    }
    const size_t byte = view_cursor_byte(v);
    const bool changes_rows = v->width != new_width;
    v->width = new_width;
    v->height = new_height;
    if (changes_rows && (v->mode == VIEWER_HEX || is_wrapped(v))) {
        v->top = (struct view_pos){0};
        view_show_byte(v, byte);
    }
    follow_cursor(v);
}

/* ---- moving ---- */

void viewer_move(struct viewer *v, int64_t rows)
{
    step(v, &v->cursor, rows);
    view_moved(v);
}

/* By rows of a page or its half: the window moves along. */
static void turn(struct viewer *v, int64_t rows)
{
    step(v, &v->top, rows);
    step(v, &v->cursor, rows);
    viewer_scroll(v, 0); /* not beyond the last window */
    view_moved(v);
}

void viewer_home(struct viewer *v)
{
    v->cursor = (struct view_pos){0};
    v->left = 0;
    view_moved(v);
}

void viewer_end(struct viewer *v)
{
    last_pos(v, &v->cursor);
    view_moved(v);
}

void viewer_shift(struct viewer *v, int cols)
{
    enum { MAX_LEFT = 65000 };
    if (v->mode != VIEWER_HEX && !is_wrapped(v)) {
        const int left = v->left + cols;
        v->left = left < 0 ? 0 : left > MAX_LEFT ? MAX_LEFT : left;
    }
}

bool viewer_apply(struct viewer *v, enum move move)
{
    const long rows = move_rows(move, v->height > 1 ? v->height - 1 : 1);
    switch (move) {
    case MOVE_NONE:
        return false;
    case MOVE_DOWN:
    case MOVE_UP:
        viewer_move(v, rows);
        break;
    case MOVE_TOP:
        viewer_home(v);
        break;
    case MOVE_BOTTOM:
        viewer_end(v);
        break;
    case MOVE_LEFT:
        viewer_shift(v, -SHIFT_COLS);
        break;
    case MOVE_RIGHT:
        viewer_shift(v, SHIFT_COLS);
        break;
    default:
        turn(v, rows);
        break;
    }
    return true;
}

void viewer_click(struct viewer *v, int row)
{
    if (row >= 0 && row < v->height) {
        v->cursor = v->top;
        step(v, &v->cursor, row);
        view_moved(v);
    }
}

void viewer_scroll(struct viewer *v, int rows)
{
    struct view_pos bottom = v->top;
    step(v, &v->top, rows);
    bottom = v->top;
    const int64_t below = step(v, &bottom, v->height - 1);
    step(v, &v->top, below - (v->height - 1)); /* the last window is full */
    if (is_before(v->cursor, v->top)) {
        v->cursor = v->top;
    } else if (rows_between(v, v->top, v->cursor, v->height - 1) < 0) {
        v->cursor = bottom;
    }
}

static bool goto_line(struct viewer *v, uint64_t number)
{
    size_t piece = 0;
    bool is_there = true;
    while (v->lines.n_lines < number &&
           lines_extend(&v->lines, view_text(v), v->is_finished, GOTO_BYTES)) {
    }
    if (!lines_find_number(&v->lines, number, &piece)) {
        is_there = false;
        piece = v->lines.n == 0 || number < lines_number(&v->lines, 0) ? 0 : v->lines.n - 1;
    }
    const struct str text = view_text(v);
    size_t byte = v->lines.n > 0 ? lines_start(&v->lines, piece) : 0;
    while (v->mode == VIEWER_JSON && byte < text.n && text.p[byte] == ' ') {
        byte++; /* to what stands in the line */
    }
    view_show_byte(v, byte);
    return is_there;
}

bool viewer_goto(struct viewer *v, uint64_t n)
{
    bool is_there = true;
    if (v->mode == VIEWER_HEX) {
        const uint64_t end = v->dropped + v->raw.n;
        is_there = n >= v->dropped && n < end;
        view_show_byte(v, n < v->dropped ? 0 : n < end ? (size_t)(n - v->dropped) : v->raw.n - (v->raw.n > 0));
    } else {
        is_there = goto_line(v, n);
    }
    view_moved(v);
    return is_there;
}

static int percent(struct viewer *v)
{
    struct view_pos below = v->top;
    if (step(v, &below, v->height) < v->height) {
        return 100;
    }
    if (v->mode == VIEWER_JSON) {
        return (int)(below.row * 100 / v->tree.n_rows);
    }
    const size_t total = v->mode == VIEWER_HEX ? v->raw.n : view_text(v).n;
    const size_t done = v->mode == VIEWER_HEX ? below.row * view_hex_bytes(v)
                                              : lines_start(&v->lines, below.row);
    return total > 0 ? (int)(done * 100 / total) : 100;
}

struct viewer_place viewer_place(struct viewer *v)
{
    const size_t byte = view_cursor_byte(v);
    struct viewer_place p = {
        .offset = byte + (v->mode == VIEWER_HEX ? v->dropped : v->dropped_text),
        .n_bytes = v->dropped + v->raw.n,
        .left = v->left,
        .percent = percent(v),
    };
    if (v->mode != VIEWER_HEX) {
        lines_need_byte(&v->lines, view_text(v), v->is_finished, byte);
        p.line = lines_number(&v->lines, lines_piece_at(&v->lines, byte));
        p.n_lines = v->lines.n_lines;
        p.is_exact = v->lines.is_complete && !v->lines.is_full;
    }
    return p;
}

int viewer_cursor_row(struct viewer *v)
{
    const int row = rows_between(v, v->top, v->cursor, v->height - 1);
    return row >= 0 ? row : 0;
}
