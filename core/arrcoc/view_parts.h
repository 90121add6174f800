/* SPDX-License-Identifier: Apache-2.0 */
/* view_parts.h - what the views share: a sheet of panels with captions, colour bars and charts; for
 * view_*.c and views.c only.
 *
 * A sheet is a dark page: a header (title, question and the selection's figures), then rows of
 * panels. A panel has a title above, a colour bar at its right when it asks for one, lines of text
 * below.
 * Without captions nothing of that is there, and panels stand side by side without a gap.
 */
#ifndef HFTERM_CORE_ARRCOC_VIEW_PARTS_H
#define HFTERM_CORE_ARRCOC_VIEW_PARTS_H

#include "core/arrcoc/arrcoc.h"
#include "core/arrcoc/canvas.h"
#include "core/arrcoc/paint.h"
#include "core/arrcoc/views.h"

struct arr_view_job {
    const struct arr_result *r;
    const uint8_t *rgb;
    int width, height;
    struct arr_view_options o; /* defaults filled in */
    int scale;                 /* pixels a font pixel; every margin goes with it */
    struct arr_canvas *out;
};

/* ---- colours ---- */

extern const struct arr_color ARR_PAGE, ARR_PLATE, ARR_RULE, ARR_TEXT, ARR_MUTED;
extern const struct arr_color ARR_GOOD, ARR_BAD, ARR_ACCENT, ARR_MARK;
/* Of selected and rejected cells, wherever they are told apart. */
extern const struct arr_color ARR_CHOSEN, ARR_REJECTED;
/* Of the token classes: low, medium, high. */
extern const struct arr_color ARR_LOD_COLOR[3];

/* ---- the picture, fitted ---- */

struct arr_view_picture {
    int w, h;
    uint8_t *rgb; /* owned: free */
};
/* Fits the picture into a square: larger ones are shrunk (antialiased), smaller ones enlarged by a
 * whole factor, so that their pixels stay what they are. */
bool arr_view_fit(const struct arr_view_job *job, int side, struct arr_view_picture *out,
                  struct err *e);
/* Its size alone. */
void arr_view_fit_size(const struct arr_view_job *job, int side, int *w, int *h);

/* ---- sheets ---- */

enum {
    ARR_PANELS_MAX = 48,
    ARR_GAP = 20, /* between panels, in font pixels */
};

struct arr_panel {
    int row; /* panels of a row stand side by side, in order */
    int w, h;
    bool has_bar;
    int feet;            /* lines below */
    int room;            /* for text, at least; 0: 150 font pixels */
    const char *heading; /* above its whole row; NULL: none */
};

struct arr_sheet {
    const struct arr_view_job *job;
    struct arr_canvas *canvas;
    int n;
    struct arr_panel panel[ARR_PANELS_MAX];
    struct arr_rect at[ARR_PANELS_MAX]; /* where each panel's content is */
    int depth[ARR_PANELS_MAX];          /* where its feet begin below at.y: under its bar */
    int room[ARR_PANELS_MAX];           /* for its text */
};

/* Panels first, then open, then draw. title NULL: no header. */
void arr_sheet_init(struct arr_sheet *s, const struct arr_view_job *job);
void arr_sheet_add(struct arr_sheet *s, const struct arr_panel *panel);
/* n panels alike in rows of `columns`, from row `first_row` on. */
void arr_sheet_add_grid(struct arr_sheet *s, const struct arr_panel *panel, int n, int columns);
/* How many columns make n panels of this size a page of about 3 : 2. */
int arr_sheet_columns(const struct arr_view_job *job, int n, int w, int h);
bool arr_sheet_open(struct arr_sheet *s, const char *title, struct err *e);

