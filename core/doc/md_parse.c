/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_parse.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <string.h>

#include "core/doc/md_node.h"
#include "core/doc/md_notes.h"
#include "core/doc/md_page.h"
#include "core/doc/md_split.h"

/* Everything below root. */
static void walk(struct md_node *m, cmark_node *root)
{
    cmark_iter *it = cmark_iter_new(root);
    cmark_event_type event;
    while ((event = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(it);
        const cmark_node_type type = cmark_node_get_type(node);
        if (node == root) {
            continue;
        }
        if (event == CMARK_EVENT_EXIT) {
            md_node_leave(m, node, type);
            continue;
        }
        if (cmark_node_parent(node) == root) {
            page_flush(m->p);
            page_mark_block(m->p);
        }
        cmark_node *on = md_node_enter(m, node, type);
        if (on) {
            cmark_iter_reset(it, on, CMARK_EVENT_ENTER);
        }
    }
    cmark_iter_free(it);
}

/* The tables of the library's extensions are the process's. */
static cmark_node *parse(const char *s, size_t n)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static const char *const EXTENSIONS[] = {"table", "strikethrough", "autolink", "tasklist"};
    pthread_mutex_lock(&lock);
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_FOOTNOTES);
    for (size_t i = 0; i < sizeof EXTENSIONS / sizeof *EXTENSIONS; i++) {
        cmark_syntax_extension *extension = cmark_find_syntax_extension(EXTENSIONS[i]);
        if (extension) {
            cmark_parser_attach_syntax_extension(parser, extension);
        }
    }
    cmark_parser_feed(parser, s, n);
    cmark_node *document = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    pthread_mutex_unlock(&lock);
    return document;
}

/* Does the note itself stand in another piece? */
static bool is_stub(cmark_node *note)
{
    cmark_node *paragraph = cmark_node_first_child(note);
    cmark_node *text = paragraph ? cmark_node_first_child(paragraph) : NULL;
    const char *s = text ? cmark_node_get_literal(text) : NULL;
    return s && strcmp(s, MD_DEFS_STUB) == 0;
}

/* The footnotes, which the library has put behind the text in the order of their numbers. */
static void take_notes(struct md_notes *notes, cmark_node *document)
{
    cmark_node *next = NULL;
    unsigned number = 0;
    for (cmark_node *node = cmark_node_first_child(document); node; node = next) {
        next = cmark_node_next(node);
        if (cmark_node_get_type(node) == CMARK_NODE_FOOTNOTE_DEFINITION) {
            number++;
            cmark_node_unlink(node);
            if (is_stub(node)) {
                cmark_node_free(node);
            } else {
                md_notes_add(notes, number, node);
            }
        }
    }
}

void md_parse_piece(struct page *p, struct md_notes *notes, const struct split_piece *piece)
{
    struct md_node m = {.p = p};
    cmark_node *document = parse(piece->text.p, piece->text.n);
    take_notes(notes, document);
    if (piece->has_marks) {
        cmark_node_free(cmark_node_first_child(document));
    }
    walk(&m, document);
    cmark_node_free(document);
    md_node_done(&m);
}

void md_parse_note(struct page *p, unsigned number, void *node)
{
    struct md_node m = {.p = p, .back = number, .last = cmark_node_last_child(node)};
    walk(&m, node);
    if (m.back > 0) {
        md_note_back(p, number);
        page_flush(p);
    }
    md_node_done(&m);
}

void md_parse_free_note(void *node)
{
    cmark_node_free(node);
}
