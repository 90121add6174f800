/* SPDX-License-Identifier: Apache-2.0 */
#define NCURSES_WIDECHAR 1
#include "tui/term/input.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "core/base/buf.h"
#include "core/base/fuzzy.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "tui/term/input_history.h"
#include "tui/term/input_words.h"

enum { C_R = 18, SHOWN_CANDIDATES = 8, QUEUE_BYTES = 256, LINE_BYTES = 4096 };

struct input {
    bool is_active;
    char *folder; /* of the histories */
    struct input_spec spec;
    char *prompt;
    /* bytes on their way into readline */
    unsigned char queue[QUEUE_BYTES];
    size_t head, tail;
    char *finished; /* what the line handler was given */
    bool is_finished;
    char *last_text; /* to notice changes */
    struct input_candidates candidates;
    bool is_in_history; /* C-r: the candidates are lines of the history */
    int picked; /* candidate shown in the line, -1 none */
    size_t word_start;
    char *typed_word;
    int cursor_row, cursor_col; /* on the screen, from the last input_draw */
};

/* readline calls back without a context, and there is one editor: this is it. */
static struct input *the_input;

/* ---- readline's side ---- */

static int take_byte(FILE *unused)
{
    (void)unused;
    struct input *in = the_input;
    return in && in->head < in->tail ? in->queue[in->head++] : EOF;
}

static int bytes_left(void)
{
    return the_input && the_input->head < the_input->tail;
}

static void redisplay_later(void)
{
    /* the app draws once a frame from rl_line_buffer */
}

static void ignore_matches(char **matches, int n, int longest)
{
    (void)matches;
    (void)n;
    (void)longest;
}

static void on_line(char *line)
{
    struct input *in = the_input;
    in->is_finished = true;
    in->finished = line;
    rl_callback_handler_remove();
}

/* Functions that write to the terminal themselves, or that wait for further keys in a state of their own
 * and keep pointers into a line which we may change meanwhile (a paste, a candidate). Searching the
 * history is ours: C-r lists what matches. */
static void unbind_unfit(void)
{
    static rl_command_func_t *const UNFIT[] = {
        rl_reverse_search_history, rl_forward_search_history, rl_noninc_reverse_search,
        rl_noninc_forward_search,  rl_char_search,            rl_backward_char_search,
        rl_quoted_insert,          rl_digit_argument,         rl_universal_argument,
        rl_clear_screen,           rl_clear_display,          rl_insert_comment,
        rl_dump_functions,         rl_dump_macros,            rl_dump_variables,
        rl_start_kbd_macro,        rl_end_kbd_macro,          rl_call_last_kbd_macro,
        rl_re_read_init_file,      rl_vi_search,              rl_vi_arg_digit,
        rl_vi_search_again,        rl_complete,               rl_possible_completions,
        rl_insert_completions,     rl_menu_complete,          rl_tty_status,
    };
    Keymap maps[] = {emacs_standard_keymap, emacs_meta_keymap, emacs_ctlx_keymap, vi_insertion_keymap,
                     vi_movement_keymap};
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
        for (size_t f = 0; f < sizeof UNFIT / sizeof *UNFIT; f++) {
            rl_unbind_function_in_map(UNFIT[f], maps[m]);
        }
    }
}

static void setup_readline(void)
{
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    rl_getc_function = take_byte;
    rl_input_available_hook = bytes_left;
    rl_redisplay_function = redisplay_later;
    rl_completion_display_matches_hook = ignore_matches;
    rl_readline_name = "hfterm";
    rl_inhibit_completion = 1; /* Tab is ours */
    rl_initialize();           /* reads the inputrc; what follows has the last word */
    unbind_unfit();
}

struct input *input_new(const char *folder)
{
    struct input *in = xcalloc(1, sizeof *in);
    in->folder = xstrdup(folder);
    the_input = in;
    setup_readline();
    return in;
}

/* ---- candidates ---- */

static void drop_candidates(struct input *in)
{
    input_words_drop(&in->candidates);
    in->picked = -1;
    free(in->typed_word);
    in->typed_word = NULL;
}

