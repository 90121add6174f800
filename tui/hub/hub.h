/* SPDX-License-Identifier: Apache-2.0 */
/* hub.h - the state of the Hub screen, shared by the files of this folder and by nobody else.
 *
 * query.c     the row on top: kind, search, filter, sort, count; filter_bar.c search and filter as they are typed
 * filter.c    (filter.h) the words of the filter
 * results.c   the rows of the list; results_list.c its pane and keys; columns.c its columns; narrow.c rows by what is
 *             typed; stages.c the stages of Spaces as they change
 * detail.c    the repo that is shown, its views and which of them is in sight; header.c draws what is around them
 * card.c files.c metadata.c commits.c discussions.c     a tab each; files_tree.c files_rows.c are parts of one
 * file.c thread.c commit.c                              one file, discussion, commit: they lie over a tab
 * text.c find.c   keys of the views that are texts, and of those that are lists; repo_keys.c those of every view
 * ask.c       what is asked of the Hub
 * visits.c    back and forward; spots.c where one was in each view; bookmarks.c; places.c the files of both
 * copy.c copy_file.c links.c pager.c commands.c
 */
#ifndef HFTERM_TUI_HUB_HUB_H
#define HFTERM_TUI_HUB_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/hub/hub.h"
#include "tui/frame/app.h"
#include "tui/frame/ask.h"
#include "tui/frame/command.h"
#include "tui/frame/screen.h"
#include "tui/frame/tabs.h"
#include "tui/hub/places.h"
#include "core/hub/address.h"
#include "tui/widget/doc.h"
#include "tui/widget/paged.h"
#include "tui/widget/table.h"

/* ---- results ---- */

struct finder;

enum { HUB_NAME_COLS = 256 };

/* The columns of the list as wide as what is in them. */
struct hub_columns {
    struct table_column items[TABLE_MAX_COLUMNS];
    size_t n;
    bool names[HUB_NAME_COLS]; /* a name is so wide, with the badge beside it */
};

enum { HUB_FAULT_BYTES = 24 };

struct hub_results {
    struct paged pages; /* rows are struct hub_repo */
    struct hub_columns columns;
    struct table table;
    bool has_total;
    uint64_t total;
    const void **shown; /* while something is typed: those of pages that it would keep */
    size_t n_shown, cap_shown;
    bool is_narrowed; /* shown is what is shown */
    size_t n_seen;    /* rows that the Hub sent: more than there are when licences left some out */
    size_t n_skipped; /* rows that could not be read */
    int rounds;       /* pages asked for since the last key */
    enum err_code unconfirmed; /* why the rows are those of earlier; ERR_NONE: they are confirmed */
    struct waiting first, more;
    int follow_timer; /* the repo whose name is shown is asked about when the selection rests */
    bool is_current;  /* the rows answer the query as it stands; else those of the last one are still shown */
    bool opens_first; /* Enter was pressed before the answer came: open the selected row */
    char *wanted;     /* the repo to select when it comes, unless a key moves before; NULL */
    char *fault;      /* HUB_FAULT_BYTES: where the card of a row cannot be read, for its badge */
};

/* ---- stages ---- */

/* A Space whose stage is followed. */
struct hub_stage {
    char *id;
    uint64_t source;
    char stage[32]; /* "" until it was told */
    bool is_wanted;
};

struct hub_stages {
    struct hub_stage *items;
    size_t n, cap;
    int rest; /* timer */
};

/* What was searched last in the lists of a repo. */
struct hub_find {
    char *needle; /* NULL: nothing */
    struct finder *finder;
    size_t from; /* the row that was selected when it was begun */
};

/* ---- views of a repo ---- */

/* Where one is in a view, and what an open view shows. Members that mean nothing to a view are 0. */
struct hub_spot {
    size_t top;         /* the line, or the row, on top */
    uint64_t at;        /* the selected row; the line of a file; the number of a discussion */
    char *name;         /* the path of a file; owned */
    char *revision;     /* of a file; NULL: that of the repo; owned */
    struct buf words;   /* more, each with a NUL behind it. Files: the open folders; a commit: what the list said of it */
};

