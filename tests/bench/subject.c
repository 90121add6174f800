/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/bench/measure.h"

const char SUBJECT_MARK[] = "\xe2\x94\x82\xe2\x96\x8c"; /* a box's edge, then half a block */

/* ---- a program ---- */

bool subject_start(struct subject *s, const struct subject_options *o)
{
    *s = (struct subject){0};
    snprintf(s->home, sizeof s->home, "/tmp/hfterm-bench-XXXXXX");
    if (!mkdtemp(s->home)) {
        s->home[0] = '\0';
        return false;
    }
    char *home = xasprintf("HOME=%s", s->home);
    char *path = xasprintf("PATH=%s", getenv("PATH"));
    const char *env[] = {home,      path,      "LANG=C.UTF-8", "TERM=xterm-256color",
                         o->env[0], o->env[1], o->env[2],      NULL};
    s->started_ms = now_ms();
    s->term = ptyterm_start(
        &(struct ptyterm_options){.argv = o->argv, .env = env, .rows = o->rows, .cols = o->cols},
        NULL);
    free(home);
    free(path);
    return s->term != NULL;
}

void subject_end(struct subject *s)
{
    ptyterm_free(s->term);
    s->term = NULL;
    if (s->home[0]) {
        file_remove_tree(s->home, NULL);
    }
}

void subject_rest(struct subject *s, double ms)
{
    for (double due = now_ms() + ms; now_ms() < due;) {
        ptyterm_pump(s->term, (int64_t)(due - now_ms()) + 1);
    }
}

bool subject_row_has(const struct subject *s, int row, const char *text)
{
    struct buf line = BUF_INIT;
    ptyterm_row(s->term, row, &line);
    bool has = strstr(buf_str(&line), text) != NULL;
    buf_done(&line);
    return has;
}

double subject_wait_row(struct subject *s, int row, const char *text, double max_ms)
{
    double due = now_ms() + max_ms;
    while (!subject_row_has(s, row, text)) {
        if (now_ms() > due || ptyterm_has_exited(s->term)) {
            return -1;
        }
        ptyterm_pump(s->term, 5);
    }
    return now_ms();
}

/* ---- hfterm's list ---- */

int subject_marked_row(const struct subject *s)
{
    int row = -1;
    int col = 0;
    return ptyterm_find(s->term, SUBJECT_MARK, 0, &row, &col) ? row : -1;
}

char *subject_repo_in_row(const struct subject *s, int row)
{
    static const char EDGE[] = "\xe2\x94\x82";
    struct buf line = BUF_INIT;
    ptyterm_row(s->term, row, &line);
    const char *p = buf_str(&line);
    p += str_starts(p, SUBJECT_MARK) ? strlen(SUBJECT_MARK)
         : str_starts(p, EDGE)       ? strlen(EDGE)
                                     : 0;
    p += strspn(p, " ");
    char *name = xstrndup(p, strcspn(p, " "));
    buf_done(&line);
    return name;
}

/* ---- tig ---- */

char *subject_tig_commit(int nth, const char **reason)
{
    if (!program_exists("tig") || !program_exists("git")) {
        *reason = "tig is not installed";
        return NULL;
    }
    char *command = xasprintf("git log -1 --skip=%d --format=%%s 2>/dev/null", nth);
    FILE *f = popen(command, "r");
    char line[41] = "";
    if (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
    }
    if (f) {
        pclose(f);
    }
    free(command);
    if (!line[0]) {
        *reason = "this folder has no git history for tig to show";
        return NULL;
    }
    return xstrdup(line);
}
