/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/options.h"

#include <string.h>

#include "core/base/err.h"
#include "core/cli/verb.h"

static const struct cli_option *find_long(const struct cli_option *table, const char *name,
                                          size_t n)
{
    for (; table->name; table++) {
        if (strlen(table->name) == n && memcmp(table->name, name, n) == 0) {
            return table;
        }
    }
    return NULL;
}

static const struct cli_option *find_letter(const struct cli_option *table, char letter)
{
    for (; table->name; table++) {
        if (table->letter == letter) {
            return table;
        }
    }
    return NULL;
}

/* Is word one of the blank-separated words? */
static bool word_in(const char *words, const char *word)
{
    const size_t n = strlen(word);
    for (const char *p = words; n && *p;) {
        const size_t len = strcspn(p, " ");
        if (len == n && memcmp(p, word, n) == 0) {
            return true;
        }
        p += len + (p[len] == ' ');
    }
    return false;
}

static bool check_value(const struct cli_option *o, const char *value, struct err *e)
{
    if (!o->choices || word_in(o->choices, value)) {
        return true;
    }
    err_set(e, ERR_USAGE, "--%s does not know \"%.60s\"", o->name, value);
    return err_remedy(e, "It takes one of: %s", o->choices);
}

bool cli_next_option(const struct cli_option *table, int argc, char **argv, int *i,
                     struct cli_given *out, struct err *e)
{
    const char *word = argv[*i];
    const bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    const char *equals = is_long ? strchr(name, '=') : NULL;
    const size_t n = equals ? (size_t)(equals - name) : strlen(name);
    *out = (struct cli_given){0};
    out->option = is_long ? find_long(table, name, n)
                          : (name[0] && !name[1] ? find_letter(table, name[0]) : NULL);
    if (!out->option) {
        return err_set(e, ERR_USAGE, "unknown option %.60s", word);
    }
    if (out->option->kind == CLI_FLAG) {
        return !equals || err_set(e, ERR_USAGE, "--%s takes no value", out->option->name);
    }
    if (equals) {
        out->value = equals + 1;
    } else if (*i + 1 < argc) {
        out->value = argv[++*i];
    } else {
        return err_set(e, ERR_USAGE, "--%s needs a value (%s)", out->option->name,
                       out->option->arg);
    }
    return check_value(out->option, out->value, e);
}

const struct cli_option *cli_find_option(const struct cli_option *table, const char *word)
{
    if (word[1] == '-') {
        const char *name = word + 2;
        return find_long(table, name, strcspn(name, "="));
    }
    return word[1] && !word[2] ? find_letter(table, word[1]) : NULL;
}
