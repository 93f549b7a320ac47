#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conformance/wire/transfer.h"

#define POLL_MS 100 /* how soon a stop is noticed */

static void collect_done(struct subject_session *session)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(session->multi, &left));) {
        struct transfer *transfer;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        transfer->done = true;
        transfer->code = message->data.result;
    }
}

/* The time that an exchange may take grows by a second for each MiB that has gone over the wire, so that a
 * large body has the time that it needs and a dribbling peer has not. */
static bool is_late(const struct transfer *transfer)
{
    uint64_t moved_mib = (transfer->sent.bytes + transfer->received.bytes) / BUF_MIB;
    uint64_t taken_ms = (clock_now_us() - transfer->started_us) / 1000;
    return taken_ms / 1000 >= moved_mib &&
           taken_ms - moved_mib * 1000 > transfer->session->options.timeout_ms;
}

static bool is_stopped(const struct transfer *transfer)
{
    const atomic_bool *stop = transfer->session->options.stop;
    return stop && atomic_load_explicit(stop, memory_order_relaxed) && !transfer->unstoppable;
}

void transfer_look(struct transfer *transfer)
{
    int running;
    curl_multi_perform(transfer->session->multi, &running);
    collect_done(transfer->session);
}

/* Until the exchange is over, or held when that is enough. */
void transfer_drive(struct transfer *transfer, bool until_paused)
{
    for (;;) {
        transfer_look(transfer);
        if (transfer->done || transfer->decided || (until_paused && transfer->paused))
            return;
        if (is_stopped(transfer)) {
            transfer_decide(transfer, SUBJECT_STOPPED, mem_printf("interrupted"));
        } else if (is_late(transfer)) {
            transfer_decide(
                transfer, SUBJECT_TIMEOUT,
                mem_printf("no whole answer within %" PRIu64 " ms", transfer->session->options.timeout_ms));
        } else {
            curl_multi_poll(transfer->session->multi, NULL, 0, POLL_MS, NULL);
        }
    }
}
