/* SPDX-License-Identifier: Apache-2.0 */
/* fuzzy.h - does the text hold the letters of the pattern in order, and how well. */
#ifndef HFTERM_CORE_BASE_FUZZY_H
#define HFTERM_CORE_BASE_FUZZY_H

/* -1 when it does not. Larger is better: runs, starts of words and short texts win. Case-blind for
 * ASCII; blanks in the pattern separate parts that must all match, in any order. A part of digits is a number: its
 * digits match side by side only, and a whole number wins over one that begins with it. */
int fuzzy_score(const char *pattern, const char *text);

/* How a text is found by what was typed, best first: for completion, where order matters more than score. */
enum fuzzy_rank {
    FUZZY_WHOLE,     /* it is that */
    FUZZY_PREFIX,    /* it begins so */
    FUZZY_PART,      /* what stands behind a ':' or '/' begins so */
    FUZZY_WORD,      /* a word in it begins so */
    FUZZY_INSIDE,    /* it holds it in one piece */
    FUZZY_SCATTERED, /* it holds its letters in order */
    FUZZY_NOT,
};
/* Case-blind for ASCII. An empty pattern is the prefix of everything. */
enum fuzzy_rank fuzzy_rank(const char *pattern, const char *text);

#endif