/* Views that are opened from outside of them. */
enum hub_named { HUB_ANY_VIEW, HUB_NAMED_FILES, HUB_NAMED_FILE, HUB_NAMED_DISCUSSIONS, HUB_NAMED_THREAD, HUB_NAMED_COMMIT };

/* A view is a pane of its own. A new tab is one file that has one of these, and a line in screen.c. */
struct hub_view {
    const char *title; /* in the tab row; NULL: it lies over a tab */
    const struct pane_ops *ops; /* close: hub_view_close */
    size_t size;       /* of its state: pane->state, zeroed at first */
    bool is_text;      /* the state begins with a struct doc: HUB_TEXT_ACTIONS and links work on it */
    /* Append a few words on all of it, for the tab row: "12 files, 125 kB"; the header pane is made dirty when they
     * change. NULL: none. */
    void (*summary)(const struct pane *p, struct buf *out);
    /* The state begins with a struct table: HUB_LIST_ACTIONS work on it. Append what of a row is searched. */
    void (*row_text)(const struct pane *p, size_t row, struct buf *out);
    enum hub_named named;
    /* It is in sight and its repo is asked about: ask for what is not there yet. Called again when its size
     * or what is known of the repo changes. */
    void (*show)(struct pane *p);
    /* Another repo: cancel what runs, drop what came. Uses nothing of the screen. */
    void (*forget)(struct pane *p);
    /* Ask the Hub again. NULL: forget, then show. */
    void (*reload)(struct pane *p);
    /* Where one is in it, for back and forward; spot is empty before. */
    void (*spot)(const struct pane *p, struct hub_spot *spot);
    /* Be there. A view that lies over a tab opens what spot names, unless it is open. False: what it shows is
     * not here yet; the view calls hub_detail_resume when it is. */
    bool (*go)(struct pane *p, const struct hub_spot *spot);
};

extern const struct hub_view HUB_CARD_VIEW, HUB_FILES_VIEW, HUB_METADATA_VIEW, HUB_COMMITS_VIEW,
    HUB_DISCUSSIONS_VIEW, HUB_FILE_VIEW, HUB_THREAD_VIEW, HUB_COMMIT_VIEW;

enum { HUB_MAX_VIEWS = 12 };

struct hub_detail {
    bool has_repo; /* kind and id are set */
    bool is_asked; /* not yet while the selection passes over it: only its name is shown */
    enum hub_kind kind;
    char *id;
    char *revision; /* NULL: main */
    struct waiting loading;
    struct hub_page *info; /* of one repo */

    struct {
        const struct hub_view *view;
        struct pane *pane;
        bool has_wanted;
        struct hub_spot wanted; /* where it shall be when what it shows has come */
    } views[HUB_MAX_VIEWS];
    size_t n_views;
    struct tabs tabs;
    struct pane *over; /* the view that lies over the tab, NULL */
    bool is_arrival;   /* and it is where a link led to: Esc leads to where the link stood */
    bool is_reloading; /* the questions asked now go past the cache */
};

/* A step of back and forward. */
struct hub_visit {
    enum hub_kind kind;
    char *id, *revision;
    bool has_origin; /* made by a link or a command in the step before: Esc leads back there */
    size_t tab;
    struct pane *over; /* as in struct hub_detail */
    bool is_arrival;
    struct hub_spot spots[HUB_MAX_VIEWS];
};

struct hub_screen {
    struct app *app;
    struct screen *screen;
    struct pane *query_pane, *results_pane, *header_pane;
    bool is_wide; /* list and repo side by side, in boxes */

    struct {
        bool is_kept;
        enum hub_kind kind;
        char *search, *filter; /* owned */
        size_t at_visit;       /* hub_visit_here */
    } left;                    /* hub_query_leave; whoever types another search or filter does not come back */
    struct hub_query query; /* strings in query_arena */
    struct arena query_arena;
    char *search, *filter; /* as typed */
    char *search_before, *filter_before; /* what Esc in the prompt goes back to */
    char *typed;           /* the filter in the prompt, its last word as far as it is typed; NULL: no prompt */
    char *asked;           /* the question that the Hub was asked last */
    bool is_searching, is_filtering; /* the line editor is in the query row */
    int search_timer;

    struct hub_results results;
    struct hub_stages stages;
    struct hub_detail detail;
    struct hub_find find;

