"""The documents' three example answers against answers of the running server: every field path, with its JSON type.
tests/contract does the same inside the process, and holds request parameters and bodies to the documents."""

import json
import pathlib

import pytest
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, rest, status_of
from conftest import wait_until

DATA = pathlib.Path(__file__).parents[1] / "data/contract"

# Of features that this server refuses by name (docs/api.md): the arrays are empty and the objects of one's own making
# are absent, so there is nothing in an answer to look at.
ABSENT = ("Datasets[]", "CloudDisks[]", "LatestSnapshot", "InstanceSnapshotList[]", "PodIps[]", "UserVpc.ForwardInfos[]",
          "UserVpc.ExtendedCIDRs[]", "UserVpc.BandwidthLimit.EgressWhitelists[]",
          "UserVpc.BandwidthLimit.IngressWhitelists[]", "CredentialConfig.Configs[]", "DynamicMount.MountPoints[]",
          "AccessRestrictionRules.key")

TYPES = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array",
         dict: "object"}


def paths_of(value, path=""):
    found = {path: TYPES[type(value)]} if path else {}
    if isinstance(value, dict):
        for key, member in value.items():
            found |= paths_of(member, f"{path}.{key}" if path else key)
    if isinstance(value, list):
        for element in value:
            found |= paths_of(element, f"{path}[]")
    return found


@pytest.fixture(scope="module")
def full(server):
    """An instance with everything this server has, under the keys of the documents' samples."""
    client = dsw_client(server)
    instance_id = create(
        client, "training_data", spec="ecs.gn7i-c8g1.2xlarge", environment_variables={"key": "app: MAAS"},
        labels=[dsw.CreateInstanceRequestLabels(key="stsTokenOwner", value="123")],
        tag=[dsw.CreateInstanceRequestTag(key="tag1", value="value1")],
        migration_options={"test": "test", "test2": 1},
        user_command=dsw.CreateInstanceRequestUserCommand(
            on_start=dsw.CreateInstanceRequestUserCommandOnStart(content="true")))
    wait_until(lambda: status_of(client, instance_id) == "Running")
    client.create_instance_shutdown_timer(instance_id, dsw.CreateInstanceShutdownTimerRequest(
        remaining_time_in_ms=3_600_000))
    client.create_idle_instance_culler(instance_id, dsw.CreateIdleInstanceCullerRequest(
        cpu_percent_threshold=20, gpu_percent_threshold=10, max_idle_time_in_minutes=60))
    return instance_id


@pytest.mark.parametrize("document, paths", [
    ("get_instance", 194), ("list_instances", 177), ("list_instances_2026_03", 166)])
def test_every_field_of_the_example_is_in_a_real_answer(server, full, document, paths):
    documented = json.loads((DATA / f"{document}.json").read_text())
    assert len(documented) == paths
    if document == "get_instance":
        answer = rest(server, "GET", f"/api/v2/instances/{full}", "GetInstance")
    else:
        answer = rest(server, "GET", "/api/v2/instances", "ListInstances", query={"WorkspaceId": "ALL"})
    actual = paths_of(answer)
    seen = 0
    for path, kind in documented.items():
        own = path.removeprefix("Instances[].")
        if own.startswith(ABSENT) or (document != "get_instance" and own.startswith("MigrationOptions.")):
            continue  # a list has no migration options of its own: the map is there, empty
        assert path in actual, path
        if path in ("Code", "Message"):
            assert actual[path] == "null"  # on success; the samples' "null" is filler
        else:
            assert actual[path] == kind, path
        seen += 1
    assert seen >= 90, "the fields that are looked at"


@pytest.mark.parametrize("document", ["get_instance", "list_instances"])
def test_a_real_answer_has_no_field_that_the_documents_lack(server, full, document):
    documented = json.loads((DATA / f"{document}.json").read_text())
    if document == "get_instance":
        answer = rest(server, "GET", f"/api/v2/instances/{full}", "GetInstance")
    else:
        answer = rest(server, "GET", "/api/v2/instances", "ListInstances", query={"WorkspaceId": "ALL"})
    assert set(paths_of(answer)) - set(documented) == set()
