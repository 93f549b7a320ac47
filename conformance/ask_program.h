/* Asks a program of ours something that it answers on standard output as one JSON document and ends: how the
 * judge learns what the mock can do, of which it includes nothing. */
#ifndef CONFORMANCE_ASK_PROGRAM_H
#define CONFORMANCE_ASK_PROGRAM_H

#include <jansson.h>

#include "base/err.h"

#define ASK_PROGRAM_MAX_BYTES (4u << 20)
#define ASK_PROGRAM_MS        5000

/* `arguments` is NULL-terminated and begins with the program's name, which is looked up as
 * target_find_program() does. A new reference; NULL with `err` set: the program is not there, ended with
 * another status than 0, took too long, or said what is no JSON object. */
json_t *ask_program(char *const *arguments, struct err *err);

#endif
