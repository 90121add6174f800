/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/format/parquet_parts.h"

/* A schema element as it stands in the file. */
struct element {
    int64_t type, length, repetition, children, converted, scale, precision;
    bool has_type, has_children, has_converted;
    struct str name;
    char logical[48];
};

/* ---- logical types ---- */

/* isAdjustedToUTC and the unit: "us, UTC". */
static void take_time(struct thrift *t, const char *name, char text[48])
{
    static const char *const UNITS[] = {"", "ms", "us", "ns"};
    struct thrift_field f = {0}, unit = {0};
    const char *of = "";
    bool is_utc = false;
    while (thrift_next(t, &f)) {
        if (f.id == 1) {
            is_utc = thrift_bool(t, &f);
        } else if (f.id == 2 && thrift_is_struct(t, &f)) {
            unit = (struct thrift_field){0};
            while (thrift_next(t, &unit)) {
                of = unit.id >= 1 && unit.id <= 3 ? UNITS[unit.id] : of;
                thrift_skip(t, unit.type);
            }
        } else {
            thrift_skip(t, f.type);
        }
    }
    snprintf(text, 48, "%s(%s%s)", name, of, is_utc ? ", UTC" : "");
}

static void take_decimal(struct thrift *t, char text[48])
{
    struct thrift_field f = {0};
    int64_t scale = 0, precision = 0;
    while (thrift_next(t, &f)) {
        if (f.id == 1) {
            scale = thrift_int(t, &f);
        } else if (f.id == 2) {
            precision = thrift_int(t, &f);
        } else {
            thrift_skip(t, f.type);
        }
    }
    snprintf(text, 48, "DECIMAL(%" PRId64 ", %" PRId64 ")", precision, scale);
}

static void take_integer(struct thrift *t, char text[48])
{
    struct thrift_field f = {0};
    int64_t bits = 0;
    bool is_signed = false;
    while (thrift_next(t, &f)) {
        if (f.id == 1) {
            bits = thrift_int(t, &f);
        } else if (f.id == 2) {
            is_signed = thrift_bool(t, &f);
        } else {
            thrift_skip(t, f.type);
        }
    }
    snprintf(text, 48, "%s(%" PRId64 ")", is_signed ? "INT" : "UINT", bits);
}

static void take_logical(struct thrift *t, char text[48])
{
    static const char *const NAMES[] = {
        NULL,   "STRING",    "MAP",     "LIST",     "ENUM",      "DECIMAL", "DATE",
        "TIME", "TIMESTAMP", NULL,      "INTEGER",  "NULL",      "JSON",    "BSON",
        "UUID", "FLOAT16",   "VARIANT", "GEOMETRY", "GEOGRAPHY", "VECTOR",
    };
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        const char *name =
            f.id > 0 && (size_t)f.id < sizeof NAMES / sizeof *NAMES ? NAMES[f.id] : NULL;
        if (!name || f.type != THRIFT_STRUCT) {
            thrift_skip(t, f.type);
        } else if (f.id == 5) {
            take_decimal(t, text);
        } else if (f.id == 7 || f.id == 8) {
            take_time(t, name, text);
        } else if (f.id == 10) {
            take_integer(t, text);
        } else {
            snprintf(text, 48, "%s", name);
            thrift_skip(t, f.type);
        }
    }
}

/* What older writers say in place of the logical type. */
static void name_converted(const struct element *el, char text[48])
{
    static const char *const NAMES[] = {
        "STRING",   "MAP",      "MAP_KEY_VALUE", "LIST",          "ENUM",          "DECIMAL",
        "DATE",     "TIME(ms)", "TIME(us)",      "TIMESTAMP(ms)", "TIMESTAMP(us)", "UINT(8)",
        "UINT(16)", "UINT(32)", "UINT(64)",      "INT(8)",        "INT(16)",       "INT(32)",
        "INT(64)",  "JSON",     "BSON",          "INTERVAL",
    };
    if (!el->has_converted || el->converted < 0 ||
        (size_t)el->converted >= sizeof NAMES / sizeof *NAMES) {
        return;
    }
    if (el->converted == 5) {
        snprintf(text, 48, "DECIMAL(%" PRId64 ", %" PRId64 ")", el->precision, el->scale);
    } else {
        snprintf(text, 48, "%s", NAMES[el->converted]);
    }
}

