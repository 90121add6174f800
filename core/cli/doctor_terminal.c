/* SPDX-License-Identifier: Apache-2.0 */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/cli/cli.h"
#include "core/cli/doctor.h"
#include "core/cli/terminfo.h"

enum { TERMINFO_MAX = 64 * 1024, LEAST_COLS = 60, LEAST_ROWS = 16 };

static const char *env_or(const char *name, const char *fallback)
{
    const char *v = getenv(name);
    return v && *v ? v : fallback;
}

static void check_tty(struct doctor *d)
{
    const bool in = isatty(STDIN_FILENO), out = isatty(STDOUT_FILENO);
    if (in && out) {
        doctor_add(d, "terminal", DOCTOR_OK, "", "input and output are a terminal%s",
                   getenv("TMUX") ? " (inside tmux)" : "");
    } else {
        doctor_add(d, "terminal", DOCTOR_WARNING,
                   "The screen needs a terminal; the verbs do not. Over ssh, use ssh -t.",
                   "%s not a terminal",
                   in    ? "the output is"
                   : out ? "the input is"
                         : "input and output are");
    }
}

static void check_colors(struct doctor *d, int colors)
{
    const char *direct = env_or("COLORTERM", "");
    const bool is_true = strcmp(direct, "truecolor") == 0 || strcmp(direct, "24bit") == 0;
    if (*env_or("NO_COLOR", "")) {
        doctor_add(d, "colours", DOCTOR_OK, "", "none, because NO_COLOR is set");
    } else if (colors >= 256) {
        doctor_add(d, "colours", DOCTOR_OK, "", "%d%s", colors, is_true ? ", and true colour" : "");
    } else if (colors > 0) {
        doctor_add(d, "colours", DOCTOR_WARNING,
                   "If your terminal shows 256 colours, set TERM to its -256color form.", "%d",
                   colors);
    } else {
        doctor_add(d, "colours", DOCTOR_WARNING, "Themes fall back to black and white.",
                   "TERM names none");
    }
}

static void check_term(struct doctor *d)
{
    const char *term = env_or("TERM", "");
    char *path = terminfo_find(term);
    struct buf bytes = BUF_INIT;
    int colors = 0;
    if (!*term || strcmp(term, "dumb") == 0) {
        doctor_add(d, "TERM", DOCTOR_WARNING,
                   "Set TERM to what your terminal is: xterm-256color "
                   "fits most.",
                   "%s", *term ? "dumb" : "not set");
    } else if (!path) {
        doctor_add(d, "TERM", DOCTOR_MISSING,
                   "Install the package ncurses-term, or set TERM=xterm-256color.",
                   "%s is not described on this machine", term);
    } else {
        doctor_add(d, "TERM", DOCTOR_OK, "", "%s (%s)", term, path);
    }
    if (path && file_read(path, &bytes, TERMINFO_MAX, NULL) &&
        !terminfo_parse_colors(bytes.p, bytes.n, &colors)) {
        colors = 0;
    }
    check_colors(d, colors);
    buf_done(&bytes);
    free(path);
}

static void check_size(struct doctor *d)
{
    struct winsize size = {0};
    const bool known =
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 || ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0;
    if (!known || size.ws_col == 0) {
        doctor_add(d, "size", DOCTOR_WARNING, "Run hfterm doctor in a terminal to see its size.", "not known");
    } else if (size.ws_col < LEAST_COLS || size.ws_row < LEAST_ROWS) {
        doctor_add(d, "size", DOCTOR_WARNING, "Make the window larger: the screen needs 60x16.",
                   "%dx%d", size.ws_col, size.ws_row);
    } else {
        doctor_add(d, "size", DOCTOR_OK, "", "%dx%d", size.ws_col, size.ws_row);
    }
}

static void check_locale(struct doctor *d)
{
    const char *codeset = nl_langinfo(CODESET);
    const char *name = env_or("LC_ALL", env_or("LC_CTYPE", env_or("LANG", "")));
    if (strcasecmp(codeset, "UTF-8") == 0) {
        doctor_add(d, "locale", DOCTOR_OK, "", "%s (UTF-8)", *name ? name : "C");
    } else {
        doctor_add(d, "locale", DOCTOR_WARNING,
                   "Set LANG=C.UTF-8 (or any UTF-8 locale of locale -a); until then --ascii fits.",
                   "%s: the characters are %s, not UTF-8", *name ? name : "no locale is set",
                   codeset);
    }
}

/* A program of this name is on the PATH. */
static bool is_on_path(const char *name)
{
    bool is_there = false;
    for (const char *path = env_or("PATH", ""); *path && !is_there;) {
        const size_t n = strcspn(path, ":");
        char *full = xasprintf("%.*s/%s", (int)n, path, name);
        is_there = access(full, X_OK) == 0;
        free(full);
        path += n + (path[n] == ':');
    }
    return is_there;
}

/* Why what is copied (OSC 52) will not arrive, as far as the environment tells; NULL: nothing speaks against it. */
static const char *clipboard_gap(void)
{
    const char *term = env_or("TERM", "");
    if (*env_or("STY", "")) {
        return "GNU screen hands no copies on to the terminal";
    }
    if (strcmp(env_or("TERM_PROGRAM", ""), "Apple_Terminal") == 0) {
        return "Terminal.app takes no copies from programs";
    }
    if (*env_or("VTE_VERSION", "")) {
        return "terminals of VTE (GNOME Terminal and others) take no copies from programs";
    }
    if (!*term || strcmp(term, "linux") == 0 || strcmp(term, "dumb") == 0 || strncmp(term, "vt", 2) == 0) {
        return "this terminal has no clipboard";
    }
    return NULL;
}

static void check_clipboard(struct doctor *d)
{
    static const char SELECT[] = "After y the text stands in a window where the mouse can select it.";
    const char *gap = clipboard_gap();
    if (*env_or("TMUX", "")) {
        const bool has_tmux = is_on_path("tmux");
        doctor_add(d, "clipboard", has_tmux ? DOCTOR_OK : DOCTOR_WARNING,
                   has_tmux ? "" : "Put tmux on the PATH, or in tmux: set -g set-clipboard on", "%s",
                   has_tmux ? "through tmux (load-buffer -w), which hands it on to the terminal"
                            : "inside tmux, whose program is not on the PATH");
    } else if (gap) {
        doctor_add(d, "clipboard", DOCTOR_WARNING, SELECT, "%s", gap);
    } else {
        doctor_add(d, "clipboard", DOCTOR_OK, "", "sent to the terminal (OSC 52), which does not tell whether it took it");
    }
}

void doctor_check_terminal(struct doctor *d)
{
    check_tty(d);
    check_term(d);
    check_size(d);
    check_locale(d);
    check_clipboard(d);
}
