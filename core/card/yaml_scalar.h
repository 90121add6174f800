/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_scalar.h - what a word of a metadata block stands for: text, number, true, false, nothing.
 *
 * As js-yaml reads it, which the Hub's JavaScript uses: "no" and "on" are text; 0x1F, 0o17, 0b11,
 * 1_000 and 1e3 are numbers, 017 is seventeen, 1:30 is text. What JSON has no value for stays as it is
 * written, as text: dates, .inf, .nan, 1e999. A number with more digits than cJSON prints is a
 * cJSON_Raw of its digits.
 *
 * Threads: no shared state.
 */
#ifndef HFTERM_CORE_CARD_YAML_SCALAR_H
#define HFTERM_CORE_CARD_YAML_SCALAR_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Whether a tag is one for a single value ("tag:yaml.org,2002:int"). */
bool yaml_scalar_has_tag(const char *tag);

/* tag NULL: a plain word, which may be anything. Owned. NULL: the text is no value of this tag. */
cJSON *yaml_scalar(const char *text, const char *tag);

/* The value as the key of a mapping: "null", "true", "16". Owned. */
char *yaml_scalar_key(const cJSON *value);

#endif
