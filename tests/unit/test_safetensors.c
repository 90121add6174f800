/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are read and written, and one broken header for every rule. */
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/format_help.h"

#include "core/format/safetensors.h"
#include "core/format/source.h"

/* A file as the reference writer (the Python package, version 0.8) made it. */
static const char REFERENCE_HEADER[] =
    "{\"__metadata__\":{\"format\":\"pt\"},"
    "\"b\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]},"
    "\"s\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[16,24]},"
    "\"none\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[24,24]},"
    "\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[24,48]},"
    "\"emb\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[48,52]},"
    "\"\xc3\xa9 \\\"h\\\"\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[52,60]},"
    "\"on\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[60,63]}}    ";
static const unsigned char REFERENCE_DATA[63] = {
    1,    0,    0,    0,    0, 0,    0,    0,    0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0,    0,    0,    0,    0, 0,    4,    0x40, 0,    0,    0,    0,    0,    0,    0,    0x3F,
    0,    0,    0x80, 0x3F, 0, 0,    0xC0, 0x3F, 0,    0,    0,    0x40, 0,    0,    0x20, 0x40,
    0x80, 0x3F, 0x49, 0xC0, 0, 0x38, 0,    0xC0, 0xFF, 0x7B, 1,    0,    1,    0,    1,
};

static void put_reference(struct buf *b)
{
    put_le(b, sizeof REFERENCE_HEADER - 1, 8);
    buf_append(b, REFERENCE_HEADER, sizeof REFERENCE_HEADER - 1);
    buf_append(b, REFERENCE_DATA, sizeof REFERENCE_DATA);
}

static struct safetensors *open_bytes(void **state, const struct buf *b, struct err *e)
{
    char *path = put_file(state, "t.safetensors", b->p, b->n);
    struct safetensors *s = safetensors_open(path, e);
    free(path);
    return s;
}

/* ---- files ---- */

static void check_floats(const struct safetensors *s, const char *name, const float *want, size_t n)
{
    struct err e = ERR_INIT;
    float got[8] = {0};
    const struct st_tensor *t = safetensors_find(s, name);
    assert_non_null(t);
    assert_int_equal(t->elements, n);
    assert_true(safetensors_read_f32(s, t, 0, got, n, &e));
    for (size_t i = 0; i < n; i++) {
        assert_true(got[i] == want[i]);
    }
}

static void the_reference_file_is_read(void **state)
{
    struct err e = ERR_INIT;
    struct buf b = BUF_INIT;
    put_reference(&b);
    struct safetensors *s = open_bytes(state, &b, &e);
    assert_non_null(s);
    static const char *const ORDER[] = {"b", "s", "none", "w", "emb", "\xc3\xa9 \"h\"", "on"};
    assert_int_equal(safetensors_count(s), 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(safetensors_at(s, i)->name, ORDER[i]);
        assert_ptr_equal(safetensors_find(s, ORDER[i]), safetensors_at(s, i));
    }
    assert_null(safetensors_at(s, 7));
    assert_null(safetensors_find(s, "absent"));
    assert_int_equal(safetensors_meta_count(s), 1);
    assert_string_equal(safetensors_meta_at(s, 0).key, "format");
    assert_string_equal(safetensors_meta_at(s, 0).value, "pt");
    assert_null(safetensors_meta_at(s, 1).key);
    assert_int_equal(safetensors_data_start(s), 448);
    const struct st_tensor *w = safetensors_find(s, "w");
    assert_int_equal(w->dtype, ST_F32);
    assert_int_equal(w->rank, 2);
    assert_int_equal(w->shape[0], 2);
    assert_int_equal(w->shape[1], 3);
    assert_int_equal(safetensors_find(s, "s")->rank, 0);
    check_floats(s, "w", (const float[]){0, 0.5F, 1, 1.5F, 2, 2.5F}, 6);
    check_floats(s, "b", (const float[]){1, -2}, 2);
    check_floats(s, "s", (const float[]){2.5F}, 1);
    check_floats(s, "emb", (const float[]){1, -3.140625F}, 2);
    check_floats(s, "\xc3\xa9 \"h\"", (const float[]){0.5F, -2, 65504, 0x1p-24F}, 4);
    check_floats(s, "none", NULL, 0);
    safetensors_close(s);
    buf_done(&b);
}

