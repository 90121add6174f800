/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/screens/modes.h"

static void mode_set(struct modes *m, int number, bool is_on)
{
    for (int i = 0; i < m->n_seen; i++) {
        if (m->seen[i].number == number) {
            m->seen[i].is_on = is_on;
            return;
        }
    }
    if (m->n_seen < MODES_MAX) {
        m->seen[m->n_seen].number = number;
        m->seen[m->n_seen].is_on = is_on;
        m->n_seen++;
    }
}

static void scan_private(struct modes *m, char c)
{
    int *last = &m->numbers[m->n_numbers];
    if (c >= '0' && c <= '9') {
        *last = *last < 100000 ? *last * 10 + (c - '0') : *last;
        return;
    }
    if (c == ';') {
        if (m->n_numbers < 7) {
            m->numbers[++m->n_numbers] = 0;
        }
        return;
    }
    if (c == 'h' || c == 'l') {
        for (int i = 0; i <= m->n_numbers; i++) {
            mode_set(m, m->numbers[i], c == 'h');
        }
    }
    m->state = SCAN_TEXT;
}

void modes_scan(struct modes *m, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];
        if (c == '\033') {
            m->state = SCAN_ESC;
        } else if (m->state == SCAN_ESC) {
            m->state = c == '[' ? SCAN_CSI : SCAN_TEXT;
        } else if (m->state == SCAN_CSI) {
            m->state = c == '?' ? SCAN_PRIVATE : SCAN_TEXT;
            m->n_numbers = 0;
            m->numbers[0] = 0;
        } else if (m->state == SCAN_PRIVATE) {
            scan_private(m, c);
        }
    }
}
