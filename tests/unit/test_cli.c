/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: arguments, tables, JSON, names of repos, and that completion and man page know
 * every verb and option. Run from the root of the source tree. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/cli/card.h"
#include "core/cli/cli.h"
#include "core/cli/completion.h"
#include "core/cli/doctor.h"
#include "core/cli/out.h"
#include "core/cli/repo_json.h"
#include "core/cli/repo_name.h"
#include "core/cli/terminfo.h"
#include "core/cli/verb.h"
#include "tui/verbs.h"

/* As main joins them. */
static const struct cli_verbs VERBS[] = {{CLI_VERBS}, {TUI_VERBS}, {NULL}};

/* ---- arguments ---- */

static int count_words(const char *const *words)
{
    int n = 0;
    while (words[n]) {
        n++;
    }
    return n;
}

/* The words as main gets them; good until the next call. */
static char **as_argv(const char *const *words)
{
    static char *argv[32];
    memcpy(argv, words, ((size_t)count_words(words) + 1) * sizeof *argv);
    return argv;
}

static void test_globals(void **state)
{
    (void)state;
    struct cli_globals g;
    int first = 0;
    const char *all[] = {"hfterm",
                   "--demo",
                   "--endpoint=http://h",
                   "--offline",
                   "--theme",
                   "dark",
                   "--graphics",
                   "none",
                   "--readonly",
                   "--ascii",
                   "--no-mouse",
                   "--config",
                   "c",
                   "--log",
                   "l",
                   "--token-file",
                   "t",
                   "models",
                   "--json",
                   NULL};
    assert_true(cli_parse_globals(count_words(all), as_argv(all), &g, &first, NULL));
    assert_string_equal(all[first], "models");
    assert_true(g.is_demo && g.is_offline && g.is_readonly && g.is_ascii && g.no_mouse);
    assert_string_equal(g.endpoint, "http://h");
    assert_string_equal(g.theme, "dark");
    assert_string_equal(g.graphics, "none");
    assert_string_equal(g.config, "c");
    assert_string_equal(g.log, "l");
    assert_string_equal(g.token_file, "t");
    const char *none[] = {"hfterm", NULL};
    assert_true(cli_parse_globals(1, as_argv(none), &g, &first, NULL));
    assert_int_equal(first, 1);
    assert_false(g.is_demo || g.wants_help);
    const char *help[] = {"hfterm", "-h", NULL};
    assert_true(cli_parse_globals(2, as_argv(help), &g, &first, NULL));
    assert_true(g.wants_help);
}

