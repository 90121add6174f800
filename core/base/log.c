/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/secret.h"
#include "core/base/text.h"

/* The one file every thread writes to; -1 while logging is off. */
static _Atomic int log_fd = -1;

bool log_open(const char *path, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_set_sys(e, ERR_IO, errno, "cannot open the log %s", path);
    }
    log_close();
    atomic_store(&log_fd, fd);
    return true;
}

void log_close(void)
{
    int fd = atomic_exchange(&log_fd, -1);
    if (fd >= 0) {
        close(fd);
    }
}

bool log_is_open(void)
{
    return atomic_load(&log_fd) >= 0;
}

void log_line(const char *room, const char *fmt, ...)
{
    int fd = atomic_load(&log_fd);
    if (fd < 0) {
        return;
    }
    struct buf raw = BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&raw, fmt, ap);
    va_end(ap);
    char *text = buf_steal(&raw);
    secret_mask(text);
    struct buf line = BUF_INIT;
    int64_t ms = clock_mono_ms();
    buf_printf(&line, "%" PRId64 ".%03d %s: ", ms / 1000, (int)(ms % 1000), room);
    text_sanitize(&line, text, str_of(text).n, TEXT_LINE);
    buf_putc(&line, '\n');
    if (write(fd, line.p, line.n) < 0) {
        log_close(); /* disk full: a debug log is not worth an error */
    }
    buf_done(&line);
    free(text);
}