static const int64_t B[] = {1, -2};
static const double S[] = {2.5};
static const float W[] = {0, 0.5F, 1, 1.5F, 2, 2.5F};
static const uint16_t EMB[] = {0x3F80, 0xC049};
static const uint16_t H[] = {0x3800, 0xC000, 0x7BFF, 1};
static const uint8_t ON[] = {1, 0, 1};

/* In no order; the writer sorts. */
static const struct st_out OUT[] = {
    {"on", ST_BOOL, 1, {3}, ON},       {"w", ST_F32, 2, {2, 3}, W},
    {"none", ST_F32, 2, {0, 4}, NULL}, {"\xc3\xa9 \"h\"", ST_F16, 1, {4}, H},
    {"emb", ST_BF16, 2, {1, 2}, EMB},  {"s", ST_F64, 0, {0}, S},
    {"b", ST_I64, 1, {2}, B},
};
enum { N_OUT = sizeof OUT / sizeof *OUT };

static void the_same_file_is_written(void **state)
{
    struct err e = ERR_INIT;
    struct buf want = BUF_INIT;
    struct buf got = BUF_INIT;
    char *path = xasprintf("%s/out.safetensors", (const char *)*state);
    const struct st_meta meta = {"format", "pt"};
    put_reference(&want);
    assert_true(safetensors_write(path, OUT, N_OUT, &meta, 1, &e));
    assert_true(file_read(path, &got, 4096, &e));
    assert_int_equal(got.n, want.n);
    assert_memory_equal(got.p, want.p, want.n);
    buf_done(&got);
    buf_done(&want);
    free(path);
}

static void strings_survive_the_round_trip(void **state)
{
    struct err e = ERR_INIT;
    char *path = xasprintf("%s/names.safetensors", (const char *)*state);
    static const char NAME[] = "a\"\\/\b\f\n\r\t\x01\x1f\x7f\xf0\x9f\x99\x82";
    const struct st_meta meta[] = {{"z", ""}, {"", NAME}};
    const struct st_out tensors[] = {{NAME, ST_U8, 1, {3}, ON}, {"", ST_U8, 0, {0}, ON}};
    assert_true(safetensors_write(path, tensors, 2, meta, 2, &e));
    struct safetensors *s = safetensors_open(path, &e);
    assert_non_null(s);
    assert_non_null(safetensors_find(s, NAME));
    assert_non_null(safetensors_find(s, ""));
    assert_string_equal(safetensors_meta_at(s, 0).value, NAME);
    assert_string_equal(safetensors_meta_at(s, 1).key, "z");
    safetensors_close(s);
    assert_true(safetensors_write(path, NULL, 0, NULL, 0, &e));
    s = safetensors_open(path, &e);
    assert_non_null(s);
    assert_int_equal(safetensors_count(s), 0);
    assert_null(safetensors_find(s, "w"));
    safetensors_close(s);
    free(path);
}

/* The data begin at a multiple of 8, and no later than that needs. */
static void headers_are_padded_to_8_bytes(void **state)
{
    struct err e = ERR_INIT;
    char *path = xasprintf("%s/padded.safetensors", (const char *)*state);
    for (size_t length = 1; length <= 16; length++) {
        char name[17] = {0};
        struct buf file = BUF_INIT;
        memset(name, 'x', length);
        const struct st_out tensor = {name, ST_U8, 1, {3}, ON};
        assert_true(safetensors_write(path, &tensor, 1, NULL, 0, &e));
        assert_true(file_read(path, &file, 4096, &e));
        const size_t start = file.n - 3;
        assert_int_equal(start % 8, 0);
        assert_true(memchr(file.p + start - 8, '}', 8) != NULL);
        buf_done(&file);
    }
    free(path);
}

