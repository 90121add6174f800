/* SPDX-License-Identifier: Apache-2.0 */
/* Searching in a viewer: blocks are scanned in order, the matches kept, moves look them up. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/widget/view_state.h"

enum {
    MAX_MATCHES = 1000000,
    HEX_BLOCK_BYTES = 16 * 1024,
    LOOK_AHEAD_BYTES = 1024,      /* of a line behind its piece that a match may reach into */
    FIRST_BUDGET_NS = 4 * 1000000, /* a key press may take that long before it is put off */
    BLOCKS_PER_LOOK = 4,          /* at the clock: a bad expression takes a millisecond a block */
};

void view_search_done(struct viewer *v)
{
    finder_free(v->search.finder);
    free(v->search.pattern);
    free(v->search.matches);
    v->search = (struct view_search){.now = SIZE_MAX};
}

static void forget_matches(struct view_search *s)
{
    s->n = 0;
    s->next_block = 0;
    s->is_full = s->has_skipped = s->has_wrapped = false;
    s->now = SIZE_MAX;
    s->wanted = 0;
    s->state = s->finder ? VIEWER_NOT_FOUND : VIEWER_NO_SEARCH;
}

void view_search_restart(struct viewer *v)
{
    struct view_search *s = &v->search;
    if (s->pattern) {
        finder_free(s->finder);
        s->finder = finder_new(s->pattern, v->mode != VIEWER_HEX, NULL);
        forget_matches(s);
    }
}

bool viewer_search(struct viewer *v, const char *pattern, struct err *e)
{
    struct view_search *s = &v->search;
    if (pattern[0] == '\0') {
        view_search_done(v);
        return true;
    }
    struct finder *finder = finder_new(pattern, v->mode != VIEWER_HEX, e);
    if (!finder) {
        return false;
    }
    finder_free(s->finder);
    free(s->pattern);
    s->finder = finder;
    s->pattern = xstrdup(pattern);
    forget_matches(s);
    return true;
}

/* ---- scanning ---- */

/* What one block is: matches start in [from, end), and may reach to `limit`. */
struct block {
    struct str bytes; /* of the whole text or file */
    size_t from, end, limit;
    bool is_line_start;
};

/* False when there is no such block. */
static bool get_block(struct viewer *v, size_t index, struct block *b)
{
    if (v->mode == VIEWER_HEX) {
        b->bytes = (struct str){buf_str(&v->raw), v->raw.n};
        b->from = index * HEX_BLOCK_BYTES;
        b->is_line_start = index == 0;
        if (b->from >= b->bytes.n) {
            return false;
        }
        const size_t left = b->bytes.n - b->from;
        b->end = b->from + (left < HEX_BLOCK_BYTES ? left : HEX_BLOCK_BYTES);
        b->limit = b->bytes.n - b->end < LOOK_AHEAD_BYTES ? b->bytes.n : b->end + LOOK_AHEAD_BYTES;
        return true;
    }
    b->bytes = view_text(v);
    if (!lines_need(&v->lines, b->bytes, v->is_finished, index)) {
        return false;
    }
    const struct str line = lines_text(&v->lines, b->bytes, index);
    b->from = lines_start(&v->lines, index);
    b->end = b->limit = b->from + line.n;
    b->is_line_start = !lines_goes_on(&v->lines, index);
    if (index + 1 < v->lines.n && lines_goes_on(&v->lines, index + 1)) {
        const size_t ahead = lines_text(&v->lines, b->bytes, index + 1).n;
        b->limit += ahead < LOOK_AHEAD_BYTES ? ahead : LOOK_AHEAD_BYTES;
    }
    return true;
}

static bool add_match(struct view_search *s, size_t at, size_t n)
{
    void *matches = s->matches;
    if (s->n >= MAX_MATCHES || !mem_grow(&matches, &s->cap, s->n + 1, sizeof *s->matches)) {
        s->is_full = true;
        return false;
    }
    s->matches = matches;
    s->matches[s->n++] = (struct view_match){.at = at, .n = (uint32_t)n};
    return true;
}

static void scan_block(struct view_search *s, const struct block *b)
{
    const struct str subject = {b->bytes.p + b->from, b->limit - b->from};
    size_t from = 0;
    if (s->n > 0) { /* the last match may reach into this block */
        const struct view_match *last = &s->matches[s->n - 1];
        const size_t end = (size_t)last->at + last->n;
        from = end > b->from ? end - b->from : 0;
    }
    while (from < b->end - b->from) {
        size_t at = 0;
        size_t n = 0;
        const enum finder_result result =
            finder_match(s->finder, subject, from, b->is_line_start, &at, &n);
        if (result == FINDER_GAVE_UP) {
            s->has_skipped = true;
        }
        if (result != FINDER_MATCH || at >= b->end - b->from ||
            !add_match(s, b->from + at, n)) {
            return;
        }
        from = at + n;
    }
}

/* Scan one more block; false when the bytes that are here were scanned. */
static bool scan_next(struct viewer *v)
{
    struct view_search *s = &v->search;
    struct block block;
    if (!s->finder || s->is_full || !get_block(v, s->next_block, &block)) {
        return false;
    }
    scan_block(s, &block);
    s->next_block++;
    return true;
}

