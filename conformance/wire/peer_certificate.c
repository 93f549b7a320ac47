#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "conformance/wire/transfer.h"

#define CONNECT_MAX_MS 5000
#define TOLD_MAX_BYTES BUF_KIB

/* What libcurl calls it (CURLINFO_CERTINFO), and what we do. */
static const struct {
    const char *label;
    const char *words;
} fields[] = {
    {"Subject:", "of"},        {"X509v3 Subject Alternative Name:", "for"},
    {"Issuer:", "issued by"},  {"Start date:", "from"},
    {"Expire date:", "until"},
};

static void tell_field(const struct curl_slist *lines, size_t i, struct buf *told)
{
    size_t length = strlen(fields[i].label);
    for (const struct curl_slist *line = lines; line; line = line->next) {
        if (strncasecmp(line->data, fields[i].label, length) == 0) {
            buf_printf(told, "%s%s %s", told->length ? ", " : "", fields[i].words, line->data + length);
            return;
        }
    }
}

/* Nothing is asked, so nobody who is not trusted hears anything. */
static CURL *look(const char *url, const struct subject_options *options)
{
    struct subject_tls tls = options->tls;
    uint64_t ms = options->connect_timeout_ms < CONNECT_MAX_MS ? options->connect_timeout_ms : CONNECT_MAX_MS;
    CURL *easy = curl_easy_init();
    if (!easy)
        abort(); /* as for memory */
    tls.insecure = true;
    tls.ca_file = NULL;
    transfer_set_tls(easy, &tls);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)ms);
    curl_easy_perform(easy);
    return easy;
}

char *peer_certificate(const char *url, const struct subject_options *options)
{
    struct buf told;
    struct curl_certinfo *info = NULL;
    CURL *easy = look(url, options);
    buf_init(&told, TOLD_MAX_BYTES);
    curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info);
    for (size_t i = 0; info && info->num_of_certs > 0 && i < sizeof fields / sizeof *fields; i++)
        tell_field(info->certinfo[0], i, &told); /* the first one is the peer's own */
    curl_easy_cleanup(easy);
    if (told.length > 0)
        return buf_take(&told);
    buf_fini(&told);
    return NULL;
}
