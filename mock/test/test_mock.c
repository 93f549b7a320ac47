#include "mock/test/test_mock.h"

#include "base/testing.h"

int main(void)
{
    return testing_run("mock",
                       (TCase *const[]){accept_tests(), attributes_tests(), data_tests(), hashing_tests(),
                                        image_tests(), isotime_tests(), listing_tests(), order_tests(),
                                        patch_tests(), range_tests(), router_tests(), rules_tests(),
                                        settings_tests(), socket_tests(), store_tests(), store_model_tests(),
                                        store_walk_tests(), token_tests(), NULL});
}
