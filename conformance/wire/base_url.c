#include <curl/curl.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/subject.h"

/* Before anything is parsed: what does not parse may hold a password all the same. */
static bool has_user(const char *text)
{
    const char *slashes = strstr(text, "://");
    const char *host = slashes ? slashes + 3 : text;
    return memchr(host, '@', strcspn(host, "/?#"));
}

static bool is_http(const char *text)
{
    CURLU *url = curl_url();
    char *scheme = NULL;
    bool http = curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    curl_url_cleanup(url);
    return http;
}

char *subject_base_url(const char *text, struct err *err)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '/')
        length--;
    if (has_user(text))
        err_set(err, ERR_VALUE, "an address with a user in it is refused: give the token with --token");
    else if (strpbrk(text, "?#"))
        err_set(err, ERR_VALUE, "'%.*s' goes on with a query or a fragment, which a base address cannot have",
                (int)strcspn(text, "?#"), text);
    else if (!is_http(text))
        err_set(err, ERR_VALUE, "'%s' is no address: want http://HOST:PORT or https://HOST", text);
    else
        return mem_dup_n(text, length);
    return NULL;
}

/* The length of the version at the end of an address, with its slash: "/v1", "/v2"; 0: there is none. */
static size_t version_length(const char *url)
{
    size_t length = strlen(url);
    bool is_segment = length > 3 && url[length - 3] == '/' && url[length - 4] != '/'; /* nor the host */
    bool has_version =
        is_segment && url[length - 2] == 'v' && (url[length - 1] == '1' || url[length - 1] == '2');
    return has_version ? 3 : 0;
}

char *subject_service_url(const char *text, struct err *err)
{
    char *base = subject_base_url(text, err);
    if (base)
        base[strlen(base) - version_length(base)] = '\0';
    return base;
}
