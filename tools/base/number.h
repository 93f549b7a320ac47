/* Numbers as people and protocols write them, whole string or nothing. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits only: no sign, no space, no overflow. */
bool number_parse_u64(const char *text, uint64_t *ret_value);
bool number_parse_u64_n(const char *text, size_t length, uint64_t *ret_value);

/* Bytes, with an optional binary suffix k, M, G or T (either case): "64k" is 65536. */
bool number_parse_size(const char *text, uint64_t *ret_bytes);

/* Milliseconds from "250ms", "5s", "2m" or a bare number of seconds, which may have a fraction. */
bool number_parse_duration_ms(const char *text, uint64_t *ret_ms);

#endif