static void test_bad_globals(void **state)
{
    (void)state;
    static const struct {
        const char *words[4];
        const char *says;
    } CASES[] = {
        {{"hfterm", "--nonsense", NULL}, "--nonsense"},
        {{"hfterm", "-x", NULL}, "-x"},
        {{"hfterm", "--endpoint", NULL}, "needs a value"},
        {{"hfterm", "--demo=1", NULL}, "takes no value"},
        {{"hfterm", "--graphics", "ascii", NULL}, "does not know \"ascii\""},
        {{"hfterm", "--", "-z", NULL}, NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct cli_globals g;
        struct err e = ERR_INIT;
        int first = 0;
        const char *const *words = CASES[i].words;
        const bool ok = cli_parse_globals(count_words(words), as_argv(words), &g, &first, &e);
        assert_int_equal(ok, CASES[i].says == NULL);
        if (!ok && (e.code != ERR_USAGE || !strstr(e.msg, CASES[i].says) || !e.remedy[0])) {
            fail_msg("%s: %s", words[1], e.msg);
        }
    }
}

static bool parse(const char *verb, const char *const *words, struct cli_globals *g, struct cli_args *args,
                  struct err *e)
{
    *g = (struct cli_globals){0};
    *e = (struct err)ERR_INIT;
    return cli_args_parse(cli_find_verb(VERBS, verb), count_words(words), as_argv(words), g, args, e);
}

static void test_verb_arguments(void **state)
{
    (void)state;
    struct cli_globals g;
    struct cli_args a;
    struct err e;
    const char *values[2] = {NULL, NULL};
    unsigned long n = 0;
    const char *words[] = {"models", "qwen", "--limit", "7",  "--license=mit", "vl", "--license", "cc0",
                     "--demo", "-n",   "9",       "--", "--json",        NULL};
    assert_true(parse("models", words, &g, &a, &e));
    assert_int_equal(a.n_operands, 3);
    assert_string_equal(a.operands[0], "qwen");
    assert_string_equal(a.operands[2], "--json");
    assert_false(cli_has(&a, "json"));
    assert_true(g.is_demo); /* global options may follow the verb */
    assert_true(cli_number(&a, "limit", 1, 100, 20, &n, NULL));
    assert_int_equal(n, 9); /* the last one counts */
    assert_int_equal(cli_values(&a, "license", values, 2), 2);
    assert_string_equal(values[0], "mit");
    assert_string_equal(values[1], "cc0");
    assert_null(cli_value(&a, "author"));
    cli_args_done(&a);
}

static void test_bad_arguments(void **state)
{
    (void)state;
    static const struct {
        const char *verb;
        const char *words[5];
        const char *says;
    } CASES[] = {
        {"models", {"models", "--gpu", NULL}, "--gpu"},
        {"models", {"models", "--limit", NULL}, "needs a value"},
        {"models", {"models", "--sort", "stars", NULL}, "stars"},
        {"spaces", {"spaces", "--sort", "downloads", NULL}, "downloads"},
        {"show", {"show", NULL}, "needs REPO"},
        {"show", {"show", "a/b", "c/d", NULL}, "c/d"},
        {"doctor", {"doctor", "now", NULL}, "no arguments"},
        {"serve", {"serve", NULL}, "needs DIR"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct cli_globals g;
        struct cli_args a;
        struct err e;
        const char *const *words = CASES[i].words;
        assert_false(parse(CASES[i].verb, words, &g, &a, &e));
        if (e.code != ERR_USAGE || !strstr(e.msg, CASES[i].says) || !e.remedy[0]) {
            fail_msg("%s %s: %s", words[0], words[1] ? words[1] : "", e.msg);
        }
        cli_args_done(&a);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    static const char *const BAD[] = {"0", "101", "-1", "1.5", "many", "", "99999999999999999999"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct cli_globals g;
        struct cli_args a;
        struct err e;
        unsigned long n = 0;
        const char *words[] = {"models", "--limit", BAD[i], NULL};
        assert_true(parse("models", words, &g, &a, &e));
        assert_false(cli_number(&a, "limit", 1, 100, 20, &n, &e));
        assert_int_equal(e.code, ERR_USAGE);
        cli_args_done(&a);
    }
}

static void test_offline_variables(void **state)
{
    (void)state;
    struct cli_globals g = {0};
    unsetenv("HF_HUB_OFFLINE");
    unsetenv("TRANSFORMERS_OFFLINE");
    assert_false(cli_is_offline(&g));
    setenv("HF_HUB_OFFLINE", "1", 1);
    assert_true(cli_is_offline(&g));
    g.is_demo = true; /* the demo opens no connection that leaves the machine */
    assert_false(cli_is_offline(&g));
    g.is_offline = true;
    assert_true(cli_is_offline(&g));
    unsetenv("HF_HUB_OFFLINE");
    setenv("TRANSFORMERS_OFFLINE", "true", 1);
    g = (struct cli_globals){0};
    assert_true(cli_is_offline(&g));
    unsetenv("TRANSFORMERS_OFFLINE");
}

static void test_repo_names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *type;
        enum hub_kind kind;
        const char *id; /* NULL: refused */
    } CASES[] = {
        {"gpt2", NULL, HUB_MODEL, "gpt2"},
        {"a/b", NULL, HUB_MODEL, "a/b"},
        {"a/b", "space", HUB_SPACE, "a/b"},
        {"datasets/a/b", NULL, HUB_DATASET, "a/b"},
        {"spaces/a/b", "space", HUB_SPACE, "a/b"},
        {"models/a/b", NULL, HUB_MODEL, "a/b"},
        {"spaces/a/b", "model", HUB_MODEL, NULL},
        {"https://huggingface.co/datasets/a/b/tree/main?x=1", NULL, HUB_DATASET, "a/b"},
        {"https://hf.co/a/b#card", NULL, HUB_MODEL, "a/b"},
        {"huggingface.co/alice/", NULL, HUB_MODEL, NULL},
        {"http://127.0.0.1:9/spaces/a/b", NULL, HUB_SPACE, "a/b"},
        {"https://evil.example/a/b", NULL, HUB_MODEL, NULL},
        {"a//c", NULL, HUB_MODEL, NULL},
        {"", NULL, HUB_MODEL, NULL},
        {"../a", NULL, HUB_MODEL, NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        struct hub_address a = {0};
        const bool ok = cli_parse_repo(CASES[i].text, CASES[i].type, NULL, "http://127.0.0.1:9", &a, &e);
        if (ok != (CASES[i].id != NULL) || (ok && strcmp(a.id, CASES[i].id) != 0)) {
            fail_msg("\"%s\" became \"%s\"", CASES[i].text, a.id ? a.id : "nothing");
        }
        assert_true(ok ? a.kind == CASES[i].kind : e.code == ERR_USAGE);
        hub_address_done(&a);
    }
    /* hub.md F13: a revision in the address counts, and what contradicts it is said. */
    static const struct {
        const char *text, *option, *revision; /* revision NULL: refused */
    } REVISIONS[] = {
        {"a/b@v2", NULL, "v2"}, {"a/b@v2", "v2", "v2"}, {"a/b@v2", "v3", NULL},
        {"hf.co/a/b/tree/v2", "v3", NULL}, {"hf.co/a/b/blob/v2/x", NULL, "v2"}, {"a/b", "v3", "v3"},
    };
    for (size_t i = 0; i < sizeof REVISIONS / sizeof *REVISIONS; i++) {
        struct err e = ERR_INIT;
        struct hub_address a = {0};
        const bool ok = cli_parse_repo(REVISIONS[i].text, NULL, REVISIONS[i].option, "http://h", &a, &e);
        assert_int_equal(ok, REVISIONS[i].revision != NULL);
        assert_true(ok ? strcmp(a.revision, REVISIONS[i].revision) == 0 : e.code == ERR_USAGE);
        hub_address_done(&a);
    }
}

/* ---- output ---- */

struct paper {
    struct cli_out out;
    char *text;
    size_t n;
};

static void paper_open(struct paper *p, bool is_tty, int cols)
{
    *p = (struct paper){.out = {.is_tty = is_tty, .cols = cols, .is_ascii = true}};
    p->out.f = open_memstream(&p->text, &p->n);
}

static void paper_expect(struct paper *p, const char *text)
{
    fclose(p->out.f);
    assert_string_equal(p->text, text);
    free(p->text);
}

static const struct cli_column COLUMNS[] = {
    {.title = "name", .min_cols = 6, .cut_middle = true},
    {.title = "task", .min_cols = 4, .rank = 2},
    {.title = "likes", .is_right = true},
    {.title = "updated", .rank = 1},
};

static struct cli_table *sample_table(void)
{
    struct cli_table *t = cli_table_new(COLUMNS, 4);
    setenv("HFTERM_TEST_NOW", "1787218200", 1);
    cli_table_add(t, "org/a-long-model-name", NULL);
    cli_table_add(t, "generation", NULL);
    cli_table_add_count(t, true, 1923412);
    cli_table_add_date(t, true, 1787218200 - 3 * 86400);
    cli_table_add(t, "b\033[31mad\tname", NULL);
    cli_table_add(t, NULL, NULL);
    cli_table_add_count(t, false, 0);
    cli_table_add_date(t, false, 0);
    unsetenv("HFTERM_TEST_NOW");
    return t;
}

static void expect_table(bool is_tty, int cols, const char *text)
{
    struct paper p;
    struct cli_table *t = sample_table();
    paper_open(&p, is_tty, cols);
    cli_table_print(t, &p.out);
    cli_table_free(t);
    paper_expect(&p, text);
}

static void test_tables(void **state)
{
    (void)state;
    expect_table(true, 80,
                 "name                   task        likes  updated\n"
                 "org/a-long-model-name  generation   1.9M  3d\n"
                 "b^[[31mad name                         -  -\n");
    expect_table(true, 37,
                 "name             task  likes  updated\n"
                 "org/~model-name  gen~   1.9M  3d\n"
                 "b^[[31mad name             -  -\n");
    expect_table(true, 25,
                 "name       likes  updated\n"
                 "or~l-name   1.9M  3d\n"
                 "b^~d name      -  -\n");
    expect_table(true, 14,
                 "name     likes\n"
                 "or~name   1.9M\n"
                 "b^~name      -\n");
    /* Nothing is left to leave out; numbers are whole all the same. */
    expect_table(true, 5,
                 "name    likes\n"
                 "o~name   1.9M\n"
                 "b~name      -\n");
}

static void test_tabs(void **state)
{
    (void)state;
    expect_table(false, 10,
                 "org/a-long-model-name\tgeneration\t1923412\t2026-08-17T09:30:00.000Z\n"
                 "b^[[31mad name\t\t\t\n");
}

static void test_json(void **state)
{
    (void)state;
    struct paper p;
    cJSON *obj = cJSON_CreateObject();
    cli_json_text(obj, "esc", "a\033[31m\x7f");
    cli_json_text(obj, "c1",
                  "\xc2\x9b"
                  "31m");
    cli_json_text(obj, "bidi",
                  "\xe2\x80\xae"
                  "txt");
    cli_json_text(obj, "bad", "x\xff");
    cli_json_text(obj, "emoji", "\xf0\x9f\xa4\x97");
    cli_json_text(obj, "tag", "\xf3\xa0\x80\x81");
    cli_json_text(obj, "none", NULL);
    cli_json_count(obj, "n", true, 9007199254740992);
    cli_json_date(obj, "date", true, 0);
    paper_open(&p, false, 80);
    cli_put_json(&p.out, obj);
    paper_expect(&p,
                 "{\"esc\":\"a\\u001b[31m\\u007f\",\"c1\":\"\\u009b31m\",\"bidi\":\"\\u202etxt\","
                 "\"bad\":\"x\\ufffd\",\"emoji\":\"\xf0\x9f\xa4\x97\","
                 "\"tag\":\"\\udb40\\udc01\",\"none\":null,\"n\":9007199254740992,"
                 "\"date\":\"1970-01-01T00:00:00.000Z\"}\n");
}

static cJSON *numbered(int n)
{
    cJSON *obj = cJSON_CreateObject();
    cJSON_AddNumberToObject(obj, "n", n);
    return obj;
}

/* Lines are there as soon as they are written, unindented on a terminal too. */
static void test_json_lines(void **state)
{
    (void)state;
    int ends[2];
    char got[64];
    assert_int_equal(pipe(ends), 0);
    struct cli_out out = {.is_tty = true, .f = fdopen(ends[1], "w")};
    for (int i = 0; i < 2; i++) {
        assert_true(cli_put_json_line(&out, numbered(i)));
        char *want = xasprintf("{\"n\":%d}\n", i);
        const ssize_t n = read(ends[0], got, sizeof got - 1);
        assert_true(n > 0);
        got[n] = '\0';
        assert_string_equal(got, want);
        free(want);
    }
    assert_int_equal(cli_out_done(&out), 0);
    close(ends[0]); /* the reader leaves: no signal, no words, nothing more is tried */
    assert_false(cli_put_json_line(&out, numbered(2)));
    assert_false(cli_put_json_line(&out, numbered(3)));
    errno = 0;
    assert_int_equal(cli_out_done(&out), 0);
    fclose(out.f);
}

static void test_json_lines_on_a_full_disk(void **state)
{
    (void)state;
    struct cli_out out = {.f = fopen("/dev/full", "w")};
    assert_non_null(out.f);
    assert_false(cli_put_json_line(&out, numbered(1)));
    errno = 0;
    assert_int_equal(cli_out_done(&out), 1);
    fclose(out.f);
}

static void expect_card(const struct cli_out *out, const char *markdown, const char *text)
{
    struct buf shown = BUF_INIT;
    cli_put_card(&shown, markdown, strlen(markdown), out);
    assert_string_equal(buf_str(&shown), text);
    buf_done(&shown);
}

static void test_cards(void **state)
{
    (void)state;
    const struct cli_out out = {.cols = 40, .is_ascii = true};
    expect_card(&out, "# Title\n\nSome *words* that have to be `wrapped` here.\n",
                "Title\n=====\n\nSome words that have to be wrapped here.\n");
    expect_card(&out, "- one\n- two\n  - deep\n\n1. a\n2. b\n",
                "* one\n* two\n  - deep\n\n1. a\n2. b\n");
    expect_card(&out, "- [x] done\n- [ ] open\n", "[x] done\n[ ] open\n");
    expect_card(&out, "> quoted\n> text\n>\n> more\n\nafter\n",
                "> quoted text\n>\n> more\n\nafter\n");
    expect_card(&out, "| a | n |\n|---|--:|\n| x | 10 |\n", "a |  n\n--+---\nx | 10\n");
    expect_card(&out, "a <b>bold</b> &amp; \033[0m\n\n<div>kept</div>\n",
                "a bold & ^[[0m\n\nkept\n");
    expect_card(&out, "a&nbsp;b\n", "a b\n");
    expect_card(&out, "", "");
}

/* Code is wrapped, not cut: a verb's output cannot be scrolled sideways. */
static void test_card_code(void **state)
{
    (void)state;
    const struct cli_out out = {.cols = 20, .is_ascii = true};
    expect_card(&out, "```\nx = 1\n\n123456789012345678901234567890\n```\n",
                "| x = 1\n|\n| 123456789012345678\n: 901234567890\n");
}

static void test_card_links(void **state)
{
    (void)state;
    const struct cli_out out = {.cols = 60, .is_ascii = true};
    expect_card(&out, "[text](http://u), [again](http://u) and ![alt](p.png)\n",
                "text[1], again[1] and image: alt [2]\n\n[1] http://u\n[2] p.png\n");
    expect_card(&out, "[Usage](#usage) and [x](http://&#27;u)\n",
                "Usage and x[1]\n\n[1] http://^[u\n");
}

static void test_card_colors(void **state)
{
    (void)state;
    const struct cli_out out = {.cols = 40, .is_tty = true, .has_color = true};
    expect_card(&out, "### A\n\nplain **bold** [a](http://u) &#27;[31m\n",
                "\033[1mA\033[0m\n\n"
                "plain \033[1mbold\033[0m \033[4ma\033[0m\033[2m[1]\033[0m ^[[31m\n\n"
                "\033[2m[1]\033[0m http://u\n");
    const struct cli_out plain = {.cols = 40, .is_tty = true};
    expect_card(&plain, "### A\n\nplain **bold**\n", "A\n\nplain bold\n");
}

/* ---- what is made from the tables ---- */

static char *read_doc(const char *path)
{
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    if (!file_read(path, &text, 1024 * 1024, &e)) {
        fail_msg("%s", e.msg);
    }
    return buf_steal(&text);
}

static void test_completion_files(void **state)
{
    (void)state;
    static const struct {
        const char *shell, *path;
    } FILES[] = {
        {"bash", "docs/completion/hfterm.bash"},
        {"zsh", "docs/completion/_hfterm"},
        {"fish", "docs/completion/hfterm.fish"},
    };
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct buf made = BUF_INIT;
        assert_true(cli_completion(VERBS, FILES[i].shell, &made));
        char *kept = read_doc(FILES[i].path);
        if (strcmp(kept, buf_str(&made)) != 0) {
            fail_msg("%s is old: hfterm completion %s > %s", FILES[i].path, FILES[i].shell,
                     FILES[i].path);
        }
        free(kept);
        buf_done(&made);
    }
    struct buf none = BUF_INIT;
    assert_false(cli_completion(VERBS, "tcsh", &none));
    assert_int_equal(none.n, 0);
}

/* Is the option there as a whole word? */
static bool mentions(const char *doc, const char *word)
{
    const size_t n = strlen(word);
    for (const char *p = doc; (p = strstr(p, word)) != NULL; p++) {
        const bool goes_on =
            p[n] == '-' || (p[n] >= 'a' && p[n] <= 'z') || (p[n] == '\\' && p[n + 1] == '-');
        if (!goes_on) {
            return true;
        }
    }
    return false;
}

static void expect_options(const char *doc, bool is_roff, const struct cli_option *table,
                           const char *where)
{
    for (; table->name; table++) {
        struct buf word = BUF_INIT;
        char *plain = xasprintf("--%s", table->name);
        for (const char *p = plain; *p; p++) {
            buf_puts(&word, is_roff && *p == '-' ? "\\" : ""); /* roff: \-\-token\-file */
            buf_putc(&word, *p);
        }
        if (!mentions(doc, buf_str(&word))) {
            fail_msg("%s does not mention %s", where, plain);
        }
        buf_done(&word);
        free(plain);
    }
}

static void test_documents_know_everything(void **state)
{
    (void)state;
    char *man = read_doc("docs/man/hfterm.1");
    char *page = read_doc("docs/verbs.md");
    expect_options(man, true, CLI_GLOBAL_OPTIONS, "docs/man/hfterm.1");
    expect_options(page, false, CLI_GLOBAL_OPTIONS, "docs/verbs.md");
    const struct cli_verb *v;
    for (size_t i = 0; (v = cli_verb_at(VERBS, i)); i++) {
        if (v->is_hidden) {
            continue;
        }
        char *heading = xasprintf("\n## %s\n", v->name);
        char *bold = xasprintf("\\fB%s\\fR", v->name);
        const char *section = strstr(page, heading);
        if (!section || !strstr(man, bold)) {
            fail_msg("%s is not in the documents", v->name);
        }
        const char *end = strstr(section + 4, "\n## ");
        char *own = end ? xstrndup(section, (size_t)(end - section)) : xstrdup(section);
        expect_options(own, false, v->options, heading);
        expect_options(man, true, v->options, "docs/man/hfterm.1");
        free(own);
        free(heading);
        free(bold);
    }
    free(man);
    free(page);
}

/* hub.md 36: long lines go on below themselves. */
static void test_wrapped(void **state)
{
    (void)state;
    struct paper p;
    paper_open(&p, true, 20);
    cli_put_wrapped(&p.out, "one two three four five", 6);
    paper_expect(&p, "one two three\n      four five");
    paper_open(&p, true, 12);
    cli_put_wrapped(&p.out, "/a/path/longer/than/it and more", 4);
    paper_expect(&p, "/a/path/longer/than/it\n    and more");
    paper_open(&p, false, 12);
    cli_put_wrapped(&p.out, "as it is, whatever the width", 4);
    paper_expect(&p, "as it is, whatever the width");
}

/* ---- doctor ---- */

static void test_terminfo(void **state)
{
    (void)state;
    int colors = 0;
    uint8_t file[12 + 4 + 2 + 14 * 2] = {0x1a, 0x01, 4, 0, 2, 0, 14, 0};
    file[12 + 4 + 2 + 13 * 2 + 1] = 1; /* 256 */
    assert_true(terminfo_parse_colors(file, sizeof file, &colors));
    assert_int_equal(colors, 256);
    assert_false(terminfo_parse_colors(file, sizeof file - 1, &colors));
    assert_false(terminfo_parse_colors(file, 5, &colors));
    file[6] = 13; /* one number less: max_colors is not among them */
    assert_false(terminfo_parse_colors(file, sizeof file, &colors));
    file[6] = 14;
    file[2] = 0xff;
    file[3] = 0xff;
    assert_false(terminfo_parse_colors(file, sizeof file, &colors));
    file[0] = 0;
    assert_false(terminfo_parse_colors(file, sizeof file, &colors));
    assert_null(terminfo_find("../../etc/passwd"));
    assert_null(terminfo_find(""));
    assert_null(terminfo_find("no-such-terminal"));
}

static void test_hidden_login(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"http://proxy:3128", "http://proxy:3128"},
        {"http://user:pass@proxy:3128", "http://****@proxy:3128"},
        {"user:p@ss@proxy", "****@proxy"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *hidden = doctor_hide_login(CASES[i][0]);
        assert_string_equal(hidden, CASES[i][1]);
        free(hidden);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_globals),
        cmocka_unit_test(test_bad_globals),
        cmocka_unit_test(test_verb_arguments),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_offline_variables),
        cmocka_unit_test(test_repo_names),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_tabs),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_lines),
        cmocka_unit_test(test_json_lines_on_a_full_disk),
        cmocka_unit_test(test_cards),
        cmocka_unit_test(test_card_code),
        cmocka_unit_test(test_card_links),
        cmocka_unit_test(test_card_colors),
        cmocka_unit_test(test_wrapped),
        cmocka_unit_test(test_completion_files),
        cmocka_unit_test(test_documents_know_everything),
        cmocka_unit_test(test_terminfo),
        cmocka_unit_test(test_hidden_login),
    };
    return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