/* Lines of the history that hold what is typed, newest first; they replace the whole line. */
static void find_in_history(struct input *in)
{
    in->word_start = 0;
    in->typed_word = xstrdup(rl_line_buffer);
    HIST_ENTRY *const *all = history_list();
    for (int i = history_length - 1; all && i >= 0; i--) {
        if (str_casestr(all[i]->line, in->typed_word)) {
            input_offer(&in->candidates, all[i]->line, NULL);
        }
    }
}

static void find_candidates(struct input *in)
{
    drop_candidates(in);
    if (in->is_in_history) {
        find_in_history(in);
        return;
    }
    if (!in->spec.complete) {
        return;
    }
    const char *breaks = in->spec.word_breaks ? in->spec.word_breaks : " ";
    size_t start = (size_t)rl_point;
    while (start > 0 && !strchr(breaks, rl_line_buffer[start - 1])) {
        start--;
    }
    in->word_start = start;
    in->typed_word = xstrndup(rl_line_buffer + start, (size_t)rl_point - start);
    in->spec.complete(in->spec.ctx, rl_line_buffer, start, in->typed_word, &in->candidates);
    if (!in->spec.is_ranked) {
        input_words_rank(&in->candidates, in->typed_word);
    }
}

static void show_word(struct input *in, const char *word)
{
    rl_delete_text((int)in->word_start, rl_point);
    rl_point = (int)in->word_start;
    rl_insert_text(word);
}

/* Put the next (or previous) candidate into the line; after the last comes the first. */
static void pick(struct input *in, int step)
{
    const int n = (int)in->candidates.n;
    if (n == 0) {
        return;
    }
    in->picked = in->picked < 0 ? (step > 0 ? 0 : n - 1) : (in->picked + step + n) % n;
    show_word(in, in->candidates.words[in->picked]);
}

/* The first candidate is the only one that begins as typed, and more is to be said behind its colon. */
static bool is_opening(const struct input *in)
{
    const struct input_candidates *c = &in->candidates;
    return in->picked < 0 && !in->is_in_history && c->n > 0 && *in->typed_word && str_ends(c->words[0], ":") &&
           fuzzy_rank(in->typed_word, c->words[0]) <= FUZZY_PREFIX &&
           (c->n == 1 || fuzzy_rank(in->typed_word, c->words[1]) > FUZZY_PREFIX);
}

static void complete_word(struct input *in, int step)
{
    if (!is_opening(in)) {
        pick(in, step);
        return;
    }
    pick(in, 1);
    in->picked = -1; /* taken: what is found next stands behind it */
    find_candidates(in);
}

/* Down and Up in the candidates; up from the first one leads back to what was typed. False: not for them. */
static bool move_pick(struct input *in, uint32_t code)
{
    const bool is_down = code == TKEY_DOWN;
    if (in->candidates.n == 0 || (!is_down && in->picked < 0) || (!is_down && code != TKEY_UP)) {
        return false;
    }
    if (!is_down && in->picked == 0) {
        in->picked = -1;
        show_word(in, in->typed_word);
    } else {
        pick(in, is_down ? 1 : -1);
    }
    return true;
}

/* ---- history ---- */

static char *history_path(const struct input *in, const char *name)
{
    char *leaf = xasprintf("history-%s", name);
    char *path = paths_join(in->folder, leaf);
    free(leaf);
    return path;
}

static void load_history(const struct input *in, const char *name)
{
    char *path = name ? history_path(in, name) : NULL;
    rl_clear_history();
    if (path) {
        input_history_load(path);
    }
    free(path);
    using_history();
}

static void save_history(const struct input *in, const char *name, const char *line)
{
    if (name && *line) {
        char *path = history_path(in, name);
        input_history_add(path, line);
        free(path);
    }
}

/* ---- a line's life ---- */

static void close_line(struct input *in)
{
    drop_candidates(in);
    free(in->last_text);
    in->last_text = NULL;
    free(in->prompt);
    in->prompt = NULL;
    in->is_active = false;
}

void input_begin(struct input *in, const struct input_spec *spec)
{
    if (in->is_active) {
        input_cancel(in);
    }
    in->spec = *spec;
    in->prompt = xstrdup(spec->prompt);
    in->head = in->tail = 0;
    in->is_finished = false;
    in->finished = NULL;
    in->picked = -1;
    in->is_in_history = false;
    load_history(in, spec->history);
    rl_callback_handler_install("", on_line);
    if (spec->initial && *spec->initial) {
        rl_insert_text(spec->initial);
    }
    in->last_text = xstrdup(rl_line_buffer ? rl_line_buffer : "");
    in->is_active = true;
    find_candidates(in);
}

