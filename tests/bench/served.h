/* SPDX-License-Identifier: Apache-2.0 */
/* served.h - "hfterm serve" in the background, and a folder of repositories for it. One thread. */
#ifndef HFTERM_TESTS_BENCH_SERVED_H
#define HFTERM_TESTS_BENCH_SERVED_H

#include <stdbool.h>
#include <sys/types.h>

struct served {
    pid_t pid;
    int out; /* of the server's standard output */
    char *url;
};

/* "hfterm serve DIR" on a free port; false when it does not say where. served_end in both cases. */
bool served_start(struct served *s, const char *hfterm, const char *dir);
void served_end(struct served *s);

/* A new folder of so many models "o/model-000", ...: each has a task "task-000" and a card of about
 * 3 KB, "Card of model-000". Owned; served_folder_free removes it. NULL on failure. */
char *served_folder_new(int repos);
void served_folder_free(char *dir);

#endif
