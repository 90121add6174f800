/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to words. The only place that knows about UTF-8; invalid bytes never get further. */
#include <string.h>

#include "core/arrcoc/lexicon.h"

/* The length of the valid sequence at p and its code point, 0 when there is none. */
static size_t decode(const unsigned char *p, size_t n, uint32_t *code)
{
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    const size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || len > n) {
        return 0;
    }
    uint32_t c = p[0] & (0xffu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (p[i] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        return 0;
    }
    *code = c;
    return len;
}

bool lex_is_utf8(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    uint32_t code;
    for (size_t i = 0; i < n;) {
        const size_t len = decode(p + i, n - i, &code);
        if (len == 0) {
            return false;
        }
        i += len;
    }
    return true;
}

/* Beyond ASCII everything is a letter but spaces, punctuation and invisible marks: no table of
 * letters is needed to tell words apart, and no mark that turns the line round reaches a screen. */
static bool is_letter(uint32_t c)
{
    if (c < 0x80) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
    if (c < 0xc0) {
        return c == 0xaa || c == 0xb5 || c == 0xba;
    }
    return c != 0xd7 && c != 0xf7 && c != 0x061c && !(c >= 0x2000 && c <= 0x206f) &&
           !(c >= 0x3000 && c <= 0x3003) && !(c >= 0x3008 && c <= 0x3020) && c != 0xfeff &&
           !(c >= 0xff01 && c <= 0xff0f) && !(c >= 0xff1a && c <= 0xff20) &&
           !(c >= 0xe0000 && c <= 0xe0fff);
}

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019;
}

/* A letter stands at p. */
static bool letter_at(const unsigned char *p, size_t n)
{
    uint32_t c;
    return n > 0 && decode(p, n, &c) > 0 && is_letter(c);
}

struct splitter {
    struct lex_words *out;
    size_t used;
    bool in_word, after_stop;
};

static void put_letter(struct splitter *s, const unsigned char *p, size_t len)
{
    struct lex_words *out = s->out;
    if (!s->in_word) {
        out->bytes[s->used++] = ' ';
        out->word[out->n].at = (uint16_t)s->used;
        out->word[out->n].len = 0;
        out->word[out->n].after_stop = s->after_stop;
        out->n++;
        s->in_word = true;
        s->after_stop = false;
    }
    for (size_t i = 0; i < len; i++) {
        const bool is_capital = p[i] >= 'A' && p[i] <= 'Z';
        out->bytes[s->used++] = (char)(is_capital ? p[i] - 'A' + 'a' : p[i]);
    }
    out->word[out->n - 1].len = (uint16_t)(out->word[out->n - 1].len + len);
}

void lex_split(const char *text, size_t n, struct lex_words *out)
{
    const unsigned char *p = (const unsigned char *)text;
    out->n = 0;
    out->is_cut = n > LEX_QUERY_MAX;
    n = out->is_cut ? LEX_QUERY_MAX : n;
    struct splitter s = {.out = out};
    for (size_t i = 0; i < n;) {
        uint32_t c = ' ';
        size_t len = decode(p + i, n - i, &c);
        len = len ? len : 1;
        if (is_letter(c)) {
            put_letter(&s, p + i, len);
        } else if (s.in_word && is_apostrophe(c) && letter_at(p + i + len, n - i - len)) {
            const unsigned char *next = p + i + len;
            const bool is_s = *next == 's' || *next == 'S';
            if (is_s && !letter_at(next + 1, n - i - len - 1)) {
                len += 1;
                s.in_word = false;
            }
        } else {
            s.in_word = false;
            s.after_stop |= c < 0x80 && c != 0 && strchr(",.;:?!()", (int)c);
        }
        i += len;
    }
    out->bytes[s.used] = ' ';
    out->bytes[s.used + 1] = '\0';
}

bool lex_join(const struct lex_words *words, size_t first, size_t n, char key[ARR_WORD_MAX])
{
    const size_t at = words->word[first].at, last = first + n - 1;
    const size_t len = words->word[last].at + words->word[last].len - at;
    if (len >= ARR_WORD_MAX) {
        return false;
    }
    memcpy(key, words->bytes + at, len);
    key[len] = '\0';
    return true;
}

void lex_copy_word(const struct lex_words *words, size_t i, char out[ARR_WORD_MAX])
{
    size_t len = words->word[i].len;
    const char *p = words->bytes + words->word[i].at;
    if (len >= ARR_WORD_MAX) {
        len = ARR_WORD_MAX - 1;
        while (len > 0 && ((unsigned char)p[len] & 0xc0) == 0x80) {
            len--;
        }
    }
    memcpy(out, p, len);
    out[len] = '\0';
}
