/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries opened when first used: a table is whole or absent, and says what to install. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/library.h"

/* Threads: run under ThreadSanitizer too. */

struct maths {
    double (*cos)(double x);
    double (*floor)(double x);
};

static const struct library_function COS = {"cos", offsetof(struct maths, cos)};
static const struct library_function BOTH[] = {{"cos", offsetof(struct maths, cos)},
                                               {"floor", offsetof(struct maths, floor)}};
static const struct library_function TOO_NEW[] = {{"cos", offsetof(struct maths, cos)},
                                                  {"cos_of_2099", offsetof(struct maths, floor)}};

static struct library library_of(const char *file, const struct library_function *functions,
                                 size_t n, struct maths *table)
{
    return (struct library){
        .file = file,
        .use = "angles need",
        .remedy = "Install the C library.",
        .functions = functions,
        .n_functions = n,
        .table = table,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
}

static void test_a_library_is_a_table(void **state)
{
    (void)state;
    struct maths table = {0};
    struct library lib = library_of("libm.so.6", BOTH, 2, &table);
    struct err e = ERR_INIT;
    const struct maths *maths = library_table(&lib, &e);
    assert_ptr_equal(maths, &table);
    assert_int_equal(e.code, ERR_NONE);
    assert_true(maths->cos(0) == 1 && maths->floor(2.5) == 2);
    assert_ptr_equal(library_table(&lib, NULL), &table);
}

static void test_a_missing_library_says_what_to_install(void **state)
{
    (void)state;
    struct maths table = {0};
    struct library lib = library_of("libno-such-thing.so.9", &COS, 1, &table);
    for (int i = 0; i < 2; i++) {
        struct err e = ERR_INIT;
        assert_null(library_table(&lib, &e));
        assert_int_equal(e.code, ERR_UNSUPPORTED);
        assert_non_null(strstr(e.msg, "angles need libno-such-thing.so.9"));
        assert_string_equal(e.remedy, "Install the C library.");
    }
    assert_null(library_table(&lib, NULL));
}

static void test_an_old_library_is_refused(void **state)
{
    (void)state;
    struct maths table = {0};
    struct library lib = library_of("libm.so.6", TOO_NEW, 2, &table);
    struct err e = ERR_INIT;
    assert_null(library_table(&lib, &e));
    assert_int_equal(e.code, ERR_UNSUPPORTED);
    assert_non_null(strstr(e.msg, "too old"));
    assert_non_null(strstr(e.msg, "cos_of_2099"));
    assert_string_equal(e.remedy, "Install the C library.");
}

static void *ask(void *lib)
{
    const struct maths *maths = library_table(lib, NULL);
    return maths && maths->cos(0) == 1 ? lib : NULL;
}

static void test_many_may_be_first(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    struct maths table = {0};
    struct library lib = library_of("libm.so.6", BOTH, 2, &table);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &lib), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *answer = NULL;
        assert_int_equal(pthread_join(threads[i], &answer), 0);
        assert_ptr_equal(answer, &lib);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_library_is_a_table),
        cmocka_unit_test(test_a_missing_library_says_what_to_install),
        cmocka_unit_test(test_an_old_library_is_refused),
        cmocka_unit_test(test_many_may_be_first),
    };
    return cmocka_run_group_tests_name("library", tests, NULL, NULL);
}
