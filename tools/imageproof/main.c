/* imageproof: the program, which is the judge and more. The judge must not know the builders of what it
 * judges, and the builders not the judge; so each brings its commands in a registry of its own, and only
 * here, where nothing is judged or built, do they come together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "base/nearest.h"

#define COMMAND(name) extern const struct command command_##name;
#include "conformance/commands.def"
#include "fixtures/commands.def"
#undef COMMAND

static const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "conformance/commands.def"
#include "fixtures/commands.def"
#undef COMMAND
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void print_help(void)
{
    puts("Usage: imageproof COMMAND [ARGUMENT...]\n\n"
         "Proves whether an image service does what its API reference says.\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    puts(
        "\n`imageproof COMMAND --help` tells more. Exit status: 0 all judged cases passed, 1 a case failed,\n"
        "2 something could not be judged, 64 wrong usage.");
}

static int refuse(const char *name)
{
    const char *names[COMMAND_COUNT + 1] = {0};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    const char *nearest = nearest_of(name, names);
    if (nearest)
        fprintf(stderr, "imageproof: there is no command '%s'; did you mean '%s'?\n", name, nearest);
    else
        fprintf(stderr, "imageproof: there is no command '%s'; see imageproof --help\n", name);
    return EXIT_STATUS_USAGE;
}

int main(int argc, char **argv)
{
    cli_begin("imageproof");
    if (argc < 2) {
        fputs("imageproof: a command is missing; see imageproof --help\n", stderr);
        return EXIT_STATUS_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0) {
        print_help();
        return EXIT_STATUS_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("imageproof " IMAGEPROOF_VERSION);
        return EXIT_STATUS_OK;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, argv[1]) != 0)
            continue;
        char *name = mem_printf("imageproof %s", argv[1]);
        argv[1] = name;
        int status = commands[i]->run(argc - 1, argv + 1);
        free(name);
        return status;
    }
    return refuse(argv[1]);
}