static void what_cannot_be_written_is_refused(void **state)
{
    struct err e = ERR_INIT;
    char *path = xasprintf("%s/never.safetensors", (const char *)*state);
    const struct st_out twice[] = {{"a", ST_U8, 1, {3}, ON}, {"a", ST_F32, 1, {2}, W}};
    const struct st_out wrong[] = {
        {"__metadata__", ST_U8, 1, {3}, ON},
        {"bad \xff name", ST_U8, 1, {3}, ON},
        {NULL, ST_U8, 1, {3}, ON},
        {"rank", ST_U8, 9, {1}, ON},
        {"product", ST_U8, 2, {1ULL << 63, 2}, ON},
        {"bits", ST_F64, 1, {1ULL << 60}, ON},
        {"half a byte", ST_F4, 1, {3}, ON},
    };
    const struct st_meta metas[] = {{"k", "1"}, {"k", "2"}};
    assert_false(safetensors_write(path, twice, 2, NULL, 0, &e));
    assert_int_equal(e.code, ERR_USAGE);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(safetensors_write(path, &wrong[i], 1, NULL, 0, &e));
        assert_int_equal(e.code, ERR_USAGE);
    }
    assert_false(safetensors_write(path, OUT, N_OUT, metas, 2, &e));
    assert_int_equal(e.code, ERR_USAGE);
    const struct st_out huge[] = {
        {"a", ST_U8, 1, {1ULL << 60}, ON},     {"b", ST_U8, 1, {UINT64_MAX / 8}, ON},
        {"c", ST_U8, 1, {UINT64_MAX / 8}, ON}, {"d", ST_U8, 1, {UINT64_MAX / 8}, ON},
        {"e", ST_U8, 1, {UINT64_MAX / 8}, ON}, {"f", ST_U8, 1, {UINT64_MAX / 8}, ON},
        {"g", ST_U8, 1, {UINT64_MAX / 8}, ON}, {"h", ST_U8, 1, {UINT64_MAX / 8}, ON},
        {"i", ST_U8, 1, {UINT64_MAX / 8}, ON}};
    assert_false(safetensors_write(path, huge, 9, NULL, 0, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_false(file_exists(path));
    assert_false(safetensors_write("/no/such/folder/x", OUT, N_OUT, NULL, 0, &e));
    assert_int_equal(e.code, ERR_IO);
    free(path);
}

/* ---- rules 1 to 3 and 10: the file ---- */

static void check_refused(void **state, const struct buf *b, const char *why)
{
    struct err e = ERR_INIT;
    struct safetensors *s = open_bytes(state, b, &e);
    if (s || e.code != ERR_DAMAGED || !strstr(e.msg, why)) {
        fail_msg("wanted \"%s\", got \"%s\"", why, s ? "a reader" : e.msg);
    }
}

static void files_of_a_wrong_length_are_refused(void **state)
{
    struct buf b = BUF_INIT;
    put_reference(&b);
    for (size_t cut = 0; cut < b.n; cut++) {
        const struct buf part = {b.p, cut, cut};
        check_refused(state, &part,
                      cut < 8     ? "header too small"
                      : cut < 448 ? "invalid header length"
                                  : "incomplete buffer");
    }
    buf_putc(&b, '\0');
    check_refused(state, &b, "incomplete buffer");
    static const struct {
        uint64_t n;
        const char *why;
    } LENGTHS[] = {
        {0, "invalid header length"},         {100000000, "invalid header length"},
        {100000001, "header too large"},      {UINT64_MAX, "header too large"},
        {UINT64_MAX - 7, "header too large"},
    };
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
        buf_clear(&b);
        put_le(&b, LENGTHS[i].n, 8);
        buf_puts(&b, "{}");
        check_refused(state, &b, LENGTHS[i].why);
    }
    buf_done(&b);
}

