/* SPDX-License-Identifier: Apache-2.0 */
/* What files are, from their headers, before their bytes (hub.md row 11); JSON on one line (F11); the title of the
 * viewer (row 43). */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/localhub/localhub.h"
#include "tests/screens/homes.h"

static struct harness *start_demo(int rows, int cols)
{
    return start_in(NULL, rows, cols, ARGS("--demo"));
}

static void open_file(struct harness *h, const char *what)
{
    h_keys(h, ":");
    h_text(h, "open ");
    h_text(h, what);
    h_keys(h, "<Enter>");
}

/* hub.md row 11 */
static void test_every_kind_shows_its_header(void **state)
{
    (void)state;
    static const struct {
        const char *file, *words[6];
    } FILES[] = {
        {"model nordlicht/norn-chat/model.safetensors", {"header  safetensors", "parameters    ", "shape", "BF16", NULL}},
        {"model lumen-labs/Aurora-MoE-Nano/model.safetensors.index.json",
         {"header  safetensors index", "shards        3", "model-00002-of-00003.safetensors", NULL}},
        {"model bob/Aurora-VL-Nano-Instruct-GGUF/mmproj-Aurora-VL-Nano-Instruct-BF16.gguf",
         {"header  GGUF", "architecture  clip", "general.", NULL}},
        {"dataset tidewater/tide-gauges/parquet/gauges-snappy.parquet",
         {"header  Parquet", "rows          ", "TIMESTAMP(", "SNAPPY", "samples.list.element", NULL}},
        {"dataset tidewater/tide-gauges/week.png", {"header  PNG", "pixels        ", "bits          8", NULL}},
        {"model tidewater/driftnet-detr/example.jpg", {"header  JPEG", "YCbCr", NULL}},
        {"model tidewater/coral-diffusion/images/reef-1.webp", {"header  WebP", "pixels        ", NULL}},
    };
    struct harness *h = start_demo(36, 120);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        open_file(h, FILES[i].file);
        for (const char *const *word = FILES[i].words; *word; word++) {
            h_expect_text(h, *word);
        }
    }
    h_stop_with(h, "<C-c>", 0);
}

static void test_bytes_stay_reachable(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 140);
    open_file(h, "model tidewater/pebble-vit/model.safetensors");
    h_expect_text(h, "header  safetensors");
    h_expect_text(h, "vit.embeddings.position_embeddings");
    h_expect_in_row(h, 35, "v header/text/hex");
    h_keys(h, "v");
    h_expect_text(h, "hex  bytes");
    h_expect_text(h, "00000000 ");
    h_expect_no_text(h, "z wrap"); /* what does nothing in hex is not offered there */
    h_expect_no_text(h, "Enter fold");
    h_keys(h, "v");
    h_expect_text(h, "text  bytes");
    h_keys(h, "v");
    h_expect_text(h, "header  safetensors");
    h_keys(h, "/");
    h_text(h, "classifier.weight");
    h_keys(h, "<Enter>");
    h_expect_text(h, "match 1 of ");
    h_keys(h, "r");
    h_expect_text(h, "header  safetensors");
    h_keys(h, "<Esc>");
    h_expect_no_text(h, "header  safetensors");
    h_stop_with(h, "<C-c>", 0);
    h = start_demo(36, 140);
    open_file(h, "model lumen-labs/Aurora-VL-Nano-Instruct/model.safetensors.index.json");
    h_expect_text(h, "header  safetensors index");
    h_keys(h, "v");
    h_expect_text(h, "json  UTF-8");
    h_expect_text(h, "weight_map");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- a Hub of our own ---- */

struct own_hub {
    char *folder;
    struct localhub *hub;
};

static void put_file(const struct own_hub *own, const char *path, const struct buf *bytes)
{
    write_in(own->folder, path, "");
    char *full = xasprintf("%s/%s", own->folder, path);
    assert_true(file_write_atomic(full, buf_str(bytes), bytes->n, 0600, NULL));
    free(full);
}

/* {"0":0,"1":1,...} on one line, about n bytes. */
static void put_long_line(const struct own_hub *own, const char *path, size_t n, const char *end)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, "{\"first key\":true");
    for (unsigned i = 0; b.n < n; i++) {
        buf_printf(&b, ",\"token %u of many\":%u", i, i);
    }
    buf_puts(&b, end);
    put_file(own, path, &b);
    buf_done(&b);
}

static struct harness *start_own(struct own_hub *own, int rows, int cols)
{
    struct err e = ERR_INIT;
    const struct localhub_options options = {.dir = own->folder};
    own->hub = localhub_start(&options, &e);
    if (!own->hub) {
        fail_msg("%s", e.msg);
    }
    return start_in(NULL, rows, cols, ARGS("--endpoint", localhub_url(own->hub)));
}

static void stop_own(struct own_hub *own, struct harness *h)
{
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(own->hub);
    remove_home(own->folder);
}