    struct hub_visit *visits;
    size_t n_visits, cap_visits, at_visit; /* at_visit: index of the repo shown */
    struct hub_places bookmarks, visited;
    char *bookmarks_path, *visited_path;

    struct hub_tags *tags[2]; /* models, datasets */
    struct waiting tags_loading;
    enum hub_kind tags_kind; /* of the catalogue being read */
};

struct hub_screen *hub_screen_of(const struct pane *p);

extern const struct action_set HUB_RESULTS_ACTIONS, HUB_DETAIL_ACTIONS, HUB_TEXT_ACTIONS, HUB_LIST_ACTIONS, HUB_FILES_ACTIONS,
    HUB_METADATA_ACTIONS, HUB_COMMITS_ACTIONS, HUB_COMMIT_ACTIONS, HUB_DISCUSSIONS_ACTIONS;

/* ---- query.c ---- */
void hub_query_draw(struct pane *p, const struct canvas *c);
/* What stands at a column of the query row. */
enum hub_query_part { HUB_QUERY_REST, HUB_QUERY_KIND, HUB_QUERY_ORDER };
enum hub_query_part hub_query_part_at(const struct hub_screen *h, int col);
/* A link narrows the list: what it showed is kept, and shown again when one comes back. False: nothing is kept. */
void hub_query_leave(struct hub_screen *h);
bool hub_query_return(struct hub_screen *h);
/* Put query, search and filter together and fetch the first page. */
void hub_query_run(struct hub_screen *h);
/* The same unless that is what was asked last: false then. */
bool hub_query_run_new(struct hub_screen *h);
void hub_query_set_search(struct hub_screen *h, const char *text);
bool hub_query_set_filter(struct hub_screen *h, const char *text, struct err *e);
/* Why the kind that is listed cannot be sorted like this; NULL: it can. Static. */
const char *hub_sort_reason(const struct hub_screen *h, enum hub_sort sort);
/* Sort, filter and selection become what they were when this kind was last listed. */
void hub_query_set_kind(struct hub_screen *h, enum hub_kind kind);
/* The catalogue behind the filter, asked for when it is not here. NULL: not yet. */
const struct hub_tags *hub_query_tags(struct hub_screen *h);
/* The search, and sort, filter and selection of the kind, kept for each endpoint. */
void hub_query_remember(struct hub_screen *h);
void hub_query_recall(struct hub_screen *h); /* and the kind itself */

/* ---- filter_bar.c ---- */
void hub_query_begin_search(struct hub_screen *h);
void hub_query_begin_filter(struct hub_screen *h);
/* While something is typed: narrow the rows that are here by it. */
void hub_query_narrow(struct hub_screen *h);
/* Candidates for one word of a filter. */
void hub_query_complete(struct hub_screen *h, const char *word, struct input_candidates *out);

/* ---- narrow.c ---- */
/* Show those of the rows that are here that these texts keep, until other rows come or all are shown again. */
void hub_results_narrow(struct hub_screen *h, const char *search, const char *filter);
void hub_results_widen(struct hub_screen *h);

/* ---- commands.c ---- */
extern const struct command HUB_COMMANDS[];
void hub_offer_places(struct screen *s, place_fn *fn, void *ctx);

/* ---- results.c ---- */
extern const struct pane_ops HUB_RESULTS_OPS, HUB_QUERY_OPS; /* the query row takes the clicks for t and o */
void hub_results_open(struct hub_screen *h);
void hub_results_load(struct hub_screen *h, bool reload);
void hub_results_done(struct hub_screen *h);
/* The rows that are shown. */
size_t hub_n_rows(const struct hub_screen *h);
const struct hub_repo *hub_row(const struct hub_screen *h, size_t row);
const struct hub_repo *hub_selected_row(const struct hub_screen *h);
/* The row of a repo; the number of rows when it is not listed. */
size_t hub_find_row(const struct hub_screen *h, enum hub_kind kind, const char *id);
/* Side by side, the repo at the right follows the selection: its name at once, the rest when it rests. */
void hub_results_follow(struct hub_screen *h);
/* The list gets the keys; the repo at the right is the selected one again. */
void hub_focus_results(struct hub_screen *h);

