/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/hostile.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/sidecar.h"

/* Every string below would do something on a terminal that takes it raw. */
#define CLEAR "\x1b[2J\x1b[H"
#define COPY "\x1b]52;c;cm0gLXJmIC8=\x07"
#define LINK "\x1b]8;;http://evil.invalid/\x1b\\safe link\x1b]8;;\x1b\\"
#define TITLE "\x1b]0;pwned\x07"
#define SIXEL "\x1bPq#0;2;0;0;0#0!9999~\x1b\\"
#define C1_CSI                                                                                     \
    "\xC2\x9B"                                                                                     \
    "31m"
#define BIDI                                                                                       \
    "\xE2\x80\xAE"                                                                                 \
    "gnp.elif"                                                                                     \
    "\xE2\x80\xAC"
#define NUL "\xEF\x80\x80" /* becomes \u0000 in JSON, see sidecar.h */

static const size_t README_BYTES = 2 << 20;

struct build {
    const char *root;
    bool ok;
    struct err *e;
    char *made; /* owned: the folder that was made last */
};

/* ---- writing ---- */

static bool make_folder(struct build *b, const char *dir)
{
    if (b->made && strcmp(b->made, dir) == 0) {
        return true;
    }
    free(b->made);
    b->made = xstrdup(dir);
    return file_mkdirs(dir, 0700, b->e);
}

static void put_file(struct build *b, const char *folder, const char *name, const void *bytes,
                     size_t n)
{
    char *dir = xasprintf("%s/%s", b->root, folder);
    char *path = xasprintf("%s/%s", dir, name);
    /* The name may fill all 255 bytes, so no temporary name beside it. */
    FILE *out = b->ok && make_folder(b, dir) ? fopen(path, "wb") : NULL;
    const bool written = out && fwrite(bytes, 1, n, out) == n;
    const bool closed = out && fclose(out) == 0;
    if (!written || !closed) {
        b->ok =
            b->ok && err_set_sys(b->e, ERR_IO, errno, "cannot write the hostile repo to %s", dir);
    }
    free(path);
    free(dir);
}

static void put_text(struct build *b, const char *folder, const char *name, const char *text)
{
    put_file(b, folder, name, text, strlen(text));
}

/* ---- the model's files ---- */

static const char MODEL[] = "models/hostile/escape-artist";

static void put_names(struct build *b)
{
    static const char *const NAMES[] = {
        "esc " CLEAR ".txt",
        "osc52 " COPY ".txt",
        "title " TITLE ".txt",
        "c1 " C1_CSI ".txt",
        "bell\x07.txt",
        "new\nline.txt",
        "carriage\rreturn.txt",
        "tab\there.txt",
        BIDI ".exe",
        "-rf",
        "; echo pwned",
        "$(touch pwned)",
        "%2e%2e%2fescape",
        "..dots",
        " leading and trailing ",
        "zero\xE2\x80\x8Bwidth.txt",
        "emoji \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9.txt",
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        put_text(b, MODEL, NAMES[i], "content " CLEAR "\n");
    }
    char longest[256];
    memset(longest, 'n', 255);
    longest[255] = '\0';
    put_text(b, MODEL, longest, "a name of 255 bytes\n");
    put_text(b, "models/hostile/escape-artist/dir " LINK "/deep/deeper", "file.txt", "x\n");
}

