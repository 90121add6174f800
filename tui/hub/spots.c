/* SPDX-License-Identifier: Apache-2.0 */
/* spots.c - where one is in each view of a repo, noted and found again. What a view shows may come later than the
 * wish to be somewhere in it: the wish waits until then. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/hub/hub.h"

void hub_spot_done(struct hub_spot *spot)
{
    free(spot->name);
    free(spot->revision);
    buf_done(&spot->words);
    *spot = (struct hub_spot){0};
}

static void copy(struct hub_spot *to, const struct hub_spot *from)
{
    hub_spot_done(to);
    to->top = from->top;
    to->at = from->at;
    to->name = from->name ? xstrdup(from->name) : NULL;
    to->revision = from->revision ? xstrdup(from->revision) : NULL;
    buf_append(&to->words, buf_str(&from->words), from->words.n);
}

void hub_detail_note(const struct hub_screen *h, struct hub_spot *spots)
{
    const struct hub_detail *d = &h->detail;
    for (size_t i = 0; i < d->n_views; i++) {
        if (d->views[i].has_wanted) {
            copy(&spots[i], &d->views[i].wanted); /* it has not got there yet */
        } else if (d->views[i].view->spot) {
            d->views[i].view->spot(d->views[i].pane, &spots[i]);
        }
    }
}

static void stay(struct hub_detail *d, size_t i)
{
    hub_spot_done(&d->views[i].wanted);
    d->views[i].has_wanted = false;
}

static void go(struct hub_detail *d, size_t i, const struct hub_spot *spot)
{
    stay(d, i);
    if (d->views[i].view->go && !d->views[i].view->go(d->views[i].pane, spot)) {
        copy(&d->views[i].wanted, spot);
        d->views[i].has_wanted = true;
    }
}

void hub_detail_recall(struct hub_screen *h, const struct hub_spot *spots, const struct pane *over)
{
    struct hub_detail *d = &h->detail;
    for (size_t i = 0; i < d->n_views; i++) {
        if (d->views[i].view->title || d->views[i].pane == over) {
            go(d, i, &spots[i]);
        }
    }
}

static size_t index_of(const struct hub_detail *d, const struct pane *p)
{
    size_t i = 0;
    while (i + 1 < d->n_views && d->views[i].pane != p) {
        i++;
    }
    return i;
}

bool hub_detail_names_over(const struct hub_screen *h, const struct hub_spot *spots)
{
    const struct hub_spot *spot = h->detail.over ? &spots[index_of(&h->detail, h->detail.over)] : NULL;
    return spot && (spot->name || spot->at);
}

void hub_detail_go(struct hub_screen *h, const struct pane *view, const struct hub_spot *spot)
{
    go(&h->detail, index_of(&h->detail, view), spot);
}

void hub_detail_resume(struct pane *p)
{
    struct hub_detail *d = &hub_screen_of(p)->detail;
    const size_t i = index_of(d, p);
    if (d->views[i].has_wanted && d->views[i].view->go(p, &d->views[i].wanted)) {
        stay(d, i);
    }
}

void hub_detail_stay(struct hub_screen *h)
{
    for (size_t i = 0; i < h->detail.n_views; i++) {
        stay(&h->detail, i);
    }
}