/* The repo whose name is shown at the right is asked about now. */
void hub_results_ask(struct hub_screen *h);
/* Open the selected row. */
void hub_results_open_row(struct hub_screen *h);
/* The next page when the end is near, or rows are wanted that are not there. */
void hub_results_more(struct hub_screen *h);
/* An answer to a question of the list (pane_ops.result). */
unsigned hub_results_result(struct pane *p, struct task_result *t);

/* ---- columns.c ---- */
/* The rows are others, of this kind: give the table its columns. */
void hub_columns_set(struct hub_screen *h, enum hub_kind kind);
/* Rows from this one on are new: make the columns wide enough. */
void hub_columns_add(struct hub_screen *h, size_t row);
/* The table is so wide: no name that can stand there whole is cut for the sake of another column. */
void hub_columns_fit(struct hub_screen *h, int width);
/* The order that a click on the head of a column asks for. False: of none. */
bool hub_columns_order(const struct hub_screen *h, size_t column, enum hub_sort *order);
/* ---- stages.c ---- */
/* The stage of a Space as it is now, where it is followed; NULL when it is not known. */
const char *hub_stage(const struct hub_screen *h, const struct hub_repo *repo);
/* The list or the selection changed: what is followed changes with it once it rests. */
void hub_stages_rest(struct hub_screen *h);
unsigned hub_stages_event(struct pane *p, const struct hub_follow_event *event);
void hub_stages_done(struct hub_screen *h);

/* ---- detail.c ---- */
/* Make the panes of the views, NULL at the end; tabs in the order in which they stand. */
void hub_detail_open(struct hub_screen *h, const struct hub_view *const *views);
void hub_detail_done(struct hub_screen *h);
/* The boxes' inside and the views share area; rows: of the header above the view. */
void hub_detail_layout(struct hub_screen *h, struct rect area, int rows);
/* Show the name of a repo; what was shown of another one goes. Nothing is asked. */
void hub_detail_name(struct hub_screen *h, enum hub_kind kind, const char *id);
/* The same at a revision; NULL: main. */
void hub_detail_name_at(struct hub_screen *h, enum hub_kind kind, const char *id, const char *revision);
/* Ask about the repo that is named, unless that was done. */
void hub_detail_load(struct hub_screen *h);
/* Show none. */
void hub_detail_clear(struct hub_screen *h);
/* Show a repo; keeps what is there when it is the one shown already. */
void hub_detail_show(struct hub_screen *h, enum hub_kind kind, const char *id);
/* What the Hub told about it, NULL before. */
const struct hub_repo *hub_detail_repo(const struct hub_screen *h);
/* The same, or what the list knows of it until then; NULL when neither does. */
const struct hub_repo *hub_detail_known(const struct hub_screen *h);
/* An answer to the question about the repo itself (at the header's pane). */
unsigned hub_detail_take(struct hub_screen *h, struct task_result *t);

struct pane *hub_detail_pane(const struct hub_screen *h, const struct hub_view *view);
struct pane *hub_detail_named(const struct hub_screen *h, enum hub_named named);
/* What a pane is; NULL when it is no view. */
const struct hub_view *hub_view_of(const struct pane *p);
/* The view in sight. */
struct pane *hub_detail_content(const struct hub_screen *h);
/* Its text, NULL when it is none. */
struct doc *hub_detail_doc(const struct hub_screen *h);
bool hub_detail_has_focus(const struct hub_screen *h);
/* A view is what keys go to, also while a menu lies over the screen. */
bool hub_detail_is_entered(const struct hub_screen *h);
void hub_detail_focus(struct hub_screen *h);
/* Show a tab; what lies over the old one goes. */
void hub_detail_tab(struct hub_screen *h, size_t tab);
void hub_detail_tab_of(struct hub_screen *h, const struct pane *view);
/* Lay a view over the tab. */
void hub_detail_over(struct hub_screen *h, struct pane *view);
/* Show a view, whichever it is. */
void hub_detail_reveal(struct hub_screen *h, struct pane *view);
/* Take away what lies over the tab; false when nothing lies there. */
bool hub_detail_back(struct hub_screen *h);
void hub_detail_reload(struct hub_screen *h);
/* Columns of the text of the view in sight. */
int hub_detail_text_cols(const struct hub_screen *h);
/* pane_ops.close of every view; the screen has made it forget what it held. */
void hub_view_close(struct pane *p);

