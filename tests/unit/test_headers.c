/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of GGUF, Parquet and pictures (hub.md row 11): files made by the programs that define the formats, read
 * as those programs read them (tests/fixtures/headers/truth.txt), and broken ones of every kind. */
#include "tests/unit/format_help.h"

#include <inttypes.h>

#include "core/format/gguf.h"
#include "core/format/parquet.h"
#include "core/format/picture.h"
#include "core/format/safetensors_index.h"
#include "core/format/source.h"

/* ---- what the other programs read ---- */

/* A file in memory that counts what is asked of it. */
struct counted {
    struct str bytes;
    uint64_t asked;
    int calls;
};

static bool read_counted(void *ctx, uint64_t offset, void *dst, size_t n, struct err *e)
{
    struct counted *c = ctx;
    c->asked += n;
    c->calls++;
    return format_read_memory(&c->bytes, offset, dst, n, e);
}

static struct format_source source_of(struct counted *c)
{
    return (struct format_source){"file", c->bytes.n, read_counted, c};
}

static void load(const char *rel, struct buf *out)
{
    char *path = xasprintf("tests/fixtures/%s", rel);
    struct err e = ERR_INIT;
    if (!file_read_any(path, out, 64 * 1024 * 1024, &e)) {
        fail_msg("%s: %s", path, e.msg);
    }
    free(path);
}

static void put_gguf(struct buf *out, const char *rel, struct counted *c)
{
    struct err e = ERR_INIT;
    const struct format_source source = source_of(c);
    struct gguf *g = gguf_open(&source, &e);
    if (!g) {
        fail_msg("%s: %s", rel, e.msg);
    }
    assert_string_equal(g->problem, "");
    buf_printf(out, "gguf %s version %" PRIu32 " keys %zu tensors %zu\n", rel, g->version, g->n_keys, g->n_tensors);
    for (size_t i = 0; i < g->n_keys; i++) {
        const struct gguf_key *k = &g->keys[i];
        buf_printf(out, "key %s %s %" PRIu64 "\n", k->name, k->type, k->is_text || k->is_array ? k->count : 1);
    }
    for (size_t i = 0; i < g->n_tensors; i++) {
        const struct gguf_tensor *t = &g->tensors[i];
        buf_printf(out, "tensor %s %s ", t->name, t->type);
        for (int d = 0; d < t->rank; d++) {
            buf_printf(out, "%s%" PRIu64, d ? "x" : "", t->dims[d]);
        }
        buf_printf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", t->elements, t->bytes, g->data_start + t->offset);
    }
    gguf_free(g);
}

static void put_path(struct buf *out, const struct parquet *p, size_t leaf)
{
    size_t chain[PARQUET_DEPTH_MAX];
    int depth = p->nodes[leaf].depth;
    chain[depth] = leaf;
    for (size_t i = leaf; depth > 0; i--) {
        if (p->nodes[i].depth == depth - 1) {
            chain[--depth] = i;
        }
    }
    for (int d = 0; d <= p->nodes[leaf].depth; d++) {
        buf_printf(out, "%s%s", d ? "." : "", p->nodes[chain[d]].name);
    }
}

/* "INT64", "TIMESTAMP": as far as the other program names them. */
static void put_head_of(struct buf *out, const char *type)
{
    size_t n = strcspn(type, "(");
    if (strncmp(type, "UINT(", 5) == 0) {
        type = "INT";
        n = 3;
    }
    buf_append(out, *type ? type : "NONE", *type ? n : 4);
}

static void put_leaf(struct buf *out, const struct parquet *p, size_t i)
{
    static const int ORDER[] = {4, 2, 5, 7, 3, 1, 6, 0}; /* by name, "none" last */
    const struct parquet_node *n = &p->nodes[i];
    bool is_first = true;
    buf_puts(out, "leaf ");
    put_path(out, p, i);
    buf_putc(out, ' ');
    put_head_of(out, n->type);
    buf_putc(out, ' ');
    put_head_of(out, n->logical);
    buf_putc(out, ' ');
    for (size_t c = 0; c < PARQUET_CODECS; c++) {
        if (n->codecs >> ORDER[c] & 1) {
            buf_printf(out, "%s%s", is_first ? "" : ",", parquet_codec_name(ORDER[c]));
            is_first = false;
        }
    }
    buf_printf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", n->values, n->compressed, n->uncompressed);
}

