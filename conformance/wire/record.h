/* What an exchange keeps of the bytes that pass by: bodies and header lines. For this folder alone. */
#ifndef CONFORMANCE_WIRE_RECORD_H
#define CONFORMANCE_WIRE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "conformance/match/match.h"

/* A body that went one way or came the other: counted, digested, its beginning kept. */
struct body_record {
    uint64_t bytes;
    struct digest *md5;
    struct buf kept;
};

void body_record_init(struct body_record *record, size_t kept_max_bytes);
void body_record_fini(struct body_record *record);
void body_record_restart(struct body_record *record);
void body_record_add(struct body_record *record, const void *bytes, size_t length);
/* "" when there was no body; ends the digest. */
void body_record_md5(struct body_record *record, bool has_body, char md5[static 33]);

/* Header lines in the order of the wire. */
struct header_list {
    struct answer_header *items;
    size_t count;
};

/* One line "Name: value", with or without its end. A line that begins with a blank goes on with the value
 * before it (RFC 9112, 5.2). False for a line that is neither. */
bool header_list_add(struct header_list *list, const char *line, size_t length);
void header_list_clear(struct header_list *list);
/* What is wrong about the headers that frame a body; NULL: nothing. libcurl makes something of them all the
 * same: several lengths (RFC 9112, 6.3), or a length beside a transfer coding (6.2). */
const char *header_list_framing_fault(const struct header_list *list);

void answer_headers_free(struct answer_header *headers, size_t count);

#endif
