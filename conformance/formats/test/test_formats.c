#include "conformance/formats/test/test_formats.h"

#include "base/testing.h"

int main(void)
{
    return testing_run("formats",
                       (TCase *const[]){detect_tests(), guest_tests(), inflate_tests(), interval_map_tests(),
                                        record_tests(), report_tests(), source_tests(), NULL});
}
