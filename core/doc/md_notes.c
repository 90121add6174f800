/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_notes.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/doc/md_page.h"
#include "core/doc/md_parse.h"

void md_notes_done(struct md_notes *notes)
{
    for (size_t i = 0; i < notes->n; i++) {
        md_parse_free_note(notes->notes[i].node);
    }
    free(notes->notes);
    *notes = (struct md_notes){0};
}

void md_notes_add(struct md_notes *notes, unsigned number, void *node)
{
    void *array = notes->notes;
    if (!mem_grow(&array, &notes->cap, notes->n + 1, sizeof *notes->notes)) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
    notes->notes = array;
    notes->notes[notes->n] = (struct md_note){number, notes->n, node};
    notes->n++;
}

static size_t put_address(char out[40], unsigned number, bool is_text)
{
    return (size_t)snprintf(out, 40, "#footnote-%u%s", number, is_text ? "-text" : "");
}

/* The number raised, in the digits that every font with box drawing has. */
static void put_number(char out[40], unsigned number, bool is_ascii)
{
    static const char *const RAISED[] = {"\u2070", "\u00B9", "\u00B2", "\u00B3", "\u2074",
                                         "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    char digits[16];
    size_t n = 0;
    snprintf(digits, sizeof digits, "%u", number);
    if (is_ascii) {
        snprintf(out, 40, "^%s", digits);
        return;
    }
    for (const char *d = digits; *d; d++) {
        n += (size_t)snprintf(out + n, 40 - n, "%s", RAISED[*d - '0']);
    }
}

void md_note_mark(struct page *p, unsigned number)
{
    char text[40];
    char name[40];
    char address[40];
    put_number(text, number, p->opts.is_ascii);
    put_address(address, number, false);
    snprintf(name, sizeof name, "footnote %u", number);
    page_own_link(p, text, name, address);
}

void md_note_back(struct page *p, unsigned number)
{
    char name[40];
    char address[40];
    if (!p->opts.no_anchors) {
        put_address(address, number, true);
        snprintf(name, sizeof name, "back from footnote %u", number);
        page_text(p, " ", 1);
        page_own_link(p, page_glyph(p, "\u21A9", "^"), name, address);
    }
}

/* Where the text refers to the note first: the line of the link to it. */
static void add_text_anchor(struct page *p, unsigned number)
{
    char address[40];
    size_t n = put_address(address, number, false);
    const uint32_t link = rich_add_link(p->r, address, n, false);
    const size_t line = link > 0 ? rich_link(p->r, link)->line : 0;
    n = put_address(address, number, true);
    rich_add_anchor_at(p->r, address + 1, n - 1, line);
}

static int compare_notes(const void *a, const void *b)
{
    const struct md_note *left = a;
    const struct md_note *right = b;
    const int order = (left->number > right->number) - (left->number < right->number);
    return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

void md_notes_write(struct md_notes *notes, struct page *p)
{
    if (notes->n == 0) {
        return;
    }
    qsort(notes->notes, notes->n, sizeof *notes->notes, compare_notes);
    page_mark_block(p);
    page_rule(p);
    page_list_open(p, true, 1, true, false);
    for (size_t i = 0; i < notes->n; i++) {
        const struct md_note *note = &notes->notes[i];
        if (i > 0 && notes->notes[i - 1].number == note->number) {
            continue;
        }
        char address[40];
        const size_t n = put_address(address, note->number, false);
        p->boxes[p->n_boxes - 1].number = note->number;
        page_item_open(p, 0, false);
        if (!p->opts.no_anchors) {
            add_text_anchor(p, note->number);
            rich_add_anchor(p->r, address + 1, n - 1);
        }
        md_parse_note(p, note->number, note->node);
        page_box_close(p, PAGE_ITEM, false);
    }
    page_box_close(p, PAGE_LIST, false);
    page_end(p);
    md_notes_done(notes);
}
