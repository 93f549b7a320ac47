/* What a cloud of clouds.yaml gives a target. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/auth/clouds.h"
#include "conformance/target/target.h"

static void take_unless_said(char **said, char **text)
{
    if (!*said)
        *said = TAKE(*text);
}

static void take_rest(struct target *target, struct cloud *cloud)
{
    take_unless_said(&target->ca_file, &cloud->ca_file);
    take_unless_said(&target->certificate, &cloud->certificate);
    take_unless_said(&target->key, &cloud->key);
    if (target->service.type)
        take_unless_said(&target->url, &cloud->image_endpoint);
    take_unless_said(&target->service.region, &cloud->region);
    take_unless_said(&target->service.interface, &cloud->interface);
    target->insecure = target->insecure || cloud->insecure;
}

bool target_use_cloud(struct target *target, struct target_identity *identity, const char *name,
                      struct err *err)
{
    struct cloud cloud;
    if (!cloud_load(name, &cloud, err))
        return false;
    identity->auth = auth_new(&cloud.settings, cloud.method, err);
    if (identity->auth)
        take_rest(target, &cloud);
    cloud_fini(&cloud);
    return identity->auth;
}
