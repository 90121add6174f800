/* SPDX-License-Identifier: Apache-2.0 */
/* What hfterm costs while nobody touches it: CPU, bytes to the terminal, and memory, on the demo
 * with its list loaded. The ten seconds lie within one minute of the clock in the title line, which
 * otherwise writes its own few bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/bench/measure.h"
#include "tests/screens/ptyterm.h"

enum { SECONDS = 10, LIMIT_MS = 10000 };

static void wait_inside_a_minute(struct ptyterm *t)
{
    while (time(NULL) % 60 > 60 - SECONDS - 2 || time(NULL) % 60 == 0) {
        ptyterm_pump(t, 200);
    }
}

static void measure(struct ptyterm *t)
{
    wait_inside_a_minute(t);
    pid_t pid = ptyterm_pid(t);
    double cpu = process_cpu_ms(pid);
    size_t bytes = ptyterm_output(t).n;
    double start = now_ms();
    for (double left = SECONDS * 1000; left > 0; left = start + SECONDS * 1000 - now_ms()) {
        ptyterm_pump(t, (int64_t)left + 1);
    }
    double took = now_ms() - start;
    if (cpu >= 0) {
        row_value("idle: CPU", (process_cpu_ms(pid) - cpu) / took * 100, "%", "0.2",
                  "all threads, over %d s", SECONDS);
    } else {
        row_skip("idle: CPU", "this kernel has no schedstat");
    }
    row_value("idle: bytes to the terminal", (double)(ptyterm_output(t).n - bytes), "bytes", "0",
              "over %d s", SECONDS);
    row_value("resident memory in the demo", process_rss_mib(pid), "MiB", "16.5",
              "list loaded, demo hub included");
}

int main(int argc, char **argv)
{
    const char *hfterm = argc > 1 ? argv[1] : "build/hfterm";
    char home[] = "/tmp/hfterm-bench-XXXXXX";
    if (!mkdtemp(home)) {
        perror("mkdtemp");
        return 1;
    }
    char *home_entry = xasprintf("HOME=%s", home);
    struct ptyterm *t = ptyterm_start(
        &(struct ptyterm_options){
            .argv = (const char *const[]){hfterm, "--demo", NULL},
            .env = (const char *const[]){home_entry, "LANG=C.UTF-8", "TERM=xterm-256color", NULL},
            .rows = 36,
            .cols = 120},
        NULL);
    if (t && ptyterm_wait_idle(t, LIMIT_MS)) {
        measure(t);
    } else {
        row_skip("idle", "%s --demo did not become idle", hfterm);
    }
    ptyterm_free(t);
    free(home_entry);
    file_remove_tree(home, NULL);
    return 0;
}
