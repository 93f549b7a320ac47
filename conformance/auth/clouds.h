/* clouds.yaml, as openstacksdk's documentation "Configuring OpenStack SDK Applications" describes it: which
 * files are looked for, and which keys say how to reach a cloud. */
#ifndef CONFORMANCE_AUTH_CLOUDS_H
#define CONFORMANCE_AUTH_CLOUDS_H

#include <stdbool.h>

#include "base/err.h"
#include "conformance/auth/settings.h"

struct cloud {
    struct auth_settings settings;
    char *method;         /* NULL: not said */
    char *region;         /* NULL: any */
    char *interface;      /* NULL: public */
    char *image_endpoint; /* instead of the catalog's; NULL: not said */
    char *ca_file;        /* NULL: those of the system */
    char *certificate;    /* of the client; NULL: none */
    char *key;
    bool insecure; /* `verify: false` */
};

#define CLOUD_OF_ENVIRONMENT "envvars" /* the name under which OS_ variables are a cloud */

/* clouds.yaml, with the secrets of secure.yaml: each from OS_CLIENT_CONFIG_FILE and OS_CLIENT_SECURE_FILE,
 * the working directory, ~/.config/openstack, or /etc/openstack, the first that is there. False with `err`
 * set. */
bool cloud_load(const char *name, struct cloud *ret_cloud, struct err *err);
void cloud_fini(struct cloud *cloud);

#endif
