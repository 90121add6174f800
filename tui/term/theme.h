/* SPDX-License-Identifier: Apache-2.0 */
/* theme.h - style names to colours and attributes, from one text file a theme.
 *
 * A theme file holds lines "style NAME FG BG [ATTR...]": FG and BG are "default", 0-255, one of the
 * eight colour names (bright-red and so on for 8-15) or #rrggbb, which is shown as the nearest the
 * terminal has. ATTR: bold dim italic underline reverse. "#" starts a comment. A style that a file
 * does not name keeps its plain built-in look, which needs no colours at all.
 *
 * Themes come from $XDG_CONFIG_HOME/hfterm/themes/NAME.theme, else from those compiled in.
 * Ownership: struct theme is embedded by the app; theme_load replaces its styles.
 */
#ifndef HFTERM_TUI_TERM_THEME_H
#define HFTERM_TUI_TERM_THEME_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/* X(constant, name in theme files, built-in attributes) */
#define THEME_STYLES(X)                                                                            \
    X(TEXT, "text", "")                                                                            \
    X(DIM, "dim", "dim")                                                                           \
    X(ACCENT, "accent", "bold")                                                                    \
    X(TITLE, "title", "")                                                                          \
    X(TITLE_FOCUS, "title-focus", "bold")                                                          \
    X(BORDER, "border", "dim")                                                                     \
    X(BORDER_FOCUS, "border-focus", "bold")                                                        \
    X(TAB, "tab", "")                                                                              \
    X(TAB_ACTIVE, "tab-active", "reverse")                                                         \
    X(TAB_SOON, "tab-soon", "dim")                                                                 \
    X(BAR, "bar", "")                                                                              \
    X(BAR_KEY, "bar-key", "bold")                                                                  \
    X(SELECTED, "selected", "reverse")                                                             \
    X(SELECTED_DIM, "selected-dim", "underline")                                                   \
    X(HEADER, "header", "underline")                                                               \
    X(OK, "ok", "")                                                                                \
    X(WARN, "warn", "bold")                                                                        \
    X(ERROR, "error", "bold")                                                                      \
    X(NOTICE, "notice", "reverse")                                                                 \
    X(PROMPT, "prompt", "bold")                                                                    \
    X(FIELD, "field", "underline")                                                                 \
    X(NUMBER, "number", "")                                                                        \
    X(BADGE, "badge", "bold")                                                                      \
    X(H1, "h1", "bold")                                                                            \
    X(H2, "h2", "bold")                                                                            \
    X(H3, "h3", "bold")                                                                            \
    X(H4, "h4", "bold")                                                                            \
    X(BOLD, "strong", "bold")                                                                      \
    X(ITALIC, "emphasis", "italic")                                                                \
    X(BOLD_ITALIC, "strong-emphasis", "bold italic")                                               \
    X(STRIKE, "strike", "dim")                                                                     \
    X(CODE, "code", "bold")                                                                        \
    X(CODE_BLOCK, "code-block", "")                                                                \
    X(LINK, "link", "underline")                                                                   \
    X(QUOTE, "quote", "italic")                                                                    \
    X(RULE, "rule", "dim")                                                                         \
    X(TABLE_BORDER, "table-border", "dim")                                                         \
    X(TABLE_HEAD, "table-head", "bold")                                                            \
    X(IMAGE, "image", "dim")                                                                       \
    X(MATCH, "match", "reverse")                                                                   \
    X(MATCH_NOW, "match-now", "bold reverse")                                                      \
    X(GUTTER, "gutter", "dim")                                                                     \
    X(JSON_KEY, "json-key", "bold")                                                                \
    X(JSON_STRING, "json-string", "")

enum style {
#define THEME_ENUM(constant, name, attrs) STYLE_##constant,
    THEME_STYLES(THEME_ENUM)
#undef THEME_ENUM
        STYLE_COUNT,
};

struct theme_style {
    int fg, bg;         /* palette index, -1 default; 0x1000000 | rgb for #rrggbb */
    unsigned long attrs; /* ncurses attributes */
    int pair;           /* ncurses colour pair, 0 none */
};

struct theme {
    char name[48];
    int colours; /* of the terminal; 0: attributes only */
    struct theme_style styles[STYLE_COUNT];
};

/* Built-in look, no colours. */
void theme_init(struct theme *t, int colours);

/* Load by name. Errors name file, line and word; the theme stays as it was then. */
bool theme_load(struct theme *t, const char *name, struct err *e);

/* Parse the text of a theme file into t. Used by theme_load and tests. */
bool theme_parse(struct theme *t, const char *file, const char *text, struct err *e);

/* Allocate colour pairs; after ncurses' start_color. Where the terminal has no colours, every style gets its
 * built-in attributes, whatever the theme: a selection that is told by its colour alone would not be seen. */
void theme_apply(struct theme *t);

/* A colour of a theme as 0xrrggbb, as xterm shows it with so many colours (256, or 16777216); -1 stays. */
int theme_rgb(int colour, int colours);

/* Names of all themes, one a line, sorted, built-in and the user's. */
void theme_names(struct buf *out);

/* A theme of those compiled in (build/gen/themes.c, made from themes/). */
struct theme_builtin {
    const char *name, *text;
};
extern const struct theme_builtin THEME_BUILTIN[];
extern const size_t THEME_BUILTIN_COUNT;

#endif
