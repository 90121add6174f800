/* SPDX-License-Identifier: Apache-2.0 */
/* Any file read with any keys. The first byte says how many of the following are keys; the rest is
 * the file, which arrives in two parts. After each key the window must be sound. */
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "tui/widget/view_state.h"

enum { WORK_NS = 5000000, FUZZ_LIMIT = 48 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C.UTF-8");
    return 0;
}

static void require(bool is_true)
{
    if (!is_true) {
        abort();
    }
}

struct session {
    struct viewer *v;
    int width, height;
};

static void check_window(struct session *s)
{
    const struct rich *r = viewer_rows(s->v);
    require(r->n_lines <= (size_t)s->height);
    const int row = viewer_cursor_row(s->v);
    require(row >= 0 && (row < (int)r->n_lines || r->n_lines == 0));
    for (size_t i = 0; i < r->n_lines; i++) {
        const struct rich_line *l = &r->lines[i];
        struct buf clean = BUF_INIT;
        text_sanitize(&clean, l->text, l->n_text, TEXT_LINE);
        require(strcmp(buf_str(&clean), l->text) == 0);
        require(l->cols == text_width(l->text));
        require(l->cols <= s->width || s->width < 8 || viewer_mode(s->v) == VIEWER_HEX);
        buf_done(&clean);
    }
    const struct viewer_place p = viewer_place(s->v);
    require(p.percent >= 0 && p.percent <= 100 && p.line <= p.n_lines);
}

static void search(struct session *s, uint8_t arg)
{
    static const char *const PATTERNS[] = {"a", "\\v^.", "\"", "\\v(.)\\1", "\\v\\d+", "\\v[^ ]*$", "e", ""};
    viewer_search(s->v, PATTERNS[arg % 8], NULL);
}

static void press(struct session *s, uint8_t key)
{
    const uint8_t arg = key >> 4;
    struct viewer_look look = viewer_look(s->v);
    struct buf out = BUF_INIT;
    switch (key & 0x0F) {
    case 0:
        viewer_move(s->v, arg - 8);
        break;
    case 1:
        viewer_apply(s->v, (enum move)(arg % (MOVE_RIGHT + 1)));
        break;
    case 2:
        arg & 1 ? viewer_home(s->v) : viewer_end(s->v);
        break;
    case 3:
        viewer_shift(s->v, arg * 5 - 40);
        break;
    case 4:
        viewer_click(s->v, arg);
        break;
    case 5:
        viewer_scroll(s->v, arg - 8);
        break;
    case 6:
        viewer_goto(s->v, (uint64_t)arg * arg);
        break;
    case 7:
        viewer_set_mode(s->v, (enum viewer_mode)(arg % 3), NULL);
        break;
    case 8:
        look.wrap = arg & 1;
        look.hide_numbers = arg & 2;
        look.is_ascii = arg & 4;
        look.tab_cols = arg & 8 ? 3 : 0;
        viewer_set_look(s->v, &look);
        break;
    case 9:
        s->width = 1 + arg * 7;
        s->height = 1 + arg % 5;
        viewer_set_size(s->v, s->width, s->height);
        break;
    case 10:
        search(s, arg);
        break;
    case 11:
        viewer_next(s->v, arg % 3 - 1);
        break;
    case 12:
        viewer_fold(s->v);
        break;
    case 13:
        viewer_fold_all(s->v, arg % 4);
        break;
    case 14:
        viewer_parent(s->v);
        break;
    default:
        viewer_copy(s->v, &out);
        viewer_path(s->v, &out);
        viewer_work(s->v, WORK_NS);
        break;
    }
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) {
        return 0;
    }
    const size_t n_keys = data[0] % 32 < n - 1 ? data[0] % 32 : n - 1;
    const uint8_t *keys = data + 1;
    const uint8_t *file = keys + n_keys;
    const size_t n_file = n - 1 - n_keys;
    struct session s = {
        .v = viewer_new(data[0] & 0x80 ? "a.json" : NULL), .width = 80, .height = 24};
    require(viewer_append(s.v, file, n_file / 2, NULL));
    if (data[0] & 0x40) { /* a log whose beginning goes; the limit is lower than anybody may ask for */
        s.v->limit = FUZZ_LIMIT;
        s.v->is_kind_known = true;
        viewer_follow(s.v, true);
    }
    for (size_t i = 0; i < n_keys; i++) {
        if (i == n_keys / 3) {
            require(viewer_append(s.v, file + n_file / 2, n_file - n_file / 2, NULL));
        }
        if (i == n_keys / 2) {
            viewer_finish(s.v);
        }
        press(&s, keys[i]);
        check_window(&s);
    }
    viewer_work(s.v, WORK_NS);
    check_window(&s);
    viewer_free(s.v);
    return 0;
}
