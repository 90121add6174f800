/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/about.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/card/frontmatter.h"

static const size_t README_MAX = 10 << 20;
static const size_t CONFIG_MAX = 1 << 20;
enum { TAGS_MAX = 2000, LICENSES_MAX = 50, ARXIV_MAX = 50 };

bool lh_about_has_tag(const struct lh_about *about, const char *tag)
{
    for (size_t i = 0; i < about->n_tags; i++) {
        if (strcmp(about->tags[i], tag) == 0) {
            return true;
        }
    }
    return false;
}

/* prefix + value, once. A card with thousands of tags still has its licence. */
static void add_tag(struct lh_tree *tree, const char *prefix, const char *value)
{
    struct lh_about *about = &tree->about;
    char *tag = xasprintf("%s%s", prefix, value);
    void *array = about->tags;
    const size_t max = TAGS_MAX + (strcmp(prefix, "license:") == 0 ? LICENSES_MAX : 0);
    if (*value && about->n_tags < max && !lh_about_has_tag(about, tag) &&
        mem_grow(&array, &about->cap_tags, about->n_tags + 1, sizeof *about->tags)) {
        about->tags = array;
        about->tags[about->n_tags++] = arena_strdup(&tree->arena, tag);
    }
    free(tag);
}

/* The member is one string or a list of strings: cards have both. */
static void add_tags_of(struct lh_tree *tree, const char *key, const char *prefix)
{
    const char *one = json_str(tree->about.card, key);
    if (one) {
        add_tag(tree, prefix, one);
    }
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_arr(tree->about.card, key))
    {
        if (cJSON_IsString(item)) {
            add_tag(tree, prefix, item->valuestring);
        }
    }
}

static bool has_file_ending(const struct lh_tree *tree, const char *suffix)
{
    for (size_t i = 0; i < tree->n_files; i++) {
        if (str_ends(tree->files[i].path, suffix)) {
            return true;
        }
    }
    return false;
}

/* ---- reading ---- */

/* The system's own words would name the folder's place on this machine. */
static const char *why_unread(const struct lh_file *file, size_t max)
{
    return file->absent ? LH_ABSENT
           : file->size > max ? "it is larger than this hub reads"
                              : "the file cannot be read";
}

/* What the Hub keeps of config.json. Takes json. */
static cJSON *keep_of_config(cJSON *json)
{
    static const char *const KEYS[] = {"architectures", "model_type", "auto_map",
                                       "quantization_config"};
    cJSON *kept = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        cJSON *member = cJSON_DetachItemFromObjectCaseSensitive(json, KEYS[i]);
        if (member) {
            cJSON_AddItemToObject(kept, KEYS[i], member);
        }
    }
    cJSON_Delete(json);
    return kept;
}

static cJSON *read_config(struct lh_tree *tree)
{
    const struct lh_file *file = lh_tree_find(tree, "config.json");
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    cJSON *json = NULL;
    if (!file) {
        return NULL;
    }
    if (!lh_file_read(file, &text, CONFIG_MAX, &e)) {
        tree->about.config_error = why_unread(file, CONFIG_MAX);
    } else if (!text_is_utf8(buf_str(&text), text.n, NULL)) {
        tree->about.config_error = "it is not UTF-8";
    } else if (!(json = json_parse(buf_str(&text), text.n, &e))) {
        tree->about.config_error = arena_strdup(&tree->arena, e.msg);
    } else if (!cJSON_IsObject(json)) {
        tree->about.config_error = "it is no JSON object";
    }
    buf_done(&text);
    if (tree->about.config_error) {
        cJSON_Delete(json);
        return NULL;
    }
    return keep_of_config(json);
}

/* "arxiv.org/abs/2401.01234" in the text becomes the tag arxiv:2401.01234. */
static void add_arxiv_links(struct lh_tree *tree, const char *text)
{
    int found = 0;
    for (const char *at = text; (at = strstr(at, "arxiv.org/")) && found < ARXIV_MAX;) {
        at += strlen("arxiv.org/");
        if (!str_starts(at, "abs/") && !str_starts(at, "pdf/")) {
            continue;
        }
        at += 4;
        const size_t year = strspn(at, "0123456789");
        const size_t number = year == 4 && at[4] == '.' ? strspn(at + 5, "0123456789") : 0;
        if (number == 4 || number == 5) {
            char *id = xstrndup(at, 5 + number);
            add_tag(tree, "arxiv:", id);
            free(id);
            found++;
        }
    }
}

static void read_card(struct lh_tree *tree, struct buf *text)
{
    const struct lh_file *file = lh_tree_find(tree, "README.md");
    tree->about.has_readme = file != NULL;
    if (file && !lh_file_read(file, text, README_MAX, NULL)) {
        tree->about.card_error = why_unread(file, README_MAX);
        return;
    }
    struct err e = ERR_INIT;
    int line = 0;
    tree->about.card = frontmatter_read(buf_str(text), text->n, &line, &e);
    if (e.code != ERR_NONE) {
        tree->about.card_error = arena_strdup(&tree->arena, e.msg);
        tree->about.card_error_line = line;
    }
}

/* ---- models ---- */