static void put_parquet(struct buf *out, const char *rel, struct counted *c)
{
    struct err e = ERR_INIT;
    const struct format_source source = source_of(c);
    struct parquet *p = parquet_open(&source, &e);
    if (!p) {
        fail_msg("%s: %s", rel, e.msg);
    }
    assert_string_equal(p->problem, "");
    buf_printf(out, "parquet %s rows %" PRIu64 " groups %zu leaves %zu by %s\n", rel, p->rows, p->n_groups,
               p->n_leaves, p->created_by);
    for (size_t i = 0; i < p->n_groups; i++) {
        buf_printf(out, "group %" PRIu64 " %" PRIu64 "\n", p->groups[i].rows, p->groups[i].bytes);
    }
    for (size_t i = 0, shown = 0; i < p->n_nodes && (p->n_leaves < 50 || shown < 3); i++) {
        if (p->nodes[i].is_leaf) {
            put_leaf(out, p, i);
            shown++;
        }
    }
    parquet_free(p);
}

static void put_picture(struct buf *out, const char *rel, struct counted *c)
{
    struct err e = ERR_INIT;
    struct picture_head h;
    const struct format_source source = source_of(c);
    if (!picture_read_head(&source, &h, &e)) {
        fail_msg("%s: %s", rel, e.msg);
    }
    buf_puts(out, "picture ");
    buf_printf(out, "%s ", rel);
    for (const char *p = h.format; *p; p++) {
        buf_putc(out, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
    }
    buf_printf(out, " %" PRIu32 "x%" PRIu32 " %s\n", h.width, h.height, h.is_animated ? "animated" : "still");
}

/* Reads the file that a line of truth.txt begins a paragraph about, at most `most` bytes of it. */
static void put_ours(struct buf *out, const char *line)
{
    char kind[16], name[256], rel[256];
    assert_int_equal(sscanf(line, "%15s %255s", kind, name), 2);
    char *to = rel;
    for (const char *p = name; *p; p++) {
        const bool is_blank = strncmp(p, "%20", 3) == 0;
        *to++ = is_blank ? ' ' : *p;
        p += is_blank ? 2 : 0;
    }
    *to = '\0';
    struct buf file = BUF_INIT;
    load(rel, &file);
    struct counted c = {.bytes = {file.p, file.n}};
    if (strcmp(kind, "gguf") == 0) {
        put_gguf(out, name, &c);
    } else if (strcmp(kind, "parquet") == 0) {
        put_parquet(out, name, &c);
        assert_true(c.calls <= 2);
    } else {
        put_picture(out, name, &c);
    }
    buf_done(&file);
}

static bool begins_a_file(const char *line)
{
    return str_starts(line, "gguf ") || str_starts(line, "parquet ") || str_starts(line, "picture ");
}

/* hub.md row 11 */
static void files_are_read_as_their_own_programs_read_them(void **state)
{
    (void)state;
    struct buf truth = BUF_INIT, theirs = BUF_INIT, ours = BUF_INIT;
    int files = 0;
    load("headers/truth.txt", &truth);
    for (char *line = truth.p, *end = NULL; *line; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        if (begins_a_file(line)) {
            assert_string_equal(buf_str(&ours), buf_str(&theirs));
            buf_clear(&ours);
            buf_clear(&theirs);
            put_ours(&ours, line);
            files++;
        }
        buf_printf(&theirs, "%s\n", line);
    }
    assert_string_equal(buf_str(&ours), buf_str(&theirs));
    assert_true(files > 40);
    buf_done(&truth);
    buf_done(&theirs);
    buf_done(&ours);
}

/* ---- GGUF ---- */

static struct gguf *open_gguf(const void *bytes, size_t n, struct err *e)
{
    struct counted c = {.bytes = {bytes, n}};
    const struct format_source source = source_of(&c);
    *e = (struct err)ERR_INIT;
    return gguf_open(&source, e);
}

static void values_of_every_type_are_told(void **state)
{
    (void)state;
    static const char *const FILES[] = {"headers/kinds.gguf", "headers/big-endian.gguf"};
    static const struct {
        const char *key, *value;
    } WANT[] = {
        {"general.name", "Süßwasser \xF0\x9F\x90\x9F"},
        {"t.u8", "255"},
        {"t.i8", "-128"},
        {"t.u16", "65535"},
        {"t.i16", "-32768"},
        {"t.u32", "4294967295"},
        {"t.i32", "-2147483648"},
        {"t.f32", "1.5"},
        {"t.yes", "true"},
        {"t.no", "false"},
        {"t.u64", "18446744073709551615"},
        {"t.i64", "-9223372036854775808"},
        {"t.f64", "-0.125"},
        {"t.numbers", "[-3, -2, -1, 0, 1, 2, 3, 4]"},
        {"t.words", "[\"a\\\"b\", \"\", \"ä\\u000a\", \"w0\", \"w1\", \"w2\", \"w3\", \"w4\"]"},
        {"t.floats", "[0.5, -2]"},
        {"t.two lines", "one\ntwo\x1b[31m"},
    };
    for (size_t f = 0; f < 2; f++) {
        struct err e = ERR_INIT;
        struct buf file = BUF_INIT;
        load(FILES[f], &file);
        struct gguf *g = open_gguf(file.p, file.n, &e);
        assert_non_null(g);
        assert_int_equal(g->is_big_endian, f == 1);
        for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
            assert_non_null(gguf_find(g, WANT[i].key));
            assert_string_equal(gguf_find(g, WANT[i].key)->value, WANT[i].value);
        }
        assert_int_equal(strlen(gguf_find(g, "t.long")->value), GGUF_TEXT_MAX);
        assert_true(gguf_find(g, "t.long")->is_cut);
        assert_false(gguf_find(g, "t.two lines")->is_cut);
        assert_null(gguf_find(g, "t.none"));
        gguf_free(g);
        buf_done(&file);
    }
}

