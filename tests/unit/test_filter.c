/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the filter bar become the query that core/hub sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "tui/hub/filter.h"

struct parsed {
    struct hub_query q;
    struct arena arena;
    struct err e;
    bool ok;
};

static struct parsed parse(enum hub_kind kind, const char *text)
{
    struct parsed p = {.q = {.kind = kind, .search = "kept", .sort = HUB_SORT_LIKES}};
    p.ok = hub_filter_parse(text, &p.q, &p.arena, &p.e);
    return p;
}

static void test_every_key(void **state)
{
    (void)state;
    struct parsed p = parse(HUB_MODEL, "task:translation library:transformers license:mit language:de author:alice "
                                       "gated:no dataset:squad app:vllm provider:all tag:arxiv:1910.01108 region:us");
    assert_true(p.ok);
    assert_string_equal(p.q.pipeline_tag, "translation");
    assert_string_equal(p.q.library, "transformers");
    assert_string_equal(p.q.author, "alice");
    assert_string_equal(p.q.gated, "false");
    assert_string_equal(p.q.trained_on, "squad");
    assert_string_equal(p.q.apps, "vllm");
    assert_string_equal(p.q.inference_provider, "all");
    assert_int_equal(p.q.n_filters, 3);
    assert_int_equal(p.q.n_licenses, 1);
    assert_string_equal(p.q.licenses[0], "mit");
    assert_string_equal(p.q.filters[0], "de"); /* models carry the bare code */
    assert_string_equal(p.q.filters[1], "arxiv:1910.01108");
    assert_string_equal(p.q.filters[2], "region:us");
    assert_string_equal(p.q.search, "kept");
    assert_int_equal(p.q.sort, HUB_SORT_LIKES);
    arena_done(&p.arena);
}

static void test_datasets_have_prefixes(void **state)
{
    (void)state;
    struct parsed p = parse(HUB_DATASET, "language:de library:datasets");
    assert_true(p.ok);
    assert_string_equal(p.q.filters[0], "language:de");
    assert_string_equal(p.q.filters[1], "library:datasets");
    arena_done(&p.arena);
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *params;
    } CASES[] = {
        {"size:<8B", "max:8B"},      {"size:8B", "max:8B"},    {"size:<=1.5b", "max:1.5b"},
        {"size:>500M", "min:500M"},  {"size:>=3B", "min:3B"},  {"size:1B-8B", "min:1B,max:8B"},
        {"size:<1000", "max:1000"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct parsed p = parse(HUB_MODEL, CASES[i].text);
        assert_true(p.ok);
        assert_string_equal(p.q.params, CASES[i].params);
        arena_done(&p.arena);
    }
}

static void test_mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        enum hub_kind kind;
        const char *text, *word;
    } CASES[] = {
        {HUB_MODEL, "size:big", "big"},         {HUB_MODEL, "size:<", "size:"},   {HUB_MODEL, "size:8Bx", "8Bx"},
        {HUB_MODEL, "gated:maybe", "maybe"},    {HUB_MODEL, "task:", "task:"},    {HUB_SPACE, "task:x", "task:"},
        {HUB_DATASET, "size:<8B", "datasets"},
        {HUB_MODEL, "blah:zzz", "blah:"},       {HUB_MODEL, "params=zzz", "params="}, {HUB_SPACE, "gguf a:b", "a:"},
        {HUB_MODEL, "size<8B", "size<"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct parsed p = parse(CASES[i].kind, CASES[i].text);
        assert_false(p.ok);
        assert_int_equal(p.e.code, ERR_USAGE);
        assert_non_null(strstr(p.e.msg, CASES[i].word));
        assert_string_equal(p.q.search, "kept"); /* the query is untouched */
        arena_done(&p.arena);
    }
}

static void test_tasks_are_those_of_the_catalogue(void **state)
{
    (void)state;
    struct hub_tag items[] = {
        {.id = "translation", .type = "pipeline_tag"},
        {.id = "task_categories:summarization", .type = "task_categories"},
    };
    const struct hub_tags tags = {.items = items, .n_items = 2};
    const struct hub_tags none = {.items = NULL};
    struct err e = ERR_INIT;
    assert_true(hub_filter_check("region:us task:translation", HUB_MODEL, &tags, &e));
    assert_true(hub_filter_check("task:summarization", HUB_DATASET, &tags, &e));
    assert_true(hub_filter_check("task:nonsense", HUB_MODEL, NULL, &e));
    assert_true(hub_filter_check("task:nonsense", HUB_MODEL, &none, &e));
    assert_false(hub_filter_check("task:translation task:nonsense", HUB_MODEL, &tags, &e));
    assert_non_null(strstr(e.msg, "nonsense"));
}

