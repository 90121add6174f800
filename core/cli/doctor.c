/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/doctor.h"

#include <stdarg.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

void doctor_add(struct doctor *d, const char *check, enum doctor_state state, const char *remedy,
                const char *detail_fmt, ...)
{
    struct buf detail = BUF_INIT;
    va_list ap;
    va_start(ap, detail_fmt);
    buf_vprintf(&detail, detail_fmt, ap);
    va_end(ap);
    if (d->n_rows == d->cap) {
        d->cap = d->cap ? d->cap * 2 : 32;
        d->rows = xrealloc(d->rows, d->cap * sizeof *d->rows);
    }
    d->rows[d->n_rows++] = (struct doctor_row){
        .check = check,
        .state = state,
        .detail = text_clean(buf_str(&detail)),
        .remedy = text_clean(remedy),
    };
    buf_done(&detail);
}

void doctor_done(struct doctor *d)
{
    for (size_t i = 0; i < d->n_rows; i++) {
        free(d->rows[i].detail);
        free(d->rows[i].remedy);
    }
    free(d->rows);
    *d = (struct doctor){0};
}
