/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/hub/internal.h"

enum { TOKEN_FILE_MAX = 64 * 1024, TOKEN_MAX = 4096 };

static const char BOM[] = "\xEF\xBB\xBF"; /* which some editors put before a text */

/* "~/x" for what lies under HOME: shorter, and it does not show a user's name in a screenshot. */
static char *shorten_home(const char *path)
{
    const char *home = getenv("HOME");
    const size_t n = home ? strlen(home) : 0;
    if (n > 1 && str_starts(path, home) && path[n] == '/') {
        return xasprintf("~%s", path + n);
    }
    return xstrdup(path);
}

static bool from_env(const char *name, struct secret *out, char **source)
{
    const char *value = getenv(name);
    secret_set(out, value && str_starts(value, BOM) ? value + strlen(BOM) : value);
    if (!secret_present(out)) {
        return false;
    }
    *source = xstrdup(name);
    return true;
}

static bool from_file(struct secret *out, char **source)
{
    char *path = paths_hf_token();
    struct buf text = BUF_INIT;
    if (file_read(path, &text, TOKEN_FILE_MAX, NULL)) {
        const char *bytes = buf_str(&text);
        secret_set(out, str_starts(bytes, BOM) ? bytes + strlen(BOM) : bytes);
    }
    if (text.p) {
        OPENSSL_cleanse(text.p, text.cap);
    }
    buf_done(&text);
    if (secret_present(out)) {
        *source = shorten_home(path);
    }
    free(path);
    return secret_present(out);
}

void hub_token_find(struct secret *out, char **source)
{
    secret_done(out);
    if (paths_env_true("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
        *source = xstrdup("none");
        return;
    }
    if (from_env("HF_TOKEN", out, source) || from_env("HUGGING_FACE_HUB_TOKEN", out, source) ||
        from_file(out, source)) {
        return;
    }
    *source = xstrdup("none");
}

static bool starts_with_word(const char *s, const char *word)
{
    return strncasecmp(s, word, strlen(word)) == 0;
}

static bool is_quoted(const char *s)
{
    const size_t n = strlen(s);
    return n > 1 && strchr("\"'`", s[0]) && s[n - 1] == s[0];
}

/* All of it fits into a header: no blank, no control character, ASCII. */
static bool is_plain(const char *s)
{
    for (; *s; s++) {
        if (*s <= ' ' || *s > '~') {
            return false;
        }
    }
    return true;
}

const char *hub_token_oddity(const struct secret *token, bool *is_unfit)
{
    const char *s = secret_reveal(token);
    *is_unfit = s != NULL;
    if (!s) {
        return NULL;
    }
    if (starts_with_word(s, "Bearer") && !is_plain(s)) {
        return "it begins with \"Bearer\"; leave that word out";
    }
    if (starts_with_word(s, "export ") || starts_with_word(s, "HF_TOKEN=") || starts_with_word(s, "HF_TOKEN =")) {
        return "it is a whole line of a settings file; only what stands behind the = is the token";
    }
    if ((s[0] == '\xff' && s[1] == '\xfe') || (s[0] == '\xfe' && s[1] == '\xff')) {
        return "it is written in UTF-16; save it as plain text (UTF-8)";
    }
    if (strstr(s, " #") || strstr(s, "\t#")) {
        return "a remark stands behind it; leave it out, with the #";
    }
    if (strpbrk(s, " \t")) {
        return "there is a blank in it; a token has none";
    }
    if (!is_plain(s)) {
        return "there is a character in it that no token has (a typographic quote, an invisible one)";
    }
    if (strlen(s) > TOKEN_MAX) {
        return "it is far too long for a token";
    }
    *is_unfit = false; /* the official client sends these, too */
    return is_quoted(s) ? "it stands in quotes; leave them out" : NULL;
}
