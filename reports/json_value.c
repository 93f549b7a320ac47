#include "reports/json_value.h"

#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"

json_t *json_value_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *value = json_string(text);
    if (value)
        return value;
    char *readable = escape_to_utf8(text, strlen(text));
    value = json_string(readable);
    free(readable);
    return value;
}

json_t *json_value_texts(char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_value_text(texts[i]));
    return list;
}

json_t *json_value_ms(uint64_t time_us)
{
    return json_real((double)time_us / 1000.0);
}

json_t *json_value_summary(const struct run_result *run)
{
    struct result_summary summary = result_summarise(run);
    json_t *value = json_object();
    for (int i = 0; i < VERDICT_COUNT; i++)
        json_object_set_new(value, verdict_name((enum verdict)i),
                            json_integer((json_int_t)summary.counts[i]));
    return value;
}

json_t *json_value_headers(const struct result_message *message)
{
    json_t *headers = json_array();
    for (size_t i = 0; i < message->header_count; i++)
        json_array_append_new(headers,
                              json_pack("{s:o, s:o}", "name", json_value_text(message->headers[i].name),
                                        "value", json_value_text(message->headers[i].value)));
    return headers;
}

bool json_value_put(FILE *out, json_t *value)
{
    bool written = json_dumpf(value, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
    json_decref(value);
    return written;
}

bool json_value_open(FILE *out, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    size_t length = strlen(text) - 1;
    bool written = fwrite(text, 1, length, out) == length;
    free(text);
    return written;
}
