#include "conformance/peer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conformance/wire/transfer.h"

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

static void take_certificate(CURL *easy, struct peer *peer)
{
    struct curl_certinfo *chain = NULL;
    curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain);
    if (!chain || chain->num_of_certs < 1)
        return;
    peer->name = value_of(chain->certinfo[0], "Subject");
    peer->issuer = value_of(chain->certinfo[0], "Issuer");
    peer->expires = value_of(chain->certinfo[0], "Expire date");
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
    if (ret_peer->speaks_tls && !ret_peer->name) /* what it is that is refused */
        look(url, options, &anyone, ret_peer, ignored);
}

void peer_fini(struct peer *peer)
{
    free(peer->error);
    free(peer->name);
    free(peer->issuer);
    free(peer->authority);
    free(peer->expires);
    *peer = (struct peer){0};
}
