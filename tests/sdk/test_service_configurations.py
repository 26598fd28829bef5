"""What a service JSON says, over the wire: what asks for nothing is no demand, every documented key is done or refused
by its name, and a mistake is told at once, with its place and what to write instead."""

import json

import pytest
import signed
from alibabacloud_eas20210701 import models as eas
from alibabacloud_pai_dsw20220101 import models as dsw
from alibabacloud_tea_openapi.exceptions import ClientException
from clients import dsw_client, eas_client
from conftest import Server
from services import REGION, create

VERSION = "2021-07-01"


@pytest.fixture(scope="module")
def client(server):
    return eas_client(server)


def config(name="odd", **more):
    container = {"script": "true", **more.pop("container", {})}
    return {"name": name, "metadata": {"instance": 0, **more.pop("metadata", {})}, "containers": [container], **more}


def refusal(client, service):
    with pytest.raises(ClientException) as raised:
        create(client, service)
    assert raised.value.status_code == 400
    return raised.value.message


def made(client, service):
    create(client, service)
    client.delete_service(REGION, service["name"])


TOP = ("processor", "processor_path", "processor_mainclass", "processor_entry", "processor_type", "model_path",
       "model_entry", "model_config", "warm_up_data_path", "oss_endpoint", "dockerAuth", "options", "networking",
       "autoscaler", "sinker", "confidential", "features", "unit", "aimaster", "role_arn", "data_image", "labels",
       "storage", "runtime", "cloud", "token")
METADATA = ("resource", "quota_id", "qos", "rdma", "gpu", "gpu_memory", "cuda", "enable_grpc", "enable_webservice",
            "scheduling", "resource_rebalancing", "workload_type", "disk", "shm_size", "type", "rpc", "cpu", "memory",
            "rolling_strategy", "eas.termination_grace_period", "workspace_id", "group")


@pytest.mark.parametrize("nothing", ["", {}, [], 0, False, None])
def test_what_asks_for_nothing_is_accepted_everywhere(client, nothing):
    made(client, config(f"top_{type(nothing).__name__.lower()}", **dict.fromkeys(TOP, nothing)))
    made(client, config(f"meta_{type(nothing).__name__.lower()}", metadata=dict.fromkeys(METADATA, nothing)))
    made(client, config(f"deep_{type(nothing).__name__.lower()}", cloud={"networking": {"vpc_id": nothing}},
                        sinker={"type": nothing, "config": {"sls": {"project": nothing}}},
                        metadata={"rpc": {"batching": nothing, "keepalive": nothing}},
                        container={"prepare": {"pythonRequirements": nothing}, "env": nothing, "port": nothing,
                                   "health_check": nothing, "resources": {"limits": {"gpu": nothing}}}))


@pytest.mark.parametrize("key, more", [
    ("confidential", {"confidential": {"trustee_endpoint": "t", "decryption_key": "kbs:///k"}}),
    ("sinker", {"sinker": {"type": "sls", "config": {"sls": {"project": "p", "logstore": "l"}}}}),
    ("features.eas.aliyun.com/gpu-driver-version", {"features": {"eas.aliyun.com/gpu-driver-version": "tesla=550.127.08"}}),
    ("runtime.enable_crash_block", {"runtime": {"enable_crash_block": True}}),
    ("metadata.cuda", {"metadata": {"cuda": "11.2"}}),
    ("metadata.scheduling.spread.policy", {"metadata": {"scheduling": {"spread": {"policy": "host"}}}}),
    ("metadata.resource_rebalancing", {"metadata": {"resource_rebalancing": True}}),
    ("metadata.workload_type", {"metadata": {"workload_type": "elasticjob"}}),
    ("metadata.gpu_memory", {"metadata": {"gpu_memory": 10}}),
    ("metadata.rpc.batching", {"metadata": {"rpc": {"batching": True}}}),
    ("metadata.rpc.enable_sigterm", {"metadata": {"rpc": {"enable_sigterm": True}}}),
    ("metadata.rpc.enable_sigterm", {"metadata": {"rpc.enable_sigterm": True}}),
])
def test_what_is_not_done_is_refused_by_its_name(client, key, more):
    assert f"{key} is not supported by this server yet" in refusal(client, config(**more))


