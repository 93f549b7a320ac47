/* A survey as people read it. */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/survey/survey.h"

#define LABEL_WIDTH  12
#define VERSIONS_MAX 4 /* of an API; the rest is in the document */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static json_int_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* "label       ", the label once for lines that belong together. */
static void put_label(FILE *out, const char *label, bool first)
{
    fprintf(out, "%-*s", LABEL_WIDTH, first ? label : "");
}

static void put_words(FILE *out, const json_t *words, size_t most)
{
    size_t count = json_array_size(words);
    for (size_t i = 0; i < count && i < most; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", json_string_value(json_array_get(words, i)));
    if (count > most)
        fputs(", ...", out);
}

/* ---- its parts ---- */

static void put_tls(FILE *out, const json_t *tls)
{
    put_label(out, "TLS", true);
    fprintf(out, "%s: %s", is_true(tls, "verified") ? "verified" : "NOT verified",
            *text_of(tls, "name") ? text_of(tls, "name") : "a certificate that could not be seen");
    if (*text_of(tls, "authority"))
        fprintf(out, ", by %s", text_of(tls, "authority"));
    if (*text_of(tls, "expires"))
        fprintf(out, ", until %s", text_of(tls, "expires"));
    fputc('\n', out);
}

static void put_peer(FILE *out, const json_t *survey)
{
    const json_t *peer = json_object_get(survey, "peer");
    const json_t *tls = json_object_get(peer, "tls");
    put_label(out, "subject", true);
    fprintf(out, "%s\n", text_of(survey, "subject"));
    if (!peer)
        return;
    put_label(out, "address", true);
    fprintf(out, "%s, ", text_of(survey, "url"));
    if (is_true(peer, "reached"))
        fprintf(out, "reached in %.1f ms\n", (double)number_of(peer, "time_us") / 1000);
    else
        fputs("NOT reached\n", out);
    if (json_is_object(tls))
        put_tls(out, tls);
}

static void put_apis(FILE *out, const json_t *survey)
{
    size_t i;
    const json_t *api;
    json_array_foreach (json_object_get(survey, "apis"), i, api) {
        const json_t *versions = json_object_get(api, "versions");
        put_label(out, "APIs", i == 0);
        fprintf(out, "%-16s %-12s %s", text_of(api, "name"),
                is_true(api, "claimed") ? "claimed" : "not claimed",
                is_true(api, "offered") ? "there" : "not there");
        if (json_array_size(versions) > 0)
            fputs(": ", out);
        put_words(out, versions, VERSIONS_MAX);
        fputc('\n', out);
    }
}

static void put_identities(FILE *out, const json_t *survey)
{
    size_t i;
    const json_t *identity;
    json_array_foreach (json_object_get(survey, "identities"), i, identity) {
        const json_t *accepted = json_object_get(identity, "accepted");
        put_label(out, "identities", i == 0);
        fprintf(out, "%-10s by %-9s %s", text_of(identity, "name"), text_of(identity, "by"),
                json_is_true(accepted)    ? "let in"
                : json_is_false(accepted) ? "not let in"
                                          : "not asked");
        if (*text_of(identity, "project"))
            fprintf(out, ", project %s", text_of(identity, "project"));
        if (*text_of(identity, "roles"))
            fprintf(out, ", roles %s", text_of(identity, "roles"));
        fputc('\n', out);
    }
}

static void put_list(FILE *out, const json_t *survey, const char *key)
{
    const json_t *words = json_object_get(survey, key);
    if (json_array_size(words) == 0)
        return;
    put_label(out, key, true);
    put_words(out, words, json_array_size(words));
    fputc('\n', out);
}

static void put_states(FILE *out, const json_t *survey, const char *key)
{
    size_t i;
    const json_t *state;
    json_array_foreach (json_object_get(survey, key), i, state) {
        const char *enter = text_of(state, "enter");
        put_label(out, key, i == 0);
        fprintf(out, "%-16s", text_of(state, "name"));
        if (*text_of(state, "value"))
            fprintf(out, " %s,", text_of(state, "value"));
        fprintf(out, " %s%s%s\n", *enter ? "entered by " : "always holds", enter,
                is_true(state, "alone") ? ", alone" : "");
    }
}

static void put_images(FILE *out, const json_t *survey)
{
    const json_t *images = json_object_get(survey, "images");
    put_label(out, "image files", true);
    fprintf(out, "by %s%s%s\n", text_of(images, "by"), *text_of(images, "place") ? " " : "",
            text_of(images, "place"));
}

static void put_cases(FILE *out, const json_t *survey)
{
    const json_t *cases = json_object_get(survey, "cases");
    size_t i;
    const json_t *item;
    put_label(out, "cases", true);
    fprintf(out, "%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " can be judged\n",
            number_of(cases, "judged"), number_of(cases, "all"));
    json_array_foreach (json_object_get(cases, "not_claimed"), i, item) {
        put_label(out, "not claimed", i == 0);
        fprintf(out, "%5" JSON_INTEGER_FORMAT "  %s\n", number_of(item, "cases"), text_of(item, "reason"));
    }
    json_array_foreach (json_object_get(cases, "add"), i, item) {
        put_label(out, "to add", i == 0);
        fprintf(out, "%5" JSON_INTEGER_FORMAT "  %s\n", number_of(item, "cases"), text_of(item, "write"));
    }
}

static void put_lines(FILE *out, const json_t *survey, const char *key, const char *label)
{
    size_t i;
    const json_t *line;
    json_array_foreach (json_object_get(survey, key), i, line) {
        put_label(out, label, true);
        fprintf(out, "%s\n", json_string_value(line));
    }
}

void survey_write(const json_t *survey, FILE *out)
{
    put_peer(out, survey);
    put_apis(out, survey);
    put_identities(out, survey);
    put_list(out, survey, "stores");
    put_list(out, survey, "features");
    put_list(out, survey, "allow");
    put_states(out, survey, "limits");
    put_states(out, survey, "conditions");
    put_images(out, survey);
    put_cases(out, survey);
    put_lines(out, survey, "notes", "note");
    put_lines(out, survey, "problems", "PROBLEM");
}