static const struct auto_class {
    const char *suffix, *auto_model, *task;
} AUTO_CLASSES[] = {
    {"ForCausalLM", "AutoModelForCausalLM", "text-generation"},
    {"LMHeadModel", "AutoModelForCausalLM", "text-generation"},
    {"ForSequenceClassification", "AutoModelForSequenceClassification", "text-classification"},
    {"ForTokenClassification", "AutoModelForTokenClassification", "token-classification"},
    {"ForQuestionAnswering", "AutoModelForQuestionAnswering", "question-answering"},
    {"ForMaskedLM", "AutoModelForMaskedLM", "fill-mask"},
    {"ForImageClassification", "AutoModelForImageClassification", "image-classification"},
    {"ForObjectDetection", "AutoModelForObjectDetection", "object-detection"},
    {"ForAudioClassification", "AutoModelForAudioClassification", "audio-classification"},
    {"ForSpeechSeq2Seq", "AutoModelForSpeechSeq2Seq", "automatic-speech-recognition"},
    {"ForCTC", "AutoModelForCTC", "automatic-speech-recognition"},
    {"ForConditionalGeneration", "AutoModelForSeq2SeqLM", NULL},
    {"Model", "AutoModel", NULL},
};

const char *lh_about_auto_model(const struct lh_about *about, const char **task)
{
    *task = NULL;
    const char *name =
        cJSON_GetStringValue(cJSON_GetArrayItem(json_arr(about->config, "architectures"), 0));
    for (size_t i = 0; name && i < sizeof AUTO_CLASSES / sizeof *AUTO_CLASSES; i++) {
        if (str_ends(name, AUTO_CLASSES[i].suffix)) {
            *task = AUTO_CLASSES[i].task;
            return AUTO_CLASSES[i].auto_model;
        }
    }
    return NULL;
}

static const char *library_of(const struct lh_tree *tree)
{
    static const char *const AS_TAG[] = {
        "transformers", "diffusers", "sentence-transformers",
        "peft",         "timm",      "mlx",
        "gguf",         "onnx",      "keras",
        "spacy",        "flair",     "fastai",
        "sklearn",      "nemo",      "speechbrain",
        "setfit",       "open_clip",
    };
    const char *named = json_str(tree->about.card, "library_name");
    const cJSON *tag = NULL;
    cJSON_ArrayForEach(tag, json_arr(tree->about.card, "tags"))
    {
        for (size_t i = 0; !named && i < sizeof AS_TAG / sizeof *AS_TAG; i++) {
            named =
                cJSON_IsString(tag) && strcmp(tag->valuestring, AS_TAG[i]) == 0 ? AS_TAG[i] : NULL;
        }
    }
    if (named) {
        return named;
    }
    return lh_tree_find(tree, "adapter_config.json") ? "peft"
           : lh_tree_find(tree, "model_index.json")  ? "diffusers"
           : has_file_ending(tree, ".gguf")          ? "gguf"
                                                     : NULL;
}

static void add_base_models(struct lh_tree *tree)
{
    add_tags_of(tree, "base_model", "base_model:");
    const char *relation = json_str(tree->about.card, "base_model_relation");
    if (relation) {
        char *prefix = xasprintf("base_model:%s:", relation);
        add_tags_of(tree, "base_model", prefix);
        free(prefix);
    }
}

static void describe_model(struct lh_tree *tree)
{
    struct lh_about *about = &tree->about;
    const char *task = NULL;
    about->library = library_of(tree);
    about->pipeline_tag = json_str(about->card, "pipeline_tag");
    if (lh_about_auto_model(about, &task) && task && !about->pipeline_tag && about->library &&
        strcmp(about->library, "transformers") == 0) {
        about->pipeline_tag = task;
    }
    add_tag(tree, "", about->library ? about->library : "");
    add_tag(tree, "", has_file_ending(tree, ".safetensors") ? "safetensors" : "");
    add_tag(tree, "", has_file_ending(tree, ".gguf") ? "gguf" : "");
    add_tag(tree, "", has_file_ending(tree, ".onnx") ? "onnx" : "");
    const char *type = json_str(about->config, "model_type");
    add_tag(tree, "", type ? type : "");
    add_tag(tree, "", about->pipeline_tag ? about->pipeline_tag : "");
    add_tags_of(tree, "tags", "");
    add_tags_of(tree, "language", "");
    add_tags_of(tree, "datasets", "dataset:");
    add_base_models(tree);
}

static void describe_dataset(struct lh_tree *tree)
{
    static const char *const KEYS[] = {
        "task_categories",   "task_ids",        "annotations_creators",
        "language_creators", "multilinguality", "source_datasets",
        "language",          "size_categories", "benchmark",
    };
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        char *prefix = xasprintf("%s:", KEYS[i]);
        add_tags_of(tree, KEYS[i], prefix);
        free(prefix);
    }
    add_tags_of(tree, "tags", "");
}

static void describe_space(struct lh_tree *tree)
{
    tree->about.sdk = json_str(tree->about.card, "sdk");
    add_tag(tree, "", tree->about.sdk ? tree->about.sdk : "");
    add_tags_of(tree, "tags", "");
}

void lh_about_load(struct lh_tree *tree, enum lh_kind kind)
{
    struct buf readme = BUF_INIT;
    read_card(tree, &readme);
    if (kind == LH_MODEL) {
        tree->about.config = read_config(tree);
        describe_model(tree);
    } else if (kind == LH_DATASET) {
        describe_dataset(tree);
    } else {
        describe_space(tree);
    }
    add_arxiv_links(tree, buf_str(&readme));
    add_tags_of(tree, "license", "license:");
    tree->about.license = json_str(tree->about.card, "license");
    add_tag(tree, "", "region:us");
    buf_done(&readme);
}

void lh_about_done(struct lh_about *about)
{
    cJSON_Delete(about->card);
    cJSON_Delete(about->config);
    free(about->tags);
    *about = (struct lh_about){0};
}