/* ---- elements ---- */

static void take_element(struct thrift *t, struct element *el)
{
    struct thrift_field f = {0};
    int64_t other = 0;
    *el = (struct element){.name = {"", 0}};
    while (thrift_next(t, &f)) {
        int64_t *const numbers[] = {
            [1] = &el->type,      [2] = &el->length, [3] = &el->repetition, [5] = &el->children,
            [6] = &el->converted, [7] = &el->scale,  [8] = &el->precision,  [9] = &other};
        if (f.id == 4) {
            el->name = thrift_bytes(t, &f);
        } else if (f.id == 10 && thrift_is_struct(t, &f)) {
            take_logical(t, el->logical);
        } else if (f.id >= 1 && f.id <= 9) {
            *numbers[f.id] = thrift_int(t, &f);
            el->has_type = el->has_type || f.id == 1;
            el->has_children = el->has_children || f.id == 5;
            el->has_converted = el->has_converted || f.id == 6;
        } else {
            thrift_skip(t, f.type);
        }
    }
    if (!el->logical[0]) {
        name_converted(el, el->logical);
    }
}

static const char *type_of(struct parquet *p, const struct element *el)
{
    static const char *const TYPES[] = {"BOOLEAN", "INT32",  "INT64",      "INT96",
                                        "FLOAT",   "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};
    enum { N_TYPES = sizeof TYPES / sizeof *TYPES };
    char text[64];
    if (!el->has_type) {
        return "group";
    }
    if (el->type < 0 || el->type >= N_TYPES) {
        snprintf(text, sizeof text, "type %" PRId64, el->type);
    } else if (el->type == N_TYPES - 1) {
        snprintf(text, sizeof text, "%s(%" PRId64 ")", TYPES[el->type], el->length);
    } else {
        return TYPES[el->type];
    }
    return arena_strdup(&p->arena, text);
}

static void add_node(struct parquet *p, struct thrift *t, const struct element *el, int depth)
{
    static const char *const REPETITIONS[] = {"required", "optional", "repeated", "vector"};
    if (p->n_nodes == PARQUET_NODES_MAX || el->name.n > PARQUET_TEXT_MAX ||
        !mem_grow((void **)&p->nodes, &p->cap_nodes, p->n_nodes + 1, sizeof *p->nodes)) {
        thrift_fail(t, "it has more columns, or longer names, than are read");
        return;
    }
    const bool is_leaf = !el->has_children || el->children == 0;
    p->n_leaves += is_leaf;
    p->nodes[p->n_nodes++] = (struct parquet_node){
        .name = parquet_keep(p, el->name),
        .depth = depth,
        .is_leaf = is_leaf,
        .type = type_of(p, el),
        .logical = arena_strdup(&p->arena, el->logical),
        .repetition =
            el->repetition >= 0 && el->repetition <= 3 ? REPETITIONS[el->repetition] : "unknown",
    };
}

/* The elements are a tree, depth first: a group says how many of the next ones are its own. */
void parquet_take_schema(struct parquet *p, struct thrift *t, const struct thrift_field *f)
{
    int64_t left[PARQUET_DEPTH_MAX] = {0}; /* children still to come, of each group around */
    int depth = 0;
    enum thrift_type of = THRIFT_STOP;
    const size_t n = thrift_list(t, f, &of);
    if (n == 0 || of != THRIFT_STRUCT || p->n_nodes > 0) {
        thrift_fail(t, "the schema makes no sense");
        return;
    }
    for (size_t i = 0; i < n && !t->failed; i++) {
        struct element el;
        take_element(t, &el);
        if (el.children < 0 || (uint64_t)el.children > n || (i > 0 && depth == 0)) {
            thrift_fail(t, "the tree of columns does not fit its list");
            return;
        }
        if (i > 0) {
            left[depth - 1]--;
            add_node(p, t, &el, depth - 1);
        }
        if (el.children > 0 && depth == PARQUET_DEPTH_MAX) {
            thrift_fail(t, "its columns are nested too deep");
            return;
        }
        if (el.children > 0) {
            left[depth++] = el.children;
        }
        while (depth > 0 && left[depth - 1] == 0) {
            depth--;
        }
    }
    if (depth > 0) {
        thrift_fail(t, "the tree of columns does not fit its list");
    }
}