/* hub.md 7: both spellings of a licence. */
static void test_licence_is_license(void **state)
{
    (void)state;
    static const char *const WORDS[] = {"licence:mit", "licence:cc-by-nc-4.0", "license:gemma"};
    for (int kind = HUB_MODEL; kind <= HUB_SPACE; kind++) {
        for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
            struct parsed p = parse((enum hub_kind)kind, WORDS[i]);
            assert_true(p.ok);
            assert_int_equal(p.q.n_licenses, 1);
            assert_string_equal(p.q.licenses[0], WORDS[i] + strlen("license:"));
            arena_done(&p.arena);
        }
    }
}

/* hub.md 14: any one of several licences. */
static void test_any_of_several_licences(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        const char *has, *has_not;
    } CASES[] = {
        {"license:gemma,llama3.1", 2, "llama3.1", "mit"},
        {"licence:isc license:zlib,isc", 2, "zlib", "mit"},
        {"license:cc0-1.0,", 1, "cc0-1.0", ""},
        {"license:open", 50, "cc-by-sa-4.0", "cc-by-nc-4.0"},
        {"license:open,gemma,mit", 51, "gemma", "llama4"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct parsed p = parse(HUB_DATASET, CASES[i].text);
        assert_true(p.ok);
        assert_int_equal(p.q.n_licenses, CASES[i].n);
        bool has = false;
        for (size_t k = 0; k < p.q.n_licenses; k++) {
            has = has || strcmp(p.q.licenses[k], CASES[i].has) == 0;
            assert_string_not_equal(p.q.licenses[k], CASES[i].has_not);
        }
        assert_true(has);
        arena_done(&p.arena);
    }
    struct parsed none = parse(HUB_MODEL, "license:,");
    assert_false(none.ok);
    arena_done(&none.arena);
}

static void test_inference(void **state)
{
    (void)state;
    struct parsed p = parse(HUB_MODEL, "inference:warm");
    assert_true(p.ok);
    assert_string_equal(p.q.inference, "warm");
    arena_done(&p.arena);
    static const char *const WRONG[] = {"inference:cold", "inference:warm provider:all"};
    for (size_t i = 0; i < 2; i++) {
        struct parsed w = parse(HUB_MODEL, WRONG[i]);
        assert_false(w.ok);
        assert_non_null(strstr(w.e.msg, "inference:"));
        arena_done(&w.arena);
    }
}

/* A size alone needs no key. */
static void test_bare_sizes(void **state)
{
    (void)state;
    struct parsed p = parse(HUB_MODEL, "<20k de");
    assert_true(p.ok);
    assert_string_equal(p.q.params, "max:20k");
    arena_done(&p.arena);
    struct parsed d = parse(HUB_DATASET, "<20k");
    assert_false(d.ok);
    arena_done(&d.arena);
}

static struct hub_tag CATALOGUE[] = {
    {.id = "translation", .type = "pipeline_tag"},      {.id = "text-to-speech", .type = "pipeline_tag"},
    {.id = "license:apache-2.0", .type = "license"},    {.id = "license:mit", .type = "license"},
    {.id = "license:cc-by-nc-4.0", .type = "license"},  {.id = "de", .type = "language"},
    {.id = "ja", .type = "language"},                   {.id = "diffusers", .type = "library"},
    {.id = "sentence-transformers", .type = "library"}, {.id = "dataset:squad", .type = "dataset"},
    {.id = "conversational", .type = "other"},
};
static const struct hub_tags TAGS = {.items = CATALOGUE, .n_items = sizeof CATALOGUE / sizeof *CATALOGUE};

