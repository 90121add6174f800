/* SPDX-License-Identifier: Apache-2.0 */
/* about.h - what a repo's README and config.json say, in the Hub's words: tags, task, library.
 *
 * Only what follows from the files: nothing is guessed. Source: hub-docs model-cards,
 * datasets-cards and the tags of public repos.
 */
#ifndef HFTERM_CORE_LOCALHUB_ABOUT_H
#define HFTERM_CORE_LOCALHUB_ABOUT_H

#include "core/localhub/repo.h"

/* Fills tree->about from the files of a scanned tree. */
void lh_about_load(struct lh_tree *tree, enum lh_kind kind);
void lh_about_done(struct lh_about *about);

bool lh_about_has_tag(const struct lh_about *about, const char *tag);

/* transformers' class for the model's first architecture ("AutoModelForCausalLM"), NULL when the
 * config does not say. *task gets the pipeline it implies, NULL when several are possible. */
const char *lh_about_auto_model(const struct lh_about *about, const char **task);

#endif
