"""/openapi.json is valid, and true: what it allows is not refused, what is answered is as it says."""

import json
import os
import pathlib
import subprocess
import urllib.request

import pytest

HERE = pathlib.Path(__file__).parent
PYTHON = pathlib.Path(os.environ.get("ATELIER_OPENAPI", ".deps/openapi")) / "bin/python"

# Unique within a product, the tag: clients know the operations by these names, two products share some.
VALIDATE = """
import json, sys
from openapi_spec_validator import OpenAPIV30SpecValidator
errors = [e for e in OpenAPIV30SpecValidator(json.load(sys.stdin)).iter_errors() if "Operation ID" not in e.message]
print("\\n".join(f"{list(e.path)}: {e.message}"[:300] for e in errors[:20]))
sys.exit(1 if errors else 0)
"""


@pytest.fixture(scope="module")
def document(server):
    with urllib.request.urlopen(f"{server.endpoint}/openapi.json", timeout=10) as answer:
        return json.load(answer)


def operation(document, path, method):
    return document["paths"][path][method]


def test_the_document_is_valid(document):
    run = subprocess.run([PYTHON, "-c", VALIDATE], input=json.dumps(document), capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


def test_names_of_operations_are_unique_within_a_product(document):
    names = [(one["tags"][0], one["operationId"]) for path in document["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))


def test_it_says_what_the_server_checks(document):
    listing = operation(document, "/api/v2/instances", "get")
    parameters = {one["name"]: one for one in listing["parameters"]}
    assert parameters["PageSize"]["allowEmptyValue"] is True
    assert parameters["PageSize"]["schema"]["maximum"] == 1000
    assert parameters["InstanceName"]["schema"]["maxLength"] == 1024
    assert parameters["Labels"]["content"]["application/json"]["schema"]["maxProperties"] == 4
    answer = listing["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    assert answer["Code"]["nullable"] is True and answer["Message"]["nullable"] is True
    get = operation(document, "/api/v2/instances/{InstanceId}", "get")
    assert {"minLength": 1, "maxLength": 64}.items() <= get["parameters"][0]["schema"].items()
    batch = operation(document, "/api/v2/batch/instances/stop", "put")
    assert batch["requestBody"]["required"] is True
    ids = batch["requestBody"]["content"]["application/json"]["schema"]["properties"]["InstanceIds"]
    assert (ids["minItems"], ids["maxItems"]) == (1, 100)
    culler = operation(document, "/api/v2/instances/{InstanceId}/idleinstanceculler", "post")
    body = culler["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["MaxIdleTimeInMinutes"]["maximum"] == 366 * 24 * 60
    assert body["required"] == ["CpuPercentThreshold", "MaxIdleTimeInMinutes"]
    clock = operation(document, "/atelier/v1/clock/advance", "post")
    body = clock["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["Milliseconds"]["maximum"] == 366 * 24 * 3600 * 1000


@pytest.mark.long
def test_strangers_find_nothing(server):
    credentials = server.credentials()
    run = subprocess.run([PYTHON, HERE / "strangers.py", server.endpoint, credentials["access_key_id"],
                          credentials["access_key_secret"], os.environ.get("ATELIER_OPENAPI_EXAMPLES", "60")],
                         capture_output=True, text=True, timeout=1800)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
