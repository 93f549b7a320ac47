#include "mock/test/test_mock.h"

#include "base/testing.h"

int main(void)
{
    return testing_run(
        "mock",
        (TCase *const[]){
            accept_tests(),    attributes_tests(),  choices_tests(),    data_tests(),     fetch_tests(),
            gns3_path_tests(), gns3_python_tests(), hashing_tests(),    image_tests(),    isotime_tests(),
            listing_tests(),   meta_tests(),        order_tests(),      patch_tests(),    query_tests(),
            range_tests(),     router_tests(),      rules_tests(),      settings_tests(), socket_tests(),
            store_tests(),     store_model_tests(), store_walk_tests(), token_tests(),    NULL});
}
