/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/out.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/cli.h"

enum { DEFAULT_COLS = 80, DEFAULT_ROWS = 24, MIN_COLS = 20 };

static int terminal_cols(int fd)
{
    struct winsize size = {0};
    unsigned long long n = 0;
    const char *env = getenv("COLUMNS");
    if (env && str_to_u64(env, 10000, &n) && n >= MIN_COLS) {
        return (int)n;
    }
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= MIN_COLS) {
        return size.ws_col;
    }
    return DEFAULT_COLS;
}

static int terminal_rows(int fd)
{
    struct winsize size = {0};
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : DEFAULT_ROWS;
}

void cli_out_init(struct cli_out *out, const struct cli_globals *g)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    const bool is_dumb = !term || !*term || strcmp(term, "dumb") == 0;
    *out = (struct cli_out){.f = stdout, .is_tty = isatty(STDOUT_FILENO), .is_ascii = g->is_ascii};
    out->has_color = out->is_tty && !is_dumb && !(no_color && *no_color);
    out->cols = terminal_cols(STDOUT_FILENO);
    out->rows = terminal_rows(STDOUT_FILENO);
    out->is_ascii = out->is_ascii || (out->is_tty && !text_locale_is_utf8());
}

int cli_out_done(struct cli_out *out)
{
    if (fflush(out->f) == 0 && !ferror(out->f)) {
        return 0;
    }
    const int sys = out->failed ? out->failed : errno;
    if (sys == EPIPE) {
        return 0; /* the reader has seen enough */
    }
    struct err e = ERR_INIT;
    if (sys == EBADF) {
        err_set(&e, ERR_IO, "cannot write the output: standard output is closed");
        err_remedy(&e, "Use >/dev/null where the output is not wanted.");
    } else {
        err_set_sys(&e, ERR_IO, sys, "cannot write the output");
    }
    return cli_fail(&e);
}

const char *cli_style(const struct cli_out *out, enum cli_style style)
{
    static const char *const SEQUENCES[] = {
        [CLI_BOLD] = "\033[1m",  [CLI_DIM] = "\033[2m",  [CLI_GOOD] = "\033[32m",
        [CLI_WARN] = "\033[33m", [CLI_BAD] = "\033[31m",
    };
    return out->has_color ? SEQUENCES[style] : "";
}

const char *cli_style_end(const struct cli_out *out)
{
    return out->has_color ? "\033[0m" : "";
}

void cli_put_text(struct cli_out *out, const char *text, size_t n)
{
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, text, n, TEXT_KEEP_NEWLINES);
    fwrite(buf_str(&clean), 1, clean.n, out->f);
    buf_done(&clean);
}

/* Line and paragraph separators, bidi controls, other invisible format characters, and whatever the
 * terminal's width table does not know. */
static bool is_harmless(uint32_t cp)
{
    return cp < 0x80 ? cp != 0x7f
                     : text_cp_width(cp) >= 0 && cp != 0x00AD && !(cp >= 0x200B && cp <= 0x200F) &&
                           !(cp >= 0x2028 && cp <= 0x202E) && !(cp >= 0x2060 && cp <= 0x206F) &&
                           cp != 0xFEFF && cp != 0x061C && cp < 0xE0000;
}

void cli_escape_json(struct buf *out, const char *printed)
{
    const size_t n = strlen(printed);
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        const size_t len = text_decode(printed + i, n - i, &cp);
        if (is_harmless(cp)) {
            if (cp == 0xFFFD) {
                buf_puts(out,
                         "\\ufffd"); /* also what a bad byte became: the output is valid UTF-8 */
            } else {
                buf_append(out, printed + i, len);
            }
        } else if (cp > 0xFFFF) {
            const uint32_t v = cp - 0x10000;
            buf_printf(out, "\\u%04x\\u%04x", 0xD800 + (v >> 10), 0xDC00 + (v & 0x3FF));
        } else {
            buf_printf(out, "\\u%04x", cp);
        }
        i += len;
    }
}

static void put_json(struct cli_out *out, cJSON *json, bool is_indented)
{
    char *printed = json_print(json, is_indented);
    struct buf safe = BUF_INIT;
    cli_escape_json(&safe, printed);
    buf_putc(&safe, '\n');
    fwrite(safe.p, 1, safe.n, out->f);
    buf_done(&safe);
    free(printed);
    cJSON_Delete(json);
}

void cli_put_wrapped(struct cli_out *out, const char *text, int indent)
{
    int at = indent;
    for (const char *p = text; *p;) {
        const size_t n = strcspn(p, " ");
        char *word = xstrndup(p, n);
        const int width = text_width(word);
        if (at > indent && out->is_tty && at + 1 + width > out->cols) {
            fprintf(out->f, "\n%*s", indent, "");
            at = indent;
        } else if (p > text) {
            fputc(' ', out->f);
            at++;
        }
        fputs(word, out->f);
        at += width;
        free(word);
        p += n + (p[n] == ' ');
    }
}

void cli_put_json(struct cli_out *out, cJSON *json)
{
    put_json(out, json, out->is_tty);
}

bool cli_put_json_line(struct cli_out *out, cJSON *json)
{
    if (out->failed) {
        cJSON_Delete(json);
        return false;
    }
    /* The threads beside this one block SIGPIPE for good, so nobody misses it meanwhile. */
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    sigaction(SIGPIPE, &ignore, &old);
    put_json(out, json, false);
    if (fflush(out->f) != 0 || ferror(out->f)) {
        out->failed = errno ? errno : EIO;
    }
    sigaction(SIGPIPE, &old, NULL);
    return !out->failed;
}
