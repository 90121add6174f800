/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/fuzzy.h"

#include <ctype.h>
#include <stdbool.h>
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

int fuzzy_score(const char *pattern, const char *text)
{
    int total = 0;
    while (*pattern) {
        size_t n = strcspn(pattern, " ");
        if (n > 0) {
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
