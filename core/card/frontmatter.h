/* SPDX-License-Identifier: Apache-2.0 */
/* frontmatter.h - the YAML block at the top of a README: where it lies, and what it says as JSON.
 *
 * Splitting follows the Hub: optional white space, "---" and a line end; then the shortest text up
 * to a line that is "---" with nothing but blanks behind it. The text itself is never changed, so
 * that an editor can replace single lines.
 *
 * YAML is read as those read it for whom cards are written: what PyYAML and js-yaml both take, and
 * make the same of, is read so (tests/yaml). Where they differ the Hub's JavaScript decides
 * (yaml_scalar.h): "no" and "on" are text, "true" is a boolean, 017 is seventeen; dates stay text as
 * they are written. Merge keys ("<<") are followed. Keys are text: "? ~" is "null". Duplicate keys,
 * keys that are lists or mappings, unknown "!" tags and a root that is not a mapping are errors.
 *
 * Units:   offsets and lengths in bytes of the text; lines and columns count from 1.
 * Errors:  ERR_DAMAGED (not YAML, not a mapping), ERR_LIMIT (larger or deeper than the limits),
 *          ERR_UNSUPPORTED (libyaml, opened by the first block, is not on this machine).
 * Threads: no shared state.
 */
#ifndef HFTERM_CORE_CARD_FRONTMATTER_H
#define HFTERM_CORE_CARD_FRONTMATTER_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

enum frontmatter_eol { FRONTMATTER_LF, FRONTMATTER_CRLF, FRONTMATTER_CR };

struct frontmatter {
    bool has_block;
    bool has_bom; /* a byte order mark comes first; it belongs to no part */
    enum frontmatter_eol
        eol; /* what most lines of the text end with; LF when there is no line end */
    size_t yaml_at, yaml_len; /* between the fences, without the line end before the closing one */
    size_t body_at, body_len; /* what follows the closing fence; the whole text without a block */
};

/* One forward pass; never fails. */
void frontmatter_split(const char *text, size_t n, struct frontmatter *out);

/* 0 takes the default. An alias counts as what it stands for, so that a few lines cannot grow into
 * gigabytes. */
struct frontmatter_limits {
    size_t max_bytes; /* of the block and of all strings together: 4 MiB */
    size_t max_nodes; /* scalars, lists and mappings: 400,000 */
    size_t max_depth; /* lists and mappings inside each other: 100, and never more */
};

/* Where the text is wrong, relative to the block. */
struct frontmatter_place {
    int line, column; /* 0 when the error has no place */
};

/* A mapping as a cJSON object, an empty block as an empty object. Owned: cJSON_Delete. NULL on
 * error, whose message begins with the line ("line 3 of the metadata block: ..."); place may be
 * NULL. A number with more digits than cJSON prints is a cJSON_Raw; .inf and .nan are text. NUL
 * and half a surrogate pair become U+FFFD. */
cJSON *frontmatter_parse(const char *yaml, size_t n, const struct frontmatter_limits *limits,
                         struct frontmatter_place *place, struct err *e);

/* The metadata block of a whole README. NULL with e->code ERR_NONE: it has none. NULL with another
 * code: it cannot be read; the message is the reason alone ("the same key stands there twice"),
 * *line its line of the README, 0 when it has no place. e is needed, here and below. */
cJSON *frontmatter_read(const char *text, size_t n, int *line, struct err *e);

/* Reads the metadata block of a whole README. True when there is none or it can be read. Else e says
 * what is wrong, for a line of its own: "README.md, line 3: the same key stands there twice". */
bool frontmatter_check(const char *text, size_t n, struct err *e);

#endif