static void a_gguf_cut_anywhere_is_refused_or_told(void **state)
{
    (void)state;
    struct buf file = BUF_INIT;
    load("headers/kinds.gguf", &file);
    struct err e = ERR_INIT;
    struct gguf *whole = open_gguf(file.p, file.n, &e);
    const size_t header = (size_t)whole->header_bytes;
    gguf_free(whole);
    for (size_t n = 0; n < file.n; n += n < 600 ? 1 : 97) {
        char *copy = xmalloc(n + 1); /* so that a sanitizer sees a byte too far */
        memcpy(copy, file.p, n);
        struct gguf *g = open_gguf(copy, n, &e);
        if (n < header) {
            assert_null(g);
            assert_int_equal(e.code, n < 4 ? ERR_UNSUPPORTED : ERR_DAMAGED);
        } else {
            assert_non_null(g);
            assert_non_null(strstr(g->problem, "cut short"));
        }
        gguf_free(g);
        free(copy);
    }
    buf_done(&file);
}

static void put_gguf_head(struct buf *b, uint64_t tensors, uint64_t keys)
{
    buf_append(b, "GGUF", 4);
    put_le(b, 3, 4);
    put_le(b, tensors, 8);
    put_le(b, keys, 8);
}

static void put_gguf_text(struct buf *b, const char *s)
{
    put_le(b, strlen(s), 8);
    buf_puts(b, s);
}

static void expect_no_gguf(struct buf *b, enum err_code code, const char *word)
{
    struct err e = ERR_INIT;
    assert_null(open_gguf(b->p, b->n, &e));
    assert_int_equal(e.code, code);
    if (!strstr(e.msg, word)) {
        fail_msg("\"%s\" does not say \"%s\"", e.msg, word);
    }
    buf_clear(b);
}

