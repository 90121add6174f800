/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - what main hands to the full-screen program. */
#ifndef HFTERM_TUI_FRAME_OPTIONS_H
#define HFTERM_TUI_FRAME_OPTIONS_H

#include <stdbool.h>

struct http;
struct hub;
struct screen_ops;

struct app_options {
    const struct screen_ops *const *screens; /* NULL at the end; borrowed, as all below */
    struct hub *hub;
    struct http *http;
    const char *place;  /* "demo": what remembered things are kept apart by; NULL: the public Hub */
    const char *label;  /* "demo hub" or NULL: the host */
    const char *theme;  /* from the command line, NULL: config, remembered or default */
    const char *config; /* path, NULL: the default place */
    bool is_readonly, is_ascii, is_plain, no_mouse;
};

#endif
