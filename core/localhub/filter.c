/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/filter.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/about.h"
#include "core/localhub/item.h"
#include "core/localhub/service.h"

/* "6B", "1.5m", "250": digits, one dot, one letter. */
static bool parse_amount(const char *s, const char **end, double *out)
{
    static const char LETTERS[] = "KMBT";
    const size_t n = strspn(s, "0123456789.");
    if (n == 0 || n > 20) {
        return false;
    }
    char digits[24];
    memcpy(digits, s, n);
    digits[n] = '\0';
    char *stop = NULL;
    *out = strtod(digits, &stop);
    if (*stop) {
        return false;
    }
    s += n;
    for (size_t i = 0; LETTERS[i] && *s; i++) {
        if ((*s & ~0x20) == LETTERS[i]) {
            const double scale[] = {1e3, 1e6, 1e9, 1e12};
            *out *= scale[i];
            s++;
            break;
        }
    }
    *end = s;
    return true;
}

bool lh_parse_parameter_range(const char *text, double *min, double *max)
{
    *min = 0;
    *max = DBL_MAX;
    while (*text) {
        const bool is_min = str_starts(text, "min:");
        if (!is_min && !str_starts(text, "max:")) {
            return false;
        }
        if (!parse_amount(text + 4, &text, is_min ? min : max)) {
            return false;
        }
        if (*text == ',' && text[1]) {
            text++;
        } else if (*text) {
            return false;
        }
    }
    return true;
}

bool lh_filter_check(struct lh_call *c)
{
    double min = 0;
    double max = 0;
    const char *range = lh_request_query(c->req, "num_parameters");
    const char *gated = lh_request_query(c->req, "gated");
    if (range && !lh_parse_parameter_range(range, &min, &max)) {
        lh_reply_error(c->reply, 400, NULL, "\"num_parameters\" must look like min:6B,max:128B");
        return false;
    }
    if (gated && strcasecmp(gated, "true") != 0 && strcasecmp(gated, "false") != 0) {
        lh_reply_error(c->reply, 400, NULL, "\"gated\" must be true or false");
        return false;
    }
    return true;
}

/* Every word of every search= must be in the id. */
static bool matches_search(const struct lh_call *c, const struct lh_repo *repo)
{
    const char *text = NULL;
    for (size_t i = 0; (text = lh_request_nth(c->req, "search", i)); i++) {
        while (*(text += strspn(text, " \t"))) {
            const size_t n = strcspn(text, " \t");
            char *word = xstrndup(text, n);
            const bool has = str_casestr(repo->id, word) != NULL;
            free(word);
            if (!has) {
                return false;
            }
            text += n;
        }
    }
    return true;
}

/* Models carry languages and libraries as plain tags. */
static bool has_tag(const struct lh_repo *repo, const char *tag)
{
    const struct lh_about *about = &repo->trees[0]->about;
    if (lh_about_has_tag(about, tag)) {
        return true;
    }
    const char *plain = str_starts(tag, "language:")  ? tag + strlen("language:")
                        : str_starts(tag, "library:") ? tag + strlen("library:")
                                                      : NULL;
    return plain && repo->kind == LH_MODEL && lh_about_has_tag(about, plain);
}

static bool matches_tags(const struct lh_call *c, const struct lh_repo *repo, const char *key,
                         const char *prefix)
{
    const char *tag = NULL;
    for (size_t i = 0; (tag = lh_request_nth(c->req, key, i)); i++) {
        char *full = xasprintf("%s%s", prefix, tag);
        const bool has = has_tag(repo, full);
        free(full);
        if (!has) {
            return false;
        }
    }
    return true;
}

static bool matches_parameters(const struct lh_call *c, struct lh_repo *repo)
{
    double min = 0;
    double max = 0;
    const char *range = lh_request_query(c->req, "num_parameters");
    if (!range || !lh_parse_parameter_range(range, &min, &max)) {
        return true;
    }
    const struct lh_weights *w = lh_tree_weights(repo, repo->trees[0]);
    const double n = (double)(w->n_dtypes ? w->total : w->gguf_total);
    return (w->n_dtypes || w->has_gguf) && n >= min && n <= max;
}

static bool matches_model(const struct lh_call *c, struct lh_repo *repo)
{
    const char *task = lh_request_query(c->req, "pipeline_tag");
    const char *has = repo->trees[0]->about.pipeline_tag;
    /* Which apps can open a model a local hub cannot know. */
    return !lh_request_query(c->req, "apps") && lh_service_matches(c, repo) &&
           (!task || (has && strcmp(task, has) == 0)) && matches_tags(c, repo, "library", "") &&
           matches_parameters(c, repo);
}

static bool matches_links(const struct lh_call *c, const struct lh_repo *repo, const char *key)
{
    const char *id = NULL;
    for (size_t i = 0; (id = lh_request_nth(c->req, key, i)); i++) {
        if (!lh_card_names(repo->trees[0]->about.card, key, id)) {
            return false;
        }
    }
    return true;
}

static bool matches_space(const struct lh_call *c, const struct lh_repo *repo)
{
    const cJSON *card = repo->trees[0]->about.card;
    const bool is_linked = json_arr(card, "models") || json_arr(card, "datasets");
    return matches_links(c, repo, "models") && matches_links(c, repo, "datasets") &&
           (!lh_request_flag(c->req, "linked") || is_linked);
}

bool lh_filter_matches(struct lh_call *c, struct lh_repo *repo)
{
    const char *author = lh_request_query(c->req, "author");
    const char *gated = lh_request_query(c->req, "gated");
    if (!lh_may_see(&c->viewer, repo) || (author && strcmp(author, repo->ns) != 0) ||
        !matches_search(c, repo) || !matches_tags(c, repo, "filter", "")) {
        return false;
    }
    if (gated && (lh_repo_gated(repo) != NULL) != (strcasecmp(gated, "true") == 0)) {
        return false;
    }
    if (repo->kind == LH_MODEL) {
        return matches_model(c, repo);
    }
    return repo->kind != LH_SPACE || matches_space(c, repo);
}
