/* SPDX-License-Identifier: Apache-2.0 */
#define NCURSES_WIDECHAR 1
#include "tui/term/theme.h"

#include <curses.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"

enum { RGB_FLAG = 0x1000000, MAX_THEME_BYTES = 64 * 1024, MAX_NAMES = 256 };

static const struct {
    const char *name, *attrs;
} STYLES[] = {
#define THEME_ROW(constant, style_name, style_attrs) {style_name, style_attrs},
    THEME_STYLES(THEME_ROW)
#undef THEME_ROW
};

static const struct {
    const char *word;
    unsigned long bit;
} ATTRS[] = {
    {"bold", A_BOLD},           {"dim", A_DIM},         {"italic", A_ITALIC},
    {"underline", A_UNDERLINE}, {"reverse", A_REVERSE},
};

static bool parse_attr(const char *word, size_t n, unsigned long *attrs)
{
    for (size_t i = 0; i < sizeof ATTRS / sizeof *ATTRS; i++) {
        if (strlen(ATTRS[i].word) == n && strncmp(ATTRS[i].word, word, n) == 0) {
            *attrs |= ATTRS[i].bit;
            return true;
        }
    }
    return false;
}

static unsigned long builtin_attrs(const char *words)
{
    unsigned long attrs = 0;
    while (*words) {
        size_t n = strcspn(words, " ");
        parse_attr(words, n, &attrs);
        words += n + (words[n] == ' ');
    }
    return attrs;
}

void theme_init(struct theme *t, int colours)
{
    *t = (struct theme){.colours = colours};
    for (int i = 0; i < STYLE_COUNT; i++) {
        t->styles[i] = (struct theme_style){.fg = -1, .bg = -1, .attrs = builtin_attrs(STYLES[i].attrs)};
    }
}

/* ---- reading a file ---- */

static bool parse_colour(const char *word, int *out)
{
    static const char *const NAMES[] = {"black", "red",     "green", "yellow",
                                        "blue",  "magenta", "cyan",  "white"};
    if (strcmp(word, "default") == 0) {
        *out = -1;
        return true;
    }
    bool is_bright = str_starts(word, "bright-");
    for (int i = 0; i < 8; i++) {
        if (strcmp(word + (is_bright ? 7 : 0), NAMES[i]) == 0) {
            *out = i + (is_bright ? 8 : 0);
            return true;
        }
    }
    if (word[0] == '#' && strlen(word) == 7) {
        char *end = NULL;
        unsigned long rgb = strtoul(word + 1, &end, 16);
        *out = RGB_FLAG | (int)rgb;
        return *end == '\0';
    }
    unsigned long long n = 0;
    if (!str_to_u64(word, 255, &n)) {
        return false;
    }
    *out = (int)n;
    return true;
}

