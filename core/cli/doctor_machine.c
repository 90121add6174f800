/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <openssl/crypto.h>
#include <utf8proc.h>

#include "core/arrcoc/backend.h"
#include "core/arrcoc/parallel.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/card/yaml_api.h"
#include "core/cli/cli.h"
#include "core/cli/doctor.h"
#include "core/format/jpeg_api.h"
#include "core/format/png_api.h"
#include "core/format/webp_api.h"
#include "core/localhub/localhub.h"
#include "core/net/curl_api.h"
#include "core/net/httpcache.h"

static void check_own_folder(struct doctor *d, const char *check, char *path)
{
    struct err e = ERR_INIT;
    if (file_mkdirs(path, 0700, &e) && access(path, W_OK) == 0) {
        doctor_add(d, check, DOCTOR_OK, "", "%s", path);
    } else {
        doctor_add(
            d, check, DOCTOR_WARNING,
            "hfterm works without it and forgets more; mend the rights, or set XDG_CACHE_HOME and "
            "XDG_STATE_HOME to folders of yours.",
            "%s cannot be written", path);
    }
    free(path);
}

static void check_hub_cache(struct doctor *d)
{
    char *path = paths_hf_hub_cache();
    if (!file_is_dir(path)) {
        doctor_add(d, "hub cache", DOCTOR_OK, "",
                   "%s does not exist yet; the first download makes it", path);
    } else if (access(path, R_OK | X_OK) != 0) {
        doctor_add(d, "hub cache", DOCTOR_WARNING, "Mend its rights, or set HF_HUB_CACHE.",
                   "%s cannot be read", path);
    } else {
        doctor_add(d, "hub cache", DOCTOR_OK, "", "%s%s", path,
                   access(path, W_OK) == 0 ? "" : " (read-only)");
    }
    free(path);
}

static void check_answer_cache(struct doctor *d)
{
    struct httpcache *cache = httpcache_new(NULL, UINT64_MAX);
    const struct httpcache_info info = httpcache_info(cache);
    struct buf size = BUF_INIT;
    text_bytes(&size, info.bytes);
    doctor_add(d, "answers kept", DOCTOR_OK, "", "%llu, %s", (unsigned long long)info.entries,
               buf_str(&size));
    buf_done(&size);
    httpcache_free(cache);
}

/* libjpeg cannot be asked at run time. */
#ifdef LIBJPEG_TURBO_VERSION
#define AS_TEXT_(x) #x
#define AS_TEXT(x) AS_TEXT_(x)
static const char JPEG_LIBRARY[] = "libjpeg-turbo " AS_TEXT(LIBJPEG_TURBO_VERSION);
#else
static const char JPEG_LIBRARY[] = "libjpeg";
#endif

static void check_picture_libraries(struct doctor *d)
{
    struct err e = ERR_INIT;
    const struct png_api *png = png_api(&e);
    const struct jpeg_api *jpeg = jpeg_api(&e);
    const struct webp_api *webp = webp_api(&e);
    const int version = webp ? webp->GetDecoderVersion() : 0;
    char webp_text[32] = "missing";
    if (webp) {
        snprintf(webp_text, sizeof webp_text, "%d.%d.%d", version >> 16 & 0xFF, version >> 8 & 0xFF,
                 version & 0xFF);
    }
    doctor_add(d, "pictures", e.code == ERR_NONE ? DOCTOR_OK : DOCTOR_WARNING, e.remedy,
               "libpng %s, %s%s, libwebp %s", png ? png->get_libpng_ver(NULL) : "missing",
               JPEG_LIBRARY, jpeg ? "" : " missing", webp_text);
}

static void check_curl(struct doctor *d)
{
    struct err e = ERR_INIT;
    const struct curl_api *api = curl_api_load(&e);
    if (!api) {
        doctor_add(d, "libcurl", DOCTOR_MISSING, e.remedy, "%s", e.msg);
        return;
    }
    const curl_version_info_data *curl = api->version_info(CURLVERSION_NOW);
    const bool has_http2 = curl->features & CURL_VERSION_HTTP2;
    const bool has_tls = curl->ssl_version != NULL;
    doctor_add(d, "libcurl", has_tls ? (has_http2 ? DOCTOR_OK : DOCTOR_WARNING) : DOCTOR_MISSING,
               !has_tls    ? "Install a libcurl that is built with TLS."
               : has_http2 ? ""
                           : "It works; a libcurl with HTTP/2 needs fewer connections.",
               "%s, %s, %s", curl->version, has_tls ? curl->ssl_version : "no TLS",
               has_http2 ? "HTTP/2" : "no HTTP/2");
}

