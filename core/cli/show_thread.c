/* SPDX-License-Identifier: Apache-2.0 */
/* One discussion or pull request of the verb show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/card.h"
#include "core/cli/cli.h"
#include "core/cli/notes.h"
#include "core/cli/out.h"
#include "core/cli/repo_json.h"
#include "core/cli/show.h"

static const struct cli_column EVENT_COLUMNS[] = {
    {.title = "date"}, {.title = "author"}, {.title = "event"}, {.title = "text"}};

static cJSON *thread_json(const struct hub_thread *t)
{
    cJSON *obj = cli_discussion_json(&t->head);
    cJSON *events = cJSON_AddArrayToObject(obj, "events");
    for (size_t i = 0; i < t->n_events; i++) {
        const struct hub_event *ev = &t->events[i];
        cJSON *item = cJSON_CreateObject();
        cli_json_text(item, "event", ev->type);
        cli_json_text(item, "author", ev->author);
        cli_json_date(item, "date", ev->has_date, ev->date_s);
        cli_json_text(item, "text", ev->text);
        cli_json_text(item, "commit", ev->oid);
        cJSON_AddBoolToObject(item, "hidden", ev->is_hidden);
        cJSON_AddItemToArray(events, item);
    }
    cli_json_text(obj, "diff", t->diff);
    return obj;
}

static void print_lines(struct cli_out *out, const struct hub_thread *t)
{
    struct cli_table *table = cli_table_new(EVENT_COLUMNS, sizeof EVENT_COLUMNS / sizeof *EVENT_COLUMNS);
    for (size_t i = 0; i < t->n_events; i++) {
        const struct hub_event *ev = &t->events[i];
        cli_table_add_date(table, ev->has_date, ev->date_s);
        cli_table_add(table, ev->author, NULL);
        cli_table_add(table, ev->type, NULL);
        cli_table_add(table, ev->text, NULL);
    }
    cli_table_print(table, out);
    cli_table_free(table);
}

/* "eve, 3 days ago: status-change" with what is in it below, a comment laid out as a card is. */
static void print_event(struct cli_out *out, const struct hub_event *ev)
{
    struct buf when = BUF_INIT, text = BUF_INIT;
    char *author = text_clean(ev->author ? ev->author : "somebody");
    char *type = text_clean(ev->type);
    if (ev->has_date) {
        buf_puts(&when, ", ");
        cli_put_date(&when, out, ev->date_s);
    }
    const bool is_comment = strcmp(ev->type, "comment") == 0;
    fprintf(out->f, "\n%s%s%s%s%s%s\n", cli_style(out, CLI_BOLD), author, buf_str(&when), is_comment ? "" : ": ",
            is_comment ? "" : type, cli_style_end(out));
    if (ev->is_hidden) {
        fputs("(hidden)\n", out->f);
    } else if (is_comment) {
        cli_put_card(&text, ev->text, strlen(ev->text), out);
        fputs(buf_str(&text), out->f);
    } else if (*ev->text) {
        char *line = text_clean(ev->text);
        fprintf(out->f, "%s\n", line);
        free(line);
    }
    free(author);
    free(type);
    buf_done(&when);
    buf_done(&text);
}

static void print_thread(struct cli_out *out, const struct hub_thread *t)
{
    char *title = text_clean(t->head.title);
    char *status = text_clean(t->head.status);
    fprintf(out->f, "%s%s %llu (%s)%s  %s\n", cli_style(out, CLI_DIM), t->head.is_pull ? "pull request" : "discussion",
            (unsigned long long)t->head.num, status, cli_style_end(out), title);
    for (size_t i = 0; i < t->n_events; i++) {
        print_event(out, &t->events[i]);
    }
    if (t->diff && *t->diff) {
        fputc('\n', out->f);
        cli_put_text(out, t->diff, strlen(t->diff));
    }
    free(title);
    free(status);
}

int cli_show_discussion(const struct cli_show *s)
{
    struct err e = ERR_INIT;
    struct hub_get get = {0};
    struct cli_out out;
    struct hub_thread *t = hub_thread(s->hub, s->kind, s->id, s->discussion, &get, &e);
    if (!t) {
        return cli_fail(&e);
    }
    cli_out_init(&out, s->globals);
    if (s->wants_json) {
        cJSON *json = thread_json(t);
        cli_note_skipped(t->n_skipped, cJSON_GetObjectItemCaseSensitive(json, "events"));
        cli_put_json(&out, json);
    } else {
        cli_note_skipped(t->n_skipped, NULL);
        (out.is_tty ? print_thread : print_lines)(&out, t);
    }
    cli_note_stale(&get);
    hub_thread_free(t);
    return cli_out_done(&out);
}