void view_search_grow(struct viewer *v)
{
    struct view_search *s = &v->search;
    if (!s->finder || s->next_block == 0) {
        return;
    }
    /* The last block was open at its end, and the one before looked ahead into it. */
    s->next_block = s->next_block >= 2 ? s->next_block - 2 : 0;
    struct block block;
    const size_t from = get_block(v, s->next_block, &block) ? block.from : 0;
    while (s->n > 0 && s->matches[s->n - 1].at >= from) {
        s->n--;
    }
}

void view_search_drop(struct viewer *v, size_t bytes, size_t pieces)
{
    struct view_search *s = &v->search;
    size_t gone = 0;
    while (gone < s->n && s->matches[gone].at < bytes) {
        gone++;
    }
    s->n -= gone;
    for (size_t i = 0; i < s->n; i++) {
        s->matches[i] = s->matches[i + gone];
        s->matches[i].at -= bytes;
    }
    s->now = s->now == SIZE_MAX || s->now < bytes ? SIZE_MAX : s->now - bytes;
    s->wanted_from = s->wanted_from > bytes ? s->wanted_from - bytes : 0;
    if (v->mode != VIEWER_HEX) {
        s->next_block = s->next_block > pieces ? s->next_block - pieces : 0;
        return;
    }
    /* Blocks are counted from the first byte that is left: scan the one that is half done anew. */
    const size_t scanned = s->next_block * HEX_BLOCK_BYTES;
    s->next_block = scanned > bytes ? (scanned - bytes) / HEX_BLOCK_BYTES : 0;
    while (s->n > 0 && s->matches[s->n - 1].at >= s->next_block * HEX_BLOCK_BYTES) {
        s->n--;
    }
}

/* ---- steps ---- */

/* The first byte not scanned yet. */
static size_t frontier(struct viewer *v)
{
    struct block block;
    if (v->search.is_full || !get_block(v, v->search.next_block, &block)) {
        return SIZE_MAX;
    }
    return block.from;
}

static void go_to(struct viewer *v, size_t match, bool has_wrapped)
{
    struct view_search *s = &v->search;
    s->wanted = 0;
    s->state = VIEWER_FOUND;
    s->has_wrapped = has_wrapped;
    view_show_byte(v, (size_t)s->matches[match].at);
    s->now = (size_t)s->matches[match].at; /* behind the move, which forgets it */
}

/* Do the wanted step when the scanned part allows it; false when more has to be scanned. */
static bool try_step(struct viewer *v)
{
    struct view_search *s = &v->search;
    size_t low = 0; /* the first match at or behind wanted_from */
    size_t high = s->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (s->matches[mid].at < s->wanted_from) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    const bool is_at = low < s->n && s->matches[low].at == s->wanted_from;
    if (s->wanted > 0) {
        const size_t next = is_at && !s->includes_from ? low + 1 : low;
        if (next < s->n) {
            go_to(v, next, false);
            return true;
        }
    } else if (low > 0 && frontier(v) >= s->wanted_from) {
        go_to(v, low - 1, false);
        return true;
    }
    if (frontier(v) != SIZE_MAX) {
        return false;
    }
    if (s->n > 0) {
        go_to(v, s->wanted > 0 ? 0 : s->n - 1, true);
    } else {
        s->wanted = 0;
        s->state = VIEWER_NOT_FOUND;
    }
    return true;
}

bool view_search_work(struct viewer *v, int64_t deadline_ns)
{
    struct view_search *s = &v->search;
    bool has_more = s->finder != NULL;
    while (has_more) {
        for (int i = 0; i < BLOCKS_PER_LOOK && has_more; i++) {
            has_more = scan_next(v);
        }
        if (s->wanted != 0) {
            try_step(v);
        }
        if (clock_mono_ns() >= deadline_ns) {
            break;
        }
    }
    return has_more;
}

enum viewer_find viewer_next(struct viewer *v, int step)
{
    struct view_search *s = &v->search;
    if (!s->finder) {
        return VIEWER_NO_SEARCH;
    }
    const bool on_match = s->now != SIZE_MAX;
    s->wanted_from = on_match ? s->now : view_cursor_byte(v);
    s->includes_from = step == 0 || !on_match;
    s->wanted = step < 0 ? -1 : 1;
    s->state = VIEWER_SEARCHING;
    if (!try_step(v)) {
        view_search_work(v, clock_mono_ns() + FIRST_BUDGET_NS);
        if (s->wanted != 0) {
            try_step(v);
        }
    }
    return s->state;
}

struct viewer_matches viewer_matches(const struct viewer *v)
{
    const struct view_search *s = &v->search;
    struct viewer_matches m = {.state = s->state, .count = s->n, .has_wrapped = s->has_wrapped,
                               .has_skipped = s->has_skipped};
    const size_t blocks = v->mode == VIEWER_HEX
                              ? (v->raw.n + HEX_BLOCK_BYTES - 1) / HEX_BLOCK_BYTES
                              : v->lines.n;
    const bool is_indexed = v->mode == VIEWER_HEX || v->lines.is_complete;
    m.is_exact = s->finder && !s->is_full && v->is_finished && is_indexed &&
                 s->next_block >= blocks;
    const size_t match = s->now != SIZE_MAX ? view_match_at(s, s->now) : s->n;
    m.index = match < s->n && s->matches[match].at == s->now ? match + 1 : 0;
    return m;
}
