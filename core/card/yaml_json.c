/* SPDX-License-Identifier: Apache-2.0 */
/* frontmatter_parse: libyaml's events into a tree, its errors into words. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/card/yaml_api.h"
#include "core/card/yaml_mend.h"
#include "core/card/yaml_tree.h"

static const struct frontmatter_limits DEFAULTS = {
    .max_bytes = (size_t)4 << 20,
    .max_nodes = 400000,
    .max_depth = 100,
};

static struct frontmatter_place place_of(yaml_mark_t mark)
{
    return (struct frontmatter_place){(int)mark.line + 1, (int)mark.column + 1};
}

/* ---- errors in words ---- */

/* What libyaml says, and what a person who wrote the block has to know. is_start: the fault is where
 * the thing began that is not ended, not where the text is over. */
static const struct {
    const char *problem, *context; /* begin with this; "": any */
    const char *words;
    bool is_start;
} WORDS[] = {
    {"mapping values are not allowed", "",
     "a second \": \" in one value, or a line indented too far; text with a colon needs quotes",
     false},
    {"could not find expected ':'", "", "a line without \"key:\", or a text that lost its indent",
     true},
    {"block sequence entries are not allowed", "", "a \"- \" where none can stand", false},
    {"did not find expected key", "while parsing a block mapping",
     "neither a \"key: value\" line nor indented as the lines before it", false},
    {"did not find expected '-' indicator", "",
     "not indented as the \"- \" lines before it, or without \"- \"", false},
    {"did not find expected ',' or ']'", "", "a list begun with \"[\" here is never closed", true},
    {"did not find expected ',' or '}'", "", "a mapping begun with \"{\" here is never closed", true},
    {"found unexpected end of stream", "while scanning a quoted scalar",
     "a quoted text that begins here is never closed", true},
    {"found unexpected document indicator", "while scanning a quoted scalar",
     "a quoted text that begins here is never closed", true},
    {"found unknown escape character", "",
     "a \"\\\" in double quotes that is no escape; write \"\\\\\" or use single quotes", false},
    {"found a tab character", "", "indented by a tab; YAML takes blanks only", false},
    {"control characters are not allowed", "", "a control character", false},
    {"did not find expected <document start>", "",
     "text behind the end of the block (\"...\" or an unindented line)", false},
};

static bool begins(const char *text, const char *with)
{
    return strncmp(text ? text : "", with, strlen(with)) == 0;
}

/* The character that begins no word: a tab, or one that needs quotes. */
static char *words_for_start(const struct yaml_mend *m, size_t at)
{
    const char c = at < m->text.n ? m->text.p[at] : ' ';
    return c == '\t' ? xstrdup("a tab where blanks must stand")
                     : xasprintf("a value that begins with \"%c\" needs quotes", c);
}

static bool report(const yaml_parser_t *parser, const struct yaml_mend *m,
                   struct frontmatter_place *place, struct err *e)
{
    const char *problem = parser->problem ? parser->problem : "it is not valid YAML";
    char *words = NULL;
    *place = place_of(parser->problem_mark);
    if (begins(problem, "found character that cannot start any token")) {
        words = words_for_start(m, yaml_mend_offset(m, parser->problem_mark));
    }
    for (size_t i = 0; !words && i < sizeof WORDS / sizeof *WORDS; i++) {
        if (begins(problem, WORDS[i].problem) && begins(parser->context, WORDS[i].context)) {
            words = xstrdup(WORDS[i].words);
            *place = WORDS[i].is_start ? place_of(parser->context_mark) : *place;
        }
    }
    words = words ? words : text_clean(problem);
    yaml_fail(*place, ERR_DAMAGED, words, e);
    free(words);
    return false;
}

/* ---- events ---- */

static bool on_scalar(struct yaml_tree *tree, const struct yaml_mend *m, const yaml_event_t *event,
                      struct err *e)
{
    const yaml_scalar_style_t style = event->data.scalar.style;
    struct yaml_node node = {
        .anchor = (const char *)event->data.scalar.anchor,
        .tag = (const char *)event->data.scalar.tag,
        .at = place_of(event->start_mark),
    };
    struct buf value = BUF_INIT;
    const bool ok =
        yaml_mend_value(m, (const char *)event->data.scalar.value, event->data.scalar.length, style,
                        &value)
            ? yaml_tree_scalar(tree, &node, buf_str(&value), value.n,
                               style == YAML_PLAIN_SCALAR_STYLE, e)
            : yaml_fail(node.at, ERR_DAMAGED, "a tab where blanks must stand", e);
    buf_done(&value);
    return ok;
}

