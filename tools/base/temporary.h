/* Files and folders under names that nobody else has. What is there already is never opened, whatever it is;
 * modes are left to open(2), which needs no look at the umask that all threads share. */
#ifndef BASE_TEMPORARY_H
#define BASE_TEMPORARY_H

/* A new file beside `path`, to be renamed over it, with the mode that open(2) would give: its descriptor, and
 * its name, owned. -1 with errno set when there cannot be one. */
int temporary_beside(const char *path, char **ret_name);

/* The descriptor of a new, empty file for its owner only, which goes when it is closed. -1 with errno set
 * when there cannot be one. */
int temporary_file(void);

/* A new, empty folder, for its owner only: its path, owned. NULL with errno set when there cannot be one. */
char *temporary_folder(void);

#endif
