/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widget/paged.h"

#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/widget/list.h"

/* Free page `from` and what follows. */
static void cut(struct paged *p, size_t from)
{
    while (p->n_pages > from) {
        p->n_pages--;
        p->n = p->parts[p->n_pages].first_row;
        p->free_page(p->parts[p->n_pages].page);
    }
}

bool paged_put(struct paged *p, size_t at, const struct paged_page *page)
{
    void *parts = p->parts;
    void *rows = p->rows;
    bool has_room = at <= p->n_pages && mem_grow(&parts, &p->cap_parts, p->n_pages + 1, sizeof *p->parts);
    p->parts = parts;
    has_room = has_room && mem_grow(&rows, &p->cap, p->n + page->n, sizeof *p->rows);
    p->rows = rows;
    if (!has_room) {
        p->free_page(page->page);
        return false;
    }
    cut(p, at);
    p->parts[p->n_pages++] = (struct paged_part){.page = page->page, .first_row = p->n};
    for (size_t i = 0; i < page->n; i++) {
        p->rows[p->n++] = (const char *)page->rows + i * page->size;
    }
    free(p->next);
    p->next = xstrdup_opt(page->next);
    p->has_more = page->has_more;
    return true;
}

void paged_drop(struct paged *p)
{
    cut(p, 0);
    free(p->parts);
    free(p->rows);
    free(p->next);
    *p = (struct paged){.free_page = p->free_page};
}

bool paged_wants_more(const struct paged *p, const struct list *l, size_t margin)
{
    return p->has_more && list_near_end(l, margin);
}