static void put_lying_headers(struct build *b)
{
    static const unsigned char TOO_LONG[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, '{'};
    static const unsigned char GGUF[] = {'G',  'G',  'U',  'F',  3,    0,    0,    0,
                                         0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                         0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    put_file(b, MODEL, "model.safetensors", TOO_LONG, sizeof TOO_LONG);
    put_file(b, MODEL, "model.gguf", GGUF, sizeof GGUF);
    put_text(b, MODEL, "config.json",
             "{\"architectures\": [\""
             "X\", {\"model_type\": ");
    struct buf deep = BUF_INIT;
    buf_pad(&deep, '[', 100000);
    put_file(b, MODEL, "deep.json", deep.p, deep.n);
    buf_clear(&deep);
    buf_pad(&deep, 'x', 100000);
    buf_puts(&deep, CLEAR);
    put_file(b, MODEL, "long-line.txt", deep.p, deep.n);
    buf_done(&deep);
    static const char RAW[] = "a\0b\x9b"
                              "31m\xff\xfe" SIXEL "\r\n" COPY TITLE LINK "\x0e shift out\n";
    put_file(b, MODEL, "raw-bytes.log", RAW, sizeof RAW - 1);
}

/* Markdown that is legal, and that a careless reader takes seconds or gigabytes for. */
static void put_readme(struct build *b)
{
    struct buf t = BUF_INIT;
    buf_puts(&t,
             "---\nlicense: \"mit\\e[31m\"\nlanguage: [\"en\\u202E\", de]\n"
             "pipeline_tag: \"text-generation\\a\"\nlibrary_name: \"transformers\\e[5m\"\n"
             "tags:\n- \"\\e]52;c;cm0gLXJmIC8=\\a\"\n- \"\\e]8;;http://evil.invalid/\\e\\\\x\"\n"
             "- \"\\ePq#0!9999~\\e\\\\\"\n- \"\\x9b2J\"\n- \"a\\nb\"\n- \"nul\\0nul\"\n"
             "base_model: \"../../etc/passwd\"\n---\n");
    buf_puts(&t, "# " CLEAR TITLE "Escape artist " BIDI "\n\n" COPY LINK SIXEL C1_CSI "\n\n");
    buf_puts(&t, "[click](javascript:alert(1)) ![x](http://evil.invalid/p.png) "
                 "<script>alert(1)</script> <https://evil.invalid/\x1b[2J>\n\n");
    buf_pad(&t, 'w', 100000);
    buf_puts(&t, "\n\n");
    for (int i = 0; i < 2000; i++) {
        buf_pad(&t, '>', 100);
        buf_puts(&t, " quote\n");
    }
    buf_puts(&t, "\n");
    for (size_t i = 0; i < 400; i++) {
        buf_pad(&t, ' ', 2 * (i % 200));
        buf_puts(&t, "- item\n");
    }
    buf_puts(&t, "\n");
    buf_pad(&t, '[', 50000);
    buf_puts(&t, "\n\n");
    for (int i = 0; i < 20000; i++) {
        buf_puts(&t, "*a **b _c ");
    }
    buf_puts(&t, "\n\n|");
    for (int i = 0; i < 2000; i++) {
        buf_puts(&t, " h |");
    }
    buf_puts(&t, "\n|");
    for (int i = 0; i < 2000; i++) {
        buf_puts(&t, "---|");
    }
    buf_puts(&t, "\n\n```\n");
    while (t.n < README_BYTES) {
        buf_puts(&t, "code that never ends \x1b[31m \x1b]0;x\x07 `` ` ``` <!-- <a <b & &#27;[2J\n");
    }
    put_file(b, MODEL, "README.md", t.p, t.n);
    buf_done(&t);
}

/* ---- what the sidecar says ---- */

static cJSON *add_object(cJSON *list)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(list, object);
    return object;
}

static void add_commit(cJSON *commits, const char *id, const char *title, const char *message)
{
    cJSON *commit = add_object(commits);
    cJSON_AddStringToObject(commit, "id", id);
    cJSON_AddStringToObject(commit, "title", title);
    cJSON_AddStringToObject(commit, "message", message);
    cJSON_AddStringToObject(commit, "date", "2026-05-01T12:00:00.000Z");
    cJSON *author = add_object(cJSON_AddArrayToObject(commit, "authors"));
    cJSON_AddStringToObject(author, "user", "mallory" CLEAR);
}

static void add_comment(cJSON *events, const char *text)
{
    cJSON *event = add_object(events);
    cJSON_AddStringToObject(event, "type", "comment");
    cJSON_AddStringToObject(event, "createdAt", "2026-05-02T12:00:00.000Z");
    cJSON_AddStringToObject(event, "author", "mallory" BIDI);
    cJSON *data = cJSON_AddObjectToObject(event, "data");
    cJSON_AddFalseToObject(data, "edited");
    cJSON_AddFalseToObject(data, "hidden");
    cJSON_AddStringToObject(cJSON_AddObjectToObject(data, "latest"), "raw", text);
}

static void add_discussion(cJSON *list, int num, const char *title, bool is_pull)
{
    cJSON *d = add_object(list);
    cJSON_AddNumberToObject(d, "num", num);
    cJSON_AddStringToObject(d, "title", title);
    cJSON_AddStringToObject(d, "status", num % 2 ? "open" : "\x1b[31mclosed");
    cJSON_AddStringToObject(d, "createdAt", "2026-05-02T12:00:00.000Z");
    cJSON_AddStringToObject(d, "author", "mallory" TITLE);
    cJSON_AddBoolToObject(d, "isPullRequest", is_pull);
    cJSON *events = cJSON_AddArrayToObject(d, "events");
    add_comment(events, "before " NUL " after\n" COPY LINK "\n> " CLEAR);
    if (is_pull) {
        cJSON_AddStringToObject(d, "diff",
                                "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-" CLEAR "\n+" COPY BIDI "\n");
    }
}

static void add_refs(cJSON *json)
{
    cJSON *refs = cJSON_AddObjectToObject(json, "refs");
    cJSON *branch = add_object(cJSON_AddArrayToObject(refs, "branches"));
    cJSON_AddStringToObject(branch, "name", "main");
    cJSON_AddStringToObject(branch, "commit", "e5ca9ee5ca9ee5ca9ee5ca9ee5ca9ee5ca9ee5ca");
    cJSON *tag = add_object(cJSON_AddArrayToObject(refs, "tags"));
    cJSON_AddStringToObject(tag, "name", "v1" COPY CLEAR);
    cJSON_AddStringToObject(tag, "commit", "e5ca9ee5ca9ee5ca9ee5ca9ee5ca9ee5ca9ee5ca");
}