def test_the_documented_place_of_the_grace_counts(client):
    assert "metadata.eas.termination_grace_period must be an integer" in refusal(
        client, config(metadata={"eas.termination_grace_period": "soon"}))
    made(client, config("patient", metadata={"eas.termination_grace_period": 300}))


def test_a_misspelt_key_is_told(client):
    create(client, config("spelt", metadata={"cpuu": 4}))
    events = client.describe_service_event(REGION, "spelt", eas.DescribeServiceEventRequest(event_type="Warning"))
    assert [(event.reason, event.message) for event in events.body.events] == [
        ("UnknownKeys", "Unknown keys have no effect: metadata.cpuu (metadata.cpu?).")]
    answer = client.update_service(REGION, "spelt", eas.UpdateServiceRequest(body=json.dumps({"storages": [{"a": 1}]})))
    assert "Unknown keys have no effect: storages (storage?)." in answer.body.message


def test_what_no_program_can_be_given_is_refused_with_its_place(client):
    env = [{"name": "SHORT", "value": "x"}, {"name": "LONG", "value": "x" * 150_000}]
    assert "containers[0].env[1].value must have at most 131071 bytes" in refusal(client, config(container={"env": env}))
    assert "containers[0].script must have at most 131071 bytes" in refusal(
        client, config(container={"script": "x" * 140_000}))


def test_the_refusal_of_what_lies_elsewhere_says_what_to_write(client, server):
    assert "below --shared-folders" in refusal(client, config(oss_endpoint="oss-cn-beijing.aliyuncs.com"))
    assert "below --shared-folders" in refusal(client, config(model_path="oss://bucket/model/"))
    assert "below --shared-folders" in refusal(
        client, config(storage=[{"mount_path": "/a", "oss": {"path": "oss://bucket/a"}}]))
    for message in (refusal(client, config(container={"image": "python:3.11"})), dsw_refusal(server)):
        assert "python:3.11 is not offered: offered are image-lab, image-torch (`atelier image list`" in message


def dsw_refusal(server):
    with pytest.raises(ClientException) as raised:
        dsw_client(server).create_instance(dsw.CreateInstanceRequest(
            instance_name="mine", image_id="python:3.11", ecs_spec="ecs.c6.large"))
    return raised.value.message


def test_the_error_of_a_body_says_where(server):
    def ask(body):
        return signed.ask(server, "POST", "/api/v2/services", "CreateService", body=body, version=VERSION)[1]["Message"]

    assert ask(b'{"name": "odd",\n  "metadata" {}}') == (
        "The body is not valid JSON: there is a mistake at line 2, column 14.")
    assert ask(b"") == "The body is required: an empty one is not valid JSON."
    assert "it begins with a byte order mark" in ask(b'\xef\xbb\xbf{"name": "odd"}')


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    (folder / "models" / "iris").mkdir(parents=True)
    (folder / "private").mkdir()
    (folder / "models" / "way-out").symlink_to(folder / "private")
    s = Server(tmp_path_factory.mktemp("real"), "process", ["--shared-folders", str(folder / "models")])
    s.start()
    yield eas_client(s)
    s.stop()


def test_a_folder_that_is_not_there_is_refused_at_once_and_one_outside_is_not_found_out(real):
    create(real, config("good", model_path="iris"))
    missing = "does not exist in the folders that this server opens (--shared-folders)"
    outside = "is not one of those that the server opens to workloads (--shared-folders)"
    assert f"The folder nothere {missing}" in refusal(real, config(model_path="nothere"))
    assert f"The folder iris/m.tgz {missing}" in refusal(real, config(model_path="iris/m.tgz"))
    assert f"The folder nothere {missing}" in refusal(
        real, config(storage=[{"path": "nothere", "mount_path": "/a"}]))
    for path in ("/etc", "/etc/none", "../private", "../none", "way-out", "way-out/none"):
        assert f"The folder {path} {outside}" in refusal(real, config(model_path=path)), path
    with pytest.raises(ClientException, match="nothere does not exist"):
        real.update_service(REGION, "good", eas.UpdateServiceRequest(body=json.dumps({"model_path": "nothere"})))
