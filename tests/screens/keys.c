/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/screens/keys.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

/* `letter` is the final byte of a cursor key, `number` the parameter of a CSI n ~ key. */
static const struct key {
    const char *name;
    const char *bytes;
    char letter;
    int number;
} KEYS[] = {
    {"Enter", "\r", 0, 0},       {"Esc", "\033", 0, 0},       {"Tab", "\t", 0, 0},
    {"S-Tab", "\033[Z", 0, 0},   {"Space", " ", 0, 0},        {"BS", "\177", 0, 0},
    {"lt", "<", 0, 0},           {"Up", "\033OA", 'A', 0},    {"Down", "\033OB", 'B', 0},
    {"Right", "\033OC", 'C', 0}, {"Left", "\033OD", 'D', 0},  {"Home", "\033OH", 'H', 0},
    {"End", "\033OF", 'F', 0},   {"Insert", "\033[2~", 0, 2}, {"Del", "\033[3~", 0, 3},
    {"PgUp", "\033[5~", 0, 5},   {"PgDn", "\033[6~", 0, 6},   {"F1", "\033OP", 0, 0},
    {"F2", "\033OQ", 0, 0},      {"F3", "\033OR", 0, 0},      {"F4", "\033OS", 0, 0},
    {"F5", "\033[15~", 0, 15},   {"F6", "\033[17~", 0, 17},   {"F7", "\033[18~", 0, 18},
    {"F8", "\033[19~", 0, 19},   {"F9", "\033[20~", 0, 20},   {"F10", "\033[21~", 0, 21},
    {"F11", "\033[23~", 0, 23},  {"F12", "\033[24~", 0, 24},
};

static const struct key *key_named(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        if (strlen(KEYS[i].name) == n && strncmp(KEYS[i].name, name, n) == 0) {
            return &KEYS[i];
        }
    }
    return NULL;
}

/* xterm's number for a modifier of a named key; 0 for none. */
static int modifier_number(char c)
{
    return c == 'S' ? 2 : c == 'M' ? 3 : c == 'C' ? 5 : 0;
}

static bool put_modified(char modifier, const char *name, size_t n, struct buf *out)
{
    if (n == 1 && modifier == 'C' &&
        ((*name >= '@' && *name <= '_') || (*name >= 'a' && *name <= 'z'))) {
        buf_putc(out, (char)(*name & 0x1F));
        return true;
    }
    if (n == 1 && modifier == 'M') {
        buf_putc(out, '\033');
        buf_putc(out, *name);
        return true;
    }
    const struct key *key = key_named(name, n);
    if (key && key->letter) {
        buf_printf(out, "\033[1;%d%c", modifier_number(modifier), key->letter);
        return true;
    }
    if (key && key->number) {
        buf_printf(out, "\033[%d;%d~", key->number, modifier_number(modifier));
        return true;
    }
    return false;
}

static bool put_named(const char *name, size_t n, struct buf *out)
{
    const struct key *key = key_named(name, n);
    if (key) {
        buf_puts(out, key->bytes);
        return true;
    }
    return n > 2 && name[1] == '-' && modifier_number(name[0]) &&
           put_modified(name[0], name + 2, n - 2, out);
}

bool keys_to_bytes(const char *keys, struct buf *out)
{
    for (;;) {
        keys += strspn(keys, " ");
        size_t n = strcspn(keys, " ");
        if (n == 0) {
            return true;
        }
        if (n > 2 && keys[0] == '<' && keys[n - 1] == '>') {
            if (!put_named(keys + 1, n - 2, out)) {
                buf_append(out, keys, n);
                return false;
            }
        } else {
            buf_append(out, keys, n);
        }
        keys += n;
    }
}