static int style_index(const char *name)
{
    for (int i = 0; i < STYLE_COUNT; i++) {
        if (strcmp(STYLES[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* One line without its comment. words is cut in place. */
static bool parse_line(struct theme *t, char *line, struct err *e)
{
    char *save = NULL;
    char *word = strtok_r(line, " \t\r", &save);
    if (!word) {
        return true;
    }
    char *name = strtok_r(NULL, " \t\r", &save);
    char *fg = strtok_r(NULL, " \t\r", &save);
    char *bg = strtok_r(NULL, " \t\r", &save);
    if (strcmp(word, "style") != 0 || !bg) {
        return err_set(e, ERR_USAGE, "expected: style NAME FG BG [ATTR...]");
    }
    int index = style_index(name);
    if (index < 0) {
        return err_set(e, ERR_USAGE, "no style is called \"%s\"", name);
    }
    struct theme_style style = {.fg = -1, .bg = -1};
    if (!parse_colour(fg, &style.fg) || !parse_colour(bg, &style.bg)) {
        return err_set(e, ERR_USAGE, "a colour is default, 0-255, a name or #rrggbb, not \"%s %s\"", fg, bg);
    }
    while ((word = strtok_r(NULL, " \t\r", &save))) {
        if (!parse_attr(word, strlen(word), &style.attrs)) {
            return err_set(e, ERR_USAGE, "an attribute is bold, dim, italic, underline or reverse, not \"%s\"", word);
        }
    }
    t->styles[index] = style;
    return true;
}

/* "#" starts a comment at the start of a word, unless it is a colour. */
static void cut_comment(char *line)
{
    for (char *p = line; *p; p++) {
        bool at_word = p == line || p[-1] == ' ' || p[-1] == '\t';
        if (*p == '#' && at_word && strspn(p + 1, "0123456789abcdefABCDEF") < 6) {
            *p = '\0';
            return;
        }
    }
}

bool theme_parse(struct theme *t, const char *file, const char *text, struct err *e)
{
    struct theme fresh;
    theme_init(&fresh, t->colours);
    memcpy(fresh.name, t->name, sizeof fresh.name);
    int number = 1;
    bool ok = true;
    while (ok && *text) {
        size_t n = strcspn(text, "\n");
        char *line = xstrndup(text, n);
        cut_comment(line);
        ok = parse_line(&fresh, line, e);
        if (!ok) {
            err_wrap(e, "%s:%d", file, number);
        }
        free(line);
        text += n + (text[n] == '\n');
        number++;
    }
    if (ok) {
        *t = fresh;
    }
    return ok;
}

static const char *builtin_text(const char *name)
{
    for (size_t i = 0; i < THEME_BUILTIN_COUNT; i++) {
        if (strcmp(THEME_BUILTIN[i].name, name) == 0) {
            return THEME_BUILTIN[i].text;
        }
    }
    return NULL;
}

static bool is_plain_name(const char *name)
{
    return *name && strlen(name) < sizeof((struct theme *)0)->name && !strchr(name, '/') && *name != '.';
}

bool theme_load(struct theme *t, const char *name, struct err *e)
{
    if (!is_plain_name(name)) {
        return err_set(e, ERR_USAGE, "\"%s\" is not the name of a theme", name);
    }
    char *leaf = xasprintf("themes/%s.theme", name);
    char *path = paths_config(leaf);
    struct buf text = BUF_INIT;
    struct theme fresh = *t;
    bool ok = false;
    if (file_exists(path)) {
        ok = file_read(path, &text, MAX_THEME_BYTES, e) && theme_parse(&fresh, path, buf_str(&text), e);
    } else if (builtin_text(name)) {
        ok = theme_parse(&fresh, name, builtin_text(name), e);
    } else {
        struct buf names = BUF_INIT;
        theme_names(&names);
        for (size_t i = 0; i < names.n; i++) {
            names.p[i] = names.p[i] == '\n' ? ' ' : names.p[i];
        }
        err_set(e, ERR_NOT_FOUND, "no theme is called \"%s\"", name);
        err_remedy(e, "there are: %s", buf_str(&names));
        buf_done(&names);
    }
    if (ok) {
        snprintf(fresh.name, sizeof fresh.name, "%s", name);
        *t = fresh;
    }
    buf_done(&text);
    free(path);
    free(leaf);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

void theme_names(struct buf *out)
{
    char *names[MAX_NAMES];
    size_t n = 0;
    for (size_t i = 0; i < THEME_BUILTIN_COUNT && n < MAX_NAMES; i++) {
        names[n++] = xstrdup(THEME_BUILTIN[i].name);
    }
    char *dir_path = paths_config("themes");
    DIR *dir = opendir(dir_path);
    const struct dirent *entry = NULL;
    while (dir && n < MAX_NAMES && (entry = readdir(dir))) {
        if (str_ends(entry->d_name, ".theme")) {
            char *name = xstrndup(entry->d_name, strlen(entry->d_name) - strlen(".theme"));
            if (builtin_text(name)) {
                free(name);
            } else {
                names[n++] = name;
            }
        }
    }
    if (dir) {
        closedir(dir);
    }
    free(dir_path);
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%s%s", i ? "\n" : "", names[i]);
        free(names[i]);
    }
}

/* ---- colours the terminal has ---- */

static int cube_level(int v)
{
    return v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40;
}

/* Nearest of the 6x6x6 cube and the 24 greys of the 256-colour palette. */
static int rgb_to_256(int rgb)
{
    int r = rgb >> 16 & 255;
    int g = rgb >> 8 & 255;
    int b = rgb & 255;
    static const int LEVELS[] = {0, 95, 135, 175, 215, 255};
    int cr = cube_level(r);
    int cg = cube_level(g);
    int cb = cube_level(b);
    int grey = (r + g + b) / 3;
    int gi = grey > 238 ? 23 : grey < 3 ? 0 : (grey - 3) / 10;
    int gv = 8 + 10 * gi;
    int dc = (LEVELS[cr] - r) * (LEVELS[cr] - r) + (LEVELS[cg] - g) * (LEVELS[cg] - g) +
             (LEVELS[cb] - b) * (LEVELS[cb] - b);
    int dg = (gv - r) * (gv - r) + (gv - g) * (gv - g) + (gv - b) * (gv - b);
    return dg < dc ? 232 + gi : 16 + 36 * cr + 6 * cg + cb;
}

static int palette_rgb(int index)
{
    static const int BASE[] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
                               0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    static const int LEVELS[] = {0, 95, 135, 175, 215, 255};
    if (index < 16) {
        return BASE[index];
    }
    if (index >= 232) {
        int v = 8 + 10 * (index - 232);
        return v << 16 | v << 8 | v;
    }
    int c = index - 16;
    return LEVELS[c / 36] << 16 | LEVELS[c / 6 % 6] << 8 | LEVELS[c % 6];
}

static bool is_grey(int rgb)
{
    int r = rgb >> 16 & 255;
    int g = rgb >> 8 & 255;
    int b = rgb & 255;
    return abs(r - g) < 24 && abs(g - b) < 24 && abs(r - b) < 24;
}

/* Nearest of the first n (8 or 16) colours. Greys go to grey: the distance alone would turn them into
 * cyan or make them vanish. */
static int rgb_to_base(int rgb, int n)
{
    int level = rgb >> 8 & 255;
    if (is_grey(rgb) && level > 40 && level < 230) {
        return n >= 16 && level < 150 ? 8 : 7;
    }
    int best = 0;
    long best_distance = -1;
    for (int i = 0; i < n; i++) {
        int p = palette_rgb(i);
        long dr = (p >> 16 & 255) - (rgb >> 16 & 255);
        long dg = (p >> 8 & 255) - (rgb >> 8 & 255);
        long db = (p & 255) - (rgb & 255);
        long d = 2 * dr * dr + 4 * dg * dg + 3 * db * db;
        if (best_distance < 0 || d < best_distance) {
            best = i;
            best_distance = d;
        }
    }
    return best;
}

static int shown_colour(int colour, int colours)
{
    if (colour < 0) {
        return -1;
    }
    bool is_rgb = colour & RGB_FLAG;
    int rgb = is_rgb ? colour & 0xFFFFFF : palette_rgb(colour);
    if (colours > 0x10000) { /* direct colour: a number is an RGB value, except the first eight */
        return is_rgb || colour >= 8 ? rgb : colour;
    }
    if (colours >= 256) {
        return is_rgb ? rgb_to_256(rgb) : colour;
    }
    if (!is_rgb && colour < colours) {
        return colour;
    }
    return rgb_to_base(rgb, colours >= 16 ? 16 : 8);
}

int theme_rgb(int colour, int colours)
{
    if (colour < 0) {
        return -1;
    }
    const int shown = shown_colour(colour, colours);
    return colours > 0x10000 && colour & RGB_FLAG ? shown : palette_rgb(colours > 0x10000 ? colour : shown);
}

void theme_apply(struct theme *t)
{
    int next = 1;
    for (int i = 0; i < STYLE_COUNT; i++) {
        struct theme_style *s = &t->styles[i];
        s->pair = 0;
        if (t->colours < 8) { /* what a theme says by colour alone, attributes have to say */
            s->attrs = builtin_attrs(STYLES[i].attrs);
        }
        if (t->colours < 8 || (s->fg < 0 && s->bg < 0)) {
            continue;
        }
        int fg = shown_colour(s->fg, t->colours);
        int bg = shown_colour(s->bg, t->colours);
        if (init_extended_pair(next, fg, bg) == OK) {
            s->pair = next++;
        }
    }
}
