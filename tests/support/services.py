"""EAS services through the official client: made, waited for, called. For every suite that has some."""

import json
import urllib.error
import urllib.request

import pytest
from alibabacloud_eas20210701 import models as eas
from clients import eas_client, rest
from conftest import wait_until
from tiny_model import make_models

REGION = "local"


def create(client, config):
    return client.create_service(eas.CreateServiceRequest(body=json.dumps(config))).body


def status(client, name):
    return client.describe_service(REGION, name).body.status


def wait_for(client, name, wanted="Running", seconds=60.0):
    def there():
        service = client.describe_service(REGION, name).body
        assert service.status != "Failed" or wanted == "Failed", (service.reason, service.message)
        return service.status == wanted

    wait_until(there, seconds, f"{name} being {wanted}")


def scale(server, name, number):
    """ScaleService through the generic door: this version of the package does not have it."""
    rest(server, "PUT", f"/api/v2/services/{REGION}/{name}/scale", "ScaleService", version="2021-07-01",
         body={"Instance": number})


def instances(client, name, **filters):
    return client.list_service_instances(REGION, name, eas.ListServiceInstancesRequest(**filters)).body


def ready(client, name):
    return [i for i in instances(client, name).instances if i.ready_processes == 1 and i.status == "Running"]


def call(url, token, path="", body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, headers={"Authorization": token})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def http_status(do):
    with pytest.raises(urllib.error.HTTPError) as raised:
        do()
    return raised.value.code


def delete_all(client):
    for service in client.list_services(eas.ListServicesRequest()).body.services:
        if service.status != "Deleting":
            client.delete_service(REGION, service.service_name)
    wait_until(lambda: client.list_services(eas.ListServicesRequest()).body.total_count == 0, 60,
               "the end of the services")


def serve_models(s):
    """Starts `s` with two models in its folder; afterwards its services end, and it ends."""
    make_models(s.data / "models", one=1, two=2)
    s.start()
    try:
        yield s
    finally:
        if s.process.poll() is not None:
            s.start()
        delete_all(eas_client(s))
        s.stop()
