/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "core/cli/verb.h"

const struct cli_verb *const CLI_VERBS[] = {
    &CLI_VERB_MODELS, &CLI_VERB_DATASETS, &CLI_VERB_SPACES, &CLI_VERB_SHOW,       &CLI_VERB_GET,
    &CLI_VERB_REALIZE, &CLI_VERB_SERVE,   &CLI_VERB_DOCTOR, &CLI_VERB_COMPLETION, NULL,
};
