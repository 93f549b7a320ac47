#include "mock/v1/formats.h"

#include <string.h>

struct format {
    const char *word;
    enum rule rule; /* that it is one */
};

static const struct format disk_formats[] = {
    {"aki", RULE_V1_CREATE_DISK_FORMAT_AKI},     {"ami", RULE_V1_CREATE_DISK_FORMAT_AMI},
    {"ari", RULE_V1_CREATE_DISK_FORMAT_ARI},     {"iso", RULE_V1_CREATE_DISK_FORMAT_ISO},
    {"ploop", RULE_V1_CREATE_DISK_FORMAT_PLOOP}, {"qcow2", RULE_V1_CREATE_DISK_FORMAT_QCOW2},
    {"raw", RULE_V1_CREATE_DISK_FORMAT_RAW},     {"vdi", RULE_V1_CREATE_DISK_FORMAT_VDI},
    {"vhd", RULE_V1_CREATE_DISK_FORMAT_VHD},     {"vhdx", RULE_V1_CREATE_DISK_FORMAT_VHDX},
    {"vmdk", RULE_V1_CREATE_DISK_FORMAT_VMDK},   {NULL, RULE_COUNT},
};

static const struct format container_formats[] = {
    {"aki", RULE_V1_CREATE_CONTAINER_FORMAT_AKI},       {"ami", RULE_V1_CREATE_CONTAINER_FORMAT_AMI},
    {"ari", RULE_V1_CREATE_CONTAINER_FORMAT_ARI},       {"bare", RULE_V1_CREATE_CONTAINER_FORMAT_BARE},
    {"docker", RULE_V1_CREATE_CONTAINER_FORMAT_DOCKER}, {"ova", RULE_V1_CREATE_CONTAINER_FORMAT_OVA},
    {"ovf", RULE_V1_CREATE_CONTAINER_FORMAT_OVF},       {NULL, RULE_COUNT},
};

static const struct kind {
    const char *name;
    enum v1_text text;
    const struct format *formats;
    enum rule rules[V1_KIND_COUNT]; /* that unknown ones are refused */
} kinds[] = {
    {"disk",
     V1_DISK_FORMAT,
     disk_formats,
     {RULE_V1_CREATE_UNKNOWN_DISK_FORMAT, RULE_V1_UPDATE_DISK_FORMAT_KNOWN}},
    {"container",
     V1_CONTAINER_FORMAT,
     container_formats,
     {RULE_V1_CREATE_UNKNOWN_CONTAINER_FORMAT, RULE_V1_UPDATE_CONTAINER_FORMAT_KNOWN}},
};

static bool is_known(const struct exchange *exchange, const struct format *formats, const char *word)
{
    for (; formats->word; formats++) {
        if (word && strcmp(formats->word, word) == 0)
            return exchange_obeys(exchange, formats->rule);
    }
    return false;
}

/* An empty format is none that there is. */
static bool format_good(struct v1_meta *meta, const struct exchange *exchange, const struct kind *kind,
                        struct refusal *refusal)
{
    const char *word = v1_text(meta, kind->text);
    if (!meta->texts[kind->text].given || is_known(exchange, kind->formats, word))
        return true;
    meta->texts[kind->text].given = false;
    meta->texts[kind->text].text = NULL;
    return !exchange_obeys(exchange, kind->rules[meta->kind]) ||
           refuse(refusal, 400, "Invalid %s format '%.64s' for image.", kind->name, word ? word : "");
}

static bool is_amazon(const char *word)
{
    return word && (strcmp(word, "aki") == 0 || strcmp(word, "ami") == 0 || strcmp(word, "ari") == 0);
}

static void set_other(struct v1_meta *meta, enum v1_text other, const char *word)
{
    meta->texts[other].given = true;
    meta->texts[other].text = word;
}

static bool amazon_good(struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal)
{
    const char *disk = v1_text(meta, V1_DISK_FORMAT);
    const char *container = v1_text(meta, V1_CONTAINER_FORMAT);
    if (!is_amazon(disk) && !is_amazon(container))
        return true;
    if (disk && container)
        return strcmp(disk, container) == 0 ||
               !exchange_obeys(exchange, RULE_V1_CREATE_AMAZON_FORMATS_AGREE) ||
               refuse(refusal, 400, "The disk and container formats must be the same, as one of them is %s.",
                      is_amazon(disk) ? disk : container);
    if (disk && exchange_obeys(exchange, RULE_V1_CREATE_AMAZON_DISK_SETS_CONTAINER))
        set_other(meta, V1_CONTAINER_FORMAT, disk);
    if (container && exchange_obeys(exchange, RULE_V1_CREATE_AMAZON_CONTAINER_SETS_DISK))
        set_other(meta, V1_DISK_FORMAT, container);
    return true;
}

bool v1_formats_good(struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!format_good(meta, exchange, &kinds[i], refusal))
            return false;
    }
    return amazon_good(meta, exchange, refusal);
}
