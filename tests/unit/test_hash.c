/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, SHA-1 and git's blob ids against published vectors, whole, in pieces and of a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"

/* FIPS 180-2; the blob ids are those of "git hash-object". */
static const struct {
    const char *text, *sha256, *sha1, *blob;
} VECTORS[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "a9993e364706816aba3e25717850c26c9cd0d89d", "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
     "84983e441c3bd26ebaae4aa1f95129e5e54670f1", "199f24ed041a6af4d09fa175444712eb1849af8d"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VECTORS / sizeof *VECTORS; i++) {
        char long_hex[HASH_SHA256_HEX];
        char hex[HASH_SHA1_HEX];
        const size_t n = strlen(VECTORS[i].text);
        hash_sha256(VECTORS[i].text, n, long_hex);
        assert_string_equal(long_hex, VECTORS[i].sha256);
        hash_sha1(VECTORS[i].text, n, hex);
        assert_string_equal(hex, VECTORS[i].sha1);
        hash_git_blob(VECTORS[i].text, n, hex);
        assert_string_equal(hex, VECTORS[i].blob);
    }
}

static void test_a_million_in_pieces(void **state)
{
    (void)state;
    enum { BYTES = 1000000 };
    char *text = xmalloc(BYTES);
    memset(text, 'a', BYTES);
    char sha256[HASH_SHA256_HEX];
    char blob[HASH_SHA1_HEX];
    char whole[HASH_SHA1_HEX];
    struct hash *a = hash_begin_sha256();
    struct hash *b = hash_begin_git_blob(BYTES);
    for (size_t at = 0, n = 1; at < BYTES; at += n, n = n * 3 % 4099 + 1) {
        n = n < BYTES - at ? n : BYTES - at;
        hash_add(a, text + at, n);
        hash_add(b, text + at, n);
    }
    hash_end(a, sha256);
    hash_end(b, blob);
    assert_string_equal(sha256, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    hash_git_blob(text, BYTES, whole);
    assert_string_equal(blob, whole);
    hash_end(hash_begin_sha256(), NULL); /* not wanted any more */
    hash_end(NULL, NULL);
    free(text);
}

static void test_a_file(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    char *dir = xasprintf("%s/hfterm-hash-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    char *path = xasprintf("%s/abc", dir);
    struct err e = ERR_INIT;
    char sha256[HASH_SHA256_HEX];
    char blob[HASH_SHA1_HEX];
    uint64_t size = 0;
    assert_false(hash_file(path, sha256, blob, &size, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_true(file_write_atomic(path, "abc", 3, 0600, &e));
    assert_true(hash_file(path, sha256, blob, &size, &e));
    assert_int_equal(size, 3);
    assert_string_equal(sha256, VECTORS[1].sha256);
    assert_string_equal(blob, VECTORS[1].blob);
    assert_true(hash_file(path, NULL, NULL, &size, &e));
    file_remove_tree(dir, NULL);
    free(path);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_a_million_in_pieces),
        cmocka_unit_test(test_a_file),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
