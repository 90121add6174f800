/* SPDX-License-Identifier: Apache-2.0 */
/* Resident memory: of the screen two seconds after its first preview stands, as the client of
 * another process's Hub, and after its first frame without any network (the demo's is a row of
 * bench_idle); of hfterm --version the most it ever had.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "tests/bench/measure.h"
#include "tests/bench/served.h"
#include "tests/bench/subject.h"

enum { ROWS = 36, COLS = 120, LIMIT_MS = 10000, REST_MS = 2000 };

static void screen_row(const char *name, const struct subject_options *o, const char *text,
                       const char *goal)
{
    struct subject s;
    if (!subject_start(&s, o) || !ptyterm_wait_text(s.term, text, LIMIT_MS)) {
        row_skip(name, "\"%s\" did not come up", text);
    } else {
        subject_rest(&s, REST_MS);
        row_value(name, process_rss_mib(ptyterm_pid(s.term)), "MiB", goal,
                  "resident, two seconds later");
    }
    subject_end(&s);
}

/* ---- the most a short run had ---- */

static void become_traced(const char *hfterm)
{
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execlp(hfterm, hfterm, "--version", (char *)NULL);
    _exit(127);
}

/* wait4's figure for a child begins with what this program had when it forked, so the child is
 * stopped at its end and asked for its own. -1 when it cannot be. */
static double peak_of_version(const char *hfterm)
{
    pid_t pid = fork();
    if (pid == 0) {
        become_traced(hfterm);
    }
    double mib = -1;
    int status = 0;
    bool is_first = true;
    while (pid > 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
        int sig = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
        if (is_first) { /* at its exec */
            ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_TRACEEXIT);
        } else if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
            mib = process_peak_mib(pid);
        }
        is_first = false;
        ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)sig);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? mib : -1;
}

static void version_row(const char *hfterm)
{
    double mib = peak_of_version(hfterm);
    if (mib < 0) {
        row_skip("memory: --version", "a child's own memory cannot be read here");
    } else {
        row_value("memory: --version", mib, "MiB", "6", "the most it had");
    }
}

int main(int argc, char **argv)
{
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    struct served hub;
    if (served_start(&hub, hfterm, "tests/fixtures/demo")) {
        char *endpoint = xasprintf("HF_ENDPOINT=%s", hub.url);
        screen_row("memory: client of another server",
                   &(struct subject_options){
                       .argv = {hfterm}, .env = {endpoint}, .rows = ROWS, .cols = COLS},
                   "postcard", "14");
        free(endpoint);
    } else {
        row_skip("memory: client of another server", "hfterm serve did not start");
    }
    served_end(&hub);
    screen_row("memory: --offline",
               &(struct subject_options){.argv = {hfterm, "--offline"}, .rows = ROWS, .cols = COLS},
               "keys", "10");
    version_row(hfterm);
    return 0;
}
