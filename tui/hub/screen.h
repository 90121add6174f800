/* SPDX-License-Identifier: Apache-2.0 */
/* screen.h - the state of the Hub screen, shared by the files of this folder and by nobody else.
 *
 * query.c    the row on top: kind, search, filter, sort, count; search as you type
 * results.c  the list; columns.c what stands in its columns
 * detail.c   one repo: header, tabs; with detail_keys.c, detail_files.c, detail_lists.c, detail_view.c
 * doc.c      a scrolling document (card, metadata, discussion)
 * jobs.c     what runs on the pool threads
 */
#ifndef HFTERM_TUI_HUB_SCREEN_H
#define HFTERM_TUI_HUB_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/hub/hub.h"
#include "tui/frame/app.h"
#include "tui/frame/ask.h"
#include "tui/frame/command.h"
#include "tui/widget/doc.h"
#include "tui/hub/places.h"
#include "tui/frame/screen.h"
#include "tui/widget/list.h"
#include "tui/widget/viewer.h"

/* ---- results ---- */

struct results {
    struct hub_page **pages;
    size_t n_pages, cap_pages;
    const struct hub_repo **rows; /* into the pages */
    size_t n, cap;
    char *next;     /* URL of the page behind the last, NULL: all is here */
    bool has_total;
    uint64_t total;
    struct list list;
    struct waiting first, more;
    int follow_timer; /* the detail follows the selection after a moment */
    bool keeps_place; /* a reload: the selected repo stays selected */
    bool opens_first; /* Enter was pressed before the answer came: open its first row */
};

/* ---- detail ---- */

enum detail_tab { TAB_CARD, TAB_FILES, TAB_METADATA, TAB_COMMITS, TAB_DISCUSSIONS, TAB_COUNT };

struct file_node {
    const struct hub_file *file;
    char *path;       /* owned copy: the folder's tree may be replaced */
    int depth;
    bool is_open;
    struct hub_tree *children; /* owned, NULL until fetched */
    struct file_node *nodes;   /* one for each of children's files */
    struct waiting loading;
};

struct files {
    struct file_node root;
    struct file_node **rows; /* visible nodes in order */
    size_t n, cap;
    struct list list;
};

struct commits {
    struct hub_commits **pages;
    size_t n_pages, cap_pages;
    const struct hub_commit **rows;
    size_t n, cap;
    char *next;
    bool is_first_page; /* asked for now: its answers replace what is shown */
    struct list list;
    struct waiting loading;
};

struct talks {
    struct hub_discussions **pages;
    size_t n_pages, cap_pages;
    const struct hub_discussion **rows;
    size_t n, cap;
    unsigned next_page;
    bool has_more;
    struct list list;
    struct waiting loading;
};

/* What lies over the tab's list: one file, or one discussion. */
enum detail_layer { LAYER_NONE, LAYER_FILE, LAYER_THREAD };

struct detail {
    bool has_repo;
    enum hub_kind kind;
    char *id;
    enum detail_tab tab;
    enum detail_layer layer;

    struct waiting info_loading;
    struct hub_page *info; /* one repo */
    struct waiting card_loading;
    struct doc card;
    bool has_card;
    struct doc metadata;
    struct files files;
    struct commits commits;
    struct talks talks;

    struct waiting file_loading; /* LAYER_FILE */
    struct viewer *viewer;
    char *file_path;
    uint64_t file_size, file_read;
    bool has_file_size;
    bool is_regex;
    bool is_local_text; /* the viewer shows text that did not come from a file */
    struct waiting thread_loading; /* LAYER_THREAD */
    struct doc thread;
    uint64_t thread_num;

    bool is_reloading; /* the questions asked now go past the cache */
    size_t wanted_line; /* where a "back" wants the card to be */
};

/* A step of back/forward. */
struct visit {
    enum hub_kind kind;
    char *id;
    enum detail_tab tab;
    size_t line;
};

struct hub_screen {
    struct app *app;
    struct screen *screen;
    struct pane *query_pane, *results_pane, *detail_pane;
    bool is_wide;

    struct hub_query query; /* strings in query_arena */
    struct arena query_arena;
    char *search, *filter; /* as typed */
    char *search_before;   /* what Esc in the search box goes back to */
    bool is_searching, is_filtering; /* the line editor is in the query row */
    int search_timer;

    struct results results;
    struct detail detail;

    struct visit *visits;
    size_t n_visits, cap_visits, at_visit; /* at_visit: index of the repo shown */
    struct places bookmarks, visited;

    struct hub_tags *tags[2]; /* models, datasets */
    struct waiting tags_loading;
    enum hub_kind tags_kind; /* of the catalogue being read */
};

struct hub_screen *hub_screen_of(const struct pane *p);

extern const struct action_set HUB_RESULTS_ACTIONS, HUB_DETAIL_ACTIONS, HUB_LIST_ACTIONS, HUB_DOC_ACTIONS,
    HUB_VIEWER_ACTIONS;

/* ---- query.c ---- */
extern const struct pane_ops HUB_QUERY_OPS;
void query_begin_search(struct hub_screen *h);
void query_begin_filter(struct hub_screen *h);
/* Put query, search and filter together and fetch the first page. */
void query_run(struct hub_screen *h);
void query_set_search(struct hub_screen *h, const char *text);
bool query_set_filter(struct hub_screen *h, const char *text, struct err *e);
void query_set_kind(struct hub_screen *h, enum hub_kind kind);

