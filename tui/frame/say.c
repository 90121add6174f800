/* SPDX-License-Identifier: Apache-2.0 */
/* say.c - what is said to the user: notices at the bottom, prompts, errors in words. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "tui/frame/app_priv.h"

enum { NOTICE_MS = 6000 };

void say_hide(struct app *app)
{
    app->needs_layout = app->needs_layout || bars_notice_rows(app) > 1; /* it covers a row of the panes */
    app->notice_until_ms = 0;
    app->frame_dirty = true;
}

/* The text, masked and harmless, at the front of the list. */
static void say(struct app *app, enum app_level level, const char *fmt, va_list ap)
{
    say_hide(app);
    size_t kept = app->n_notices < APP_NOTICES ? app->n_notices : APP_NOTICES - 1;
    memmove(&app->notices[1], &app->notices[0], kept * sizeof app->notices[0]);
    app->n_notices = kept + 1;
    struct notice *n = &app->notices[0];
    n->level = level;
    n->unix_s = clock_unix_s();
    char raw[sizeof n->text];
    vsnprintf(raw, sizeof raw, fmt, ap);
    secret_mask(raw);
    char *clean = text_clean(raw);
    size_t length = strlen(clean);
    if (length >= sizeof n->text) {
        length = sizeof n->text - 1;
        while (length > 0 && ((unsigned char)clean[length] & 0xC0) == 0x80) {
            length--; /* not through the middle of a character */
        }
    }
    memcpy(n->text, clean, length);
    n->text[length] = '\0';
    free(clean);
    app->notice_until_ms = clock_mono_ms() + NOTICE_MS;
    app->frame_dirty = true;
}

void app_say(struct app *app, enum app_level level, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(app, level, fmt, ap);
    va_end(ap);
}

void pane_say(struct pane *p, enum app_level level, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(p->app, level, fmt, ap);
    va_end(ap);
    if (p->screen && p->screen != &p->app->screens[p->app->current]) {
        p->screen->unread++;
    }
}

void app_prompt(struct app *app, const struct input_spec *spec)
{
    app->is_prompting = true;
    app->frame_dirty = true;
    input_begin(app->input, spec);
}
