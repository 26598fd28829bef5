"""The vendor's clients for calling models, unmodified: they sign with the service's token instead of sending it, and
may look for its instances themselves. (Go's is not to be had from the module proxy; what it sends is in
tests/unit/gateway/signed_call_test.cpp and discovery_test.cpp.)"""

import collections
import json
import os
import pathlib
import shutil

import pytest
from clients import eas_client
from conftest import Server
from programs import PYTHON, run
from services import REGION, create, serve_models, wait_for
from tiny_model import service_json

HERE = pathlib.Path(__file__).parent
JARS = pathlib.Path(os.environ.get("ATELIER_JARS", ".deps/jars")).resolve()
GROUP = "pool"

Echo = collections.namedtuple("Echo", "address token group_token home")


@pytest.fixture(scope="module")
def echo(tmp_path_factory):
    """A service in a group that answers with what it is sent."""
    server = Server(tmp_path_factory.mktemp("clients"), runtime="process")
    (server.data / "models" / "echo").mkdir(parents=True)
    shutil.copy(HERE / "echo.py", server.data / "models" / "echo" / "serve.py")
    for running in serve_models(server):
        client = eas_client(running)
        create(client, service_json("echo", "echo", metadata={"instance": 1, "memory": 512, "group": GROUP}))
        wait_for(client, "echo")
        yield Echo(running.address, client.describe_service(REGION, "echo").body.access_token,
                   client.describe_group(REGION, GROUP).body.access_token, tmp_path_factory.mktemp("home"))


def test_python(echo):
    told = run([PYTHON, HERE / "python" / "predict.py", echo.address, "echo", echo.token, GROUP, echo.group_token],
               echo.home)
    assert json.loads(told.splitlines()[-1]) == {
        "text": True, "json": True, "large": True, "tensorflow": True, "torch": [1.0, 2.0, 3.0], "direct": True,
        "group": True, "of_group": True, "wrong": 401, "none": 401, "of_another_group": 401}


def test_java(echo):
    told = run(["java", f"-Duser.home={echo.home}", f"-Dcom.aliyun.eas.discovery={echo.address}", "-cp", JARS / "*",
                HERE / "java" / "Predict.java", echo.address, "echo", echo.token, "[1,2]"], echo.home)
    lines = [line for line in told.splitlines() if line.split(" ")[0] in ("text", "zero", "direct", "tensor", "wrong")]
    assert lines == ["text [1,2]", "zero [167]", "direct [1,2]", "tensor same", "wrong 401"], told
