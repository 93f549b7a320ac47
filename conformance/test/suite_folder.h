/* A suite in a folder of its own, for tests of what loads one. */
#ifndef CONFORMANCE_TEST_SUITE_FOLDER_H
#define CONFORMANCE_TEST_SUITE_FOLDER_H

/* With a folder for each API: the path, owned. */
char *suite_folder_make(void);
/* Writes or replaces a file: "images-v2/a.yaml". */
void suite_folder_put(const char *root, const char *name, const char *text);
/* Removes all of it, and releases the path. */
void suite_folder_drop(char *root);

#endif
