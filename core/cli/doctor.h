/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.h - the checks of the verb doctor. Each adds rows; none prints or fails. */
#ifndef HFTERM_CORE_CLI_DOCTOR_H
#define HFTERM_CORE_CLI_DOCTOR_H

#include <stddef.h>

struct cli_globals;

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_WARNING, /* works, with less */
    DOCTOR_MISSING, /* something people need does not work: exit code 1 */
};

struct doctor_row {
    const char *check; /* constant: "terminal" */
    enum doctor_state state;
    char *detail; /* owned; what was found, with numbers */
    char *remedy; /* owned; "" when there is nothing to do */
};

struct doctor {
    const struct cli_globals *globals;
    struct doctor_row *rows;
    size_t n_rows, cap;
};

void doctor_add(struct doctor *d, const char *check, enum doctor_state state, const char *remedy,
                const char *detail_fmt, ...) __attribute__((format(printf, 5, 6)));
void doctor_done(struct doctor *d);

/* terminal, TERM, colours, size, locale, clipboard */
void doctor_check_terminal(struct doctor *d);
/* folders, libraries, proxy, certificates */
void doctor_check_machine(struct doctor *d);
/* token, endpoint, account */
void doctor_check_hub(struct doctor *d);

/* A proxy address without user and password. Owned. */
char *doctor_hide_login(const char *url);

#endif
