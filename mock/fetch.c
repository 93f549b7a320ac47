#include "mock/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"

#define CONNECT_TIME_MS_MAX 5000L
#define FETCH_TIME_MS_MAX   60000L
#define REDIRECTS_MAX       5 /* as many as the HTTP store of Glance follows */
#define POLL_MS             1000

struct allowed_host {
    char *name;    /* owned */
    uint64_t port; /* 0: any */
};

struct fetch {
    struct fetcher *fetcher;
    struct fetch_receiver receiver;
    CURL *easy;
    CURLU *url;
    unsigned redirect_count;
    struct fetch *next;
};

struct fetcher {
    struct allowed_host *hosts;
    size_t host_count;
    pthread_mutex_t lock; /* of all below but what the thread alone uses */
    pthread_t thread;
    bool started;
    bool stopping;
    struct fetch *waiting; /* to be taken by the thread */
    CURLM *multi;          /* made with the thread; used by it, but for waking it */
    struct fetch *running; /* of the thread */
};

struct fetcher *fetcher_new(void)
{
    struct fetcher *fetcher = mem_alloc(sizeof *fetcher);
    pthread_mutex_init(&fetcher->lock, NULL);
    return fetcher;
}

/* ---- What may be fetched ---- */

/* Where the port begins, behind its colon; NULL when none is said. */
static const char *port_of(const char *host)
{
    const char *bracket = strrchr(host, ']');
    const char *colon = strrchr(host, ':');
    return colon && (!bracket || colon > bracket) ? colon + 1 : NULL;
}

bool fetcher_allow(struct fetcher *fetcher, const char *host, struct err *err)
{
    const char *port = port_of(host);
    size_t length = port ? (size_t)(port - host) - 1 : strlen(host);
    uint64_t number = 0;
    bool good = !port || (number_parse_u64(port, &number) && number >= 1 && number <= UINT16_MAX);
    if (!good || length == 0 || strcspn(host, "/@?# ") < length)
        return err_set(err, ERR_VALUE, "'%.200s' is no host; it is written HOST or HOST:PORT", host);
    *mem_append(&fetcher->hosts, &fetcher->host_count) =
        (struct allowed_host){mem_dup_n(host, length), number};
    return true;
}

/* One part of a URL, owned; NULL when there is none. */
static char *part_of(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return NULL;
    char *copy = mem_dup(text);
    curl_free(text);
    return copy;
}

static bool scheme_is_http(CURLU *url)
{
    CLEANUP(text) char *scheme = part_of(url, CURLUPART_SCHEME);
    return scheme && (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
}

static bool host_is_allowed(const struct fetcher *fetcher, CURLU *url)
{
    CLEANUP(text) char *host = part_of(url, CURLUPART_HOST);
    CLEANUP(text) char *port = part_of(url, CURLUPART_PORT);
    uint64_t number;
    if (!host || !port || !number_parse_u64(port, &number))
        return false;
    for (size_t i = 0; i < fetcher->host_count; i++) {
        const struct allowed_host *allowed = &fetcher->hosts[i];
        if (strcasecmp(allowed->name, host) == 0 && (allowed->port == 0 || allowed->port == number))
            return true;
    }
    return false;
}

static CURLU *parse_url(const char *text)
{
    CURLU *url = curl_url();
    if (url && curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
        return url;
    curl_url_cleanup(url);
    return NULL;
}

static bool url_permitted(const struct fetcher *fetcher, CURLU *url)
{
    return url && scheme_is_http(url) && host_is_allowed(fetcher, url);
}

bool fetcher_permits(const struct fetcher *fetcher, const char *text, struct refusal *refusal)
{
    CURLU *url = parse_url(text);
    bool supported = url && scheme_is_http(url);
    bool permitted = url_permitted(fetcher, url);
    curl_url_cleanup(url);
    if (!supported)
        return refuse(refusal, 400, "External sources are not supported: '%.255s'", text);
    return permitted || refuse(refusal, 400, "Nothing may be fetched from there: '%.255s'", text);
}

/* ---- Transfers ---- */

static void end_fetch(struct fetch *fetch, enum fetch_result result)
{
    curl_easy_cleanup(fetch->easy);
    curl_url_cleanup(fetch->url);
    fetch->receiver.done(fetch->receiver.context, result);
    free(fetch);
}

static long status_of(const struct fetch *fetch)
{
    long status = 0;
    curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* What comes with a redirect is not the data. */
static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
    const struct fetch *fetch = context;
    size_t length = size * count;
    if (status_of(fetch) >= 300 || fetch->receiver.data(fetch->receiver.context, bytes, length))
        return length;
    return CURL_WRITEFUNC_ERROR;
}

/* The environment's proxy would fetch from where it likes. */
static bool prepare(struct fetch *fetch)
{
    CURL *easy = fetch->easy;
    return easy && fetch->url && curl_easy_setopt(easy, CURLOPT_CURLU, fetch->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIME_MS_MAX) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, FETCH_TIME_MS_MAX) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch) == CURLE_OK;
}

