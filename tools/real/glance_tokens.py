"""A filter for Glance's pipeline that takes the place of keystonemiddleware where there is no Keystone.

A token is `user:project:role[,role]`, as the mock's: any will do. Who it is about goes to Glance in the headers that
keystonemiddleware sets; those that a client sent itself are taken out first.
"""

IDENTITY_HEADERS = ("X-Identity-Status", "X-User-Id", "X-Project-Id", "X-Roles", "X-User-Domain-Id", "X-Project-Domain-Id",
                    "X-Service-Catalog")
CHALLENGE = ("WWW-Authenticate", 'Keystone uri="http://127.0.0.1:5000"')


def environ_key(header):
    return "HTTP_" + header.upper().replace("-", "_")


def identity(token):
    """The headers that tell who it is; of no valid token, only that it is none."""
    parts = token.split(":")
    if len(parts) != 3 or not all(parts):
        return {"X-Identity-Status": "Invalid"}
    user, project, roles = parts
    return {"X-Identity-Status": "Confirmed", "X-User-Id": user, "X-Project-Id": project, "X-Roles": roles,
            "X-User-Domain-Id": "default", "X-Project-Domain-Id": "default"}


class Tokens:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        def start(status, headers, *more):
            challenge = [CHALLENGE] if status.startswith("401") else []
            return start_response(status, headers + challenge, *more)

        for header in IDENTITY_HEADERS:
            environ.pop(environ_key(header), None)
        for header, value in identity(environ.get("HTTP_X_AUTH_TOKEN", "")).items():
            environ[environ_key(header)] = value
        return self.application(environ, start)


def factory(_global_conf, **_local_conf):
    return Tokens
