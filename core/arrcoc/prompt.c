/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to a model about the pictures it gets. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "core/arrcoc/realize.h"
#include "core/base/buf.h"
#include "core/base/json.h"

/* Outwards, so that the percentages hold the box and are never the same twice. */
static void put_range(struct buf *out, int from, int to, int side)
{
    const int64_t low = (int64_t)from * 100 / side;
    const int64_t high = ((int64_t)to * 100 + side - 1) / side;
    buf_printf(out, "%d-%d %%", (int)low, (int)high);
}

void arr_region_caption(const struct arr_plan *plan, size_t i, struct buf *out)
{
    const struct arr_box box = plan->regions[i].pixels;
    buf_printf(out, "region %zu: rows ", i + 1);
    put_range(out, box.y0, box.y1, plan->height);
    buf_puts(out, ", columns ");
    put_range(out, box.x0, box.x1, plan->width);
}

static bool reads_before(const struct arr_box a, const struct arr_box b)
{
    return a.y0 != b.y0 ? a.y0 < b.y0 : a.x0 < b.x0;
}

void arr_plan_reading_order(const struct arr_plan *plan, size_t *order)
{
    for (size_t i = 0; i < plan->n_regions; i++) {
        size_t at = i;
        while (at > 0 && reads_before(plan->regions[i].cells, plan->regions[order[at - 1]].cells)) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
}

static void add_text(cJSON *content, const char *text)
{
    cJSON *part = cJSON_CreateObject();
    cJSON_AddStringToObject(part, "type", "text");
    cJSON_AddStringToObject(part, "text", text);
    cJSON_AddItemToArray(content, part);
}

static void add_image(cJSON *content, const char *url)
{
    cJSON *part = cJSON_CreateObject();
    cJSON_AddStringToObject(part, "type", "image_url");
    cJSON_AddStringToObject(cJSON_AddObjectToObject(part, "image_url"), "url", url);
    cJSON_AddItemToArray(content, part);
}

void arr_plan_prompt(const struct arr_plan *plan, const char *const *urls, const char *question,
                     struct buf *out)
{
    size_t order[ARR_REGIONS_MAX];
    arr_plan_reading_order(plan, order);
    cJSON *message = cJSON_CreateObject();
    cJSON_AddStringToObject(message, "role", "user");
    cJSON *content = cJSON_AddArrayToObject(message, "content");
    add_text(content, "overview: the whole picture");
    add_image(content, urls[0]);
    for (size_t i = 0; i < plan->n_regions; i++) {
        struct buf caption = BUF_INIT;
        arr_region_caption(plan, order[i], &caption);
        add_text(content, buf_str(&caption));
        add_image(content, urls[1 + order[i]]);
        buf_done(&caption);
    }
    if (*question) {
        add_text(content, question);
    }
    char *json = json_print(message, false);
    buf_puts(out, json);
    free(json);
    cJSON_Delete(message);
}
