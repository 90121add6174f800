/* SPDX-License-Identifier: Apache-2.0 */
/* soon.c - the screens that are not built yet: what each will do, and the keys that lead back. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/frame/app.h"
#include "tui/frame/screen.h"

struct soon {
    const char *title;
    const char *lines[6];
};

static const struct soon CARD = {
    "Card: edit model and dataset cards",
    {"Front matter as a form and the text beside it, two views of one document.",
     "Completion for licences, tasks, languages, datasets and models; problems found before the Hub does.",
     "A diff before each commit, to main or as a pull request. Drafts survive a crash."}};
static const struct soon SPACES = {
    "Spaces: builds, logs and hardware",
    {"Every stage of a Space live, the build and run logs with search and filter, and why a build is red.",
     "Hardware, sleep time, secrets and variables, each with its price before it is changed.",
     "Until then :spaces lists them in Hub, each with its stage; there t changes the kind."}};
static const struct soon GPU = {
    "GPU: what fills the memory",
    {"Devices and processes as the driver sees them, and inside a run every allocation with its place in the code.",
     "Freeze, scrub back, compare two moments, record and replay.", NULL}};
static const struct soon CONSOLE = {
    "Console: ask a model about a picture",
    {"A chat with a vision-language model, and a relevance map over the picture that shows how many visual",
     "tokens each region deserves. Sliders change the map as they move.", NULL}};
static void soon_draw(struct pane *p, const struct canvas *c)
{
    const struct soon *s = p->state;
    draw_clear(c);
    int row = c->rect.rows / 4;
    draw_text(c, row++, 3, -1, STYLE_H1, s->title);
    row++;
    for (size_t i = 0; i < sizeof s->lines / sizeof *s->lines && s->lines[i]; i++) {
        const char *text = s->lines[i];
        while (*text) {
            int room = c->rect.cols - 6;
            size_t n = 0;
            size_t cut = 0;
            while (text[n] && (int)n < room) {
                cut = text[n] == ' ' ? n : cut;
                n++;
            }
            n = text[n] && cut ? cut : n;
            draw_textn(c, row++, 3, -1, STYLE_TEXT, text, n);
            text += n + (text[n] == ' ');
        }
    }
    draw_text(c, row + 1, 3, -1, STYLE_DIM, "This screen is not built yet.");
    int at = 3 + draw_text(c, row + 2, 3, -1, STYLE_BAR_KEY, "1 ");
    draw_text(c, row + 2, at, -1, STYLE_TEXT, "or Esc goes back to the Hub");
}

static void soon_close(struct pane *p)
{
    free(p->state);
}

static const struct pane_ops SOON_OPS = {.draw = soon_draw, .close = soon_close};

static void open_with(struct screen *s, const struct soon *text)
{
    struct soon *copy = xmalloc(sizeof *copy);
    *copy = *text;
    screen_add(s, &SOON_OPS, copy);
}

static void open_card(struct screen *s)
{
    open_with(s, &CARD);
}

static void open_spaces(struct screen *s)
{
    open_with(s, &SPACES);
}

static void open_gpu(struct screen *s)
{
    open_with(s, &GPU);
}

static void open_console(struct screen *s)
{
    open_with(s, &CONSOLE);
}

static void soon_layout(struct screen *s, struct rect area)
{
    s->panes[0]->rect = area;
}

static unsigned soon_back(struct screen *s)
{
    app_command(s->app, "app.hub");
    return REACT_LAYOUT;
}

#define SOON_SCREEN(id, screen_name, screen_title, screen_help, opener)                                     \
    const struct screen_ops id = {                                                                 \
        .name = screen_name,                                                                       \
        .title = screen_title,                                                                     \
        .help = screen_help,                                                                       \
        .is_planned = true,                                                                        \
        .open = opener,                                                                            \
        .layout = soon_layout,                                                                     \
        .back = soon_back,                                                                         \
    }

SOON_SCREEN(SCREEN_CARD, "card", "Card", "Card: edit model and dataset cards", open_card);
SOON_SCREEN(SCREEN_SPACES, "spaces", "Spaces", "Spaces: builds, logs and hardware", open_spaces);
SOON_SCREEN(SCREEN_GPU, "gpu", "GPU", "GPU: what fills the memory", open_gpu);
SOON_SCREEN(SCREEN_CONSOLE, "console", "Console", "Console: ask a model about a picture", open_console);
