/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/markdown.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/doc/md_notes.h"
#include "core/doc/md_page.h"
#include "core/doc/md_parse.h"
#include "core/doc/md_split.h"

enum { MAX_SOURCE_BYTES = 16 * 1024 * 1024 };

struct markdown {
    struct buf source;
    size_t left_out; /* bytes of the card beyond the limit */
    struct split split;
    struct rich rich;
    struct page page;
    struct md_notes notes;
    bool is_done;
};

struct markdown *markdown_begin(const char *text, size_t n, int width,
                                const struct markdown_options *opts)
{
    struct markdown *md = xcalloc(1, sizeof *md);
    const size_t kept = n < MAX_SOURCE_BYTES ? n : MAX_SOURCE_BYTES;
    split_drop_data(&md->source, text, kept);
    md->left_out = n - kept;
    split_begin(&md->split, buf_str(&md->source), md->source.n);
    page_init(&md->page, &md->rich, width, opts);
    return md;
}

void markdown_free(struct markdown *md)
{
    if (md) {
        page_done(&md->page);
        md_notes_done(&md->notes);
        split_done(&md->split);
        rich_done(&md->rich);
        buf_done(&md->source);
        free(md);
    }
}

static void finish(struct markdown *md)
{
    page_end(&md->page);
    md_notes_write(&md->notes, &md->page);
    if (md->left_out > 0) {
        struct buf note = BUF_INIT;
        buf_puts(&note, "The last ");
        text_bytes(&note, md->left_out);
        buf_puts(&note, " of this card are not shown.");
        rich_end_line(&md->rich);
        rich_puts(&md->rich, RICH_DIM, buf_str(&note));
        rich_end_line(&md->rich);
        buf_done(&note);
    }
    md->is_done = true;
}

bool markdown_step(struct markdown *md)
{
    struct split_piece piece;
    if (md->is_done) {
        return false;
    }
    if (split_next(&md->split, &piece)) {
        md_parse_piece(&md->page, &md->notes, &piece);
    }
    if (md->split.at >= md->split.source.n) {
        finish(md);
    }
    return true;
}

bool markdown_need(struct markdown *md, size_t line)
{
    while (md->rich.n_lines <= line && markdown_step(md)) {
    }
    return line < md->rich.n_lines;
}

void markdown_finish(struct markdown *md)
{
    while (markdown_step(md)) {
    }
}

bool markdown_is_done(const struct markdown *md)
{
    return md->is_done;
}

size_t markdown_lines_ready(const struct markdown *md)
{
    return md->rich.n_lines;
}

size_t markdown_lines_guess(const struct markdown *md)
{
    if (md->is_done || md->split.at == 0) {
        return md->rich.n_lines;
    }
    const double share = (double)md->split.source.n / (double)md->split.at;
    return (size_t)((double)md->rich.n_lines * share);
}

const struct rich *markdown_rich(const struct markdown *md)
{
    return &md->rich;
}

/* A line as its block and how far down in it, in 1/1000. */
struct place {
    size_t block;
    size_t share;
};

static size_t block_end(const struct markdown *md, size_t block)
{
    return block + 1 < md->page.n_blocks ? md->page.block_lines[block + 1] : md->rich.n_lines;
}

static struct place place_of(const struct markdown *md, size_t line)
{
    size_t low = 0;
    size_t high = md->page.n_blocks;
    while (low < high) { /* blocks that begin at or above the line */
        const size_t mid = low + (high - low) / 2;
        if (md->page.block_lines[mid] <= line) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    if (low == 0) {
        return (struct place){0};
    }
    const size_t from = md->page.block_lines[low - 1];
    const size_t end = block_end(md, low - 1);
    const size_t lines = end > from ? end - from : 1;
    const size_t down = line - from < lines ? line - from : lines;
    return (struct place){low - 1, down * 1000 / lines};
}

static size_t line_of(struct markdown *md, struct place place)
{
    while (md->page.n_blocks <= place.block + 1 && markdown_step(md)) {
    }
    if (place.block >= md->page.n_blocks) {
        return md->rich.n_lines > 0 ? md->rich.n_lines - 1 : 0;
    }
    const size_t from = md->page.block_lines[place.block];
    const size_t end = block_end(md, place.block);
    const size_t line = from + (end > from ? (end - from) * place.share / 1000 : 0);
    return line < md->rich.n_lines ? line : md->rich.n_lines > 0 ? md->rich.n_lines - 1 : 0;
}

void markdown_layout(struct markdown *md, int width, const struct markdown_options *opts,
                     size_t *line)
{
    const struct place place = line ? place_of(md, *line) : (struct place){0};
    page_done(&md->page);
    md_notes_done(&md->notes);
    rich_done(&md->rich);
    split_rewind(&md->split);
    md->is_done = false;
    page_init(&md->page, &md->rich, width, opts);
    if (line) {
        *line = line_of(md, place);
    }
}

void markdown_render(struct rich *out, const char *text, size_t n, int width,
                     const struct markdown_options *opts)
{
    struct markdown *md = markdown_begin(text, n, width, opts);
    markdown_finish(md);
    rich_done(out);
    *out = md->rich;
    md->rich = (struct rich)RICH_INIT;
    markdown_free(md);
}
