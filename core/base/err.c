/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int exit_code;
} CODES[] = {
    [ERR_NONE] = {"none", 0},
    [ERR_USAGE] = {"usage", 2},
    [ERR_AUTH] = {"auth", 3},
    [ERR_GATED] = {"gated", 3},
    [ERR_FORBIDDEN] = {"forbidden", 3},
    [ERR_NOT_FOUND] = {"not_found", 4},
    [ERR_NETWORK] = {"network", 5},
    [ERR_RATE_LIMIT] = {"rate_limit", 5},
    [ERR_OFFLINE] = {"offline", 5},
    [ERR_SERVER] = {"server", 5},
    [ERR_CONFLICT] = {"conflict", 1},
    [ERR_DAMAGED] = {"damaged", 6},
    [ERR_LIMIT] = {"limit", 6},
    [ERR_IO] = {"io", 1},
    [ERR_CANCELLED] = {"cancelled", 130},
    [ERR_UNSUPPORTED] = {"unsupported", 1},
};

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    if (!e) {
        return false;
    }
    err_clear(e);
    e->code = code;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    va_end(ap);
    return false;
}

bool err_set_sys(struct err *e, enum err_code code, int sys, const char *fmt, ...)
{
    if (!e) {
        return false;
    }
    err_clear(e);
    e->code = code;
    e->sys = sys;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    va_end(ap);
    size_t len = strlen(e->msg);
    snprintf(e->msg + len, sizeof e->msg - len, ": %s", strerror(sys));
    return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
    if (!e) {
        return false;
    }
    char old[sizeof e->msg];
    memcpy(old, e->msg, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    va_end(ap);
    size_t len = strlen(e->msg);
    snprintf(e->msg + len, sizeof e->msg - len, ": %s", old);
    return false;
}

bool err_remedy(struct err *e, const char *fmt, ...)
{
    if (!e) {
        return false;
    }
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->remedy, sizeof e->remedy, fmt, ap);
    va_end(ap);
    return false;
}

void err_clear(struct err *e)
{
    if (e) {
        *e = (struct err)ERR_INIT;
    }
}

int err_exit_code(const struct err *e)
{
    return CODES[e->code].exit_code;
}

const char *err_name(enum err_code code)
{
    return CODES[code].name;
}
