/* Who is at an address, before anything is asked there: whether a connection is to be had, and by which
 * certificate the other side is known. Nothing is sent. */
#ifndef CONFORMANCE_PEER_H
#define CONFORMANCE_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "conformance/subject.h"

/* Owns its texts; peer_fini. */
struct peer {
    bool reached; /* by TCP and, where it is spoken, by TLS as the options want it */
    char *error;  /* one line; NULL when reached */
    uint64_t time_us;
    bool speaks_tls;  /* what follows is of its certificate, also where that is refused; NULL: not known */
    char *name;       /* "CN = glance.example" */
    char *hosts;      /* "DNS:glance.example, IP Address:192.0.2.1": whom it is for */
    char *issuer;     /* who signed it */
    char *authority;  /* who signed the last of its chain: the certificate that is trusted, or would be */
    char *begins;     /* "Jan  1 00:00:00 2026 GMT" */
    char *expires;    /* in the same form */
    bool is_verified; /* it was, and holds */
};

void peer_look(const char *url, const struct subject_options *options, struct peer *ret_peer);
/* Its certificate in words, "of ..., until ...": owned; NULL when there is none to be seen. */
char *peer_certificate_text(const struct peer *peer);
void peer_fini(struct peer *peer);

#endif
