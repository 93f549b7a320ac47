#include "reports/package.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "reports/embedded/statement_html.h"
#include "reports/json_value.h"
#include "reports/page.h"
#include "reports/run_log.h"
#include "reports/tar.h"
#include "reports/writer.h"

#define CERTIFICATE_NAME      "certificate.json"
#define TRANSCRIPT_NAME       "transcript.log"
#define CERTIFICATE_MAX_BYTES (256 * BUF_MIB)

/* ---- the members ---- */

static bool put_certificate(const struct package *package, FILE *out, struct err *err)
{
    (void)err;
    return fputs(package->certificate, out) >= 0;
}

static bool put_transcript(const struct package *package, FILE *out, struct err *err)
{
    return run_log_copy(package->run->log, out, err);
}

static bool put_results(const struct package *package, FILE *out, struct err *err)
{
    return writer_find("json")->write(package->run, out, err);
}

static bool put_report(const struct package *package, FILE *out, struct err *err)
{
    return writer_find("html")->write(package->run, out, err);
}

static bool put_subject(const struct package *package, FILE *out, struct err *err)
{
    (void)err;
    return fprintf(out, "%s\n", package->run->description) > 0;
}

static bool put_accepted(const struct package *package, FILE *out, struct err *err)
{
    (void)err;
    CLEANUP(text) char *text = statement_list_text(package->accepted);
    return fputs(text, out) >= 0;
}

static bool put_versions(const struct package *package, FILE *out, struct err *err)
{
    (void)err;
    const struct run_result *run = package->run;
    return json_value_put(out,
                          json_pack("{s:o, s:{s:o, s:o}}", "imageproof", json_value_text(run->tool_version),
                                    "suite", "edition", json_value_text(run->edition), "sha256",
                                    json_value_text(run->suite_digest))) &&
           fputc('\n', out) >= 0;
}

static void put_transcript_digest(const void *about, FILE *out)
{
    const struct run_result *run = about;
    char hex[RUN_LOG_CHAIN_SIZE];
    if (run_log_digest(run->log, hex, NULL))
        fputs(hex, out);
}

static bool put_statement(const struct package *package, FILE *out, struct err *err)
{
    static const struct page_part parts[] = {
        {"subject", page_put_subject},   {"facts", page_put_facts},   {"transcript", put_transcript_digest},
        {"verdicts", page_put_verdicts}, {"counts", page_put_counts}, {0},
    };
    (void)err;
    page_put(statement_html, parts, package->run, out);
    return true;
}

static const struct {
    const char *name;
    bool (*put)(const struct package *package, FILE *out, struct err *err);
} members[] = {
    {CERTIFICATE_NAME, put_certificate}, {TRANSCRIPT_NAME, put_transcript}, {"results.json", put_results},
    {"report.html", put_report},         {"subject.json", put_subject},     {"accepted.txt", put_accepted},
    {"versions.json", put_versions},     {"statement.html", put_statement},
};

/* ---- making ---- */

static bool add_member(const struct package *package, size_t index, FILE *out, struct err *err)
{
    CLEANUP(file) FILE *content = tmpfile();
    if (!content)
        return err_set_errno(err, "a temporary file");
    if (!members[index].put(package, content, err) || fflush(content) != 0)
        return err_set_errno(err, "%s", members[index].name);
    off_t size = ftello(content);
    rewind(content);
    return size >= 0 && tar_add(out, members[index].name, content, (uint64_t)size, err);
}

bool package_write(const struct package *package, FILE *out, struct err *err)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (!add_member(package, i, out, err))
            return false;
    }
    return tar_end(out, err) && (fflush(out) == 0 || err_set_errno(err, "the archive cannot be written"));
}

/* ---- reading ---- */

static bool find_member(FILE *file, const char *name, struct tar_member *ret_member, struct err *err)
{
    bool ended = false;
    rewind(file);
    while (tar_next(file, ret_member, &ended, err)) {
        if (ended)
            return err_set(err, ERR_SYNTAX, "the archive has no %s", name);
        if (strcmp(ret_member->name, name) == 0)
            return fseeko(file, (off_t)ret_member->offset, SEEK_SET) == 0 ||
                   err_set_errno(err, "the archive cannot be read");
    }
    return false;
}

static bool copy_member(FILE *file, uint64_t size, FILE *out)
{
    char piece[BUF_KIB];
    for (uint64_t left = size; left > 0;) {
        size_t wanted = left < sizeof piece ? (size_t)left : sizeof piece;
        if (fread(piece, 1, wanted, file) != wanted || fwrite(piece, 1, wanted, out) != wanted)
            return false;
        left -= wanted;
    }
    return fflush(out) == 0;
}

static FILE *open_member(FILE *file, const char *name, uint64_t *ret_size, struct err *err)
{
    struct tar_member member;
    if (!find_member(file, name, &member, err))
        return NULL;
    FILE *copy = tmpfile();
    if (copy && copy_member(file, member.size, copy)) {
        rewind(copy);
        *ret_size = member.size;
        return copy;
    }
    err_set(err, ERR_SYNTAX, "the archive ends within %s", name);
    if (copy)
        fclose(copy);
    return NULL;
}

bool package_open(FILE *file, char **ret_certificate, FILE **ret_transcript, struct err *err)
{
    uint64_t size;
    CLEANUP(file) FILE *certificate = open_member(file, CERTIFICATE_NAME, &size, err);
    if (!certificate)
        return false;
    if (size > CERTIFICATE_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "the certificate has %" PRIu64 " bytes", size);
    char *text = mem_alloc((size_t)size + 1);
    FILE *transcript = NULL;
    if (fread(text, 1, (size_t)size, certificate) != size)
        err_set_errno(err, "the certificate cannot be read");
    else
        transcript = open_member(file, TRANSCRIPT_NAME, &size, err);
    if (!transcript) {
        free(text);
        return false;
    }
    *ret_certificate = text;
    *ret_transcript = transcript;
    return true;
}

static bool is_same(FILE *left, FILE *right)
{
    int c;
    rewind(left);
    rewind(right);
    while ((c = getc_unlocked(left)) == getc_unlocked(right)) {
        if (c == EOF)
            return true;
    }
    return false;
}

bool package_check(const struct package *package, FILE *file, struct err *err)
{
    CLEANUP(file) FILE *again = tmpfile();
    if (!again)
        return err_set_errno(err, "a temporary file");
    return package_write(package, again, err) &&
           (is_same(file, again) ||
            err_set(err, ERR_VALUE, "something else in the archive is not what follows from its transcript"));
}
