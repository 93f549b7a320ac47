#include "conformance/formats/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void report_init(struct report *report)
{
    *report = (struct report){.options = json_object()};
    buf_init(&report->dump, REPORT_DUMP_LIMIT_BYTES);
}

void report_fini(struct report *report)
{
    if (!report)
        return;
    for (size_t i = 0; i < report->finding_count; i++) {
        free(report->findings[i].field);
        free(report->findings[i].text);
    }
    free(report->findings);
    for (size_t i = 0; i < report->reference_count; i++)
        free(report->references[i]);
    free(report->references);
    json_decref(report->options);
    buf_fini(&report->dump);
}

/* What comes from an image may hold anything; what is shown is one line of ASCII. */
static char *clean(char *text)
{
    for (char *c = text; *c; c++) {
        if (*c < ' ' || *c > '~')
            *c = '?';
    }
    return text;
}

void report_add(struct report *report, enum rule_index rule, uint64_t offset, const char *field,
                const char *format, va_list args)
{
    if (report->counts[rule]++ >= REPORT_FINDINGS_PER_RULE)
        return;
    struct finding *finding = mem_append(&report->findings, &report->finding_count);
    finding->rule = &rules[rule];
    finding->offset = offset;
    finding->field = clean(mem_dup(field));
    finding->text = clean(mem_vprintf(format, args));
}

size_t report_count(const struct report *report, enum severity severity)
{
    size_t count = 0;
    for (size_t i = 0; i < RULE_COUNT; i++)
        count += rules[i].severity == severity ? report->counts[i] : 0;
    return count;
}

size_t report_omitted(const struct report *report)
{
    size_t all = 0;
    for (size_t i = 0; i < RULE_COUNT; i++)
        all += report->counts[i];
    return all - report->finding_count;
}

bool report_is_sound(const struct report *report)
{
    return report_count(report, SEVERITY_CORRUPTION) == 0;
}

bool report_is_safe(const struct report *report)
{
    return report_count(report, SEVERITY_UNSAFE) == 0;
}

static json_t *finding_json(const struct finding *finding)
{
    return json_pack("{s:s, s:s, s:I, s:s, s:s}", "rule", finding->rule->id, "severity",
                     severity_name(finding->rule->severity), "offset", (json_int_t)finding->offset, "field",
                     finding->field, "text", finding->text);
}

json_t *report_json(const struct report *report, const char *path)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < report->finding_count; i++)
        json_array_append_new(findings, finding_json(&report->findings[i]));
    json_t *size = report->has_virtual_size ? json_integer((json_int_t)report->virtual_size) : json_null();
    return json_pack("{s:o, s:s, s:b, s:b, s:o, s:O, s:o, s:I}", "path",
                     json_stringn_nocheck(path, strlen(path)), "format", report->format, "sound",
                     report_is_sound(report), "safe", report_is_safe(report), "virtual_size", size, "options",
                     report->options, "findings", findings, "omitted", (json_int_t)report_omitted(report));
}

static void summary_text(const struct report *report, const char *path, struct buf *out)
{
    buf_printf(out, "%s: %s, %s, %s", path, report->format, report_is_sound(report) ? "sound" : "corrupt",
               report_is_safe(report) ? "safe" : "unsafe");
    if (report->has_virtual_size)
        buf_printf(out, ", %" PRIu64 " bytes", report->virtual_size);
    buf_putc(out, '\n');
}

void report_text(const struct report *report, const char *path, struct buf *out)
{
    summary_text(report, path, out);
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = &report->findings[i];
        buf_printf(out, "  %s %s at %" PRIu64 " (%s): %s\n", severity_name(finding->rule->severity),
                   finding->rule->id, finding->offset, finding->field, finding->text);
    }
    if (report_omitted(report) > 0)
        buf_printf(out, "  and %zu more of these\n", report_omitted(report));
}
