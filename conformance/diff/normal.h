/* Texts without what is by chance in them: two subjects that do the same have the same text. */
#ifndef CONFORMANCE_DIFF_NORMAL_H
#define CONFORMANCE_DIFF_NORMAL_H

/* What a run and its subject are called, which is in many answers. NULL: not known. */
struct normal_names {
    const char *subject; /* "http://127.0.0.1:9292" */
    const char *run;     /* "1f0c2a9b", the beginning of each ${case.id} */
};

/* The text with <subject>, <run>, <uuid>, <time> (ISO 8601, or as HTTP has it) and <32 hex digits> (32 or
 * more of them, of a digest) in the place of such: by their shape, whatever they stand in. Owned. */
char *normal_text(const char *text, const struct normal_names *names);

#endif
