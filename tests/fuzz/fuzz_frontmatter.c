/* SPDX-License-Identifier: Apache-2.0 */
/* Any README: the parts stay inside the text, and the block is JSON or an error in words. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/json.h"
#include "core/card/frontmatter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *text = (const char *)data;
    struct frontmatter fm;
    frontmatter_split(text, n, &fm);
    if (fm.yaml_at > n || fm.yaml_len > n - fm.yaml_at || fm.body_at > n ||
        fm.body_len != n - fm.body_at) {
        abort();
    }
    struct err e = ERR_INIT;
    cJSON *json = fm.has_block ? frontmatter_parse(text + fm.yaml_at, fm.yaml_len, NULL, NULL, &e)
                               : frontmatter_parse(text, n, NULL, NULL, &e);
    if (!json && !e.msg[0]) {
        abort();
    }
    struct err why = ERR_INIT;
    if (frontmatter_check(text, n, &why) != (!fm.has_block || json) || (why.code && !why.msg[0])) {
        abort();
    }
    char *printed = json ? json_print(json, false) : NULL;
    free(printed);
    cJSON_Delete(json);
    return 0;
}