static void hostile_gguf_headers_are_refused(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    put_gguf_head(&b, UINT64_MAX, 1);
    expect_no_gguf(&b, ERR_LIMIT, "tensors");
    put_gguf_head(&b, 0, 1ULL << 63);
    expect_no_gguf(&b, ERR_LIMIT, "keys");
    put_gguf_head(&b, 0, 1); /* a name of nearly 2^64 bytes */
    put_le(&b, UINT64_MAX - 3, 8);
    expect_no_gguf(&b, ERR_DAMAGED, "ends");
    put_gguf_head(&b, 0, 1); /* an unknown type */
    put_gguf_text(&b, "k");
    put_le(&b, 13, 4);
    expect_no_gguf(&b, ERR_DAMAGED, "unknown type");
    put_gguf_head(&b, 0, 1); /* as many numbers as overflow */
    put_gguf_text(&b, "k");
    put_le(&b, 9, 4);
    put_le(&b, 10, 4);
    put_le(&b, UINT64_MAX / 4, 8);
    buf_pad(&b, 'x', 100);
    expect_no_gguf(&b, ERR_DAMAGED, "longer than any file");
    put_gguf_head(&b, 0, 1); /* arrays of arrays of arrays */
    put_gguf_text(&b, "k");
    put_le(&b, 9, 4);
    for (int i = 0; i < 8; i++) {
        put_le(&b, 9, 4);
        put_le(&b, 1, 8);
    }
    expect_no_gguf(&b, ERR_DAMAGED, "arrays within arrays");
    put_gguf_head(&b, 1, 0); /* dimensions that overflow; too many of them */
    put_gguf_text(&b, "t");
    put_le(&b, 2, 4);
    put_le(&b, 1ULL << 40, 8);
    put_le(&b, 1ULL << 40, 8);
    expect_no_gguf(&b, ERR_DAMAGED, "larger than any file");
    put_gguf_head(&b, 1, 0);
    put_gguf_text(&b, "t");
    put_le(&b, 9, 4);
    expect_no_gguf(&b, ERR_DAMAGED, "dimensions");
    buf_puts(&b, "GGUF\x04");
    buf_append(&b, "\0\0\0", 3);
    expect_no_gguf(&b, ERR_UNSUPPORTED, "version 4");
    buf_puts(&b, "GGML is older");
    expect_no_gguf(&b, ERR_UNSUPPORTED, "no GGUF");
    buf_done(&b);
}

/* Version 1 has lengths of 4 bytes; a type of tomorrow is shown by its number. */
static void old_files_and_new_types_are_shown(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct buf b = BUF_INIT;
    buf_append(&b, "GGUF\x01\0\0\0", 8);
    put_le(&b, 1, 4);
    put_le(&b, 1, 4);
    put_le(&b, 3, 4);
    buf_puts(&b, "a.b");
    put_le(&b, 8, 4);
    put_le(&b, 3, 4);
    buf_append(&b, "x\0y", 3);
    put_le(&b, 1, 4);
    buf_puts(&b, "t");
    put_le(&b, 1, 4);
    put_le(&b, 64, 4);
    put_le(&b, 99, 4);
    put_le(&b, 0, 8);
    struct gguf *g = open_gguf(b.p, b.n, &e);
    assert_non_null(g);
    assert_int_equal(g->version, 1);
    assert_string_equal(g->keys[0].value, "x\xEF\xBF\xBDy");
    assert_string_equal(g->tensors[0].type, "type 99");
    assert_false(g->tensors[0].has_bytes);
    assert_non_null(strstr(g->problem, "not known"));
    gguf_free(g);
    buf_done(&b);
}