/* Candidates for one word of a filter. */
void query_complete(struct hub_screen *h, const char *word, struct input_candidates *out);

/* ---- commands.c ---- */
extern const struct command HUB_COMMANDS[];
void hub_places(struct screen *s, place_fn *fn, void *ctx);

/* ---- results.c ---- */
extern const struct pane_ops HUB_RESULTS_OPS;
void results_load(struct hub_screen *h, bool reload);
void results_done(struct results *r);
const struct hub_repo *results_selected(const struct hub_screen *h);

/* ---- columns.c ---- */
enum { COLUMN_GAP = 1 }; /* each column is a little wider than what it usually holds */
struct column {
    const char *title;
    int cols;
    bool is_number;
    void (*put)(const struct hub_repo *repo, struct buf *out);
};
/* In the order in which room is given; columns leave from the right. */
const struct column *columns_of(enum hub_kind kind, size_t *n);
/* How many columns fit into width, and what is left for the name. */
size_t columns_fit(const struct column *columns, size_t n, int width, int *name_cols);

/* ---- detail.c; detail_keys.c has its key tables and ops ---- */
void detail_draw(struct pane *p, const struct canvas *c);
unsigned detail_result(struct pane *p, struct task_result *t);
bool detail_work(struct pane *p);
/* Column of the tab row to a tab, -1 for none. */
int detail_tab_at(int col);
extern const struct pane_ops HUB_DETAIL_DOC_OPS, HUB_DETAIL_LIST_OPS, HUB_DETAIL_VIEWER_OPS;
/* Show a repo; keeps what is there when it is the one shown already. */
void detail_show(struct hub_screen *h, enum hub_kind kind, const char *id);
void detail_set_tab(struct hub_screen *h, enum detail_tab tab);
void detail_reload(struct hub_screen *h);
/* The key set that fits what is shown. */
void detail_update_ops(struct hub_screen *h);
/* One level back inside the detail; false when there is none. */
bool detail_back(struct hub_screen *h);
void detail_done(struct hub_screen *h);
const struct hub_repo *detail_repo(const struct detail *d);
/* The document shown, NULL when a list or the viewer is. */
struct doc *detail_doc(struct hub_screen *h);
/* The list shown, NULL when a document or the viewer is. */
struct list *detail_list(struct hub_screen *h);

/* detail_files.c */
void files_open(struct hub_screen *h);
void files_draw(struct hub_screen *h, const struct canvas *c);
unsigned files_enter(struct hub_screen *h);
unsigned files_up(struct hub_screen *h);
unsigned files_result(struct hub_screen *h, struct task_result *r);
void files_done(struct hub_screen *h);

/* detail_lists.c */
void commits_load(struct hub_screen *h);
void commits_draw(struct hub_screen *h, const struct canvas *c);
unsigned commits_result(struct hub_screen *h, struct task_result *r);
void commits_done(struct hub_screen *h);
void talks_load(struct hub_screen *h);
void talks_draw(struct hub_screen *h, const struct canvas *c);
unsigned talks_result(struct hub_screen *h, struct task_result *r);
void talks_done(struct hub_screen *h);
void thread_open(struct hub_screen *h, uint64_t num);
unsigned thread_result(struct hub_screen *h, struct task_result *r);
void thread_done(struct hub_screen *h);

/* detail_view.c */
void view_open(struct hub_screen *h, const char *path);
void view_draw(struct hub_screen *h, const struct canvas *c);
unsigned view_result(struct hub_screen *h, struct task_result *r);
bool view_work(struct hub_screen *h);
void view_done(struct hub_screen *h);
/* Show JSON text that is here already (raw metadata). */
void view_open_text(struct hub_screen *h, const char *title, const char *text);

/* metadata.c */
void metadata_fill(struct hub_screen *h);

/* copy.c */
void copy_menu(struct hub_screen *h);
void links_menu(struct hub_screen *h, struct doc *doc);
/* Follow a link of a card: inside the Hub screen when it names a repo or file, else outside. */
void follow_link(struct hub_screen *h, const char *url);

/* screen.c */
void screen_visit(struct hub_screen *h, enum hub_kind kind, const char *id);
void screen_step(struct hub_screen *h, int step);
void screen_toggle_bookmark(struct hub_screen *h);
void screen_bookmarks_menu(struct hub_screen *h);
bool screen_is_bookmarked(const struct hub_screen *h, enum hub_kind kind, const char *id);
void screen_focus_detail(struct hub_screen *h);
void screen_focus_results(struct hub_screen *h);

/* ---- jobs.c: results arrive at the pane with these kinds ---- */
enum hub_job { JOB_LIST, JOB_MORE, JOB_INFO, JOB_CARD, JOB_TREE, JOB_COMMITS, JOB_TALKS, JOB_THREAD, JOB_FILE, JOB_TAGS };

void job_list(struct hub_screen *h, bool reload);
void job_more(struct hub_screen *h);
void job_info(struct hub_screen *h);
void job_card(struct hub_screen *h);
void job_tree(struct hub_screen *h, struct file_node *node);
void job_commits(struct hub_screen *h);
void job_talks(struct hub_screen *h);
void job_thread(struct hub_screen *h, uint64_t num);
void job_file(struct hub_screen *h, const char *path, uint64_t offset);
void job_tags(struct hub_screen *h);

#endif
