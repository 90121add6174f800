/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "core/cli/cli.h"

int cli_fail(const struct err *e)
{
    char *msg = text_clean(e->msg);
    char *remedy = text_clean(e->remedy);
    char *id = text_clean(e->request_id);
    fflush(stdout);
    fprintf(stderr, "hfterm: %s\n", *msg ? msg : err_name(e->code));
    if (*remedy) {
        fprintf(stderr, "        %s\n", remedy);
    }
    if (*id) {
        fprintf(stderr, "        (request id %s)\n", id);
    }
    free(msg);
    free(remedy);
    free(id);
    return err_exit_code(e);
}