static void run_fetch(struct fetcher *fetcher, struct fetch *fetch)
{
    if (!prepare(fetch) || curl_multi_add_handle(fetcher->multi, fetch->easy) != CURLM_OK) {
        end_fetch(fetch, FETCH_FAILED);
        return;
    }
    fetch->next = fetcher->running;
    fetcher->running = fetch;
}

static void leave_running(struct fetcher *fetcher, struct fetch *fetch)
{
    struct fetch **at = &fetcher->running;
    while (*at != fetch)
        at = &(*at)->next;
    *at = fetch->next;
    curl_multi_remove_handle(fetcher->multi, fetch->easy);
}

static enum fetch_result result_of(const struct fetch *fetch, CURLcode code)
{
    long status = status_of(fetch);
    if (code == CURLE_OK && status == 200)
        return FETCH_WHOLE;
    return status == 404 || status == 410 ? FETCH_MISSING : FETCH_FAILED;
}

/* True when the answer leads to another permitted place, which is then where the fetch goes on. */
static bool follow_redirect(struct fetch *fetch)
{
    const char *target = NULL;
    curl_easy_getinfo(fetch->easy, CURLINFO_REDIRECT_URL, &target);
    if (!target || fetch->redirect_count++ == REDIRECTS_MAX)
        return false;
    CURLU *url = parse_url(target);
    if (!url_permitted(fetch->fetcher, url)) {
        curl_url_cleanup(url);
        return false;
    }
    curl_url_cleanup(fetch->url);
    fetch->url = url;
    return true;
}

static void end_transfer(struct fetcher *fetcher, const CURLMsg *message)
{
    struct fetch *fetch = NULL;
    CURLcode code = message->data.result;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
    leave_running(fetcher, fetch);
    if (code == CURLE_OK && follow_redirect(fetch))
        run_fetch(fetcher, fetch);
    else
        end_fetch(fetch, result_of(fetch, code));
}

/* What came in since the last look; false when the fetcher stops. */
static bool take_waiting(struct fetcher *fetcher, struct fetch **ret_waiting)
{
    pthread_mutex_lock(&fetcher->lock);
    *ret_waiting = TAKE(fetcher->waiting);
    bool stopping = fetcher->stopping;
    pthread_mutex_unlock(&fetcher->lock);
    return !stopping;
}

static void end_all(struct fetch *fetches)
{
    while (fetches) {
        struct fetch *next = fetches->next;
        end_fetch(fetches, FETCH_FAILED);
        fetches = next;
    }
}

static void *run(void *context)
{
    struct fetcher *fetcher = context;
    struct fetch *waiting;
    while (take_waiting(fetcher, &waiting)) {
        int running;
        int left;
        while (waiting) {
            struct fetch *next = waiting->next;
            run_fetch(fetcher, waiting);
            waiting = next;
        }
        curl_multi_perform(fetcher->multi, &running);
        for (const CURLMsg *message; (message = curl_multi_info_read(fetcher->multi, &left));)
            end_transfer(fetcher, message);
        curl_multi_poll(fetcher->multi, NULL, 0, POLL_MS, NULL);
    }
    end_all(waiting);
    while (fetcher->running) {
        struct fetch *fetch = fetcher->running;
        leave_running(fetcher, fetch);
        end_fetch(fetch, FETCH_FAILED);
    }
    return NULL;
}

/* Under the lock. Started with the first fetch, so that a server that fetches nothing pays nothing. */
static bool is_running(struct fetcher *fetcher)
{
    if (fetcher->stopping)
        return false;
    if (!fetcher->multi)
        fetcher->multi = curl_multi_init();
    if (fetcher->multi && !fetcher->started)
        fetcher->started = pthread_create(&fetcher->thread, NULL, run, fetcher) == 0;
    return fetcher->started;
}

void fetcher_start(struct fetcher *fetcher, const char *url, const struct fetch_receiver *receiver)
{
    struct fetch *fetch = mem_alloc(sizeof *fetch);
    *fetch = (struct fetch){fetcher, *receiver, curl_easy_init(), parse_url(url), 0, NULL};
    pthread_mutex_lock(&fetcher->lock);
    bool running = is_running(fetcher);
    if (running) {
        fetch->next = fetcher->waiting;
        fetcher->waiting = fetch;
        curl_multi_wakeup(fetcher->multi);
    }
    pthread_mutex_unlock(&fetcher->lock);
    if (!running)
        end_fetch(fetch, FETCH_FAILED);
}

void fetcher_stop(struct fetcher *fetcher)
{
    pthread_mutex_lock(&fetcher->lock);
    bool join = fetcher->started && !fetcher->stopping;
    fetcher->stopping = true;
    if (join)
        curl_multi_wakeup(fetcher->multi);
    pthread_mutex_unlock(&fetcher->lock);
    if (join)
        pthread_join(fetcher->thread, NULL);
}

void fetcher_free(struct fetcher *fetcher)
{
    if (!fetcher)
        return;
    fetcher_stop(fetcher);
    curl_multi_cleanup(fetcher->multi);
    for (size_t i = 0; i < fetcher->host_count; i++)
        free(fetcher->hosts[i].name);
    free(fetcher->hosts);
    pthread_mutex_destroy(&fetcher->lock);
    free(fetcher);
}
