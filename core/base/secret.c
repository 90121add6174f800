/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/secret.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"

void secret_set(struct secret *sec, const char *s)
{
    secret_done(sec);
    if (!s) {
        return;
    }
    char *copy = xmalloc(strlen(s) + 1);
    size_t n = 0;
    for (; *s; s++) {
        bool is_blank = *s == ' ' || *s == '\t';
        if (*s == '\r' || *s == '\n' || (is_blank && n == 0)) {
            continue;
        }
        copy[n++] = *s;
    }
    while (n > 0 && (copy[n - 1] == ' ' || copy[n - 1] == '\t')) {
        n--;
    }
    copy[n] = '\0';
    if (n == 0) {
        free(copy);
        return;
    }
    sec->hidden = copy;
}

void secret_done(struct secret *sec)
{
    if (sec->hidden) {
        OPENSSL_cleanse(sec->hidden, strlen(sec->hidden));
        free(sec->hidden);
        sec->hidden = NULL;
    }
}

bool secret_present(const struct secret *sec)
{
    return sec->hidden != NULL;
}

const char *secret_reveal(const struct secret *sec)
{
    return sec->hidden;
}

void secret_fingerprint(const struct secret *sec, char out[17])
{
    if (!sec->hidden) {
        memcpy(out, "anonymous", sizeof "anonymous");
        return;
    }
    char hex[HASH_SHA256_HEX];
    hash_sha256(sec->hidden, strlen(sec->hidden), hex);
    memcpy(out, hex, 16);
    out[16] = '\0';
}

static bool is_token_char(char c)
{
    return isalnum((unsigned char)c) || strchr("_-.~+/=", c) != NULL;
}

/* Length of a secret's introduction at s, 0 when none starts here. */
static size_t introduction(const char *s)
{
    static const char *const WORDS[] = {"hf_", "api_org_", "Bearer "};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t n = strlen(WORDS[i]);
        if (strncasecmp(s, WORDS[i], n) == 0 && s[n] && is_token_char(s[n])) {
            return n;
        }
    }
    return 0;
}

void secret_mask(char *s)
{
    char *out = s;
    const char *in = s;
    while (*in) {
        size_t intro = introduction(in);
        bool at_word = out == s || !(isalnum((unsigned char)out[-1]) || out[-1] == '_');
        size_t n = 0;
        while (intro && in[intro + n] && is_token_char(in[intro + n])) {
            n++;
        }
        /* A real token has 34 characters; our test tokens 9 and more. Shorter words such as
         * "hf_hub" are names of things. */
        if (intro && at_word && (n >= 8 || in[0] == 'B' || in[0] == 'b')) {
            memmove(out, in, intro);
            out += intro;
            size_t stars = n < 4 ? n : 4;
            memset(out, '*', stars);
            out += stars;
            in += intro + n;
        } else {
            *out++ = *in++;
        }
    }
    *out = '\0';
}
