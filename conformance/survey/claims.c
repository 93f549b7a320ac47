/* What the target file claims beside that, as far as it can be told from here. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/survey/surveying.h"

static bool is_file(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}

/* As it will be looked up when it is run. */
static bool is_program(const char *name)
{
    const char *path = getenv("PATH");
    if (strchr(name, '/') || !path)
        return is_file(name);
    while (*path) {
        size_t length = strcspn(path, ":");
        CLEANUP(text) char *whole = mem_printf("%.*s/%s", (int)length, path, name);
        if (is_file(whole))
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

/* ---- what nobody asks for ---- */

static bool has_word(char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

static bool asks_for(const struct spec_needs *needs, const char *what, const char *name)
{
    const struct {
        const char *what;
        char *const *names;
        size_t count;
    } lists[] = {
        {"feature", needs->features, needs->feature_count},
        {"limit", needs->limits, needs->limit_count},
        {"condition", needs->conditions, needs->condition_count},
        {"permission", needs->permissions, needs->permission_count},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].what, what) == 0 && has_word(lists[i].names, lists[i].count, name))
            return true;
    }
    return false;
}

/* What no case of the whole suite asks for may be misspelt. */
static void look_for_use(struct surveying *surveying, const char *what, const char *name)
{
    const struct spec_selection everything = {0};
    size_t count;
    const struct spec_case **cases = spec_select(surveying->options->suite, &everything, &count);
    bool asked = false;
    for (size_t i = 0; i < count && !asked; i++)
        asked = asks_for(&cases[i]->parts->needs, what, name);
    free(cases);
    if (!asked)
        survey_note(surveying, "%s %s: no case asks for it", what, name);
}

/* ---- limits and conditions ---- */

/* "program NAME", "METHOD PATH": owned; NULL for none. */
static char *hook_text(const struct target_hook *hook)
{
    if (!hook)
        return NULL;
    return hook->send ? mem_printf("%s %s", hook->send->method, hook->send->path)
                      : mem_printf("program %s", hook->run[0]);
}

static bool is_usable(struct surveying *surveying, const char *what, const char *name,
                      const struct target_hook *hook)
{
    if (!hook || hook->send || is_program(hook->run[0]))
        return true;
    survey_problem(surveying, "%s %s: there is no program %s", what, name, hook->run[0]);
    return false;
}

static json_t *state_json(struct surveying *surveying, const char *what, const struct target_state *state)
{
    CLEANUP(text) char *enter = hook_text(state->enter);
    CLEANUP(text) char *leave = hook_text(state->leave);
    bool enters = is_usable(surveying, what, state->name, state->enter);
    bool leaves = is_usable(surveying, what, state->name, state->leave);
    look_for_use(surveying, what, state->name);
    if (state->enter && !state->leave)
        survey_note(surveying, "%s %s is entered, and never left", what, state->name);
    return json_pack("{s:s, s:s?, s:s?, s:s?, s:b, s:b}", "name", state->name, "value", state->value, "enter",
                     enter, "leave", leave, "alone", state->alone, "usable", enters && leaves);
}

static json_t *states_json(struct surveying *surveying, const char *what, const struct target_state *states,
                           size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, state_json(surveying, what, &states[i]));
    return list;
}

/* ---- image files ---- */

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode) && access(path, R_OK | X_OK) == 0;
}

static json_t *images_json(struct surveying *surveying)
{
    const struct image_store *images = &surveying->target->images;
    static const char *const ways[] = {[IMAGE_STORE_DOWNLOAD] = "download",
                                       [IMAGE_STORE_DIRECTORY] = "directory",
                                       [IMAGE_STORE_COMMAND] = "command"};
    const char *place = images->kind == IMAGE_STORE_COMMAND ? images->command[0] : images->directory;
    bool usable = images->kind == IMAGE_STORE_DIRECTORY ? is_folder(place)
                  : images->kind == IMAGE_STORE_COMMAND ? is_program(place)
                                                        : true;
    if (!usable)
        survey_problem(surveying, "images: there is no %s %s",
                       images->kind == IMAGE_STORE_COMMAND ? "program" : "directory that can be read,",
                       place);
    return json_pack("{s:s, s:s?, s:b}", "by", ways[images->kind], "place", place, "usable", usable);
}

/* ---- features ---- */

static bool is_api(const char *feature)
{
    for (size_t i = 0; i < SPEC_API_COUNT; i++) {
        if (strcmp(spec_api_names[i], feature) == 0)
            return true;
    }
    return false;
}

static json_t *allowed_json(struct surveying *surveying)
{
    const struct target *target = surveying->target;
    json_t *list = json_array();
    for (size_t i = 0; i < target->allowed_count; i++) {
        json_array_append_new(list, json_string(target->allowed[i]));
        look_for_use(surveying, "permission", target->allowed[i]);
    }
    return list;
}

static json_t *features_json(struct surveying *surveying)
{
    const struct target *target = surveying->target;
    json_t *list = json_array();
    for (size_t i = 0; i < target->feature_count; i++) {
        if (is_api(target->features[i]))
            continue;
        json_array_append_new(list, json_string(target->features[i]));
        look_for_use(surveying, "feature", target->features[i]);
    }
    return list;
}

void survey_claims(struct surveying *surveying)
{
    const struct target *target = surveying->target;
    json_t *document = surveying->document;
    json_object_set_new(document, "features", features_json(surveying));
    json_object_set_new(document, "allow", allowed_json(surveying));
    json_object_set_new(document, "limits",
                        states_json(surveying, "limit", target->limits, target->limit_count));
    json_object_set_new(document, "conditions",
                        states_json(surveying, "condition", target->conditions, target->condition_count));
    json_object_set_new(document, "images", images_json(surveying));
    json_object_set_new(document, "max_upload",
                        target->max_upload_bytes ? json_integer((json_int_t)target->max_upload_bytes)
                                                 : json_null());
}
