/* What every unit test program's main() is made of, on libcheck. For tests only. */
#ifndef BASE_TESTING_H
#define BASE_TESTING_H

#include <check.h>
#include <stdlib.h>

/* Runs one suite of the NULL-terminated array of test cases; its failures are the exit status. */
static inline int testing_run(const char *name, TCase *const *cases)
{
    Suite *suite = suite_create(name);
    for (size_t i = 0; cases[i]; i++)
        suite_add_tcase(suite, cases[i]);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define TESTING_COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

#endif