/* A vocabulary of 8 MB of numbers is stepped over, not fetched. */
static void arrays_of_numbers_are_not_fetched(void **state)
{
    (void)state;
    enum { NUMBERS = 2 * 1024 * 1024 };
    struct err e = ERR_INIT;
    struct buf b = BUF_INIT;
    put_gguf_head(&b, 0, 2);
    put_gguf_text(&b, "scores");
    put_le(&b, 9, 4);
    put_le(&b, 6, 4);
    put_le(&b, NUMBERS, 8);
    buf_pad(&b, 0, (size_t)NUMBERS * 4);
    put_gguf_text(&b, "last");
    put_le(&b, 4, 4);
    put_le(&b, 7, 4);
    struct counted c = {.bytes = {b.p, b.n}};
    const struct format_source source = source_of(&c);
    struct gguf *g = gguf_open(&source, &e);
    assert_non_null(g);
    assert_string_equal(gguf_find(g, "last")->value, "7");
    assert_true(c.asked < 400 * 1024);
    assert_int_equal(c.calls, 2);
    gguf_free(g);
    buf_done(&b);
}

/* ---- Parquet ---- */

static struct parquet *open_parquet(const void *bytes, size_t n, struct err *e)
{
    struct counted c = {.bytes = {bytes, n}};
    const struct format_source source = source_of(&c);
    *e = (struct err)ERR_INIT;
    return parquet_open(&source, e);
}

static const struct parquet_node *node_of(const struct parquet *p, const char *name)
{
    for (size_t i = 0; i < p->n_nodes; i++) {
        if (strcmp(p->nodes[i].name, name) == 0) {
            return &p->nodes[i];
        }
    }
    return NULL;
}

static void a_nested_schema_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *name, *type, *logical, *repetition;
        int depth;
    } WANT[] = {
        {"id", "INT64", "", "optional", 0},
        {"small", "INT32", "UINT(8)", "optional", 0},
        {"name", "BYTE_ARRAY", "STRING", "optional", 0},
        {"at", "INT64", "TIMESTAMP(us, UTC)", "optional", 0},
        {"day", "INT32", "DATE", "optional", 0},
        {"price", "FIXED_LEN_BYTE_ARRAY(4)", "DECIMAL(9, 2)", "optional", 0},
        {"hash", "FIXED_LEN_BYTE_ARRAY(16)", "", "optional", 0},
        {"half", "FIXED_LEN_BYTE_ARRAY(2)", "FLOAT16", "optional", 0},
        {"words", "group", "LIST", "optional", 0},
        {"list", "group", "", "repeated", 1},
        {"element", "BYTE_ARRAY", "STRING", "optional", 2},
        {"image", "group", "", "optional", 0},
        {"bytes", "BYTE_ARRAY", "", "optional", 1},
        {"scores", "group", "MAP", "optional", 0},
        {"key", "BYTE_ARRAY", "STRING", "required", 2},
    };
    struct err e = ERR_INIT;
    struct buf file = BUF_INIT;
    load("headers/nested.parquet", &file);
    struct parquet *p = open_parquet(file.p, file.n, &e);
    assert_non_null(p);
    for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
        const struct parquet_node *n = node_of(p, WANT[i].name);
        assert_non_null(n);
        assert_string_equal(n->type, WANT[i].type);
        assert_string_equal(n->logical, WANT[i].logical);
        assert_string_equal(n->repetition, WANT[i].repetition);
        assert_int_equal(n->depth, WANT[i].depth);
    }
    assert_int_equal(p->n_keys, 3);
    assert_string_equal(p->keys[0].name, "huggingface");
    assert_string_equal(p->keys[0].value, "{\"info\": {\"features\": {}}}");
    assert_int_equal(p->keys[1].bytes, 6000);
    assert_true(p->keys[1].is_cut);
    parquet_free(p);
    buf_done(&file);
}

static void a_parquet_footer_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct buf file = BUF_INIT;
    load("headers/nested.parquet", &file);
    struct err e = ERR_INIT;
    struct parquet *whole = open_parquet(file.p, file.n, &e);
    const size_t n = (size_t)whole->footer_bytes;
    parquet_free(whole);
    const char *footer = file.p + file.n - 8 - n;
    for (size_t i = 0; i < n; i += i < 3000 ? 1 : 61) {
        char *copy = xmalloc(i + 1);
        memcpy(copy, footer, i);
        e = (struct err)ERR_INIT;
        assert_null(parquet_parse(copy, i, file.n, &e));
        assert_int_equal(e.code, ERR_DAMAGED);
        free(copy);
    }
    buf_done(&file);
}

