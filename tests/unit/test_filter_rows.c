/* SPDX-License-Identifier: Apache-2.0 */
/* What is typed into the filter, asked of rows that are here; and what a word may become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "tui/hub/filter.h"

static const char *const TAGS_A[] = {"transformers", "license:apache-2.0", "de", "dataset:squad", "text-generation"};
static const char *const TAGS_B[] = {"gguf", "license:gemma", "license:mit", "en", "image-text-to-text", "region:us"};
static const char *const TAGS_C[] = {"diffusers", "license:cc-by-nc-4.0", "text-to-image"};
#define TAGS(t) .tags = (const char **)(uintptr_t)(t), .n_tags = sizeof(t) / sizeof *(t)

static const struct hub_repo ROWS[] = {
    {.id = "alice/One-Text", .pipeline_tag = "text-generation", .library = "transformers", .license = "apache-2.0",
     .has_params = true, .params = 7000000000, TAGS(TAGS_A)},
    {.id = "bob/two-vision", .pipeline_tag = "image-text-to-text", .library = "gguf", .license = "gemma",
     .has_params = true, .params = 19000, .gated = HUB_GATED_AUTO, TAGS(TAGS_B)},
    {.id = "alicia/three-paint", .pipeline_tag = "text-to-image", .library = "diffusers", .license = "cc-by-nc-4.0",
     TAGS(TAGS_C)},
};
enum { N_ROWS = sizeof ROWS / sizeof *ROWS };

/* hub.md 17: one letter a row that stays, "12-" keeps the first two. */
static void test_rows_by_what_is_typed(void **state)
{
    (void)state;
    static const struct {
        const char *search, *filter, *kept;
    } CASES[] = {
        {"", "", "123"},               {"ONE", "", "1--"},            {"ali t", "", "1-3"},          {"o", "license:m", "-2-"},
        {"", "author:ali", "1-3"},     {"", "author:alice ", "1--"},  {"", "author:ali ", "---"},    {"", "task:text", "1-3"},
        {"", "task:text ", "---"},     {"", "license:", "123"},       {"", "license:open", "12-"},   {"", "license:cc-by-nc-4.0,gem", "-23"},
        {"", "license:gem,x ", "---"}, {"", "licence:apache-2.0 ", "1--"}, {"", "size:<20k ", "-2-"}, {"", "<20k", "-2-"},
        {"", "size:>1B ", "1--"},      {"", "size:1B-8B", "1--"},     {"", "size:big ", "123"},      {"", "gated:yes ", "-2-"},
        {"", "gated:no", "1-3"},       {"", "ga", "123"},             {"", "licen", "123"},          {"", "image", "-23"},
        {"", "gguf ", "-2-"},          {"", "ggu ", "---"},           {"", "region:us ", "-2-"},     {"", "tag:region:u", "-2-"},
        {"", "language:de ", "1--"},   {"", "dataset:squ", "1--"},    {"", "app:vllm ", "123"},      {"", "inference:warm ", "123"},
        {"", "blah:zz ", "123"},       {"", "library:gguf license:mit ", "-2-"}, {"two", "library:diffusers ", "---"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct hub_match *m = hub_match_new(HUB_MODEL, CASES[i].search, CASES[i].filter);
        char kept[N_ROWS + 1] = "---";
        for (size_t k = 0; k < N_ROWS; k++) {
            kept[k] = hub_match_row(m, &ROWS[k]) ? (char)('1' + k) : '-';
        }
        hub_match_free(m);
        if (strcmp(kept, CASES[i].kept) != 0) {
            fail_msg("\"%s\" \"%s\": %s, not %s", CASES[i].search, CASES[i].filter, kept, CASES[i].kept);
        }
    }
}

static struct hub_tag CATALOGUE[] = {
    {.id = "image-feature-extraction", .type = "pipeline_tag", .label = "Image Feature Extraction"},
    {.id = "image-text-to-text", .type = "pipeline_tag", .label = "Image-Text-to-Text"},
    {.id = "text-generation", .type = "pipeline_tag", .label = "Text Generation"},
    {.id = "text-to-image", .type = "pipeline_tag", .label = "text-to-image"},
    {.id = "license:apache-2.0", .type = "license", .label = "apache-2.0"},
    {.id = "license:cc-by-nc-4.0", .type = "license", .label = "cc-by-nc-4.0"},
    {.id = "license:gemma", .type = "license", .label = "gemma"},
    {.id = "license:mit", .type = "license", .label = "mit"},
    {.id = "de", .type = "language", .label = "German"},
    {.id = "region:us", .type = "other", .label = "us"},
};
static const struct hub_tags CATALOGUED = {.items = CATALOGUE, .n_items = sizeof CATALOGUE / sizeof *CATALOGUE};

static void offer(const char *word, bool has_more, struct input_candidates *out)
{
    static const void *const AT[] = {&ROWS[0], &ROWS[1], &ROWS[2]};
    const struct hub_filter_rows rows = {.at = AT, .n = N_ROWS, .has_more = has_more};
    memset(out, 0, sizeof *out);
    hub_filter_offer(HUB_MODEL, word, &CATALOGUED, &rows, out);
}

static void drop(struct input_candidates *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->words[i]);
        free(c->notes[i]);
    }
}

