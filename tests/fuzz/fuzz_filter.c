/* SPDX-License-Identifier: Apache-2.0 */
/* The filter bar: any text becomes a query or an error, matches rows and offers words. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "tui/hub/filter.h"

static void require(bool is_so)
{
    if (!is_so) {
        abort();
    }
}

static void check(enum hub_kind kind, const char *text)
{
    static const char *TAGS[] = {"license:mit", "de", "dataset:x", "task_categories:y", "gguf"};
    static const struct hub_repo ROW = {.id = "a/b", .license = "mit", .tags = TAGS, .n_tags = 5, .has_params = true, .params = 7};
    static struct hub_tag ITEMS[] = {{"license", "license:mit", "MIT"}, {"language", "de", "German"}, {"pipeline_tag", "translation", NULL}};
    const struct hub_tags tags = {.items = ITEMS, .n_items = 3};
    const void *const at[] = {&ROW};
    const struct hub_filter_rows rows = {.at = at, .n = 1};
    struct arena arena = ARENA_INIT;
    struct hub_query q = {.kind = kind};
    struct err e = ERR_INIT;
    const bool ok = hub_filter_parse(text, &q, &arena, &e);
    require(ok || e.code == ERR_USAGE);
    err_clear(&e);
    require(hub_filter_check(text, kind, &tags, &e) || e.code == ERR_USAGE);
    arena_done(&arena);
    struct hub_match *m = hub_match_new(kind, text, text);
    hub_match_row(m, &ROW);
    hub_match_free(m);
    const char *word = strrchr(text, ' ') ? strrchr(text, ' ') + 1 : text;
    hub_filter_is_settled(word, kind, &tags);
    struct input_candidates out = {0};
    hub_filter_offer(kind, word, &tags, &rows, &out);
    for (size_t i = 0; i < out.n; i++) {
        free(out.words[i]);
        free(out.notes[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = malloc(n + 1);
    if (!text || n > 4096) {
        free(text);
        return 0;
    }
    memcpy(text, data, n);
    text[n] = '\0';
    for (int kind = HUB_MODEL; kind <= HUB_SPACE; kind++) {
        check((enum hub_kind)kind, text);
    }
    free(text);
    return 0;
}