static void expect_no_parquet(struct buf *b, uint64_t footer, const char *mark, enum err_code code, const char *word)
{
    struct err e = ERR_INIT;
    put_le(b, footer, 4);
    buf_puts(b, mark);
    assert_null(open_parquet(b->p, b->n, &e));
    assert_int_equal(e.code, code);
    if (!strstr(e.msg, word)) {
        fail_msg("\"%s\" does not say \"%s\"", e.msg, word);
    }
    buf_clear(b);
}

static void hostile_parquet_footers_are_refused(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    buf_puts(&b, "PAR1");
    expect_no_parquet(&b, 1000, "PAR1", ERR_DAMAGED, "longer than the file");
    buf_puts(&b, "PAR1");
    expect_no_parquet(&b, 0xFFFFFFFF, "PAR1", ERR_DAMAGED, "longer than the file");
    buf_puts(&b, "PAR1");
    expect_no_parquet(&b, 0, "PAR1", ERR_DAMAGED, "ends too early");
    buf_puts(&b, "PAR1");
    expect_no_parquet(&b, 0, "PARE", ERR_UNSUPPORTED, "encrypted");
    buf_puts(&b, "PAR1");
    expect_no_parquet(&b, 0, "RIFF", ERR_UNSUPPORTED, "no Parquet");
    buf_puts(&b, "PAR1\x00"); /* no schema */
    buf_append(&b, "\0", 1);
    expect_no_parquet(&b, 1, "PAR1", ERR_DAMAGED, "no schema");
    static const struct {
        const char *bytes, *word;
        size_t n;
    } BAD[] = {
        {"\x29\xFC\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", "longer than what follows", 11}, /* a list of 2^63 */
        {"\x29\x1C\x55\x03\x00\x00", "does not fit its list", 6},         /* a root with -2 children */
        {"\x29\x1C\x55\x04\x00\x00", "does not fit its list", 6},         /* two that are not there */
        {"\x29\x2C\x55\x02\x00\x48\xFF\xFF\xFF\xFF\x0F", "longer than what follows", 11}, /* a name of 4 GB */
        {"\x36\x01\x00", "below zero", 3},                                /* -1 rows */
        {"\x35\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", "too long", 12}, /* a number of 77 bits */
        {"\xE7\x00\x00", "ends too early", 3},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        buf_puts(&b, "PAR1");
        buf_append(&b, BAD[i].bytes, BAD[i].n);
        expect_no_parquet(&b, BAD[i].n, "PAR1", ERR_DAMAGED, i == 6 ? "" : BAD[i].word);
    }
    buf_puts(&b, "PAR1"); /* lists within lists, deeper than anybody goes */
    for (int i = 0; i < 5000; i++) {
        buf_putc(&b, i == 0 ? '\xF9' : '\x19');
    }
    expect_no_parquet(&b, 5000, "PAR1", ERR_DAMAGED, "nested too deep");
    buf_done(&b);
}

/* ---- pictures ---- */

static void depth_and_colours_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *file, *colours;
        int bits;
        bool is_progressive, is_lossless;
    } WANT[] = {
        {"gray.png", "gray", 8, false, true},     {"deep.png", "gray", 16, false, true},
        {"palette.png", "palette", 4, false, true}, {"alpha.png", "RGBA", 8, false, true},
        {"gray.jpg", "gray", 8, false, false},    {"progressive.jpg", "YCbCr", 8, true, false},
        {"cmyk.jpg", "CMYK", 8, false, false},    {"lossy.webp", "YCbCr", 8, false, false},
        {"lossless.webp", "RGBA", 8, false, true}, {"moving.webp", "RGBA", 8, false, false},
    };
    for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
        struct err e = ERR_INIT;
        struct buf file = BUF_INIT;
        struct picture_head h;
        char *rel = xasprintf("headers/%s", WANT[i].file);
        load(rel, &file);
        free(rel);
        struct counted c = {.bytes = {file.p, file.n}};
        const struct format_source source = source_of(&c);
        assert_true(picture_read_head(&source, &h, &e));
        assert_string_equal(h.colours, WANT[i].colours);
        assert_int_equal(h.bits, WANT[i].bits);
        assert_int_equal(h.is_progressive, WANT[i].is_progressive);
        assert_int_equal(h.is_lossless, WANT[i].is_lossless);
        buf_done(&file);
    }
}

