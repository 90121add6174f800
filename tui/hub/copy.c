/* SPDX-License-Identifier: Apache-2.0 */
/* copy.c - what a repo can be copied as. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

/* ---- snippets ---- */

/* The class that transformers' docs use for a task; NULL: pipeline() by task. */
static const char *auto_class(const char *task)
{
    static const struct {
        const char *task, *class;
    } CLASSES[] = {
        {"text-generation", "AutoModelForCausalLM"},
        {"image-text-to-text", "AutoModelForImageTextToText"},
        {"fill-mask", "AutoModelForMaskedLM"},
        {"text-classification", "AutoModelForSequenceClassification"},
        {"token-classification", "AutoModelForTokenClassification"},
        {"question-answering", "AutoModelForQuestionAnswering"},
        {"translation", "AutoModelForSeq2SeqLM"},
        {"summarization", "AutoModelForSeq2SeqLM"},
        {"automatic-speech-recognition", "AutoModelForSpeechSeq2Seq"},
        {"image-classification", "AutoModelForImageClassification"},
        {"object-detection", "AutoModelForObjectDetection"},
        {"feature-extraction", "AutoModel"},
    };
    for (size_t i = 0; task && i < sizeof CLASSES / sizeof *CLASSES; i++) {
        if (strcmp(CLASSES[i].task, task) == 0) {
            return CLASSES[i].class;
        }
    }
    return NULL;
}

static void put_transformers(const struct hub_repo *repo, const char *id, struct buf *out)
{
    const char *task = repo ? repo->pipeline_tag : NULL;
    const char *class = auto_class(task);
    bool has_processor = task && (strcmp(task, "image-text-to-text") == 0 || strstr(task, "image-") == task ||
                                  strcmp(task, "automatic-speech-recognition") == 0 ||
                                  strcmp(task, "object-detection") == 0);
    if (!class) {
        buf_printf(out, "from transformers import pipeline\n\npipe = pipeline(%s%s%smodel=\"%s\")\n", task ? "\"" : "",
                   task ? task : "", task ? "\", " : "", id);
        return;
    }
    const char *helper = has_processor ? "AutoProcessor" : "AutoTokenizer";
    const char *name = has_processor ? "processor" : "tokenizer";
    buf_printf(out,
               "from transformers import %s, %s\n\n%s = %s.from_pretrained(\"%s\")\n"
               "model = %s.from_pretrained(\"%s\", dtype=\"auto\")\n",
               class, helper, name, helper, id, class, id);
}

static const char *first_gguf(const struct hub_repo *repo)
{
    for (size_t i = 0; repo && i < repo->n_files; i++) {
        if (str_ends(repo->files[i], ".gguf") && !strstr(repo->files[i], "mmproj")) {
            return repo->files[i];
        }
    }
    return NULL;
}

static bool has_file_like(const struct hub_repo *repo, const char *suffix)
{
    for (size_t i = 0; repo && i < repo->n_files; i++) {
        if (str_ends(repo->files[i], suffix)) {
            return true;
        }
    }
    return false;
}

enum copy_what { COPY_ID, COPY_URL, COPY_TRANSFORMERS, COPY_DATASETS, COPY_VLLM, COPY_LLAMA, COPY_GET, COPY_GIT, COPY_N };

static const struct {
    const char *key, *label, *what;
} CHOICES[COPY_N] = {
    [COPY_ID] = {"i", "repo id", "the repo id"},
    [COPY_URL] = {"u", "address of its page", "the address"},
    [COPY_TRANSFORMERS] = {"t", "transformers: load it in Python", "a transformers snippet"},
    [COPY_DATASETS] = {"d", "datasets: load it in Python", "a datasets snippet"},
    [COPY_VLLM] = {"v", "vLLM: serve it", "a vLLM command"},
    [COPY_LLAMA] = {"l", "llama.cpp: run it", "a llama.cpp command"},
    [COPY_GET] = {"h", "hf: download it", "a download command"},
    [COPY_GIT] = {"g", "git: clone it", "a git command"},
};

