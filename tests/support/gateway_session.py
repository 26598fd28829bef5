"""A browser's way to an instance: a link with a token, which becomes a cookie."""

import requests
from alibabacloud_pai_dsw20220101 import models as dsw


def open_link(client, instance_id, seconds=600):
    """What `atelier instance open` prints."""
    url = client.get_instance(instance_id, dsw.GetInstanceRequest()).body.jupyterlab_url
    token = client.get_token(dsw.GetTokenRequest(instance_id=instance_id, type="Access", expire_time=seconds)).body.token
    return f"{url}?Token={token}"


def browser(client, instance_id, certificate=None, seconds=600):
    """A session that followed the link once and holds the cookie, good for `seconds`. `certificate`: of a server that
    speaks TLS."""
    session = requests.Session()
    if certificate:
        session.verify = str(certificate)
        session.trust_env = False  # else a REQUESTS_CA_BUNDLE of the machine wins
    answer = session.get(open_link(client, instance_id, seconds), timeout=30)
    assert answer.status_code == 200, answer.text
    assert "Token=" not in answer.url, "the token stays in no address bar"
    return session