static void check_libraries(struct doctor *d)
{
    struct err e = ERR_INIT;
    const char *server = localhub_server_version(&e);
    const struct yaml_api *yaml = yaml_api(&e);
    doctor_add(d, "libraries", e.code == ERR_NONE ? DOCTOR_OK : DOCTOR_WARNING, e.remedy,
               "cJSON %s, libmicrohttpd %s, libyaml %s, utf8proc %s, %s", cJSON_Version(),
               server ? server : "missing", yaml ? yaml->get_version_string() : "missing",
               utf8proc_version(), OpenSSL_version(OPENSSL_VERSION));
}

/* Everything works on the CPU; a device is told, not missed. */
static void check_engine(struct doctor *d)
{
    char why[192] = "";
    struct arr_backend_about about = {0};
    const struct arr_backend_ops *ops = arr_backend_load_cuda(why, sizeof why);
    void *state = ops ? ops->open(0, 0, why, sizeof why) : NULL;
    if (state) {
        ops->about(state, &about);
        ops->close(state);
        doctor_add(d, "engine", DOCTOR_OK, "", "%s (sm_%d), %s; CPU, %d threads", about.device,
                   about.sm, about.version, arr_cores());
    } else {
        doctor_add(d, "engine", DOCTOR_OK, "", "CPU, %d threads; no CUDA: %s", arr_cores(), why);
    }
}

char *doctor_hide_login(const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *host = scheme ? scheme + 3 : url;
    const char *at = strrchr(host, '@');
    if (!at) {
        return xstrdup(url);
    }
    char *prefix = xstrndup(url, (size_t)(host - url));
    char *hidden = xasprintf("%s****@%s", prefix, at + 1);
    free(prefix);
    return hidden;
}

/* The names libcurl looks at; HTTP_PROXY in capitals is not one of them, on purpose. */
static void check_proxy(struct doctor *d)
{
    static const char *const NAMES[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy",
                                        "ALL_PROXY",   "no_proxy",    "NO_PROXY"};
    struct buf found = BUF_INIT;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv(NAMES[i]);
        if (value && *value) {
            char *hidden = doctor_hide_login(value);
            buf_printf(&found, "%s%s=%s", found.n ? ", " : "", NAMES[i], hidden);
            free(hidden);
        }
    }
    doctor_add(d, "proxy", DOCTOR_OK, "", "%s", found.n ? buf_str(&found) : "none is set");
    buf_done(&found);
}

/* A file or folder, or one of several with ':' between them, can be read. */
static bool can_read_one(const char *list)
{
    bool found = false;
    for (const char *p = list; *p && !found;) {
        const size_t n = strcspn(p, ":");
        char *path = xstrndup(p, n);
        found = *path && access(path, R_OK) == 0;
        free(path);
        p += n + (p[n] == ':');
    }
    return found;
}

static void check_certificates(struct doctor *d)
{
    static const char *const NAMES[] = {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE",
                                        "SSL_CERT_DIR"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv(NAMES[i]);
        if (value && *value) {
            const bool exists = access(value, R_OK) == 0 || can_read_one(value);
            doctor_add(d, "certificates", exists ? DOCTOR_OK : DOCTOR_MISSING,
                       exists ? "" : "Correct the variable or unset it: every https call fails.",
                       "%s=%s%s", NAMES[i], value, exists ? "" : " cannot be read");
            return;
        }
    }
    const struct curl_api *api = curl_api_load(NULL);
    if (!api) {
        return; /* said already */
    }
    const curl_version_info_data *curl = api->version_info(CURLVERSION_NOW);
    const char *file = curl->age >= CURLVERSION_SEVENTH ? curl->cainfo : NULL;
    const char *dir = curl->age >= CURLVERSION_SEVENTH ? curl->capath : NULL;
    const bool has_file = file && access(file, R_OK) == 0;
    const bool has_dir = dir && access(dir, R_OK | X_OK) == 0;
    if (has_file || has_dir) {
        doctor_add(d, "certificates", DOCTOR_OK, "", "%s", has_file ? file : dir);
    } else {
        doctor_add(d, "certificates", DOCTOR_MISSING,
                   "Install the package ca-certificates, or set SSL_CERT_FILE.",
                   "%s is not there: https cannot be checked",
                   file ? file : "a list of trusted authorities");
    }
}

void doctor_check_machine(struct doctor *d)
{
    check_own_folder(d, "settings", paths_config(""));
    check_own_folder(d, "state", paths_state(""));
    check_own_folder(d, "cache", paths_cache(""));
    check_answer_cache(d);
    check_hub_cache(d);
    check_curl(d);
    check_libraries(d);
    check_picture_libraries(d);
    check_engine(d);
    check_proxy(d);
    check_certificates(d);
}