/* ---- spots.c ---- */
void hub_spot_done(struct hub_spot *spot);
/* Of every view, in the order of hub_detail.views; spots are empty before. */
void hub_detail_note(const struct hub_screen *h, struct hub_spot *spots);
/* What lies over the tab is named by its spot and can be opened again by it. */
bool hub_detail_names_over(const struct hub_screen *h, const struct hub_spot *spots);
/* Every tab shall be where spots say, at once or when what it shows has come; over: that view, too. */
void hub_detail_recall(struct hub_screen *h, const struct hub_spot *spots, const struct pane *over);
/* The same for one view. */
void hub_detail_go(struct hub_screen *h, const struct pane *view, const struct hub_spot *spot);
/* Something of what a view shows has come: it goes where it shall be. */
void hub_detail_resume(struct pane *p);
/* No view shall be anywhere. */
void hub_detail_stay(struct hub_screen *h);

/* ---- header.c: box, title, facts and tab row around the views ---- */
extern const struct pane_ops HUB_HEADER_OPS;
/* Rows above the view. */
int hub_header_rows(const struct hub_screen *h);

/* ---- text.c: ops of views whose state begins with a struct doc ---- */
unsigned hub_text_move(struct pane *p, enum move move);
unsigned hub_text_mouse(struct pane *p, enum term_mouse what, int row, int col);
bool hub_text_work(struct pane *p);
bool hub_text_cursor(const struct pane *p, int *row, int *col);
void hub_text_spot(const struct pane *p, struct hub_spot *spot);
bool hub_text_go(struct pane *p, const struct hub_spot *spot);

/* ---- pager.c ---- */
/* Read the text in sight in $PAGER. */
void hub_pager(struct hub_screen *h);
/* Why there is nothing to read; NULL: there is. Static. */
const char *hub_pager_reason(const struct hub_screen *h);

/* ---- find.c ---- */
void hub_find_done(struct hub_find *f);

/* ---- the views ---- */
/* revision NULL: main. line from 1; 0: the start. */
void hub_file_open(struct hub_screen *h, const char *path, const char *revision, uint64_t line);
/* Show JSON text that is here already (raw metadata). */
void hub_file_open_text(struct hub_screen *h, const char *title, const char *text);
void hub_thread_open(struct hub_screen *h, uint64_t num);
/* pane_ops.cursor of a table without a border, and pane_ops.place. */
bool hub_table_cursor(const struct table *t, int *row, int *col);
bool hub_table_place(const struct table *t, size_t *at, size_t *of);
/* hub_view.spot and go of a table. */
void hub_table_spot(const struct table *t, struct hub_spot *spot);
bool hub_table_go(struct table *t, const struct hub_spot *spot);
/* Cells of lists: sanitised text, and the age of a date. */
void hub_put_clean(const char *text, struct buf *out);
/* "2 cannot be read", of rows that the Hub sent; nothing for 0. */
void hub_put_skipped(size_t n, struct buf *out);
void hub_put_age(bool has_date, int64_t date_s, struct buf *out);
/* The age in words, behind what happened then: "updated", "3 days ago". */
void hub_say_age(const char *what, bool has_date, int64_t date_s, struct buf *out);

/* ---- card.c ---- */
/* Why the metadata of the card that was read cannot be; NULL: it can, or no card was read. Harmless. */
const char *hub_card_seen_fault(const struct hub_screen *h);

/* ---- copy.c, links.c ---- */
void hub_copy_menu(struct hub_screen *h);
/* ---- copy_file.c: the same of a file or a folder ---- */
void hub_copy_file_menu(struct hub_screen *h, const char *path, bool is_dir);
/* Append a word of a command line: quoted unless it is plain, so that no name from a repo says anything to the shell. */
void hub_put_shell_word(struct buf *out, const char *word);
void hub_links_menu(struct hub_screen *h, struct doc *doc);
/* Follow a link of a text: inside the Hub screen when it names a repo or file, else outside. */
void hub_follow_link(struct hub_screen *h, const char *url);
/* A link that shows the list: "list:models author:alice". */
#define HUB_LIST_LINK "list:"
/* Show the repo, or the file, with the focus. */
void hub_open_address(struct hub_screen *h, const struct hub_address *address);

