/* SPDX-License-Identifier: Apache-2.0 */
/* One command line against another on the same local Hub: time from fork to exit and the largest
 * resident size, runs taken in turn. The second command is the official client's, when it is there.
 *
 *     bench_cli HFTERM HF ENDPOINT     HF "" : not to be had, the reason in BENCH_HF_REASON
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/measure.h"

enum { RUNS = 11 };

struct command {
    const char *name;
    char *const *argv;
    struct samples ms, mib;
    bool is_broken;
};

/* False when it cannot be run or fails. */
static bool run_once(struct command *c, bool is_counted)
{
    double start = now_ms();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execv(c->argv[0], c->argv);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0) {
        return false;
    }
    if (is_counted) {
        samples_add(&c->ms, now_ms() - start);
        samples_add(&c->mib, (double)usage.ru_maxrss / 1024);
    }
    return true;
}

static void report(struct command *c)
{
    char name[96];
    snprintf(name, sizeof name, "%s: time", c->name);
    if (c->is_broken) {
        row_skip(name, "%s failed", c->argv[0]);
        return;
    }
    row_value(name, samples_percentile(&c->ms, 50), "ms", "", "median of %d, worst %.1f", RUNS,
              samples_percentile(&c->ms, 100));
    snprintf(name, sizeof name, "%s: memory", c->name);
    row_value(name, samples_percentile(&c->mib, 50), "MiB", "", "largest resident size");
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: bench_cli HFTERM HF ENDPOINT\n");
        return 2;
    }
    setenv("HF_ENDPOINT", argv[3], 1);
    char models[] = "models";
    char ls[] = "ls";
    char json[] = "--json";
    char limit[] = "--limit";
    char count[] = "30";
    char *const ours[] = {argv[1], models, json, limit, count, NULL};
    char *const theirs[] = {argv[2], models, ls, json, limit, count, NULL};
    struct command commands[] = {{.name = "hfterm models --json", .argv = ours},
                                 {.name = "hf models ls --json", .argv = theirs}};
    size_t n = *argv[2] ? 2 : 1;
    for (int run = -1; run < RUNS; run++) { /* the first round only fills the page cache */
        for (size_t i = 0; i < n; i++) {
            if (!commands[i].is_broken) {
                commands[i].is_broken = !run_once(&commands[i], run >= 0);
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        report(&commands[i]);
        samples_done(&commands[i].ms);
        samples_done(&commands[i].mib);
    }
    if (n == 1) {
        const char *reason = getenv("BENCH_HF_REASON");
        row_skip("hf models ls --json", "%s", reason ? reason : "no hf command");
    }
    return 0;
}
