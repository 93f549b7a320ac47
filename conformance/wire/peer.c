#include "conformance/peer.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conformance/wire/transfer.h"

#define TOLD_MAX_BYTES BUF_KIB

/* The value of "NAME:VALUE" among the lines about a certificate: owned; NULL when there is none. */
static char *value_of(const struct curl_slist *lines, const char *name)
{
    size_t length = strlen(name);
    for (; lines; lines = lines->next) {
        if (strncasecmp(lines->data, name, length) == 0 && lines->data[length] == ':')
            return mem_dup(lines->data + length + 1);
    }
    return NULL;
}

/* What libcurl calls it (CURLINFO_CERTINFO), where it is kept, and what we say before it. */
static const struct {
    const char *label;
    size_t place;
    const char *words;
} fields[] = {
    {"Subject", offsetof(struct peer, name), "of"},
    {"X509v3 Subject Alternative Name", offsetof(struct peer, hosts), "for"},
    {"Issuer", offsetof(struct peer, issuer), "issued by"},
    {"Start date", offsetof(struct peer, begins), "from"},
    {"Expire date", offsetof(struct peer, expires), "until"},
};
#define FIELD_COUNT (sizeof fields / sizeof *fields)

static char **field_of(struct peer *peer, size_t i)
{
    return (char **)(void *)((char *)peer + fields[i].place); /* void: the place is aligned */
}

static void take_certificate(CURL *easy, struct peer *peer)
{
    struct curl_certinfo *chain = NULL;
    curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain);
    if (!chain || chain->num_of_certs < 1)
        return;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        *field_of(peer, i) = value_of(chain->certinfo[0], fields[i].label); /* the first one is its own */
    peer->authority = value_of(chain->certinfo[chain->num_of_certs - 1], "Issuer");
}

static CURL *new_handle(const char *url, const struct subject_options *options, const struct subject_tls *tls,
                        char *error)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    transfer_set_tls(easy, tls);
    return easy;
}

/* Connects once. */
static CURLcode look(const char *url, const struct subject_options *options, const struct subject_tls *tls,
                     struct peer *peer, char *error)
{
    CURL *easy = new_handle(url, options, tls, error);
    if (!easy)
        return CURLE_FAILED_INIT;
    CURLcode code = curl_easy_perform(easy);
    take_certificate(easy, peer);
    curl_easy_cleanup(easy);
    return code;
}

void peer_look(const char *url, const struct subject_options *options, struct peer *ret_peer)
{
    char error[CURL_ERROR_SIZE] = "";
    char ignored[CURL_ERROR_SIZE] = "";
    uint64_t started_us = clock_now_us();
    *ret_peer = (struct peer){.speaks_tls = strncasecmp(url, "https:", 6) == 0};
    CURLcode code = look(url, options, &options->tls, ret_peer, error);
    ret_peer->time_us = clock_now_us() - started_us;
    ret_peer->reached = code == CURLE_OK;
    ret_peer->is_verified = ret_peer->reached && ret_peer->speaks_tls && !options->tls.insecure;
    if (ret_peer->reached)
        return;
    ret_peer->error = mem_dup(*error ? error : curl_easy_strerror(code));
    struct subject_tls anyone = options->tls;
    anyone.insecure = true;
    if (ret_peer->speaks_tls && !ret_peer->name && !options->tls.insecure) /* what it is that is refused */
        look(url, options, &anyone, ret_peer, ignored);
}

char *peer_certificate_text(const struct peer *peer)
{
    struct buf told;
    struct peer seen = *peer;
    buf_init(&told, TOLD_MAX_BYTES);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const char *value = *field_of(&seen, i);
        if (value)
            buf_printf(&told, "%s%s %s", told.length ? ", " : "", fields[i].words, value);
    }
    if (told.length > 0)
        return buf_take(&told);
    buf_fini(&told);
    return NULL;
}

void peer_fini(struct peer *peer)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        free(*field_of(peer, i));
    free(peer->authority);
    free(peer->error);
    *peer = (struct peer){0};
}
