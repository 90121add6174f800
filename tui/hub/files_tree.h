/* SPDX-License-Identifier: Apache-2.0 */
/* files_tree.h - the files of a repo as a tree: the folders that were fetched, and the rows in sight.
 *
 * The state of the Files view. files.c is its pane with the keys, files_rows.c draws and says a row.
 */
#ifndef HFTERM_TUI_HUB_FILES_TREE_H
#define HFTERM_TUI_HUB_FILES_TREE_H

#include "tui/hub/hub.h"

enum { HUB_FILES_COLUMNS = 5 };

struct hub_node {
    const struct hub_file *file; /* NULL: the root */
    char *path; /* owned copy: the folder's tree may be replaced; NULL: the root */
    int depth;
    bool is_open;
    struct hub_tree *children; /* owned, NULL until fetched */
    struct hub_node *nodes;    /* one for each of children's files */
    struct waiting loading;
};

struct hub_files {
    struct table table;
    struct hub_node root;
    struct hub_node **rows; /* visible nodes in order */
    size_t n, cap;
    int longest; /* columns that the longest name of them takes */
    struct table_column columns[HUB_FILES_COLUMNS];
    struct waiting whole; /* the tree with everything in folders, for the totals */
    bool has_totals;
    bool is_cut;   /* there are more */
    size_t n_files, n_skipped;
    uint64_t bytes;
};

/* Nothing is known any more: as at the start. */
void hub_files_forget(struct pane *p);
/* Ask for what is in a folder; what is known of it stays until the answer comes. */
void hub_files_ask(struct pane *p, struct hub_node *folder);
/* The same for a folder and every open one below it. */
void hub_files_ask_open(struct pane *p, struct hub_node *folder);
/* The folder that asked a question; NULL when none did. */
struct hub_node *hub_files_asker(struct hub_files *f, uint64_t task);
/* What is in a folder. Takes the tree; what was open below stays so. */
void hub_files_put(struct pane *p, struct hub_node *folder, struct hub_tree *tree);
/* The root is there: count, or ask for what is in folders first. */
void hub_files_ask_totals(struct pane *p);
/* Count the files of a whole tree. */
void hub_files_count(struct hub_files *f, const struct hub_tree *tree);
/* The rows, after a folder was opened, closed or filled. */
void hub_files_rebuild(struct hub_files *f);
/* Open a folder whose row is in sight. False: what is in it is still to come. */
bool hub_files_unfold(struct pane *p, const char *path);
/* Select the row of a path, when it is in sight. */
void hub_files_select(struct hub_files *f, const char *path);
/* The name in its folder, and the columns in front of it. */
const char *hub_files_leaf(const struct hub_node *node);
int hub_files_indent(const struct hub_node *node);

#endif
