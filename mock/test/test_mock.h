/* The test cases that make up test-mock. */
#ifndef MOCK_TEST_TEST_MOCK_H
#define MOCK_TEST_TEST_MOCK_H

#include <check.h>

TCase *accept_tests(void);
TCase *attributes_tests(void);
TCase *choices_tests(void);
TCase *data_tests(void);
TCase *fetch_tests(void);
TCase *gns3_path_tests(void);
TCase *gns3_python_tests(void);
TCase *hashing_tests(void);
TCase *image_tests(void);
TCase *isotime_tests(void);
TCase *listing_tests(void);
TCase *meta_tests(void);
TCase *order_tests(void);
TCase *patch_tests(void);
TCase *query_tests(void);
TCase *range_tests(void);
TCase *router_tests(void);
TCase *rules_tests(void);
TCase *settings_tests(void);
TCase *socket_tests(void);
TCase *store_tests(void);
TCase *store_model_tests(void);
TCase *store_walk_tests(void);
TCase *token_tests(void);

#endif