static void finish(struct input *in, char *line)
{
    struct input_spec spec = in->spec;
    if (line) {
        save_history(in, spec.history, line);
    }
    close_line(in);
    if (spec.done) {
        spec.done(spec.ctx, line);
    }
    free(line);
}

void input_cancel(struct input *in)
{
    if (!in->is_active) {
        return;
    }
    rl_callback_sigcleanup(); /* out of a search or a half-typed key sequence */
    rl_end_of_history(1, 0);  /* frees what was put aside when the history was entered */
    rl_callback_handler_remove();
    rl_free_line_state();
    rl_cleanup_after_signal();
    finish(in, NULL);
}

void input_free(struct input *in)
{
    if (in) {
        input_cancel(in);
        rl_clear_history();
        the_input = NULL;
        free(in->folder);
        free(in);
    }
}

bool input_is_active(const struct input *in)
{
    return in->is_active;
}

/* ---- keys ---- */

static const struct {
    uint32_t code;
    const char *bytes;
} BYTES[] = {
    {TKEY_UP, "\033[A"},
    {TKEY_DOWN, "\033[B"},
    {TKEY_RIGHT, "\033[C"},
    {TKEY_LEFT, "\033[D"},
    {TKEY_HOME, "\033[H"},
    {TKEY_END, "\033[F"},
    {TKEY_DELETE, "\033[3~"},
    {TKEY_BACKSPACE, "\177"},
    {TKEY_ENTER, "\r"},
    {TKEY_RIGHT | TKEY_CTRL, "\033[1;5C"},
    {TKEY_LEFT | TKEY_CTRL, "\033[1;5D"},
    {TKEY_BACKSPACE | TKEY_ALT, "\033\177"},
    {TKEY_RIGHT | TKEY_ALT, "\033f"},
    {TKEY_LEFT | TKEY_ALT, "\033b"},
};

static size_t bytes_of(uint32_t code, char out[8])
{
    for (size_t i = 0; i < sizeof BYTES / sizeof *BYTES; i++) {
        if (BYTES[i].code == code) {
            size_t n = strlen(BYTES[i].bytes);
            memcpy(out, BYTES[i].bytes, n);
            return n;
        }
    }
    size_t n = 0;
    if (code & TKEY_ALT) {
        out[n++] = '\033';
        code &= ~(uint32_t)TKEY_ALT;
    }
    if (code >= TKEY_BASE || code == 0) {
        return 0;
    }
    return n + text_encode(code, out + n);
}

bool input_takes(const struct input *in, uint32_t code)
{
    (void)in;
    if (!(code & TKEY_ALT)) {
        return true;
    }
    char bytes[9] = "";
    bytes_of(code, bytes);
    return bytes[0] && rl_function_of_keyseq(bytes, NULL, NULL) != NULL;
}

static void feed(struct input *in, const char *bytes, size_t n)
{
    if (n > sizeof in->queue) {
        return;
    }
    memcpy(in->queue, bytes, n);
    in->head = 0;
    in->tail = n;
    while (in->head < in->tail && !in->is_finished) {
        rl_callback_read_char();
    }
}

static void paste(const char *text)
{
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, text, strlen(text), TEXT_LINE);
    size_t n = clean.n;
    if (n > LINE_BYTES) { /* one line is being edited, not a file */
        n = LINE_BYTES;
        while (n > 0 && ((unsigned char)clean.p[n] & 0xC0) == 0x80) {
            n--;
        }
        clean.p[n] = '\0';
    }
    while (n > 0 && clean.p[n - 1] == ' ') { /* the newline at the end of a copied line */
        clean.p[--n] = '\0';
    }
    rl_insert_text(buf_str(&clean));
    buf_done(&clean);
}

static bool is_vi_insert(void)
{
    return rl_editing_mode == 0 && strcmp(rl_get_keymap_name(rl_get_keymap()), "vi-insert") == 0;
}

