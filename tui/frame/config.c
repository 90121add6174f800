/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - the user's file of commands, run at start. A bad line is a notice, never a failed start. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/command.h"

enum { MAX_CONFIG_BYTES = 256 * 1024 };

void config_load(struct app *app)
{
    const char *named = app->options.config;
    char *path = named ? xstrdup(named) : paths_config("config");
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    if (!(named ? file_read_any : file_read)(path, &text, MAX_CONFIG_BYTES, &e)) {
        /* No file is the usual case; a file that was named and is not there is a mistake. */
        if (e.code != ERR_NOT_FOUND || named) {
            app_say(app, APP_ERROR, "config: %s", e.msg);
        }
        goto done;
    }
    const char *leaf = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    int number = 1;
    for (const char *p = text.p; p && *p; number++) {
        size_t n = strcspn(p, "\n");
        char *line = xstrndup(p, n);
        err_clear(&e);
        if (!command_run_config(app, line, &e)) {
            app_say(app, APP_ERROR, "%s:%d: %s%s%s", leaf, number, e.msg, e.remedy[0] ? ". " : "", e.remedy);
        }
        free(line);
        p += n + (p[n] == '\n');
    }
done:
    buf_done(&text);
    free(path);
}