/* ---- visits.c ---- */
void hub_visits_done(struct hub_screen *h);
/* Open the repo of a list's row. One that was seen before is as it was left; what is seen stays in sight. */
void hub_visit(struct hub_screen *h, enum hub_kind kind, const char *id);
/* Open a repo at its card. From a view of a repo Esc leads back to it as it is now; from the list it leads to
 * the list. A repo that is shown already is a step of its own, too. */
void hub_visit_from_here(struct hub_screen *h, enum hub_kind kind, const char *id, const char *revision);
/* A step within what is shown: Esc leads back to the line on top. */
void hub_visit_line(struct hub_screen *h);
/* Show a view of the repo shown, at a spot; what lies over a tab counts as where the last step led to. */
void hub_visit_view(struct hub_screen *h, enum hub_named named, const struct hub_spot *spot);
/* Back (-1) and forward (1). */
void hub_visit_step(struct hub_screen *h, int step);
/* The place one is at becomes a step, to come back to by its number. */
size_t hub_visit_here(struct hub_screen *h);
void hub_visit_to(struct hub_screen *h, size_t at);
/* Is there such a step? */
bool hub_visit_can(const struct hub_screen *h, int step);
/* Esc: what was opened over a tab goes, else the step that led here is taken back. False: there is neither. */
bool hub_visit_leave(struct hub_screen *h);
/* The repo shown changes: keep where one was in it; and be where one was when it was shown last. */
void hub_visit_note(struct hub_screen *h);
void hub_visit_recall(struct hub_screen *h);
/* The repo shown turned out to have another name. */
void hub_visit_rename(struct hub_screen *h, const char *id);

/* ---- bookmarks.c ---- */
void hub_bookmarks_open(struct hub_screen *h);
void hub_bookmarks_done(struct hub_screen *h);
void hub_toggle_bookmark(struct hub_screen *h);
void hub_bookmarks_menu(struct hub_screen *h);
bool hub_is_bookmarked(const struct hub_screen *h, enum hub_kind kind, const char *id);
/* The mark of a bookmarked repo, a word with --plain; NULL when it is none. */
const char *hub_bookmark_mark(const struct hub_screen *h, const struct hub_repo *repo);

/* ---- ask.c: answers arrive at the pane that asked, with these as task_result.kind ---- */
enum hub_wanted {
    HUB_WANT_LIST,
    HUB_WANT_MORE,
    HUB_WANT_INFO,
    HUB_WANT_CARD,
    HUB_WANT_TREE,
    HUB_WANT_COMMITS,
    HUB_WANT_DIFF, /* from path to revision */
    HUB_WANT_DISCUSSIONS,
    HUB_WANT_THREAD,
    HUB_WANT_FILE,
    HUB_WANT_HEADER, /* of a file: struct hub_told */
    HUB_WANT_TAGS,
};

/* What the header of a file says, laid out on the pool thread: a large model has 100,000 tensors. */
struct hub_told {
    char *format;
    uint64_t file_bytes;
    struct buf text;
};
void hub_told_free(struct hub_told *t);

struct hub_want {
    enum hub_wanted what;
    bool is_reload;
    enum hub_kind kind;
    const char *id, *path;
    const char *revision; /* what is read of the repo, not of its discussions; NULL: main */
    bool is_whole;        /* the tree with all that is below it, up to 1,000 entries */
    const char *next; /* where the next page is; NULL: the first */
    uint64_t offset, num;
    uint64_t len; /* bytes of a file; 0: as many as one reads at once */
    unsigned page;
    const struct hub_query *query;
};

/* Ask; everything in want is copied. What ran for w before goes on. */
void hub_ask_start(struct pane *p, struct waiting *w, const struct hub_want *want);
/* A want about the repo shown. */
struct hub_want hub_want_of(const struct hub_screen *h, enum hub_wanted what);
/* Nobody has asked yet. */
bool hub_is_unasked(const struct waiting *w);

#endif