static void pictures_cut_within_their_heads_are_refused(void **state)
{
    (void)state;
    static const char *const FILES[] = {"gray.png", "gray.jpg", "lossy.webp", "lossless.webp", "moving.webp"};
    static const size_t HEADS[] = {29, 170, 30, 25, 30};
    for (size_t f = 0; f < sizeof FILES / sizeof *FILES; f++) {
        struct buf file = BUF_INIT;
        char *rel = xasprintf("headers/%s", FILES[f]);
        load(rel, &file);
        free(rel);
        for (size_t n = 0; n < 25 && n < HEADS[f]; n++) {
            struct err e = ERR_INIT;
            struct picture_head h;
            struct counted c = {.bytes = {file.p, n}};
            const struct format_source source = source_of(&c);
            assert_false(picture_read_head(&source, &h, &e));
            assert_true(e.code == ERR_DAMAGED || e.code == ERR_UNSUPPORTED);
        }
        buf_done(&file);
    }
}

/* ---- indexes ---- */

static void an_index_names_its_shards(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct buf file = BUF_INIT;
    load("headers/model.safetensors.index.json", &file);
    struct st_index *x = st_index_parse(file.p, file.n, &e);
    assert_non_null(x);
    assert_int_equal(x->n_shards, 2);
    assert_string_equal(x->shards[0].file, "model-00001-of-00002.safetensors");
    assert_int_equal(x->shards[0].tensors, 2);
    assert_int_equal(x->shards[1].tensors, 3);
    assert_int_equal(x->tensors, 5);
    assert_true(x->has_total_size);
    assert_int_equal(x->total_size, 16 * 8 * 4 * 2 + 16 + 40);
    assert_false(x->has_total_parameters);
    st_index_free(x);
    static const char *const BAD[] = {
        "{}", "[1]", "{\"weight_map\": {\"a\": 7}}", "{\"weight_map\": {\"a\": \"../../x.safetensors\"}}",
        "{\"weight_map\": {\"a\": \"/etc/passwd\"}}", "{\"weight_map\": {\"a\": \"\"}}", "{\"weight_map\": [\"a\"]}",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        e = (struct err)ERR_INIT;
        assert_null(st_index_parse(BAD[i], strlen(BAD[i]), &e));
        assert_int_equal(e.code, ERR_DAMAGED);
    }
    buf_clear(&file);
    buf_puts(&file, "{\"weight_map\": [");
    for (int i = 0; i < 2100000; i++) {
        buf_puts(&file, "1,");
    }
    assert_null(st_index_parse(file.p, file.n, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_as_their_own_programs_read_them),
        cmocka_unit_test(values_of_every_type_are_told),
        cmocka_unit_test(a_gguf_cut_anywhere_is_refused_or_told),
        cmocka_unit_test(hostile_gguf_headers_are_refused),
        cmocka_unit_test(old_files_and_new_types_are_shown),
        cmocka_unit_test(arrays_of_numbers_are_not_fetched),
        cmocka_unit_test(a_nested_schema_is_told),
        cmocka_unit_test(a_parquet_footer_cut_anywhere_is_refused),
        cmocka_unit_test(hostile_parquet_footers_are_refused),
        cmocka_unit_test(depth_and_colours_are_told),
        cmocka_unit_test(pictures_cut_within_their_heads_are_refused),
        cmocka_unit_test(an_index_names_its_shards),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
