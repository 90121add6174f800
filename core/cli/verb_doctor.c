/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: what works here, and how to mend what does not. */
#include "core/cli/cli.h"
#include "core/cli/doctor.h"
#include "core/cli/out.h"
#include "core/cli/repo_json.h"
#include "core/cli/verb.h"

static const struct cli_option DOCTOR_OPTIONS[] = {
    CLI_OPTION_JSON,
    {.name = NULL},
};

static const struct {
    const char *word;
    enum cli_style style;
} STATES[] = {
    [DOCTOR_OK] = {"ok", CLI_GOOD},
    [DOCTOR_WARNING] = {"warning", CLI_WARN},
    [DOCTOR_MISSING] = {"missing", CLI_BAD},
};

static cJSON *rows_json(const struct doctor *d)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < d->n_rows; i++) {
        const struct doctor_row *r = &d->rows[i];
        cJSON *obj = cJSON_CreateObject();
        cli_json_text(obj, "check", r->check);
        cli_json_text(obj, "state", STATES[r->state].word);
        cli_json_text(obj, "detail", r->detail);
        cli_json_text(obj, "remedy", *r->remedy ? r->remedy : NULL);
        cJSON_AddItemToArray(list, obj);
    }
    return list;
}

/* Where the third column begins. */
enum { INDENT = 23 };

static void print_rows(const struct doctor *d, struct cli_out *out)
{
    for (size_t i = 0; i < d->n_rows; i++) {
        const struct doctor_row *r = &d->rows[i];
        if (!out->is_tty) {
            fprintf(out->f, "%s\t%s\t%s\t%s\n", r->check, STATES[r->state].word, r->detail,
                    r->remedy);
            continue;
        }
        fprintf(out->f, "%s%-8s%s %-13s ", cli_style(out, STATES[r->state].style), STATES[r->state].word,
                cli_style_end(out), r->check);
        cli_put_wrapped(out, r->detail, INDENT);
        if (*r->remedy) {
            fprintf(out->f, "\n%*s", INDENT, "");
            cli_put_wrapped(out, r->remedy, INDENT);
        }
        fputc('\n', out->f);
    }
}

static int run_doctor(const struct cli_globals *g, const struct cli_args *args)
{
    struct doctor d = {.globals = g};
    struct cli_out out;
    doctor_check_terminal(&d);
    doctor_check_machine(&d);
    doctor_check_hub(&d);
    cli_out_init(&out, g);
    if (cli_has(args, "json")) {
        cli_put_json(&out, rows_json(&d));
    } else {
        print_rows(&d, &out);
    }
    int code = cli_out_done(&out);
    for (size_t i = 0; i < d.n_rows && code == 0; i++) {
        code = d.rows[i].state == DOCTOR_MISSING ? 1 : 0;
    }
    doctor_done(&d);
    return code;
}

const struct cli_verb CLI_VERB_DOCTOR = {
    .name = "doctor",
    .operands = "",
    .summary = "say what works here, and how to mend what does not",
    .about = "Each line is ok, warning (works, with less) or missing (does not work). The\n"
             "exit code is 1 when something is missing.",
    .options = DOCTOR_OPTIONS,
    .run = run_doctor,
};