struct arr_paint arr_sheet_paint(const struct arr_sheet *s, int i);
void arr_sheet_title(const struct arr_sheet *s, int i, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void arr_sheet_foot(const struct arr_sheet *s, int i, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* A word in a line of feet, x pixels from the left. */
void arr_sheet_word(const struct arr_sheet *s, int i, int line, int x, const char *word);
/* A coloured square and its word in a line of feet; *x begins at 0 and moves on. */
void arr_sheet_key(const struct arr_sheet *s, int i, int line, int *x, struct arr_color color,
                   const char *word);
/* A line of a table inside panel i: a name at the left, a value at the right; NULL value: a
 * heading. */
void arr_sheet_fact(const struct arr_sheet *s, int i, int line, const char *name, const char *fmt,
                    ...) __attribute__((format(printf, 5, 6)));
/* Height of n such lines. */
int arr_sheet_facts_height(const struct arr_view_job *job, int n);

/* Fonts of a job. */
struct arr_font arr_font_text(const struct arr_view_job *job);
struct arr_font arr_font_muted(const struct arr_view_job *job);
struct arr_font arr_font_bold(const struct arr_view_job *job);

/* "0.42", with as many digits as a range of this width needs. */
const char *arr_number(char out[24], double v, double range);
/* "28,888" */
const char *arr_thousands(char out[32], long v);

/* Painting into a panel, with its bar. */
bool arr_sheet_heat(const struct arr_sheet *s, int i, const struct arr_heat *heat,
                    const struct arr_view_picture *under, struct err *e);
/* The picture with everything but the selected cells at 30 %. */
void arr_sheet_selection(const struct arr_sheet *s, int i, const struct arr_view_picture *p,
                         const uint16_t *order, int k);

/* The selected cells in a colour, with their legend in a line of feet. */
void arr_sheet_chosen(const struct arr_sheet *s, int i, int line);

/* ---- what R was made from: view_channels.c ---- */

enum { ARR_CHANNEL_GROUPS = 6 };

/* The channels that are present, group after group: of the 40 when there is an array, else the 13.
 * R itself, which is one of the 40, is not among them. */
struct arr_channel_set {
    bool is_array;
    int n, n_groups;
    const char *group_name[ARR_CHANNEL_GROUPS];
    int group[ARR_ARRAY_CHANNELS], channel[ARR_ARRAY_CHANNELS];
    const char *name[ARR_ARRAY_CHANNELS];
    const float *map[ARR_ARRAY_CHANNELS];
};
/* measures_only: without the cluster's number, which is a name and no measure. */
void arr_channel_set_of(const struct arr_result *r, bool measures_only,
                        struct arr_channel_set *out);
/* The name of one of the 13, which depends on the texture's kind. */
const char *arr_channel_name(const struct arr_result *r, int channel);
/* A value of place i of the set within what it can be: 0 to 1. */
float arr_channel_part(const struct arr_channel_set *set, int i, float value);
/* The widest name in pixels. */
int arr_channel_name_width(const struct arr_channel_set *set, const struct arr_font *font);

/* ---- charts ---- */

struct arr_chart {
    const struct arr_sheet *sheet;
    struct arr_canvas *canvas;
    struct arr_rect plot;
    double x0, x1, y0, y1;
};
/* Axes with round ticks inside panel i. no_x: no ticks below, the caller writes there. */
struct arr_chart arr_chart_open(const struct arr_sheet *s, int i, const double x[2],
                                const double y[2], bool no_x);
double arr_chart_x(const struct arr_chart *c, double v);
double arr_chart_y(const struct arr_chart *c, double v);
/* An area between two values each way. */
void arr_chart_area(const struct arr_chart *c, const double x[2], const double y[2],
                    struct arr_color color);
void arr_chart_line(const struct arr_chart *c, double x0, double y0, double x1, double y1,
                    struct arr_color color);
void arr_chart_vertical(const struct arr_chart *c, double x, struct arr_color color);
void arr_chart_horizontal(const struct arr_chart *c, double y, struct arr_color color);
/* A word below the axis, in the middle of x. */
void arr_chart_word(const struct arr_chart *c, double x, const char *word);

/* ---- the views, by file ---- */

bool arr_view_overview(const struct arr_view_job *job, struct err *e);     /* view_maps.c */
bool arr_view_heatmaps(const struct arr_view_job *job, struct err *e);     /* view_maps.c */
bool arr_view_three_ways(const struct arr_view_job *job, struct err *e);   /* view_maps.c */
bool arr_view_balanced(const struct arr_view_job *job, struct err *e);     /* view_maps.c */
bool arr_view_homunculus(const struct arr_view_job *job, struct err *e);   /* view_selection.c */
bool arr_view_comparison(const struct arr_view_job *job, struct err *e);   /* view_selection.c */
bool arr_view_tokens(const struct arr_view_job *job, struct err *e);       /* view_tokens.c */
bool arr_view_textures(const struct arr_view_job *job, struct err *e);     /* view_texture.c */
bool arr_view_channels(const struct arr_view_job *job, struct err *e);     /* view_texture.c */
bool arr_view_false_color(const struct arr_view_job *job, struct err *e);  /* view_texture.c */
bool arr_view_inspector(const struct arr_view_job *job, struct err *e);    /* view_inspector.c */
bool arr_view_metrics(const struct arr_view_job *job, struct err *e);      /* view_metrics.c */
bool arr_view_query_impact(const struct arr_view_job *job, struct err *e); /* view_impact.c */
bool arr_view_attribution(const struct arr_view_job *job, struct err *e);  /* view_attribution.c */

#endif
