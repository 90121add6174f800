/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/gguf_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"

enum value_type { V_FLOAT32 = 6, V_BOOL = 7, V_STRING = 8, V_ARRAY = 9, V_FLOAT64 = 12 };

static const struct {
    const char *name, *array;
    size_t bytes; /* 0: a string or an array */
    bool is_signed;
} VALUES[V_FLOAT64 + 1] = {
    {"u8", "u8[]", 1, false},       {"i8", "i8[]", 1, true},      {"u16", "u16[]", 2, false},
    {"i16", "i16[]", 2, true},      {"u32", "u32[]", 4, false},   {"i32", "i32[]", 4, true},
    {"f32", "f32[]", 4, false},     {"bool", "bool[]", 1, false}, {"string", "string[]", 0, false},
    {"array", "array[]", 0, false}, {"u64", "u64[]", 8, false},   {"i64", "i64[]", 8, true},
    {"f64", "f64[]", 8, false},
};

/* The fewest digits that read back as the same number; what JSON cannot write is a text. */
static void put_float(struct buf *out, double v, bool is_single)
{
    char text[40] = "";
    if (!isfinite(v)) {
        buf_puts(out, isnan(v) ? "\"NaN\"" : v > 0 ? "\"Infinity\"" : "\"-Infinity\"");
        return;
    }
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        const double back = is_single ? (double)strtof(text, NULL) : strtod(text, NULL);
        if (memcmp(&back, &v, sizeof v) == 0) {
            break;
        }
    }
    buf_puts(out, text);
}

static void put_number(struct buf *out, uint64_t type, uint64_t raw)
{
    const size_t bits = VALUES[type].bytes * 8;
    if (type == V_FLOAT32) {
        const uint32_t half = (uint32_t)raw;
        float v = 0;
        memcpy(&v, &half, sizeof v);
        put_float(out, (double)v, true);
    } else if (type == V_FLOAT64) {
        double v = 0;
        memcpy(&v, &raw, sizeof v);
        put_float(out, v, false);
    } else if (type == V_BOOL) {
        buf_puts(out, raw ? "true" : "false");
    } else if (VALUES[type].is_signed && raw >> (bits - 1) & 1) {
        buf_printf(out, "%" PRId64, (int64_t)(bits == 64 ? raw : raw | UINT64_MAX << bits));
    } else {
        buf_printf(out, "%" PRIu64, raw);
    }
}

/* A text between quotes, as JSON writes it; bad UTF-8 becomes U+FFFD. */
static void put_quoted(struct buf *out, const char *s, size_t n)
{
    buf_putc(out, '"');
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        char bytes[4];
        i += text_decode(s + i, n - i, &cp);
        if (cp == '"' || cp == '\\') {
            buf_putc(out, '\\');
        }
        if (cp < 0x20) {
            buf_printf(out, "\\u%04x", (unsigned)cp);
        } else {
            buf_append(out, bytes, text_encode(cp, bytes));
        }
    }
    buf_putc(out, '"');
}

static bool take_value(struct gguf_in *in, uint64_t type, int depth, struct buf *out, bool *is_cut);

/* out NULL: nothing of it is kept. */
static bool take_item(struct gguf_in *in, uint64_t of, int depth, struct buf *out)
{
    bool is_cut = false;
    if (of != V_STRING) {
        return take_value(in, of, depth, out, &is_cut);
    }
    enum { ITEM_MAX = 64 };
    struct buf text = BUF_INIT;
    uint64_t n = 0;
    const bool ok = gguf_take_text(in, out ? ITEM_MAX : 0, &text, &n);
    if (ok && out) {
        put_quoted(out, buf_str(&text), text.n);
    }
    buf_done(&text);
    return ok;
}

static bool take_array(struct gguf_in *in, int depth, struct buf *out, uint64_t *of,
                       uint64_t *count)
{
    uint64_t bytes = 0;
    if (!gguf_take_number(in, 4, of) || !gguf_take_number(in, in->wide, count)) {
        return false;
    }
    if (*of > V_FLOAT64 || depth >= GGUF_NESTING_MAX) {
        return gguf_damaged(in, *of > V_FLOAT64 ? "an array of an unknown type"
                                                : "arrays within arrays");
    }
    const uint64_t shown = !out ? 0 : *count < GGUF_FIRST_MAX ? *count : GGUF_FIRST_MAX;
    if (out) {
        buf_putc(out, '[');
    }
    for (uint64_t i = 0; i < shown; i++) {
        buf_puts(out, i ? ", " : "");
        if (!take_item(in, *of, depth + 1, out)) {
            return false;
        }
    }
    if (out) {
        buf_puts(out, "]");
    }
    if (VALUES[*of].bytes > 0) {
        return __builtin_mul_overflow(*count - shown, VALUES[*of].bytes, &bytes)
                   ? gguf_damaged(in, "an array longer than any file")
                   : gguf_skip(in, bytes);
    }
    for (uint64_t i = shown; i < *count; i++) {
        if (!take_item(in, *of, depth + 1, NULL)) {
            return false;
        }
    }
    return true;
}

/* A number, or an array within an array. */
static bool take_value(struct gguf_in *in, uint64_t type, int depth, struct buf *out, bool *is_cut)
{
    uint64_t of = 0, n = 0;
    if (type == V_ARRAY) {
        const bool ok = take_array(in, depth, out, &of, &n);
        *is_cut = n > GGUF_FIRST_MAX;
        return ok;
    }
    if (!gguf_take_number(in, VALUES[type].bytes, &n)) {
        return false;
    }
    if (type == V_BOOL && n > 1) {
        gguf_note(in->g, "a truth value is neither 0 nor 1");
    }
    if (out) {
        put_number(out, type, n);
    }
    return true;
}

static bool take_key_value(struct gguf_in *in, uint64_t type, struct gguf_key *key, struct buf *out)
{
    uint64_t of = 0;
    key->is_text = type == V_STRING;
    key->is_array = type == V_ARRAY;
    key->type = VALUES[type].name;
    if (type == V_STRING) {
        const bool ok = gguf_take_text(in, GGUF_TEXT_MAX, out, &key->count);
        key->is_cut = key->count > GGUF_TEXT_MAX;
        return ok;
    }
    if (type == V_ARRAY) {
        const bool ok = take_array(in, 0, out, &of, &key->count);
        key->type = VALUES[ok ? of : type].array;
        key->is_cut = key->count > GGUF_FIRST_MAX;
        return ok;
    }
    return take_value(in, type, 0, out, &key->is_cut);
}

bool gguf_take_key(struct gguf_in *in)
{
    struct gguf *g = in->g;
    struct gguf_key key = {.name = gguf_take_name(in)};
    uint64_t type = 0;
    if (!key.name || !gguf_take_number(in, 4, &type)) {
        return false;
    }
    if (type > V_FLOAT64) {
        return gguf_damaged(in, "a key of an unknown type");
    }
    struct buf value = BUF_INIT;
    const bool ok = take_key_value(in, type, &key, &value);
    key.value = ok ? gguf_keep(in, &value) : NULL;
    buf_done(&value);
    if (!key.value) {
        return false;
    }
    if (!mem_grow((void **)&g->keys, &g->cap_keys, g->n_keys + 1, sizeof *g->keys)) {
        return err_set(in->e, ERR_LIMIT, "no memory for the keys of %s", in->window.source->name);
    }
    g->keys[g->n_keys++] = key;
    unsigned long long n = 0;
    if (strcmp(key.name, "general.alignment") == 0 && str_to_u64(key.value, UINT32_MAX, &n)) {
        g->alignment = n;
    }
    return true;
}