static void what_is_no_file_is_refused(void **state)
{
    struct err e = ERR_INIT;
    char *path = xasprintf("%s/pipe", (const char *)*state);
    assert_null(safetensors_open("/no/such/file", &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_null(safetensors_open(*state, &e));
    assert_int_equal(e.code, ERR_UNSUPPORTED);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(safetensors_open(path, &e)); /* and it does not wait for a writer */
    assert_int_equal(e.code, ERR_UNSUPPORTED);
    free(path);
}

/* ---- rules 4 to 10: the header ---- */

#define T(dtype, shape, offsets)                                                                   \
    "{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" offsets "]}"
#define U8_1 T("U8", "1", "0,1")

static const struct {
    const char *json;
    uint64_t data;
    const char *why; /* NULL: it is fine */
} HEADERS[] = {
    {"{}", 0, NULL},
    {" \t\r\n{ } \n", 0, NULL},
    {"{\"a\":" U8_1 "}", 1, NULL},
    {"{\"__metadata__\":null,\"a\":" U8_1 "}", 1, NULL},
    {"{\"__metadata__\":{}}", 0, NULL},
    {"{\"a\":{\"more\":[1,-2.5e+3,{\"x\":[[]]},true,false,null,\"\\u00e9\"],\"data_offsets\":[0,1],"
     "\"shape\" : [ 1 , 1 ] ,\"dtype\":\"\\u0055\\u0038\"}}",
     1, NULL},
    {"{\"b\":" T("U8", "1", "1,2") ",\"a\":" U8_1 "}", 2, NULL},
    {"{\"a\":" T("F4", "3,2", "0,3") "}", 3, NULL},
    {"{\"a\":" T("F6_E2M3", "4", "0,3") "}", 3, NULL},
    {"{\"a\":" T("C64", "", "0,8") "}", 8, NULL},
    {"{\"a\":" T("U8", "0,18446744073709551615", "0,0") "}", 0, NULL},
    /* 4: text */
    {"{\"a\xff\":" U8_1 "}", 1, "not UTF-8 at byte 11"},
    {"{\"\xed\xa0\x80\":" U8_1 "}", 1, "not UTF-8"},
    {"{\"\xc0\x80\":" U8_1 "}", 1, "not UTF-8"},
    {"{\"\xf4\x90\x80\x80\":" U8_1 "}", 1, "not UTF-8"},
    {"{\"a\":" U8_1 "}\xe2\x82", 1, "not UTF-8"},
    /* 5: JSON of the right form */
    {"[]", 0, "not a JSON object at byte 8"},
    {"\xef\xbb\xbf{}", 0, "not a JSON object"},
    {"    ", 0, "not a JSON object"},
    {"{", 0, "a string is missing at byte 9"},
    {"{}x", 0, "something behind the end"},
    {"{}{}", 0, "something behind the end"},
    {"{\"a\":" U8_1 ",}", 1, "a string is missing"},
    {"{\"a\":" U8_1, 1, "neither a comma nor the end of the header"},
    {"{\"a\" " U8_1 "}", 1, "no colon"},
    {"{a:" U8_1 "}", 1, "a string is missing"},
    {"{\"a", 0, "a string without an end"},
    {"{\"a\n\":" U8_1 "}", 1, "a control character"},
    {"{\"a\\x\":" U8_1 "}", 1, "an unknown escape"},
    {"{\"\\u12g4\":" U8_1 "}", 1, "four hexadecimal digits"},
    {"{\"\\ud83d\":" U8_1 "}", 1, "half of a surrogate pair"},
    {"{\"\\ud83d\\u0041\":" U8_1 "}", 1, "half of a surrogate pair"},
    {"{\"\\ude42\":" U8_1 "}", 1, "half of a surrogate pair"},
    {"{\"a\\u0000b\":" U8_1 "}", 1, "a NUL"},
    {"{\"a\":1}", 0, "an object is missing"},
    {"{\"a\":{}}", 0, "no dtype"},
    {"{\"a\":{\"dtype\":\"U8\"}}", 0, "no shape"},
    {"{\"a\":{\"dtype\":\"U8\",\"shape\":[]}}", 0, "no data_offsets"},
    {"{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1,
     "twice"},
    {"{\"a\":{\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "a string is missing"},
    {"{\"a\":{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}}", 1, "an array of numbers"},
    {"{\"a\":" T("U9", "1", "0,1") "}", 1, "\"a\": an unknown dtype"},
    {"{\"a\":" T("u8", "1", "0,1") "}", 1, "an unknown dtype"},
    {"{\"a\":" T("", "1", "0,1") "}", 1, "an unknown dtype"},
    {"{\"a\":" T("U8", "-1", "0,1") "}", 1, "not a whole one"},
    {"{\"a\":" T("U8", "1.0", "0,1") "}", 1, "not a whole one"},
    {"{\"a\":" T("U8", "1e0", "0,1") "}", 1, "not a whole one"},
    {"{\"a\":" T("U8", "01", "0,1") "}", 1, "not a whole one"},
    {"{\"a\":" T("U8", "1,", "0,1") "}", 1, "not a whole one"},
    {"{\"a\":" T("U8", "\"1\"", "0,1") "}", 1, "not a whole one"},
    {"{\"a\":" T("U8", "18446744073709551616", "0,1") "}", 1, "above 2^64"},
    {"{\"a\":" T("U8", "1 1", "0,1") "}", 1, "neither a comma nor the end of the array"},
    {"{\"a\":" T("U8", "1", "0") "}", 1, "not two numbers"},
    {"{\"a\":" T("U8", "1", "0,1,2") "}", 1, "more numbers"},
    {"{\"a\":" T("U8", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
                 "0,1") "}",
     1, "more numbers"},
    {"{\"a\":{\"x\":01}}", 0, "not a JSON value"},
    {"{\"a\":{\"x\":1.}}", 0, "not a JSON value"},
    {"{\"a\":{\"x\":-}}", 0, "not a JSON value"},
    {"{\"a\":{\"x\":1e}}", 0, "not a JSON value"},
    {"{\"a\":{\"x\":nul}}", 0, "not a JSON value"},
    {"{\"a\":{\"x\":[1}}}", 0, "neither a comma nor an end"},
    {"{\"a\":{\"x\":{\"y\" 1}}}", 0, "no colon"},
    {"{\"__metadata__\":[]}", 0, "__metadata__ is not an object"},
    {"{\"__metadata__\":{\"k\":1}}", 0, "a string is missing"},
    {"{\"__metadata__\":{\"k\":\"v\",\"k\":\"w\"}}", 0, "__metadata__ has \"k\" twice"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ is there twice"},
    {"{\"a\":" U8_1 ",\"a\":" U8_1 "}", 1, "two tensors are named \"a\""},
    {"{\"a\":" U8_1 ",\"\\u0061\":" T("U8", "1", "1,2") "}", 2, "two tensors are named \"a\""},
    /* 6: holes, overlaps, wrong order */
    {"{\"a\":" T("U8", "1", "1,2") "}", 2, "invalid offset: tensor \"a\""},
    {"{\"a\":" U8_1 ",\"b\":" T("U8", "1", "2,3") "}", 3, "invalid offset: tensor \"b\""},
    {"{\"a\":" T("U8", "2", "0,2") ",\"b\":" T("U8", "2", "1,3") "}", 3, "invalid offset"},
    {"{\"a\":" U8_1 ",\"b\":" U8_1 "}", 1, "invalid offset"},
    {"{\"a\":" T("U8", "0", "0,0") ",\"b\":" T("U8", "0", "1,0") "}", 1, "invalid offset"},
    {"{\"a\":" T("U8", "2", "0,2") ",\"b\":" T("U8", "1", "2,1") "}", 2, "invalid offset"},
    /* 7: overflow */
    {"{\"a\":" T("U8", "18446744073709551615,2", "0,1") "}", 1, "validation overflow"},
    {"{\"a\":" T("U8", "18446744073709551615,2,0", "0,0") "}", 0, "validation overflow"},
    {"{\"a\":" T("F64", "1152921504606846976", "0,0") "}", 0, "validation overflow"},
    /* 8: bits that fill no byte */
    {"{\"a\":" T("F4", "3", "0,1") "}", 1, "misaligned slice"},
    {"{\"a\":" T("F6_E3M2", "2", "0,1") "}", 1, "misaligned slice"},
    /* 9: not as many bytes as the shape says */
    {"{\"a\":" T("F32", "1", "0,3") "}", 3, "invalid tensor info"},
    {"{\"a\":" T("F32", "2", "0,4") "}", 4, "invalid tensor info"},
    /* 10: not as many bytes as the file has */
    {"{\"a\":" U8_1 "}", 0, "incomplete buffer"},
    {"{\"a\":" U8_1 "}", 2, "incomplete buffer"},
    {"{}", 1, "incomplete buffer"},
};

static void every_rule_has_its_broken_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++) {
        struct err e = ERR_INIT;
        struct safetensors *s =
            safetensors_parse(HEADERS[i].json, strlen(HEADERS[i].json), HEADERS[i].data, &e);
        const char *why = HEADERS[i].why;
        if (why ? s || e.code != ERR_DAMAGED || !strstr(e.msg, why) : !s) {
            fail_msg("%s: wanted \"%s\", got \"%s\"", HEADERS[i].json, why ? why : "a reader",
                     s ? "a reader" : e.msg);
        }
        safetensors_close(s);
    }
    assert_null(safetensors_parse("", 0, 0, NULL));
    assert_null(safetensors_parse("{}\0", 3, 0, NULL));
}

/* Every prefix of a good header is a bad one, and none of them is read beyond its end. */
static void cut_headers_are_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < strlen(REFERENCE_HEADER) - 4; n++) {
        char *exact = xmalloc(n);
        memcpy(exact, REFERENCE_HEADER, n);
        struct err e = ERR_INIT;
        assert_null(safetensors_parse(exact, n, sizeof REFERENCE_DATA, &e));
        assert_int_equal(e.code, ERR_DAMAGED);
        free(exact);
    }
}