/* hub.md F11 */
static void test_json_on_one_line_opens_as_json(void **state)
{
    (void)state;
    struct own_hub own = {.folder = new_home()};
    put_long_line(&own, "models/o/r/tokenizer.json", 2500000, "}\n");
    put_long_line(&own, "models/o/r/vocab", 1500000, "}");
    put_long_line(&own, "models/o/r/broken.json", 1300000, ",}");
    put_long_line(&own, "models/o/r/huge.geojson", 70000000, "}");
    struct harness *h = start_own(&own, 24, 110);
    open_file(h, "model o/r/tokenizer.json");
    h_wait_text(h, "json  UTF-8");
    h_expect_text(h, "first key");
    h_expect_text(h, "2.5 MB");
    open_file(h, "model o/r/vocab");
    h_wait_text(h, "json  UTF-8  1.5 MB");
    open_file(h, "model o/r/broken.json");
    h_wait_text(h, "text  UTF-8  1.3 MB");
    h_keys(h, "v"); /* the mode that is left out is named with the reason */
    h_expect_text(h, "hex  UTF-8");
    h_expect_text(h, "no JSON tree: not JSON: ");
    open_file(h, "model o/r/huge.geojson");
    h_expect_text(h, "text  UTF-8  1.0 MB of 70.0 MB");
    h_keys(h, "v");
    h_expect_text(h, "no JSON tree: files up to 64 MiB are shown as one, this one has 70.0 MB");
    stop_own(&own, h);
}

/* hub.md row 11: what cannot be read says so, and its bytes are shown. */
static void test_a_broken_header_is_said(void **state)
{
    (void)state;
    struct own_hub own = {.folder = new_home()};
    struct buf b = BUF_INIT;
    buf_puts(&b, "GGUF\x03");
    buf_append(&b, "\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0 and more", 28);
    put_file(&own, "models/o/r/liar.gguf", &b);
    buf_clear(&b);
    buf_puts(&b, "{\"metadata\": {}, \"weights\": 7}");
    put_file(&own, "models/o/r/other.safetensors.index.json", &b);
    buf_done(&b);
    struct harness *h = start_own(&own, 24, 110);
    open_file(h, "model o/r/liar.gguf");
    h_expect_text(h, "its header is not shown:");
    h_expect_text(h, "hex  bytes");
    h_expect_text(h, "47 47 55 46");
    open_file(h, "model o/r/other.safetensors.index.json");
    h_expect_text(h, "no weight_map");
    h_expect_text(h, "json  UTF-8");
    stop_own(&own, h);
}

/* What keeps the header away keeps the bytes away: it is asked for and told once; r asks again. */
static void test_a_header_that_cannot_be_had(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 110);
    open_file(h, "model bob/norn-chat-GGUF/no-such-file.gguf");
    h_expect_text(h, "no \"no-such-file.gguf\"");
    h_expect_no_text(h, "its header is not shown");
    h_keys(h, "r");
    h_expect_text(h, "no \"no-such-file.gguf\"");
    h_keys(h, "R");
    int asked = 0;
    for (int row = 0; row < 24; row++) {
        asked += strstr(h_row(h, row), "no-such-file.gguf") != NULL;
    }
    assert_int_equal(asked, 2); /* once for each time */
    h_stop_with(h, "<Esc> <C-c>", 0);
}

/* hub.md row 43 */
static void test_the_name_stays_in_the_title(void **state)
{
    (void)state;
    struct own_hub own = {.folder = new_home()};
    struct buf b = BUF_INIT;
    buf_puts(&b, "{\"a key that is long, and then some, so that no row has room for it and the name\":"
                 "{\"another one of the same kind, as configurations have them\": 1}}\n");
    put_file(&own, "models/o/r/generation_config.json", &b);
    put_file(&own, "models/o/r/deep/er/params.json", &b);
    buf_done(&b);
    struct harness *h = start_own(&own, 24, 100);
    open_file(h, "model o/r/generation_config.json");
    h_expect_text(h, "generation_config.json");
    h_expect_no_text(h, "generation_config.json  . ");
    h_keys(h, "j j");
    h_expect_text(h, "generation_config.json  .[");
    open_file(h, "model o/r/deep/er/params.json");
    h_keys(h, "j j");
    h_expect_text(h, "deep/er/params.json  .[");
    stop_own(&own, h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_every_kind_shows_its_header, h_teardown),
        cmocka_unit_test_teardown(test_bytes_stay_reachable, h_teardown),
        cmocka_unit_test_teardown(test_json_on_one_line_opens_as_json, h_teardown),
        cmocka_unit_test_teardown(test_a_broken_header_is_said, h_teardown),
        cmocka_unit_test_teardown(test_a_header_that_cannot_be_had, h_teardown),
        cmocka_unit_test_teardown(test_the_name_stays_in_the_title, h_teardown),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