static void after_edit(struct input *in)
{
    const char *now = rl_line_buffer ? rl_line_buffer : "";
    if (strcmp(now, in->last_text) == 0) {
        return;
    }
    free(in->last_text);
    in->last_text = xstrdup(now);
    if (in->picked < 0) {
        find_candidates(in);
    }
    if (in->spec.change) {
        in->spec.change(in->spec.ctx, in->last_text);
    }
}

static bool edit_key(struct input *in, const struct term_key *key)
{
    char bytes[8];
    size_t n = bytes_of(key->code, bytes);
    if (n == 0) {
        return false;
    }
    in->picked = -1;
    feed(in, bytes, n);
    return true;
}

bool input_key(struct input *in, const struct term_key *key)
{
    bool is_used = true;
    if (key->code == TKEY_ESC && is_vi_insert()) {
        rl_vi_movement_mode(1, 0);
    } else if (key->code == TKEY_ESC || key->code == 3 || key->code == 7) { /* C-c, C-g */
        input_cancel(in);
        return true;
    } else if (key->code == TKEY_PASTE) {
        in->picked = -1;
        paste(key->paste);
    } else if (key->code == C_R) {
        if (in->is_in_history) {
            pick(in, 1);
        } else {
            in->is_in_history = true;
            rl_point = rl_end;
            find_candidates(in);
        }
    } else if (key->code == TKEY_TAB || key->code == TKEY_BACKTAB) {
        complete_word(in, key->code == TKEY_TAB ? 1 : -1);
    } else if (!move_pick(in, key->code)) {
        is_used = edit_key(in, key);
    }
    if (in->is_finished) {
        char *line = in->finished;
        in->finished = NULL;
        in->is_finished = false;
        finish(in, line);
        return true;
    }
    after_edit(in);
    return is_used;
}

size_t input_keys(const struct input *in, struct input_key out[INPUT_MAX_KEYS])
{
    size_t n = 0;
    out[n++] = (struct input_key){"Enter", in->spec.enter ? in->spec.enter : "keep"};
    out[n++] = (struct input_key){"Esc", "undo"};
    if (in->candidates.n && !in->is_in_history) {
        out[n++] = (struct input_key){"Tab", "complete"};
        out[n++] = (struct input_key){"Down", "choose"};
    } else if (in->spec.history) {
        out[n++] = (struct input_key){"Up", "history"};
    }
    if (in->spec.history) {
        out[n++] = (struct input_key){"C-r", in->is_in_history ? "next" : "find in history"};
    }
    return n;
}

/* ---- drawing ---- */

void input_draw(struct input *in, const struct canvas *c, int row, int col, int cols)
{
    int used = in->is_in_history ? draw_text(c, row, col, cols - 2, STYLE_DIM, "history ") : 0;
    used += draw_text(c, row, col + used, cols - used - 2, STYLE_PROMPT, in->prompt);
    int room = cols - used;
    const char *text = rl_line_buffer ? rl_line_buffer : "";
    size_t point = (size_t)rl_point;
    size_t first = 0;
    /* Scroll so that the cursor is visible. */
    int before = text_width_n(text, point);
    while (before >= room && first < point) {
        uint32_t cp = 0;
        first += text_decode(text + first, point - first, &cp);
        int width = text_cp_width(cp);
        before -= width > 0 ? width : 0;
    }
    draw_blank(c, row, col + used, room, STYLE_FIELD);
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, text + first, strlen(text + first), TEXT_LINE);
    draw_text(c, row, col + used, room, STYLE_FIELD, buf_str(&clean));
    buf_done(&clean);
    in->cursor_row = c->rect.row + row;
    in->cursor_col = c->rect.col + col + used + before;
}

void input_place_cursor(const struct input *in)
{
    if (in->is_active) {
        move(in->cursor_row, in->cursor_col);
    }
}

int input_candidate_rows(const struct input *in)
{
    size_t n = in->is_active ? in->candidates.n : 0;
    return n > SHOWN_CANDIDATES ? SHOWN_CANDIDATES : (int)n;
}

void input_draw_candidates(struct input *in, const struct canvas *c)
{
    input_words_draw(&in->candidates, c, input_candidate_rows(in), in->picked);
}