static void nesting_has_an_end(void **state)
{
    (void)state;
    for (size_t depth = 62; depth <= 66; depth++) {
        struct buf b = BUF_INIT;
        struct err e = ERR_INIT;
        buf_puts(&b, "{\"a\":{\"x\":");
        buf_pad(&b, '[', depth);
        buf_pad(&b, ']', depth);
        buf_puts(&b, ",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}");
        struct safetensors *s = safetensors_parse(b.p, b.n, 1, &e);
        assert_int_equal(s != NULL, depth <= 64);
        safetensors_close(s);
        buf_done(&b);
    }
}

/* Offsets above 2^53 keep their last bit; a double would lose it. */
static void large_offsets_are_exact(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    static const char JSON[] = "{\"a\":" T("U8", "9007199254740993", "0,9007199254740993") "}";
    struct safetensors *s = safetensors_parse(JSON, strlen(JSON), 9007199254740993U, &e);
    assert_non_null(s);
    assert_true(safetensors_at(s, 0)->end == 9007199254740993U);
    uint8_t byte = 0;
    assert_false(safetensors_read(s, safetensors_at(s, 0), 0, &byte, 1, &e));
    assert_int_equal(e.code, ERR_USAGE);
    safetensors_close(s);
    assert_null(safetensors_parse(JSON, strlen(JSON), 9007199254740992U, &e));
}

