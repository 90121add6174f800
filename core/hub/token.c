/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/hub/internal.h"

enum { TOKEN_FILE_MAX = 64 * 1024 };

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
    secret_set(out, getenv(name));
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
        secret_set(out, buf_str(&text));
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

bool hub_token_is_sane(const struct secret *token)
{
    const char *s = secret_reveal(token);
    if (!s || strlen(s) > 4096) {
        return false;
    }
    for (; *s; s++) {
        if (*s <= ' ' || *s > '~') {
            return false;
        }
    }
    return true;
}
