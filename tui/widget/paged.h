/* SPDX-License-Identifier: Apache-2.0 */
/* paged.h - rows that arrive page by page, each page an array inside something that is owned.
 *
 * Pages count from 0. An answer names the page that was asked for, so the Hub's answer takes the
 * place of the cached one that was shown first.
 * Ownership: the pages belong to struct paged as soon as they are put; rows point into them.
 * Threads:   ui.
 */
#ifndef HFTERM_TUI_WIDGET_PAGED_H
#define HFTERM_TUI_WIDGET_PAGED_H

#include <stdbool.h>
#include <stddef.h>

struct list;

struct paged {
    void (*free_page)(void *page); /* set by the caller before the first put */
    const void **rows;             /* of all pages */
    size_t n;
    size_t n_pages; /* the number of the page to ask for next, where the source counts pages */
    char *next;     /* where it is, where the source says so; else NULL */
    bool has_more;

    /* private */
    struct paged_part {
        void *page;
        size_t first_row;
    } *parts;
    size_t cap, cap_parts;
};

/* A page that arrived. */
struct paged_page {
    void *page;       /* owned by struct paged from now on */
    const void *rows; /* the first of its rows */
    size_t n, size;   /* how many, and the bytes of each */
    bool has_more;    /* pages follow it */
    const char *next; /* copied, may be NULL */
};

/* Take a page as number `at`: it and what follows it are dropped first. at is n_pages at most: a page
 * that was asked for before the ones in front of it went away is freed; so is one that there is no memory for.
 * False then, and nothing changed. */
bool paged_put(struct paged *p, size_t at, const struct paged_page *page);
/* Free the pages; free_page stays. */
void paged_drop(struct paged *p);
/* More is there, and the selection or the window is within margin rows of the end. */
bool paged_wants_more(const struct paged *p, const struct list *l, size_t margin);

#endif