static void put_sidecar(struct build *b)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "createdAt", "2026-05-01T12:00:00.000Z");
    cJSON_AddStringToObject(json, "lastModified", "2026-05-01T12:00:00.000Z");
    cJSON_AddNumberToObject(json, "likes", 9007199254740991.0);
    cJSON_AddNumberToObject(json, "downloads", -1);
    cJSON *commits = cJSON_AddArrayToObject(json, "commits");
    add_commit(commits, "e5ca9ee5ca9ee5ca9ee5ca9ee5ca9ee5ca9ee5ca", "Fix " CLEAR COPY "nothing",
               "line one\r\n" SIXEL C1_CSI "\n" NUL "line three");
    cJSON_AddStringToObject(cJSON_GetArrayItem(commits, 0), "diff",
                            "diff --git a/" CLEAR " b/" COPY "\n--- a/" TITLE "\n+++ b/" LINK
                            "\n@@ -1,2 +1,2 @@ " BIDI "\n-" CLEAR COPY "\r\n+" SIXEL C1_CSI NUL
                            "\n \tx\n@@ -99999999999999999999,1 +1 @@\n");
    add_commit(commits, "0ddba110ddba110ddba110ddba110ddba110ddba", "", "no title " BIDI);
    add_refs(json);
    cJSON *list = cJSON_AddArrayToObject(json, "discussions");
    add_discussion(list, 1, TITLE "Please read " LINK, false);
    add_discussion(list, 2, "line one\nline two " C1_CSI NUL, true);
    struct buf text = BUF_INIT;
    char *printed = json_print(json, false);
    buf_puts(&text, printed);
    lh_sidecar_show_nul(&text);
    put_file(b, ".hub/models/hostile", "escape-artist.json", text.p, text.n);
    buf_done(&text);
    free(printed);
    cJSON_Delete(json);
}

/* A block that is no YAML, and one that would grow without end. */
static void put_broken_cards(struct build *b)
{
    put_text(b, "datasets/hostile/broken-card", "README.md",
             "---\nlicense: [mit\n\ttags: {a: b\n  language: \"\x1b[31m\n---\n# Broken " CLEAR
             "\n");
    put_text(b, "datasets/hostile/alias-bomb", "README.md",
             "---\na: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
             "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\n"
             "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n"
             "---\n# Bomb\n");
}

/* ---- the folder ---- */

static const char PREFIX[] = "hfterm-hostile-";
static const int64_t FRESH_S = 60; /* younger ones may be between mkdtemp and the lock */

/* A folder of ours that no living server holds. */
static bool is_left_behind(const char *path)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const bool is_free = fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
                         (int64_t)time(NULL) - (int64_t)st.st_mtime > FRESH_S &&
                         flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return is_free;
}

static void sweep(const char *tmp)
{
    DIR *dir = opendir(tmp);
    struct dirent *entry = NULL;
    while (dir && (entry = readdir(dir)) != NULL) {
        if (!str_starts(entry->d_name, PREFIX)) {
            continue;
        }
        char *path = xasprintf("%s/%s", tmp, entry->d_name);
        if (is_left_behind(path)) {
            file_remove_tree(path, NULL);
        }
        free(path);
    }
    if (dir) {
        closedir(dir);
    }
}

/* A hundred small files are made at once, and in memory that is done sooner than on a disk. */
static const char *temporary_folder(void)
{
    static const char MEMORY[] = "/dev/shm";
    const char *tmp = getenv("TMPDIR");
    if (tmp && *tmp) {
        return tmp;
    }
    return access(MEMORY, W_OK | X_OK) == 0 ? MEMORY : "/tmp";
}

bool lh_hostile_new(struct lh_hostile *out, struct err *e)
{
    const char *tmp = temporary_folder();
    sweep(tmp);
    *out = (struct lh_hostile){xasprintf("%s/%sXXXXXX", tmp, PREFIX), -1};
    if (!mkdtemp(out->dir)) {
        err_set_sys(e, ERR_IO, errno, "cannot make a temporary folder");
        free(out->dir);
        out->dir = NULL;
        return false;
    }
    out->lock_fd = open(out->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (out->lock_fd >= 0) {
        flock(out->lock_fd, LOCK_EX | LOCK_NB);
    }
    struct build b = {out->dir, true, e, NULL};
    put_names(&b);
    put_lying_headers(&b);
    put_readme(&b);
    put_sidecar(&b);
    put_broken_cards(&b);
    free(b.made);
    if (!b.ok) {
        lh_hostile_free(out);
    }
    return b.ok;
}

void lh_hostile_free(struct lh_hostile *h)
{
    if (!h->dir) {
        return;
    }
    file_remove_tree(h->dir, NULL);
    if (h->lock_fd >= 0) {
        close(h->lock_fd);
    }
    free(h->dir);
    *h = (struct lh_hostile){NULL, -1};
}
