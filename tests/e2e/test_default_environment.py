"""The operator's environment variables (--default-environment) reach notebooks and services, and no log."""

import subprocess

import pytest
from alibabacloud_eas20210701 import models as eas
from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, eas_client, status_of
from conftest import BINARY, Server, catalogue_with, wait_until
from fake_lab import make_image
from gateway_session import browser
from services import REGION
from services import create as create_service

SECRET = "hunter2-of-the-proxy"


def greeting_of(server, client, instance_id):
    """The variable GREETING as the fake notebook has it."""
    wait_until(lambda: status_of(client, instance_id) == "Running", 60)
    return browser(client, instance_id).get(f"{server.endpoint}/{instance_id}/lab/", timeout=30).json()["variable"]


def test_it_reaches_notebooks_and_services_and_their_own_variables_win(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    authority = closed / "ca.pem"
    authority.write_text("the company's certificate\n")
    authority.chmod(0o644)
    defaults = tmp_path / "environment"
    defaults.write_text(f"# of all\nGREETING=from the operator\nhttps_proxy=http://u:{SECRET}@proxy:3128\n"
                        f"SSL_CERT_FILE={authority}\n")
    server = Server(tmp_path, runtime="process", arguments=["--default-environment", str(defaults), "--log-level", "debug"],
                    catalogue=catalogue_with(make_image(tmp_path))).start()
    client, services = dsw_client(server), eas_client(server)
    plain = create(client, "plain", image="image-fake")
    own = create(client, "own", image="image-fake", environment_variables={"GREETING": "my own"})
    script = ("echo $GREETING, $https_proxy, $MINE; cat $SSL_CERT_FILE; "
              "case $PATH in *.packages*) echo packages of a notebook;; esac; sleep 1000")
    create_service(services, {"name": "said", "metadata": {"instance": 1}, "containers": [
        {"image": "local/fake:1", "script": script, "env": [{"name": "MINE", "value": "mine"}]}]})
    assert greeting_of(server, client, plain) == "from the operator"
    assert greeting_of(server, client, own) == "my own"
    logs = lambda: "\n".join(services.describe_service_log(REGION, "said", eas.DescribeServiceLogRequest()).body.logs or [])
    said = wait_until(lambda: "certificate" in (text := logs()) and text, 60, "the service's output")
    assert f"from the operator, http://u:{SECRET}@proxy:3128, mine" in said and "the company's certificate" in said
    assert "packages of a notebook" not in said
    assert SECRET not in server.log()

    # What is changed in the file applies at the next start.
    server.stop()
    defaults.write_text("GREETING=changed\n")
    server.start()
    assert greeting_of(server, client, plain) == "from the operator", "what runs keeps what it has"
    services.delete_service(REGION, "said")
    for instance_id in (plain, own):
        client.delete_instance(instance_id)
    later = create(client, "later", image="image-fake")
    assert greeting_of(server, client, later) == "changed"
    client.delete_instance(later)
    wait_until(lambda: client.list_instances(dsw.ListInstancesRequest(workspace_id="ALL")).body.total_count == 0, 60)
    server.stop()


@pytest.mark.parametrize(("text", "said"), [
    ("A=1\nHOME=/x\n", ", line 2: sets HOME, which the server sets itself in each sandbox."),
    ("no equals\n", ", line 1: must be NAME=value, the name of letters, digits and underscores."),
    ("PIP_CERT=/nonexistent/ca.pem\n", ": PIP_CERT must name a file or folder of this host by its absolute path, which "
                                       "everybody may read.")])
@pytest.mark.parametrize("runtime", ["process", "simulated"])
def test_a_file_that_cannot_be_used_is_refused_at_start(tmp_path, runtime, text, said):
    file = tmp_path / "environment"
    file.write_text(text)
    done = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", "--runtime",
                           runtime, "--default-environment", str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"atelier: Preparing the runtime failed: {file}{said}" in done.stderr
