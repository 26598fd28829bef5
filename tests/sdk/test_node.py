"""The official Node clients: openapi-client signs ACS3, pop-core the older ROA scheme. In the
clear and over TLS, where the client checks the certificate."""

import json
import os
import pathlib
import subprocess

import pytest

SCRIPT = pathlib.Path(__file__).parent / "node" / "life.js"
NODE_MODULES = pathlib.Path(os.environ.get("ATELIER_NODE", ".deps/node")) / "node_modules"


@pytest.mark.parametrize("fixture", ["server", "tls_server"])
@pytest.mark.parametrize("kind", ["openapi", "pop"])
def test_the_life_of_an_instance(request, fixture, kind):
    server = request.getfixturevalue(fixture)
    credentials = server.credentials()
    done = subprocess.run(["node", str(SCRIPT), kind, server.scheme, server.address, credentials["access_key_id"]],
                          env={**os.environ, "NODE_PATH": str(NODE_MODULES.resolve()),
                               **({"NODE_EXTRA_CA_CERTS": str(server.certificate)} if fixture == "tls_server" else {}),
                               "ATELIER_TEST_SECRET": credentials["access_key_secret"]},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert "Running" in seen["states"] and seen["states"][-1] == "Stopped"
    assert seen["total"] == 1 and seen["name"] == f"node_{kind}"
    if kind == "openapi":
        assert seen["refused"]["code"] == "ValidationError"
    else:
        assert seen["refused"]["name"] == "ValidationErrorError"
    assert "PageSize" in seen["refused"]["message"]
