/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/fuzzy.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_word_start(const char *text, const char *at)
{
    return at == text || !isalnum((unsigned char)at[-1]);
}

/* One part of the pattern without blanks. */
static int score_part(const char *part, size_t n, const char *text)
{
    int score = 0;
    const char *last = NULL;
    const char *t = text;
    for (size_t i = 0; i < n; i++) {
        int want = tolower((unsigned char)part[i]);
        while (*t && tolower((unsigned char)*t) != want) {
            t++;
        }
        if (!*t) {
            return -1;
        }
        score += 1;
        score += last && t == last + 1 ? 6 : 0;
        score += is_word_start(text, t) ? 4 : 0;
        last = t++;
    }
    return score;
}

/* The whole part as one run scores best, wherever it stands. */
static int score_run(const char *part, size_t n, const char *text)
{
    int best = -1;
    for (const char *t = text; *t; t++) {
        size_t i = 0;
        while (i < n && t[i] && tolower((unsigned char)t[i]) == tolower((unsigned char)part[i])) {
            i++;
        }
        if (i == n) {
            int score = (int)n * 8 + (is_word_start(text, t) ? 10 : 0);
            best = score > best ? score : best;
        }
    }
    return best;
}

/* Digits are a number: they stand there as a run. A whole number scores best, then one that begins so, then one
 * that holds them; the first number of the text before the others. -1: none. */
static int score_number(const char *part, size_t n, const char *text)
{
    int best = -1;
    bool is_first = true;
    for (const char *t = text; *t;) {
        const size_t length = isdigit((unsigned char)*t) ? strspn(t, "0123456789.") : 0; /* 41.4 is one */
        if (length == 0) {
            t++;
            continue;
        }
        const bool is_whole = strspn(t, "0123456789") == n;
        for (size_t i = 0; i + n <= length; i++) {
            if (strncmp(t + i, part, n) == 0) {
                const int score = i > 0 ? 0 : is_whole ? 200 : 100;
                best = score + is_first > best ? score + is_first : best;
            }
        }
        is_first = false;
        t += length;
    }
    return best;
}

int fuzzy_score(const char *pattern, const char *text)
{
    int total = 0;
    while (*pattern) {
        size_t n = strcspn(pattern, " ");
        if (n > 0 && strspn(pattern, "0123456789") == n) {
            const int number = score_number(pattern, n, text);
            if (number < 0) {
                return -1;
            }
            total += number;
        } else if (n > 0) {
            int run = score_run(pattern, n, text);
            int loose = score_part(pattern, n, text);
            if (loose < 0) {
                return -1;
            }
            total += run > loose ? run : loose;
        }
        pattern += n + (pattern[n] == ' ');
    }
    size_t length = strlen(text);
    return total * 4 + (length < 80 ? (int)(80 - length) / 8 : 0);
}

enum fuzzy_rank fuzzy_rank(const char *pattern, const char *text)
{
    const size_t n = strlen(pattern);
    enum fuzzy_rank best = FUZZY_NOT;
    for (const char *t = text; best > FUZZY_PREFIX; t++) {
        size_t i = 0;
        while (i < n && tolower((unsigned char)t[i]) == tolower((unsigned char)pattern[i])) {
            i++;
        }
        if (i == n) {
            const enum fuzzy_rank rank = t == text                      ? (t[n] ? FUZZY_PREFIX : FUZZY_WHOLE)
                                         : t[-1] == ':' || t[-1] == '/' ? FUZZY_PART
                                         : is_word_start(text, t)       ? FUZZY_WORD
                                                                        : FUZZY_INSIDE;
            best = rank < best ? rank : best;
        }
        if (!*t) {
            break;
        }
    }
    return best < FUZZY_NOT || fuzzy_score(pattern, text) < 0 ? best : FUZZY_SCATTERED;
}
