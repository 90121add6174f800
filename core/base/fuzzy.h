/* SPDX-License-Identifier: Apache-2.0 */
/* fuzzy.h - does the text hold the letters of the pattern in order, and how well. */
#ifndef HFTERM_CORE_BASE_FUZZY_H
#define HFTERM_CORE_BASE_FUZZY_H

/* -1 when it does not. Larger is better: runs, starts of words and short texts win. Case-blind for
 * ASCII; blanks in the pattern separate parts that must all match, in any order. */
int fuzzy_score(const char *pattern, const char *text);

#endif
