"""What services run on, their diagnoses and their clones, through the unmodified SDK: its models take every field."""

import json

from alibabacloud_eas20210701 import models as eas
from clients import code_of, eas_client, simulate
from conftest import wait_until
from services import REGION, create, wait_for


def service(name, metadata=None, **script):
    environment = [{"name": k, "value": v} for k, v in simulate(**script).items()] if script else []
    return {"name": name, "metadata": {"instance": 1, **(metadata or {})},
            "cloud": {"computing": {"instance_type": "ecs.c6.large"}},
            "containers": [{"script": "serve", "port": 9000, "env": environment}]}


def test_machine_types_have_what_alipai_reads_of_them(server):
    answer = eas_client(server).describe_machine_spec(eas.DescribeMachineSpecRequest()).body
    types = {m.instance_type: (m.cpu, m.memory, m.gpu, m.gpuamount, m.is_available) for m in answer.instance_metas}
    assert types == {"ecs.c6.large": (2, 4.0, "", 0, True), "ecs.g6.xlarge": (4, 16.0, "", 0, True),
                     "ecs.gn7i-c8g1.2xlarge": (8, 30.0, "NVIDIA A10", 1, True)}
    assert [(t.cpu, t.memory) for t in answer.types] == [(2, [4]), (4, [16])]


def test_the_gateway_and_the_host_are_what_there_is(server):
    client = eas_client(server)
    gateways = client.list_gateway(eas.ListGatewayRequest()).body
    assert (gateways.total_count, gateways.gateways[0].is_default) == (1, True)
    assert gateways.gateways[0].internet_domain == server.address
    assert client.describe_gateway(REGION, gateways.gateways[0].gateway_id).body.status == "Running"
    group = client.list_resources(eas.ListResourcesRequest()).body.resources[0]
    assert (group.status, group.instance_count, group.cluster_id) == ("ResourceReady", 1, REGION)
    assert client.describe_resource(REGION, group.resource_id).body.cpu_count == group.cpu_count
    machines = client.list_resource_instances(REGION, group.resource_id, eas.ListResourceInstancesRequest()).body
    assert machines.instances[0].instance_cpu_count == group.cpu_count
    assert client.describe_regions().body.regions[0].region_id == REGION


def test_a_crash_loop_is_diagnosed_and_what_is_well_is_not(server):
    client = eas_client(server)
    create(client, service("well"))
    create(client, service("loops", fail_at="start"))
    wait_for(client, "well")
    assert client.describe_service_diagnosis(REGION, "well").body.diagnosis_list == []

    def diagnosed():
        return client.describe_service_diagnosis(REGION, "loops").body.diagnosis_list

    found = wait_until(diagnosed, 60, "a diagnosis")[0]
    assert "does not stay up" in found.error
    assert found.causes and any("DescribeServiceLog" in advice for advice in found.advices)


def test_a_clone_is_a_service_of_its_own(server):
    client = eas_client(server)
    create(client, service("source"))
    wait_for(client, "source")
    made = client.clone_service(REGION, "source", eas.CloneServiceRequest(
        body=json.dumps({"name": "copy", "metadata": {"instance": 2}}))).body
    assert (made.service_name, made.status) == ("copy", "Creating")
    wait_for(client, "copy")
    source, copy = (client.describe_service(REGION, name).body for name in ("source", "copy"))
    assert (source.total_instance, copy.total_instance) == (1, 2)
    assert copy.access_token and copy.access_token != source.access_token
    assert json.loads(copy.service_config)["containers"] == json.loads(source.service_config)["containers"]
    assert code_of(lambda: client.clone_service(REGION, "source", eas.CloneServiceRequest(body="{}"))) == (
        400, "InvalidParameter")
