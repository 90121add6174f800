/* SPDX-License-Identifier: Apache-2.0 */
/* front_matter.c - the metadata of a card as indented keys, whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "tui/hub/sheet.h"

enum { MAX_DEPTH = 8 };

/* A text of several lines keeps them: below its key, each indented, and what is wrapped by more. */
static void put_lines(struct hub_sheet *s, const char *text, int indent)
{
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, text, strlen(text), TEXT_KEEP_NEWLINES);
    rich_puts(s->r, RICH_PUNCT, "|");
    rich_end_line(s->r);
    for (char *line = clean.p; line && *line;) {
        char *end = strchr(line, '\n');
        if (end) {
            *end = '\0';
        }
        rich_repeat(s->r, RICH_TEXT, " ", indent);
        if (*line) {
            hub_sheet_wrapped(s, RICH_STRING, 0, line, indent + 2);
        } else {
            rich_end_line(s->r);
        }
        line = end ? end + 1 : NULL;
    }
    buf_done(&clean);
}

static void put_string(struct hub_sheet *s, const char *text, const enum hub_kind *repos, int indent)
{
    if (strpbrk(text, "\r\n")) {
        put_lines(s, text, indent);
        return;
    }
    char *clean = text_clean(text);
    const uint32_t link = repos ? hub_sheet_link_repo(s, *repos, text) : 0;
    hub_sheet_wrapped(s, link ? RICH_LINK : RICH_STRING, link, clean, indent);
    free(clean);
}

/* With all digits it has. */
static void put_number(struct hub_sheet *s, double value)
{
    char digits[40];
    int precision = 15;
    do {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
    } while (strtod(digits, NULL) != value && ++precision <= 17);
    rich_puts(s->r, RICH_NUMBER, digits);
    rich_end_line(s->r);
}

/* Ends the line. repos: texts are names of such repos; NULL. */
static void put_scalar(struct hub_sheet *s, const cJSON *v, const enum hub_kind *repos, int indent)
{
    if (cJSON_IsString(v)) {
        put_string(s, v->valuestring, repos, indent);
    } else if (cJSON_IsNumber(v)) {
        put_number(s, v->valuedouble);
    } else {
        rich_puts(s->r, RICH_WORD, cJSON_IsTrue(v) ? "true" : cJSON_IsFalse(v) ? "false" : "null");
        rich_end_line(s->r);
    }
}

/* What the texts under a key of the front matter name. NULL: no repos. */
static const enum hub_kind *repos_of(const char *key)
{
    static const struct {
        const char *key;
        enum hub_kind kind;
    } KEYS[] = {
        {"base_model", HUB_MODEL}, {"new_version", HUB_MODEL}, {"models", HUB_MODEL},
        {"datasets", HUB_DATASET},
    };
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        if (strcmp(KEYS[i].key, key) == 0) {
            return &KEYS[i].kind;
        }
    }
    return NULL;
}

static void put_value(struct hub_sheet *s, const cJSON *v, const enum hub_kind *repos, int depth);

static void put_members(struct hub_sheet *s, const cJSON *v, const enum hub_kind *repos, int depth)
{
    const cJSON *m = NULL;
    cJSON_ArrayForEach(m, v) {
        rich_repeat(s->r, RICH_TEXT, " ", depth * 2);
        if (cJSON_IsArray(v)) {
            rich_puts(s->r, RICH_BULLET, "- ");
        } else {
            char *key = text_clean(m->string);
            rich_puts(s->r, RICH_KEY, key);
            rich_puts(s->r, RICH_PUNCT, ": ");
            free(key);
        }
        put_value(s, m, depth == 0 ? repos_of(m->string) : repos, depth + 1);
    }
}

static void put_value(struct hub_sheet *s, const cJSON *v, const enum hub_kind *repos, int depth)
{
    bool is_tree = (cJSON_IsObject(v) || cJSON_IsArray(v)) && v->child;
    if (is_tree && depth < MAX_DEPTH) {
        rich_end_line(s->r);
        put_members(s, v, repos, depth);
        return;
    }
    if (is_tree) {
        rich_puts(s->r, RICH_DIM, "... (J shows all)");
    } else if (cJSON_IsObject(v) || cJSON_IsArray(v)) {
        rich_puts(s->r, RICH_DIM, cJSON_IsObject(v) ? "{}" : "[]");
    } else {
        put_scalar(s, v, repos, depth * 2);
        return;
    }
    rich_end_line(s->r);
}

void hub_sheet_card_fault(struct hub_sheet *s, const struct hub_repo *repo)
{
    struct buf why = BUF_INIT;
    const char *seen = hub_card_seen_fault(s->h);
    if (seen) {
        buf_puts(&why, seen);
    } else {
        hub_card_fault(repo, &why);
    }
    if (why.n > 0) {
        hub_sheet_section(s, "Front matter");
        hub_sheet_fact(s, "cannot be read", RICH_BOLD, buf_str(&why));
    }
    buf_done(&why);
}

void hub_sheet_front_matter(struct hub_sheet *s, const cJSON *card)
{
    hub_sheet_section(s, "Front matter");
    put_members(s, card, NULL, 0);
}