/* hub.md 3, 14, 17: what begins with the word is first, with how many rows have it. */
static void test_the_best_word_comes_first(void **state)
{
    (void)state;
    static const struct {
        const char *word, *first, *note;
    } CASES[] = {
        {"task:image-t", "task:image-text-to-text", "Image-Text-to-Text  1"},
        {"task:image-f", "task:image-feature-extraction", "Image Feature Extraction"},
        {"task:im", "task:image-text-to-text", "Image-Text-to-Text  1"}, /* more rows than feature extraction */
        {"task:gener", "task:text-generation", "Text Generation  1"},
        {"itt", "task:image-text-to-text", "Image-Text-to-Text  1"},
        {"license:", "license:open", "any open licence"},
        {"license:g", "license:gemma", "1"},
        {"licence:m", "licence:mit", "1"},
        {"license:mit,cc", "license:mit,cc-by-nc-4.0", "1"},
        {"language:ger", "language:de", "German  1"},
        {"licen", "license:", NULL},
        {"licenc", "license:", NULL},
        {"op", "license:open", "any open licence"},
        {"size:", "size:<1B", NULL},
        {"region", "region:us", "us  1"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct input_candidates c;
        offer(CASES[i].word, false, &c);
        const char *first = c.n ? c.words[0] : "nothing";
        const char *note = c.n && c.notes[0] ? c.notes[0] : "";
        if (strcmp(first, CASES[i].first) != 0 || (CASES[i].note && strcmp(note, CASES[i].note) != 0)) {
            fail_msg("%s: %s (%s), not %s", CASES[i].word, first, note, CASES[i].first);
        }
        drop(&c);
    }
    struct input_candidates c;
    offer("license:mit", true, &c);
    assert_string_equal(c.notes[0], "1+"); /* of those that are here */
    drop(&c);
}

static void test_when_a_word_is_whole(void **state)
{
    (void)state;
    static const char *const WHOLE[] = {"license:mit", "task:text-generation", "license:open", "license:mit,gemma",
                                        "size:<8B", "<3B", "gated:no", "inference:warm", "language:de"};
    static const char *const PART[] = {"license:mi", "task:text", "license:mit,gem", "size:<", "gated:n", "author:alice",
                                       "gguf", "tag:gguf", "lic", "license:", "dataset:squad", "blah:x"};
    for (size_t i = 0; i < sizeof WHOLE / sizeof *WHOLE; i++) {
        assert_true(hub_filter_is_settled(WHOLE[i], HUB_MODEL, &CATALOGUED));
    }
    for (size_t i = 0; i < sizeof PART / sizeof *PART; i++) {
        assert_false(hub_filter_is_settled(PART[i], HUB_MODEL, &CATALOGUED));
    }
    assert_false(hub_filter_is_settled("license:mit", HUB_MODEL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_by_what_is_typed),
        cmocka_unit_test(test_the_best_word_comes_first),
        cmocka_unit_test(test_when_a_word_is_whole),
    };
    return cmocka_run_group_tests_name("filter rows", tests, NULL, NULL);
}