static void put_choice(struct hub_screen *h, enum copy_what what, struct buf *out)
{
    const struct hub_detail *d = &h->detail;
    const struct hub_repo *repo = hub_detail_repo(h);
    const char *flag = d->kind == HUB_DATASET ? " --repo-type dataset" : d->kind == HUB_SPACE ? " --repo-type space" : "";
    switch (what) {
    case COPY_ID:
        buf_puts(out, d->id);
        break;
    case COPY_URL:
        hub_web_url(app_hub(h->app), d->kind, d->id, out);
        break;
    case COPY_TRANSFORMERS:
        put_transformers(repo, d->id, out);
        break;
    case COPY_DATASETS:
        buf_printf(out, "from datasets import load_dataset\n\nds = load_dataset(\"%s\")\n", d->id);
        break;
    case COPY_VLLM:
        buf_printf(out, "vllm serve %s", d->id);
        break;
    case COPY_LLAMA:
        buf_printf(out, "llama-cli -hf %s", d->id);
        if (first_gguf(repo)) {
            buf_puts(out, " -hff ");
            hub_put_shell_word(out, first_gguf(repo));
        }
        break;
    case COPY_GET:
        buf_printf(out, "hf download %s%s", d->id, flag);
        break;
    default:
        buf_puts(out, "git clone ");
        hub_web_url(app_hub(h->app), d->kind, d->id, out);
        break;
    }
}

/* Why a choice makes no sense for this repo, NULL when it does. */
static const char *copy_reason(const struct hub_screen *h, enum copy_what what)
{
    const struct hub_detail *d = &h->detail;
    const struct hub_repo *repo = hub_detail_repo(h);
    const char *unfit = app_copy_reason(d->id);
    if (unfit || (what == COPY_LLAMA && first_gguf(repo) && (unfit = app_copy_reason(first_gguf(repo))) != NULL)) {
        return unfit;
    }
    if (what != COPY_ID && !hub_check_repo_id(d->id, NULL)) {
        return "its id is no repository name";
    }
    bool is_for_models = what == COPY_TRANSFORMERS || what == COPY_VLLM || what == COPY_LLAMA;
    if (is_for_models && d->kind != HUB_MODEL) {
        return "for models";
    }
    if (what == COPY_DATASETS && d->kind != HUB_DATASET) {
        return "for datasets";
    }
    if (what == COPY_LLAMA && repo && repo->n_files && !has_file_like(repo, ".gguf")) {
        return "this repo has no .gguf file";
    }
    if (what == COPY_TRANSFORMERS && repo && repo->library && strcmp(repo->library, "transformers") != 0) {
        return "its library is another one";
    }
    return NULL;
}

static void copy_chosen(void *ctx, int index)
{
    struct hub_screen *h = ctx;
    if (index >= 0) {
        struct buf text = BUF_INIT;
        put_choice(h, (enum copy_what)index, &text);
        const bool has_lines = index == COPY_TRANSFORMERS || index == COPY_DATASETS;
        (has_lines ? app_copy_lines : app_copy)(h->app, buf_str(&text), CHOICES[index].what);
        buf_done(&text);
    }
}

void hub_copy_menu(struct hub_screen *h)
{
    struct menu_item items[COPY_N];
    for (int i = 0; i < COPY_N; i++) {
        items[i] = (struct menu_item){
            .label = CHOICES[i].label,
            .keys = CHOICES[i].key,
            .reason = copy_reason(h, (enum copy_what)i),
        };
    }
    char *id = text_clean(h->detail.id);
    char *title = xasprintf("Copy: %s", id);
    struct menu_spec spec = {.title = title, .use_shortcuts = true, .done = copy_chosen, .ctx = h};
    app_menu(h->app, &spec, items, COPY_N);
    free(title);
    free(id);
}