static bool on_event(struct yaml_tree *tree, const struct yaml_mend *m, const yaml_event_t *event,
                     int *documents, struct err *e)
{
    struct yaml_node node = {.at = place_of(event->start_mark)};
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return ++*documents == 1 ||
               yaml_fail(node.at, ERR_DAMAGED, "more than one YAML document", e);
    case YAML_SCALAR_EVENT:
        return on_scalar(tree, m, event, e);
    case YAML_ALIAS_EVENT:
        return yaml_tree_alias(tree, (const char *)event->data.alias.anchor, node.at, e);
    case YAML_MAPPING_START_EVENT:
        node.anchor = (const char *)event->data.mapping_start.anchor;
        node.tag = (const char *)event->data.mapping_start.tag;
        return yaml_tree_open(tree, &node, true, e);
    case YAML_SEQUENCE_START_EVENT:
        node.anchor = (const char *)event->data.sequence_start.anchor;
        node.tag = (const char *)event->data.sequence_start.tag;
        return yaml_tree_open(tree, &node, false, e);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        return yaml_tree_close(tree, e);
    default:
        return true;
    }
}

/* Reads m->text into tree. False with *is_mended: it is another text now and worth one more try. */
static bool run(const struct yaml_api *lib, struct yaml_tree *tree, struct yaml_mend *m,
                bool *is_mended, struct frontmatter_place *place, struct err *e)
{
    yaml_parser_t parser;
    if (!lib->parser_initialize(&parser)) {
        return err_set(e, ERR_LIMIT, "the metadata block: no memory left");
    }
    lib->parser_set_input_string(&parser, (const unsigned char *)buf_str(&m->text), m->text.n);
    lib->parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    bool ok = true;
    bool has_ended = false;
    int documents = 0;
    while (ok && !has_ended) {
        yaml_event_t event;
        if (!lib->parser_parse(&parser, &event)) {
            report(&parser, m, place, e);
            *is_mended = yaml_mend_after(m, &parser);
            ok = false;
            break;
        }
        has_ended = event.type == YAML_STREAM_END_EVENT;
        ok = on_event(tree, m, &event, &documents, e);
        *place = place_of(event.start_mark);
        lib->event_delete(&event);
    }
    lib->parser_delete(&parser);
    if (!ok && yaml_tree_place(tree).line > 0) {
        *place = yaml_tree_place(tree);
    }
    return ok;
}

/* The line of a byte. */
static struct frontmatter_place line_of(const char *yaml, size_t at)
{
    struct frontmatter_place place = {1, 1};
    for (size_t i = 0; i < at; i++) {
        place.line += yaml[i] == '\n';
        place.column = yaml[i] == '\n' ? 1 : place.column + 1;
    }
    return place;
}

static struct frontmatter_limits with_defaults(const struct frontmatter_limits *limits)
{
    struct frontmatter_limits max = limits ? *limits : DEFAULTS;
    max.max_bytes = max.max_bytes ? max.max_bytes : DEFAULTS.max_bytes;
    max.max_nodes = max.max_nodes ? max.max_nodes : DEFAULTS.max_nodes;
    max.max_depth = max.max_depth ? max.max_depth : DEFAULTS.max_depth;
    return max;
}

/* The root of the block; NULL with *is_mended: try again. */
static cJSON *read_once(const struct yaml_api *lib, struct yaml_mend *m,
                        const struct frontmatter_limits *max, bool *is_mended,
                        struct frontmatter_place *place, struct err *e)
{
    struct yaml_tree *tree = yaml_tree_new(max);
    cJSON *root = NULL;
    *is_mended = false;
    if (run(lib, tree, m, is_mended, place, e)) {
        root = yaml_tree_take(tree);
        root = root && !cJSON_IsNull(root) ? root : (cJSON_Delete(root), cJSON_CreateObject());
    }
    yaml_tree_free(tree);
    if (root && !cJSON_IsObject(root)) {
        cJSON_Delete(root);
        root = NULL;
        *place = (struct frontmatter_place){1, 1};
        yaml_fail(*place, ERR_DAMAGED, "the block is not made of \"key: value\" lines", e);
    }
    return root;
}

static cJSON *read_block(const char *yaml, size_t n, const struct frontmatter_limits *max,
                         struct frontmatter_place *place, struct err *e)
{
    const struct yaml_api *lib = yaml_api(e);
    if (!lib) {
        return NULL;
    }
    struct yaml_mend m;
    yaml_mend_start(&m, yaml, n);
    bool is_mended = false;
    cJSON *root = NULL;
    do {
        root = read_once(lib, &m, max, &is_mended, place, e);
    } while (is_mended);
    yaml_mend_done(&m);
    if (root) {
        *place = (struct frontmatter_place){0, 0};
        err_clear(e);
    }
    return root;
}

cJSON *frontmatter_parse(const char *yaml, size_t n, const struct frontmatter_limits *limits,
                         struct frontmatter_place *place, struct err *e)
{
    const struct frontmatter_limits max = with_defaults(limits);
    struct frontmatter_place at = {0, 0};
    size_t bad_at = 0;
    cJSON *root = NULL;
    if (n > max.max_bytes) {
        err_set(e, ERR_LIMIT, "the metadata block is larger than %zu bytes", max.max_bytes);
    } else if (!text_is_utf8(yaml, n, &bad_at)) {
        at = line_of(yaml, bad_at);
        yaml_fail(at, ERR_DAMAGED, "a byte that is not UTF-8", e);
    } else {
        root = read_block(yaml, n, &max, &at, e);
    }
    if (place) {
        *place = at;
    }
    return root;
}
