/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_mend.h - what js-yaml and PyYAML read and libyaml refuses, written so that libyaml takes it
 * and means the same. For core/card/yaml_json.c alone.
 *
 * Some of it is seen in the text before: "\ud83d\ude00", two escapes for one character. The rest
 * is mended where libyaml stopped, and the block read again: a tab that begins the text of a block
 * scalar, "{a:, b: 1}", directives of other versions. Stand-ins are characters of private use;
 * yaml_mend_value takes them out of the values again. A block that has those characters itself is
 * left as it is.
 *
 * Ownership: yaml_mend_done. Threads: no shared state.
 */
#ifndef HFTERM_CORE_CARD_YAML_MEND_H
#define HFTERM_CORE_CARD_YAML_MEND_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/card/yaml_api.h"

struct yaml_mend {
    struct buf text; /* what is to be read now */
    bool is_off;     /* nothing is mended */
    bool is_used;    /* values may have stand-ins */
    size_t work;     /* bytes read again so far: it is limited */
};

void yaml_mend_start(struct yaml_mend *m, const char *yaml, size_t n);
/* libyaml has stopped at problem. True: text is another now, read it again. */
bool yaml_mend_after(struct yaml_mend *m, const yaml_parser_t *parser);
/* Appends a scalar's value as it was written. False: a stand-in for a tab is where no tab can be. */
bool yaml_mend_value(const struct yaml_mend *m, const char *s, size_t n, yaml_scalar_style_t style,
                     struct buf *out);
void yaml_mend_done(struct yaml_mend *m);

/* Byte offset of a mark: libyaml counts code points. */
size_t yaml_mend_offset(const struct yaml_mend *m, yaml_mark_t mark);

#endif
