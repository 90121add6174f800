/* SPDX-License-Identifier: Apache-2.0 */
/* app.c - what screens ask of the program about itself. */
#include "core/hub/hub.h"
#include "tui/frame/app_priv.h"

struct hub *app_hub(struct app *app)
{
    return app->options.hub;
}

struct http *app_http(struct app *app)
{
    return app->options.http;
}

const char *app_place(const struct app *app)
{
    return app->options.place ? app->options.place : hub_host(app->options.hub);
}

const char *app_account(const struct app *app)
{
    return app->account;
}

bool app_is_ascii(const struct app *app)
{
    return app->term.is_ascii;
}

bool app_is_readonly(const struct app *app)
{
    return app->options.is_readonly;
}

bool app_is_plain(const struct app *app)
{
    return app->options.is_plain;
}

bool app_is_behind(const struct app *app)
{
    (void)app;
    return term_is_behind();
}

struct input *app_input(struct app *app)
{
    return app->input;
}

const char *app_spinner(const struct app *app)
{
    static const char *const DOTS[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    static const char *const BARS[] = {"|", "/", "-", "\\"};
    if (app->options.is_plain) {
        return "working";
    }
    return app->term.is_ascii ? BARS[app->spinner % 4] : DOTS[app->spinner % 10];
}
