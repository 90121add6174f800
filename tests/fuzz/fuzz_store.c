/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes in place of the store's file: it is read, replaced or left alone, and what is then said to be
 * remembered is. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* In memory where that is possible: SQLite waits for a disk. */
static char folder[] = "/dev/shm/hfterm-fuzz-XXXXXX";
static char path[sizeof folder + 32];

static void clean_up(void)
{
    file_remove_tree(folder, NULL);
}

static void remove_files(void)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".bad-1", ".bad-1-wal", ".bad-2"};
    char name[sizeof path + 16];
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        unlink(name);
    }
}

static bool look(void *ctx, const char *key, const char *value)
{
    *(size_t *)ctx += strlen(key) + strlen(value);
    return true;
}

static void expect_kept(struct store *s)
{
    char *value = store_get(s, "hub", "sort");
    if (!value || strcmp(value, "mine") != 0) {
        abort();
    }
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    size_t total = 0;
    if (!path[0]) {
        if (!mkdtemp(folder)) {
            memcpy(folder, "/tmp/hfterm-fuzz-XXXXXX", sizeof "/tmp/hfterm-fuzz-XXXXXX");
            if (!mkdtemp(folder)) {
                abort();
            }
        }
        snprintf(path, sizeof path, "%s/store.db", folder);
        atexit(clean_up);
    }
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n) {
        abort();
    }
    close(fd);
    struct store *s = store_open(path);
    store_each(s, "hub", look, &total);
    free(store_get(s, "gpu", "scale"));
    if (store_set(s, "hub", "sort", "mine")) {
        expect_kept(s);
    }
    store_unset(s, "gpu", "scale");
    store_close(s);
    remove_files();
    return 0;
}