/* hub.md 7: a key or a value that no list knows is refused, with what was meant. */
static void test_what_no_list_knows_is_refused_with_what_was_meant(void **state)
{
    (void)state;
    static const struct {
        const char *text, *msg, *remedy;
    } CASES[] = {
        {"licnese:mit", "no filter \"licnese:\"", "did you mean license:mit?"},
        {"lang:de", "no filter \"lang:\"", "did you mean language:de?"},
        {"athor:alice", "no filter \"athor:\"", "did you mean author:alice?"},
        {"params=3B", "no filter \"params=\"", "filters: task:"},
        {"license:apache2", "no license \"apache2\"", "did you mean license:apache-2.0?"},
        {"licence:MIT", "no license \"MIT\"", "did you mean license:mit?"},
        {"license:cc", "", ""}, /* no repo here has it, but it is a licence */
        {"license:cc-by-n", "no license \"cc-by-n\"", "did you mean license:cc-by-nc-4.0?"},
        {"license:mit,apach", "no license \"apach\"", "did you mean license:apache-2.0?"},
        {"license:zzzz", "no license \"zzzz\"", "Tab behind license:"},
        {"license:gemma", "", ""}, {"license:open,cc-by-nc-4.0", "", ""},
        {"library:difusers", "no library \"difusers\"", "did you mean library:diffusers?"},
        {"task:tts", "no task \"tts\"", "Tab behind task:"},
        {"task:transaltion", "no task \"transaltion\"", "did you mean task:translation?"},
        {"language:deu", "no language \"deu\"", "did you mean language:de?"},
        {"gguf", "no filter or tag \"gguf\"", "a tag of this name is tag:gguf"},
        {"auth", "no filter or tag \"auth\"", "did you mean author:? A tag of this name is tag:auth"},
        {"apache", "no filter or tag \"apache\"", "did you mean license:apache-2.0?"},
        {"conversatoinal", "no filter or tag", "did you mean conversational?"},
        {"tag:gguf", "", ""}, {"conversational", "", ""}, {"region:us", "", ""}, {"author:nobody", "", ""}, {"squad", "", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct parsed p = parse(HUB_MODEL, CASES[i].text);
        const bool ok = p.ok && hub_filter_check(CASES[i].text, HUB_MODEL, &TAGS, &p.e);
        if (ok != !*CASES[i].msg || !strstr(p.e.msg, CASES[i].msg) || !strstr(p.e.remedy, CASES[i].remedy)) {
            fail_msg("%s: %d \"%s\" \"%s\"", CASES[i].text, ok, p.e.msg, p.e.remedy);
        }
        arena_done(&p.arena);
    }
    /* What is not known is not refused. */
    struct err e = ERR_INIT;
    assert_true(hub_filter_check("licence:zzzz gguf", HUB_MODEL, NULL, &e));
    assert_true(hub_filter_check("gradio", HUB_SPACE, &TAGS, &e));
    assert_false(hub_filter_check("license:zzzz", HUB_SPACE, &TAGS, &e));
}

static void test_any_tag_can_be_asked_for(void **state)
{
    (void)state;
    struct parsed p = parse(HUB_MODEL, "tag:blah:zzz tag:a=b base_model:a/b");
    assert_true(p.ok);
    assert_int_equal(p.q.n_filters, 3);
    assert_string_equal(p.q.filters[1], "a=b");
    arena_done(&p.arena);
}

static void test_a_hundred_tags_are_too_many(void **state)
{
    (void)state;
    char text[201] = "";
    for (size_t i = 0; i < sizeof text - 1; i++) {
        text[i] = i % 2 ? ' ' : 'x';
    }
    struct parsed p = parse(HUB_MODEL, text);
    assert_false(p.ok);
    arena_done(&p.arena);
}

static void test_keys_know_their_catalogue(void **state)
{
    (void)state;
    assert_string_equal(hub_filter_word(HUB_MODEL, "task:x").type, "pipeline_tag");
    assert_string_equal(hub_filter_word(HUB_DATASET, "task:").type, "task_categories");
    assert_null(hub_filter_word(HUB_MODEL, "author:alice").type);
    assert_string_equal(hub_filter_word(HUB_SPACE, "licence:mit").value, "mit");
    assert_string_equal(hub_filter_word(HUB_SPACE, "licence:mit").key, "license:");
    for (int kind = HUB_MODEL; kind <= HUB_SPACE; kind++) {
        for (const char *const *k = hub_filter_keys((enum hub_kind)kind); *k; k++) {
            assert_non_null(hub_filter_key_help(*k));
            char word[64];
            snprintf(word, sizeof word, "%s%s", *k, strcmp(*k, "gated:") == 0       ? "yes"
                                                             : strcmp(*k, "inference:") == 0 ? "warm"
                                                                                             : "8B");
            struct parsed p = parse((enum hub_kind)kind, word);
            assert_true(p.ok); /* what completion offers must be accepted */
            arena_done(&p.arena);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_datasets_have_prefixes),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_mistakes_are_named),
        cmocka_unit_test(test_tasks_are_those_of_the_catalogue),
        cmocka_unit_test(test_licence_is_license),
        cmocka_unit_test(test_what_no_list_knows_is_refused_with_what_was_meant),
        cmocka_unit_test(test_any_of_several_licences),
        cmocka_unit_test(test_inference),
        cmocka_unit_test(test_bare_sizes),
        cmocka_unit_test(test_any_tag_can_be_asked_for),
        cmocka_unit_test(test_a_hundred_tags_are_too_many),
        cmocka_unit_test(test_keys_know_their_catalogue),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