/* More tensors than one block of shapes holds, in an order of their own. */
static void many_tensors_are_put_in_file_order(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    struct err e = ERR_INIT;
    struct buf b = BUF_INIT;
    buf_puts(&b, "{");
    for (unsigned i = 0; i < COUNT; i++) {
        const unsigned k = i * 1009 % COUNT; /* 1009 and 3000 share no factor */
        buf_printf(&b, "%s\"t%u\":{\"dtype\":\"U8\",\"shape\":[1,2],\"data_offsets\":[%u,%u]}",
                   i ? "," : "", k, 2 * k, 2 * k + 2);
    }
    buf_puts(&b, "}");
    struct safetensors *s = safetensors_parse(b.p, b.n, 2 * COUNT, &e);
    assert_non_null(s);
    for (unsigned i = 0; i < COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%u", i);
        const struct st_tensor *t = safetensors_at(s, i);
        assert_string_equal(t->name, name);
        assert_ptr_equal(t, safetensors_find(s, name));
        assert_int_equal(t->shape[1], 2);
    }
    safetensors_close(s);
    buf_done(&b);
}

/* ---- reading ---- */

static void reads_stay_inside_the_tensor(void **state)
{
    struct err e = ERR_INIT;
    struct buf b = BUF_INIT;
    put_reference(&b);
    struct safetensors *s = open_bytes(state, &b, &e);
    assert_non_null(s);
    const struct st_tensor *w = safetensors_find(s, "w");
    uint8_t bytes[24];
    float floats[6];
    assert_true(safetensors_read(s, w, 4, bytes, 20, &e));
    assert_memory_equal(bytes, REFERENCE_DATA + 28, 20);
    assert_true(safetensors_read(s, w, 24, bytes, 0, &e));
    assert_false(safetensors_read(s, w, 5, bytes, 20, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_false(safetensors_read(s, w, UINT64_MAX, bytes, 2, &e));
    assert_false(safetensors_read(s, w, 25, bytes, 0, &e));
    assert_true(safetensors_read_f32(s, w, 4, floats, 2, &e));
    assert_true(floats[0] == 2 && floats[1] == 2.5F);
    assert_false(safetensors_read_f32(s, w, 5, floats, 2, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_false(safetensors_read_f32(s, w, 1ULL << 62, floats, 0, &e));
    assert_false(safetensors_read_f32(s, safetensors_find(s, "on"), 0, floats, 1, &e));
    assert_int_equal(e.code, ERR_UNSUPPORTED);
    char *path = xasprintf("%s/t.safetensors", (const char *)*state);
    assert_int_equal(truncate(path, 490), 0);
    assert_false(safetensors_read(s, w, 0, bytes, 24, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    free(path);
    safetensors_close(s);
    buf_done(&b);
}

struct pieces {
    const struct buf *file;
    uint64_t bytes_read;
    uint64_t broken_from; /* offsets from here on cannot be read */
};

static bool read_piece(void *ctx, uint64_t offset, void *dst, size_t n, struct err *e)
{
    struct pieces *p = ctx;
    assert_true(offset + n <= p->file->n);
    if (offset + n > p->broken_from) {
        return err_set(e, ERR_NETWORK, "the line is cut");
    }
    memcpy(dst, p->file->p + offset, n);
    p->bytes_read += n;
    return true;
}

static void sources_are_asked_for_what_is_read_alone(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct buf b = BUF_INIT;
    put_reference(&b);
    struct pieces pieces = {&b, 0, UINT64_MAX};
    const struct format_source source = {"org/model", b.n, read_piece, &pieces};
    struct safetensors *s = safetensors_open_source(&source, &e);
    assert_non_null(s);
    assert_int_equal(pieces.bytes_read, 448);
    check_floats(s, "w", (const float[]){0, 0.5F, 1, 1.5F, 2, 2.5F}, 6);
    assert_int_equal(pieces.bytes_read, 448 + 24);
    pieces.broken_from = 448;
    float value = 0;
    assert_false(safetensors_read_f32(s, safetensors_find(s, "s"), 0, &value, 1, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    safetensors_close(s);
    pieces.broken_from = 100;
    assert_null(safetensors_open_source(&source, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    const struct format_source cut = {"org/model", 510, read_piece, &pieces};
    pieces.broken_from = UINT64_MAX;
    assert_null(safetensors_open_source(&cut, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    assert_non_null(strstr(e.msg, "org/model"));
    buf_done(&b);
}

/* More than one chunk, with every integer type at its ends. */
static void long_tensors_and_integers_become_floats(void **state)
{
    enum { LONG = 40000 };
    struct err e = ERR_INIT;
    char *path = xasprintf("%s/long.safetensors", (const char *)*state);
    float *values = xmalloc(LONG * sizeof *values);
    for (int i = 0; i < LONG; i++) {
        values[i] = (float)i;
    }
    const int8_t i8[] = {-128, 127};
    const uint8_t u8[] = {0, 255};
    const int16_t i16[] = {-32768, 32767};
    const uint16_t u16[] = {0, 65535};
    const int32_t i32[] = {INT32_MIN, 16777216};
    const uint32_t u32[] = {0, UINT32_MAX};
    const int64_t i64[] = {INT64_MIN, -1};
    const uint64_t u64[] = {0, UINT64_MAX};
    const struct st_out out[] = {
        {"f", ST_F32, 1, {LONG}, values}, {"i8", ST_I8, 1, {2}, i8},
        {"u8", ST_U8, 1, {2}, u8},        {"i16", ST_I16, 1, {2}, i16},
        {"u16", ST_U16, 1, {2}, u16},     {"i32", ST_I32, 1, {2}, i32},
        {"u32", ST_U32, 1, {2}, u32},     {"i64", ST_I64, 1, {2}, i64},
        {"u64", ST_U64, 1, {2}, u64},
    };
    assert_true(safetensors_write(path, out, 9, NULL, 0, &e));
    struct safetensors *s = safetensors_open(path, &e);
    assert_non_null(s);
    check_floats(s, "i8", (const float[]){-128, 127}, 2);
    check_floats(s, "u8", (const float[]){0, 255}, 2);
    check_floats(s, "i16", (const float[]){-32768, 32767}, 2);
    check_floats(s, "u16", (const float[]){0, 65535}, 2);
    check_floats(s, "i32", (const float[]){-0x1p31F, 0x1p24F}, 2);
    check_floats(s, "u32", (const float[]){0, 0x1p32F}, 2);
    check_floats(s, "i64", (const float[]){-0x1p63F, -1}, 2);
    check_floats(s, "u64", (const float[]){0, 0x1p64F}, 2);
    float *back = xcalloc(LONG, sizeof *back);
    assert_true(safetensors_read_f32(s, safetensors_find(s, "f"), 1, back, LONG - 1, &e));
    assert_memory_equal(back, values + 1, (LONG - 1) * sizeof *back);
    free(back);
    free(values);
    safetensors_close(s);
    free(path);
}

/* ---- types and half floats ---- */

static void types_have_names_and_widths(void **state)
{
    (void)state;
    for (int d = 0; d < ST_DTYPES; d++) {
        enum st_dtype found = ST_DTYPES;
        const char *name = st_dtype_name((enum st_dtype)d);
        assert_true(st_dtype_find(name, strlen(name), &found));
        assert_int_equal(found, d);
        assert_false(st_dtype_find(name, strlen(name) - 1, &found) && (int)found == d);
    }
    assert_int_equal(st_dtype_bits(ST_F4), 4);
    assert_int_equal(st_dtype_bits(ST_F6_E3M2), 6);
    assert_int_equal(st_dtype_bits(ST_BF16), 16);
    assert_int_equal(st_dtype_bits(ST_C64), 64);
}

static float value_of_half(unsigned v)
{
    const int exponent = (int)(v >> 10 & 31);
    const int fraction = (int)(v & 1023);
    const float sign = v & 0x8000 ? -1.0F : 1.0F;
    if (exponent == 31) {
        return fraction ? NAN : sign * INFINITY;
    }
    return sign * (exponent ? ldexpf((float)(1024 + fraction), exponent - 25)
                            : ldexpf((float)fraction, -24));
}

static void every_half_float_is_converted(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 65536; v++) {
        const float want = value_of_half(v);
        const float got = st_f16_to_f32((uint16_t)v);
        const float wide = st_bf16_to_f32((uint16_t)v);
        assert_int_equal(isnan(got) != 0, isnan(want) != 0);
        if (!isnan(want)) {
            assert_true(got == want && !signbit(got) == !signbit(want));
        }
        const uint16_t narrow = st_f32_to_bf16(wide);
        if (isnan(want)) {
            const uint16_t back = st_f32_to_f16(got);
            assert_true(isnan(value_of_half(back)) && back >> 15 == v >> 15);
        } else {
            assert_int_equal(st_f32_to_f16(got), v);
        }
        assert_true(isnan(wide) ? isnan(st_bf16_to_f32(narrow)) : narrow == v);
    }
}

/* Between two neighbours the nearer one is taken, in the middle the even one. */
static void rounding_is_to_nearest_even(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 0x7C00; v++) {
        const float low = value_of_half(v);
        const float high = v == 0x7BFF ? 65536.0F : value_of_half(v + 1);
        const float middle = low + (high - low) / 2;
        const unsigned even = v & 1 ? v + 1 : v;
        assert_int_equal(st_f32_to_f16(middle), even);
        assert_int_equal(st_f32_to_f16(-middle), even | 0x8000);
        assert_int_equal(st_f32_to_f16(nextafterf(middle, 0)), v);
        assert_int_equal(st_f32_to_f16(nextafterf(middle, INFINITY)), v + 1);
    }
    assert_int_equal(st_f32_to_f16(3.0e38F), 0x7C00);
    for (unsigned v = 0; v < 0x7F80; v++) {
        const uint32_t bits = v << 16 | 0x8000;
        float middle;
        memcpy(&middle, &bits, sizeof middle);
        assert_int_equal(st_f32_to_bf16(middle), v & 1 ? v + 1 : v);
        assert_int_equal(st_f32_to_bf16(nextafterf(middle, 0)), v);
        assert_int_equal(st_f32_to_bf16(nextafterf(middle, INFINITY)), v + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_file_is_read),
        cmocka_unit_test(the_same_file_is_written),
        cmocka_unit_test(strings_survive_the_round_trip),
        cmocka_unit_test(headers_are_padded_to_8_bytes),
        cmocka_unit_test(what_cannot_be_written_is_refused),
        cmocka_unit_test(files_of_a_wrong_length_are_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(every_rule_has_its_broken_header),
        cmocka_unit_test(cut_headers_are_refused),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(large_offsets_are_exact),
        cmocka_unit_test(many_tensors_are_put_in_file_order),
        cmocka_unit_test(reads_stay_inside_the_tensor),
        cmocka_unit_test(sources_are_asked_for_what_is_read_alone),
        cmocka_unit_test(long_tensors_and_integers_become_floats),
        cmocka_unit_test(types_have_names_and_widths),
        cmocka_unit_test(every_half_float_is_converted),
        cmocka_unit_test(rounding_is_to_nearest_even),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
