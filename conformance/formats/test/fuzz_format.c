/* Any bytes as an image of one format, FUZZ_FORMAT: the checker ends, within its bounds, with a verdict that
 * agrees with its findings. One program for each format. */
#include <stdint.h>
#include <stdlib.h>

#include "conformance/formats/check_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct check_options options = {.deep = true, .dump = true};
    struct source *source = source_from_memory(data, size);
    struct report report;
    struct buf text;
    struct err err = ERR_INIT;
    report_init(&report);
    buf_init(&text, 16 * BUF_MIB);
    require(format_detect(source) != NULL);
    bool judged = check_image(format_named(FUZZ_FORMAT), source, &options, &report, &err);
    require(judged == (err.code == ERR_NONE));
    require(report_is_sound(&report) == (report_count(&report, SEVERITY_CORRUPTION) == 0));
    json_t *json = report_json(&report, "image");
    require(json != NULL);
    report_text(&report, "image", &text);
    require(text.length > 0);
    json_decref(json);
    buf_fini(&text);
    report_fini(&report);
    source_free(source);
    return 0;
}
